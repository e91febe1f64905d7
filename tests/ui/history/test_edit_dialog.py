"""The dialog shows one edit by itself, and says why one can't be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.prefix.microscope import snippet_of
from coldbyte.core.text.text import Text
from coldbyte.ui.history.edit_dialog import EditCase, EditDialog

EDIT = Snapshot(1_000.0, "s", "system block 1", 3, " ", "\u00a0", b"", True, 40)
STRUCTURE = replace(EDIT, what="removed", removed="", inserted="")


@pytest.fixture
def dialog(qtbot: QtBot) -> EditDialog:
    made = EditDialog(lambda: 1_060.0)
    qtbot.addWidget(made)
    return made


def test_what_differs_is_marked_and_can_be_taken_back(dialog: EditDialog) -> None:
    old, new = Text.from_str("You are"), Text.from_str("You\u00a0are")
    sides = snippet_of(old, 3, 4), snippet_of(new, 3, 5)
    dialog.show_case(EditCase(EDIT, 0, 2, True, *sides, can_take_back=True))
    lines = dialog.text.splitlines()
    assert lines[0] == "This edit broke the prefix · Edit 1 of 2 since the baseline"
    assert lines[1] == "1 byte replaced by 2 bytes at byte 3 of system block 1"
    assert lines[2].endswith("the prefix broke at byte 40")
    assert "⟦·⟧" in dialog.text
    assert "take" not in dialog.text


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (EditCase(STRUCTURE, 0, 1, True), "Only edits of a text can be taken back by themselves."),
        (EditCase(replace(STRUCTURE, what="baseline"), 0, 1, False), "No edit made this difference"),
        (EditCase(EDIT, 0, 1, True), "It does not stand in the draft as it was made"),
        (EditCase(EDIT, 0, 1, True, of_draft=False), "It belongs to an exchange that was sent"),
    ],
)
def test_why_an_edit_can_not_be_taken_back_is_shown(dialog: EditDialog, case: EditCase, why: str) -> None:
    dialog.show_case(case)
    assert dialog.text.splitlines()[-1].startswith(why)
    button = dialog.findChild(QPushButton, "take_back_button")
    assert button is not None
    assert not button.isEnabled()
    assert button.toolTip().startswith(why)
