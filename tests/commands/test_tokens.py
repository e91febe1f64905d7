"""`coldbyte tokens`: what each block takes, as a table, as JSON, and counted by a server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from asked import KEY, LONG, MODEL, Desk, exchange, request
from coldbyte.services.vault import KeyringVault

TOOL = {"name": "get_weather", "description": "The weather of a city.", "input_schema": {"type": "object"}}


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of a simulator, which counts tokens too."""
    command = [sys.executable, "-m", "coldbyte", "simulate", "--fast"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()


def test_the_parts_add_up(desk: Desk) -> None:
    answer = desk.ask("tokens", desk.file("body.json", request(tools=[TOOL])), "--json")
    value = answer.value
    assert (answer.code, answer.err, value["how"], value["model"]) == (0, b"", "estimated", MODEL)
    assert [block["where"] for block in value["blocks"]] == [
        "tools[0]",
        "system[0].text",
        "messages[0].content",
    ]
    tools, system, messages = (block["tokens"] for block in value["blocks"])
    assert value["tiers"] == {"tools": tools, "system": system, "messages": messages}
    assert value["total"] == tools + system + messages + value["overhead"]
    assert system > 1000 > value["overhead"] > 300


def test_a_marker_a_limit_and_a_key_change_nothing(desk: Desk) -> None:
    body = request()
    plain = desk.ask("tokens", desk.file("a.json", {**body, "system": LONG}), "--json").value
    held = desk.ask("tokens", desk.file("b.json", exchange({**body, "max_tokens": 4000})), "--json")
    assert held.value["total"] == plain["total"]
    assert KEY not in held.text


def test_people_get_a_table_with_shares(desk: Desk) -> None:
    url = {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    body = request(messages=[{"role": "user", "content": [url, {"type": "text", "text": "Why?"}]}])
    path = desk.file("body.json", body)
    answer = desk.ask("tokens", path)
    total = desk.ask("tokens", path, "--json").value["total"]
    assert (answer.code, answer.err) == (0, b"")
    lines = answer.text.splitlines()
    assert lines[0].endswith("added by the API")
    assert lines[-1].split() == [f"{total:,}", "100.0", "%", *f"in all, estimated for {MODEL}".split()]
    assert any(line.endswith("messages[0].content[0]  a guess") for line in lines)
    assert max(map(len, lines)) <= 100


def test_a_long_path_and_odd_characters_keep_their_line(desk: Desk) -> None:
    answer = desk.ask("tokens", desk.file("body.json", request(model="claude-\u202e" + "x" * 200)))
    assert "\u202e" not in answer.text
    assert "in all, estimated for claude-" in answer.text
    assert max(map(len, answer.text.splitlines())) <= 100


def test_what_is_no_request_ends_with_2(desk: Desk) -> None:
    error = desk.ask("tokens", desk.file("odd.json", {"model": MODEL}), "--json").error
    assert error["path"] == "messages"


def test_the_api_counts_on_demand(desk: Desk, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    path = desk.file("body.json", request(tools=[TOOL]))
    estimated, counted = (
        desk.ask("tokens", path, "--json").value,
        desk.ask("tokens", path, "--json", "--count"),
    )
    assert counted.value["how"] == "counted"
    assert counted.value["total"] == estimated["total"]  # the simulator counts as we estimate
    shown = desk.ask("tokens", path, "--count").text
    assert f"in all, counted for {MODEL}" in shown
    assert "as a whole" in shown


def test_a_refused_count_is_said_without_the_key(
    desk: Desk, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    path = desk.file("body.json", request(model="claude-unknown"))
    answer = desk.ask("tokens", path, "--count")
    assert (answer.code, answer.out) == (2, b"")
    assert "claude-unknown" in answer.words
    assert KEY not in answer.words
    assert desk.ask("tokens", path, "--count", "--json").error["message"]


def test_without_a_key_nothing_is_sent(desk: Desk, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(_vault: KeyringVault, _profile: str) -> None:
        return None

    monkeypatch.setenv("ANTHROPIC_BASE_URL", server)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.setattr(KeyringVault, "load", nothing)  # whatever this machine's keyring holds
    answer = desk.ask("tokens", desk.file("body.json", request()), "--count")
    assert (answer.code, answer.out) == (2, b"")
    assert "There is no API key." in answer.words
    assert "ANTHROPIC_API_KEY" in answer.words
