"""The simulator as a child process of the app, which ends with the app however the app ends."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import cast

_LAST_WORDS = 2000  # bytes of the child's standard error that are kept
_REMEDY = "Restart Coldbyte; if that does not help, install it again or work with an API key."


class SimulatorTrouble(Exception):
    """The simulator does not come up: `say` what happened and the `remedy`, in plain words."""

    def __init__(self, say: str, remedy: str = _REMEDY) -> None:
        super().__init__(say)
        self.say = say
        self.remedy = remedy


class SimulatorProcess:
    """Starts, watches and ends one simulator.

    `on_exit` is called with the exit code when a simulator that was up ends without being told to; then
    `start` may be called again. Its standard input is held open: its end tells the child to end too.
    """

    def __init__(
        self,
        on_exit: Callable[[int], None] | None = None,
        *,
        fast: bool = False,
        command: Sequence[str] | None = None,
        ready_within_s: float = 30.0,
        end_within_s: float = 3.0,
    ) -> None:
        self._on_exit = on_exit
        self._command = tuple(command or _command(fast))
        self._ready_within_s = ready_within_s
        self._end_within_s = end_within_s
        self._child: _Child | None = None

    @property
    def url(self) -> str | None:
        """Where it answers; None while it does not."""
        return self._child.url if self._child else None

    @property
    def pid(self) -> int | None:
        """The process id; None where none runs."""
        return self._child.pid if self._child else None

    async def start(self) -> str:
        """Start it unless it is up; give its URL. Raise SimulatorTrouble where it does not come up."""
        if self._child is not None and self._child.url is not None:
            return self._child.url
        child = self._child = _Child(self._ended)
        try:
            await child.launch(self._command)
            async with asyncio.timeout(self._ready_within_s):
                return await child.ready
        except TimeoutError:
            raise SimulatorTrouble("The built-in simulator was started but did not come up.") from None
        except OSError as error:
            raise SimulatorTrouble(f"The built-in simulator can't be started: {error}.") from None
        finally:
            if child.url is None:
                self._child = None
                await child.end(0)

    async def stop(self) -> None:
        """End it: first by closing its standard input, then by force."""
        child, self._child = self._child, None
        if child is not None:
            await child.end(self._end_within_s)

    def _ended(self, child: _Child, code: int) -> None:
        if child is not self._child:
            return
        self._child = None
        if self._on_exit is not None:
            self._on_exit(code)


class _Child(asyncio.SubprocessProtocol):
    """One child process: reads its first line, keeps its last words, reports its end."""

    def __init__(self, ended: Callable[[_Child, int], None]) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[str] = loop.create_future()
        self.url: str | None = None
        self._gone = asyncio.Event()
        self._ended = ended
        self._transport: asyncio.SubprocessTransport | None = None
        self._output = b""
        self._errors = b""

    async def launch(self, command: Sequence[str]) -> None:
        """Start the process. Raise OSError where the system can't."""
        loop = asyncio.get_running_loop()
        await loop.subprocess_exec(
            lambda: self,
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C in the terminal is for the app, which ends the child itself
            env={name: value for name, value in os.environ.items() if not name.startswith("ANTHROPIC_")},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    @property
    def pid(self) -> int | None:
        """The process id; None before the process runs."""
        return self._transport.get_pid() if self._transport else None

    async def end(self, within_s: float) -> None:
        """Tell it to end, kill it if it does not do so in time, and wait until it is gone."""
        self.ready.cancel()
        if self._transport is None:
            return
        if (stdin := self._transport.get_pipe_transport(0)) is not None:
            stdin.close()
        # Not asyncio.timeout: in a task that was cancelled, Python 3.11.2 ends it by the cancellation.
        kill = asyncio.get_running_loop().call_later(within_s, self._transport.close)
        await self._gone.wait()
        kill.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The process runs."""
        self._transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """It wrote to standard output or standard error."""
        if fd != 1:
            self._errors = (self._errors + data)[-_LAST_WORDS:]
        elif self.url is None:
            self._output += data
            self._read_first_line()

    def connection_lost(self, _exc: Exception | None) -> None:
        """It has ended, and all that it wrote was read."""
        assert self._transport is not None
        code = self._transport.get_returncode()
        self._transport.close()
        self._gone.set()
        if not self.ready.done():
            words = self._errors.decode(errors="replace").strip()
            said = f" Its last words: {words}" if words else ""
            say = f"The built-in simulator ended at once with exit code {code}.{said}"
            self.ready.set_exception(SimulatorTrouble(say))
        elif self.url is not None:
            self.url = None
            self._ended(self, -1 if code is None else code)

    def _read_first_line(self) -> None:
        line, newline, _ = self._output.partition(b"\n")
        if not newline or self.ready.done():
            return
        try:
            self.url = str(json.loads(line)["url"])
        except (ValueError, KeyError, TypeError):
            say = f"The built-in simulator said something unexpected: {line[:200].decode(errors='replace')}"
            self.ready.set_exception(SimulatorTrouble(say))
        else:
            self.ready.set_result(self.url)


def _command(fast: bool) -> list[str]:
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if frozen else [sys.executable, "-m", "coldbyte"]
    return [*program, "simulate", "--with-parent", *(["--fast"] if fast else [])]
