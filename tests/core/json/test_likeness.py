from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.json.likeness import likeness, paired
from coldbyte.core.json.node import Nodes
from coldbyte.core.json.value import Json
from core.json_tree import TREES


def pairs(before: Sequence[Json], after: Sequence[Json]) -> list[tuple[int, int]]:
    nodes = Nodes()
    return paired(nodes.of(before).children, nodes.of(after).children)


def like(one: Json, two: Json) -> float:
    nodes = Nodes()
    return likeness(nodes.of(one), nodes.of(two))


def test_as_many_old_as_new_elements_are_paired_in_their_places() -> None:
    assert pairs(["a", 1, {}], ["b", 2, []]) == [(0, 0), (1, 1), (2, 2)]


def test_records_are_known_by_what_only_they_have() -> None:
    before: Json = [{"id": f"r{number}", "at": 1, "on": True} for number in range(300)]
    after: Json = [{"id": f"r{number}", "at": 2, "on": True} for number in range(-1, 300)]
    assert isinstance(before, list)
    assert isinstance(after, list)
    assert pairs(before, after) == [(number, number + 1) for number in range(300)]


def test_a_record_that_lost_its_place_among_edited_ones_is_told_apart() -> None:
    one, two, three = ({"name": name, "n": 0} for name in ("get", "put", "list"))
    assert pairs([one, two], [{**two, "n": 1}, {**three, "n": 1}]) == [(0, 0), (1, 1)]
    assert pairs([one, two, three], [{**two, "n": 1}, {**three, "n": 1}]) == [(1, 0), (2, 1)]


def test_what_several_records_have_tells_none_apart() -> None:
    before: Json = [{"id": name, "type": "t", "on": True, "n": 0} for name in "abc"]
    after: Json = [{"id": name, "type": "t", "on": True, "n": 1} for name in "ab"]
    assert isinstance(before, list)
    assert isinstance(after, list)
    assert pairs(before, after) == [(0, 0), (1, 1)]


def test_a_version_is_found_in_another_place_where_nothing_is_alike_in_its_own() -> None:
    before: list[Json] = [{"get": 1, "of": 5}, {"put": 2, "to": 3}]
    after: list[Json] = [{"put": 2, "to": 4}, {"list": 6, "all": 7}]
    assert pairs(before, after) == [(1, 0)]


def test_many_long_texts_are_known_by_their_ends() -> None:
    before = [f"This is the text that has the number {number}. " * 2 for number in range(100)]
    after = [text[:40] + "new" + text[40:] for text in before]
    starts = [f"{number} at the start of the longer text" for number in range(100)]
    assert pairs(starts, ["new", *(text + "." for text in starts)]) == [(at, at + 1) for at in range(100)]
    assert pairs(before, ["new", *after]) == [(at, at + 1) for at in range(100)]


def test_long_texts_are_known_by_their_ends() -> None:
    first, second = "The first text begins like this " * 2, "And the second one begins like so " * 2
    assert pairs([first, second], ["New.", first + "x", "y" + second]) == [(0, 1), (1, 2)]


def test_short_elements_that_look_alike_are_paired_and_others_are_not() -> None:
    assert pairs(["walrus", "hare"], ["tapir", "walruses", "hares"]) == [(0, 1), (1, 2)]
    assert pairs(["walrus"], ["tapir", "gnu"]) == []


def test_likeness_counts_equal_members() -> None:
    assert like({"a": 1, "b": 2}, {"a": 1, "b": 2}) == 1
    assert like({"a": 1, "b": 2}, {"a": 1, "c": 2}) == 0.5
    assert like({"a": 1}, {"a": 2}) == 0.5
    assert like({"a": 1, "b": "walrus"}, {"a": 1, "b": "walru"}) == 1
    assert like(1, 1.0) == 1
    assert like({"a": 1}, [1]) == like(1, 2) == like("", "a") == like([], [1]) == 0


@given(st.lists(TREES, max_size=6), st.lists(TREES, max_size=6))
def test_pairs_rise_on_both_sides(before: list[Json], after: list[Json]) -> None:
    found = pairs(before, after)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(found))
    assert pairs(before, before) == [(at, at) for at in range(len(before))]
