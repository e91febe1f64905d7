from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody, part_paths, request_body
from coldbyte.core.draft import (
    NO_SETTINGS,
    Document,
    Draft,
    Media,
    Part,
    Question,
    SystemBlock,
    Tool,
    Turn,
)
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import Json, compact, value_at
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.text.text import EMPTY, Text
from core.any_draft import drafts

STRINGS = st.text(st.sampled_from('ab"\\\n\r\t\0\u2028é漢😀'), max_size=8)
KEYS = st.one_of(st.sampled_from(["text", "data", "a_b", "max items", "a.b", "[0]", 'q"', "é"]), STRINGS)
LEAVES = st.one_of(
    STRINGS, STRINGS.map(Text.from_str), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False)
)
TREES: st.SearchStrategy[Json] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
BODIES = st.dictionaries(KEYS, TREES, max_size=5).map(RequestBody)


def plain(value: Json) -> object:
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


@given(BODIES)
def test_the_wire_bytes_are_compact_json_in_the_order_of_the_keys(body: RequestBody) -> None:
    data = body.encode()
    assert data.decode() == json.dumps(plain(body.fields), ensure_ascii=False, separators=(",", ":"))
    assert body.plain() == plain(body.fields)


@given(STRINGS, STRINGS, STRINGS, STRINGS)
def test_a_draft_becomes_system_documents_and_one_question(
    rules: str, title: str, data: str, asked: str
) -> None:
    draft = Draft(
        "claude-sonnet-5-5",
        64,
        (SystemBlock("s", Text.from_str(rules + "!"), "1h"), SystemBlock("empty")),
        (Document("d", title, Text.from_str(data + "!"), "5m"), Document("none", "none", EMPTY)),
        (Question("q", Text.from_str(asked)), Question("other", Text.from_str("other"))),
    )
    body = request_body(draft, "q")
    fields = json.loads(body.encode())
    assert fields["model"] == "claude-sonnet-5-5"
    assert fields["max_tokens"] == 64
    assert fields["system"] == [
        {"type": "text", "text": rules + "!", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    ]
    assert fields["messages"] == [
        {
            "role": "user",
            "content": [
                {
                    "type": "document",
                    "source": {"type": "text", "media_type": "text/plain", "data": data + "!"},
                    **({"title": title} if title else {}),
                    "cache_control": {"type": "ephemeral"},
                },
                {"type": "text", "text": asked},
            ],
        }
    ]


def test_part_paths_lead_to_the_texts_of_the_parts() -> None:
    draft = Draft(
        "m",
        1,
        (SystemBlock("gap"), SystemBlock("s", Text.from_str("rules"))),
        (Document("d", "t", Text.from_str("data")),),
        (Question("q", Text.from_str("asked")),),
    )
    body = request_body(draft, "q")
    paths = part_paths(draft, "q")
    assert {key: str(value_at(body.fields, path)) for key, path in paths.items()} == {
        "s": "rules",
        "d": "data",
        "q": "asked",
    }


def test_a_breakpoint_behind_an_empty_part_stands_behind_the_part_before_it() -> None:
    draft = Draft(
        "claude-sonnet-5-5",
        64,
        (SystemBlock("empty first", EMPTY, "1h"), SystemBlock("s", Text.from_str("Be exact."))),
        (
            Document("a", "a.txt", Text.from_str("Article 17")),
            Document("b", "b.txt", Text.from_str("Article 18"), "1h"),
            Document("c", "c.txt", EMPTY, "5m"),
            Document("d", "d.txt", Text.from_str("Article 19")),
            Document("e", "e.txt", EMPTY, "5m"),
        ),
        (Question("q", Text.from_str("Who may ask?")),),
    )
    fields = json.loads(request_body(draft, "q").encode())
    marks = [block.get("cache_control") for block in fields["messages"][0]["content"]]
    assert marks == [None, {"type": "ephemeral", "ttl": "1h"}, {"type": "ephemeral"}, None]
    assert "cache_control" not in fields["system"][0]


def test_the_question_for_diagnostics_stands_before_stream_and_is_no_part_of_the_prefix() -> None:
    draft = Draft("claude-sonnet-5-5", 64, (), (), (Question("q", Text.from_str("asked")),))
    plain, asking = request_body(draft, "q"), request_body(draft, "q", {"previous_message_id": None})
    assert list(asking.fields) == ["max_tokens", "messages", "model", "diagnostics", "stream"]
    assert b'"diagnostics":{"previous_message_id":null},"stream":true' in asking.encode()
    assert prefix_of(asking).encode() == prefix_of(plain).encode()


def draft_of(**parts: object) -> Draft:
    asked = (Question("q", Text.from_str("asked")),)
    return Draft("m", 1, **{"questions": asked, **parts})  # type: ignore[arg-type]


def text(chars: str) -> Text:
    return Text.from_str(chars)


def fields_of(draft: Draft, question: str = "q") -> dict[str, object]:
    found: dict[str, object] = json.loads(request_body(draft, question).encode())
    return found


def told(part: Part, value: Json) -> bool:
    """Whether the value in the body is what the part says."""
    match part:
        case Document(media=Media(data=data)):
            return plain(value) == b64encode(data).decode()
        case Tool():
            return isinstance(value, Mapping) and same_but_marker(value, read_json(part.text.encode()))
        case Turn(form="blocks") | Question(form="blocks"):
            content = read_json(part.text.encode())
            assert isinstance(value, Sequence)
            assert isinstance(content, Sequence)
            return compact(value[len(value) - len(content) :]) == compact(content)
    return value == part.text


def same_but_marker(sent: Mapping[str, Json], said: Json) -> bool:
    rest = {key: value for key, value in sent.items() if key != "cache_control"}
    return compact(rest) == compact(said)


@given(drafts(sound=True))
def test_each_part_that_holds_something_stands_at_its_path(draft: Draft) -> None:
    body = request_body(draft, "question-last")
    paths = part_paths(draft, "question-last")
    for key, path in paths.items():
        assert told(draft.part(key), value_at(body.fields, path)), (key, path)
    sent = [
        part for part in draft.parts.values() if part.text.size or (isinstance(part, Document) and part.media)
    ]
    others = {part.key for part in draft.questions if part.key != "question-last"}
    expected = [part.key for part in sent if part.key not in others]
    if not any(turn.text.size for turn in draft.turns) and "question-last" not in expected:
        expected.append("question-last")
    assert list(paths) == expected


@given(drafts(sound=True))
def test_parts_stand_in_cache_order(draft: Draft) -> None:
    prefix = prefix_of(request_body(draft, "question-last"))
    places = [block.where for block in prefix.blocks]
    kinds = [where.split("[")[0] for where in places if where.startswith(("tools[", "system[", "messages["))]
    assert kinds == sorted(kinds, key=["tools", "system", "messages"].index)


def test_tools_keep_their_spelling_and_stand_first() -> None:
    tool = Tool("t", text('{ "name": "f", "input_schema": {"z": 1.0, "a": 1e2} }'), "1h")
    data = request_body(draft_of(tools=(tool, Tool("empty", EMPTY, "5m"))), "q").encode()
    assert (
        b'"tools":[{"name":"f","input_schema":{"z":1.0,"a":1e2},"cache_control":{"type":"ephemeral","ttl":"1h"}}]'
        in data
    )


def test_media_go_as_base64_an_image_without_a_title() -> None:
    documents = (
        Document("pdf", "law.pdf", EMPTY, "5m", Media("application/pdf", b"%PDF\xff")),
        Document("png", "a.png", EMPTY, None, Media("image/png", b"\x89PNG"), {"title": "kept"}),
    )
    messages = fields_of(draft_of(documents=documents))["messages"]
    assert isinstance(messages, list)
    assert messages[0]["content"] == [
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERv8="},
            "title": "law.pdf",
            "cache_control": {"type": "ephemeral"},
        },
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="},
            "title": "kept",
        },
        {"type": "text", "text": "asked"},
    ]


def test_documents_stand_before_the_first_turn_of_the_user() -> None:
    documents = (Document("d", "", text("law")),)
    turns = (Turn("u", "user", text("Hi")), Turn("a", "assistant", text("Yes?"), extra={"x": 1}))
    law = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "law"}}
    assert fields_of(draft_of(documents=documents, turns=turns))["messages"] == [
        {"role": "user", "content": [law, {"type": "text", "text": "Hi"}]},
        {"role": "assistant", "content": "Yes?", "x": 1},
        {"role": "user", "content": [{"type": "text", "text": "asked"}]},
    ]
    assert fields_of(draft_of(documents=documents, turns=turns[1:]))["messages"] == [
        {"role": "user", "content": [law]},
        {"role": "assistant", "content": "Yes?", "x": 1},
        {"role": "user", "content": [{"type": "text", "text": "asked"}]},
    ]


def test_an_empty_question_is_not_asked_behind_turns() -> None:
    turns = (Turn("u", "user", text("Hi")), Turn("gone", "assistant"))
    draft = draft_of(turns=turns, questions=(Question("q"),))
    assert fields_of(draft)["messages"] == [{"role": "user", "content": "Hi"}]
    assert part_paths(draft, "q") == {"u": "messages[0].content"}
    assert fields_of(replace(draft, turns=()))["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": ""}]}
    ]


def test_settings_stand_in_the_body_and_never_in_the_place_of_what_the_draft_says() -> None:
    settings = dict.fromkeys((*NO_SETTINGS, "thinking", "betas"), "set")
    fields = fields_of(draft_of(settings=settings))
    assert list(fields) == ["max_tokens", "messages", "model", "betas", "stream", "thinking"]
    assert (fields["model"], fields["max_tokens"], fields["stream"]) == ("m", 1, True)
    raw = draft_of(settings={"system": "odd"})
    assert fields_of(raw)["system"] == "odd"
    assert fields_of(replace(raw, system=(SystemBlock("s", text("mine")),)))["system"] == [
        {"type": "text", "text": "mine"}
    ]


def test_what_a_part_says_itself_wins_over_its_extra_fields() -> None:
    block = SystemBlock("s", text("rules"), "5m", {"text": "x", "cache_control": "x", "citations": []})
    assert fields_of(draft_of(system=(block,)))["system"] == [
        {"type": "text", "text": "rules", "citations": [], "cache_control": {"type": "ephemeral"}}
    ]
    unmarked = replace(block, ttl=None)
    assert fields_of(draft_of(system=(unmarked,)))["system"] == [
        {"type": "text", "text": "rules", "cache_control": "x", "citations": []}
    ]


@pytest.mark.parametrize(
    ("draft", "key", "say"),
    [
        (draft_of(tools=(Tool("t", text('{"name": }')),)), "t", "a value at byte 9 (line 1)"),
        (draft_of(tools=(Tool("t", text("[]")),)), "t", "expected an object"),
        (draft_of(turns=(Turn("u", "user", text("[\n{]"), "blocks"),)), "u", "at byte 3 (line 2)"),
        (draft_of(turns=(Turn("u", "user", text("{}"), "blocks"),)), "u", "expected an array"),
        (draft_of(questions=(Question("q", text("Why?"), "blocks"),)), "q", "at byte 0 (line 1)"),
    ],
)
def test_json_that_is_none_is_told_with_the_key_of_its_part(draft: Draft, key: str, say: str) -> None:
    for _ in range(2):  # the second time from what is known
        with pytest.raises(BodyError) as caught:
            request_body(draft, "q")
        assert caught.value.path == key
        assert say in str(caught.value)


def test_json_is_read_anew_when_a_later_piece_of_it_changes() -> None:
    long = text(json.dumps([{"type": "text", "text": "x" * 90_000}, {"type": "text", "text": "end"}]))
    draft = draft_of(turns=(Turn("u", "user", long, "blocks"),))
    assert value_at(request_body(draft, "q").fields, "messages[0].content[1].text") == "end"
    after = draft.with_text("u", long.replace(long.utf16 - 6, long.utf16 - 3, "END"))
    assert after.turns[0].text.pieces[0] is long.pieces[0]
    assert value_at(request_body(after, "q").fields, "messages[0].content[1].text") == "END"
    assert value_at(request_body(draft, "q").fields, "messages[0].content[1].text") == "end"
