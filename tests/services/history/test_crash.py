"""SIGKILL at random moments: what was acknowledged is there, nothing is there by half.

20 kills by default, 200 with COLDBYTE_LONG=1.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coldbyte.core.history.query import Query
from coldbyte.services.history.history_store import HistoryStore
from services.history.kept import visit
from services.history.steady_writer import exchange, prefix_of_number

KILLS = 200 if os.environ.get("COLDBYTE_LONG") == "1" else 20


def lifetime(path: Path, first: int, seed: int, live_s: float) -> list[str]:
    """Let a writer live for so long after its first word; the lines that it said."""
    folders = os.pathsep.join(dict.fromkeys(filter(None, sys.path)))
    arguments = [sys.executable, "-m", "services.history.steady_writer", str(path), str(first), str(seed)]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": folders}
    ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        killer = threading.Timer(live_s, writer.send_signal, [signal.SIGKILL])
        killer.start()
        said += writer.stdout.readlines()
        killer.join()
    assert writer.returncode == -signal.SIGKILL
    return [line for line in said if line.endswith("\n")]


@dataclass
class Promise:
    """What has to be in the file: the numbers of the exchanges, and whether each was annotated."""

    there: dict[int, bool] = field(default_factory=dict)

    def after(self, word: str, group: Sequence[int]) -> Promise:
        """That of a step that is done."""
        there = dict(self.there)
        if word == "keep":
            there |= dict.fromkeys(group, False)
        elif word == "annotate":
            there[group[0]] = True
        else:
            for each in list(there):
                if each in group if word == "delete" else each <= group[0] and not there[each]:
                    del there[each]
        return Promise(there)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_whatever_was_acknowledged_survives_a_kill_and_nothing_is_half(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    rnd = random.Random(5)
    promise = Promise()
    seen = set()
    for seed in range(KILLS):
        begun = promise  # what it is if the last, unfinished step was done after all
        first = (max(promise.there, default=-100) // 100 + 1) * 100
        for line in lifetime(path, first, seed, rnd.choice([0.0, 0.002, rnd.uniform(0, 0.3)])):
            state, *rest = line.split()
            if state == "begin":
                begun = promise.after(rest[0], [int(each) for each in rest[1:]])
                seen.add(rest[0])
            elif state == "done":
                promise = begun
        found = check(path)
        assert found in (promise, begun), "a step is done by half, or is gone although it was acknowledged"
        promise = found
    assert seen == {"keep", "delete", "annotate", "retain"}


def check(path: Path) -> Promise:
    """What is in the file; each exchange is whole and findable."""

    async def story(store: HistoryStore) -> Promise:
        there: dict[int, bool] = {}
        before = None
        more = True
        while more:
            page = await store.find(Query(), before)
            for row in page.rows:
                kept = await store.load(row.id)
                number = int(kept.title)
                assert number not in there
                assert (kept.wire, kept.reply) == (exchange(number).wire, exchange(number).reply)
                assert (kept.note == "seen") == kept.pinned
                there[number] = kept.pinned
            before, more = (page.rows[-1] if page.rows else None), page.more
        for number in sorted(there)[:: max(1, len(there) // 3)]:
            assert await store.count(Query(f"unique{number} ")) == 1
            nearest = await store.nearest(prefix_of_number(number), "key")
            assert nearest is not None
            assert nearest.whole
            assert (await store.load(nearest.id)).title == str(number)
        assert await store.count(Query("seen ")) == sum(there.values())
        assert (await store.stock()).exchanges == len(there)
        return Promise(there)

    return visit(path, story)
