"""Which element of an array became which: the equal ones, then those that look like edited versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from coldbyte.core.json.node import Node, number_key
from coldbyte.core.text.anchor import Pair, anchors, gaps, rising
from coldbyte.core.text.text import common_suffix, first_difference

_LIKE = 0.5  # likeness from which an element can be a version of another
_AREA = 256  # old elements × new ones up to which each is compared with each
_MEMBERS = 32  # members of an object, or elements of an array, that are looked at
_END = 24  # bytes at both ends of a string by which its versions are known


def paired(left: Sequence[Node], right: Sequence[Node]) -> list[Pair]:
    """Places of elements that are the same or versions of each other, rising on both sides.

    Versions are looked for between the equal ones: they share what only the two of them have, or look alike,
    or stand between such pairs as the same number of old and of new elements.
    """
    pairs = anchors(left, right)
    for one, two in list(gaps(pairs, range(len(left)), range(len(right)))):
        found = [] if _in_place(left, right, one, two) else _related(left, right, one, two)
        pairs += found
        for rest_one, rest_two in gaps(found, one, two):
            pairs += _rest(left, right, rest_one, rest_two)
    return sorted(pairs)


def likeness(one: Node, two: Node) -> float:
    """How alike two values are, from 0 to 1: objects by their members, strings by their ends."""
    if one is two:
        return 1.0
    if one.kind != two.kind:
        return 0.0
    if one.kind == "object":
        return _objects(one, two)
    if one.kind == "array":
        sides = {*one.children[:_MEMBERS]}, {*two.children[:_MEMBERS]}
        return len(sides[0] & sides[1]) / max(*map(len, sides), 1)
    if one.kind == "number":
        return float(number_key(one.token) == number_key(two.token))
    return _strings(one, two) if one.kind == "string" else 0.0


def _in_place(left: Sequence[Node], right: Sequence[Node], one: range, two: range) -> bool:
    """Whether each of as many old elements as new ones looks like a version of the one in its place."""
    pairs = zip(one, two, strict=False)
    return len(one) == len(two) and all(likeness(left[at], right[to]) >= _LIKE for at, to in pairs)


def _related(left: Sequence[Node], right: Sequence[Node], one: range, two: range) -> list[Pair]:
    """Pairs in a gap that share a mark which no other element there has."""
    owners, others = _owners(left, one), _owners(right, two)
    shared = ((owners[mark], other) for mark, other in others.items() if mark in owners)
    votes = Counter((at, to) for at, to in shared if at >= 0 and to >= 0)
    best = {to: at for (at, to), _ in sorted(votes.items(), key=lambda vote: (vote[1], -vote[0][0]))}
    return rising([(best[to], to) for to in sorted(best)])


def _owners(nodes: Sequence[Node], places: range) -> dict[Hashable, int]:
    """The marks of all elements, each with the place of the only one that has it, or -1."""
    found: dict[Hashable, int] = {}
    for at in places:
        for mark in {*_marks(nodes[at])}:
            found[mark] = -1 if mark in found else at
    return found


def _marks(node: Node) -> Iterator[Hashable]:
    """What a version of a value is known by: a member, an element, an end of a string in it."""
    if node.kind == "string":
        yield from _ends("", node)
    for index, child in enumerate(node.children[:_MEMBERS]):
        key = node.keys[index] if node.keys else ""
        yield key, child
        if child.kind == "string":
            yield from _ends(key, child)


def _ends(key: str, node: Node) -> Iterator[Hashable]:
    if node.size > _END + 2 and node.text.size > _END:
        yield key, True, node.text.slice_bytes(0, _END)
        yield key, False, node.text.slice_bytes(node.text.size - _END, node.text.size)


def _rest(left: Sequence[Node], right: Sequence[Node], one: range, two: range) -> Iterator[Pair]:
    """Pairs in a gap whose elements have no marks of their own."""
    found: list[Pair] = []
    if len(one) != len(two) and len(one) * len(two) <= _AREA:
        found = _likest(left, right, one, two)
    yield from found
    for rest_one, rest_two in gaps(found, one, two):
        if len(rest_one) == len(rest_two):
            yield from zip(rest_one, rest_two, strict=True)


def _likest(left: Sequence[Node], right: Sequence[Node], one: range, two: range) -> list[Pair]:
    """The rising pairs of alike elements whose likeness is highest in sum."""
    grades = [[likeness(left[at], right[to]) for to in two] for at in one]
    sums = [[0.0] * (len(two) + 1) for _ in range(len(one) + 1)]
    for row in reversed(range(len(one))):
        for column in reversed(range(len(two))):
            grade = grades[row][column]
            both = grade + sums[row + 1][column + 1] if grade >= _LIKE else 0.0
            sums[row][column] = max(both, sums[row + 1][column], sums[row][column + 1])
    found: list[Pair] = []
    row = column = 0
    while row < len(one) and column < len(two):
        if sums[row][column] == sums[row + 1][column]:
            row += 1
        elif sums[row][column] == sums[row][column + 1]:
            column += 1
        else:
            found.append((one[row], two[column]))
            row, column = row + 1, column + 1
    return found


def _objects(one: Node, two: Node) -> float:
    """The part of the members that are equal; one that is not counts half, and more if it is a like text."""
    members = dict(zip(two.keys[:_MEMBERS], two.children, strict=False))
    total = 0.0
    for key, child in zip(one.keys[:_MEMBERS], one.children, strict=False):
        other = members.get(key)
        if other is child:
            total += 1
        elif other is not None:
            total += 0.5
            if child.kind == "string" == other.kind:
                total += _strings(child, other) / 2
    return total / max(len(one.keys), len(two.keys), 1)


def _strings(one: Node, two: Node) -> float:
    """The part of the shorter string that stands at the two ends of the longer one as well."""
    before, after = one.text, two.text
    size = min(before.size, after.size)
    first = first_difference(before, after)
    if size == 0 or first is None:
        return 0.0
    return (first + common_suffix(before, after, size - first)) / size
