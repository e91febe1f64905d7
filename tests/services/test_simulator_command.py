"""`coldbyte simulate` as scripts see it: one line, a loopback port, clean ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anthropic
import httpx2
import pytest

COMMAND = [sys.executable, "-m", "coldbyte", "simulate"]
PATIENCE_S = 30
POSIX_ONLY = pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")


@contextmanager
def simulate(*options: str, stdin: int = subprocess.DEVNULL) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `coldbyte simulate` and its URL."""
    process = subprocess.Popen(
        [*COMMAND, *options], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, what else was printed, and standard error."""
    output, errors = process.communicate(timeout=PATIENCE_S)
    return process.returncode, output, errors


@POSIX_ONLY
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_answers_and_ends_on_a_signal(number: signal.Signals) -> None:
    with simulate("--fast") as (process, url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        with anthropic.Anthropic(api_key="one", base_url=url, max_retries=0) as client:
            messages: list[anthropic.types.MessageParam] = [{"role": "user", "content": "When?"}]
            answer = client.messages.create(model="claude-sonnet-5-5", max_tokens=9, messages=messages)
        assert answer.usage.input_tokens > 0
        process.send_signal(number)
        assert finish(process) == (0, "", "")


def test_the_line_is_that_of_the_contract() -> None:
    with subprocess.Popen(
        [*COMMAND, "--with-parent"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert set(line) == {"schema", "url"}
        assert line["schema"] == "coldbyte.simulate/1"
        assert process.communicate(timeout=PATIENCE_S)[0] == b""
        assert process.returncode == 0


@contextmanager
def slow_answer(url: str) -> Iterator[Iterator[bytes]]:
    """A streamed answer of more than two seconds, of which the beginning was read; gives the rest."""
    said = ["more bread, " * 50 + "or not", "some bread, " * 50 + "or not", "Bread?"]
    content = [{"type": "text", "text": text} for text in said]
    messages = [{"role": "user", "content": content}]
    body = {"model": "claude-sonnet-5-5", "max_tokens": 1000, "stream": True, "messages": messages}
    headers = {"x-api-key": "one", "anthropic-version": "2023-06-01"}
    with httpx2.stream("POST", f"{url}/v1/messages", json=body, headers=headers) as answer:
        rest = answer.iter_bytes()
        next(rest)
        yield rest


@POSIX_ONLY
def test_it_ends_in_the_middle_of_a_slow_answer() -> None:
    with simulate() as (process, url), slow_answer(url) as rest:
        process.send_signal(signal.SIGTERM)
        with pytest.raises(httpx2.RemoteProtocolError):
            list(rest)
        assert finish(process) == (0, "", "")


@POSIX_ONLY
def test_a_client_that_leaves_in_the_middle_of_an_answer_is_nothing_to_complain_about() -> None:
    with simulate() as (process, url):
        with slow_answer(url):
            pass
        assert httpx2.get(f"{url}/_coldbyte/ledger").json() == {"entries": []}
        process.send_signal(signal.SIGTERM)
        assert finish(process) == (0, "", "")


def test_without_with_parent_the_end_of_input_does_not_matter() -> None:
    with simulate("--fast", stdin=subprocess.DEVNULL) as (_, url):
        assert httpx2.get(f"{url}/_coldbyte/ledger").json() == {"entries": []}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", "::", ""])
def test_an_address_that_others_can_reach_is_refused(host: str) -> None:
    done = subprocess.run([*COMMAND, "--host", host], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"coldbyte simulate: {host} is no loopback address" in done.stderr


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2"])
def test_other_names_of_this_computer_are_fine(host: str) -> None:
    with simulate("--fast", "--host", host) as (_, url):
        assert httpx2.get(f"{url}/_coldbyte/ledger").status_code == 200


def test_a_port_that_is_taken_or_none_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"can't listen on 127.0.0.1, port {port}" in done.stderr
    odd = subprocess.run([*COMMAND, "--port", "99999"], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (odd.returncode, odd.stdout) == (2, "")
    assert "99999 is no port" in odd.stderr


def ask(url: str) -> httpx2.Response:
    messages = [{"role": "user", "content": "When?"}]
    body = {"model": "claude-sonnet-5-5", "max_tokens": 9, "messages": messages}
    headers = {"x-api-key": "one", "anthropic-version": "2023-06-01"}
    return httpx2.post(f"{url}/v1/messages", json=body, headers=headers)


def test_a_scenario_from_a_file_or_by_its_name_is_played(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"faults": [{"requests": [1], "status": 529}]}', encoding="utf-8")
    for scenario, statuses in ((str(file), [529, 200]), ("overloaded", [200, 200, 529])):
        with simulate("--fast", "--scenario", scenario) as (_, url):
            assert [ask(url).status_code for _ in statuses] == statuses


def test_rules_are_changed_by_the_command_line() -> None:
    with simulate("--fast", "--rule", "cache.lookback=3", "--rule", "key.betas=no") as (_, url):
        assert ask(url).status_code == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rule", "lookback=3"], "there is no rule “lookback”; there are binding.new_account, "),
        (["--rule", "cache.lookback=all"], "the rule cache.lookback is a whole number"),
        (["--scenario", "no-such-scenario"], "no-such-scenario: No such file or directory"),
        (["--scenario", "{file}"], "{file}: faults[0].status: expected one of 400, 401"),
        (["--scenario", "{model}"], "{model}: faults[0].answered_by: there is no model “claude-1”"),
        (["--scenario", "{bytes}"], "{bytes}: it is not valid UTF-8: byte 1"),
        (["--scenario", "{json}"], "{json}: it is no JSON: "),
    ],
)
def test_what_is_wrong_with_rules_and_scenarios_is_said_with_its_place(
    options: list[str], said: str, tmp_path: Path
) -> None:
    files = {
        "file": b'{"faults": [{"status": 200}]}',
        "model": b'{"faults": [{"answered_by": "claude-1"}]}',
        "bytes": b'"\xff"',
        "json": b"{",
    }
    paths = {name: str(tmp_path / f"{name}.json") for name in files}
    for name, content in files.items():
        Path(paths[name]).write_bytes(content)
    command = [*COMMAND, *(option.format(**paths) for option in options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"coldbyte simulate: {said.format(**paths)}")


def test_neither_qt_nor_the_sdk_is_imported() -> None:
    code = (
        "import sys, coldbyte.services.simulator\n"
        "sys.exit('PySide6' in sys.modules or 'anthropic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=PATIENCE_S).returncode == 0
