"""One exchange in full; where there is little room the most important facts stay, and the tip has all."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from coldbyte.ui.history.history_detail import HistoryDetail
from core.export.kept import kept


@pytest.fixture
def detail(qtbot: QtBot) -> HistoryDetail:
    menu = QMenu()
    qtbot.addWidget(menu)
    made = HistoryDetail(menu)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(("height", "all_shown"), [(240, False), (700, True)])
def test_facts_are_cut_between_lines_and_never_lost(
    detail: HistoryDetail, height: int, all_shown: bool
) -> None:
    detail.resize(600, 480)
    detail.show_exchange(kept(note="look again"), edits=False)
    detail.show()
    detail.resize(600, height)
    label = detail.findChild(QLabel, "history_facts")
    assert label is not None
    assert label.text().startswith("Measured: 900 read")
    assert label.text().endswith("Note: look again" if all_shown else " …")
    assert len(label.text().splitlines()) == (len(label.toolTip().splitlines()) if all_shown else 2)
    assert label.toolTip().endswith("Note: look again")
    assert "Note: look again" in detail.text
