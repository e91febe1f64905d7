"""Files that Chromium, mitmproxy, curl and Claude Code wrote are imported whole (tests/data/real)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import an_object
from coldbyte.services.importing.importer import HEAD_BYTES
from coldbyte.services.importing.registry import importer_for
from services.importing.import_seed import read

REAL = Path(__file__).parents[2] / "data" / "real"
NAMES = sorted(path.name for path in REAL.iterdir() if path.suffix != ".md")
BODIES = ("mitmproxy-11.0.2.flow", "chromium-156.har")
FORMS = ("mitmproxy flow file", "HAR 1.2")
CMD = "chromium-156-curl-cmd.txt"
STOPS = ("max_tokens", "end_turn")
DROPPED = "Dropped because it may hold a secret: the header x-api-key."


def imported(name: str) -> tuple[list[KeptExchange], list[Remark], str]:
    data = (REAL / name).read_bytes()
    importer = importer_for(data[:HEAD_BYTES], "download")
    assert importer is not None
    return (*read(importer, data, name), importer.name)


def prefix(kept: KeptExchange) -> Prefix:
    return prefix_of(RequestBody(an_object(read_json(kept.wire), ""), Source(kept.wire)))


@pytest.mark.parametrize("name", NAMES)
def test_no_file_holds_a_secret_or_a_place_of_a_machine_and_none_is_large(name: str) -> None:
    data = (REAL / name).read_bytes()
    assert len(data) < 100_000
    for word in (b"/tmp/", b"/root", b"/work/", b"sk-ant-", b"Bearer ", b"proxy.", b"registry", b".internal"):
        assert word not in data
    assert data.count(b"/home/") == data.count(b"/home/user/project")
    assert "not-a-real-key" not in repr(imported(name))


@pytest.mark.parametrize(("name", "form"), list(zip(BODIES, FORMS, strict=True)))
def test_two_streamed_requests_come_in_byte_for_byte_with_usage_and_times(name: str, form: str) -> None:
    (first, second), remarks, found = imported(name)
    assert found == form
    assert (first.usage, second.usage) == (Usage(0, 3198, 0, 8, 61), Usage(3198, 0, 0, 9, 60))
    for kept, stop in zip((first, second), STOPS, strict=True):
        assert kept.wire_known
        assert kept.complete
        assert kept.started_at < kept.first_event_at <= kept.ended_at  # type: ignore[operator]
        assert kept.received.startswith(b"event: message_start\n")
        assert (kept.status, kept.failure, kept.stop_reason) == (200, "", stop)
        assert kept.headers["anthropic-version"] == "2026-10-21"
        assert (kept.message_id or "").startswith("msg_")
        assert kept.request_id == kept.headers["request-id"]
    assert first.reply.startswith("> The supplier keeps a record of delivery number 111")
    assert [remark.say for remark in remarks if remark.kind == "secret"] == [DROPPED] * 2
    assert len([remark for remark in remarks if remark.kind == "unknown"]) == 1


def test_all_programs_saved_the_same_bytes_of_the_same_request() -> None:
    wires = {
        name: [kept.wire for kept in imported(name)[0]] for name in NAMES if not name.startswith("claude")
    }
    first, second = wires[BODIES[0]]
    assert "“delivery”" in first.decode()
    assert json.loads(second)["messages"][0]["content"][1]["text"] == "What has to be shown?"
    assert wires.pop(BODIES[1]) == wires.pop(BODIES[0]) == [first, second]
    for name, found in wires.items():
        assert found == [in_cmd(first) if name == CMD else first]
    assert len(wires) == 3


def in_cmd(wire: bytes) -> bytes:
    """What Chromium leaves of a text in a command for cmd.exe: a space for each character beyond ASCII."""
    return "".join(char if char.isascii() else " " for char in wire.decode()).encode()


def test_the_copied_commands_say_which_header_was_dropped() -> None:
    for name in NAMES:
        if name.endswith(".txt"):
            (kept,), remarks, form = imported(name)
            assert form == "cURL command"
            assert DROPPED in [remark.say for remark in remarks]
            assert kept.headers["host"] == "127.0.0.1:18810"


def test_the_requests_share_the_prefix_that_the_prompt_cache_read() -> None:
    first, second = imported(BODIES[0])[0]
    one, two = prefix(first), prefix(second)
    shared = sum(left == right for left, right in zip(one.keys, two.keys, strict=True))
    assert [block.kind for block in one.blocks[shared:]] == ["text"]  # the question alone differs
    assert one.breakpoints[-1] == two.breakpoints[-1] == shared - 1
    kept = one.encode()[: one.stored]
    assert two.encode()[: two.stored] == kept
    assert kept.count(b"The supplier keeps a record") == 109
    assert first.usage is not None
    assert second.usage is not None
    assert second.usage.read == first.usage.written == 3198


def test_the_transcript_gives_each_response_with_its_conversation_usage_and_diagnostics() -> None:
    (one, two, three), remarks, form = imported("claude-code-2.1.197.jsonl")
    assert form == "Claude Code transcript"
    assert [kept.usage for kept in (one, two, three)] == [
        Usage(0, 2292, 0, 0, 95),
        Usage(2292, 106, 0, 0, 89),
        Usage(0, 2510, 0, 0, 154),
    ]
    assert three.diagnostics == {
        "cache_miss_reason": {"type": "system_changed", "cache_missed_input_tokens": 1556}
    }
    assert one.diagnostics is None
    assert len({kept.conversation for kept in (one, two, three)}) == 1
    for kept in (one, two, three):
        assert (kept.wire_known, kept.complete, kept.model) == (False, False, "claude-opus-5-5")
    before, after = json.loads(two.wire)["messages"], json.loads(three.wire)["messages"]
    assert [message["role"] for message in after] == ["user", "assistant"] * 2 + ["user"]
    assert after[: len(before)] == before
    assert "thinking" in json.dumps(after)
    assert any("queue-operation" in remark.say for remark in remarks)
