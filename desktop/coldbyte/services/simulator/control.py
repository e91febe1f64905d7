"""`/_coldbyte/…`: the clock, the ledger and the reset, for tests (contract)."""

from __future__ import annotations

import math

from aiohttp import web

from coldbyte.core.cache.cache import Entry
from coldbyte.services.simulator.body_reader import read_off
from coldbyte.services.simulator.guard import MEMORY, json_response
from coldbyte.services.simulator.intake import read_json
from coldbyte.services.simulator.rejection import Rejected

_LONGEST_ADVANCE_S = 10 * 366 * 86400


async def advance(request: web.Request) -> web.Response:
    """Put the clock forward."""
    seconds = read_json(await read_off(request)).get("advance_s")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise Rejected(400, "advance_s: Input should be a number of seconds")
    if not (math.isfinite(seconds) and 0 <= seconds <= _LONGEST_ADVANCE_S):
        raise Rejected(400, f"advance_s: Input should be from 0 to {_LONGEST_ADVANCE_S}")
    clock = request.app[MEMORY].clock
    clock.advance(seconds)
    return json_response({"now": clock.now()})


async def ledger(request: web.Request) -> web.Response:
    """The entries that could be read now."""
    memory = request.app[MEMORY]
    now = memory.clock.now()
    return json_response({"entries": [_listed(entry, now) for entry in memory.live()]})


async def reset(request: web.Request) -> web.Response:
    """Forget everything."""
    request.app[MEMORY].reset()
    return json_response({})


def _listed(entry: Entry, now: float) -> dict[str, object]:
    return {
        "scope": entry.scope,
        "model": entry.model,
        "tokens": entry.tokens,
        "ttl": entry.ttl,
        "expires_in_s": round(entry.expires_at - now, 3),
        "where": entry.where,
    }
