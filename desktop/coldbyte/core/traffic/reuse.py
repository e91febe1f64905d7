"""Reuse: how much of each request had been sent before, and how long before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from coldbyte.core.traffic.receipt import Receipt, Step
from coldbyte.core.traffic.replay import markable


@dataclass(frozen=True, slots=True)
class Reuse:
    """What one request shares with an earlier one: tokens up to the block at `where`, seconds since then.

    `where` is "" and `gap_s` None where it shares nothing that a breakpoint could keep.
    """

    where: str = ""
    tokens: int = 0
    gap_s: float | None = None


def reuses_of(traffic: Sequence[Receipt], able: Collection[str]) -> tuple[Reuse, ...]:
    """For each request but the first, in order of time, the most that it shares with any one before it.

    Only blocks at the paths in `able` count, which are those of the draft that can carry a breakpoint.
    """
    last_use: dict[tuple[str, bytes], float] = {}
    found = []
    for receipt in traffic:
        found.append(_reuse(receipt, able, last_use))
        last_use.update({(receipt.scope, step.key): receipt.started_at for step in receipt.trail})
    return tuple(found[1:])


def gaps_of(traffic: Sequence[Receipt], where: str) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """For each request that has a block at a path: its tokens up to there, and seconds since the same prefix
    was sent last; None where it had not been.
    """
    last_use: dict[tuple[str, bytes], float] = {}
    tokens: list[int] = []
    gaps: list[float | None] = []
    for receipt in traffic:
        index = place_of(receipt.trail, where)
        if index is None:
            continue
        key = (receipt.scope, receipt.trail[index].key)
        used = last_use.get(key)
        tokens.append(sum(step.tokens for step in receipt.trail[: index + 1]))
        gaps.append(None if used is None else receipt.started_at - used)
        last_use[key] = receipt.started_at
    return tuple(tokens), tuple(gaps)


def place_of(trail: Sequence[Step], where: str) -> int | None:
    """The index of the block at a path; None where the trail has none that can carry a breakpoint."""
    found = (index for index, step in enumerate(trail) if step.where == where and markable(step))
    return next(found, None)


def _reuse(receipt: Receipt, able: Collection[str], last_use: dict[tuple[str, bytes], float]) -> Reuse:
    best, tokens = Reuse(), 0
    for step in receipt.trail:
        used = last_use.get((receipt.scope, step.key))
        if used is None:
            break
        tokens += step.tokens
        if step.where in able and markable(step):
            best = Reuse(step.where, tokens, receipt.started_at - used)
    return best
