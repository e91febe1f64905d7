"""An exchange: one request with everything that came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import NOT_ASKED, Diagnosis
from coldbyte.core.draft import Draft
from coldbyte.core.json.value import Json
from coldbyte.core.opening import open_body
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.marker import Marker, markers_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.reply import SendFailure


@dataclass(frozen=True)
class Exchange:
    """A request as sent and its answer so far. Times are epoch seconds; `wire` is the body's own bytes.

    `number` counts the exchanges of this run from 1, and is 0 for one of the history; `scope` names the
    prompt cache that it used, `conversation` the draft that it belongs to. `usage_fields` and `diagnostics`
    are in the API's own words, as far as they are kept. `received` is the response's body as it came, once it
    has ended, `status` its HTTP status; `headers` are those of `KEPT_HEADERS`.
    """

    number: int
    title: str
    body: RequestBody
    scope: str
    started_at: float
    wire: bytes = b""
    first_event_at: float | None = None
    ended_at: float | None = None
    message_id: str | None = None
    request_id: str | None = None
    served_by: str | None = None
    reply: str = ""
    stop_reason: str | None = None
    usage: Usage | None = None
    failure: SendFailure | None = None
    cancelled: bool = False
    conversation: str = ""
    diagnosis: Diagnosis = NOT_ASKED
    usage_fields: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)
    diagnostics: Json = field(default=None, compare=False, repr=False)
    status: int | None = None
    received: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def called(self) -> str:
        """What people call it: by its number in this run, or as one of the history."""
        return f"exchange {self.number}" if self.number else f"“{self.title}” of the history"

    @cached_property
    def prefix(self) -> Prefix:
        """The canonical prefix of the request."""
        return prefix_of(self.body)

    @cached_property
    def draft(self) -> Draft | None:
        """The request as a draft, whose keys are its own; None where it can't be one."""
        try:
            return open_body(self.body).draft
        except BodyError:
            return None

    @cached_property
    def markers(self) -> tuple[Marker, ...]:
        """The markers of the request."""
        return markers_of(self.body)

    @property
    def running(self) -> bool:
        """Whether the answer is still coming."""
        return self.ended_at is None

    @property
    def stored(self) -> bool:
        """Whether its breakpoints may have left entries: the response began."""
        return self.first_event_at is not None

    @property
    def first_event_after(self) -> float | None:
        """Seconds from the start of the request to the first event of the response."""
        return None if self.first_event_at is None else self.first_event_at - self.started_at

    @property
    def duration(self) -> float | None:
        """Seconds from the start of the request to the end of the response."""
        return None if self.ended_at is None else self.ended_at - self.started_at
