"""The tabs beside the prompt."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar
from pytestqt.qtbot import QtBot

from coldbyte.ui.outcome_tabs import OutcomeTabs
from state.world import heard
from ui.prompts import dress


@pytest.fixture
def tabs(qtbot: QtBot, qapp: QApplication) -> OutcomeTabs:
    dress(qapp)
    tabs = OutcomeTabs()
    qtbot.addWidget(tabs)
    for name in ("first", "second", "third"):
        view = QPushButton(name)
        view.setObjectName(f"{name}_view")
        tabs.add_view(view, name.title(), f"about the {name}")
    tabs.show()
    qtbot.waitActive(tabs)
    return tabs


def bar(tabs: OutcomeTabs) -> QTabBar:
    found = tabs.findChild(QTabBar, "outcome_tab_bar")
    assert isinstance(found, QTabBar)
    return found


def test_the_first_view_is_shown_first_and_the_others_are_not(tabs: OutcomeTabs) -> None:
    assert tabs.shown == "first_view"
    views = {view.objectName(): view.isVisible() for view in tabs.findChildren(QPushButton)}
    assert views == {"first_view": True, "second_view": False, "third_view": False}


def test_a_tab_has_its_words_and_its_tip(tabs: OutcomeTabs) -> None:
    assert [bar(tabs).tabText(index) for index in range(3)] == ["First", "Second", "Third"]
    assert bar(tabs).tabToolTip(1) == "about the second"
    assert bar(tabs).accessibleName()


def test_a_view_is_brought_to_the_front_by_name_and_told_of(tabs: OutcomeTabs) -> None:
    with heard(tabs.view_shown) as shown:
        tabs.show_view("third_view")
        tabs.show_view("third_view")
    assert shown == ["third_view"]
    assert bar(tabs).currentIndex() == 2


def test_arrows_on_the_tabs_go_through_the_views(tabs: OutcomeTabs) -> None:
    bar(tabs).setFocus()
    QTest.keyClick(bar(tabs), Qt.Key.Key_Right)
    assert tabs.shown == "second_view"


def test_the_keyboard_goes_to_the_view_that_is_shown(tabs: OutcomeTabs) -> None:
    tabs.show_view("second_view")
    tabs.setFocus()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "second_view"


def test_a_name_that_no_view_has_is_an_error(tabs: OutcomeTabs) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        tabs.show_view("nowhere")
