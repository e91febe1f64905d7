from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import example, given

from coldbyte.core.json.node import Node, Nodes, number_key
from coldbyte.core.json.value import Json, Spelled, compact, pairs_of
from coldbyte.core.text.text import Text
from core.json_tree import TREES, printed, two_trees

LONG = "é\n" * 50_000


@given(two_trees())
def test_two_values_have_one_node_exactly_where_their_prints_are_equal(trees: tuple[Json, Json]) -> None:
    nodes = Nodes()
    assert (nodes.of(trees[0]) is nodes.of(trees[1])) == (printed(trees[0]) == printed(trees[1]))


@given(TREES)
def test_sizes_and_starts_are_those_of_the_print(tree: Json) -> None:
    _check(Nodes().of(tree), tree, printed(tree))


def _check(node: Node, value: Json, data: bytes) -> None:
    assert data == printed(value)
    assert node.size == len(data)
    assert data.startswith(node.token.encode())
    items: Sequence[Json] = ()
    if isinstance(value, Mapping):
        items = [item for _, item in pairs_of(value)]
        assert list(node.keys) == [key for key, _ in pairs_of(value)]
    elif isinstance(value, Sequence) and not isinstance(value, str):
        items = value
    assert len(items) == len(node.children) == len(node.starts)
    for child, item, start in zip(node.children, items, node.starts, strict=True):
        _check(child, item, data[start : start + child.size])


@given(two_trees())
@example((["\x01"], ["\x02"]))
@example(({"a": "x" * 300 + "é\n"}, {"a": "x" * 300 + "è\t"}))
@example((["é" * 400], ["é" * 400 + '"']))
@example((["\n" * 400 + "\x01"], [Text.from_str("\n" * 400 + "\x1f")]))
def test_two_nodes_part_where_their_prints_do(trees: tuple[Json, Json]) -> None:
    nodes = Nodes()
    one, two = map(nodes.of, trees)
    if one is two:
        return
    left, right = map(printed, trees)
    for _ in range(2):
        byte = nodes.parting(one, two).byte
        assert left[:byte] == right[:byte]
        assert left[byte] != right[byte]
        assert nodes.parting(two, one).byte == byte
        assert nodes.parting(two, one).lesser != nodes.parting(one, two).lesser


def test_which_one_is_the_lesser_does_not_depend_on_what_was_seen_first() -> None:
    one: Json = {"a": [1, 2, {"b": "x"}]}
    two: Json = {"a": [1, 2, {"b": "y"}]}
    fresh, used = Nodes(), Nodes()
    used.of([two, one])
    assert fresh.parting(fresh.of(one), fresh.of(two)) == used.parting(used.of(one), used.of(two))


def test_where_children_part_is_the_same_after_their_parents_were_asked() -> None:
    nodes = Nodes()
    one, two = (nodes.of(["x", {"a": [0, last]}]) for last in (1, 2))
    assert nodes.parting(one, two).byte == 13
    assert nodes.parting(one.children[1], two.children[1]).byte == 8
    inner = one.children[1].children[0], two.children[1].children[0]
    assert nodes.parting(*inner).byte == 3


def test_a_long_string_has_the_node_of_the_text_with_its_characters() -> None:
    nodes = Nodes()
    text = Text.from_str(LONG)
    assert nodes.of(LONG) is nodes.of(text) is nodes.of(text.replace(0, 1, "é"))
    assert nodes.of(LONG) is not nodes.of(text.replace(70_000, 70_001, "è"))
    assert nodes.of([LONG]).size == len(printed([LONG]))


def test_a_value_that_stands_in_several_places_is_looked_at_once() -> None:
    tree: Json = 1
    for _ in range(200):
        tree = [tree, tree]
    assert Nodes().of(tree).size == 2**200 + 3 * (2**200 - 1)


def test_order_and_spelling_can_be_left_out() -> None:
    loose = Nodes(ordered=False, spelled=False)
    assert loose.of({"a": 1, "b": 2}) is loose.of({"b": Spelled("2e0"), "a": 1.0})
    assert loose.of([1, 2]) is not loose.of([2, 1])
    assert loose.of(["1"]) is not loose.of([1])


def test_numbers_of_one_value_have_one_key() -> None:
    assert number_key("1200") == number_key("1.2e3") == number_key("12E+2") == number_key("0.12e0004")
    assert number_key("1e" + "0" * 5000 + "1") == number_key("10")
    assert number_key("-0.0") == number_key("0") == number_key("0e99")
    assert len({number_key(one) for one in ("1", "-1", "10", "0.1", "1e-2", "NaN", "Infinity", "0")}) == 8


def test_what_json_calls_no_number_keeps_its_name() -> None:
    node = Nodes().of(float("nan"))
    assert (node.token, node.size) == (compact(float("nan")), 3)
