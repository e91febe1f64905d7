"""The wide causes: what the line around a hunk, the lines above it and the tags around it tell of an edit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice

from coldbyte.core.cause import CauseId
from coldbyte.core.finding.clue import Clue, Sighting
from coldbyte.core.finding.cluster import Cluster, Group, groups_of
from coldbyte.core.finding.context_rule import Surroundings
from coldbyte.core.finding.sides import Sides, joined, length
from coldbyte.core.finding.token_rule import Times, TokenRule
from coldbyte.core.finding.volatile_rule import COUNTERS, IDS, LONG_IDS, MOMENTS, STAMP, has_values

_MOST = 10_000  # clusters of a text that are judged; those behind them count as edited
_READ = 2_048  # bytes of a hunk beyond which its shape is not compared
_EACH = 200  # clusters of a text that are judged one by one; a later one like any other as that
_STAMPED = 64  # bytes within which a date that changed belongs to a clock that did

_Found = tuple[int, int, CauseId, Clue]
_Line = Callable[[Cluster], Clue | None]


def widely_sighted(sides: Sides, sightings: Sequence[Sighting], at: Times) -> list[Sighting]:
    """The sightings, with a cause and a clue for all edits that have one; hunks of one value are joined."""
    is_open = [one.id == "text-edited" and not one.clue for one in sightings]
    found = [one for one, open_ in zip(sightings, is_open, strict=True) if not open_]
    rules = _Rules(sides, at)
    count = 0
    for group in groups_of(sides, [one.hunk for one in sightings], is_open):
        found += rules.sightings(group)
        count += len(group.hunks)
        if rules.is_full:
            edits = (one for one, open_ in zip(sightings, is_open, strict=True) if open_)
            found += islice(edits, count, None)
            break
    return _stamped(found)


class _Rules:
    """The rules in their order (causes §2), each for what those before it left open."""

    def __init__(self, sides: Sides, at: Times) -> None:
        self.sides, self.at = sides, at
        self.around = around = Surroundings(sides)
        self.judged: dict[Hashable, list[_Found]] = {}
        self.count = 0
        self.has_values = False
        self.steps: tuple[TokenRule | tuple[CauseId, _Line], ...] = (
            STAMP,
            ("client-version-stamp", around.stamp),
            MOMENTS,
            ("environment-snapshot", around.environment),
            IDS,
            LONG_IDS,
            ("retrieved-context-changed", around.retrieved),
            ("per-user-data", around.user),
            COUNTERS,
        )

    @property
    def is_full(self) -> bool:
        """Whether so many places were judged that the rest is not."""
        return len(self.judged) >= _MOST

    def sightings(self, group: Group) -> Iterator[Sighting]:
        """The hunks of a group with their causes."""
        open_ = [True] * len(group.hunks)
        for first, last, name, clue in self._judged(group):
            yield Sighting(name, joined(group.hunks[first], group.hunks[last]), clue)
            open_[first : last + 1] = [False] * (last + 1 - first)
        for hunk, is_open in zip(group.hunks, open_, strict=True):
            if is_open:
                yield Sighting("text-edited", hunk)

    def _judged(self, group: Group) -> list[_Found]:
        self.count += 1
        if self.count <= _EACH or length(group.hunks[0]) > _READ:
            return list(self._found(group.read(self.sides)))
        key = group.shape(self.sides), self.around.tag_at(group.hunks[0])
        found = self.judged.get(key)
        if found is None:
            found = self.judged[key] = list(self._found(group.read(self.sides)))
        return found

    def _found(self, cluster: Cluster) -> Iterator[_Found]:
        open_ = [True] * len(cluster.hunks)
        self.has_values = has_values(cluster)
        for step in self.steps:
            if not any(open_):
                return
            for found in self._applied(step, cluster, open_):
                open_[found[0] : found[1] + 1] = [False] * (found[1] + 1 - found[0])
                yield found

    def _applied(
        self, step: TokenRule | tuple[CauseId, _Line], cluster: Cluster, open_: Sequence[bool]
    ) -> list[_Found]:
        if isinstance(step, TokenRule):
            return list(step.places(cluster, open_, self.at)) if self.has_values else []
        name, rule = step
        clue = rule(cluster)
        if clue is None:
            return []
        return [(index, index, name, clue) for index, is_open in enumerate(open_) if is_open]


def _stamped(sightings: Sequence[Sighting]) -> list[Sighting]:
    """A date that changed beside a clock is part of one stamp."""
    clocks = sorted(one.hunk.after_start for one in sightings if one.id == "volatile-timestamp")
    return [
        one._replace(id="volatile-timestamp")
        if one.id == "date-rollover" and _is_beside(one.hunk.after_start, clocks)
        else one
        for one in sightings
    ]


def _is_beside(byte: int, clocks: Sequence[int]) -> bool:
    place = bisect_left(clocks, byte - _STAMPED)
    return place < len(clocks) and clocks[place] <= byte + _STAMPED
