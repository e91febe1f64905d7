"""A process that keeps a working copy, says what is kept, and kills itself at the n-th call of the system.

Arguments: folder, n, and, where a draft of an earlier version shall be taken over, the path of that. Calls
counted are those that make, flush, rename and remove files.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coldbyte.core.draft import Draft, SystemBlock
from coldbyte.core.journal.record import Edited
from coldbyte.core.journal.work import Work
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Change, Steps
from coldbyte.services.working_copy import WorkingCopy

START = Work(Draft("m", 1, (SystemBlock("s", Text.from_str("-" * 9_000)),)), "")


def edit(number: int) -> Edited:
    place = 9_000 + number
    return Edited("s", Change(place, "", str(number % 10), (place, place), (place + 1, place + 1)), "new")


def after(number: int) -> Work:
    """What is open after so many edits."""
    text = "-" * 9_000 + "".join(str(n % 10) for n in range(number))
    steps = {"s": Steps(tuple(edit(n).change for n in range(number)))} if number else {}
    return Work(Draft("m", 1, (SystemBlock("s", Text.from_str(text)),)), "", steps)


def die_at(last: int) -> None:
    """Before the call with this number, be killed."""
    count = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **more)

        return called

    for name in ("open", "fsync", "replace", "unlink", "truncate", "ftruncate"):
        setattr(os, name, counted(getattr(os, name)))


async def work(folder: Path) -> None:
    store = WorkingCopy(folder)
    opened = store.open()
    number = len(str(opened.work.draft.part("s").text)) - 9_000 if opened.work else 0
    print("found", number, flush=True)
    if not opened.is_kept:
        await store.begin(())
        await store.rewrite(after(number))
    for _ in range(2):
        await store.append([edit(number)])
        number += 1
        print("kept", number, flush=True)
    await store.begin([edit(number)])
    number += 1
    print("kept", number, flush=True)
    rewriting = store.rewrite(after(number))
    await store.append([edit(number)])
    number += 1
    print("kept", number, flush=True)
    await rewriting
    await store.append([edit(number)])
    print("kept", number + 1, flush=True)
    await store.close()


async def take_over(folder: Path, old: Path) -> None:
    store = WorkingCopy(folder, old)
    opened = store.open()
    assert opened.work is not None
    await store.begin(())
    await store.rewrite(opened.work)
    await store.close()


if __name__ == "__main__":
    die_at(int(sys.argv[2]))
    asyncio.run(take_over(*map(Path, sys.argv[1::2])) if sys.argv[3:] else work(Path(sys.argv[1])))
