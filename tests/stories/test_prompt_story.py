"""All parts of a prompt are edited in the window, reach the wire as they stand, and can be put back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

from coldbyte.app import App
from coldbyte.story import Story
from coldbyte.ui.prefix.ribbon_view import RibbonView
from stories.conftest import Desk
from stories.test_five_tasks import home as home
from stories.test_history_story import Deed, Home

Visit = Callable[[Deed], None]


def press(pane: QWidget, name: str) -> None:
    button = pane.findChild(QAbstractButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def labels(app: App) -> list[str]:
    ribbon = app.window.findChild(RibbonView)
    assert ribbon is not None
    return [segment.label for segment in ribbon.ribbon.segments]


def test_a_tool_is_typed_checked_and_sent(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        desk, pane = Desk(app.window), app.window.tools_pane
        app.window.action("add_tool").trigger()
        assert not pane.fold.folded
        editor = pane.stack.editor
        assert editor is not None
        await desk.turn()
        assert "name" in pane.findChild(QWidget, "trouble_label").text()  # type: ignore[union-attr]
        place = str(editor.text).index('"",') + 1
        cursor = editor.textCursor()
        cursor.setPosition(place)
        editor.setTextCursor(cursor)
        desk.type('find_article"', on=editor)
        await desk.turn()
        assert "This can't be sent yet" in desk.seen()
        assert "Tool 1 is no JSON yet" in desk.seen()
        desk.press(Qt.Key.Key_Backspace, on=editor)
        await desk.turn()
        assert "Nothing sent yet" in desk.seen()
        assert "find_article" in labels(app)
        assert pane.findChild(QWidget, "trouble_label").isHidden()  # type: ignore[union-attr]
        record = await story.ask(0)
        tools = record.exchange.body.plain()["tools"]
        assert tools == [
            {
                "name": "find_article",
                "description": "",
                "input_schema": {"type": "object", "properties": {}, "required": []},
            }
        ]
        press(pane, "remove_button")
        await desk.turn()
        assert "turn cold" in desk.seen()
        desk.press_notice("Put it back")
        await desk.turn()
        assert "The prefix is intact" in desk.seen()

    home.visit(deed)


def test_a_conversation_is_written_cut_and_asked_again(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        desk, pane = Desk(app.window), app.window.turns_pane
        for words in ("What is a processor?", "One who processes data."):
            app.window.action("add_turn").trigger()
            assert pane.stack.editor is not None
            desk.type(words, on=pane.stack.editor)
        record = await story.ask(0)
        messages = record.exchange.body.plain()["messages"]
        assert isinstance(messages, list)
        assert [message["role"] for message in messages] == ["user", "assistant", "user"]
        assert messages[0]["content"][1] == {"type": "text", "text": "What is a processor?"}
        assert messages[1]["content"] == "One who processes data."
        sent = app.draft.draft
        first, second = (turn.key for turn in sent.turns)
        pane.cut_requested.emit(second)
        assert [turn.key for turn in app.draft.draft.turns] == [first]
        desk.press_notice("Put them back")
        assert app.draft.draft == sent
        pane.form_requested.emit(second)
        assert app.draft.draft.turns[1].form == "blocks"
        assert str(app.draft.draft.turns[1].text) == '[{"type":"text","text":"One who processes data."}]'
        pane.form_requested.emit(second)
        assert app.draft.draft == sent
        pane.rewind_requested.emit(first)
        assert not app.draft.draft.turns
        asked = app.draft.draft.part(app.draft.question)
        assert str(asked.text) == "What is a processor?"

    home.visit(deed)


def test_a_setting_that_breaks_the_prefix_is_seen_and_goes_with_the_request(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        desk, pane = Desk(app.window), app.window.settings_pane
        await story.ask(0)
        pane.fold.fold(False)
        combo = pane.findChild(QComboBox, "tool_choice_combo")
        assert combo is not None
        combo.setFocus()
        for _ in range(3):  # auto, any, none
            desk.press(Qt.Key.Key_Down, on=combo)
        await desk.turn()
        assert "Another tool choice: ≈ " in desk.seen()
        record = await story.ask(0)
        assert record.exchange.body.plain()["tool_choice"] == {"type": "none"}
        desk.press(Qt.Key.Key_Home, on=combo)
        assert "tool_choice" not in app.draft.draft.settings

    home.visit(deed)


def test_a_reply_is_gone_on_from_and_the_prefix_stays_warm(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        desk = Desk(app.window)
        assert not app.window.action("go_on").isEnabled()
        first = await story.ask(0)
        desk.press(
            Qt.Key.Key_G,
            Qt.KeyboardModifier.ControlModifier,
            Qt.KeyboardModifier.ShiftModifier,
            on=app.window,
        )
        turns = app.draft.draft.turns
        assert [turn.role for turn in turns] == ["user", "assistant"]
        assert str(turns[0].text).startswith("Does a bakery")
        assert str(turns[1].text) == first.exchange.reply
        assert app.window.questions_pane.stack.editor is not None
        desk.type("And a butcher?", on=app.window.questions_pane.stack.editor)
        await desk.turn()
        assert "The prefix is intact" in desk.seen()
        second = await story.ask(len(app.draft.draft.questions) - 1)
        assert second.exchange.usage is not None
        assert first.exchange.usage is not None
        assert second.exchange.usage.read == first.exchange.usage.written

    home.visit(deed)
