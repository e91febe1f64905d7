"""A file of many exchanges, made piece by piece, so that a history of any size passes through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from coldbyte.core.history.kept_exchange import KeptExchange


@dataclass(frozen=True, slots=True)
class ExchangeFormat:
    """`head`, then the piece of each exchange with `between` in the gaps, then `tail`.

    `piece` may raise ExportError for an exchange that this format can't hold.
    """

    piece: Callable[[KeptExchange], bytes]
    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""

    def whole(self, exchanges: Iterable[KeptExchange]) -> bytes:
        """The file at once."""
        return self.head + self.between.join(map(self.piece, exchanges)) + self.tail
