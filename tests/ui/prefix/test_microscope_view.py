"""The microscope and the snippets: both sides of the break with nothing left invisible."""

from __future__ import annotations

import unicodedata

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Draft
from coldbyte.core.prefix.microscope import Microscope, microscope
from coldbyte.ui.prefix.microscope_item_model import SIGN, MicroscopeItemModel
from coldbyte.ui.prefix.microscope_view import MicroscopeView
from coldbyte.ui.prefix.snippet_view import SnippetView
from coldbyte.ui.theme import current_theme
from ui.prompts import dress, sample, send, system_changed

NBSP = system_changed(sample(), "You are", "You\u00a0are")


def look(draft: Draft) -> Microscope:
    insight = send(sample()).look(draft)
    assert insight.comparison is not None
    assert insight.primary is not None
    return microscope(insight.comparison, insight.primary)


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> MicroscopeView:
    dress(qapp)
    view = MicroscopeView()
    qtbot.addWidget(view)
    view.resize(620, view.sizeHint().height())
    view.show()
    return view


@pytest.fixture
def snippets(qapp: QApplication, qtbot: QtBot) -> SnippetView:
    dress(qapp)
    view = SnippetView()
    qtbot.addWidget(view)
    view.resize(620, view.sizeHint().height())
    view.show()
    return view


def model_of(view: MicroscopeView) -> MicroscopeItemModel:
    model = view.model()
    assert isinstance(model, MicroscopeItemModel)
    return model


def test_a_no_break_space_stands_beside_the_space_that_it_replaced(view: MicroscopeView) -> None:
    view.show_rows(look(NBSP).rows)
    assert "· U+0020 SPACE 20 ≠ ⍽ U+00A0 NO-BREAK SPACE (NBSP) C2 A0" in view.text.splitlines()
    assert view.text.count("≠") == 1


def test_a_decomposed_letter_takes_two_rows_beside_one(view: MicroscopeView) -> None:
    view.show_rows(look(system_changed(sample(), "Forêt", unicodedata.normalize("NFD", "Forêt"))).rows)
    lines = [line for line in view.text.splitlines() if "≠" in line]
    assert lines == [
        "ê U+00EA LATIN SMALL LETTER E WITH CIRCUMFLEX C3 AA ≠ e U+0065 LATIN SMALL LETTER E 65",
        "– ≠ ◌̂ U+0302 COMBINING CIRCUMFLEX ACCENT CC 82",
    ]


def test_a_carriage_return_stands_beside_nothing(view: MicroscopeView) -> None:
    view.show_rows(look(system_changed(sample(), "people.\n", "people.\r\n")).rows)
    lines = view.text.splitlines()
    assert "– ≠ ↵ U+000D CARRIAGE RETURN (CR) 0D" in lines
    assert "↓ U+000A LINE FEED (LF) 0A ↓ U+000A LINE FEED (LF) 0A" in lines


def test_rows_that_differ_are_marked_by_sign_ground_and_weight(view: MicroscopeView) -> None:
    view.show_rows(look(NBSP).rows)
    model = model_of(view)
    row = model.first_difference
    cold, plain = model.index(row, 1), model.index(row - 1, 1)
    assert model.index(row, SIGN).data() == "≠"
    assert cold.data(Qt.ItemDataRole.BackgroundRole).color() == current_theme().color("cold_soft")
    assert cold.data(Qt.ItemDataRole.FontRole).bold()
    assert model.index(row - 1, SIGN).data() == ""
    assert plain.data(Qt.ItemDataRole.BackgroundRole) is None
    assert not plain.data(Qt.ItemDataRole.FontRole).bold()


def test_the_first_row_that_differs_is_in_sight_at_any_size(view: MicroscopeView) -> None:
    view.show_rows(look(system_changed(sample(), "than fifty", "than\u00a0fifty")).rows)
    model = model_of(view)
    assert model.first_difference >= 6
    for height in (view.sizeHint().height(), 140, 90):
        view.resize(620, height)
        place = view.visualRect(model.index(model.first_difference, 0))
        assert view.viewport().rect().contains(place)
        assert place.top() > 0


def test_a_long_name_is_whole_in_its_tip(view: MicroscopeView) -> None:
    view.show_rows(look(NBSP).rows)
    model = model_of(view)
    tip = model.index(model.first_difference, 7).data(Qt.ItemDataRole.ToolTipRole)
    start = send(sample()).look(NBSP).prefix.starts[1]
    assert "NO-BREAK SPACE (NBSP)" in tip
    assert "category Zs" in tip
    assert "block byte 3 " in tip
    assert f"cache view byte {start + len('system text') + 1 + 3}" in tip


def test_all_columns_fit_into_the_view(view: MicroscopeView) -> None:
    view.show_rows(look(NBSP).rows)
    assert view.horizontalHeader().length() <= view.viewport().width()
    assert view.columnWidth(2) == view.columnWidth(7) > 100


def test_a_click_on_a_row_asks_for_its_byte_in_the_draft(view: MicroscopeView, qtbot: QtBot) -> None:
    view.show_rows(look(NBSP).rows)
    model = model_of(view)
    place = view.visualRect(model.index(model.first_difference, 7)).center()
    with qtbot.waitSignal(view.byte_requested) as asked:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [3]


def test_a_header_names_the_side_of_every_column(view: MicroscopeView) -> None:
    model = model_of(view)
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(9)]
    assert titles[0] == "Baseline: glyph"
    assert titles[SIGN] == "differs"
    assert titles[8] == "Draft: UTF-8"
    assert not view.horizontalHeader().grab().isNull()


def test_another_theme_changes_the_colours_of_the_rows(view: MicroscopeView, qapp: QApplication) -> None:
    view.show_rows(look(NBSP).rows)
    dress(qapp, "light")
    model = model_of(view)
    brush = model.index(model.first_difference, 1).data(Qt.ItemDataRole.BackgroundRole)
    assert brush.color() == current_theme().color("cold_soft")
    assert current_theme().name == "light"


def test_both_snippets_mark_what_differs(snippets: SnippetView) -> None:
    seen = look(NBSP)
    snippets.show_snippets(seen.before, seen.after)
    before, after = snippets.lines
    assert before.startswith("You⟦·⟧are the data-protection")
    assert after.startswith("You⟦⍽⟧are the data-protection")
    assert after in snippets.accessibleDescription()


@pytest.mark.parametrize("width", [620, 300, 200])
def test_what_differs_is_painted_at_any_width(snippets: SnippetView, width: int) -> None:
    seen = look(system_changed(sample(), "consultancy for", "consultancy\u00a0for"))
    snippets.resize(width, snippets.sizeHint().height())
    snippets.show_snippets(seen.before, seen.after)
    image = snippets.grab().toImage()
    cold = current_theme().color("cold")
    columns = [
        x
        for x in range(image.width())
        if sum(image.pixelColor(x, y) == cold for y in range(image.height())) >= 2
    ]
    assert columns
    assert max(columns) < width - 4


def test_a_side_without_the_place_says_so(snippets: SnippetView) -> None:
    seen = look(NBSP)
    snippets.show_snippets(seen.before, None)
    assert snippets.lines[1] == "nothing stands here"
    assert not snippets.grab().isNull()
