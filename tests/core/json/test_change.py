from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coldbyte.core.json.change import (
    ChangeKind,
    JsonChange,
    json_changes,
)
from coldbyte.core.json.node import Nodes
from coldbyte.core.json.value import (
    Json,
    Pairs,
    Spelled,
    compact,
    is_array,
    pairs_of,
    printed_start,
    steps_of,
    value_at,
)
from coldbyte.core.text.text import Text
from core.json_tree import KEYS, LEAVES, edited, printed, two_trees

OBJECTS: st.SearchStrategy[Json] = st.recursive(
    LEAVES, lambda below: st.dictionaries(KEYS, below, max_size=4), max_leaves=12
)
NEAR = range(3)  # bytes from a bracket or comma to what it stands before, with the quote of that
Line = tuple[ChangeKind, str | None, str | None]


def same(one: Json, two: Json, nodes: Nodes) -> bool:
    return nodes.of(one) is nodes.of(two)


def sorted_equal(one: Json, two: Json) -> bool:
    return same(one, two, Nodes(ordered=False))


def number_equal(one: Json, two: Json) -> bool:
    return same(one, two, Nodes(spelled=False))


def plain_equal(one: Json, two: Json) -> bool:
    return same(one, two, Nodes(ordered=False, spelled=False))


def lines(before: Json, after: Json) -> list[Line]:
    return [(one.kind, one.where_before, one.where_after) for one in json_changes(before, after)]


def only(before: Json, after: Json) -> JsonChange:
    (change,) = json_changes(before, after)
    return change


def test_a_number_of_another_value_is_a_value_at_its_byte() -> None:
    change = only({"a": 1, "limit": 120}, {"a": 1, "limit": 125})
    assert (change.kind, change.where_before, change.where_after) == ("value", "limit", "limit")
    assert (change.before, change.after) == (120, 125)
    assert (change.before_start, change.after_start, change.byte) == (15, 15, 2)
    assert change.texts is None


def test_a_text_counts_its_bytes_behind_the_quote_without_escapes() -> None:
    change = only({"d": 'é"x'}, {"d": 'é"y'})
    assert (change.kind, change.before_start, change.byte) == ("text", 6, 3)
    assert change.texts == (Text.from_str('é"x'), Text.from_str('é"y'))


def test_a_text_of_ours_shows_the_same_change_as_a_string() -> None:
    plain = only({"d": "one two"}, {"d": "one ten"})
    mixed = only({"d": Text.from_str("one two")}, {"d": "one ten"})
    assert (mixed.kind, mixed.before_start, mixed.byte) == (plain.kind, plain.before_start, plain.byte)
    assert mixed.texts == plain.texts
    assert json_changes({"d": Text.from_str("same")}, {"d": "same"}) == ()


def test_another_order_of_keys_is_one_change_at_the_object() -> None:
    before: Json = {"s": {"type": "object", "required": ["q"], "x": {}}}
    after: Json = {"s": {"type": "object", "x": {}, "required": ["q"]}}
    change = only(before, after)
    assert (change.kind, change.where_before, change.where_after) == ("order", "s", "s")
    assert (change.before_start, change.after_start) == (5, 5)
    data = printed(before), printed(after)
    place = change.after_start + change.byte
    assert data[0][:place] == data[1][:place]
    assert data[0][place] != data[1][place]


def test_an_order_and_the_changes_below_it_are_both_told() -> None:
    before: Json = {"a": {"x": 1, "y": [1]}, "b": "old"}
    after: Json = {"b": "new", "a": {"y": [2], "x": 1}}
    assert lines(before, after) == [
        ("order", "", ""),
        ("text", "b", "b"),
        ("order", "a", "a"),
        ("value", "a.y[0]", "a.y[0]"),
    ]


def test_a_new_key_among_the_old_ones_leaves_their_order() -> None:
    assert lines({"a": 1, "b": 2}, {"a": 1, "c": 3, "b": 2}) == [("added", None, "c")]
    assert lines({"a": 1, "b": 2, "c": 3}, {"c": 3, "b": 2}) == [("order", "", ""), ("removed", "a", None)]


def test_a_member_that_a_side_has_not_got_stands_at_its_closing_bracket() -> None:
    change = only({"a": {"b": 1}}, {"a": {"b": 1, "c d": None}})
    assert (change.kind, change.where_before, change.where_after) == ("added", None, 'a["c d"]')
    assert (change.before_start, change.after_start, change.byte) == (11, 18, 0)


@pytest.mark.parametrize("other", ["1.0", "1e0", "10e-1", "0.1E+1", "100000E-5"])
def test_a_number_in_another_spelling_is_called_so(other: str) -> None:
    assert [kind for kind, _, _ in lines([1], [Spelled(other)])] == ["number"]


def test_a_spelling_that_python_would_print_the_same_is_no_change() -> None:
    assert json_changes([1, 1.5], [Spelled("1"), Spelled("1.5")]) == ()


def test_booleans_are_no_numbers() -> None:
    assert lines({"a": True, "b": 0}, {"a": 1, "b": False}) == [("value", "a", "a"), ("value", "b", "b")]


def test_a_null_is_not_an_absent_member() -> None:
    assert lines({"a": None}, {}) == [("removed", "a", None)]
    assert lines({}, {"a": None}) == [("added", None, "a")]


def test_one_more_element_in_the_middle_is_one_change() -> None:
    before = [f"tool {number}" for number in range(50)]
    assert lines(before, [*before[:20], "new", *before[20:]]) == [("added", None, "[20]")]
    assert lines(before, before[:20] + before[21:]) == [("removed", "[20]", None)]


def test_an_element_edited_in_place_is_looked_into() -> None:
    before = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    after = [{"type": "text", "text": "a"}, {"type": "text", "text": "c"}]
    assert lines(before, after) == [("text", "[1].text", "[1].text")]


def test_an_edited_element_is_known_again_behind_a_new_one() -> None:
    first, second = "Rules for the first tool.", "What the second tool does, at some length."
    before = [{"type": "text", "text": first}, {"type": "text", "text": second}]
    added = {"type": "text", "text": "Something else."}
    after = [added, {"type": "text", "text": first + " More."}, {"type": "text", "text": second + " More."}]
    assert lines(before, after) == [
        ("added", None, "[0]"),
        ("text", "[0].text", "[1].text"),
        ("text", "[1].text", "[2].text"),
    ]


def test_elements_in_another_order_are_one_change() -> None:
    change = only({"enum": ["a", "b", "b", {"x": 1}]}, {"enum": [{"x": 1}, "b", "a", "b"]})
    assert (change.kind, change.where_before) == ("items", "enum")
    assert change.after_start == 8
    assert lines(["a", "b", "b"], ["b", "a", "a"]) != [("items", "", "")]


def test_a_place_in_an_array_is_that_of_the_element_that_stands_there() -> None:
    change = only([1, 12, 1], [1, 1])
    assert (change.kind, change.before_start, change.after_start, change.byte) == ("removed", 3, 3, 1)
    change = only(["x"], ["x", "y"])
    assert (change.kind, change.before_start, change.after_start, change.byte) == ("added", 4, 6, 0)


def test_elements_without_a_version_stand_side_by_side() -> None:
    changes = json_changes(["gnu", "ox"], ["bee", "cat", "dog"])
    assert [(one.kind, one.before_start, one.after_start) for one in changes] == [
        ("added", 2, 2),
        ("removed", 2, 2),
        ("added", 8, 8),
        ("removed", 8, 8),
        ("added", 11, 14),
    ]


def test_a_new_text_counts_the_characters_that_it_shares_with_what_stood_there() -> None:
    change = only(["abz"], ["abc1234567", "abz"])
    assert (change.kind, change.before_start, change.after_start, change.byte) == ("added", 2, 2, 2)


def test_a_key_that_stands_twice_makes_the_object_one_value() -> None:
    twice = Pairs([("a", 1), ("a", 2)])
    assert lines({"o": twice}, {"o": {"a": 2}}) == [("value", "o", "o")]
    assert lines({"o": twice}, {"o": Pairs([("a", 2), ("a", 2)])}) == [("value", "o", "o")]
    assert json_changes({"o": twice}, {"o": Pairs([("a", 1), ("a", 2)])}) == ()


def test_a_huge_exponent_is_not_written_out() -> None:
    def kinds(one: str, two: str) -> list[str]:
        return [kind for kind, _, _ in lines([Spelled(one)], [Spelled(two)])]

    assert kinds("1e999999999", "10e999999998") == ["number"]
    assert kinds("1e999999999", "1e999999998") == ["value"]
    assert kinds("1e" + "9" * 5000, "2e" + "9" * 5000) == ["value"]
    assert kinds("0e" + "9" * 5000, "-0.00") == ["number"]


def test_nesting_of_five_hundred_levels_is_compared() -> None:
    def nested(value: Json, turned: bool) -> Json:
        for level in range(500):
            inner: dict[str, Json] = {"k": value, "list": [Spelled("1.0"), level]}
            value = dict(reversed(inner.items())) if turned else inner
        return value

    deep = ".".join(["k"] * 500)
    assert lines(nested("a", False), nested("b", False)) == [("text", deep, deep)]
    assert [kind for kind, _, _ in lines(nested(0, False), nested(0, True))] == ["order"] * 500
    assert sorted_equal(nested(0, False), nested(0, True))
    assert not number_equal(nested(0, False), nested(0, True))


def test_wide_values_of_which_everything_differs_are_compared() -> None:
    size = 20_000
    before: Json = {"items": list(range(size)), **{f"k{number}": number for number in range(size)}}
    after: Json = {"items": list(range(size, 2 * size + 1)), **{f"k{number}": -1 for number in range(size)}}
    kinds = [change.kind for change in json_changes(before, after)]
    assert kinds.count("value") == size
    assert kinds.count("removed") == kinds.count("added") - 1 == size


def test_a_long_key_above_many_changes_is_not_written_for_each() -> None:
    key = "k" * 1_000_000
    changes = json_changes({key: list(range(3_000))}, {key: list(range(3_000, 6_000))})
    assert len(changes) == 3_000
    assert changes[7].where_after == f"{key}[7]"


def test_changes_found_twice_are_equal() -> None:
    before: Json = {"a": [1, {"b": "x"}]}
    after: Json = {"a": [1, {"b": "y"}]}
    assert json_changes(before, after) == json_changes(before, after)
    assert "Place('a[1].b')" in repr(only(before, after))
    assert hash(only(before, after).place_after) == hash(only(before, after).place_before)


@given(two_trees())
def test_nothing_is_found_exactly_where_the_prints_are_equal(trees: tuple[Json, Json]) -> None:
    before, after = trees
    assert json_changes(before, deepcopy(before)) == ()
    assert (json_changes(before, after) == ()) == (printed(before) == printed(after))


@given(two_trees())
@example(([1, 2, "x"], [2, 1, "y"]))
@example((["ab", {"a": 1}, "b"], [{"a": 2}, "abc", "b", "b"]))
def test_changing_sides_mirrors_the_changes(trees: tuple[Json, Json]) -> None:
    turned: Mapping[str, str] = {"added": "removed", "removed": "added"}

    def sides(change: JsonChange, one: str, two: str) -> list[Any]:
        places = [getattr(change, name) for side in (one, two) for name in (f"where_{side}", f"{side}_start")]
        return [*places, *(compact(getattr(change, side)) for side in (one, two)), change.byte]

    there = [[change.kind, *sides(change, "before", "after")] for change in json_changes(*trees)]
    back = [
        [turned.get(change.kind, change.kind), *sides(change, "after", "before")]
        for change in json_changes(trees[1], trees[0])
    ]
    assert sorted(map(repr, there)) == sorted(map(repr, back))


@given(two_trees())
def test_every_change_stands_where_it_says(trees: tuple[Json, Json]) -> None:
    changes = json_changes(*trees)
    assert [change.after_start for change in changes] == sorted(change.after_start for change in changes)
    for change in changes:
        for tree, where, value, start in (
            (trees[0], change.where_before, change.before, change.before_start),
            (trees[1], change.where_after, change.after, change.after_start),
        ):
            data = printed(tree)
            if where is None:
                assert value is None
                _is_a_gap(tree, _where(change), start)
                continue
            assert printed(value_at(tree, where)) == printed(value)
            assert printed_start(tree, where) == start
            quote = isinstance(value, (str, Text))
            assert data[start:].startswith(printed(value)[quote:])


def _is_a_gap(tree: Json, where: str, start: int) -> None:
    """Whether a byte is one at which something could stand that has another path in the other tree."""
    data = printed(tree)
    before, at = data[:start].decode(errors="ignore"), data[start : start + 1]
    assert steps_of(where)
    assert at in (b"}", b"]") or before.endswith((",", "[", '"'))


@given(two_trees())
def test_the_equal_bytes_are_counted_as_a_plain_comparison_does(trees: tuple[Json, Json]) -> None:
    for change in json_changes(*trees):
        if change.kind == "text":
            assert change.texts is not None
            one, two = (text.encode() for text in change.texts)
        elif change.kind in ("added", "removed"):
            continue
        else:
            one, two = printed(change.before), printed(change.after)
        assert change.byte == _common(one, two)


@given(two_trees())
def test_the_first_change_is_where_the_prints_part(trees: tuple[Json, Json]) -> None:
    changes = json_changes(*trees)
    one, two = map(printed, trees)
    if one == two:
        return
    parting = _common(one, two)
    places = [_places(change) for change in changes]
    assert any(place >= parting and other >= parting for place, other in places)
    lonely = [change for change in changes if change.kind in ("added", "removed")]
    if not lonely:
        assert (min(place for place, _ in places), min(place for _, place in places)) == (parting, parting)
    elif all(isinstance(steps_of(_where(change))[-1], int) for change in lonely):
        assert any(place - parting in NEAR and other - parting in NEAR for place, other in places)


def _where(change: JsonChange) -> str:
    return change.where_after or change.where_before or ""


def _places(change: JsonChange) -> tuple[int, int]:
    """The bytes of the prints at which a change begins."""
    strings = [isinstance(value, (str, Text)) for value in (change.before, change.after)]
    byte = change.byte
    if change.kind == "text":
        byte = _common(printed(change.before)[1:], printed(change.after)[1:])
    elif change.kind == "value":
        return change.before_start - strings[0] + byte, change.after_start - strings[1] + byte
    return change.before_start + byte, change.after_start + byte


def _common(one: bytes, two: bytes) -> int:
    return next(
        (at for at, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(two)),
    )


@given(OBJECTS, st.data())
def test_the_changes_of_objects_make_the_new_one_of_the_old_one(before: Json, data: st.DataObject) -> None:
    after = data.draw(edited(before).filter(_has_no_array) | OBJECTS)
    tree = before
    for change in json_changes(before, after):
        if change.kind != "order":
            tree = _changed(tree, steps_of(_where(change)), change)
    assert sorted_equal(tree, after)


def _has_no_array(tree: Json) -> bool:
    if isinstance(tree, Mapping):
        return not isinstance(tree, Pairs) and all(map(_has_no_array, tree.values()))
    return not is_array(tree)


def _changed(tree: Json, steps: Sequence[str | int], change: JsonChange) -> Json:
    if not steps:
        return change.after
    assert isinstance(tree, Mapping)
    key = str(steps[0])
    if len(steps) == 1 and change.kind == "removed":
        return {name: item for name, item in tree.items() if name != key}
    return {**tree, key: _changed(tree.get(key), steps[1:], change)}


@given(two_trees(), st.booleans(), st.booleans())
def test_the_ways_to_be_equal_are_those_of_a_plain_rewrite(
    trees: tuple[Json, Json], ordered: bool, spelled: bool
) -> None:
    ways = {(False, True): sorted_equal, (True, False): number_equal, (False, False): plain_equal}
    one, two = (_rewritten(tree, ordered, spelled) for tree in trees)
    if not (ordered and spelled):
        assert ways[ordered, spelled](*trees) == (one == two)


def _rewritten(tree: Json, ordered: bool, spelled: bool) -> str:
    if isinstance(tree, Mapping):
        pairs = pairs_of(tree) if ordered else sorted(pairs_of(tree), key=lambda pair: pair[0])
        return repr([(key, _rewritten(item, ordered, spelled)) for key, item in pairs]) + "o"
    if isinstance(tree, Sequence) and not isinstance(tree, str):
        return repr([_rewritten(item, ordered, spelled) for item in tree])
    if isinstance(tree, (Spelled, int, float)) and not isinstance(tree, bool) and not spelled:
        sign, digits, power = Decimal(compact(tree)).as_tuple()
        power = int(power) + len(digits)
        return str((sign, bytes(digits).strip(b"\0"), power)) if any(digits) else "0"
    return compact(tree)
