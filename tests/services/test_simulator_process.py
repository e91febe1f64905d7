"""The simulator as a child of the app: it comes up, its end is noticed, and it never outlives the app."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys

import httpx2
import pytest
from PySide6.QtWidgets import QApplication

from coldbyte.event_loop import make_loop
from coldbyte.services.simulator_process import SimulatorProcess, SimulatorTrouble

PATIENCE_S = 30
LEDGER: dict[str, list[object]] = {"entries": []}


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def ledger(url: str) -> object:
    async with httpx2.AsyncClient() as http:
        return (await http.get(f"{url}/_coldbyte/ledger")).json()


async def _up_and_down() -> None:
    process = SimulatorProcess(fast=True)
    url = await process.start()
    assert await process.start() == url
    assert await ledger(url) == LEDGER
    await process.stop()
    assert process.url is None
    with pytest.raises(httpx2.ConnectError):
        await ledger(url)
    await process.stop()


def test_it_comes_up_and_goes_down() -> None:
    asyncio.run(_up_and_down())


def test_it_comes_up_and_goes_down_on_the_loop_of_the_app(qapp: QApplication) -> None:
    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(_up_and_down())


def test_a_sudden_end_is_told_and_it_can_be_started_again() -> None:
    async def story() -> None:
        ended: asyncio.Queue[int] = asyncio.Queue()
        process = SimulatorProcess(ended.put_nowait, fast=True)
        url = await process.start()
        async with httpx2.AsyncClient() as http:
            await http.post(f"{url}/v1/messages", json={})
        assert process.pid is not None
        os.kill(process.pid, signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            assert await ended.get() == 0
        assert process.url is None
        assert await ledger(await process.start()) == LEDGER
        await process.stop()
        assert ended.empty()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["/no/such/program"], "can't be started"),
        (
            python("raise SystemExit('out of luck')"),
            "ended at once with exit code 1. Its last words: out of luck",
        ),
        (python("print('Hello')\ninput()"), "said something unexpected: Hello"),
        (python("print('{}')\ninput()"), "said something unexpected: {}"),
    ],
)
def test_trouble_at_the_start_is_said_with_a_remedy(command: list[str], said: str) -> None:
    async def story() -> None:
        process = SimulatorProcess(command=command)
        with pytest.raises(SimulatorTrouble) as caught:
            await process.start()
        assert said in caught.value.say
        assert caught.value.remedy
        assert process.url is None

    asyncio.run(story())


def test_a_simulator_that_never_comes_up_is_given_up() -> None:
    async def story() -> None:
        process = SimulatorProcess(command=python("input()"), ready_within_s=0.2)
        with pytest.raises(SimulatorTrouble, match="did not come up"):
            await process.start()

    asyncio.run(story())


def test_a_simulator_that_does_not_end_is_killed() -> None:
    deaf = 'import signal; print(\'{"url": "http://x"}\', flush=True); signal.pause()'

    async def story() -> None:
        process = SimulatorProcess(command=python(deaf), end_within_s=0.2)
        assert await process.start() == "http://x"
        pid = process.pid
        assert pid is not None
        await process.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    asyncio.run(story())


APP = """
import asyncio, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which whoever runs the tests may have ignored
from coldbyte.services.simulator_process import SimulatorProcess

async def app():
    process = SimulatorProcess(fast=True)
    url = await process.start()
    if "stays" in sys.argv:
        asyncio.get_running_loop().add_signal_handler(2, lambda: print("interrupted", flush=True))
    print(url, flush=True)
    await asyncio.Event().wait()

asyncio.run(app())
"""


@pytest.mark.parametrize("end", ["killed", "interrupted"])
def test_however_the_app_ends_the_simulator_ends_too(end: str) -> None:
    app = subprocess.Popen(python(APP), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with app:
        assert app.stdout is not None
        url = httpx2.URL(app.stdout.readline().strip())
        with socket.create_connection((url.host, url.port or 0), timeout=PATIENCE_S) as connection:
            app.send_signal(signal.SIGKILL if end == "killed" else signal.SIGINT)
            assert connection.recv(1) == b""  # the simulator closed it
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{url}/_coldbyte/ledger")


def test_ctrl_c_in_the_terminal_is_left_to_the_app() -> None:
    app = subprocess.Popen([*python(APP), "stays"], stdout=subprocess.PIPE, text=True, start_new_session=True)
    with app:
        assert app.stdout is not None
        url = app.stdout.readline().strip()
        os.killpg(app.pid, signal.SIGINT)
        assert app.stdout.readline() == "interrupted\n"
        for _ in range(20):
            assert httpx2.get(f"{url}/_coldbyte/ledger").json() == LEDGER
        app.kill()


def test_the_line_is_read_in_whatever_parts_it_comes() -> None:
    line = json.dumps({"url": "http://x"}) + "\n"
    parts = f"import os, sys\nfor byte in {line.encode()!r}: os.write(1, bytes([byte]))\nsys.stdin.read()"

    async def story() -> None:
        process = SimulatorProcess(command=python(parts))
        assert await process.start() == "http://x"
        await process.stop()

    asyncio.run(story())


def test_the_child_does_not_inherit_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-secret")
    tell = (
        "import json, os, sys\n"
        "print(json.dumps({'url': str([n for n in os.environ if 'ANTHROPIC' in n])}), flush=True)\n"
        "sys.stdin.read()"
    )

    async def story() -> None:
        process = SimulatorProcess(command=python(tell))
        assert await process.start() == "[]"
        await process.stop()

    asyncio.run(story())
