"""Strategies: JSON documents in all spellings that senders use, and what is in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Never

import pytest
from hypothesis import strategies as st

from coldbyte.core.json import place as json_place
from coldbyte.core.json import reader as json_reader
from coldbyte.core.json import string as json_string
from coldbyte.core.json.value import Json, Spelled, compact, pairs_of, path_below
from coldbyte.core.text.text import Text

CHARS = 'ab01 "\\/\b\f\n\r\t\0\x1f\x7fé\u0301\u2028漢\ud7ff\ue000\ufeff😀\U0010ffff'
SPACE = st.sampled_from(["", "", "", " ", "\n", "\r\n\t "])
NUMBERS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "-"]),
        st.sampled_from(["0", "1", "10", "907", "18446744073709551616"]),
        st.sampled_from(["", "", ".0", ".5", ".10", ".0001"]),
        st.sampled_from(["", "", "e1", "E-7", "e+16", "e400"]),
    ),
)


def spellings(char: str) -> list[str]:
    """All ways to write a character inside a string, roughly the shortest first."""
    units = char.encode("utf-16-be").hex(" ", 2).split()
    found = [char] if char >= " " and char not in '"\\' else []
    short = json.dumps(char)[1:-1] if char in '"\\\b\f\n\r\t' else ""
    found += [short] if short else []
    found += ["\\/"] if char == "/" else []
    return [*found, "".join(f"\\u{unit}" for unit in units), "".join(f"\\u{unit.upper()}" for unit in units)]


UNITS = st.sampled_from([(char, spelled) for char in CHARS for spelled in spellings(char)])
STRINGS = st.lists(UNITS, max_size=16).map(lambda units: '"' + "".join(spelled for _, spelled in units) + '"')
SCALARS = st.one_of(st.sampled_from(["true", "false", "null", '""', "[]", "{}"]), NUMBERS, STRINGS)


def _array(items: list[str], space: str) -> str:
    return f"[{space}" + f"{space},{space}".join(items) + f"{space}]"


def _object(members: list[tuple[str, str]], space: str) -> str:
    return (
        f"{{{space}" + f"{space},".join(f"{space}{key}{space}:{space}{value}" for key, value in members) + "}"
    )


KEYS = st.sampled_from(['"a"', '"b"', '"\\u0061"', '"max items"', '"0"', '""']) | STRINGS
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: (
        st.builds(_array, st.lists(inner, min_size=1, max_size=6), SPACE)
        | st.builds(_object, st.lists(st.tuples(KEYS, inner), min_size=1, max_size=6), SPACE)
    ),
    max_leaves=14,
)


def small_sizes(patch: pytest.MonkeyPatch) -> None:
    """Make windows, chunks and strides a few bytes, so that short documents cross them."""
    for module, name, size in [
        (json_reader, "_WINDOW", 24),
        (json_reader, "_SHALLOW", 3),
        (json_place, "_WINDOW", 20),
        (json_place, "_STRIDES", (32, 16)),
        (json_string, "LONG", 30),
        (json_string, "_CHUNK", 20),
    ]:
        patch.setattr(module, name, size)


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """The bytes after edits: where (a share of the length), how many bytes go, and what comes."""
    for share, gone, new in edits:
        place = int(share * len(data))
        data = data[:place] + new + data[place + gone :]
    return data


_FRAGMENTS = (
    rb'" \ \" \\ \u \ud83d \ude00 \\ud83d [ ] { } , : 0 - 1.5e3 NaN -Infinity tru null "a": // ' + b"'"
)
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 3),
        st.sampled_from([*_FRAGMENTS.split(), b" ", b"\n", b"\0", b"\xff", b"\xc3", "é😀".encode(), b""]),
    ),
    max_size=4,
)


def oracle(data: bytes) -> object:
    """What the standard library reads, in the form of `plain`. Raise ValueError where it is not strict."""

    def refuse(word: str) -> Never:
        raise ValueError(word)

    tree = json.loads(
        data.decode("utf-8-sig"),
        object_pairs_hook=lambda pairs: ("object", pairs),
        parse_int=lambda spelling: ("number", spelling),
        parse_float=lambda spelling: ("number", spelling),
        parse_constant=refuse,
    )
    json.dumps(tree, ensure_ascii=False).encode()
    return tree


def plain(tree: Json) -> object:
    """A tree with its numbers as spelled, its objects as pairs and its texts as `str`."""
    match tree:
        case None | bool() | str():
            return tree
        case Text():
            return str(tree)
        case int() | float() | Spelled():
            return ("number", compact(tree))
        case Mapping():
            return ("object", [(key, plain(value)) for key, value in pairs_of(tree)])
        case _:
            return [plain(value) for value in tree]


def places(tree: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """All paths of a tree with what `value_at` finds there."""
    yield path, tree
    if isinstance(tree, Mapping):
        for key in tree:
            yield from places(tree[key], path_below(path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from places(value, f"{path}[{index}]")
