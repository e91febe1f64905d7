"""Rules that mask tokens: both sides of a place are equal but for tokens of one kind.

A hunk is seldom the value itself: between 10:15:00 and 11:16:41 three digits differ. So a place is widened to
the tokens that its hunks cut, and hunks of one token become one place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coldbyte.core.cause import CauseId, Confidence
from coldbyte.core.finding.clue import Clue
from coldbyte.core.finding.cluster import Cluster

_CLOSE = 32  # characters on each side of a hunk in which a token has its telltale
_NEAR = 40  # characters on each side in which words tell what a token stands for

Pair = tuple[str, str]
"""A token before and after."""
Times = tuple[float | None, float | None]
"""When both requests were sent, in seconds since 1970."""


class Change(NamedTuple):
    """The tokens that differ at one place, and the words around it."""

    pairs: Sequence[Pair]
    around: str
    at: Times


class Judgement(NamedTuple):
    """What a rule says of a change."""

    id: CauseId
    label: str
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class TokenRule:
    """`token` matches what is masked; the judge may find that it is nothing of the kind."""

    token: re.Pattern[str]
    judge: Callable[[Change], Judgement | None]

    def places(
        self, cluster: Cluster, open_: Sequence[bool], at: Times
    ) -> Iterator[tuple[int, int, CauseId, Clue]]:
        """The first and last hunk of each place that the rule explains, with the cause."""
        spans = _spans(self.token, cluster.left), _spans(self.token, cluster.right)
        if not spans[0] or not spans[1]:
            return
        index = 0
        while index < len(cluster.cuts):
            place = _Place(cluster, open_, spans, index) if open_[index] else None
            index += 1
            pairs = place.widened() if place else None
            if place and pairs:
                around = cluster.left[max(place.start - _NEAR, 0) : place.start] + " \n "
                around += cluster.left[place.stop : place.stop + _NEAR]
                judged = self.judge(Change(pairs, around, at))
                if judged:
                    clue = Clue(judged.label, *pairs[0], confidence=judged.confidence)
                    yield place.low, place.high, judged.id, clue
                    index = place.high + 1


def is_near(telltale: re.Pattern[str], cluster: Cluster) -> bool:
    """Whether something is found near a hunk, on both sides."""
    return any(
        telltale.search(cluster.left, max(one - _CLOSE, 0), stop_one + _CLOSE)
        and telltale.search(cluster.right, max(two - _CLOSE, 0), stop_two + _CLOSE)
        for one, stop_one, two, stop_two in cluster.cuts
    )


class _Place:
    """Hunks of a cluster, growing until no token on either side is cut by its ends."""

    def __init__(
        self,
        cluster: Cluster,
        open_: Sequence[bool],
        spans: tuple[list[tuple[int, int]], list[tuple[int, int]]],
        index: int,
    ) -> None:
        self.cluster, self.open, self.spans = cluster, open_, spans
        self.low = self.high = index
        self.back = self.ahead = 0

    @property
    def start(self) -> int:
        """The first character on the left side."""
        return self.cluster.cuts[self.low][0] - self.back

    @property
    def stop(self) -> int:
        """Behind the last character on the left side."""
        return self.cluster.cuts[self.high][1] + self.ahead

    def widened(self) -> list[Pair] | None:
        """The tokens that differ, None where the rest differs too or a token reaches over a hunk that is
        explained.
        """
        while True:
            before = self.low, self.high, self.back, self.ahead
            if not self._grow_back() or not self._grow_ahead():
                return None
            if before == (self.low, self.high, self.back, self.ahead):
                break
        return self._pairs()

    def _grow_back(self) -> bool:
        cuts = self.cluster.cuts
        left, right = self.start, cuts[self.low][2] - self.back
        more = max(left - _start_of(self.spans[0], left), right - _start_of(self.spans[1], right))
        self.back += more
        if not self.low:
            self.back = min(self.back, cuts[0][0])
        elif self.back > cuts[self.low][0] - cuts[self.low - 1][1]:
            if not self.open[self.low - 1]:
                return False
            self.low, self.back = self.low - 1, 0
        return True

    def _grow_ahead(self) -> bool:
        cuts = self.cluster.cuts
        left, right = self.stop, cuts[self.high][3] + self.ahead
        more = max(_stop_of(self.spans[0], left) - left, _stop_of(self.spans[1], right) - right)
        self.ahead += more
        if self.high + 1 == len(cuts):
            self.ahead = min(self.ahead, len(self.cluster.left) - cuts[-1][1])
        elif self.ahead > cuts[self.high + 1][0] - cuts[self.high][1]:
            if not self.open[self.high + 1]:
                return False
            self.high, self.ahead = self.high + 1, 0
        return True

    def _pairs(self) -> list[Pair] | None:
        cuts = self.cluster.cuts
        low, high = cuts[self.low][2] - self.back, cuts[self.high][3] + self.ahead
        rest_left, left = _masked(self.cluster.left, self.spans[0], self.start, self.stop)
        rest_right, right = _masked(self.cluster.right, self.spans[1], low, high)
        if rest_left != rest_right:
            return None
        return [(one, two) for one, two in zip(left, right, strict=True) if one != two] or None


def _spans(token: re.Pattern[str], chars: str) -> list[tuple[int, int]]:
    return [found.span() for found in token.finditer(chars)]


def _start_of(spans: Sequence[tuple[int, int]], place: int) -> int:
    """The start of the token that holds `place` or ends there; else `place`."""
    return next((start for start, stop in spans if start < place <= stop), place)


def _stop_of(spans: Sequence[tuple[int, int]], place: int) -> int:
    return next((stop for start, stop in spans if start <= place < stop), place)


def _masked(
    chars: str, spans: Sequence[tuple[int, int]], low: int, high: int
) -> tuple[tuple[str, ...], list[str]]:
    """What stands between the tokens from `low` to `high`, and the tokens."""
    rest: list[str] = []
    tokens: list[str] = []
    place = low
    for start, stop in spans:
        if low <= start and stop <= high:
            rest.append(chars[place:start])
            tokens.append(chars[start:stop])
            place = stop
    rest.append(chars[place:high])
    return tuple(rest), tokens
