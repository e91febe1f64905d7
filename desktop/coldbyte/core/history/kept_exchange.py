"""An exchange as it is kept: sent here, captured or imported, with every byte that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from coldbyte.core.cache.usage import Usage
from coldbyte.core.json.value import Json

Origin = Literal["sent", "captured", "imported"]

KEPT_HEADERS = frozenset({"anthropic-version", "anthropic-beta", "host", "request-id", "x-amzn-region"})
"""Headers (names in small letters) that say something of the prompt cache and hold no secret."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was forecast at sending and what the verdict says. Money is USD, counts are tokens.

    `effect` is that of the verdict or, for an exchange that came from elsewhere, that of the inquiry into it
    and its nearest ancestor; `cause` is the id of the primary cause, empty where there is none. `basis` says
    by which prices it was worked out (source and day).
    """

    effect: str = ""
    cause: str = ""
    say: str = ""
    confidence: str = ""
    forecast: Usage | None = None
    price: Decimal | None = None
    lost: Decimal | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """One request with everything that came back.

    `wire` is the body, byte for byte as it was sent; where only its meaning is known (a transcript) it is
    compact JSON and `wire_known` is False; `complete` is False where parts of the request are not known.
    `received` is the body of the response, byte for byte: server-sent events or JSON; `reply` its text.
    Times are epoch seconds, None where not known. `source` says where an imported exchange stood (file and
    place). `scope` names the prompt cache, `conversation` the draft or the session. `headers` are only those
    of `KEPT_HEADERS`, whatever is given: no other one gets as far as a file. `id` is the store's, 0 for one
    that is not kept yet.
    """

    wire: bytes
    origin: Origin
    model: str = ""
    source: str = ""
    project: str = ""
    conversation: str = ""
    scope: str = ""
    title: str = ""
    started_at: float | None = None
    first_event_at: float | None = None
    ended_at: float | None = None
    status: int | None = None
    failure: str = ""
    message_id: str | None = None
    request_id: str | None = None
    served_by: str | None = None
    stop_reason: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    received: bytes = b""
    reply: str = ""
    usage: Usage | None = None
    usage_fields: Mapping[str, Json] = field(default_factory=dict)
    diagnostics: Json = None
    judgement: Judgement | None = None
    wire_known: bool = True
    complete: bool = True
    name: str = ""
    note: str = ""
    pinned: bool = False
    id: int = 0

    def __post_init__(self) -> None:
        """Leave out headers that may hold a secret, and a password in front of a host."""
        named = {name.lower(): value for name, value in self.headers.items()}
        headers = {name: value for name, value in named.items() if name in KEPT_HEADERS}
        if "host" in headers:
            headers["host"] = headers["host"].rpartition("@")[2]
        object.__setattr__(self, "headers", headers)


@dataclass(frozen=True, slots=True)
class Remark:
    """What an importer has to say to the user of one place in a file.

    `secret`: a header that was dropped on the way in; `unknown`: something that is not understood and was
    left out; `finding`: something that is understood and should be repaired. `say` never holds a secret.
    """

    place: str
    say: str
    kind: Literal["secret", "unknown", "finding"]
    line: int | None = None
