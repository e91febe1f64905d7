"""Regular expressions in a process of their own: the window goes on, and a search can be given up."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from coldbyte.core.text.pattern import PatternAnswer, PatternJob
from coldbyte.services.pattern_search import ARGUMENT, question

_TOO_LONG = "this expression takes too long here, so the search was stopped"
_LATE = b"late"  # instead of a line: it said nothing for too long
_BROKEN = "the search ended unexpectedly"


class PatternProcess:
    """Searches; each search is a process that ends with it, or `silence_s` after its last word."""

    def __init__(self, *, command: Sequence[str] | None = None, silence_s: float = 5.0) -> None:
        self._command = tuple(command or _command())
        self._silence_s = silence_s

    async def search(self, job: PatternJob, take: Callable[[PatternAnswer], None]) -> None:
        """Hand over the hits as they are found; the last answer says so. Cancelling ends the process."""
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[bytes] = asyncio.Queue()
        child = _Child(
            (*self._command,),
            job,
            self._silence_s,
            lambda line: loop.call_soon_threadsafe(lines.put_nowait, line),
        )
        try:
            while True:
                async with asyncio.timeout(2 * self._silence_s):
                    answer = _read(await lines.get())
                take(answer)
                if answer.is_last:
                    return
        except TimeoutError:
            take(PatternAnswer(is_last=True, trouble=_TOO_LONG))
        finally:
            child.end()


class _Child:
    """A process, and the daemon thread that talks with it; `tell` is called in that thread."""

    def __init__(
        self,
        command: Sequence[str],
        job: PatternJob,
        silence_s: float,
        tell: Callable[[bytes], object],
    ) -> None:
        self._command = command
        self._job = job
        self._silence_s = silence_s
        self._tell = tell
        self._lock = threading.Lock()
        self._ended = False
        self._last_word = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._work, name="coldbyte search", daemon=True).start()

    def end(self) -> None:
        """Kill the process if it still runs."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()

    def _work(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: the program ends
            with suppress(OSError):
                self._talk()
            is_late = time.monotonic() - self._last_word > 0.9 * self._silence_s
            self._tell(_LATE if is_late else b"")

    def _talk(self) -> None:
        with self._lock:
            if self._ended:
                return
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        with self._process as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(question(self._job, self._silence_s))
            for piece in self._job.text.pieces:
                process.stdin.write(piece.data)
            process.stdin.close()
            for line in process.stdout:
                self._last_word = time.monotonic()
                self._tell(line)


def _read(line: bytes) -> PatternAnswer:
    """A line of the process, or what its end means."""
    if line == _LATE:
        return PatternAnswer(is_last=True, trouble=_TOO_LONG)
    try:
        fields: dict[str, Any] = json.loads(line)
    except ValueError:
        return PatternAnswer(is_last=True, trouble=_BROKEN)
    if "trouble" in fields:
        return PatternAnswer(is_last=True, trouble=fields["trouble"], at=fields["at"])
    if "done" in fields:
        return PatternAnswer(is_last=True, is_cut=fields["cut"])
    return PatternAnswer(tuple((start, stop, chars) for start, stop, chars in fields["hits"]))


def _command() -> list[str]:
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if frozen else [sys.executable, "-m", "coldbyte"]
    return [*program, ARGUMENT]
