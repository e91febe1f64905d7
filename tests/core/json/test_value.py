from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import (
    Json,
    Pairs,
    Spelled,
    compact,
    is_array,
    joined,
    pairs_of,
    path_below,
    printed_size,
    printed_start,
    steps_of,
    value_at,
)
from coldbyte.core.text.text import Text
from core.json_tree import KEYS, TREES

ODD_KEYS = (
    KEYS
    | st.sampled_from(["max items", "a.b", "[0]", 'q"', "]", "\n", "a\\", "é", "12"])
    | st.text(max_size=3)
)


def places(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every path below a value, by the grammar of the contract; of a key that stands twice the last."""
    if isinstance(value, Mapping):
        for key in value:
            plain = key != "" and key.isascii() and key.replace("_", "a").isalnum()
            step = ("." if path else "") + key if plain else f"[{json.dumps(key, ensure_ascii=False)}]"
            yield path + step, value[key]
            yield from places(value[key], path + step)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield f"{path}[{index}]", item
            yield from places(item, f"{path}[{index}]")


@given(TREES)
def test_the_compact_print_reads_back(tree: Json) -> None:
    printed = compact(tree)
    assert compact(read_json(printed.encode())) == printed


@given(TREES)
def test_the_compact_print_has_no_white_space_and_only_the_necessary_escapes(tree: Json) -> None:
    def plain(value: Json) -> object:
        if isinstance(value, Mapping):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [plain(item) for item in value]
        return (
            f"number {value.spelling}"
            if isinstance(value, Spelled)
            else str(value)
            if isinstance(value, Text)
            else value
        )

    if not any(isinstance(value, (Pairs, Spelled)) for _, value in [("", tree), *places(tree)]):
        assert compact(tree) == json.dumps(plain(tree), ensure_ascii=False, separators=(",", ":"))


def test_odd_values_are_printed_as_they_were_sent() -> None:
    odd = Pairs(
        [("a", Spelled("1.0")), ("b", {"c": [Spelled("-0"), "é\n", Text.from_str('"'), []]}), ("a", {})]
    )
    assert compact(odd) == '{"a":1.0,"b":{"c":[-0,"é\\n","\\"",[]]},"a":{}}'
    assert compact([Spelled("1E5"), None, True]) == "[1E5,null,true]"


def test_depth_costs_no_frames() -> None:
    for leaf in (Spelled("1.0"), 1):
        deep: Json = leaf
        for _ in range(2000):
            deep = [{"a": deep}]
        assert compact(deep).count("[") == 2000
        assert printed_size(deep) == len(compact(deep))
        assert printed_start(deep, "[0].a" * 2000) == compact(deep).index("1")


@given(TREES)
def test_the_size_is_that_of_the_print(tree: Json) -> None:
    assert printed_size(tree) == len(compact(tree).encode())


@given(TREES)
def test_the_start_is_where_the_value_of_a_path_stands_in_the_print(tree: Json) -> None:
    data = compact(tree).encode()
    for path, value in places(tree):
        start = printed_start(tree, path) - isinstance(value, (str, Text))
        assert data[start:].startswith(compact(value).encode())
        if isinstance(value, (str, Text)):
            assert data[start : start + 1] == b'"'


@given(TREES)
def test_starts_rise_along_the_print(tree: Json) -> None:
    def in_order(value: Json) -> bool:
        return not any(isinstance(one, Pairs) for _, one in [("", value), *places(value)])

    starts = [printed_start(tree, path) - isinstance(value, (str, Text)) for path, value in places(tree)]
    if in_order(tree):
        assert starts == sorted(set(starts))


@given(TREES)
def test_a_path_leads_to_its_value_and_its_steps_make_it_again(tree: Json) -> None:
    for path, value in places(tree):
        assert value_at(tree, path) is value
        again = ""
        for step in steps_of(path):
            again = f"{again}[{step}]" if isinstance(step, int) else path_below(again, step)
        assert again == path


@given(st.lists(ODD_KEYS | st.integers(0, 99), min_size=1, max_size=5))
def test_any_steps_make_a_path_that_gives_them_back(steps: list[str | int]) -> None:
    path = ""
    for step in steps:
        path = f"{path}[{step}]" if isinstance(step, int) else path_below(path, step)
    assert list(steps_of(path)) == steps


@given(st.lists(ODD_KEYS, min_size=1, max_size=3), st.lists(ODD_KEYS, max_size=3))
def test_a_path_below_a_path_is_joined(above: list[str], below: list[str]) -> None:
    def path(keys: list[str]) -> str:
        made = ""
        for key in keys:
            made = path_below(made, key)
        return made

    assert joined(path(above), path(below)) == path(above + below)


@pytest.mark.parametrize("where", ["no.such[7].path", "a.b", "a[2]", "a[0].x", "b", "[0]", "s[0]", 'a["0"]'])
def test_a_path_that_names_nothing_is_an_error(where: str) -> None:
    tree: Json = {"a": [1, Text.from_str("x")], "s": "text"}
    with pytest.raises(KeyError):
        value_at(tree, where)
    with pytest.raises(KeyError):
        printed_start(tree, where)


@pytest.mark.parametrize("where", ["a b", "a..b", "[", "a[-1]", "a[x]", '["a', "$.a", "a."])
def test_what_is_no_path_is_an_error(where: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        steps_of(where)


def test_keys_outside_the_plain_ones_stand_in_quotes() -> None:
    assert path_below("tools[2].properties", "max items") == 'tools[2].properties["max items"]'
    assert path_below("", "model") == "model"
    assert path_below("", "a.b") == '["a.b"]'
    assert path_below("output_config", "effort") == "output_config.effort"
    assert path_below("x", "") == 'x[""]'


def test_a_key_that_stands_twice_is_looked_up_as_the_last() -> None:
    twice = Pairs([("a", 1), ("b", 2), ("a", 1)])
    assert (twice["a"], len(twice), list(twice)) == (1, 2, ["a", "b"])
    assert printed_start(twice, "a") == len('{"a":1,"b":2,"a":')
    assert twice == Pairs([("a", 1), ("b", 2), ("a", 1)])
    assert twice != Pairs([("a", 1), ("b", 2)])
    assert twice != {"a": 1, "b": 2}
    assert pairs_of({"x": 1}) == (("x", 1),)
    assert {twice: 1}[Pairs(twice.pairs)] == 1


def test_a_text_is_no_array() -> None:
    values: list[Json] = [[], (), "x", Text.from_str("x"), {}, None]
    assert [is_array(value) for value in values] == [True, True, False, False, False, False]
