"""The guide shows its pages and follows no link out of the window."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QTextBrowser
from pytestqt.qtbot import QtBot

from coldbyte.core.cause import CauseId
from coldbyte.services import resources
from coldbyte.ui.help_window import HelpWindow

PAGES = {
    "first-steps.md": "# First steps\n\nSee [the prefix](prefix.md).\n",
    "prefix.md": "\n# The prefix\n\nSee [elsewhere](https://example.org/first-steps.md).\n",
    "empty.md": "",
}


@pytest.fixture
def window(qtbot: QtBot) -> HelpWindow:
    window = HelpWindow(PAGES)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def pages(window: HelpWindow) -> QListWidget:
    (found,) = window.findChildren(QListWidget)
    return found


def view(window: HelpWindow) -> QTextBrowser:
    (found,) = window.findChildren(QTextBrowser)
    return found


def follow_first_link(window: HelpWindow) -> None:
    view(window).setFocus()
    QTest.keyClick(view(window), Qt.Key.Key_Tab)
    QTest.keyClick(view(window), Qt.Key.Key_Return)


def test_each_page_is_listed_by_its_title_and_the_first_one_is_open(window: HelpWindow) -> None:
    listed = [pages(window).item(row).text() for row in range(pages(window).count())]
    assert listed == ["First steps", "The prefix", "(empty)"]
    assert window.page_text.startswith("First steps")
    assert pages(window).currentRow() == 0


def test_the_arrow_keys_go_through_the_pages(window: HelpWindow) -> None:
    QTest.keyClick(pages(window), Qt.Key.Key_Down)
    assert window.page_text.startswith("The prefix")
    QTest.keyClick(pages(window), Qt.Key.Key_Down)
    assert window.page_text == ""
    QTest.keyClick(pages(window), Qt.Key.Key_Home)
    assert window.page_text.startswith("First steps")


def test_a_link_to_a_page_opens_it_here(window: HelpWindow) -> None:
    follow_first_link(window)
    assert window.page_text.startswith("The prefix")
    assert pages(window).currentRow() == 1


def test_a_link_to_elsewhere_is_not_followed_whatever_it_is_called(window: HelpWindow) -> None:
    QTest.keyClick(pages(window), Qt.Key.Key_Down)
    follow_first_link(window)
    assert window.page_text.startswith("The prefix")


def test_a_window_that_is_closed_is_deleted(qtbot: QtBot) -> None:
    window = HelpWindow(PAGES)
    gone: list[bool] = []
    window.destroyed.connect(lambda: gone.append(True))
    window.show()
    window.close()
    qtbot.waitUntil(lambda: gone == [True])


def test_a_guide_without_pages_is_an_empty_window(qtbot: QtBot) -> None:
    window = HelpWindow({})
    qtbot.addWidget(window)
    window.show()
    assert window.page_text == ""


def test_links_of_the_guide_lead_to_pages_that_exist() -> None:
    folder = resources.folder() / "help"
    names = {page.name for page in folder.glob("*.md")}
    links = {
        (page.name, link)
        for page in folder.glob("*.md")
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    }
    assert not {(page, link) for page, link in links if link.partition("#")[0] not in names}


def test_a_screen_reader_can_name_list_and_page(window: HelpWindow) -> None:
    assert pages(window).accessibleName() == "Pages"
    assert view(window).accessibleName() == "Page"


def test_the_titles_of_the_pages_do_not_overlap_under_a_style_that_makes_them_high(
    qapp: QApplication, qtbot: QtBot
) -> None:
    qapp.setStyleSheet("QListWidget::item { padding: 9px }")
    try:
        window = HelpWindow(PAGES)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        rows = [pages(window).visualItemRect(pages(window).item(row)) for row in range(3)]
    finally:
        qapp.setStyleSheet("")
    assert rows[0].bottom() < rows[1].top()
    assert rows[1].bottom() < rows[2].top()


def test_the_guide_explains_every_cause_once() -> None:
    rows = [line for line in resources.text("help/causes.md").splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall("`([a-z-]+)`", row.split("|")[1])]
    assert sorted(named) == sorted(get_args(CauseId))
    assert all(len(row.split("|")) == 5 and all(cell.strip() for cell in row.split("|")[1:4]) for row in rows)
