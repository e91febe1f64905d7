"""A request on its way out of the app: the bytes of its body, what they say, and the headers that matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coldbyte.core.body import RequestBody
from coldbyte.core.capture import Capture
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.json.place import find_place
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.record import BodyError, an_object

OFFICIAL = "https://api.anthropic.com"
NEWEST_VERSION = "2026-10-21"
"""The version of the API that the SDKs of today ask for (facts §1.1)."""
_BEFORE_SAMPLING_WENT = "2023-06-01"
_SAMPLING = ("temperature", "top_p", "top_k")  # refused by the newest version
_LOOPBACK = re.compile(r"(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?")


class ExportError(ValueError):
    """A request that can't be written in a format. `say` is a whole sentence for people."""

    def __init__(self, say: str) -> None:
        super().__init__(say)
        self.say = say


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`wire` is the body, byte for byte, and `fields` its tree. No header here ever holds a key.

    `version` is that of the API, None where it is not known; `host` is where the request went.
    """

    wire: bytes
    fields: Mapping[str, Json]
    betas: tuple[str, ...] = ()
    version: str | None = None
    host: str | None = None

    @property
    def base_url(self) -> str:
        """Where an exported program sends it: the same port of this machine, else the API itself."""
        loopback = self.host is not None and _LOOPBACK.fullmatch(self.host.lower())
        return f"http://{self.host}" if loopback else OFFICIAL

    @property
    def api_version(self) -> str:
        """The version under which it was sent, else the newest one that takes it (facts §1.1)."""
        if self.version is not None:
            return self.version
        return _BEFORE_SAMPLING_WENT if any(name in self.fields for name in _SAMPLING) else NEWEST_VERSION

    @property
    def streams(self) -> bool:
        """Whether the body asks for a stream."""
        return self.fields.get("stream") is True


def outgoing_of_body(
    body: RequestBody, *, betas: Iterable[str] = (), version: str | None = None, host: str | None = None
) -> Outgoing:
    """A body; one that was read from bytes keeps them."""
    features = _features(betas)
    if body.source is None:
        return Outgoing(body.encode(), body.fields, features, _token(version), host)
    start, stop = find_place(body.source.data, "", body.source.start)
    return Outgoing(body.source.data[start:stop], body.fields, features, _token(version), host)


def outgoing_of_capture(capture: Capture) -> Outgoing:
    """The request of a capture."""
    return outgoing_of_body(
        capture.body, betas=capture.betas or (), version=capture.api_version, host=capture.route.host
    )


def outgoing_of_exchange(exchange: KeptExchange) -> Outgoing:
    """The request of an exchange. Raise ExportError where its body is no JSON object."""
    try:
        fields = an_object(read_json(exchange.wire), "")
    except (JsonError, BodyError) as error:
        raise ExportError(f"The body of this exchange can't be read: {error}.") from None
    headers = {name.lower(): value for name, value in exchange.headers.items()}
    betas = headers.get("anthropic-beta", "").split(",")
    version = _token(headers.get("anthropic-version"))
    return Outgoing(exchange.wire, fields, _features(betas), version, headers.get("host"))


def _features(betas: Iterable[str]) -> tuple[str, ...]:
    """The beta features, sorted; what is none has no place in a header."""
    return tuple(sorted({name for each in betas if (name := _token(each.strip()))}))


def _token(value: str | None) -> str | None:
    return value if value and re.fullmatch(r"[A-Za-z0-9._:+-]+", value) else None
