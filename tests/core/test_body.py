from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody, part_paths, request_body
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.json.value import Json, value_at
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.text.text import EMPTY, Text

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
                    "title": title,
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
