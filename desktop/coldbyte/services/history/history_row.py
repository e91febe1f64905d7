"""Rows of the history's file, and the exchanges that they stand for."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, get_args

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KEPT_HEADERS, Judgement, KeptExchange, Origin
from coldbyte.core.history.query import HistoryRow
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, compact

Row = Sequence[Any]

_ORIGINS: tuple[Origin, ...] = get_args(Origin)
_TEXTS = ("model", "source", "project", "conversation", "scope", "title", "failure", "name", "note")
_TIMES = ("started_at", "first_event_at", "ended_at")
_COUNTS = ("read", "written_5m", "written_1h", "uncached", "output")
_REST = ("status", "message_id", "request_id", "served_by", "stop_reason", "wire_known", "complete")
_TOLD = ("say", "confidence", "basis")  # of a judgement, beside what has columns

COLUMNS = (
    *("at", *_TIMES, "origin", *_TEXTS, "pinned", "effect", "cause", "price", "lost", *_COUNTS),
    *("wire_bytes", "received_bytes", "reply", "rest", "digest"),
)
"""What `exchange_row` gives, in its order."""
LISTED = (
    *("id", "at", *_TIMES, "origin", *_TEXTS, "pinned", "effect", "cause", "price", "lost", *_COUNTS),
    "wire_bytes",
)
"""What `listed_row` takes."""


def exchange_row(kept: KeptExchange) -> Row:
    """What is stored of an exchange besides its bytes; of the headers only those that hold no secret."""
    judgement = kept.judgement or Judgement()
    return (
        time_of(kept.started_at),
        *(getattr(kept, name) for name in _TIMES),
        kept.origin,
        *(sound(getattr(kept, name)) for name in _TEXTS),
        kept.pinned,
        *judgement_row(judgement),
        *(astuple(kept.usage) if kept.usage else (None,) * len(_COUNTS)),
        *(len(kept.wire), len(kept.received)),
        packed(sound(kept.reply)) if kept.reply else None,
        rest_of(kept),
        _digest(kept.wire, kept.received),
    )


def time_of(started_at: float | None) -> float:
    """By which exchanges are ordered: those of an unknown time are the oldest."""
    return 0.0 if started_at is None else started_at


def judgement_row(judgement: Judgement) -> Row:
    """Effect, cause, price and loss: what is searched by."""
    money = (None if each is None else str(each) for each in (judgement.price, judgement.lost))
    return (sound(judgement.effect), sound(judgement.cause), *money)


def rest_of(kept: KeptExchange) -> bytes:
    """What nobody searches by, compressed."""
    rest: dict[str, Json] = {name: getattr(kept, name) for name in _REST}
    rest["headers"] = {
        name.lower(): value for name, value in kept.headers.items() if name.lower() in KEPT_HEADERS
    }
    if kept.judgement:
        rest["judgement"] = {name: getattr(kept.judgement, name) for name in _TOLD}
        rest["forecast"] = list(astuple(kept.judgement.forecast)) if kept.judgement.forecast else None
    told: dict[str, Json] = {"usage_fields": kept.usage_fields, "diagnostics": kept.diagnostics}
    data = _packed_object({**rest, **told})
    try:
        _object(data)
    except ValueError:  # more arrays inside each other than can be read again; they stay in the response
        data = _packed_object(rest)
    return data


def listed_row(row: Row, excerpt: str = "") -> HistoryRow:
    """An exchange in a list."""
    found = dict(zip(LISTED, row, strict=True))
    started = found["started_at"]
    first, ended = found["first_event_at"], found["ended_at"]
    return HistoryRow(
        id=found["id"],
        started_at=started,
        **{name: found[name] or "" for name in _TEXTS},
        pinned=bool(found["pinned"]),
        origin=_origin(found["origin"]),
        effect=found["effect"] or "",
        cause=found["cause"] or "",
        usage=_usage([found[name] for name in _COUNTS]),
        price=_money(found["price"]),
        lost=_money(found["lost"]),
        first_event_s=None if None in (started, first) else first - started,
        duration_s=None if None in (started, ended) else ended - started,
        wire_bytes=found["wire_bytes"] or 0,
        excerpt=excerpt,
    )


def exchange_of(number: int, row: Row, wire: bytes, received: bytes) -> KeptExchange:
    """The exchange of `COLUMNS`. Raise ValueError where the row makes no sense."""
    found = dict(zip(COLUMNS, row, strict=True))
    if found["digest"] not in (None, _digest(wire, received)):
        raise ValueError(f"exchange {number} has other bytes")
    rest = _object(found["rest"])
    headers = {str(name): str(value) for name, value in dict(rest.get("headers", {})).items()}
    fields: dict[str, Any] = {
        **{name: found[name] for name in _TIMES},
        **{name: found[name] or "" for name in _TEXTS},
        **{name: _plain(rest[name]) for name in _REST if name in rest},
    }
    return KeptExchange(
        id=number,
        wire=wire,
        received=received,
        origin=_origin(found["origin"]),
        **fields,
        headers=headers,
        reply=unpacked(found["reply"]) if found["reply"] else "",
        usage=_usage([found[name] for name in _COUNTS]),
        usage_fields=rest.get("usage_fields", {}),
        diagnostics=rest.get("diagnostics"),
        judgement=_judgement(found, rest) if "judgement" in rest else None,
        pinned=bool(found["pinned"]),
    )


def pack_snapshots(snapshots: Sequence[Snapshot]) -> bytes | None:
    """The edits before an exchange, compressed; None where there are none."""
    rows = [{**asdict(each), "prefix": each.prefix.hex()} for each in snapshots]
    return packed(json.dumps(rows)) if rows else None


def snapshots_of(data: bytes | None) -> tuple[Snapshot, ...]:
    """The edits that were packed."""
    rows = json.loads(unpacked(data)) if data else []
    return tuple(Snapshot(**{**row, "prefix": bytes.fromhex(row["prefix"])}) for row in rows)


def sound(text: str) -> str:
    """The text without what no file can hold: halves of characters."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def packed(text: str) -> bytes:
    """Compressed UTF-8; halves of characters as JSON spells them."""
    return zlib.compress(text.encode("utf-8", "backslashreplace"), 6)


def unpacked(data: bytes) -> str:
    """What was packed. Raise ValueError where it is damaged."""
    try:
        return zlib.decompress(data).decode()
    except zlib.error as error:
        raise ValueError(str(error)) from None


def _digest(wire: bytes, received: bytes) -> bytes:
    digest = blake2b(wire, digest_size=16)
    digest.update(b"%d" % len(wire))
    digest.update(received)
    return digest.digest()


def _packed_object(value: Mapping[str, Json]) -> bytes:
    return packed(compact({name: member for name, member in value.items() if member is not None}))


def _object(data: bytes) -> Mapping[str, Any]:
    text = unpacked(data)
    try:
        found = read_json(text.encode())
    except JsonError:
        try:
            found = json.loads(text)  # which takes halves of characters
        except RecursionError as error:
            raise ValueError(str(error)) from None
    if not isinstance(found, Mapping):
        raise ValueError("expected an object")  # noqa: TRY004
    return found


def _judgement(found: Mapping[str, Any], rest: Mapping[str, Any]) -> Judgement:
    forecast = rest.get("forecast")
    return Judgement(
        found["effect"] or "",
        found["cause"] or "",
        forecast=Usage(*forecast) if forecast else None,
        price=_money(found["price"]),
        lost=_money(found["lost"]),
        **{name: str(rest["judgement"].get(name, "")) for name in _TOLD},
    )


def _usage(counts: Row) -> Usage | None:
    return None if None in counts else Usage(*counts)


def _money(text: Any) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        raise ValueError(f"{text} is no amount of money") from None


def _origin(text: Any) -> Origin:
    for origin in _ORIGINS:
        if text == origin:
            return origin
    raise ValueError(f"{text} is no origin")


def _plain(value: Json) -> Any:
    return value if isinstance(value, (int, bool, type(None))) else str(value)
