"""A finding: what happened in one text, told in a sentence, with all the hunks that have the same cause.

The rules go from the narrow to the wide: what a hunk is by itself, then the order of lines, then what the
line around a hunk tells. JSON comes first, since its tokens say more than any single hunk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from coldbyte.core.cause import CauseId, Confidence
from coldbyte.core.finding.clue import Sighting
from coldbyte.core.finding.finding_words import around_of, say_clue, sentence
from coldbyte.core.finding.json_text_rule import json_sightings
from coldbyte.core.finding.list_rule import reordered
from coldbyte.core.finding.sides import Sides, length
from coldbyte.core.finding.text_rule import alike, classify, untangle
from coldbyte.core.finding.token_rule import Times
from coldbyte.core.finding.wide_rule import widely_sighted
from coldbyte.core.text.hunk import Hunk
from coldbyte.core.text.line_end import LINE_END
from coldbyte.core.text.text import Text, first_differing_byte

LARGE = 16_384  # bytes of a side from which on a hunk counts as rewritten
_SAMPLE = 2_048  # bytes at its beginning that are looked at all the same
_TANGLED = 100_000  # characters × characters of tangled hunks that are taken apart in one text
_TOGETHER: tuple[CauseId, ...] = ("list-reordered", "json-key-reordered")  # their hunks are one place
_SURE: tuple[Confidence, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Finding:
    """The hunks of one text that have the same cause; `say` and `label` are about the first of them.

    `before` and `after` are the sides of the first one (of a run: of its first line end), `byte` is the
    number of bytes that are equal at its start. `count` is the number of places; `confidence` is that of the
    surest.
    """

    id: CauseId
    label: str
    say: str
    hunks: tuple[Hunk, ...]
    before: str
    after: str
    byte: int
    count: int
    confidence: Confidence = "high"


def findings(
    before: Text,
    after: Text,
    hunks: Sequence[Hunk],
    *,
    largest: int = LARGE,
    at: Times = (None, None),
) -> tuple[tuple[Finding, ...], bool]:
    """Classify the hunks of one text and group those with the same cause, in the order of their first.

    The second value says whether all that differs was looked at: of a hunk with a side of more than `largest`
    bytes only the beginning is, and it counts as rewritten unless that is narrow. `at` says when both texts
    were sent, in seconds since 1970.
    """
    sides = Sides(before, after, len(hunks))
    sorter = _Sorter(sides, largest)
    spelled, rest = json_sightings(sides, hunks, largest) or ([], hunks)
    for hunk in rest:
        sorter.take(hunk)
    groups: dict[CauseId, list[Sighting]] = defaultdict(list)
    for one in [*spelled, *_widened(sides, sorter.sightings, at)]:
        groups[one.id].append(one)
    for group in groups.values():
        group.sort(key=_place)
    found = [
        _finding(sides, group, sorter.complete)
        for group in sorted(groups.values(), key=lambda group: _place(group[0]))
    ]
    return tuple(found), sorter.complete


def _place(one: Sighting) -> tuple[int, int]:
    return one.hunk.before_start, one.hunk.after_start


def _widened(sides: Sides, sightings: list[Sighting], at: Times) -> list[Sighting]:
    """The same sightings, with causes for what was edited."""
    if all(one.id != "text-edited" for one in sightings):
        return sightings
    order = reordered(sides, sightings)
    if order:
        taken, clue = order
        sightings = [
            Sighting("list-reordered", one.hunk, clue) if index in taken else one
            for index, one in enumerate(sightings)
        ]
    return widely_sighted(sides, sightings, at)


class _Sorter:
    """Names the cause of each hunk as far as the hunk itself shows it."""

    def __init__(self, sides: Sides, largest: int) -> None:
        self.sides, self.largest = sides, largest
        self.sightings: list[Sighting] = []
        self.complete = True
        self.effort = _TANGLED

    def take(self, hunk: Hunk) -> None:
        """Classify one hunk."""
        if hunk.rest and self.sightings:
            self.complete = False
        elif hunk.count > 1:
            self._add("line-endings-changed", hunk)
        elif hunk.rest or length(hunk) > self.largest:
            self._take_large(hunk)
        else:
            self._take_small(hunk)

    def _add(self, name: CauseId, hunk: Hunk) -> None:
        self.sightings.append(Sighting(name, hunk))

    def _take_small(self, hunk: Hunk) -> None:
        left, right = self.sides.chars(hunk, self.largest)
        name = classify(left, right)[0]
        if name == "text-edited" and length(hunk) > LARGE:
            self._take_large(hunk)
            return
        parts: tuple[tuple[int, int, int, int], ...] = ()
        if name in ("text-edited", "whitespace-changed") and self.effort > 0:
            parts = untangle(left, right)
            self.effort -= 0 if left.isascii() and right.isascii() else len(left) * len(right)
        if not parts:
            self._add(name, hunk)
        for part in parts:
            one, stop_one, two, stop_two = part
            name = classify(left[one:stop_one], right[two:stop_two])[0]
            self._add(name, _inside(hunk, left, right, part))

    def _take_large(self, hunk: Hunk) -> None:
        """A long hunk may be narrow, as when a whole text was brought into another normal form."""
        left, right = self.sides.chars(hunk, _SAMPLE)
        one, two = alike(left, right)
        name: CauseId = "text-edited"
        if 10 * one >= 9 * len(left) or 10 * two >= 9 * len(right):
            name = classify(left[:one], right[:two])[0]
        if name == "text-edited":
            self._add(name, hunk)
            return
        self._add(name, _inside(hunk, left, right, (0, one, 0, two)))
        self.complete = False


def _inside(hunk: Hunk, left: str, right: str, part: tuple[int, int, int, int]) -> Hunk:
    """A part of a hunk, by the characters of its sides."""
    one, stop_one, two, stop_two = part
    return Hunk(
        hunk.before_start + len(left[:one].encode()),
        hunk.before_start + len(left[:stop_one].encode()),
        hunk.after_start + len(right[:two].encode()),
        hunk.after_start + len(right[:stop_two].encode()),
    )


def _finding(sides: Sides, group: Sequence[Sighting], complete: bool) -> Finding:
    name, first, clue = group[0]
    found = tuple(one.hunk for one in group)
    left, right = sides.chars(first, LARGE)
    byte = first_differing_byte(left.encode(), right.encode())
    count = len(found)
    if length(first) > LARGE and (name == "text-edited" or clue is not None):
        old, new = first.before_stop - first.before_start, first.after_stop - first.after_start
        label, say = clue.label if clue else "rewritten", f"{old:,} bytes became {new:,} bytes."
    elif clue is not None:
        label, say = clue.label, say_clue(name, clue, left, right, around_of(sides.after, first))
    else:
        label, say = sentence(name, left, right, around_of(sides.after, first))
    if name == "line-endings-changed":
        count = sum(hunk.count if hunk.count > 1 else _lines(sides, hunk) for hunk in found)
        say = _say_line_ends(label, count) if count > 1 else say
    elif name in _TOGETHER:
        count = 1
    else:
        say += _say_more(count - 1, complete)
    sure = min((one.clue.confidence if one.clue else "high" for one in group), key=_SURE.index)
    return Finding(name, label, say, found, left, right, byte, count, sure)


def _lines(sides: Sides, hunk: Hunk) -> int:
    return len(LINE_END.findall(sides.new(hunk.after_start, hunk.after_stop).decode()))


def _say_line_ends(label: str, count: int) -> str:
    old, _, new = label.partition(" to ")
    return f"{count:,} line ends are {new}; the first of them was {old}."


def _say_more(count: int, complete: bool) -> str:
    if not count:
        return ""
    least = "" if complete else "At least "
    follow = "changes of this kind follow" if count > 1 else "change of this kind follows"
    return f" {least}{count:,} more {follow}."
