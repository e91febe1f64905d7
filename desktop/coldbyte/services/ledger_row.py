"""Rows of the ledger's file, and the values that they stand for. Times in rows are in wall time."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Any, get_args

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.calibration import Known
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.prefix import Tier
from coldbyte.core.traffic.receipt import Kind, Receipt, Step

Row = Sequence[Any]

_TTLS: tuple[Ttl, ...] = get_args(Ttl)
_TIERS: tuple[Tier, ...] = get_args(Tier)
_KINDS: tuple[Kind, ...] = get_args(Kind)
_HOWS = ("measured", "counted")
_MOST_TOKENS = 2**40
_LAST_TIME = 32_000_000_000.0  # in the year 2984; Windows has no dates after 3000
_FIELDS = ("where", "tier", "kind", "tokens", "ttl")  # of a step, besides its key
_FIELD_KINDS: Sequence[set[type]] = ({str}, {str}, {str}, {int}, {str, type(None)})

SCHEMA = """
CREATE TABLE entries (
  key BLOB PRIMARY KEY, model TEXT, scope TEXT, tokens INTEGER, ttl TEXT, place TEXT,
  started_at REAL, available_at REAL, ends_at REAL
);
CREATE INDEX entries_by_end ON entries (ends_at);
CREATE TABLE receipts (
  id INTEGER PRIMARY KEY, conversation TEXT, kind TEXT, model TEXT, scope TEXT, started_at REAL,
  read INTEGER, written_5m INTEGER, written_1h INTEGER, uncached INTEGER, output INTEGER,
  forecast_read INTEGER, forecast_written_5m INTEGER, forecast_written_1h INTEGER,
  forecast_uncached INTEGER, forecast_output INTEGER,
  estimated INTEGER, stored INTEGER, first_event_s REAL, duration_s REAL, message_id TEXT,
  read_key BLOB, written TEXT, trail BLOB
);
CREATE INDEX receipts_by_start ON receipts (started_at);
CREATE INDEX receipts_by_conversation ON receipts (conversation);
CREATE TABLE known (
  counter TEXT, key BLOB, more INTEGER, how TEXT, told INTEGER, PRIMARY KEY (counter, key)
) WITHOUT ROWID;
CREATE INDEX known_by_age ON known (counter, told);
"""
"""The first version of the file. `told` grows with each lesson; `trail` is compressed JSON."""

ENTRY_COLUMNS = "key, model, scope, tokens, ttl, place, started_at, available_at, ends_at"
RECEIPT_COLUMNS = (
    "conversation, kind, model, scope, started_at, read, written_5m, written_1h, uncached, output, "
    "forecast_read, forecast_written_5m, forecast_written_1h, forecast_uncached, forecast_output, estimated, "
    "stored, first_event_s, duration_s, message_id, read_key, written, trail"
)


def entry_row(entry: Entry, ahead: float) -> Row:
    """`ahead` are the seconds by which the wall clock is ahead of the entry's times."""
    return (
        *(entry.key, entry.model, entry.scope, entry.tokens, entry.ttl, entry.where),
        *(entry.started_at + ahead, entry.available_at + ahead, entry.expires_at + ahead),
    )


def entry_of(row: Row) -> Entry:
    """Raise ValueError where a row makes no sense."""
    key, model, scope, tokens, ttl, where, started_at, available_at, _ = row
    return Entry(
        _is(key, bytes),
        _is(model, str),
        _is(scope, str),
        _count(tokens),
        _one_of(ttl, _TTLS),
        _is(where, str),
        _time(started_at),
        _time(available_at),
    )


def receipt_row(receipt: Receipt, ahead: float) -> Row:
    """`ahead` are the seconds by which the wall clock is ahead of the receipt's times."""
    return (
        *(receipt.conversation, receipt.kind, receipt.model, receipt.scope, receipt.started_at + ahead),
        *astuple(receipt.usage),
        *astuple(receipt.forecast),
        *(receipt.estimated, receipt.stored, receipt.first_event_s, receipt.duration_s, receipt.message_id),
        receipt.read_key,
        json.dumps([(key.hex(), tokens, ttl) for key, tokens, ttl in receipt.written]),
        _packed(receipt.trail),
    )


def receipt_of(row: Row, *, with_trail: bool = True) -> Receipt:
    """Raise ValueError where a row makes no sense."""
    conversation, kind, model, scope, started_at, *counts = row[:15]
    estimated, stored, first_event_s, duration_s, message_id, read_key, written, trail = row[15:]
    usage = [_count(count) for count in counts]
    return Receipt(
        _is(conversation, str),
        _one_of(kind, _KINDS),
        _is(model, str),
        _is(scope, str),
        _time(started_at),
        Usage(*usage[:5]),
        Usage(*usage[5:]),
        _count(estimated),
        _count(stored),
        _maybe(first_event_s, float),
        _maybe(duration_s, float),
        _maybe(message_id, str),
        _maybe(read_key, bytes),
        tuple(_written(_is(written, str))),
        _steps(_is(trail, bytes)) if with_trail else (),
    )


def known_of(row: Row) -> tuple[str, bytes, Known]:
    """The counter, the key of the prefix, what is known. Raise ValueError where a row makes no sense."""
    counter, key, more, how = row
    _count(abs(_is(more, int)))
    return _is(counter, str), _is(key, bytes), Known(more, _one_of(how, _HOWS))


def _packed(trail: Sequence[Step]) -> bytes:
    """The fields of the steps, field by field; no bytes for no steps."""
    if not trail:
        return b""
    fields: dict[str, list[Any]] = {name: [getattr(step, name) for step in trail] for name in _FIELDS}
    fields["key"] = [step.key.hex() for step in trail]
    return zlib.compress(json.dumps(fields, separators=(",", ":")).encode(), 1)


def _steps(packed: bytes) -> tuple[Step, ...]:
    if not packed:
        return ()
    try:
        fields = json.loads(zlib.decompress(packed))
        keys = [bytes.fromhex(key) for key in fields["key"]]
        rest = [fields[name] for name in _FIELDS]
        for values, kinds in zip(rest, _FIELD_KINDS, strict=True):
            if not set(map(type, values)) <= kinds or len(values) != len(keys):
                raise ValueError("a trail with a field of another type or length")
        if not set(fields["tier"]) <= {*_TIERS} or not set(fields["ttl"]) <= {*_TTLS, None}:
            raise ValueError("a trail with an unknown tier or TTL")
        return tuple(map(Step, keys, *rest))
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError(str(error)) from None


def _written(told: str) -> Iterator[tuple[bytes, int, Ttl]]:
    for key, tokens, ttl in json.loads(told):
        yield bytes.fromhex(key), _count(tokens), _one_of(ttl, _TTLS)


def _count(value: Any) -> int:
    """Tokens of one request."""
    if not 0 <= _is(value, int) <= _MOST_TOKENS:
        raise ValueError(f"{value} is no count of tokens")
    return int(value)


def _time(value: Any) -> float:
    """A moment that has a date everywhere, in every time zone."""
    if not 0 <= _is(value, float) <= _LAST_TIME:
        raise ValueError(f"{value} is no time")
    return float(value)


def _is(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"expected {kind.__name__}, found {type(value).__name__}")  # noqa: TRY004
    return value


def _maybe(value: Any, kind: type) -> Any:
    return None if value is None else _is(value, kind)


def _one_of(value: Any, allowed: Sequence[Any]) -> Any:
    if value not in allowed:
        raise ValueError(f"expected one of {', '.join(allowed)}")
    return value
