"""A clock that nobody can set: for how long an entry still lives."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable


def ticks() -> float:
    """Seconds since some moment, sleep of the machine included, whatever happens to the wall clock.

    `time.monotonic` will not do: it stands still while a machine with Linux or macOS sleeps.
    """
    if sys.platform == "linux":
        seconds = time.clock_gettime(time.CLOCK_BOOTTIME)
    elif sys.platform == "darwin":  # the kernel's continuous time
        seconds = time.clock_gettime(time.CLOCK_MONOTONIC_RAW)
    elif sys.platform == "win32":
        count = ctypes.windll.kernel32.GetTickCount64
        count.restype = ctypes.c_ulonglong
        seconds = float(count()) / 1000
    else:
        seconds = time.monotonic()
    return seconds


class SteadyClock:
    """Epoch seconds that go on as time does: read off the wall clock once, counted by ticks from then on.

    The prompt cache counts seconds on Anthropic's machines, so that setting the wall clock here, by hand or
    by a time server, must neither lengthen nor shorten a countdown, and the machine's sleep must not stop it.
    What outlasts the run is kept in wall time, from which the next run has to start, perhaps after a restart
    of the machine, when ticks begin anew: `ahead` is the difference.
    """

    def __init__(self, wall: Callable[[], float] = time.time, ticks: Callable[[], float] = ticks) -> None:
        self._wall = wall
        self._ticks = ticks
        self._origin = wall() - ticks()

    def now(self) -> float:
        """Epoch seconds."""
        return self._origin + self._ticks()

    def ahead(self) -> float:
        """Seconds by which the wall clock was set forward since the start; negative ones: back."""
        return self._wall() - self.now()
