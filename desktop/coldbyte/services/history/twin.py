"""Exchanges that are in the history already, so that a file that is imported twice is kept once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.services.history.history_file import HistoryFile
from coldbyte.services.history.history_row import time_of

_ALIKE = ("started_at", "wire_bytes", "read", "written_5m", "written_1h", "uncached", "output")
_NO_USAGE = (None,) * 5


def held(file: HistoryFile, exchanges: Sequence[KeptExchange], below: int | None) -> list[bool]:
    """For each exchange whether one with its start, usage and body is kept, with an id below that one.

    Where neither tells the time, the same body with the same usage counts as the same exchange.
    """
    alike = _alike(file, exchanges, below)
    return [any(_wire(file, id_) == one.wire for id_ in alike.get(_key(one), ())) for one in exchanges]


def _alike(
    file: HistoryFile, exchanges: Sequence[KeptExchange], below: int | None
) -> dict[tuple[Any, ...], list[int]]:
    """The ids by all that is compared but the body; one look at the index for all exchanges."""
    starts = sorted({time_of(one.started_at) for one in exchanges})
    sizes = sorted({len(one.wire) for one in exchanges})
    rows = file.database.execute(
        f"SELECT id, {', '.join(_ALIKE)} FROM exchanges"  # noqa: S608 (constants)
        f" WHERE at IN ({', '.join('?' * len(starts))}) AND wire_bytes IN ({', '.join('?' * len(sizes))})"
        " AND (? IS NULL OR id < ?)",
        (*starts, *sizes, below, below),
    )
    found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for id_, *key in rows:
        found[tuple(key)].append(id_)
    return found


def _key(kept: KeptExchange) -> tuple[Any, ...]:
    return kept.started_at, len(kept.wire), *(astuple(kept.usage) if kept.usage else _NO_USAGE)


def _wire(file: HistoryFile, id_: int) -> bytes | None:
    try:
        return file.load(id_).wire
    except KeyError:  # deleted meanwhile
        return None
