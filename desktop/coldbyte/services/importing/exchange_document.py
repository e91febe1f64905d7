"""One JSON document that is a request body or an exchange (contract, inputs) as an exchange to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coldbyte.core.capture import read_time
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.json.place import find_places
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, Spelled, compact, is_array, pairs_of
from coldbyte.core.text.text import Text
from coldbyte.services.importing.exchange_maker import RawExchange, make_exchange
from coldbyte.services.importing.response_body import NOTHING, Answer, answer_of, plain_object, read_answer

_TIMES = ("started_at", "first_event_at", "ended_at")


def read_document(data: bytes, place: str, line: int | None = None) -> Iterator[KeptExchange | Remark]:
    """The exchange in a document, and what has to be said of it. Never raises."""
    try:
        tree = read_json(data)
    except JsonError as error:
        at = line if line is not None else error.line
        yield Remark(place, f"Not understood: {error}.", "unknown", at)
        return
    if isinstance(tree, Mapping) and isinstance(tree.get("request"), Mapping) and "messages" not in tree:
        yield from _exchange(data, tree, place, line)
    elif isinstance(tree, Mapping) and "messages" in tree:
        yield from make_exchange(RawExchange(data, place, line=line, fields=tree))
    else:
        say = "Neither a Messages body nor an exchange: there is no messages and no request."
        yield Remark(place, say, "unknown", line)


def is_document(data: bytes) -> bool:
    """Whether some bytes are a request body or an exchange."""
    if b'"messages"' not in data and b'"request_raw"' not in data:
        return False
    try:
        tree = read_json(data)
    except JsonError:
        return False
    if not isinstance(tree, Mapping) or "uuid" in tree or "sessionId" in tree:
        return False
    request = tree.get("request")
    return "messages" in tree or (isinstance(request, Mapping) and "messages" in request)


def _exchange(
    data: bytes, tree: Mapping[str, Json], place: str, line: int | None
) -> Iterator[KeptExchange | Remark]:
    raw = tree.get("request_raw")
    known = isinstance(raw, (str, Text))
    found = find_places(data, ["request", "response"])
    start, stop = found["request"]
    headers = _headers(tree.get("headers"))
    received, answer = _response(data, tree, found.get("response", (0, 0)))
    request = tree["request"]
    times: list[float | None] = []
    for name in _TIMES:
        try:
            times.append(_time(tree.get(name)))
        except ValueError:
            times.append(None)
            yield Remark(place, f"{name} is no time, and was left out.", "unknown", line)
    status = tree.get("status")
    scope = tree.get("scope")
    yield from make_exchange(
        RawExchange(
            str(raw).encode() if known else data[start:stop],
            place,
            headers,
            received=received,
            answer=answer,
            status=status if isinstance(status, int) else None,
            scope=str(scope) if isinstance(scope, (str, Text)) else None,
            conversation=_string(tree.get("session")) or _string(tree.get("conversation")),
            line=line,
            started_at=times[0],
            first_event_at=times[1],
            ended_at=times[2],
            fields=request if isinstance(request, Mapping) and not known else None,
        )
    )


def _response(data: bytes, tree: Mapping[str, Json], where: tuple[int, int]) -> tuple[bytes, Answer]:
    """What came back: its own bytes (`response_raw`), an object between two bytes, or nothing but usage."""
    raw, response = tree.get("response_raw"), tree.get("response")
    if isinstance(raw, (str, Text)):
        received = str(raw).encode()
        return received, read_answer(received)
    if isinstance(response, Mapping):
        received = data[where[0] : where[1]]
        message = plain_object(received)
        return received, answer_of(message) if message is not None else NOTHING
    if isinstance(tree.get("usage"), Mapping):
        return b"", answer_of({"usage": plain_object(compact(tree["usage"]).encode())})
    return b"", NOTHING


def _headers(value: Json) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, item in pairs_of(value) if isinstance(value, Mapping) else ():
        items = item if is_array(item) and not isinstance(item, Text) else [item]
        found += [(name, str(one)) for one in items if isinstance(one, (str, Text))]
    return found


def _time(value: Json) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Spelled)):
        raise ValueError("not a time")  # noqa: TRY004  (what the file holds is no argument)
    return read_time(value.spelling if isinstance(value, Spelled) else str(value))


def _string(value: Json) -> str:
    return str(value) if isinstance(value, (str, Text)) else ""
