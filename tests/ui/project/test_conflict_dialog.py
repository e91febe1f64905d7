"""The dialog shows both sides and merges only what was decided."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtWidgets import QListWidget, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from coldbyte.core.project.project_merge import Disagreement
from coldbyte.core.text.text import Text
from coldbyte.ui.editor.block_view import BlockView
from coldbyte.ui.project.conflict_dialog import ConflictDialog

W = TypeVar("W", bound=QWidget)


def conflict(where: str, mine: str, theirs: str) -> Disagreement:
    return Disagreement(where, "text", Text(), Text.from_str(mine), Text.from_str(theirs), 12)


def find(dialog: ConflictDialog, kind: type[W], name: str) -> W:
    found = dialog.findChild(kind, name)
    assert found is not None
    return found


@pytest.fixture
def dialog(qtbot: QtBot) -> ConflictDialog:
    dialog = ConflictDialog([conflict("a.md", "m\u00a01", "t1"), conflict("b.md", "m2", "t2")])
    qtbot.addWidget(dialog)
    return dialog


def test_both_sides_are_shown_byte_for_byte(dialog: ConflictDialog) -> None:
    mine, theirs = find(dialog, BlockView, "mine_view"), find(dialog, BlockView, "theirs_view")
    rows = find(dialog, QListWidget, "conflict_list")
    assert str(mine.text) == "m\u00a01"
    assert str(theirs.text) == "t1"
    rows.setCurrentRow(1)
    assert str(mine.text) == "m2"
    assert "a.md, line 12" in rows.item(0).text()


def test_merging_waits_until_everything_is_decided(dialog: ConflictDialog, qtbot: QtBot) -> None:
    merge = find(dialog, QPushButton, "merge_button")
    rows = find(dialog, QListWidget, "conflict_list")
    decided: list[list[str]] = []
    dialog.decided.connect(decided.append)
    find(dialog, QToolButton, "theirs_button").click()
    assert not merge.isEnabled()
    rows.setCurrentRow(1)
    assert not find(dialog, QToolButton, "theirs_button").isChecked()
    find(dialog, QToolButton, "theirs_button").click()
    find(dialog, QToolButton, "mine_button").click()
    assert not find(dialog, QToolButton, "theirs_button").isChecked()
    assert dialog.choices == ("theirs", "mine")
    merge.click()
    assert decided == [["theirs", "mine"]]


def test_all_of_one_side_is_one_press(dialog: ConflictDialog) -> None:
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    buttons["All theirs"].click()
    assert dialog.choices == ("theirs", "theirs")
    buttons["All mine"].click()
    assert dialog.choices == ("mine", "mine")
