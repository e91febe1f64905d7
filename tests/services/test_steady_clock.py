"""The clock goes on as time does, whatever happens to the one on the wall."""

from __future__ import annotations

import sys
import time

import pytest

from coldbyte.services.steady_clock import SteadyClock, ticks


class Machine:
    """A machine with a wall clock that can be set and ticks that can't."""

    def __init__(self) -> None:
        self.wall = 1_795_435_200.0
        self.ticks = 5_000.0

    def pass_by(self, seconds: float) -> None:
        """Time goes by, awake or asleep."""
        self.wall += seconds
        self.ticks += seconds

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.ticks)


def test_it_starts_with_the_wall_clock_and_goes_on_with_time() -> None:
    machine = Machine()
    clock = machine.clock()
    assert clock.now() == 1_795_435_200
    machine.pass_by(90)
    assert clock.now() == 1_795_435_290
    assert clock.ahead() == 0


@pytest.mark.parametrize("by", [3600.0, -3600.0, 0.5, -86_400.0])
def test_setting_the_wall_clock_changes_nothing_but_the_difference(by: float) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.pass_by(10)
    machine.wall += by
    assert clock.now() == 1_795_435_210
    assert clock.ahead() == by
    machine.pass_by(10)
    assert clock.now() == 1_795_435_220
    assert clock.now() + clock.ahead() == machine.wall


def test_the_real_one_agrees_with_the_wall_and_never_goes_back() -> None:
    clock = SteadyClock()
    seen = [clock.now() for _ in range(1000)]
    assert seen == sorted(seen)
    assert abs(seen[-1] - time.time()) < 5
    assert abs(clock.ahead()) < 5


@pytest.mark.skipif(sys.platform != "linux", reason="this clock is Linux's")
def test_on_linux_its_ticks_count_the_sleep_of_the_machine() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= ticks() <= time.clock_gettime(time.CLOCK_BOOTTIME)
