"""Who may ask, and what every response has: a request id, the caller's ids, and errors in the API's shape."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from coldbyte.services.simulator.conduct import Conduct
from coldbyte.services.simulator.identity import Identity, caller_of
from coldbyte.services.simulator.memory import Memory
from coldbyte.services.simulator.rejection import Rejected

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MEMORY = web.AppKey("memory", Memory)
CONDUCT = web.AppKey("conduct", Conduct)
NUMBER = web.RequestKey("number", int)
CALLER = web.RequestKey("caller", Identity)

_log = logging.getLogger(__name__)


@web.middleware
async def in_shape(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Number the request, refuse strangers, and turn every failure into an error of the API."""
    request[NUMBER] = request.app[MEMORY].number()
    try:
        _refuse_strangers(request)
        return await handler(request)
    except Rejected as rejected:
        return _error(request, rejected)
    except web.HTTPNotFound:
        return _error(request, Rejected(404, "Not found"))
    except web.HTTPMethodNotAllowed as error:
        allowed = {"Allow": error.headers["Allow"]}
        return _error(request, Rejected(405, "Method not allowed", headers=allowed))
    except web.HTTPException as error:
        return _error(request, Rejected(error.status, error.reason))
    except Exception:
        _log.exception("request %d failed", request[NUMBER])
        return _error(request, Rejected(500, "Internal server error"))


async def name_response(request: web.Request, response: web.StreamResponse) -> None:
    """Put the request's id into the headers of its response, with what the caller is told of itself."""
    response.headers["request-id"] = request_id(request)
    caller = request.get(CALLER)
    if caller is not None:
        memory = request.app[MEMORY]
        response.headers.update(caller.headers())
        response.headers.update(memory.limits(caller.scope).headers(memory.clock.now()))


def let_in(request: web.Request) -> Identity:
    """The caller; 401 without a key."""
    caller = caller_of(request, by_workspace=request.app[CONDUCT].rules.cache.by_workspace)
    request[CALLER] = caller
    return caller


def request_id(request: web.Request) -> str:
    """The id of a request."""
    number = request[NUMBER].to_bytes(8, "big")
    return f"req_{blake2b(number, digest_size=12, person=b'request').hexdigest()}"


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address names this computer and cannot be seen from outside."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def json_response(value: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A response with a JSON body."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def _refuse_strangers(request: web.Request) -> None:
    """Refuse web pages, which may reach a loopback port from any site."""
    if "Origin" in request.headers:
        raise Rejected(403, "The simulator does not answer web pages: the request has an Origin header.")
    try:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    except ValueError:
        host = None
    if not is_loopback(host):
        raise Rejected(403, "The simulator answers on this computer only: the Host header is foreign.")


def _error(request: web.Request, rejected: Rejected) -> web.Response:
    return json_response(rejected.body(request_id(request)), rejected.status, rejected.headers)
