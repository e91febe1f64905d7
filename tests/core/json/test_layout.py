"""The indented print means the same value, and shows it a member a line."""

from __future__ import annotations

import json

from hypothesis import given

from coldbyte.core.json.layout import indented
from coldbyte.core.json.reader import DEEPEST, read_json
from coldbyte.core.json.value import Json, Pairs, Spelled, compact
from core.json_tree import TREES


@given(TREES)
def test_it_reads_back_as_the_same_value(tree: Json) -> None:
    printed = indented(tree)
    assert compact(read_json(printed.encode())) == compact(tree)


@given(TREES)
def test_it_is_laid_out_as_the_standard_library_does(tree: Json) -> None:
    plain = json.loads(compact(tree), parse_float=str, parse_int=str, object_pairs_hook=_Members)
    assert indented(tree).replace('"', "").splitlines() == _laid_out(plain).replace('"', "").splitlines()


class _Members(list[tuple[str, object]]):
    """An object with all its members, also those of the same name."""


def _laid_out(value: object, depth: int = 0) -> str:
    inside, end = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, _Members) and value:
        rows = [f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(one, depth + 1)}" for key, one in value]
        return "{" + inside + f",{inside}".join(rows) + end + "}"
    if isinstance(value, list) and value:
        return "[" + inside + f",{inside}".join(_laid_out(one, depth + 1) for one in value) + end + "]"
    if isinstance(value, _Members):
        return "{}"
    return json.dumps(value, ensure_ascii=False)


def test_a_small_object_as_people_read_it() -> None:
    tree: Json = {"a": [1, Spelled("1.0"), []], "b": Pairs([("x", {}), ("x", "é")])}
    assert indented(tree) == (
        '{\n  "a": [\n    1,\n    1.0,\n    []\n  ],\n  "b": {\n    "x": {},\n    "x": "é"\n  }\n}'
    )


def test_the_deepest_value_is_printed() -> None:
    tree: Json = 1
    for _ in range(DEEPEST - 1):
        tree = [tree]
    assert read_json(indented(tree).encode()) == tree
