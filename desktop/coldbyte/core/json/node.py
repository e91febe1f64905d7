"""Two JSON trees as shared nodes: equal subtrees become one node, so that telling them apart is free.

Every subtree is looked at once, from its leaves up, without recursion. A node knows its printed size and
where its children start, which gives every offset in the compact print.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from operator import ne
from typing import Literal

from coldbyte.core.json.value import Json, Pairs, Spelled, compact, pairs_of
from coldbyte.core.text.text import Text, first_difference, first_differing_byte

NodeKind = Literal["object", "array", "string", "number", "literal"]

_LONG = 65_536  # code points from which on a string is compared by its pieces and not by its hash
_SHORT = 256  # bytes of a string that is printed where it is compared
_SLICE = 16  # bytes behind the first difference of two strings: the character there, whole
_EXPONENT = 1_000  # digits of an exponent that is read as a number
_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?)(\d+))?")
_QUOTES = json.JSONEncoder(ensure_ascii=False)


class Node:
    """A JSON value; one of equal print has the same node, so nodes are compared by identity.

    `keys` are those of an object. `starts` are the bytes from the start of the container's print to that of
    each child. `token` is the whole print of a number or literal, else the first character. `content` is the
    string.
    """

    __slots__ = ("children", "content", "keys", "kind", "size", "starts", "token")

    def __init__(self, kind: NodeKind, token: str, size: int, content: str | Text = "") -> None:
        self.kind = kind
        self.token = token
        self.size = size
        self.content = content
        self.keys: tuple[str, ...] = ()
        self.children: tuple[Node, ...] = ()
        self.starts: tuple[int, ...] = ()

    @property
    def lead(self) -> int:
        """Bytes of the print before what is called the start of the value: the quote of a string."""
        return self.kind == "string"

    @property
    def text(self) -> Text:
        """The string as a text, which is kept."""
        if isinstance(self.content, str):
            self.content = Text.from_str(self.content)
        return self.content

    def stop(self, index: int) -> int:
        """Where the child before `index` ends; behind the bracket for the first one."""
        return self.starts[index - 1] + self.children[index - 1].size if index else 1


@dataclass(frozen=True, slots=True)
class Parting:
    """Where the prints of two nodes part: the equal bytes, and whether the first is the lesser one.

    Which one is the lesser depends on the two values only: whoever has to break a tie goes by it.
    """

    byte: int
    lesser: bool


class Nodes:
    """Makes the nodes of trees that are to be compared.

    `ordered`: objects with another order of keys are not equal. `spelled`: nor are numbers spelled otherwise.
    """

    def __init__(self, *, ordered: bool = True, spelled: bool = True) -> None:
        self.ordered, self.spelled = ordered, spelled
        self._leaves: dict[Hashable, Node] = {}
        self._strings: dict[str, Node] = {}
        self._long: dict[int, list[Node]] = defaultdict(list)
        self._arrays: dict[tuple[Node, ...], Node] = {}
        self._objects: dict[tuple[tuple[str, ...], tuple[Node, ...]], Node] = {}
        self._seen: dict[int, tuple[Json, Node]] = {}
        self._partings: dict[tuple[Node, Node], Parting] = {}

    def of(self, tree: Json) -> Node:
        """The node of a tree, nested as deep as you like."""
        done: list[Node] = []
        todo: list[Json | _Open] = [tree]
        while todo:
            value = todo.pop()
            if isinstance(value, (str, Text)):
                done.append(self.string(value))
            elif value is None or isinstance(value, (int, float, Spelled)):
                done.append(self._leaf(value))
            elif isinstance(value, _Open):
                cut = len(done) - value.count
                node = self._container(value.keys, tuple(done[cut:]))
                done[cut:] = [node]
                self._seen[id(value.value)] = value.value, node
            elif id(value) in self._seen:
                done.append(self._seen[id(value)][1])
            else:
                keys, items = _parts(value)
                todo.append(_Open(value, keys, len(items)))
                todo.extend(reversed(items))
        return done[0]

    def string(self, value: str | Text) -> Node:
        """The node of a string; that of a `Text` with the same characters is the same."""
        if (len(value) if isinstance(value, str) else value.code_points) > _LONG:
            return self._long_string(value if isinstance(value, Text) else Text.from_str(value))
        chars = str(value)
        node = self._strings.get(chars)
        if node is None:
            node = self._strings[chars] = Node("string", '"', _printed_bytes(_QUOTES.encode(chars)), value)
        return node

    def parting(self, one: Node, two: Node) -> Parting:
        """Where the prints of two different nodes part."""
        passed: list[tuple[Node, Node, int]] = []
        start = 0
        while (known := self._partings.get((one, two))) is None:
            step = _first_parting(one, two)
            if isinstance(step, Parting):
                known = step
                if one.children:
                    self._partings[one, two] = step
                break
            passed.append((one, two, start))
            start, one, two = start + step[0], *step[1:]
        stop = start + known.byte
        for above, below, start in passed:
            self._partings[above, below] = Parting(stop - start, known.lesser)
        return Parting(stop, known.lesser)

    def _long_string(self, value: Text) -> Node:
        bucket = self._long[value.size]
        for node in bucket:
            if node.content == value:
                return node
        bucket.append(Node("string", '"', value.escaped + 2, value))
        return bucket[-1]

    def _leaf(self, value: bool | float | Spelled | None) -> Node:
        token = _token(value)
        number = value is not None and not isinstance(value, bool)
        key = token if self.spelled or not number else number_key(token)
        node = self._leaves.get(key)
        if node is None:
            node = self._leaves[key] = Node("number" if number else "literal", token, len(token))
        return node

    def _container(self, keys: tuple[str, ...] | None, children: tuple[Node, ...]) -> Node:
        if keys is None:
            node = self._arrays.get(children)
            if node is None:
                node = self._arrays[children] = self._laid_out(Node("array", "[", 0), (), children)
            return node
        if not self.ordered:
            order = sorted(range(len(keys)), key=keys.__getitem__)
            keys = tuple(keys[index] for index in order)
            children = tuple(children[index] for index in order)
        node = self._objects.get((keys, children))
        if node is None:
            node = self._objects[keys, children] = self._laid_out(Node("object", "{", 0), keys, children)
        return node

    def _laid_out(self, node: Node, keys: tuple[str, ...], children: tuple[Node, ...]) -> Node:
        starts, place = [], 1
        for index, child in enumerate(children):
            place += self.string(keys[index]).size + 1 if keys else 0
            starts.append(place)
            place += child.size + 1
        node.keys, node.children, node.starts = keys, children, tuple(starts)
        node.size = max(place, 2)
        return node


@dataclass(slots=True)
class _Open:
    """A container whose children are not all known yet; `keys` are None for an array."""

    value: Json
    keys: tuple[str, ...] | None
    count: int


def number_key(spelling: str) -> Hashable:
    """Equal for numbers of the same value, whatever their size; costs as much as the spelling is long."""
    found = _NUMBER.fullmatch(spelling)
    if found is None:
        return spelling
    sign, whole, fraction, direction, exponent = found.groups(default="")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return 0
    exponent = exponent.lstrip("0")
    if len(exponent) > _EXPONENT:
        return spelling
    significant = digits.rstrip("0")
    power = int(direction + (exponent or "0")) - len(fraction) + len(digits) - len(significant)
    return sign, significant, power


def _parts(value: Mapping[str, Json] | Sequence[Json]) -> tuple[tuple[str, ...] | None, Sequence[Json]]:
    if not isinstance(value, Mapping):
        return None, value
    if isinstance(value, Pairs):
        pairs = pairs_of(value)
        return tuple(key for key, _ in pairs), [item for _, item in pairs]
    return tuple(value), list(value.values())


def _token(value: bool | float | Spelled | None) -> str:
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return repr(value)
    return value.spelling if isinstance(value, Spelled) else compact(value)


def _printed_bytes(printed: str) -> int:
    return len(printed) if printed.isascii() else len(printed.encode())


def _first_parting(one: Node, two: Node) -> Parting | tuple[int, Node, Node]:
    """Where two nodes part, or the first pair of children that differs, with its byte."""
    if one.kind == "string" == two.kind:
        if max(one.size, two.size) <= _SHORT:
            return _parting_at(0, _QUOTES.encode(str(one.content)), _QUOTES.encode(str(two.content)))
        return _strings_parting(one.text, two.text)
    if one.kind != two.kind or not (one.children or two.children):
        return _parting_at(0, one.token, two.token)
    size = min(len(one.children), len(two.children))
    at = _first(one.children, two.children, size)
    key = _first(one.keys, two.keys, at + 1 if at < size else size) if one.kind == "object" else size
    if key <= at and key < size:
        names = (_QUOTES.encode(node.keys[key]) for node in (one, two))
        return _parting_at(one.stop(key) + (key > 0), *names)
    if at < size:
        return one.starts[at], one.children[at], two.children[at]
    return Parting(one.stop(size), len(one.children) < len(two.children))


def _first(left: Sequence[object], right: Sequence[object], size: int) -> int:
    """The first index at which two sequences differ, at most `size`."""
    return next(
        (index for index, differs in zip(range(size), map(ne, left, right), strict=False) if differs), size
    )


def _parting_at(start: int, one: str, two: str) -> Parting:
    left, right = one.encode(), two.encode()
    return Parting(start + first_differing_byte(left, right), left < right)


def _strings_parting(one: Text, two: Text) -> Parting:
    first = first_difference(one, two)
    assert first is not None
    at = one.boundary(first)
    left, right = (side.slice_bytes(at, min(at + _SLICE, side.size)) for side in (one, two))
    printed = (_QUOTES.encode(data.decode(errors="ignore"))[1:-1] for data in (left, right))
    return _parting_at(1 + one.escaped_before(at), *printed)
