"""The strip says how the last exchanges have done, leads to each of them, and counts down what is warm."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.query import HistoryRow
from coldbyte.core.history.run import summary_of
from coldbyte.ui.ledger.ledger_row import LedgerRow
from coldbyte.ui.timeline.timeline_strip import TimelineStrip
from history_row import row
from ui.prompts import CATALOGUE, dress

NOW = 1_795_440_000.0
HIT = Usage(read=90_000, uncached=10, output=5)
MISS = Usage(written_5m=90_000, uncached=10, output=5)
ROWS = (
    row(11, usage=MISS, effect="first", price=Decimal("0.25")),
    row(12, usage=HIT, price=Decimal("0.01")),
    row(13, usage=MISS, effect="miss", cause="whitespace-changed", price=Decimal(1), lost=Decimal("0.26")),
    row(14, usage=None, effect="", failure="unreachable"),
    row(15, usage=HIT, price=Decimal("0.01")),
)


@pytest.fixture
def strip(qapp: QApplication, qtbot: QtBot) -> TimelineStrip:
    dress(qapp)
    strip = TimelineStrip()
    qtbot.addWidget(strip)
    strip.resize(1260, 44)
    strip.show()
    return strip


def button(strip: TimelineStrip, name: str) -> QToolButton:
    found = strip.findChild(QToolButton, name)
    assert found is not None
    return found


def show(strip: TimelineStrip, rows: Sequence[HistoryRow] = ROWS) -> None:
    strip.show_run(rows, summary_of(rows, CATALOGUE), NOW)


def centre(strip: TimelineStrip, index: int) -> QPoint:
    return strip.bars.rect_of(index).center().toPoint()


def entry(key: bytes, expires_at: float, *, tokens: int = 90_000, read: bool = False) -> LedgerRow:
    made = Entry(key, "a model", "key", tokens, "5m", "messages", expires_at - 300, expires_at - 299)
    return LedgerRow(made, "Behind document 1", "a model", "", is_read=read)


def test_before_the_first_exchange_it_says_so(strip: TimelineStrip) -> None:
    assert "nothing sent yet" in strip.words
    assert not button(strip, "culprit_button").isVisible()


def test_it_sums_up_and_names_the_one_that_lost_most(strip: TimelineStrip) -> None:
    show(strip)
    assert "The last 5 exchanges" in strip.words
    assert "50 % read" in strip.words
    assert "White space · −$0.26" in strip.words


def test_the_culprit_is_a_click_away(strip: TimelineStrip, qtbot: QtBot) -> None:
    show(strip)
    with qtbot.waitSignal(strip.exchange_requested) as asked:
        QTest.mouseClick(button(strip, "culprit_button"), Qt.MouseButton.LeftButton)
    assert asked.args == [13]


def test_each_bar_explains_itself_and_leads_to_its_exchange(strip: TimelineStrip, qtbot: QtBot) -> None:
    show(strip)
    for index, shown in enumerate(ROWS):
        with qtbot.waitSignal(strip.exchange_requested) as asked:
            QTest.mouseClick(strip.bars, Qt.MouseButton.LeftButton, pos=centre(strip, index))
        assert asked.args == [shown.id]
    tip = strip.bars.tip_at(strip.bars.rect_of(2).center())
    assert "MISS" in tip
    assert "White space" in tip
    assert "$0.26 lost" in tip
    beyond = strip.bars.rect_of(len(ROWS)).center()
    assert not strip.bars.tip_at(beyond)


def test_the_keys_walk_and_enter_asks(strip: TimelineStrip, qtbot: QtBot) -> None:
    show(strip)
    assert strip.bars.current == ROWS[-1]
    QTest.keyClick(strip.bars, Qt.Key.Key_Left)
    QTest.keyClick(strip.bars, Qt.Key.Key_Left)
    assert strip.bars.current == ROWS[2]
    assert "White space" in strip.bars.accessibleDescription()
    with qtbot.waitSignal(strip.exchange_requested) as asked:
        QTest.keyClick(strip.bars, Qt.Key.Key_Return)
    assert asked.args == [13]
    QTest.keyClick(strip.bars, Qt.Key.Key_Home)
    assert strip.bars.current == ROWS[0]


def test_a_new_exchange_is_the_current_one_where_the_last_was(strip: TimelineStrip) -> None:
    show(strip, ROWS[:4])
    show(strip)
    assert strip.bars.current == ROWS[-1]
    QTest.keyClick(strip.bars, Qt.Key.Key_Home)
    show(strip, (*ROWS, row(16, usage=HIT)))
    assert strip.bars.current == ROWS[0]


def test_bars_are_to_scale_and_a_loss_bears_a_mark(strip: TimelineStrip) -> None:
    show(strip)
    picture = strip.bars.grab().toImage()

    def column(index: int) -> set[int]:
        x = centre(strip, index).x()
        ratio = picture.devicePixelRatio()
        return {picture.pixel(round(x * ratio), round(y * ratio)) for y in range(strip.bars.height() - 2)}

    assert column(1) != column(2), "a read is drawn in another way than a write"
    top = {round(strip.bars.rect_of(index).center().x()): index for index in (1, 2)}
    marks = {index: picture.pixelColor(x, 3) for x, index in top.items()}
    assert marks[2] != marks[1]


def test_warm_entries_count_down_the_one_that_is_read_first(strip: TimelineStrip) -> None:
    strip.show_warm((), NOW)
    assert strip.words.endswith("nothing")
    rows = (entry(b"a", NOW + 252, tokens=100_000), entry(b"b", NOW + 61, read=True), entry(b"c", NOW - 1))
    strip.show_warm(rows, NOW)
    assert strip.words.endswith("90.0k · 1:01   100k · 4:12")
    strip.show_warm((*rows, entry(b"d", NOW + 30)), NOW + 1)
    assert strip.words.endswith("90.0k · 1:00   100k · 4:11   1 more")


def test_a_hundred_bars_find_room(strip: TimelineStrip) -> None:
    rows = [row(number, usage=HIT) for number in range(100)]
    show(strip, rows)
    for width in (1260, 500):
        strip.resize(width, 44)
        assert strip.bars.rect_of(99).right() <= strip.bars.width()
