"""The structural difference of two JSON values: added, removed, reordered, respelled, edited, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coldbyte.core.json.likeness import paired
from coldbyte.core.json.node import Node, Nodes, number_key
from coldbyte.core.json.value import Json, pairs_of, path_below
from coldbyte.core.text.anchor import gaps
from coldbyte.core.text.text import Text, first_difference, first_differing_byte

ChangeKind = Literal["added", "removed", "value", "text", "order", "number", "items"]
"""`order`: the same members, their keys in another order; `items`: the same elements in another order;
`number`: the same number in another spelling; `text`: two strings; `value`: any other two values."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A place in a tree, as the last step to it; the tree itself has none above."""

    above: Place | None = None
    step: str | int = ""

    @property
    def where(self) -> str:
        """Its path (contract); empty for the tree itself. Written only when asked for: it can be long."""
        steps: list[str | int] = []
        place: Place | None = self
        while place is not None and place.above is not None:
            steps.append(place.step)
            place = place.above
        found: list[str] = []
        for step in reversed(steps):
            name = f"[{step}]" if isinstance(step, int) else path_below("", step)
            found.append(f".{name}" if found and name[0] != "[" else name)
        return "".join(found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self.where == other.where

    def __hash__(self) -> int:
        return hash(self.where)

    def __repr__(self) -> str:
        return f"Place({self.where!r})"


@dataclass(frozen=True, slots=True)
class JsonChange:
    """One difference. Where a side has no such value, its place and value are None.

    The starts are bytes in the compact print of the compared values: of a string's first character, of
    another value or, where a side has not got it, of the place where it would stand: the object's closing
    bracket, in an array what stands there. From there on `byte` bytes are equal: for `text` of the UTF-8 of
    the two strings, else of the prints of the two values, or of a new element and what stands in its place.
    """

    kind: ChangeKind
    place_before: Place | None
    place_after: Place | None
    before: Json
    after: Json
    before_start: int
    after_start: int
    byte: int

    @property
    def where_before(self) -> str | None:
        """The path of the old value from the compared one; empty for that itself."""
        return self.place_before.where if self.place_before else None

    @property
    def where_after(self) -> str | None:
        """The path of the new value."""
        return self.place_after.where if self.place_after else None

    @property
    def texts(self) -> tuple[Text, Text] | None:
        """Both values, if both are strings."""
        one, two = self.before, self.after
        if isinstance(one, (str, Text)) and isinstance(two, (str, Text)):
            return _text(one), _text(two)
        return None


def json_changes(before: Json, after: Json) -> tuple[JsonChange, ...]:
    """All differences, in the order of the new print; none where the compact prints are equal.

    The time grows with the number of values in both; the nesting does not matter. Changing sides mirrors the
    differences. Lone surrogates have no print: they raise UnicodeEncodeError.
    """
    if before is after:
        return ()
    nodes = Nodes()
    one, two = (_Side(nodes.of(tree), tree, 0, Place()) for tree in (before, after))
    walk = _Walk(nodes, [], [(one, two)] if one.node is not two.node else [])
    while walk.todo:
        walk.compare(*walk.todo.pop())
    return tuple(
        sorted(walk.found, key=lambda change: (change.after_start, change.before_start, change.kind))
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """A value of one side: `start` is the first byte of its print."""

    node: Node
    value: Json
    start: int
    place: Place

    @property
    def shown(self) -> int:
        return self.start + self.node.lead

    def items(self) -> Sequence[Json]:
        if isinstance(self.value, Mapping):
            return [item for _, item in pairs_of(self.value)]
        return self.value if isinstance(self.value, Sequence) else ()

    def below(self, items: Sequence[Json], index: int) -> _Side:
        step = self.node.keys[index] if self.node.keys else index
        start = self.start + self.node.starts[index]
        return _Side(self.node.children[index], items[index], start, Place(self.place, step))

    def gap(self, index: int) -> int:
        """The byte of the element at an index; at their number that of the closing bracket."""
        if index == len(self.node.children):
            return self.start + self.node.size - 1
        return self.start + self.node.starts[index] + self.node.children[index].lead


@dataclass(frozen=True, slots=True)
class _Walk:
    """What was found, and the pairs of different values that are still to be compared."""

    nodes: Nodes
    found: list[JsonChange]
    todo: list[tuple[_Side, _Side]]

    def compare(self, one: _Side, two: _Side) -> None:
        """Note how two different values differ, and put off the pairs below them."""
        kinds = {one.node.kind, two.node.kind}
        if kinds == {"array"}:
            self._arrays(one, two)
        elif kinds == {"object"} and not (_repeats(one.node) or _repeats(two.node)):
            self._objects(one, two)
        elif kinds == {"string"}:
            self._note("text", one, two, _first_byte(one.value, two.value))
        elif kinds == {"number"} and number_key(one.node.token) == number_key(two.node.token):
            self._note("number", one, two)
        else:
            self._note("value", one, two)

    def _objects(self, one: _Side, two: _Side) -> None:
        left = {key: index for index, key in enumerate(one.node.keys)}
        right = {key: index for index, key in enumerate(two.node.keys)}
        items_one, items_two = one.items(), two.items()
        for key, index in right.items():
            if key not in left:
                self._added(two.below(items_two, index), one.gap(len(left)), 0)
            elif one.node.children[left[key]] is not two.node.children[index]:
                self.todo.append((one.below(items_one, left[key]), two.below(items_two, index)))
        for key, index in left.items():
            if key not in right:
                self._removed(one.below(items_one, index), two.gap(len(right)), 0)
        if [key for key in left if key in right] != [key for key in right if key in left]:
            self._note("order", one, two)

    def _arrays(self, one: _Side, two: _Side) -> None:
        left, right = one.node.children, two.node.children
        if len(left) == len(right) and Counter(left) == Counter(right):
            self._note("items", one, two)
            return
        # Ties are broken by the lesser side, so that changing sides mirrors the changes.
        if self.nodes.parting(one.node, two.node).lesser:
            pairs = paired(left, right)
        else:
            pairs = [(at_one, at_two) for at_two, at_one in paired(right, left)]
        items_one, items_two = one.items(), two.items()
        for at_one, at_two in pairs:
            if left[at_one] is not right[at_two]:
                self.todo.append((one.below(items_one, at_one), two.below(items_two, at_two)))
        for gone, new in gaps(pairs, range(len(left)), range(len(right))):
            for index, there, byte in self._lonely(left, gone, right, new):
                self._removed(one.below(items_one, index), two.gap(there), byte)
            for index, there, byte in self._lonely(right, new, left, gone):
                self._added(two.below(items_two, index), one.gap(there), byte)

    def _lonely(
        self, nodes: Sequence[Node], gap: range, others: Sequence[Node], there: range
    ) -> Iterator[tuple[int, int, int]]:
        """The elements of a gap: each with the index of what stands in its place on the other side, and the
        bytes in which both are equal.
        """
        for step, index in enumerate(gap):
            place = min(there.start + step, there.stop)
            yield index, place, self._equal_bytes(nodes[index], others[place]) if place < len(others) else 0

    def _equal_bytes(self, one: Node, two: Node) -> int:
        equal = one.size if one is two else self.nodes.parting(one, two).byte
        return max(equal - one.lead, 0)

    def _note(self, kind: ChangeKind, one: _Side, two: _Side, byte: int | None = None) -> None:
        if byte is None:
            byte = self.nodes.parting(one.node, two.node).byte
        places = one.place, two.place
        self.found.append(JsonChange(kind, *places, one.value, two.value, one.shown, two.shown, byte))

    def _added(self, new: _Side, start: int, byte: int) -> None:
        self.found.append(JsonChange("added", None, new.place, None, new.value, start, new.shown, byte))

    def _removed(self, old: _Side, start: int, byte: int) -> None:
        self.found.append(JsonChange("removed", old.place, None, old.value, None, old.shown, start, byte))


def _repeats(node: Node) -> bool:
    """Whether a key stands more than once in an object."""
    return len(set(node.keys)) < len(node.keys)


def _text(value: str | Text) -> Text:
    return value if isinstance(value, Text) else Text.from_str(value)


def _first_byte(before: Json, after: Json) -> int:
    """The first byte at which two different strings differ."""
    if isinstance(before, str) and isinstance(after, str):
        return first_differing_byte(before.encode(), after.encode())
    assert isinstance(before, (str, Text))
    assert isinstance(after, (str, Text))
    first = first_difference(_text(before), _text(after))
    assert first is not None
    return first
