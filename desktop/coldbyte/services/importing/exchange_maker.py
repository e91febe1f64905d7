"""From what a file says of a request and its answer to an exchange that can be kept, and to remarks.

Every importer ends here, so that secrets are dropped in one place and each format tells the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.capture import scope_of
from coldbyte.core.history.kept_exchange import KEPT_HEADERS, KeptExchange, Remark
from coldbyte.core.history.turn_reader import TurnReader
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.canonical_prefix import KnownTurns, prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError, an_object
from coldbyte.core.rule.leftover import counted
from coldbyte.services.importing.planted_secret import (
    clean_body,
    holds_key,
    holds_secret,
    is_secret_name,
    secrets_of_url,
    without_keys,
)
from coldbyte.services.importing.response_body import Answer, read_answer

_TITLE = 80  # characters
Headers = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RawExchange:
    """A request and its answer as a file has them. `place` says where they stand: "log.jsonl:12".

    `headers` are those of the request, `response_headers` those of the response, secrets and all: they go no
    further than `make_exchange`. `url` is the address with its query. `answer` is what is known of a response
    whose own bytes are not, `fields` what `wire` says where that was read. Other fields as in `KeptExchange`.
    """

    wire: bytes
    place: str
    headers: Headers = ()
    response_headers: Headers = ()
    url: str = ""
    received: bytes = b""
    answer: Answer | None = None
    status: int | None = None
    started_at: float | None = None
    first_event_at: float | None = None
    ended_at: float | None = None
    scope: str | None = None
    conversation: str = ""
    title: str = ""
    line: int | None = None
    wire_known: bool = True
    complete: bool = True
    fields: Mapping[str, Json] | None = None
    told: tuple[str, ...] = field(default=())  # names of secrets that were told of before


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the requests of one conversation share, so that it is read once."""

    reader: TurnReader = field(default_factory=TurnReader)
    turns: KnownTurns = field(default_factory=KnownTurns)


def make_exchange(
    raw: RawExchange, conversation: Conversation | None = None
) -> Iterator[KeptExchange | Remark]:
    """The exchange, behind it a remark for what was dropped; or a remark why it is none. Never raises."""
    try:
        if raw.fields is not None:
            tree = raw.fields
        elif conversation is not None:
            tree = conversation.reader.read(raw.wire)
        else:
            tree = an_object(read_json(raw.wire), "")
        wire, names = clean_body(raw.wire) if holds_secret(tree) else (raw.wire, ())
        if names:
            tree = an_object(read_json(wire), "")
        body = RequestBody(tree, Source(wire))
        prefix = prefix_of(body, turns=conversation.turns if conversation is not None else None)
    except JsonError as error:
        say = f"The request body can't be read: {error}."
        yield Remark(raw.place, say, "unknown", raw.line)
        return
    except (BodyError, UnicodeEncodeError) as error:
        yield Remark(raw.place, f"This is not a Messages request: {error}.", "unknown", raw.line)
        return
    headers = _pairs(raw.headers)
    response_headers = _pairs(raw.response_headers)
    answer = raw.answer if raw.answer is not None else read_answer(raw.received, raw.status)
    exchange = _exchange(raw, answer, {**response_headers, **headers}, prefix.model)
    title = raw.title or _title(prefix)
    yield replace(exchange, wire=wire, wire_known=raw.wire_known and not names, title=title)
    dropped = [*secret_names(headers, raw.url), *(f"the field {name}" for name in names)]
    dropped += [f"the response's {name}" for name in secret_names(response_headers)]
    for name in dict.fromkeys(dropped):
        if name not in raw.told:
            yield Remark(raw.place, f"Dropped because it may hold a secret: {name}.", "secret", raw.line)
    if answer.unread:
        say = f"{counted(answer.unread, 'event')} of the response can't be understood."
        yield Remark(raw.place, say, "unknown", raw.line)


def secret_names(headers: Headers, url: str = "") -> list[str]:
    """The names, never the values, of what is secret in headers and in an address."""
    pairs = _pairs(headers)
    found = [
        f"the header {without_keys(name)[:60]}" for name, value in pairs.items() if _is_secret(name, value)
    ]
    return [*found, *secrets_of_url(url)]


def _is_secret(name: str, value: str) -> bool:
    return is_secret_name(name) or holds_key(value)


def _exchange(raw: RawExchange, answer: Answer, headers: Mapping[str, str], model: str) -> KeptExchange:
    kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
    kept = {name: value for name, value in kept.items() if not holds_key(value)}
    host = _host(raw.url)
    if host and "host" not in kept:
        kept["host"] = host
    return KeptExchange(
        raw.wire,
        "imported",
        model=model,
        source=raw.place,
        conversation=raw.conversation,
        scope=(raw.scope if raw.scope is not None else scope_of(headers)) or "",
        started_at=raw.started_at,
        first_event_at=raw.first_event_at,
        ended_at=raw.ended_at,
        status=raw.status,
        failure=without_keys(answer.failure),
        message_id=answer.message_id,
        request_id=kept.get("request-id"),
        served_by=answer.served_by,
        stop_reason=answer.stop_reason,
        headers=kept,
        received=raw.received,
        reply=answer.reply,
        usage=answer.usage,
        usage_fields=answer.usage_fields,
        diagnostics=answer.diagnostics,
        complete=raw.complete,
    )


def _pairs(headers: Headers) -> dict[str, str]:
    """Headers by their names in small letters; those given several times are joined by commas."""
    found: dict[str, str] = {}
    for name, value in headers.items() if isinstance(headers, Mapping) else headers:
        key = name.strip().lower()
        found[key] = f"{found[key]},{value}" if key in found else value
    return found


def _host(url: str) -> str:
    """The host of an address, with its port and without what stands before an @."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _title(prefix: Prefix) -> str:
    """The beginning of the last thing that the user said."""
    for block in reversed(prefix.blocks):
        if block.kind == "text" and block.role == "user" and block.content.size:
            chars = str(block.content)[: 4 * _TITLE]
            return " ".join(chars.split())[:_TITLE]
    return ""


def is_request(value: Json) -> bool:
    """Whether an object has what a Messages request can't do without."""
    return isinstance(value, Mapping) and "messages" in value and "model" in value
