"""Repairs of whole blocks, in messages and in the system part."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.mended import LONG, MARK, body, offered, repaired, text, turns, wired

Block = dict[str, Any]


def thinking(words: str) -> Block:
    return {"type": "thinking", "thinking": words, "signature": f"sig-{words}"}


def call(name: str) -> Block:
    return {"type": "tool_use", "id": name, "name": "read", "input": {"path": "a"}}


def result(name: str, content: Any, **more: Any) -> Block:
    return {"type": "tool_result", "tool_use_id": name, "content": content, **more}


def image(data: str) -> Block:
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


def wrapped(words: str) -> Block:
    return text(f"<system-reminder>{words}</system-reminder>")


OLD_RESULT = "line one of the file\nline two of the file\n" * 8
CASES: dict[str, tuple[list[Any], list[Any]]] = {
    "thinking-dropped": (
        ["q1", [thinking("t1"), text("a1")], "q2", [thinking("t2"), text("a2")], "q3"],
        ["q1", [text("a1")], "q2", "a2", "q3", "a3", "q4"],
    ),
    "thinking-altered": (
        ["q1", [thinking("t1"), text("a1")], "q2"],
        ["q1", [{**thinking("t1"), "thinking": ""}, text("a1")], "q2", "a2", "q3"],
    ),
    "empty-block-dropped": (
        ["q1", [text(""), call("t1")], [result("t1", "ok")]],
        ["q1", [call("t1")], [result("t1", "ok")], "a2", "q3"],
    ),
    "tool-id-regenerated": (
        ["q1", [call("t1"), call("t2")], [result("t1", "ok"), result("t2", "so")], "a2", "q3"],
        ["q1", [call("x1"), call("x2")], [result("x1", "ok"), result("x2", "so")], "a2", "q3", "a3", "q4"],
    ),
    "tool-result-cleared": (
        ["q1", [call("t1")], [result("t1", OLD_RESULT)], "a2", "q3"],
        ["q1", [call("t1")], [result("t1", "[Old tool result content cleared]")], "a2", "q3", "a3", "q4"],
    ),
    "assistant-echo-altered": (
        ["q1", [{**call("t1"), "input": {"path": "a", "old": ""}}], [result("t1", "ok")]],
        ["q1", [call("t1")], [result("t1", "ok")], "a2", "q3"],
    ),
    "image-evicted": (
        [[text("see"), image("iVBORw0A"), image("iVBORw0B"), text("q1")]],
        [[text("see"), text("[image removed]"), image("iVBORw0B"), text("q1")], "a1", "q2"],
    ),
    "image-reencoded": (
        [[text("see"), image("iVBORw0A")]],
        [[text("see"), image("iVBORw0C")], "a1", "q2"],
    ),
    "injected-block-moved": (
        [[wrapped("todo: 1"), text("q1")]],
        ["q1", "a1", [wrapped("todo: 1"), text("q2")]],
    ),
    "block-removed": (
        [[text("file: a.txt"), text("q1")], "a1", "q2", "a2", "q3"],
        ["q1", "a1", "q2", "a2", "q3", "a3", "q4"],
    ),
    "block-boundaries-changed": (
        [[text("some words "), text("and a question")], "a1", "q2"],
        ["some words and a question", "a1", "q2", "a2", "q3"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_was_sent_stands_again_and_what_is_new_stays_behind_it(name: str) -> None:
    old, new = CASES[name]
    found = repaired(body(*old), body(*new))
    assert [cause.id for cause in found.done] == [name]
    assert not found.left
    assert found.proof.effect == "hit"
    messages = json.loads(found.body)["messages"]
    assert [as_blocks(one) for one in messages] == [
        *map(as_blocks, turns(*old)),
        *map(as_blocks, turns(*new)[len(old) :]),
    ]


def as_blocks(message: Block) -> Block:
    content = message["content"]
    return {**message, "content": [text(content)] if isinstance(content, str) else content}


def test_a_result_that_comes_back_keeps_the_breakpoint_of_the_request() -> None:
    old, new = CASES["tool-result-cleared"]
    before, after = body(*old), body(*new)
    before["messages"][2]["content"][0]["content"] = [text(OLD_RESULT, **MARK)]
    after["messages"][2]["content"][0] |= {"cache_control": {"type": "ephemeral", "ttl": "5m"}}
    found = repaired(before, after)
    block = json.loads(found.body)["messages"][2]["content"][0]
    assert block["content"] == [text(OLD_RESULT)]
    assert block["cache_control"] == {"type": "ephemeral", "ttl": "5m"}
    assert found.proof.effect == "hit"


def test_results_of_new_calls_follow_the_old_ids() -> None:
    before = body("q1", [call("t1")], [result("t1", "ok")])
    after = body("q1", [call("x1")], [result("x1", "ok")], "a2", [text("q3"), result("x1", "later")])
    found = repaired(before, after)
    assert b"x1" not in found.body
    assert json.loads(found.body)["messages"][4]["content"][1] == result("t1", "later")


def test_only_the_source_of_an_image_comes_back() -> None:
    before = body([text("see"), image("iVBORw0A")])
    after = body([text("see"), {**image("iVBORw0C"), **MARK}], "a1", "q2")
    found = repaired(before, after)
    assert json.loads(found.body)["messages"][0]["content"][1] == {**image("iVBORw0A"), **MARK}


def test_a_note_that_was_cut_out_of_a_text_comes_back() -> None:
    note = "<system-reminder>todo: {}</system-reminder>\n"
    before = body(note.format(1) + note.format(2) + "q1")
    after = body(note.format(3) + "q1", "a1", "q2")
    found = repaired(before, after)
    assert found.proof.effect == "hit"
    assert json.loads(found.body)["messages"][2]["content"] == [text("q2"), text(note.format(3).strip())]


def test_what_came_in_moves_to_the_newest_message() -> None:
    before = body("q1", "a1", "q2")
    after = body([text("note"), text("q1")], "a1", "q2", "a2", "q3")
    found = repaired(before, after)
    messages = json.loads(found.body)["messages"]
    assert messages[0]["content"] == [text("q1")]
    assert messages[4]["content"] == [text("q3"), text("note")]
    assert found.proof.effect == "hit"


def test_of_a_message_that_came_in_nothing_stays_behind() -> None:
    before = body("q1", [text("a1")], "q2")
    after = body("q1", [text("a1")], "q2", "a2", "q3")
    after["messages"].insert(1, {"role": "user", "content": "and hurry"})
    found = repaired(before, after)
    assert found.proof.effect == "hit"
    messages = json.loads(found.body)["messages"]
    assert [one["role"] for one in messages] == ["user", "assistant", "user", "assistant", "user"]
    assert messages[-1]["content"] == [text("q3"), text("and hurry")]


@pytest.mark.parametrize("place", ["system", "answer", "result"])
def test_what_can_not_be_said_by_the_user_does_not_move(place: str) -> None:
    before = body("q1", [text("a1"), call("t1")], [result("t1", "ok")], "a2", "q3")
    after = body("q1", [text("a1"), call("t1")], [result("t1", "ok")], "a2", "q3", "a3", "q4")
    if place == "system":
        after["system"] = [text("One more rule stands here."), *after["system"]]
    elif place == "answer":
        after["messages"][1]["content"].insert(1, text("and more"))
    else:
        after["messages"][1]["content"].append(call("t2"))
        after["messages"][2]["content"].append(result("t2", "more"))
    found = repaired(before, after)
    assert found.body == wired(after)
    assert "block-inserted" in [cause.id for cause in found.left]
    assert offered(before, after) == []


def test_the_system_part_comes_back_where_it_is_gone_whole() -> None:
    before = body("q1", system=[text(LONG), text("More rules.")])
    after = body("q1", "a1", "q2", system=[text(LONG)])
    found = repaired(before, after)
    assert json.loads(found.body)["system"] == before["system"]
    del after["system"]
    found = repaired(before, after)
    assert json.loads(found.body)["system"] == before["system"]
    assert found.proof.effect == "hit"


def test_another_title_of_a_document_is_left_when_its_bytes_come_back() -> None:
    def document(data: str, title: str) -> Block:
        source = {"type": "base64", "media_type": "application/pdf", "data": data}
        return {"type": "document", "source": source, "title": title}

    before = body([document("JVBERi0xLjcA", "Report of May"), text("q1")])
    after = body([document("JVBERi0xLjcB", "Report of May, final"), text("q1")], "a1", "q2")
    found = repaired(before, after)
    assert [cause.id for cause in found.left] == ["text-edited"]
    block = json.loads(found.body)["messages"][0]["content"][0]
    assert block == document("JVBERi0xLjcA", "Report of May, final")


def test_blocks_wait_for_those_before_them() -> None:
    long = "In a few days the visit was returned, and they sat about ten minutes in the library. " * 4
    start = ["q1", [text("a1"), call("t0")], [result("t0", "so")]]
    answer = [text("Mr. Bingley had"), call("t1"), call("t2")]
    rest = [[result("t1", "ok"), result("t2", "ok")], "a4", "q5"]
    before = body(*start, [text(long)], "Which of them?", answer, *rest)
    after = body(*start, [text(long[:90]), text(long[90:])], *rest)
    found = repaired(before, after)
    assert [cause.id for cause in found.done] == [
        *("block-boundaries-changed", "block-removed", "block-removed"),
    ]
    assert found.proof.effect == "hit"
    assert [as_blocks(one) for one in json.loads(found.body)["messages"]] == [
        as_blocks(one) for one in before["messages"]
    ]
