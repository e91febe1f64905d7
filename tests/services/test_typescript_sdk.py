"""A client that nobody here wrote: the TypeScript SDK from npm, of today and of a year ago."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.test_simulator_command import simulate

SDKS = ["1.12.0", "0.69.0"]
PATIENCE_S = 180
LONG = "alpha beta gamma delta. " * 200

CLIENT = """
import { createRequire } from "node:module";
const require = createRequire(process.argv[2] + "/");
const { default: Anthropic } = require("@anthropic-ai/sdk");
const client = new Anthropic({ apiKey: "one", baseURL: process.argv[3], maxRetries: 1 });
const body = {
  model: "claude-sonnet-5-5",
  max_tokens: 60,
  system: [{ type: "text", text: process.argv[4], cache_control: { type: "ephemeral", ttl: "1h" } }],
  messages: [{ role: "user", content: "When is gamma?" }],
};
const told = {};
told.counted = (await client.messages.countTokens({ ...body, max_tokens: undefined })).input_tokens;
const first = await client.messages.create(body);
told.first = first.usage;
told.text = first.content[0].text;
told.requestId = first._request_id;
const stream = client.messages.stream(body);
const events = [];
stream.on("streamEvent", (event) => events.push(event.type));
const second = await stream.finalMessage();
told.second = second.usage;
told.streamed = second.content[0].text;
told.events = events;
told.warm = await client.messages.create({ ...body, max_tokens: 0 });
const asked = await client.messages.create({ ...body, diagnostics: { previous_message_id: null } });
const other = { ...body, system: "Be brief.", diagnostics: { previous_message_id: asked.id } };
told.diagnostics = (await client.messages.create(other)).diagnostics;
told.models = [];
for await (const model of client.models.list({ limit: 5 })) told.models.push(model.id);
told.errors = [];
for (const wrong of [{ model: "claude-1" }, { max_tokens: -1 }, { cache_control: { type: "eternal" } }]) {
  try {
    await client.messages.create({ ...body, ...wrong });
  } catch (error) {
    told.errors.push([error.constructor.name, error.status]);
  }
}
const marked = { type: "text", text: "x", cache_control: { type: "ephemeral" } };
try {
  const messages = [{ role: "user", content: Array(5).fill(marked) }];
  await client.messages.create({ ...body, system: undefined, messages });
} catch (error) {
  told.five = error.message;
}
process.stdout.write(JSON.stringify(told));
"""


def shelf(request: pytest.FixtureRequest, folders: pytest.TempPathFactory, version: str) -> Path:
    """A folder for the SDK, which outlives the run unless pytest keeps no cache (`-p no:cacheprovider`)."""
    cache: pytest.Cache | None = getattr(request.config, "cache", None)
    name = f"typescript-sdk-{version}"
    return cache.mkdir(name) if cache is not None else folders.mktemp(name)


def installed(version: str, folder: Path) -> Path:
    """The folder with the SDK, which npm fetches once; skip where that can't be done."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program} on this machine, which the TypeScript SDK needs")
    if not (folder / "node_modules" / "@anthropic-ai" / "sdk" / "package.json").is_file():
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"]
        command = ["npm", "install", *options, "--prefix", str(folder), f"@anthropic-ai/sdk@{version}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            pytest.skip("npm can't install the TypeScript SDK here: it takes too long")
        if done.returncode:
            pytest.skip(f"npm can't install the TypeScript SDK here: {done.stderr.strip()[-300:]}")
    return folder


@pytest.fixture(scope="module", params=SDKS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What the client says of a session with a simulator."""
    folder = installed(request.param, shelf(request, tmp_path_factory, request.param))
    script = tmp_path_factory.mktemp("client") / "client.mjs"
    script.write_text(CLIENT, encoding="utf-8")
    with simulate("--fast") as (_, url):
        done = subprocess.run(
            ["node", str(script), str(folder), url, LONG], capture_output=True, text=True, timeout=PATIENCE_S
        )
    assert done.returncode == 0, done.stderr
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def test_it_writes_and_then_reads(told: Mapping[str, Any]) -> None:
    first, second = told["first"], told["second"]
    written = first["cache_creation"]["ephemeral_1h_input_tokens"]
    assert written == first["cache_creation_input_tokens"] == second["cache_read_input_tokens"] > 1000
    assert first["input_tokens"] + written == told["counted"]
    assert second["cache_creation_input_tokens"] == 0


def test_streamed_and_whole_answers_are_the_same(told: Mapping[str, Any]) -> None:
    assert told["text"] == told["streamed"]
    assert told["events"][:2] == ["message_start", "content_block_start"]
    assert told["events"][-1] == "message_stop"
    assert told["requestId"].startswith("req_")


def test_warming_says_nothing_and_reads(told: Mapping[str, Any]) -> None:
    warm = told["warm"]
    assert (warm["content"], warm["stop_reason"], warm["usage"]["output_tokens"]) == ([], "max_tokens", 0)
    assert warm["usage"]["cache_read_input_tokens"] > 1000


def test_diagnostics_come_through(told: Mapping[str, Any]) -> None:
    assert told["diagnostics"]["cache_miss_reason"]["type"] == "system_changed"


def test_pages_of_models_are_turned(told: Mapping[str, Any]) -> None:
    assert len(told["models"]) == len(set(told["models"])) > 10


def test_errors_are_those_of_the_sdk(told: Mapping[str, Any]) -> None:
    assert told["errors"] == [["NotFoundError", 404], ["BadRequestError", 400], ["BadRequestError", 400]]
    assert "A maximum of 4 blocks with cache_control may be provided. Found 5." in told["five"]
