"""`coldbyte simulate`: listen on a loopback port until somebody says to stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from aiohttp import web

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.rule_book import RuleBook, RuleError, with_words
from coldbyte.core.cache.scenario import Scenario, ScenarioError, read_scenario
from coldbyte.services import resources
from coldbyte.services.simulator.conduct import Conduct, at_once
from coldbyte.services.simulator.guard import is_loopback
from coldbyte.services.simulator.server import create_app

_LAST_WORDS_S = 0.5  # how long running responses may go on when the simulator ends


def serve(
    host: str,
    port: int,
    *,
    fast: bool = False,
    with_parent: bool = False,
    scenario: str | None = None,
    rules: Sequence[str] = (),
) -> int:
    """Answer until SIGINT or SIGTERM, `with_parent` also until standard input ends; give the exit code.

    `scenario` is a file, or the name of one that is shipped; `rules` are switches as `name=value`.
    """
    if not is_loopback(host):
        return _refuse(f"{host} is no loopback address; the simulator listens on 127.0.0.1, ::1 or localhost")
    if not 0 <= port <= 65535:
        return _refuse(f"{port} is no port; ports go from 0 (any free one) to 65535")
    try:
        conduct = _conduct(fast, scenario, rules)
    except (RuleError, ScenarioError) as error:
        return _refuse(str(error))
    try:
        asyncio.run(_serve("127.0.0.1" if host == "localhost" else host, port, conduct, with_parent))
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


def _conduct(fast: bool, scenario: str | None, rules: Sequence[str]) -> Conduct:
    """How to answer. Raise RuleError or ScenarioError."""
    book = with_words(RuleBook(), rules)
    told = _scenario(scenario, book) if scenario is not None else Scenario(rules=book)
    catalogue = read_catalogue(resources.text("catalogue.json"))
    for index, fault in enumerate(told.faults):
        name = fault.answered_by
        if name is not None and catalogue.model(name) is None:
            raise ScenarioError(f"{scenario}: faults[{index}].answered_by: there is no model “{name}”")
    return Conduct(catalogue, wait=at_once if fast else asyncio.sleep, scenario=told)


def _scenario(name: str, book: RuleBook) -> Scenario:
    """The scenario of a file, or of the folder of those that are shipped; its own rules come last."""
    path = Path(name)
    if not path.is_file() and path.name == name:
        shipped = resources.folder() / "scenarios" / f"{name}.json"
        path = shipped if shipped.is_file() else path
    try:
        return read_scenario(path.read_text(encoding="utf-8-sig"), book)
    except ScenarioError as error:
        raise ScenarioError(f"{name}: {error}") from None
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{name}: it is not valid UTF-8: byte {error.start}") from None
    except OSError as error:
        raise ScenarioError(f"{name}: {error.strerror or error}") from None


async def _serve(host: str, port: int, conduct: Conduct, with_parent: bool) -> None:
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
