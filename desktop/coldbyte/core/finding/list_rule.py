"""Lists in another order: the same lines, paragraphs or items between commas, in another sequence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coldbyte.core.finding.clue import Clue, Sighting
from coldbyte.core.finding.sides import Sides, length, whole
from coldbyte.core.text.hunk import Hunk

_MOST = 2_000  # hunks that are looked at
_READ = 1 << 20  # bytes of all hunks together
_LINE = 4_096  # bytes in which the ends of a line are looked for
_PASSES = 16  # times that edits are set apart before the rest counts as edited, too
_SHOWN = 3  # items that a sentence quotes

_NUMBERED = re.compile(r"\s*\d{1,4}[.)]\s+")
_OPENS = re.compile(r".*(?:[,;|、，:=(\[{\n]|\. |\b(?:and|or) )", re.DOTALL)
_CLOSES = re.compile(r"[,;|、，)\]}\n]|\.(?:\s|$)| (?:and|or) |$")
_BETWEEN = re.compile(r"\s*(?:[,;|、，]|\b(?:and|or)\b)\s*")


@dataclass(frozen=True, slots=True)
class _Region:
    """Hunks (by index) with the whole lines in which they lie; `lead` and `tail` are equal on both sides."""

    first: int
    last: int
    lead: str
    tail: str
    left: str
    right: str

    @property
    def lines(self) -> tuple[list[str], list[str]]:
        """The lines of both sides."""
        return _lines(self.lead + self.left + self.tail), _lines(self.lead + self.right + self.tail)


def reordered(sides: Sides, sightings: Sequence[Sighting]) -> tuple[frozenset[int], Clue] | None:
    """The hunks (by index) that only change an order; all of a text, also where some are edits.

    Lines may have moved from one place to another, so the hunks are weighed against each other.
    """
    edits = [index for index, one in enumerate(sightings) if one.id == "text-edited" and not one.clue]
    if not edits or len(sightings) > _MOST or sum(length(one.hunk) for one in sightings) > _READ:
        return None
    regions = [
        region
        for region in _regions(sides, [one.hunk for one in sightings])
        if any(region.first <= index <= region.last for index in edits)
    ]
    moved = _moved(regions)
    if moved:
        clue = _line_clue(sides, moved, [one.hunk for one in sightings])
    else:
        items = [(region, found) for region in regions if (found := _items(region))]
        moved = [region for region, _ in items]
        if not moved:
            return None
        clue = Clue("items", ", ".join(items[0][1][0]), ", ".join(items[0][1][1]), "items")
    return frozenset(n for region in moved for n in range(region.first, region.last + 1)), clue


def _regions(sides: Sides, hunks: Sequence[Hunk]) -> Iterator[_Region]:
    """Hunks that share a line are one region."""
    first = 0
    lead = _back(sides, 0, hunks[0])
    for index, (hunk, after) in enumerate(pairwise([*hunks, None])):
        assert hunk is not None
        tail = _ahead(sides, hunk, after.after_start if after else sides.after.size)
        next_lead = _back(sides, hunk.after_stop, after) if after else ""
        cut = tail is None or next_lead is None
        if after and cut and after.after_start - hunk.after_stop < _LINE:
            continue
        if lead is not None and (tail is not None or after is None):
            start, stop = hunks[first], hunk
            yield _Region(
                first,
                index,
                lead,
                tail or "",
                whole(sides.old(start.before_start, stop.before_stop)),
                whole(sides.new(start.after_start, stop.after_stop)),
            )
        first, lead = index + 1, next_lead


def _back(sides: Sides, floor: int, hunk: Hunk) -> str | None:
    """The line before a hunk; None where it does not begin behind `floor`, or is too long."""
    data = sides.new(max(hunk.after_start - _LINE, floor), hunk.after_start)
    start = data.rfind(b"\n")
    if start < 0 and (hunk.after_start - len(data)) > 0:
        return None
    return whole(data[start + 1 :])


def _ahead(sides: Sides, hunk: Hunk, ceiling: int) -> str | None:
    data = sides.new(hunk.after_stop, min(hunk.after_stop + _LINE, ceiling))
    stop = data.find(b"\n")
    if stop < 0 and hunk.after_stop + len(data) < sides.after.size:
        return None
    return whole(data if stop < 0 else data[:stop])


def _lines(chars: str) -> list[str]:
    """Lines without what depends on their place: a number in front, a comma behind."""
    return [_NUMBERED.sub("", line, 1).rstrip(" \t\r,;") for line in chars.split("\n")]


def _moved(regions: Sequence[_Region]) -> list[_Region]:
    """Regions that together hold the same lines on both sides; others hold a line that only one side has."""
    lines = {region.first: region.lines for region in regions}
    rest = list(regions)
    for _ in range(_PASSES):
        balance: Counter[str] = Counter()
        for region in rest:
            left, right = lines[region.first]
            balance.update(line for line in left if line)
            balance.subtract(line for line in right if line)
        odd = {line for line, count in balance.items() if count}
        kept = [region for region in rest if odd.isdisjoint(lines[region.first][0] + lines[region.first][1])]
        if len(kept) == len(rest):
            break
        rest = kept
    else:
        return []
    return [region for region in rest if _solid(lines[region.first][0]) != _solid(lines[region.first][1])]


def _solid(lines: Sequence[str]) -> list[str]:
    """Lines that say something."""
    return [line for line in lines if any(map(str.isalnum, line))]


def _line_clue(sides: Sides, moved: Sequence[_Region], hunks: Sequence[Hunk]) -> Clue:
    left, right = (_solid(side) for side in moved[0].lines)
    equal = next((n for n, (one, two) in enumerate(zip(left, right, strict=False)) if one != two), 0)
    left, right = left[equal:], right[equal:]
    label = "paragraphs" if all(_stands_alone(sides, region, hunks) for region in moved) else "lines"
    old, new = (", ".join(side[:_SHOWN]) for side in (left, right))
    return Clue(label, old, new, label)


def _stands_alone(sides: Sides, region: _Region, hunks: Sequence[Hunk]) -> bool:
    """Whether empty lines, or the ends of the text, stand around the region or inside it."""
    if "\n\n" in region.left or "\n\n" in region.right:
        return True
    start = hunks[region.first].after_start - len(region.lead.encode())
    stop = hunks[region.last].after_stop + len(region.tail.encode())
    above, below = sides.new(start - 2, start), sides.new(stop, stop + 2)
    return above in (b"", b"\n\n") and below in (b"", b"\n", b"\n\n") and above + below != b""


def _items(region: _Region) -> tuple[list[str], list[str]] | None:
    """The items between commas from the first change to the last, where only their order differs.

    The first and the last item may stand in a sentence, whose words are then no part of them.
    """
    opening = _OPENS.match(region.lead)
    closing = _CLOSES.search(region.tail)
    head = region.lead[opening.end() if opening else 0 :]
    foot = region.tail[: closing.start() if closing else len(region.tail)]
    for start in (head, head.rpartition(" ")[2]):
        for end in (foot, foot.partition(" ")[0]):
            left, right = (
                [item for item in _BETWEEN.split((start + side + end).strip(" \t\n,;")) if item]
                for side in (region.left, region.right)
            )
            if len(left) > 1 and left != right and sorted(left) == sorted(right):
                return left, right
    return None
