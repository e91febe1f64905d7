"""CSV of usage: one row per exchange (RFC 4180), safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula is led by an apostrophe. Money is USD as a decimal number;
what is not known is empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

from coldbyte.core.export.exchange_format import ExchangeFormat
from coldbyte.core.export.har import moment
from coldbyte.core.history.kept_exchange import Judgement, KeptExchange

COLUMNS = (
    *("started_at", "title", "model", "served_by", "status", "prompt_tokens", "read", "written_5m"),
    *("written_1h", "uncached", "output", "price_usd", "lost_usd", "price_basis", "effect", "cause"),
    *("first_event_s", "duration_s", "message_id", "request_id", "scope", "project", "conversation"),
    *("origin", "source", "name", "note"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _row(exchange: KeptExchange) -> bytes:
    values = _values(exchange)
    return _line([_cell(values[name]) for name in COLUMNS])


def _line(cells: Sequence[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode(errors="backslashreplace")


USAGE_TABLE = ExchangeFormat(_row, head=_line(COLUMNS))
"""The table with its head, UTF-8."""


def _values(exchange: KeptExchange) -> dict[str, object]:
    usage, start = exchange.usage, exchange.started_at
    judgement = exchange.judgement or Judgement()
    plain = {name: getattr(exchange, name) for name in COLUMNS if hasattr(exchange, name)}
    counts = ("read", "written_5m", "written_1h", "uncached", "output")
    return {
        **plain,
        "started_at": None if start is None else moment(start),
        "prompt_tokens": usage and usage.input,
        **{name: usage and getattr(usage, name) for name in counts},
        "price_usd": judgement.price,
        "lost_usd": judgement.lost,
        "price_basis": judgement.basis,
        "effect": judgement.effect,
        "cause": judgement.cause,
        "first_event_s": _seconds(start, exchange.first_event_at),
        "duration_s": _seconds(start, exchange.ended_at),
    }


def _seconds(start: float | None, end: float | None) -> Decimal | None:
    if start is None or end is None:
        return None
    return Decimal(round((end - start) * 1000)) / 1000


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case int():
            return str(value)
        case _:
            chars = str(value)
            active = chars.startswith(_FORMULA) or chars.lstrip().startswith(_FORMULA)
            return f"'{chars}" if active else chars
