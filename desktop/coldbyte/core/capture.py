"""A capture: a request and what is known about how it was sent and answered, as read from a file (contract).

Of the headers only those that matter to the prompt cache are kept, and of a key only a digest that tells two
keys apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import NOT_ASKED, Diagnosis, read_diagnosis
from coldbyte.core.json.reader import find_place, read_json
from coldbyte.core.json.value import Json, Spelled, is_array, pairs_of
from coldbyte.core.prefix.record import BodyError, an_object, as_text
from coldbyte.core.text.text import Text

_WORKSPACE, _KEY = "anthropic-workspace-id", "key"
_OWNER_HEADERS = ("anthropic-organization-id", _WORKSPACE)
_KEY_HEADERS = ("authorization", "x-api-key")
_LAST_S = 253_402_300_800.0  # the end of the year 9999
_PROVIDERS = {"msg_bdrk_": "Bedrock", "msg_vrtx_": "Vertex", "req_vrtx_": "Vertex", "msg_0": "the Claude API"}


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request was served, as far as that is known."""

    host: str | None = None
    provider: str | None = None
    region: str | None = None

    def differs(self, other: Route) -> bool:
        """Whether something that is known of both is not the same."""
        pairs = ((self.host, other.host), (self.provider, other.provider), (self.region, other.region))
        return any(one is not None and two is not None and one != two for one, two in pairs)

    def __str__(self) -> str:
        return (
            ", ".join(part for part in (self.provider, self.host, self.region) if part) or "an unknown place"
        )


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `usage` is None where it was not reported whole; `usage_fields` is what was reported.

    `diagnosis` is the API's own reason for a miss (facts §6), `diagnostics` all that it says about it;
    `content` are the blocks of the answer.
    """

    id: str | None = None
    model: str | None = None
    usage: Usage | None = None
    usage_fields: Mapping[str, Json] = field(default_factory=dict)
    diagnosis: str | None = None
    content: Json = None
    edited: bool = False
    diagnostics: Diagnosis = NOT_ASKED


@dataclass(frozen=True, slots=True)
class Capture:
    """One request. Times are epoch seconds; None stands for what is not known.

    `scope` names whose prompt cache was used, `owner` what of it the headers say (organisation, workspace,
    digest of the key), empty where the scope was given; `route` says where it was served, `betas` the set of
    beta features, `api_version` the header of that name.
    """

    body: RequestBody
    response: Response | None = None
    betas: frozenset[str] | None = None
    api_version: str | None = None
    scope: str | None = None
    owner: Mapping[str, str] = field(default_factory=dict)
    route: Route = Route()
    started_at: float | None = None
    first_event_at: float | None = None
    ended_at: float | None = None

    @property
    def usage(self) -> Usage | None:
        """What the API reported."""
        return self.response.usage if self.response else None

    def scope_differs(self, other: Capture) -> bool:
        """Whether another prompt cache was used, as far as that is known of both."""
        if bool(self.owner) != bool(other.owner):  # a name that was given says nothing about headers
            return False
        if not self.owner:
            return self.scope is not None and other.scope is not None and self.scope != other.scope
        shared = [name for name in _OWNER_HEADERS if name in self.owner and name in other.owner]
        if any(self.owner[name] != other.owner[name] for name in shared):
            return True
        keys = self.owner.get(_KEY), other.owner.get(_KEY)
        return _WORKSPACE not in shared and None not in keys and keys[0] != keys[1]


def read_capture(data: bytes, start: int = 0, stop: int | None = None) -> Capture:
    """Read a request body or an exchange. Raise JsonError or BodyError where it is neither."""
    tree = an_object(read_json(data, start, stop), "")
    if "request" not in tree or "messages" in tree:
        return Capture(RequestBody(tree, Source(data, start)))
    fields = an_object(tree["request"], "request")
    raw = tree.get("request_raw")
    if isinstance(raw, (str, Text)):
        wire = as_text(raw).encode()
        body = RequestBody(an_object(read_json(wire), "request_raw"), Source(wire))
    else:
        body = RequestBody(fields, Source(data, find_place(data, "request", start)[0]))
    headers = _headers(tree.get("headers"))
    given = tree.get("scope")
    owner = {} if isinstance(given, str) else _owner(headers)
    response = _response(tree.get("response"), body)
    return Capture(
        body,
        response,
        _betas(headers) if tree.get("headers") is not None else None,
        headers.get("anthropic-version"),
        given if isinstance(given, str) else _scope(owner),
        owner,
        _route(headers, response),
        _time(tree.get("started_at"), "started_at"),
        _time(tree.get("first_event_at"), "first_event_at"),
        _time(tree.get("ended_at"), "ended_at"),
    )


def read_usage(fields: Mapping[str, Json]) -> Usage | None:
    """The usage as the API reports it (facts §5); None where a count of the prompt cache is missing."""
    read, written = fields.get("cache_read_input_tokens"), fields.get("cache_creation_input_tokens")
    if not isinstance(read, int) or not isinstance(written, int):
        return None
    split = fields.get("cache_creation")
    long = split.get("ephemeral_1h_input_tokens") if isinstance(split, Mapping) else 0
    long = min(max(long, 0), written) if isinstance(long, int) else 0
    uncached, output = fields.get("input_tokens"), fields.get("output_tokens")
    return Usage(
        read,
        written - long,
        long,
        uncached if isinstance(uncached, int) else 0,
        output if isinstance(output, int) else 0,
    )


def read_time(text: str) -> float:
    """Epoch seconds of an ISO 8601 time, or of epoch seconds; without a zone it is UTC.

    Raise ValueError, also for what is no time of this era: epoch milliseconds, for one.
    """
    try:
        seconds = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds < _LAST_S:
        raise ValueError(f"not a time since 1970: {text}")
    return seconds


def scope_of(headers: Mapping[str, str]) -> str | None:
    """Whose prompt cache a request with these headers uses; of a key only its digest stands in it."""
    return _scope(_owner({name.lower(): value for name, value in headers.items()}))


def betas_of(headers: Mapping[str, str]) -> frozenset[str]:
    """The beta features that headers (names in small letters) ask for."""
    return _betas(headers)


def provider_of(id_: str | None) -> str | None:
    """Who served a request, by the id of its message; None where that does not tell."""
    return next((name for start, name in _PROVIDERS.items() if (id_ or "").startswith(start)), None)


def _time(value: Json, path: str) -> float | None:
    if value is None:
        return None
    try:
        if isinstance(value, Spelled):
            return read_time(value.spelling)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return read_time(str(value))
    except ValueError:
        pass
    raise BodyError(path, "expected an ISO 8601 time or epoch seconds")


def _headers(value: Json) -> dict[str, str]:
    """Headers by their names in small letters; those given several times are joined by commas."""
    found: dict[str, list[str]] = {}
    for name, item in pairs_of(an_object(value, "headers") if value is not None else {}):
        items = item if is_array(item) else [item]
        found.setdefault(name.lower(), []).extend(str(one) for one in items if isinstance(one, (str, Text)))
    return {name: ",".join(values) for name, values in found.items() if values}


def _betas(headers: Mapping[str, str]) -> frozenset[str]:
    names = headers.get("anthropic-beta", "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def _owner(headers: Mapping[str, str]) -> dict[str, str]:
    """Organisation, workspace and the digest of the key, as far as the headers name them."""
    found = {name: headers[name] for name in _OWNER_HEADERS if name in headers}
    keys = [_digest(headers[name]) for name in _KEY_HEADERS if name in headers]
    return {**found, _KEY: keys[0]} if keys else found


def _scope(owner: Mapping[str, str]) -> str | None:
    """Whose prompt cache: from organisation, workspace and key."""
    known = _WORKSPACE in owner  # two keys of one organisation may be of two workspaces
    return "/".join(value for name, value in owner.items() if name != _KEY or not known) or None


def _digest(key: str) -> str:
    return blake2b(key.removeprefix("Bearer ").encode(), digest_size=8).hexdigest()


def _route(headers: Mapping[str, str], response: Response | None) -> Route:
    provider = provider_of(response.id if response else None)
    host = headers["host"].rpartition("@")[2] if "host" in headers else None  # no password in front of it
    return Route(host, provider, headers.get("x-amzn-region"))


def _response(value: Json, body: RequestBody) -> Response | None:
    if not isinstance(value, Mapping):
        return None
    usage = value.get("usage")
    fields = usage if isinstance(usage, Mapping) else {}
    diagnosis = read_diagnosis(value).of_request(body.fields)
    management = value.get("context_management")
    return Response(
        _string(value.get("id")),
        _string(value.get("model")),
        read_usage(fields),
        fields,
        diagnosis.type,
        value.get("content"),
        isinstance(management, Mapping) and bool(management.get("applied_edits")),
        diagnosis,
    )


def _string(value: Json) -> str | None:
    return value if isinstance(value, str) else None
