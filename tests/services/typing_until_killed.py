"""A process that edits a working copy at random, tells each state of it, and goes on until it is killed.

Arguments: folder, seed, a file with the text that each part had before its first step.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from coldbyte.core.journal.work import Work
from coldbyte.event_loop import make_loop
from coldbyte.services.working_copy import WorkingCopy
from coldbyte.state.autosave import Autosave
from coldbyte.state.tasks import Tasks
from core.journal.random_work import CHARS
from state.edit_desk import ACTS, EDITS, KEYS, Desk

_DEEDS = [act for act in ACTS if act != "keep"]  # the autosave alone takes what happened
_SHORT = (3_000, 300_000, 300_000)  # bytes: all is written anew after each save, or after some


class Typist(Desk):
    """Knows the first text of each part, and by no way of ours."""

    def __init__(self, work: Work | None, starts: Mapping[str, str]) -> None:
        super().__init__(work)
        self.starts = dict(starts)
        self._learn()

    def act(self, act: str, key: str, at: int, chars: str) -> None:
        super().act(act, key, at, chars)
        if act == "open":
            self.starts.clear()
        elif act == "remove" and key != "turn":  # of turns none can be removed
            self.starts.pop(key, None)
        self._learn()

    def state(self) -> dict[str, Any]:
        """All that the next run should find."""
        work = self.log.work()
        return {
            "model": work.draft.model,
            "texts": [[key, str(part.text)] for key, part in work.draft.parts.items()],
            "breakpoints": [part.ttl for part in work.draft.system]
            + [part.ttl for part in work.draft.documents],
            "question": work.question,
            "steps": {key: [len(steps.done), len(steps.undone)] for key, steps in sorted(work.steps.items())},
            "project": work.project,
        }

    def _learn(self) -> None:
        parts = self.draft.draft.parts
        self.starts = {key: self.starts.get(key, str(part.text)) for key, part in parts.items()}


async def type_on(folder: Path, chance: random.Random, starts: Mapping[str, str]) -> None:
    """Never return."""
    store = WorkingCopy(folder, short=chance.choice(_SHORT))
    opened = store.open()
    typist = Typist(opened.work, starts)
    tasks = Tasks()
    autosave = Autosave(typist.log, store, tasks, is_kept=opened.is_kept, is_due=not opened.is_kept)
    tasks.failed.connect(lambda name, error: print(name, error, file=sys.stderr))
    while True:
        line = {"state": typist.state(), "starts": typist.starts, "at": time.monotonic()}
        print(json.dumps(line), flush=True)
        act = chance.choice(EDITS if chance.random() < 0.9 else _DEEDS)
        if act == "open":
            autosave.leave(typist.log.work())
        chars = "".join(chance.choices(CHARS, k=chance.randint(1, 4)))
        typist.act(act, chance.choice(KEYS), chance.randrange(10), chars)
        await asyncio.sleep(0)


if __name__ == "__main__":
    gc.disable()  # a QObject that a worker thread collects brings the process down
    application = QApplication([])
    with asyncio.Runner(loop_factory=make_loop) as runner:
        starts = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
        runner.run(type_on(Path(sys.argv[1]), random.Random(int(sys.argv[2])), starts))
