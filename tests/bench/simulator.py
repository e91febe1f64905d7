"""What a request costs the simulator: with more and more live entries, and against a bare server.

Medians of one run on one connection in one process; the client is a plain socket, so that it costs little.
`entries` are alive when the request comes; `hello` is a server of the same library that answers a fixed text.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from coldbyte.core.cache.cache import BreakpointPlan, CachePlan
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.usage import Usage
from coldbyte.services import resources
from coldbyte.services.simulator import create_app, listening
from coldbyte.services.simulator.conduct import Conduct, at_once
from coldbyte.services.simulator.guard import MEMORY

ENTRIES = (10, 1_000, 100_000)
ROUNDS = 2_000
SMALL = {"model": "claude-sonnet-5-5", "max_tokens": 5, "messages": [{"role": "user", "content": "When?"}]}
CACHED = {
    **SMALL,
    "system": [{"type": "text", "text": "alpha beta " * 500, "cache_control": {"type": "ephemeral"}}],
}


class Line:
    """One kept-alive connection on which requests follow each other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def post(self, body: bytes) -> None:
        """Send a request and read its answer."""
        self._writer.write(
            b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: k\r\n"
            b"anthropic-version: 2023-06-01\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        at = head.lower().index(b"content-length:") + 15
        await self._reader.readexactly(int(head[at : head.index(b"\r\n", at)]))


@asynccontextmanager
async def line_to(app: web.Application) -> AsyncIterator[Line]:
    """A connection to an application."""
    async with listening(app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        yield Line(reader, writer)
        writer.close()


async def measure(app: web.Application, body: bytes) -> tuple[float, float]:
    """Median milliseconds of a request, and requests in a second."""
    times = []
    async with line_to(app) as line:
        for _ in range(200):
            await line.post(body)
        begun = time.perf_counter()
        for _ in range(ROUNDS):
            start = time.perf_counter()
            await line.post(body)
            times.append((time.perf_counter() - start) * 1000)
        took = time.perf_counter() - begun
    return statistics.median(times), ROUNDS / took


def simulator(entries: int) -> web.Application:
    """A simulator in which so many entries are alive."""
    app = create_app(Conduct(read_catalogue(resources.text("catalogue.json")), wait=at_once))
    memory = app[MEMORY]
    now = memory.clock.now()
    for number in range(entries):
        key = number.to_bytes(16, "big")
        point = BreakpointPlan(0, "system", "1h", 1000, key, "written")
        memory.settle(CachePlan("other", "claude-sonnet-5-5", Usage(), (point,), None), now)
    assert len(memory.live()) == entries
    return app


def hello() -> web.Application:
    """A server that reads a body and answers a fixed text."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="hello")

    app = web.Application()
    app.add_routes([web.post("/v1/messages", answer)])
    return app


async def main() -> None:
    """Print a line for each measurement."""
    small, cached = json.dumps(SMALL).encode(), json.dumps(CACHED).encode()
    print(f"{'':34}{'ms':>8}{'requests/s':>12}")
    bare = await measure(hello(), small)
    print(f"{'hello':34}{bare[0]:8.3f}{bare[1]:12,.0f}")
    for name, body in (("small", small), ("one entry is read", cached)):
        for entries in ENTRIES:
            ms, rate = await measure(simulator(entries), body)
            print(f"{f'{name}, {entries:,} entries':34}{ms:8.3f}{rate:12,.0f}")


if __name__ == "__main__":
    asyncio.run(main())
