"""Widgets stand side by side and go on in another row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QWidget

from coldbyte.ui.wrap_layout import WrapLayout


@given(widths=st.lists(st.integers(10, 200), min_size=1, max_size=9), room=st.integers(200, 700))
def test_nothing_overlaps_nothing_sticks_out_and_rows_are_as_few_as_can_be(
    qapp: QApplication, widths: list[int], room: int
) -> None:
    host = QWidget()
    layout = WrapLayout(host, spacing=4)
    boxes = [QWidget(host) for _ in widths]
    for box, width in zip(boxes, widths, strict=True):
        box.setFixedSize(width, 20)
        layout.addWidget(box)
    rows, x = 1, 0
    for width in widths:
        if x and x + width > room:
            rows, x = rows + 1, 0
        x += width + 4
    assert layout.heightForWidth(room) == 24 * rows - 4
    host.resize(room, layout.heightForWidth(room))
    layout.activate()
    placed = [box.geometry() for box in boxes]
    assert all(host.rect().contains(rect) for rect in placed)
    assert not any(one.intersects(two) for n, one in enumerate(placed) for two in placed[:n])
    assert placed == sorted(placed, key=lambda rect: (rect.y(), rect.x())), "the order stays"


def test_a_hidden_widget_takes_no_room(qapp: QApplication) -> None:
    host = QWidget()
    layout = WrapLayout(host)
    boxes = [QWidget(host) for _ in range(2)]
    for box in boxes:
        box.setFixedSize(60, 20)
        layout.addWidget(box)
    assert layout.heightForWidth(70) == 44
    boxes[0].hide()
    assert layout.heightForWidth(70) == 20
    assert layout.minimumSize().width() == 60
