"""A pair of requests and what is to be said of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Body: TypeAlias = dict[str, Any]
Exchange: TypeAlias = dict[str, Any]
Effect = Literal["hit", "partial", "miss", "rejected"]

ALL = ("tools", "system", "messages")
HEAD = ("tools", "system")


@dataclass(frozen=True, slots=True)
class RequestPair:
    """Two exchanges (contract: only `request` is required) and the answer that the rules give.

    `causes` are the ids, the primary one first; none where nothing is lost. `tolerated` are ids that the
    rules allow to be named beside them, `harmless` ids that are to be among the differences without cost.
    `where` is the path of the primary cause, or one that it lies below. `effect`, `survives` and `where` are
    None where the rules do not pin them down. `options` are further options of the command line. The raw
    bytes, where given, are the input as it is to be written; the mapping beside them holds the same.
    """

    name: str
    causes: tuple[str, ...]
    where: str | None
    before: Mapping[str, object]
    after: Mapping[str, object]
    options: Mapping[str, str] = field(default_factory=dict)
    effect: str | None = None
    survives: tuple[str, ...] | None = None
    before_raw: bytes | None = None
    after_raw: bytes | None = None
    tolerated: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()


def bare(
    name: str,
    causes: tuple[str, ...],
    before: Body,
    after: Body,
    where: str | None = None,
    effect: Effect | None = None,
    survives: tuple[str, ...] | None = None,
    *,
    options: Mapping[str, str] | None = None,
    tolerated: tuple[str, ...] = (),
    harmless: tuple[str, ...] = (),
) -> RequestPair:
    """A pair of two request bodies."""
    return RequestPair(
        name,
        causes,
        where,
        {"request": before},
        {"request": after},
        options or {},
        effect,
        survives,
        tolerated=tolerated,
        harmless=harmless,
    )


def sound(
    name: str,
    before: Body,
    after: Body,
    *,
    options: Mapping[str, str] | None = None,
    harmless: tuple[str, ...] = (),
) -> RequestPair:
    """A pair of two request bodies in which nothing is lost."""
    return bare(name, (), before, after, effect="hit", survives=ALL, options=options, harmless=harmless)


def files(pair: RequestPair) -> tuple[bytes, bytes]:
    """The two inputs of the command line: a body where only that is known, otherwise the exchange."""
    return pair.before_raw or _written(pair.before), pair.after_raw or _written(pair.after)


def _written(exchange: Mapping[str, object]) -> bytes:
    return wire(exchange["request"] if set(exchange) == {"request"} else exchange)


def wire(value: object) -> bytes:
    """JSON as the SDK writes it: compact, UTF-8 without escapes, keys in the order of the sender."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
