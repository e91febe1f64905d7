"""Drafts for property tests: all kinds of parts, odd texts, some of them not sendable."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from coldbyte.core.draft import (
    Document,
    Draft,
    Form,
    Media,
    Question,
    Role,
    SystemBlock,
    Tool,
    Ttl,
    Turn,
)
from coldbyte.core.json.layout import indented
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import Json, compact
from coldbyte.core.text.text import Text
from core.json_tree import TREES

ODD = [
    "",
    "\r\n",
    "\r",
    "a\rb\r\nc\n",
    "\0",
    "\ufeffa",
    "a\u2028b\u2029",
    "no end",
    "e\u0301",
    "\u00a0",
    "😀\ufdd0",
]
TEXTS = (st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)).map(
    Text.from_str
)
TITLES = st.sampled_from(
    ["", "gdpr.txt", "NUL", "a/b.md", "Law & order.pdf", "  ", "é.", "x" * 300, "..", "GDPR.txt"]
)
TTLS: st.SearchStrategy[Ttl | None] = st.sampled_from([None, "5m", "1h"])
FORMS: st.SearchStrategy[Form] = st.sampled_from(["text", "blocks"])
ROLES: st.SearchStrategy[Role] = st.sampled_from(["user", "assistant", "system"])
MEDIA = st.builds(
    Media,
    st.sampled_from(["application/pdf", "image/png", "image/jpeg", "application/x-odd"]),
    st.binary(max_size=9) | st.just(b"%PDF-1.7\r\n\xff\0"),
)


def as_read(value: Any) -> Any:
    """A tree as it is after reading: its numbers and long strings in one form."""
    return read_json(compact(value).encode())


def fields(*names: str) -> st.SearchStrategy[dict[str, Json]]:
    return st.dictionaries(st.sampled_from(names), TREES.map(as_read), max_size=2)


EXTRA = fields("citations", "context", "clear_at", "type")
SETTINGS = fields("thinking", "tool_choice", "cache_control", "metadata", "x y")
_TOOLS: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {"name": st.sampled_from(["get_weather", "Get_Weather", "a/b", ""])},
    optional={"input_schema": TREES, "description": st.sampled_from(["", "é\n"])},
)
_CONTENT: st.SearchStrategy[Json] = st.lists(
    st.fixed_dictionaries({"type": st.just("text"), "text": st.sampled_from(["a", "é\r\n"])}), max_size=2
)
_PRINT = st.sampled_from([indented, compact, lambda value: f"\n {indented(value)}\n"])


def json_texts(values: st.SearchStrategy[Json]) -> st.SearchStrategy[Text]:
    """JSON as people spell it."""
    return st.builds(lambda value, print_: Text.from_str(print_(value)), values, _PRINT)


TOOL_TEXTS, BLOCK_TEXTS = json_texts(_TOOLS), json_texts(_CONTENT)


@st.composite
def drafts(draw: st.DrawFn, *, sound: bool = False) -> Draft:
    """A draft; a `sound` one can be sent."""
    blocks = BLOCK_TEXTS if sound else BLOCK_TEXTS | TEXTS

    def keys(kind: str, most: int) -> list[str]:
        return [f"{kind}-{n}" for n in range(draw(st.integers(0, most)))]

    def worded() -> tuple[Text, Form]:
        form = draw(FORMS)
        return draw(TEXTS if form == "text" else blocks), form

    def document(key: str) -> Document:
        media = draw(st.none() | MEDIA)
        text = Text() if media is not None else draw(TEXTS)
        return Document(key, draw(TITLES), text, draw(TTLS), media, draw(EXTRA))

    return Draft(
        model=draw(st.sampled_from(["claude-opus-5", "m\n"])),
        max_tokens=draw(st.integers(0, 9_999)),
        system=tuple(SystemBlock(key, draw(TEXTS), draw(TTLS), draw(EXTRA)) for key in keys("system", 3)),
        documents=tuple(map(document, keys("document", 3))),
        questions=tuple(Question(key, *worded()) for key in (*keys("question", 2), "question-last")),
        tools=tuple(
            Tool(key, draw(TOOL_TEXTS if sound else TOOL_TEXTS | TEXTS), draw(TTLS))
            for key in keys("tool", 3)
        ),
        turns=tuple(Turn(key, draw(ROLES), *worded(), draw(EXTRA)) for key in keys("turn", 3)),
        settings=draw(SETTINGS),
    )
