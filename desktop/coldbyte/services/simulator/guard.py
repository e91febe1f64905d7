"""Who may ask, and what every response has: a request id, and errors in the API's shape."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from coldbyte.services.simulator.memory import Memory
from coldbyte.services.simulator.rejection import Rejected

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MEMORY = web.AppKey("memory", Memory)
NUMBER = web.RequestKey("number", int)

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
        return _error(request, Rejected(405, "Method not allowed"), Allow=error.headers["Allow"])
    except web.HTTPException as error:
        return _error(request, Rejected(error.status, error.reason))
    except Exception:
        _log.exception("request %d failed", request[NUMBER])
        return _error(request, Rejected(500, "Internal server error"))


async def name_request(request: web.Request, response: web.StreamResponse) -> None:
    """Put the request's id into the headers of its response."""
    response.headers["request-id"] = _request_id(request)


def scope_of(request: web.Request) -> str:
    """The scope of the entries, which stands for the key; 401 without a key."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    key = request.headers.get("x-api-key", "").strip()
    if not key and scheme.lower() == "bearer":
        key = bearer.strip()
    if not key:
        raise Rejected(401, "x-api-key header is required")
    return blake2b(key.encode(errors="surrogateescape"), digest_size=8).hexdigest()


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address names this computer and cannot be seen from outside."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


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


def _error(request: web.Request, rejected: Rejected, **headers: str) -> web.Response:
    body = json.dumps(rejected.body(_request_id(request)), ensure_ascii=False).encode(errors="replace")
    return web.Response(body=body, status=rejected.status, headers=headers, content_type="application/json")


def _request_id(request: web.Request) -> str:
    number = request[NUMBER].to_bytes(8, "big")
    return f"req_{blake2b(number, digest_size=12, person=b'request').hexdigest()}"
