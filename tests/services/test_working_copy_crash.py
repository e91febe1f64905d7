"""SIGKILL while somebody types: at most the last second is gone, and undo goes back to the start.

10 moments by default, 100 with COLDBYTE_LONG=1.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from coldbyte.services.working_copy import WorkingCopy
from services import typing_until_killed as typing
from state.edit_desk import Desk

KILLS = 100 if os.environ.get("COLDBYTE_LONG") == "1" else 10
pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")


def lines_until_killed(folder: Path, seed: int, starts: Path, count: int) -> list[dict[str, Any]]:
    """What a typist told who was killed after so many lines, whole lines only."""
    command = [sys.executable, typing.__file__, str(folder), str(seed), str(starts)]
    paths = os.pathsep.join(dict.fromkeys(filter(None, sys.path)))
    environment = {**os.environ, "PYTHONPATH": paths}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as typist:
        assert typist.stdout is not None
        assert typist.stderr is not None
        said = [typist.stdout.readline() for _ in range(count)]
        typist.send_signal(signal.SIGKILL)
        said += typist.stdout.readlines()
        troubles = typist.stderr.read()
    assert typist.returncode == -signal.SIGKILL, troubles
    assert not [each for each in troubles.splitlines() if "propagateSizeHints" not in each], troubles
    return [json.loads(line) for line in said if line.endswith("\n")]


def reopened(folder: Path) -> typing.Typist | None:
    """What the next run finds, None for nothing."""
    store = WorkingCopy(folder)
    opened = store.open()
    asyncio.run(store.close())
    assert not opened.troubles
    return typing.Typist(opened.work, {}) if opened.work else None


def test_killed_while_typing_at_most_the_last_second_is_gone(qapp: QApplication, tmp_path: Path) -> None:
    chance = random.Random(20261124 if KILLS == 10 else None)
    folder, starts = tmp_path / "work", tmp_path / "starts.json"
    starts.write_text("{}")
    kept = lost = 0
    for _ in range(KILLS):
        count = chance.choice([chance.randint(1, 300), *(chance.randint(300, 3_000) for _ in range(3))])
        lines = lines_until_killed(folder, chance.getrandbits(32), starts, count)
        desk = reopened(folder)
        if desk is None:
            assert lines[-1]["at"] - lines[0]["at"] <= 1, "nothing is kept"
            continue
        states = [line["state"] for line in lines]
        found = desk.state()
        assert found in states
        last = len(states) - 1 - states[::-1].index(found)
        kept, lost = kept + last, lost + len(lines) - 1 - last
        assert all(lines[-1]["at"] - line["at"] <= 1 for line in lines[last + 1 :])
        take_all_back(desk, lines[last]["starts"])
        starts.write_text(json.dumps(lines[last]["starts"]), encoding="utf-8")
        desk.close()
    assert kept > 0, "edits were kept"
    assert lost > 0, "kills came between an edit and its save"
    assert not list(folder.glob("*damaged*"))


def take_all_back(desk: Desk, starts: dict[str, str]) -> None:
    """All steps of all parts, with the editors' own undo; then do them again."""
    texts = {key: str(part.text) for key, part in desk.draft.draft.parts.items()}
    assert texts.keys() == starts.keys()
    for key, start in starts.items():
        desk.show(key)
        editor = desk.stack.editor_of(key)
        assert editor is not None
        count = 0
        while editor.can_undo:
            editor.undo()
            count += 1
        assert str(editor.text) == start
        for _ in range(count):
            editor.redo()
        assert str(editor.text) == texts[key]
