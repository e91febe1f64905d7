"""Breakpoints and values in the JSON of a turn: what is asked for changes, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.block_list import marks_of, with_marks, with_value
from coldbyte.core.json.layout import indented
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import compact, value_at
from coldbyte.core.prefix.record import block_record
from coldbyte.core.text.text import Text
from core.any_draft import as_read
from core.json_spelling import places
from core.request_tree import BLOCKS, MARKS

ABLE = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": st.just("a")}, optional={"cache_control": MARKS}),
    st.fixed_dictionaries(
        {
            "type": st.just("tool_result"),
            "tool_use_id": st.just("1"),
            "content": st.lists(
                st.fixed_dictionaries(
                    {"type": st.just("text"), "text": st.just("a")}, optional={"cache_control": MARKS}
                ),
                max_size=2,
            ),
        },
        optional={"cache_control": MARKS},
    ),
)


def text(tree: Any, print_: Any = compact) -> Text:
    return Text.from_str(print_(tree))


def contents(blocks: Text) -> list[tuple[bytes, bytes]]:
    tree: Any = read_json(blocks.encode())
    records = [block_record(block, "", "messages", "user") for block in tree]
    return [(record.head, record.content.encode()) for record in records]


@given(
    st.lists(ABLE, max_size=4),
    st.dictionaries(st.integers(0, 3), st.sampled_from(["5m", "1h"])),
    st.sampled_from([compact, indented]),
)
def test_exactly_the_breakpoints_that_were_asked_for_are_there(
    tree: list[Any], marks: dict[int, Any], print_: Any
) -> None:
    before = text(tree, print_)
    wanted = {index: ttl for index, ttl in marks.items() if index < len(tree)}
    after = with_marks(before, wanted)
    assert marks_of(after) == wanted
    bare = {index: without_marks(block) for index, block in enumerate(tree)}
    assert {index: without_marks(block) for index, block in enumerate(json.loads(str(after)))} == bare
    assert with_marks(after, wanted) is after


def without_marks(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_marks(item) for name, item in value.items() if name != "cache_control"}
    return [without_marks(item) for item in value] if isinstance(value, list) else value


@given(st.lists(BLOCKS.map(as_read), max_size=3))
def test_blocks_that_keep_their_breakpoint_keep_every_byte(tree: list[Any]) -> None:
    blocks = Text.from_str("  " + compact(tree) + "\n")
    assert with_marks(blocks, marks_of(blocks)) is blocks


def test_a_new_breakpoint_is_one_line_more_where_each_member_has_a_line() -> None:
    before = text([{"type": "text", "text": "a"}, {"type": "text", "text": "1.0"}], indented)
    after = str(with_marks(before, {1: "1h"}))
    assert set(after.splitlines()) - set(str(before).splitlines()) == {
        '    "text": "1.0",',
        '    "cache_control": {',
        '      "type": "ephemeral",',
        '      "ttl": "1h"',
        "    }",
    }
    assert str(with_marks(Text.from_str(after), {})) == str(before)


@given(st.data(), st.lists(BLOCKS.map(as_read), min_size=1, max_size=3), st.text(max_size=5))
def test_a_value_takes_the_place_of_another_and_all_else_stays(
    data: st.DataObject, tree: list[Any], new: str
) -> None:
    blocks = text(tree, data.draw(st.sampled_from([compact, indented])))
    strings = [path for path, value in places(tree) if path and isinstance(value, str | Text)]
    path = data.draw(st.sampled_from(strings))
    after = with_value(blocks, path, Text.from_str(new.encode(errors="replace").decode()))
    back = with_value(after, path, Text.from_str(str(value_at(tree, path))))
    assert str(value_at(read_json(after.encode()), path)) == new.encode(errors="replace").decode()
    assert compact(read_json(back.encode())) == compact(tree)


def test_a_place_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_value(text([]), "[0].text", Text())
