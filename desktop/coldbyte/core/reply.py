"""What comes back while a request is answered, and the ways in which it can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import NOT_ASKED, Diagnosis
from coldbyte.core.json.value import Json


@dataclass(frozen=True, slots=True)
class Sent:
    """The request left: its body's bytes as they went over the wire, once per attempt.

    `headers` are those of `KEPT_HEADERS`, never one that holds a secret.
    """

    wire: bytes
    headers: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """A further run of the response's body, byte for byte as it came, after content decoding.

    The first one of an attempt is empty: the response began, with this HTTP `status`. Nothing may be lost of
    what comes behind `Ended`, so these events go on until the response ends.
    """

    data: bytes
    status: int


@dataclass(frozen=True, slots=True)
class Started:
    """The response began. `usage` holds what the API knows by then, `usage_fields` how it says so.

    `diagnosis` is what it says of a change, `diagnostics` in its own words.
    """

    message_id: str
    request_id: str | None
    model: str
    usage: Usage
    diagnosis: Diagnosis = NOT_ASKED
    diagnostics: Json = field(default=None, compare=False, repr=False)
    usage_fields: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TextPart:
    """A further piece of the reply's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The reply is complete. Behind it there are only bytes."""

    stop_reason: str | None
    usage: Usage
    usage_fields: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)


ReplyEvent = Sent | Received | Started | TextPart | Ended

FailureKind = Literal[
    "unauthorized",  # 401
    "forbidden",  # 403
    "billing",  # 402
    "not_found",  # 404
    "too_large",  # 413
    "rate_limited",  # 429
    "overloaded",  # 529, also in the middle of a stream
    "undiagnosed",  # 400: the endpoint does not take the question for cache diagnostics
    "rejected",  # any other 4xx
    "server",  # any other 5xx
    "unreachable",  # connection refused, no such host, TLS
    "timeout",
    "cut",  # the connection broke in the middle of the stream
    "invalid",  # the request can't be sent as it is
]


class SendFailure(Exception):
    """Why an exchange failed, in plain words with the remedy; never holds a header or a key.

    `status` is the HTTP status if there was one, `retry_after` is in seconds.
    """

    def __init__(
        self,
        kind: FailureKind,
        say: str,
        *,
        remedy: str = "",
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(say)
        self.kind = kind
        self.say = say
        self.remedy = remedy
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
