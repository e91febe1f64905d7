"""Notices stand in the window until they are closed and never block it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.ui.notice_bar import Notice, NoticeBar


@pytest.fixture
def bar(qtbot: QtBot) -> NoticeBar:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.resize(600, 100)
    bar.show()
    return bar


def rows(bar: NoticeBar) -> list[QFrame]:
    """The notices that the user sees, top down."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return [row for row in bar.findChildren(QFrame) if type(row) is QFrame]


def label(row: QFrame) -> QLabel:
    (found,) = row.findChildren(QLabel)
    return found


def close(row: QFrame) -> None:
    (button,) = row.findChildren(QToolButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_notice_says_what_happened_and_what_helps(bar: NoticeBar) -> None:
    bar.show_notice(Notice("The file is not UTF-8.", "Open it in another encoding.", "trouble"))
    (row,) = rows(bar)
    assert label(row).text() == "The file is not UTF-8. Open it in another encoding."
    assert row.property("role") == "notice-trouble"
    assert row.isVisible()


def test_notices_stand_below_each_other_in_their_order(bar: NoticeBar) -> None:
    for say in ("one", "two", "three"):
        bar.show_notice(Notice(say))
    assert bar.texts == ("one", "two", "three")
    tops = [row.y() for row in rows(bar)]
    assert tops == sorted(set(tops))


def test_the_same_notice_is_shown_once_with_its_newest_remedy(bar: NoticeBar) -> None:
    bar.show_notice(Notice("The keyring is locked.", "Unlock it."))
    bar.show_notice(Notice("The keyring is locked.", "Unlock it, then try again."))
    (row,) = rows(bar)
    assert label(row).text().endswith("then try again.")
    assert bar.texts == ("The keyring is locked.",)


def test_a_notice_that_is_closed_is_gone_and_the_others_stay(bar: NoticeBar) -> None:
    bar.show_notice(Notice("one"))
    bar.show_notice(Notice("two"))
    close(rows(bar)[0])
    assert bar.texts == ("two",)
    assert [label(row).text() for row in rows(bar)] == ["two"]


def test_an_offer_does_what_it_says_once_and_closes_its_notice(bar: NoticeBar) -> None:
    done: list[str] = []
    bar.show_notice(
        Notice(
            "The file was changed.",
            offers=[("Reload", lambda: done.append("reload")), ("Keep", lambda: done.append("keep"))],
        )
    )
    keep = next(button for button in bar.findChildren(QPushButton) if button.text() == "Keep")
    QTest.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert done == ["keep"]
    assert bar.texts == ()
    assert not rows(bar)


def test_an_offer_can_be_taken_with_the_keyboard(bar: NoticeBar) -> None:
    done: list[str] = []
    bar.show_notice(Notice("The file was changed.", offers=[("Reload", lambda: done.append("reload"))]))
    (button,) = bar.findChildren(QPushButton)
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert done == ["reload"]


def test_an_offer_may_show_a_notice_itself(bar: NoticeBar) -> None:
    again = Notice("Still not UTF-8.")
    bar.show_notice(Notice("Not UTF-8.", offers=[("Try", lambda: bar.show_notice(again))]))
    QTest.mouseClick(bar.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert bar.texts == ("Still not UTF-8.",)


def test_all_notices_can_be_closed_at_once(bar: NoticeBar) -> None:
    bar.show_notice(Notice("one"))
    bar.show_notice(Notice("two"))
    bar.clear()
    assert bar.texts == ()
    assert not rows(bar)


def test_words_from_outside_are_shown_as_they_are(bar: NoticeBar) -> None:
    bar.show_notice(Notice("<b>file</b>.txt was changed."))
    (row,) = rows(bar)
    assert label(row).textFormat() == Qt.TextFormat.PlainText
    assert label(row).text() == "<b>file</b>.txt was changed."


def test_a_screen_reader_can_name_the_button_that_closes(bar: NoticeBar) -> None:
    bar.show_notice(Notice("one"))
    (button,) = bar.findChildren(QToolButton)
    assert button.accessibleName() == "Close this notice"


def test_a_long_path_does_not_widen_the_window_and_is_whole_in_the_tooltip(bar: NoticeBar) -> None:
    path = f"/home/{'n' * 300}/prompt.txt"
    bar.show_notice(Notice(f"{path} can't be read.", kind="trouble"))
    (row,) = rows(bar)
    assert bar.minimumSizeHint().width() < 900
    assert label(row).text().endswith("prompt.txt can't be read.")
    assert path in label(row).toolTip()


def test_of_many_notices_the_newest_are_on_show_and_closing_them_shows_the_others(bar: NoticeBar) -> None:
    for number in range(9):
        bar.show_notice(Notice(f"{number}.bin is not UTF-8."))
    seen = [row for row in rows(bar) if row.isVisible()]
    assert [label(row).text() for row in seen] == [f"{number}.bin is not UTF-8." for number in (6, 7, 8)]
    assert "6 earlier notices" in [words.text() for words in bar.findChildren(QLabel) if words.isVisible()]
    close(seen[-1])
    seen = [row for row in rows(bar) if row.isVisible()]
    assert [label(row).text() for row in seen] == [f"{number}.bin is not UTF-8." for number in (5, 6, 7)]
    bar.clear()
    assert rows(bar) == []
    assert not [words for words in bar.findChildren(QLabel) if words.isVisible()]
