"""The view of the ledger, with real keys and clicks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.ledger.entry_view import EntryView
from coldbyte.ui.ledger.ledger_view import LedgerView
from state.world import heard
from ui.ledger.rows import NOW, SCHEDULE, STOPPED, row
from ui.stage import Stage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(stage: Stage) -> LedgerView:
    return stage.show(LedgerView(), 660, 480)


def button(view: EntryView, name: str) -> QPushButton:
    found = view.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def test_an_empty_ledger_says_what_would_fill_it(view: LedgerView) -> None:
    view.show_rows((), NOW)
    assert "Send a question whose prompt has a breakpoint" in view.text
    view.setFocus()
    assert "Nothing is stored" in (QApplication.focusWidget() or view).accessibleName()


def test_rows_stand_in_the_order_given_and_show_what_they_hold(view: LedgerView) -> None:
    view.show_rows([row(2, ttl="1h", left=3500), row(1, is_read=True)], NOW)
    first, second = view.views
    assert "Behind document 2" in first.text
    assert "1h" in first.text
    assert "58:20" in first.text
    assert "22,861 tokens · Claude Sonnet 5.5 · written by exchange 2 at 20:14:05" in first.text
    assert "○ the draft does not read it" in first.text
    assert "✓ the draft reads it now" in second.text
    assert "4:12" in second.text
    assert first.geometry().bottom() < second.geometry().top()
    assert "2 entries live" in view.text


def test_a_new_order_moves_the_rows_and_keeps_their_widgets(view: LedgerView, qapp: QApplication) -> None:
    view.show_rows([row(1), row(2), row(3)], NOW)
    one, _, three = view.views
    view.show_rows([row(3), row(1)], NOW)
    assert view.views == (three, one)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    assert len(view.findChildren(EntryView)) == 2
    assert three.geometry().bottom() < one.geometry().top()


def test_a_second_that_passes_counts_down_and_lays_nothing_out(view: LedgerView) -> None:
    view.show_rows([row(1)], NOW)
    (one,) = view.views
    view.repaint()
    before = one.geometry()
    layout = one.layout()
    assert layout is not None
    layout.activate()
    view.show_time(NOW + 1)
    assert "4:11" in one.text
    assert one.geometry() == before
    assert not layout.activate(), "nothing asked for another layout"


def test_the_last_minute_has_a_sign_and_the_end_turns_the_row_off(view: LedgerView) -> None:
    view.show_rows([row(1, left=61, is_read=True, schedule=STOPPED)], NOW)
    (one,) = view.views
    assert "▲" not in one.text
    view.show_time(NOW + 2)
    assert "▲ 0:59" in one.text
    view.show_time(NOW + 62)
    assert one.text.endswith("–")
    assert "ended just now" in one.text
    assert "the draft reads it" not in one.text
    assert not button(one, "warm_button").isVisible()
    assert "The time limit is reached." in one.text, "why the schedule stopped is still told"
    assert "No entry lives" in view.text
    assert "ended at" in one.accessibleName()


def test_what_nobody_sees_waits_for_the_time(view: LedgerView) -> None:
    view.show_rows([row(1)], NOW)
    view.hide()
    view.show_time(NOW + 30)
    assert "4:12" in view.views[0].text
    with heard(view.shown) as asked:
        view.show()
    assert len(asked) == 1


def test_each_button_asks_for_the_entry_of_its_row(view: LedgerView) -> None:
    view.show_rows([row(1), row(2, schedule=SCHEDULE)], NOW)
    one, two = view.views
    with heard(view.warm_requested) as warm, heard(view.keep_warm_requested) as keep:
        QTest.mouseClick(button(two, "warm_button"), LEFT)
        QTest.mouseClick(button(one, "keep_warm_button"), LEFT)
    with heard(view.stop_requested) as stop:
        QTest.mouseClick(button(two, "stop_button"), LEFT)
    assert warm == [two.row.key]
    assert keep == [one.row.key]
    assert stop == [two.row.key]


def test_what_is_kept_warm_offers_to_stop_and_not_to_begin_again(view: LedgerView) -> None:
    view.show_rows([row(1, schedule=SCHEDULE)], NOW)
    (one,) = view.views
    assert button(one, "stop_button").isVisible()
    assert one.findChild(QPushButton, "keep_warm_button") is None
    view.show_rows([row(1, schedule=STOPPED)], NOW)
    assert not button(one, "stop_button").isVisible()
    assert button(one, "keep_warm_button").isVisible()


def test_an_entry_that_cannot_be_warmed_has_no_buttons_and_says_why(view: LedgerView) -> None:
    view.show_rows([row(1, refusal="Too short to be cached.")], NOW)
    assert "Too short to be cached." in view.text
    assert not view.views[0].findChildren(QPushButton)


def test_without_a_price_nothing_is_warmed_again_and_again(view: LedgerView) -> None:
    view.show_rows([row(1, warm_price=None, miss_price=None)], NOW)
    (one,) = view.views
    assert button(one, "warm_button").isVisible()
    assert one.findChild(QPushButton, "keep_warm_button") is None


def test_what_came_of_the_last_warming_is_told(view: LedgerView) -> None:
    view.show_rows([row(1, note="Read 22,861 tokens for $0.0046: the entry lives on.")], NOW)
    assert "the entry lives on" in view.text


def test_while_a_warming_is_on_its_way_no_second_one_is_asked_for(view: LedgerView) -> None:
    view.show_rows([row(1, warming=True)], NOW)
    assert not button(view.views[0], "warm_button").isEnabled()
    assert button(view.views[0], "stop_button").isVisible()
    view.show_rows([row(1)], NOW)
    assert not button(view.views[0], "stop_button").isVisible()
    assert button(view.views[0], "warm_button").isEnabled()


def test_arrows_go_through_the_rows_and_tab_into_the_buttons(view: LedgerView) -> None:
    view.show_rows([row(number) for number in range(1, 31)], NOW)
    view.setFocus()
    assert QApplication.focusWidget() is view.views[0]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    assert QApplication.focusWidget() is view.views[2]
    press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is button(view.views[2], "warm_button")
    press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is button(view.views[2], "keep_warm_button")
    press(Qt.Key.Key_Up)
    assert QApplication.focusWidget() is view.views[1]
    press(Qt.Key.Key_End)
    last = view.views[-1]
    assert QApplication.focusWidget() is last
    assert last.visibleRegion().boundingRect().height() == last.height(), "the list has scrolled"
    press(Qt.Key.Key_Home)
    assert QApplication.focusWidget() is view.views[0]
    assert "Warm now  $0.0046: Behind document 1" in button(view.views[0], "warm_button").accessibleName()


def test_a_click_makes_a_row_the_current_one(view: LedgerView) -> None:
    view.show_rows([row(1), row(2), row(3)], NOW)
    QTest.mouseClick(button(view.views[1], "warm_button"), LEFT)
    press(Qt.Key.Key_Down)
    assert QApplication.focusWidget() is view.views[2]


def test_the_focus_outlives_the_row_that_had_it(view: LedgerView) -> None:
    view.show_rows([row(1), row(2)], NOW)
    view.setFocus()
    press(Qt.Key.Key_Down)
    view.show_rows([row(1)], NOW)
    assert QApplication.focusWidget() is view.views[0]
    view.show_rows([], NOW)
    assert QApplication.focusWidget() is not None
    assert view.isAncestorOf(QApplication.focusWidget() or view)


def test_no_word_is_cut_where_there_is_room(view: LedgerView) -> None:
    view.show_rows([row(1, is_read=True, schedule=SCHEDULE)], NOW)
    view.views[0].repaint()
    for child in view.views[0].findChildren(QWidget):
        if child.isVisible():
            assert child.height() >= child.sizeHint().height(), child.objectName()
    for label in view.views[0].findChildren(ElidedLabel):
        assert label.toolTip() != label.text() or not label.text(), label.objectName()
