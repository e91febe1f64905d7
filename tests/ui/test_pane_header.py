"""The top of a pane is one row in which everything has its own room."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from coldbyte.ui.pane_header import pane_header


def test_title_stretch_and_controls_stand_side_by_side_in_this_order(qtbot: QtBot) -> None:
    pane = QWidget()
    qtbot.addWidget(pane)
    title, middle = QLabel("Title", pane), QLabel("middle", pane)
    controls = QPushButton("one", pane), QPushButton("two", pane)
    pane.setLayout(pane_header(title, middle, *controls))
    pane.resize(600, 60)
    with qtbot.waitExposed(pane):
        pane.show()
    row = [title, middle, *controls]
    assert all(left.geometry().right() < right.geometry().left() for left, right in pairwise(row))
    assert middle.width() > 200
    assert pane.rect().contains(controls[-1].geometry())
