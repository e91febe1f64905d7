"""A file of exchanges that are kept: written one after the other, there as a whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from coldbyte.core.export.exchange_format import ExchangeFormat
from coldbyte.core.export.outgoing import ExportError
from coldbyte.core.history.query import HistoryRow, Query
from coldbyte.services.text_file import replacing
from coldbyte.state.history import HistoryStore

_PAGE = 1_000  # rows
_MANY = 200  # exchanges after which it is told that there are many


class ExportStopped(Exception):
    """The user did not want the file any more; what was there before is there."""


class ExchangeFile:
    """One export. `tell` is called once if it takes longer; `refused` says of each exchange that the format
    can't hold why that is so.
    """

    def __init__(self, form: ExchangeFormat, store: HistoryStore, tell: Callable[[], None]) -> None:
        self.count = self.size = 0
        self.refused: list[str] = []
        self._form, self._store, self._tell = form, store, tell
        self._stopped = False

    def stop(self) -> None:
        """Leave the file as it was."""
        self._stopped = True

    async def write(self, path: Path, ids: AsyncIterator[int]) -> None:
        """Write them all. Raise ExportStopped, or FileTrouble."""
        with ExitStack() as stack:
            file = await asyncio.to_thread(stack.enter_context, replacing(path))
            async for piece in self._pieces(ids):
                self.size += await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(stack.pop_all().close)

    async def _pieces(self, ids: AsyncIterator[int]) -> AsyncIterator[bytes]:
        yield self._form.head
        async for id_ in ids:
            if self._stopped:
                raise ExportStopped
            try:
                kept = await self._store.load(id_)
                piece = await asyncio.to_thread(self._form.piece, kept)
            except KeyError:  # deleted meanwhile
                continue
            except ExportError as error:
                self.refused.append(error.say)
                continue
            yield self._form.between + piece if self.count else piece
            self.count += 1
            if self.count == _MANY:
                self._tell()
        yield self._form.tail


async def listed(ids: Sequence[int]) -> AsyncIterator[int]:
    """These exchanges."""
    for id_ in ids:
        yield id_


async def found(store: HistoryStore, query: Query) -> AsyncIterator[int]:
    """All exchanges that a query finds, the newest first."""
    last: HistoryRow | None = None
    more = True
    while more:
        page = await store.find(query, last, _PAGE)
        for row in page.rows:
            yield row.id
        last, more = page.rows[-1] if page.rows else None, page.more and bool(page.rows)
