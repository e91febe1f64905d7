"""Where an entry ends and who wrote it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from coldbyte.core.cache.cache import Entry, entry_key
from coldbyte.core.prefix.block_name import part_name
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.state.exchange_log import Record
from coldbyte.ui.ledger.ledger_words import clock

translate = QCoreApplication.translate


def spots_of(prefix: Prefix, scope: str) -> Mapping[bytes, int]:
    """For the key of each entry that a prefix could have left in a scope, the index of its last block."""
    return {entry_key(scope, key): index for index, key in enumerate(prefix.keys)}


def place_of(entry: Entry, draft: Prefix | None, spots: Mapping[bytes, int], record: Record | None) -> str:
    """Where an entry ends: in the draft, whose `spots` are given, else in the exchange that used it."""
    if draft is not None and entry.key in spots:
        return translate("LedgerView", "Behind {part}").format(part=part_name(draft, spots[entry.key]))
    if record is not None:
        sent = record.insight.prefix
        found = spots_of(sent, entry.scope).get(entry.key)
        if found is not None:
            words = translate("LedgerView", "Behind {part} as it was in exchange {n}")
            return words.format(part=part_name(sent, found), n=record.exchange.number)
    return translate("LedgerView", "Behind {path} of another prompt").format(path=entry.where)


def origin_words(entry: Entry, record: Record | None, *, run_began_at: float) -> str:
    """Who wrote an entry, and when it could first be read."""
    if not entry.available_at:
        return translate("LedgerView", "written by somebody else")
    time, number = clock(entry.available_at), record.exchange.number if record else 0
    if record is not None and record.exchange.first_event_at == entry.available_at:
        words = translate("LedgerView", "written by exchange {n} at {time}")
    elif entry.available_at < run_began_at:
        words = translate("LedgerView", "written before this run, at {time}")
    elif record is None:
        words = translate("LedgerView", "written by a warming at {time}")
    else:
        words = translate("LedgerView", "written at {time}, used by exchange {n}")
    return words.format(n=number, time=time)
