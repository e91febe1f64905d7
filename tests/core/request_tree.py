"""Request bodies for property tests: all kinds of blocks, odd values, and how one can change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from coldbyte.core.json.value import Json, Pairs, Spelled, pairs_of
from core.json_tree import TREES

Object = dict[str, Any]
Strategy = st.SearchStrategy[Any]

ODD = [
    "",
    "json",
    "turn",
    "tool",
    "setting",
    "text json",
    '"turn"',
    "{",
    "Übung",
    "a b",
    "\\u0020",
    "þÿ",
    "text",
]
STRINGS = st.text(alphabet='ab \n\r\t\0\x7f{}[]":,\\é\u0301þÿ\u2028😀', max_size=6) | st.sampled_from(ODD)
NAMES = st.sampled_from([*ODD, "a", "b", "json_schema", "user", "x json", "output_config.x", "citations"])
MARKS = st.sampled_from(
    [
        *({"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}, {"type": "ephemeral", "ttl": "5m"}),
        *({"type": "ephemeral", "ttl": None}, {"ttl": "2h", "type": "ephemeral"}, None, "x"),
    ]
)
CITATIONS = st.sampled_from(
    [{"enabled": True}, {"enabled": False}, {}, None, [], [{"type": "char_location"}]]
)


def typed(kind: str | Strategy, **fields: Strategy) -> Strategy:
    """Blocks of a kind; a field that ends in `_` may be missing, and so may the breakpoint."""
    given = {"type": st.just(kind) if isinstance(kind, str) else kind}
    given |= {name: value for name, value in fields.items() if name[-1] != "_"}
    optional = {name[:-1]: value for name, value in fields.items() if name[-1] == "_"}
    return st.fixed_dictionaries(given, optional={**optional, "cache_control": MARKS})


def free(children: Strategy = TREES) -> Strategy:
    """Objects that the sender composes freely, in which a key may stand twice."""
    pairs = st.lists(st.tuples(NAMES | st.just("cache_control"), children), max_size=3)
    return pairs.map(lambda found: Pairs(found) if len(dict(found)) < len(found) else dict(found))


TEXT = typed("text", text=STRINGS, citations_=CITATIONS)
SOURCE = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["base64", "text"]),
            "media_type": st.sampled_from(["image/png", "text/plain"]),
            "data": STRINGS,
        }
    ),
    st.fixed_dictionaries({"type": st.just("url"), "url": STRINGS}),
    st.fixed_dictionaries({"type": st.just("file"), "file_id": STRINGS}),
)
IMAGE = typed("image", source=SOURCE)
PARTS = st.fixed_dictionaries(
    {"type": st.just("content"), "content": STRINGS | st.lists(TEXT | IMAGE, max_size=2)}
)
DOCUMENT = typed(
    "document", source=SOURCE | PARTS, title_=STRINGS | st.none(), context_=STRINGS, citations_=CITATIONS
)
SEARCH = typed(
    "search_result",
    source=STRINGS,
    title=STRINGS,
    content=st.lists(TEXT, max_size=2),
    citations_=CITATIONS,
)
REFERENCE = typed("tool_reference", tool_name=STRINGS)
RESULT = typed(
    "tool_result",
    tool_use_id=STRINGS,
    content_=STRINGS | st.lists(TEXT | IMAGE | DOCUMENT | SEARCH | REFERENCE, max_size=2) | st.none(),
    is_error_=st.booleans(),
)
BLOCKS = st.one_of(
    TEXT,
    IMAGE,
    DOCUMENT,
    SEARCH,
    RESULT,
    typed("tool_use", id=STRINGS, name=STRINGS, input=free()),
    typed("thinking", thinking=STRINGS, signature=STRINGS),
    typed("redacted_thinking", data=STRINGS),
    typed("server_tool_use", id=STRINGS, name=STRINGS, input=free()),
    typed("web_search_tool_result", tool_use_id=STRINGS, content=st.lists(free(), max_size=2) | free()),
    typed("compaction", content=STRINGS | st.none()),
    typed("container_upload", file_id=STRINGS),
    typed(NAMES, a_=TREES, content_=TREES, text_=TREES, source_=TREES),
)
TOOLS = st.one_of(
    st.fixed_dictionaries(
        {"name": STRINGS},
        optional={
            "description": STRINGS,
            "input_schema": free(),
            "type": st.sampled_from(["custom", None]),
            "defer_loading": st.booleans(),
            "cache_control": MARKS,
        },
    ),
    typed(st.sampled_from(["web_search_20250305", "web_fetch_20250910", "bash_20250124"]), name=STRINGS),
)
ROLES = st.sampled_from(["user", "user", "assistant", "assistant", "system", "turn-system", "{ b", "setting"])
MESSAGES = st.fixed_dictionaries(
    {"role": ROLES, "content": STRINGS | st.lists(BLOCKS, max_size=3)},
    optional={
        "clear_at": st.sampled_from(["next_user_message", None]),
        "output_config": st.sampled_from([{"effort": "low"}, None]),
    },
)
MODELS = ["claude-opus-5", "claude-opus-4-1", "claude-haiku-4-5-20251001", "m"]
BODIES: Strategy = st.fixed_dictionaries(
    {"model": st.sampled_from(MODELS), "messages": st.lists(MESSAGES, max_size=4)},
    optional={
        "max_tokens": st.integers(1, 9),
        "metadata": free(),
        "tools": st.lists(TOOLS, max_size=3) | st.none(),
        "system": STRINGS | st.lists(TEXT, max_size=2) | st.none(),
        "tool_choice": st.sampled_from(
            [
                *({"type": "auto"}, {"type": "any"}, {"name": "a", "type": "tool"}, None),
                *({"type": "any", "disable_parallel_tool_use": False},),
                *({"disable_parallel_tool_use": flag, "type": "auto"} for flag in (True, False)),
            ]
        ),
        "thinking": st.sampled_from([{"type": "adaptive"}, {"budget_tokens": 9, "type": "enabled"}, None]),
        "output_config": st.fixed_dictionaries(
            {},
            optional={
                "effort": st.sampled_from(["low", "high", None]),
                "format": free() | st.none(),
                "x": TREES,
                "x json": TREES,
            },
        ),
        "output_format": free() | st.none(),
        "speed": st.sampled_from(["fast", "standard", None]),
        "betas": st.lists(st.sampled_from(["b", "a"]), max_size=3),
        "mcp_servers": st.lists(
            st.fixed_dictionaries({"url": STRINGS}, optional={"authorization_token": STRINGS}), max_size=2
        ),
        "cache_control": MARKS,
        "x": TREES,
        "x json": TREES,
        "output_config.x": TREES,
        "images": st.just("shown"),
        "citations": st.just("enabled"),
    },
)
"""Bodies as a sender may compose them, the well-formed and the odd."""

_LEAVES: Strategy = st.one_of(
    st.none(), st.booleans(), STRINGS, st.sampled_from([0, 1, Spelled("1.0"), [], {}]), MARKS, CITATIONS
)


@st.composite
def mutated(draw: st.DrawFn, tree: Json) -> Json:
    """The tree with one place changed: replaced, added, dropped, moved or given twice."""
    if isinstance(tree, Mapping) and tree:
        pairs = _changed(draw, list(pairs_of(tree)))
        return Pairs(pairs) if len(dict(pairs)) < len(pairs) else dict(pairs)
    if isinstance(tree, Sequence) and not isinstance(tree, str) and tree:
        items = [("", item) for item in tree]
        return [item for _, item in _changed(draw, items)]
    if isinstance(tree, str):
        block = st.just([{"type": "text", "text": tree}])
        return draw(_LEAVES | block | st.just(tree + "a") | st.just(tree[:-1]))
    return draw(_LEAVES | TREES)


def _changed(draw: st.DrawFn, pairs: list[tuple[str, Json]]) -> list[tuple[str, Json]]:
    at = draw(st.integers(0, len(pairs) - 1))
    match draw(st.integers(0, 9)):
        case 0:
            return [*pairs[:at], *pairs[at + 1 :]]
        case 1:
            return [*pairs[:at], (draw(NAMES), draw(_LEAVES | BLOCKS)), *pairs[at:]]
        case 2:
            return draw(st.permutations(pairs))
        case 3:
            return [*pairs, (pairs[at][0], draw(_LEAVES))]
        case _:
            return [*pairs[:at], (pairs[at][0], draw(mutated(pairs[at][1]))), *pairs[at + 1 :]]
