"""The Python SDK of a year ago, which has another HTTP library and asks by an older version of the API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.test_simulator_command import simulate

SDKS = ["0.74.1"]
PATIENCE_S = 180
LONG = "alpha beta gamma delta. " * 200

CLIENT = """
import json, sys
import anthropic
client = anthropic.Anthropic(api_key="one", base_url=sys.argv[1], max_retries=1)
body = {
    "model": "claude-sonnet-4-6",
    "max_tokens": 60,
    "system": [{"type": "text", "text": sys.argv[2], "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
    "messages": [{"role": "user", "content": "When is gamma?"}],
}
told = {"version": anthropic.__version__}
prompt = {name: value for name, value in body.items() if name != "max_tokens"}
told["counted"] = client.messages.count_tokens(**prompt).input_tokens
first = client.messages.create(temperature=0.5, **body)
told["first"], told["request_id"] = first.usage.to_dict(), first._request_id
told["text"] = first.content[0].text
with client.messages.stream(**body) as stream:
    told["pieces"] = list(stream.text_stream)
    told["second"] = stream.get_final_message().usage.to_dict()
told["events"] = [event.type for event in client.messages.create(stream=True, **body)]
old = ["prompt-caching-2024-07-31", "extended-cache-ttl-2025-04-11"]
told["beta"] = [client.beta.messages.create(betas=old, **body).usage.to_dict() for _ in range(2)]
told["thought"] = [
    block.type
    for block in client.messages.create(
        **{**body, "max_tokens": 2000, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    ).content
]
tool = {"name": "f", "input_schema": {"type": "object", "properties": {"when": {"type": "string"}}}}
called = client.messages.create(tools=[tool], tool_choice={"type": "any"}, **body)
told["called"] = [called.stop_reason, called.content[0].input]
told["models"] = [model.id for model in client.models.list(limit=5)]
told["errors"] = []
marked = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}
five = {"system": [], "messages": [{"role": "user", "content": [marked] * 5}]}
for wrong in ({"model": "claude-1"}, five):
    try:
        client.messages.create(**{**body, **wrong})
    except anthropic.APIStatusError as error:
        told["errors"].append([type(error).__name__, error.body["error"]["message"]])
print(json.dumps(told))
"""


def installed(version: str, folder: Path) -> Path:
    """The folder with the SDK, which pip fetches once; skip where that can't be done."""
    if not (folder / f"anthropic-{version}.dist-info" / "RECORD").is_file():
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:"]
        command = [sys.executable, "-m", "pip", "install", *quiet, "--upgrade", "--target", str(folder)]
        try:
            done = subprocess.run(
                [*command, f"anthropic=={version}"], capture_output=True, text=True, timeout=PATIENCE_S
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"pip could not install the SDK {version} within {PATIENCE_S} seconds")
        if done.returncode:
            pytest.skip(f"pip can't install the SDK {version} here: {done.stderr.strip()[-300:]}")
    return folder


@pytest.fixture(scope="module", params=SDKS)
def told(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """What the client says of a session with a simulator."""
    assert request.config.cache is not None
    own = f"python-{sys.version_info.major}.{sys.version_info.minor}-sdk-{request.param}"
    folder = installed(request.param, request.config.cache.mkdir(own))
    with simulate("--fast") as (_, url):
        done = subprocess.run(
            [sys.executable, "-S", "-c", CLIENT, url, LONG],  # without the packages of this environment
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
    assert done.returncode == 0, done.stderr
    found: Mapping[str, Any] = json.loads(done.stdout)
    assert found["version"] == request.param
    return found


def test_it_writes_and_then_reads(told: Mapping[str, Any]) -> None:
    first, second = told["first"], told["second"]
    written = first["cache_creation"]["ephemeral_1h_input_tokens"]
    assert written == first["cache_creation_input_tokens"] == second["cache_read_input_tokens"] > 1000
    assert first["input_tokens"] + written == told["counted"]
    assert second["cache_creation_input_tokens"] == 0


def test_streamed_and_whole_answers_are_the_same(told: Mapping[str, Any]) -> None:
    assert told["text"] == "".join(told["pieces"])
    assert len(told["pieces"]) > 5
    assert told["events"][:3] == ["message_start", "content_block_start", "content_block_delta"]
    assert told["events"][-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert told["request_id"].startswith("req_")


def test_beta_headers_of_its_time_are_taken(told: Mapping[str, Any]) -> None:
    assert told["beta"][1]["cache_read_input_tokens"] == told["first"]["cache_creation_input_tokens"]


def test_thinking_tools_and_models_come_through(told: Mapping[str, Any]) -> None:
    assert told["thought"] == ["thinking", "text"]
    assert told["called"] == ["tool_use", {"when": "simulated"}]
    assert len(told["models"]) == len(set(told["models"])) > 10


def test_errors_are_those_of_the_sdk(told: Mapping[str, Any]) -> None:
    assert told["errors"] == [
        ["NotFoundError", "model: claude-1"],
        ["BadRequestError", "A maximum of 4 blocks with cache_control may be provided. Found 5."],
    ]
