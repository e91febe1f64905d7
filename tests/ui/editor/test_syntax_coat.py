"""Syntax colours lie over the lines in sight; the document and its value know nothing of them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QInputMethodEvent, QTextBlock
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coldbyte.core.text.text import Text
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.theme import current_theme
from ui.prompts import dress
from ui.stage import Stage

JSON = '{"a": 1,\n "b": "c"}\n'


@pytest.fixture
def editor(stage: Stage) -> BlockEditor:
    return stage.show(BlockEditor(), 500, 300)


def blocks(editor: BlockEditor) -> list[QTextBlock]:
    found = [editor.document().begin()]
    while found[-1].next().isValid():
        found.append(found[-1].next())
    return found


def coloured(editor: BlockEditor) -> list[list[tuple[str, str]]]:
    """The words of each line that have a colour, with it."""
    return [
        [
            (block.text()[one.start : one.start + one.length], one.format.foreground().color().name())
            for one in block.layout().formats()
        ]
        for block in blocks(editor)
    ]


def colour(role: str) -> str:
    return next(value for name, value in current_theme().colours.items() if name == role)


def test_json_is_coloured_by_its_roles(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(JSON))
    QApplication.processEvents()
    assert coloured(editor) == [
        [('"a"', colour("syntax_key")), ("1", colour("syntax_number"))],
        [('"b"', colour("syntax_key")), ('"c"', colour("syntax_string"))],
        [],
    ]


def test_colours_are_painted(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str("<instructions>" * 8))
    QApplication.processEvents()
    image = editor.viewport().grab().toImage()
    wanted = QColor(colour("syntax_tag"))
    assert any(image.pixelColor(x, y) == wanted for x in range(300) for y in range(60))


def test_typing_colours_the_line_anew_and_edits_nothing(editor: BlockEditor, qtbot: QtBot) -> None:
    editor.set_text(Text.from_str('{"a": \n}'))
    QApplication.processEvents()
    said: list[tuple[int, int, int]] = []
    editor.document().contentsChange.connect(lambda *change: said.append(change))
    editor.show_span((6, 6))
    QTest.keyClicks(editor, "12")
    QApplication.processEvents()
    assert str(editor.text) == '{"a": 12\n}'
    assert said == [(6, 0, 1), (7, 0, 1)]
    assert coloured(editor)[0][1] == ("12", colour("syntax_number"))


def test_a_fence_that_is_opened_colours_the_lines_below(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str("\n# one\n"))
    QApplication.processEvents()
    assert coloured(editor)[1] == [("# one", colour("syntax_heading"))]
    editor.show_span((0, 0))
    QTest.keyClicks(editor, "```")
    QApplication.processEvents()
    assert coloured(editor)[1] == [("# one", colour("syntax_code"))]


def test_the_end_of_a_line_in_crlf_is_no_part_of_a_fence(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str("```\r\n# one\r\n```\r\n# two\r\n"))
    QApplication.processEvents()
    assert coloured(editor)[1] == [("# one", colour("syntax_code"))]
    assert coloured(editor)[3] == [("# two", colour("syntax_heading"))]


def test_only_lines_in_sight_are_coloured_and_others_when_they_come_into_sight(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str('{"a": 1}\n' * 3_000))
    QApplication.processEvents()
    have = [bool(words) for words in coloured(editor)]
    assert have[:5] == [True] * 5
    assert sum(have) < 60
    editor.show_span((27_000, 27_000))
    QApplication.processEvents()
    assert coloured(editor)[2_998]


def test_a_row_inside_a_long_line_of_json_goes_on_with_its_string(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str('{"a": "' + "words, " * 4_000 + '"}'))
    editor.show_span((3_000, 3_000))
    QApplication.processEvents()
    second = blocks(editor)[1]
    assert [(one.start, one.length) for one in second.layout().formats()] == [(0, second.length() - 1)]


def test_colours_can_be_switched_off_and_on(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(JSON))
    QApplication.processEvents()
    editor.syntax_colours = False
    QApplication.processEvents()
    assert coloured(editor) == [[], [], []]
    editor.syntax_colours = True
    QApplication.processEvents()
    assert len(coloured(editor)[0]) == 2


def test_the_language_can_be_given(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str("# 1"))
    editor.language = "json"
    QApplication.processEvents()
    assert coloured(editor) == [[("1", colour("syntax_number"))]]


def test_colours_follow_the_theme(editor: BlockEditor, qapp: QApplication) -> None:
    editor.set_text(Text.from_str(JSON))
    QApplication.processEvents()
    before = coloured(editor)
    dress(qapp, "light" if current_theme().dark else "dark")
    QApplication.processEvents()
    assert coloured(editor) != before
    assert coloured(editor)[0][0] == ('"a"', colour("syntax_key"))


def test_input_methods_compose_in_a_coloured_line(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str('{"a": 1}'))
    QApplication.processEvents()
    editor.show_span((8, 8))
    QApplication.sendEvent(editor, QInputMethodEvent("か", []))
    QApplication.processEvents()
    commit = QInputMethodEvent()
    commit.setCommitString("か")
    QApplication.sendEvent(editor, commit)
    QApplication.processEvents()
    assert str(editor.text) == '{"a": 1}か'
    assert len(coloured(editor)[0]) == 2


def test_a_composition_that_is_given_up_leaves_the_colours(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str('{"a": 1}'))
    QApplication.processEvents()
    editor.show_span((8, 8))
    for composed in ("か", ""):
        QApplication.sendEvent(editor, QInputMethodEvent(composed, []))
        QApplication.processEvents()
    assert len(coloured(editor)[0]) == 2
