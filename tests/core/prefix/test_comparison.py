from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import Comparison, compare, keyed
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.text.text import Text

STRINGS = st.text(st.sampled_from("ab\néè😀"), max_size=8)
MARK = {"cache_control": {"type": "ephemeral"}}
TEXTS = st.builds(
    lambda chars, mark: {"type": "text", "text": Text.from_str(chars), **(MARK if mark else {})},
    STRINGS,
    st.booleans(),
)
DOCUMENTS = st.builds(
    lambda data, title: {
        "type": "document",
        "source": {"type": "text", "data": Text.from_str(data)},
        "title": title,
    },
    STRINGS,
    STRINGS,
)
TOOLS = st.builds(lambda name: {"name": name, "input_schema": {}}, STRINGS)
BODIES = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["m", "mm", "n"]),
        "tools": st.lists(TOOLS, max_size=2),
        "system": st.lists(TEXTS, max_size=3),
        "messages": st.lists(TEXTS | DOCUMENTS, max_size=4).map(
            lambda blocks: [{"role": "user", "content": blocks}]
        ),
    }
)


def prefix(body: dict[str, Any]) -> Prefix:
    return prefix_of(RequestBody(body))


def texts(*contents: str) -> Prefix:
    blocks = [{"type": "text", "text": chars} for chars in contents]
    return prefix({"model": "m", "messages": [{"role": "user", "content": blocks}]})


def plain_difference(before: bytes, after: bytes) -> int | None:
    """The first differing byte, one by one."""
    for index, (one, two) in enumerate(zip(before, after, strict=False)):
        if one != two:
            return index
    return None if len(before) == len(after) else min(len(before), len(after))


def check(found: Comparison) -> None:
    before, after = found.before.encode(), found.after.encode()
    expected = plain_difference(before, after)
    if expected is None:
        assert found.first is None
        assert found.identical
        assert found.shared == len(before)
        return
    first = found.first
    assert first is not None
    assert first.cache_byte == found.shared == expected
    for side, one in ((first.before, found.before), (first.after, found.after)):
        if side is None:
            assert expected == one.size
            continue
        assert one.blocks[side.index] is side.block
        assert one.starts[side.index] + side.block.content_start + side.byte == expected
        chars = side.block.content.encode()[: max(side.byte, 0)].decode(errors="ignore")
        assert side.spot.line == 1 + chars.count("\n")
        assert side.spot.column == 1 + len(chars) - (chars.rfind("\n") + 1)


@given(BODIES, BODIES)
def test_the_break_is_where_the_bytes_first_differ(one: dict[str, Any], two: dict[str, Any]) -> None:
    check(compare(prefix(one), prefix(two)))


@given(BODIES, st.sampled_from(["tools", "system"]), st.randoms(use_true_random=False))
def test_the_break_of_an_edited_body_is_where_the_bytes_first_differ(
    body: dict[str, Any], name: str, chance: Any
) -> None:
    blocks = list(body[name])
    chance.shuffle(blocks)
    check(compare(prefix(body), prefix({**body, name: blocks[: chance.randint(0, 3)]})))


@given(BODIES)
def test_a_prefix_compared_with_itself_has_no_break(body: dict[str, Any]) -> None:
    found = compare(prefix(body), prefix(body))
    assert found.identical
    assert found.harmless


@given(BODIES, BODIES)
def test_exchanged_sides_give_the_mirrored_break(one: dict[str, Any], two: dict[str, Any]) -> None:
    there, back = compare(prefix(one), prefix(two)).first, compare(prefix(two), prefix(one)).first
    assert (there is None) == (back is None)
    if there and back:
        assert (there.cache_byte, there.before, there.after) == (back.cache_byte, back.after, back.before)


@pytest.mark.parametrize(
    ("before", "after", "shape"),
    [
        (["a", "b"], ["a", "c"], "edited"),
        (["a", "b"], ["x", "a", "b"], "inserted"),
        (["a", "b"], ["a", "b", "c"], "inserted"),
        (["a", "b"], ["b"], "removed"),
        (["a", "b"], ["a"], "removed"),
        (["a", "b"], ["b", "a"], "moved"),
    ],
)
def test_the_shape_says_what_became_of_the_block(before: list[str], after: list[str], shape: str) -> None:
    first = compare(texts(*before), texts(*after)).first
    assert first is not None
    assert first.shape == shape


def test_a_block_of_another_kind_is_replaced() -> None:
    image = {"type": "image", "source": {"type": "url", "url": "u"}}
    other = prefix({"model": "m", "messages": [{"role": "user", "content": [image]}]})
    first = compare(texts("a"), other).first
    assert first is not None
    assert (first.shape, first.tier) == ("replaced", "messages")


def test_a_difference_behind_the_last_breakpoint_is_harmless() -> None:
    def body(first: str, last: str) -> Prefix:
        blocks = [{"type": "text", "text": first, **MARK}, {"type": "text", "text": last}]
        return prefix({"model": "m", "messages": [{"role": "user", "content": blocks}]})

    assert compare(body("a", "b"), body("a", "c")).harmless
    assert not compare(body("a", "b"), body("x", "b")).harmless


@given(BODIES, BODIES)
def test_the_keys_of_a_comparison_are_equal_just_where_the_prefixes_are(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    before, after = prefix(one), prefix(two)
    old, new = keyed(compare(before, after))
    assert (old, new) == (before, after)
    for real, short in ((before.keys, old.keys), (after.keys, new.keys)):
        assert len(real) == len(short) == len(set(short))
    equal = {
        (at, to) for at, key in enumerate(before.keys) for to, other in enumerate(after.keys) if key == other
    }
    assert equal == {
        (at, to) for at, key in enumerate(old.keys) for to, other in enumerate(new.keys) if key == other
    }
