"""curl, as the documentation of the API uses it: with `x-api-key`, and without any library around it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from services.test_simulator_command import simulate

PATIENCE_S = 30
LONG = "alpha beta gamma delta. " * 300
BODY: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 60,
    "system": [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}],
    "messages": [{"role": "user", "content": "When is gamma?"}],
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    with simulate("--fast") as (_, url):
        yield url


def curl(url: str, *options: str, body: object = None, version: str = "2023-06-01") -> str:
    """What curl prints. Its own settings of this machine are left aside."""
    headers = ["x-api-key: one", f"anthropic-version: {version}", "content-type: application/json"]
    given = [word for header in headers for word in ("--header", header)]
    data = ["--data-binary", "@-"] if body is not None else []
    command = [
        "curl",
        "--disable",
        "--silent",
        "--show-error",
        "--noproxy",
        "*",
        *given,
        *data,
        *options,
        url,
    ]
    done = subprocess.run(
        command, input=json.dumps(body), capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_writes_and_then_reads(url: str) -> None:
    first, second = (json.loads(curl(f"{url}/v1/messages", body=BODY))["usage"] for _ in range(2))
    assert first["cache_creation_input_tokens"] == second["cache_read_input_tokens"] > 1000
    counted = json.loads(curl(f"{url}/v1/messages/count_tokens", body=BODY))
    assert counted == {"input_tokens": first["cache_creation_input_tokens"] + first["input_tokens"]}


def test_a_stream_comes_as_events_with_a_ping(url: str) -> None:
    printed = curl(f"{url}/v1/messages", "--no-buffer", body={**BODY, "stream": True})
    names = [line.removeprefix("event: ") for line in printed.splitlines() if line.startswith("event: ")]
    assert names[:4] == ["message_start", "content_block_start", "ping", "content_block_delta"]
    assert names[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert printed.endswith("\n\n")


def test_errors_have_status_and_shape(url: str) -> None:
    wrong = {**BODY, "messages": []}
    printed = curl(f"{url}/v1/messages", "--include", body=wrong)
    head, _, body = printed.partition("\n\n")
    assert head.startswith("HTTP/1.1 400 ")
    found = json.loads(body)
    assert found["error"] == {
        "type": "invalid_request_error",
        "message": "messages: at least one message is required",
    }
    assert f"request-id: {found['request_id']}" in head


def test_a_large_body_with_expect_100_and_chunks_is_taken(url: str) -> None:
    large = {**BODY, "system": LONG * 300}
    for options in (["--header", "Expect: 100-continue"], ["--header", "Transfer-Encoding: chunked"]):
        assert json.loads(curl(f"{url}/v1/messages", *options, body=large))["usage"]["input_tokens"] > 100_000


def test_the_models_are_listed(url: str) -> None:
    for version in ("2023-06-01", "2026-10-21"):
        page = json.loads(curl(f"{url}/v1/models?limit=2", version=version))
        assert (len(page["data"]), page["has_more"]) == (2, True)
        one = json.loads(curl(f"{url}/v1/models/{page['data'][0]['id']}", version=version))
        assert one == page["data"][0]
