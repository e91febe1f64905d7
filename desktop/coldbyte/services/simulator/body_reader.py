"""Reading the body of a request: its limit, and where the work with it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from aiohttp import ClientPayloadError, web

from coldbyte.services.simulator.rejection import Rejected

T = TypeVar("T")

LARGEST_BODY = 32 * 1024 * 1024
_READ_ON = 4 * LARGEST_BODY  # bytes that are still read off, so that the client can hear the 413
_OWN_THREAD = 256 * 1024  # bytes from which a body is read beside the event loop


async def read_off(request: web.Request) -> bytes:
    """The whole body; 413 where it is too large."""
    kept, size = bytearray(), 0
    try:
        async for part in request.content.iter_any():
            size += len(part)
            if size <= LARGEST_BODY:
                kept += part
            elif size > _READ_ON:
                break
    except (ClientPayloadError, web.RequestPayloadError) as error:
        raise Rejected(400, f"The request body could not be read: {error}") from None
    if size > LARGEST_BODY:
        raise Rejected(413, "Request exceeds the maximum size")
    return bytes(kept)


async def beside(raw: bytes, work: Callable[[], T]) -> T:
    """Do the work that a body makes, in a thread if it is big enough to hold other clients up."""
    return await asyncio.to_thread(work) if len(raw) > _OWN_THREAD else work()
