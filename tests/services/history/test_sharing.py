"""Two instances of the app, each in its own process, use one file: nothing is lost and nobody is refused."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from coldbyte.core.history.query import Query
from coldbyte.services.history.history_store import HistoryStore
from services.history.kept import kept, visit


class Visitor:
    """A child of `services.history.visitor`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin(self, order: str) -> None:
        """Tell it what to do."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """What it answers."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def do(self, order: str) -> str:
        """Both."""
        self.begin(order)
        return self.end()


@contextmanager
def visitors(path: Path, number: int) -> Iterator[list[Visitor]]:
    folders = os.pathsep.join(dict.fromkeys(filter(None, sys.path)))
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "services.history.visitor", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": folders},
        )
        for _ in range(number)
    ]
    try:
        yield [Visitor(child) for child in children]
    finally:
        for child in children:
            child.kill()
            child.communicate()


def titles(path: Path) -> list[str]:
    async def story(store: HistoryStore) -> list[str]:
        return sorted(row.title for row in (await store.find(Query(), limit=10_000)).rows)

    return visit(path, story)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_one_that_comes_and_goes_takes_nothing_from_one_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with visitors(path, 2) as (stays, comes):
        assert stays.do("open") == "None"
        assert stays.do("look") == "0"
        for turn in range(5):
            assert stays.do(f"keep stays{turn}").isdigit()
            assert comes.do("open") == "None"
            assert comes.do(f"keep comes{turn}").isdigit()
            assert comes.do("look") == str(2 * turn + 2)
            assert comes.do("close") == "None"
            assert stays.do("look") == str(2 * turn + 2)
        stays.do("keep last")
        stays.process.send_signal(signal.SIGKILL)
        stays.process.wait()
    assert titles(path) == sorted(
        [*(f"{who}{turn}" for who in ("stays", "comes") for turn in range(5)), "last"]
    )


def test_all_may_come_at_once_and_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "history.sqlite"
    with visitors(path, 3) as children:
        for child in children:
            child.begin("open")
        assert [child.end() for child in children] == ["None"] * 3
        for turn in range(40):
            for who, child in enumerate(children):
                child.begin(f"keep {who}x{turn}")
        answers = [child.end() for child in children for _ in range(40)]
        assert all(answer.isdigit() for answer in answers)
    assert titles(path) == sorted(f"{who}x{turn}" for who in range(3) for turn in range(40))


def test_a_damaged_file_is_set_aside_by_one_and_used_by_all(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"

    async def story(store: HistoryStore) -> None:
        await store.keep_many([kept(f"text {number}", title=f"old{number}") for number in range(300)])

    visit(path, story)
    database = sqlite3.connect(path)
    database.execute("UPDATE exchanges SET title = 'x' WHERE title = 'old299'")
    database.commit()
    database.close()
    with visitors(path, 3) as children:
        for child in children:
            child.begin("open")
        answers = [child.end() for child in children]
        for who, child in enumerate(children):
            assert child.do(f"keep {who}").isdigit()
    assert sorted("damaged" in answer for answer in answers) == [False, False, True]
    assert sorted(each.name for each in tmp_path.glob("*damaged*")) == ["history-damaged-1.sqlite"]
    assert titles(path) == sorted([*(f"old{number}" for number in range(299)), "0", "1", "2"])
