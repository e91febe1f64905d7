"""What the view of the advice shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from coldbyte.core.advice.stability import BlockUse
from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.replay import Breakpoints


@dataclass(frozen=True, slots=True)
class Move:
    """What happens to one breakpoint: it comes (`before` is None), goes (`after` is None) or gets a TTL."""

    name: str
    before: Ttl | None
    after: Ttl | None


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One card. `figure` is its amount in words, `saves` the same in USD over the observed traffic, if any.

    `breakpoints` are those that the draft would have, with the `moves` that lead there; None where there is
    nothing to apply.
    """

    title: str
    say: str
    figure: str = ""
    saves: Decimal | None = None
    breakpoints: Breakpoints | None = None
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class AdviceSheet:
    """The cards in their order, and the blocks of the draft in the observed traffic.

    `about` says what it rests on. `paths` are those of the parts of the draft, by key: for another draft the
    breakpoints would mean something else.
    """

    rows: tuple[AdviceRow, ...]
    blocks: tuple[BlockUse, ...]
    about: str
    paths: Mapping[str, str]
