"""A body opened as a draft is the same prompt, part by part."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody, part_paths, request_body
from coldbyte.core.draft import Document, Draft, Media, Question, SystemBlock, Tool, Turn
from coldbyte.core.json.layout import indented
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import compact
from coldbyte.core.opening import Opening, open_body
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.marker import markers_of
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.text.text import Text
from core.any_draft import drafts
from core.request_tree import BODIES, mutated
from pairs.cause_pair import cause_pairs
from pairs.minimal_pair import minimal_pairs
from pairs.request_pair import files
from recorded import recorded

ROLES = ("user", "assistant", "system")
STREAM = "The request asked for one answer as a whole; the draft asks for a stream."
NO_TOKENS = "The request says no max_tokens; the draft says 4,096."
NO_QUESTION = "The request ends without a question of the user: the draft's question is empty."


def text(chars: str) -> Text:
    return Text.from_str(chars)


def pdf() -> dict[str, Any]:
    source = base64("application/pdf", b64encode(b"%PDF").decode())
    return {"type": "document", "source": source, "cache_control": {"type": "ephemeral"}}


def base64(media_type: str, data: str) -> dict[str, str]:
    return {"type": "base64", "media_type": media_type, "data": data}


def image() -> dict[str, Any]:
    return {"type": "image", "source": base64("image/png", b64encode(b"\x89PNG").decode())}


def body_of(fields: Any) -> RequestBody:
    return RequestBody(read_json(compact(fields).encode()))  # type: ignore[arg-type]


def opened(**fields: Any) -> Opening:
    return open_body(body_of({"model": "m", "max_tokens": 9, **fields}))


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def check_same(body: RequestBody, opening: Opening) -> None:
    """The same prompt, and the same markers of which no lifetime is spelled otherwise."""
    again = request_body(opening.draft, opening.question)
    before, after = prefix_of(body), prefix_of(again)
    assert after.encode() == before.encode()
    assert [block.ttl for block in after.blocks] == [block.ttl for block in before.blocks]
    assert marks(again) == marks(body)


def marks(body: RequestBody) -> Sequence[object]:
    return [(mark.ttl, mark.automatic, mark.problem, mark.nested) for mark in markers_of(body)]


def is_usual(fields: Any) -> bool:
    """Whether only roles of the API speak, and somebody does."""
    messages = fields.get("messages")
    return bool(messages) and all(message["role"] in ROLES for message in messages)


USUAL = BODIES.filter(is_usual)


@given(USUAL)
@example({"model": "m", "messages": [said("user", [])]})
@example({"model": "m", "messages": [said("user", "")]})
@example({"model": "m", "messages": [said("user", "a", clear_at="next_user_message")]})
@example({"model": "m", "messages": [said("user", [pdf()], clear_at="x"), said("assistant", "a")]})
@example({"model": "m", "system": [{"type": "text", "text": ""}], "messages": [said("user", "a")]})
def test_every_body_is_the_same_prompt_as_its_draft(fields: Any) -> None:
    body = body_of(fields)
    check_same(body, open_body(body))


@given(st.data(), USUAL)
def test_an_odd_body_is_the_same_prompt_or_refused(data: st.DataObject, fields: Any) -> None:
    body = body_of(data.draw(mutated(fields)))
    try:
        opening = open_body(body)
    except BodyError:
        return
    assert prefix_of(body).encode() == prefix_of(request_body(opening.draft, opening.question)).encode() or (
        any("another prompt" in remark for remark in opening.remarks)
    )


def test_requests_that_the_api_answered_are_the_same_prompts() -> None:
    for row in recorded():
        body = RequestBody(row.request)
        opening = open_body(body)
        check_same(body, opening)
        assert set(opening.remarks) <= {STREAM, NO_QUESTION, NO_TOKENS}, row.line


def test_the_pairs_are_the_same_prompts() -> None:
    bodies = [json.loads(data) for pair in (*cause_pairs(), *minimal_pairs()) for data in files(pair)]
    assert len(bodies) > 200
    for read in bodies:
        body = body_of(read.get("request", read))
        check_same(body, open_body(body))


@given(drafts(sound=True))
def test_a_draft_that_is_sent_opens_as_the_same_prompt(draft: Draft) -> None:
    body = request_body(draft, "question-last")
    try:
        prefix_of(body)
    except BodyError:
        return
    check_same(body, open_body(body))


def test_a_usual_request_becomes_parts() -> None:
    source = {"type": "text", "media_type": "text/plain", "data": "Article 1"}
    law = {"type": "document", "source": source, "title": "law.txt", "citations": {"enabled": True}}
    opening = opened(
        system=[{"type": "text", "text": "Be exact.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
        tools=[{"name": "f", "input_schema": {"b": 1, "a": 2}, "cache_control": {"type": "ephemeral"}}],
        messages=[
            said("user", [law, pdf(), image(), {"type": "text", "text": "Hi"}]),
            said("assistant", "Yes?"),
            said("system", "Be brief.", clear_at="next_user_message"),
            said("user", [{"type": "text", "text": "Why?"}]),
        ],
        thinking={"type": "adaptive"},
        stream=True,
    )
    assert opening == Opening(
        Draft(
            "m",
            9,
            (SystemBlock("system-1", text("Be exact."), "1h"),),
            (
                Document("document-1", "law.txt", text("Article 1"), extra={"citations": {"enabled": True}}),
                Document("document-2", "", media=Media("application/pdf", b"%PDF"), ttl="5m"),
                Document("document-3", "Image 3", media=Media("image/png", b"\x89PNG")),
            ),
            (Question("question-1", text("Why?")),),
            (Tool("tool-1", text(indented({"name": "f", "input_schema": {"b": 1, "a": 2}})), "5m"),),
            (
                Turn("turn-1", "user", text(indented([{"type": "text", "text": "Hi"}])), "blocks"),
                Turn("turn-2", "assistant", text("Yes?")),
                Turn("turn-3", "system", text("Be brief."), extra={"clear_at": "next_user_message"}),
            ),
            {"thinking": {"type": "adaptive"}},
        ),
        "question-1",
    )


def test_documents_alone_are_followed_by_what_comes_next() -> None:
    alone = opened(messages=[said("user", [pdf()]), said("assistant", "a"), said("user", "b")])
    assert [part.key for part in alone.draft.turns] == ["turn-1"]
    assert len(alone.draft.documents) == 1
    twice = opened(messages=[said("user", [pdf()]), said("user", "b")])
    assert [str(part.text) for part in twice.draft.turns] == ["[]"]
    only = opened(messages=[said("user", [pdf()])])
    assert [(str(part.text), part.form) for part in only.draft.questions] == [("[]", "blocks")]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "document", "source": base64("application/pdf", "JVBERg")},
        {"type": "document", "source": base64("application/pdf", "JVBE\nRg==")},
        {"type": "document", "source": base64("application/pdf", "JVBERh==")},
        {"type": "document", "source": base64("image/png", "JVBERg==")},
        {"type": "image", "source": base64("application/pdf", "JVBERg==")},
        {"type": "document", "source": {"type": "text", "media_type": "text/html", "data": "a"}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": ""}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a", "x": 1}},
        {"type": "document", "source": {"type": "url", "url": "https://example.org/a.pdf"}},
        {"type": "text", "text": "no document"},
    ],
)
def test_what_no_document_can_express_stays_json(block: Any) -> None:
    body = body_of({"model": "m", "messages": [said("user", [block, pdf()])]})
    opening = open_body(body)
    assert opening.draft.documents == ()
    assert json.loads(str(opening.draft.questions[0].text)) == [block, pdf()]
    check_same(body, opening)


def test_numbers_and_repeated_keys_of_a_call_keep_their_spelling() -> None:
    data = b"""{"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "a"},
      {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "f",
        "input": {"b": 1.0, "a": 1e2, "a": -0}}]},
      {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": "ok"}]}]}"""
    tree = read_json(data)
    assert isinstance(tree, dict)
    opening = open_body(RequestBody(tree))
    printed = "".join(str(opening.draft.turns[1].text).split())
    assert '"input":{"b":1.0,"a":1e2,"a":-0}' in printed
    check_same(RequestBody(tree), opening)


MARKED = {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "5m", "scope": "global"}}


@pytest.mark.parametrize(
    ("fields", "remark"),
    [
        ({"stream": False}, "as a whole"),
        ({"max_tokens": None}, "no max_tokens; the draft says 4,096"),
        ({"max_tokens": True}, "no max_tokens"),
        ({"diagnostics": {"previous_message_id": "msg_1"}}, "diagnostics"),
        ({"system": [{"type": "text", "text": ""}]}, "stays JSON among the settings"),
        ({"system": [MARKED]}, "behind system block 1 keeps its lifetime only, not scope"),
        ({"messages": [said("user", "a"), said("assistant", "b")]}, "without a question"),
        ({"messages": []}, "another prompt"),
    ],
)
def test_what_is_not_kept_is_told(fields: dict[str, Any], remark: str) -> None:
    opening = opened(**{"messages": [said("user", "a")], **fields})
    assert any(remark in said_ for said_ in opening.remarks)
    assert not opened(messages=[said("user", "a")]).remarks


def test_a_marker_that_makes_no_breakpoint_stays_until_one_is_chosen() -> None:
    odd = {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "2h"}}
    body = body_of({"model": "m", "system": [odd], "messages": [said("user", "a")]})
    opening = open_body(body)
    assert opening.draft.system[0].ttl is None
    check_same(body, opening)


@pytest.mark.parametrize("role", ["tool", "developer", ""])
def test_a_role_that_the_api_does_not_know_is_refused_with_its_place(role: str) -> None:
    with pytest.raises(BodyError) as caught:
        opened(messages=[said("user", "a"), said(role, "b")])
    assert caught.value.path == "messages[1].role"


@pytest.mark.parametrize("fields", [{"messages": "a"}, {"tools": [1]}, {"system": 1}, {"model": 1}])
def test_what_is_no_request_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BodyError):
        opened(**{"messages": [], **fields})


def test_each_part_has_a_key_and_a_path_of_its_own() -> None:
    opening = opened(
        tools=[{"name": "f"}, {"name": "g"}],
        messages=[said("user", "a"), said("assistant", "b"), said("user", "c")],
    )
    assert list(part_paths(opening.draft, opening.question)) == list(opening.draft.parts)
