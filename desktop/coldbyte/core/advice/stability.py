"""Stability: what the observed traffic did with each block of the draft, and whether a breakpoint pays there.

Nothing but keys is compared: two requests that have the same key at a path are the same up to there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Literal

from coldbyte.core.advice.break_even import BreakEven
from coldbyte.core.prefix.block_name import capital, part_name
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.traffic.receipt import Receipt, Step
from coldbyte.core.traffic.reuse import gaps_of, place_of
from coldbyte.core.traffic.span import span_words

BlockVerdict = Literal[
    "deserves", "covered", "too-short", "too-volatile", "too-rare", "untried", "unable", "unpriced"
]


@dataclass(frozen=True, slots=True)
class BlockUse:
    """A block of the draft in the observed traffic.

    `tokens` are its own, `upto` those of the prompt up to and with it. Of `seen` requests that had the block,
    `compared` had before it what the request before had there, too; in `changed` of these the block itself
    was another one. `gaps` are the seconds since the same prefix was sent last, one for each of the `seen`,
    None where it was new.
    """

    where: str
    name: str
    tokens: int
    upto: int
    seen: int
    compared: int
    changed: int
    gaps: tuple[float | None, ...]
    verdict: BlockVerdict
    say: str = ""

    @property
    def gap_s(self) -> float | None:
        """The median of the seconds between two uses of the same prefix; None where none came again."""
        again = [gap for gap in self.gaps if gap is not None]
        return median(again) if again else None


def stability_of(
    prefix: Prefix,
    tokens: Sequence[int],
    traffic: Sequence[Receipt],
    able: Sequence[str],
    minimum: int | None,
    evens: Sequence[BreakEven],
) -> tuple[BlockUse, ...]:
    """The blocks of the draft that are no settings, in cache order, each with a verdict.

    `able` are the paths that can be marked; of a `minimum` of None no block is too short. `evens` are the
    break-evens of the model, empty where it has no price.
    """
    upto, found = 0, []
    for index, block in enumerate(prefix.blocks):
        upto += tokens[index]
        if block.kind in ("setting", "turn"):
            continue
        compared, changed = _changes(traffic, block.where)
        use = BlockUse(
            block.where,
            part_name(prefix, index),
            tokens[index],
            upto,
            sum(any(step.where == block.where for step in receipt.trail) for receipt in traffic),
            compared,
            changed,
            gaps_of(traffic, block.where)[1],
            "unable",
        )
        found.append(replace(use, verdict=_verdict(use, minimum, evens)) if block.where in able else use)
    found = _covered(found)
    return tuple(replace(use, say=_say(use, minimum, evens)) for use in found)


def _changes(traffic: Sequence[Receipt], where: str) -> tuple[int, int]:
    """How often two requests in a row had the same before the block, and the block differed all the same."""
    compared = changed = 0
    for (before, key), (before_next, key_next) in pairwise(_links(traffic, where)):
        if before == before_next:
            compared += 1
            changed += key != key_next
    return compared, changed


def _links(traffic: Sequence[Receipt], where: str) -> Iterator[tuple[bytes, bytes]]:
    """The key before the block, and its own, of each request that has it."""
    for receipt in traffic:
        trail: Sequence[Step] = receipt.trail
        index = place_of(trail, where)
        if index is not None:
            yield trail[index - 1].key if index else b"", trail[index].key


def _verdict(use: BlockUse, minimum: int | None, evens: Sequence[BreakEven]) -> BlockVerdict:
    if minimum is not None and use.upto < minimum:
        return "too-short"
    if len(use.gaps) < 2:
        return "untried"
    if not evens:
        return "unpriced"
    if any(even.pays(use.gaps) for even in evens):
        return "deserves"
    ever = sum(gap is not None for gap in use.gaps) / len(use.gaps)
    return "too-rare" if ever > min(even.share for even in evens) else "too-volatile"


def _covered(uses: Sequence[BlockUse]) -> list[BlockUse]:
    """Of blocks that came again together only the last one needs a breakpoint."""
    found: list[BlockUse] = []
    later: BlockUse | None = None
    for use in reversed(uses):
        if use.verdict == "deserves":
            if later is not None and later.gaps == use.gaps:
                use = replace(use, verdict="covered")
            else:
                later = use
        found.append(use)
    return found[::-1]


def _say(use: BlockUse, minimum: int | None, evens: Sequence[BreakEven]) -> str:
    name = capital(use.name)
    match use.verdict:
        case "unable":
            return f"{name} can carry no breakpoint."
        case "too-short":
            return f"{name} ends after {use.upto:,} tokens; nothing below {minimum:,} is stored."
        case "untried":
            sent = f"was sent {_times(use.seen)}" if use.seen else "was not sent yet"
            return f"{name} {sent}: nothing can be said of it."
        case "unpriced":
            return (
                f"{name} was sent {_times(use.seen)}; without prices it can't be said whether caching pays."
            )
    return f"{name} {_history(use)} {_judgement(use, evens)}"


def _history(use: BlockUse) -> str:
    changed = f"changed {use.changed} of {use.compared} times" if use.changed else "never changed by itself"
    apart = f", {span_words(use.gap_s)} apart (median)" if use.gap_s is not None else ""
    return f"({use.tokens:,} tokens) was sent {_times(use.seen)} and {changed}{apart}."


def _judgement(use: BlockUse, evens: Sequence[BreakEven]) -> str:
    match use.verdict:
        case "deserves":
            even = max(evens, key=lambda one: one.share_of(use.gaps) - one.share)
            return f"A breakpoint pays: {_shares(use, even)}."
        case "covered":
            return "It needs no breakpoint of its own: one behind a later block stores it, too."
        case "too-rare":
            return f"Too rare: {_shares(use, evens[-1])}."
    ever = sum(gap is not None for gap in use.gaps) / len(use.gaps)
    return (
        f"Too volatile: {ever:.0%} of the requests were the same up to here as an earlier one, "
        f"{evens[0].share:.0%} are needed."
    )


def _shares(use: BlockUse, even: BreakEven) -> str:
    life = span_words(even.even_gap_s)
    return (
        f"{even.share_of(use.gaps):.0%} of the requests came within {life} of the last use, "
        f"{even.share:.0%} are needed"
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
