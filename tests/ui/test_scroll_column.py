"""A column that scrolls up and down, and never sideways."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from coldbyte.ui.scroll_column import scroll_column
from ui.stage import Stage


def test_what_is_too_high_scrolls_and_what_is_too_wide_wraps(stage: Stage) -> None:
    view = QWidget()
    area, column = scroll_column(view, 12, 6)
    QVBoxLayout(view).addWidget(area)
    labels = [QLabel("word " * 200) for _ in range(9)]
    for label in labels:
        label.setWordWrap(True)
        column.addWidget(label)
    stage.show(view, 300, 200)
    assert area.verticalScrollBar().maximum() > 0
    content = area.widget()
    assert content is not None
    assert content.width() == area.viewport().width() < 300
    assert not area.horizontalScrollBar().isVisible()
    assert (labels[0].x(), labels[0].y()) == (12, 12)
    assert labels[1].y() - labels[0].geometry().bottom() - 1 == 6


def test_the_keys_go_to_what_stands_in_it(stage: Stage) -> None:
    view = QWidget()
    area, _ = scroll_column(view)
    stage.show(view, 300, 200)
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus
