from __future__ import annotations

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.block_name import block_path, part_name
from coldbyte.core.prefix.canonical_prefix import prefix_of

PREFIX = prefix_of(
    RequestBody(
        {
            "model": "m",
            "tools": [{"name": "search"}, {"type": "bash_20250124"}],
            "system": [{"type": "text", "text": "S"}, {"type": "text", "text": "T"}],
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "document", "source": {"data": "d"}, "title": "law.txt"}],
                },
                {"role": "user", "content": [{"type": "document", "source": {"data": "e"}}]},
                {"role": "assistant", "content": "a"},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]},
                {"role": "user", "content": "q"},
            ],
        }
    )
)


def test_each_part_has_its_words() -> None:
    assert [part_name(PREFIX, index) for index in range(len(PREFIX.blocks))] == [
        "the setting model",
        "tool “search”",
        "tool “bash_20250124”",
        "system block 1",
        "system block 2",
        "document 1 (“law.txt”)",
        "document 2",
        "Claude's text in message 3",
        "the user's tool_result in message 4",
        "the question",
    ]


def test_the_only_system_block_is_the_system_prompt() -> None:
    prefix = prefix_of(RequestBody({"model": "m", "system": "S", "messages": []}))
    assert part_name(prefix, 1) == "the system prompt"


def test_a_tool_that_acts_on_the_system_tier_is_no_system_block() -> None:
    tools: Json = [{"type": "web_search_20250305", "name": "web_search"}]
    prefix = prefix_of(RequestBody({"model": "m", "tools": tools, "system": "S", "messages": []}))
    assert [part_name(prefix, index) for index in (1, 2)] == ["tool “web_search”", "the system prompt"]


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ("system[1].text", "system[1]"),
        ("messages[0].content[2].source.data", "messages[0].content[2]"),
        ("messages[4].content", "messages[4].content"),
        ("tools[0]", "tools[0]"),
        ("system", "system"),
    ],
)
def test_the_path_of_a_block_is_that_of_its_content_without_the_field(where: str, path: str) -> None:
    assert block_path(where) == path


def test_a_title_stands_in_a_sentence_on_one_line_and_at_a_bearable_length() -> None:
    for title, shown in (
        ("a\nb\u202ec", "a·b·c"),
        ("x" * 48, "x" * 48),
        ("first" + "x" * 300 + "last.txt", "first" + "x" * 19 + "…" + "x" * 15 + "last.txt"),
    ):
        block: Json = {"type": "document", "source": {"data": "d"}, "title": title}
        prefix = prefix_of(RequestBody({"model": "m", "messages": [{"role": "user", "content": [block]}]}))
        assert part_name(prefix, 1) == f"document 1 (“{shown}”)"
