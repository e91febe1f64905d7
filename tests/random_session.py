"""Random sessions: steps that are plain data, so that some can be left out of a session that failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from random_draft import CHANGES, Draft

WAITS = (1, 299, 30, 300, 60, 301, 150, 299.5, 100, 3599, 3600, 3601)


@dataclass(frozen=True)
class Step:
    """One thing that happens in a session."""

    name: str
    a: int = 0
    b: int = 0

    def __str__(self) -> str:
        return f"{self.name}({self.a}, {self.b})"


OFTEN = (
    *("go_on", "say_much") * 4,
    *("edit", "call_tools", "mark") * 3,
    *("move_marker", "go_back", "set_field", "lifetimes", "unmark", "switch_owner") * 2,
)
SENDING = (
    *("send",) * 22,
    *("talk",) * 24,  # a further turn, and send that
    *("again",) * 12,  # the draft as it was at some earlier sending, sent once more
    *("wait",) * 8,
    *("start",) * 12,  # send, and hold the answer back before its first byte
    *("respond",) * 12,  # let the first byte of a held one through
    *("end",) * 2,  # the rest of a stream that began
    *("cancel",) * 3,  # hang up before the first byte
    *("hang_up",) * 6,  # and behind it
    *("warm", "fit", "take_long", "live_on", "come_back") * 3,  # whole stories of their own
    *("think_aloud", "list_tools", "mark_inside") * 2,
    *("set_and_send",) * 6,
)


def session(seed: int, length: int) -> tuple[Draft, list[Step]]:
    """A first draft and the steps from there: the same for a seed on every computer."""
    random = Random(seed)
    first, names = Draft.first(random.randrange(100)), (*SENDING, *OFTEN, *CHANGES)
    steps = [
        Step(names[random.randrange(len(names))], random.randrange(100), random.randrange(100))
        for _ in range(length)
    ]
    return first, steps


def shrunk(steps: Sequence[Step], fails: Callable[[Sequence[Step]], bool]) -> Sequence[Step]:
    """As few of the steps of a failing session as still fail: halves left out first, single ones last."""
    size = len(steps) // 2
    while size:
        start = 0
        while start < len(steps):
            fewer = [*steps[:start], *steps[start + size :]]
            if fails(fewer):
                steps = fewer
            else:
                start += size
        size //= 2
    return steps
