"""`coldbyte simulate`: listen on a loopback port until somebody says to stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from coldbyte.core.catalogue import read_catalogue
from coldbyte.services import resources
from coldbyte.services.simulator.guard import is_loopback
from coldbyte.services.simulator.server import Conduct, at_once, create_app

_LAST_WORDS_S = 0.5  # how long running responses may go on when the simulator ends


def serve(host: str, port: int, *, fast: bool = False, with_parent: bool = False) -> int:
    """Answer until SIGINT or SIGTERM, `with_parent` also until standard input ends; give the exit code."""
    if not is_loopback(host):
        return _refuse(f"{host} is no loopback address; the simulator listens on 127.0.0.1, ::1 or localhost")
    if not 0 <= port <= 65535:
        return _refuse(f"{port} is no port; ports go from 0 (any free one) to 65535")
    try:
        asyncio.run(_serve("127.0.0.1" if host == "localhost" else host, port, fast, with_parent))
    except OSError as error:
        return _refuse(f"can't listen on {host}, port {port}: {error.strerror or error}")
    return 0


@asynccontextmanager
async def listening(app: web.Application, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Run the application while the context is open; gives its URL. Raise OSError where it can't listen."""
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=_LAST_WORDS_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=512).start()
        name = f"[{host}]" if ":" in host else host
        yield f"http://{name}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _serve(host: str, port: int, fast: bool, with_parent: bool) -> None:
    catalogue = read_catalogue(resources.text("catalogue.json"))
    conduct = Conduct(catalogue, wait=at_once) if fast else Conduct(catalogue)
    stopped = asyncio.Event()
    stop = _from_anywhere(asyncio.get_running_loop(), stopped.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop())
    async with listening(create_app(conduct), host, port) as url:
        sys.stdout.write(json.dumps({"schema": "coldbyte.simulate/1", "url": url}) + "\n")
        sys.stdout.flush()
        if with_parent:
            threading.Thread(target=_await_end_of_input, args=(stop,), name="parent", daemon=True).start()
        await stopped.wait()


def _from_anywhere(loop: asyncio.AbstractEventLoop, act: Callable[[], object]) -> Callable[[], None]:
    def call() -> None:
        with suppress(RuntimeError):  # the loop is closed: it has ended already
            loop.call_soon_threadsafe(act)

    return call


def _await_end_of_input(end: Callable[[], None]) -> None:
    """Read standard input to its end, below `sys.stdin`, whose lock would hold up the exit."""
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    end()


def _refuse(why: str) -> int:
    sys.stderr.write(f"coldbyte simulate: {why}\n")
    return 2
