"""The line under an editor says how long a text is and how its lines end."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.text.text import Text
from coldbyte.ui.text_facts import TextFacts


@pytest.fixture
def facts(qtbot: QtBot) -> TextFacts:
    facts = TextFacts()
    qtbot.addWidget(facts)
    facts.show()
    return facts


def size(facts: TextFacts) -> str:
    (label,) = facts.findChildren(QLabel)
    return label.text()


def line_end_button(facts: TextFacts) -> QToolButton:
    (button,) = facts.findChildren(QToolButton)
    return button


@pytest.mark.parametrize(
    ("chars", "named"),
    [
        ("", "no line end"),
        ("one line", "no line end"),
        ("a\nb\n", "LF"),
        ("a\r\nb", "CRLF"),
        ("a\rb", "CR"),
        ("a\nb\r\nc", "mixed: LF + CRLF"),
        ("a\nb\r\nc\rd", "mixed: LF + CRLF + CR"),
        ("a\u2028b\u2029c", "no line end"),
    ],
)
def test_the_kind_of_line_end_is_named(facts: TextFacts, chars: str, named: str) -> None:
    facts.show_text(Text.from_str(chars))
    assert line_end_button(facts).text() == named


def test_the_length_counts_bytes_and_not_characters(facts: TextFacts) -> None:
    facts.show_text(Text.from_str("Forêt\n" * 300))
    assert size(facts) == "2,100 bytes · 301 lines"


def test_the_next_text_takes_the_place_of_the_last_one(facts: TextFacts) -> None:
    facts.show_text(Text.from_str("a\r\nb"))
    facts.show_text(Text.from_str(""))
    assert size(facts) == "0 bytes · 1 lines"
    assert line_end_button(facts).text() == "no line end"


@pytest.mark.parametrize(("row", "end"), [(0, "\n"), (1, "\r\n")])
def test_the_menu_asks_for_other_line_ends(qtbot: QtBot, facts: TextFacts, row: int, end: str) -> None:
    facts.show_text(Text.from_str("a\r\nb\n"))
    with qtbot.waitSignal(facts.line_ends_requested) as asked:
        line_end_button(facts).menu().actions()[row].trigger()
    assert asked.args == [end]


def test_a_screen_reader_can_name_the_button(facts: TextFacts) -> None:
    assert line_end_button(facts).accessibleName() == "Line ends"
