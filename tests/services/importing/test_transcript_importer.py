"""Transcripts: each request out of the lines above its response, whatever shape the tree has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.transcript_importer import TranscriptImporter
from services.importing.import_seed import (
    DIAGNOSTICS,
    block,
    jsonl,
    line,
    read,
    tool_result,
    transcript,
    user,
)


def text(chars: str) -> dict[str, str]:
    return {"type": "text", "text": chars}


def messages(kept: KeptExchange) -> list[Any]:
    found: list[Any] = json.loads(kept.wire)["messages"]
    return found


def test_lines_of_one_response_are_one_exchange_with_the_last_usage() -> None:
    (one, two), remarks = read(TranscriptImporter(), jsonl(transcript()), "s.jsonl")
    assert (one.message_id, one.usage, one.stop_reason) == ("msg_1", Usage(900, 60, 40, 7, 33), "tool_use")
    assert [part["type"] for part in json.loads(one.received)["content"]] == ["text", "tool_use", "tool_use"]
    assert (two.message_id, two.reply, two.request_id) == ("msg_2", "Done.", "req_2")
    assert two.diagnostics == DIAGNOSTICS
    for kept in (one, two):
        assert (kept.complete, kept.wire_known, kept.conversation) == (False, False, "s1")
    assert (two.started_at, two.ended_at) == (1795168806.0, 1795168808.0)
    assert [remark.kind for remark in remarks] == ["finding", "unknown"]
    assert "only the conversation is compared" in remarks[0].say
    assert "“summary”" in remarks[1].say


def test_results_of_calls_beside_each_other_are_all_in_the_next_request() -> None:
    (_, two), _ = read(TranscriptImporter(), jsonl(transcript()))
    found = messages(two)
    assert [message["role"] for message in found] == ["user", "assistant", "user"]
    assert [part.get("id") for part in found[1]["content"]] == [None, "t1", "t2"]
    assert [part["tool_use_id"] for part in found[2]["content"]] == ["t1", "t2"]


def test_a_fork_goes_on_from_its_own_line_only() -> None:
    rows = [
        line("user", "u1", None, user("a"), 1),
        line("assistant", "a1", "u1", block("m1", text("b")), 2),
        line("user", "u2", "a1", user("left"), 3),
        line("assistant", "a2", "u2", block("m2", text("c")), 4),
        line("user", "u3", "a1", user("right"), 5),
        line("assistant", "a3", "u3", block("m3", text("d")), 6),
        line("assistant", "a4", "u3", block("m4", text("once more")), 7),
    ]
    exchanges, _ = read(TranscriptImporter(), jsonl(rows))
    asked = [[message["content"] for message in messages(one)] for one in exchanges]
    said = [text("b")]
    right = ["a", said, "right"]
    assert asked == [["a"], ["a", said, "left"], right, right]


def test_a_compaction_begins_anew_with_its_summary() -> None:
    rows = [
        line("user", "u1", None, user("long"), 1),
        line("assistant", "a1", "u1", block("m1", text("b")), 2),
        {**line("system", "c1", None, None, 3), "subtype": "compact_boundary", "logicalParentUuid": "a1"},
        line("user", "s1", "c1", user("Summary."), 4, isCompactSummary=True, isVisibleInTranscriptOnly=True),
        line("user", "u2", "s1", user("Go on."), 5),
        line("assistant", "a2", "u2", block("m2", text("c")), 6),
    ]
    exchanges, remarks = read(TranscriptImporter(), jsonl(rows))
    assert messages(exchanges[1]) == [{"role": "user", "content": [text("Summary."), text("Go on.")]}]
    assert any("compact_boundary" in remark.say for remark in remarks)


@pytest.mark.parametrize("agent", [{"agentId": "ag1"}, {}])
def test_a_sidechain_is_a_conversation_of_its_own(agent: dict[str, str]) -> None:
    side = {"isSidechain": True, **agent}
    rows = [
        *transcript(),
        line("user", "x1", None, user("Search."), 20, **side),
        line("assistant", "x2", "x1", block("m8", text("y")), 21, **side),
        line("user", "x3", "x2", user("More."), 22, **side),
        line("assistant", "x4", "x3", block("m9", text("z")), 23, **side),
    ]
    exchanges, _ = read(TranscriptImporter(), jsonl(rows))
    assert {one.conversation for one in exchanges[:2]} == {"s1"}
    assert len({one.conversation for one in exchanges[2:]}) == 1
    assert exchanges[2].conversation not in ("s1", "")
    assert messages(exchanges[2]) == [user("Search.")]


def test_lines_of_a_resumed_session_are_not_taken_twice() -> None:
    exchanges, remarks = read(TranscriptImporter(), jsonl([*transcript(), *transcript()]))
    assert len(exchanges) == 2
    assert any("more than once" in remark.say for remark in remarks)


def test_failures_broken_lines_and_other_types_are_told_once_with_their_number() -> None:
    failed = block("m0", text("API Error"), model="<synthetic>")
    rows: list[Any] = [
        *transcript(),
        line("assistant", "e1", "a4", failed, 30, isApiErrorMessage=True),
        *[
            {"type": "progress", "uuid": f"p{index}", "parentUuid": "a4", "sessionId": "s1"}
            for index in range(3)
        ],
        {"type": "sk-ant-api03-PLANTED99", "sessionId": "s1"},
    ]
    data = jsonl(rows) + b"{broken\n[1]\n"
    exchanges, remarks = read(TranscriptImporter(), data, "s")
    assert len(exchanges) == 2
    says = " | ".join(remark.say for remark in remarks)
    assert "Requests that failed stand in 1 line; what" in says
    assert "3 lines of the type “progress”" in says
    assert "PLANTED" not in says
    assert [remark.line for remark in remarks if remark.line] == [len(rows) + 1, len(rows) + 2]


def test_the_output_of_stream_json_hangs_together_by_its_order() -> None:
    rows: list[dict[str, Any]] = [
        {"type": "system", "subtype": "init", "session_id": "s"},
        {"type": "user", "message": user("a"), "session_id": "s", "parent_tool_use_id": None},
        {
            "type": "assistant",
            "message": block("m1", text("b")),
            "session_id": "s",
            "parent_tool_use_id": None,
        },
        {"type": "user", "message": tool_result("t"), "session_id": "s", "parent_tool_use_id": None},
        {
            "type": "assistant",
            "message": block("m2", text("c")),
            "session_id": "s",
            "parent_tool_use_id": None,
        },
    ]
    exchanges, _ = read(TranscriptImporter(), jsonl(rows))
    assert [len(messages(one)) for one in exchanges] == [1, 3]


def test_a_transcript_without_messages_is_our_trouble() -> None:
    with pytest.raises(ImportTroubleError):
        read(TranscriptImporter(), jsonl([{"type": "summary", "summary": "x", "leafUuid": "y"}]))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.integers(0, 3))
def test_any_tree_gives_requests_that_end_with_what_the_response_hangs_on(above: list[int], cut: int) -> None:
    """Each line hangs on one of those before it; a circle does no harm."""
    rows = []
    for number, step in enumerate(above):
        parent = f"k{number - step - 1}" if number - step - 1 >= 0 else (f"k{number + cut}" if cut else None)
        if number % 2:
            rows.append(line("assistant", f"k{number}", parent, block(f"m{number}", text("b")), number))
        else:
            rows.append(line("user", f"k{number}", parent, user(f"q{number}"), number))
    exchanges, _ = read(TranscriptImporter(), jsonl(rows))
    for kept in exchanges:
        last = messages(kept)[-1]
        assert last["role"] == "user"
        assert f"q{int((kept.message_id or 'm0')[1:])}" not in json.dumps(messages(kept))
