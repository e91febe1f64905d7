"""From the prefix panel back into the draft, through the real window with real keys and clicks."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from coldbyte.core.body import RequestBody
from coldbyte.core.draft import Draft
from coldbyte.core.history.keeping import exchange_of
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.text.text import Text
from coldbyte.core.wish import Wish
from coldbyte.flows.repair_flow import RepairFlow
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.prefix.cause_list_view import CauseListView
from state.world import World, answer
from ui.prompts import dress, sample, system_changed

LEFT = Qt.MouseButton.LeftButton
NBSP = system_changed(sample(), "You are", "You\u00a0are")
TWO = system_changed(NBSP, "don't", "don’t")

W = TypeVar("W", bound=QWidget)


class Desk:
    """A window over a draft that was sent once."""

    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> None:
        self.world = World(loop)
        self.draft = self.world.draft
        self.window = MainWindow([("claude-sonnet-5-5", "Sonnet"), ("claude-opus-5", "Opus")])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        self.flow = RepairFlow(self.window, self.draft, self.world.log, self.world.live)
        for pane in (self.window.system_pane, self.window.documents_pane):
            pane.text_edited.connect(lambda change: self.draft.edit_text(change.key, change.text))
            self.draft.text_replaced.connect(pane.replace_text)
        self.draft.parts_changed.connect(self._show_parts)
        self.world.live.changed.connect(self.window.show_insight)
        self.draft.open(sample())
        insight = self.world.live.look()
        assert insight is not None
        self.world.run(self.world.ask(answer(insight.forecast.plan.usage, "Yes.")))
        self.window.show()
        self.window.activateWindow()

    def edit(self, draft: Draft) -> None:
        self.draft.open(draft)
        self.world.live.look()

    def child(self, kind: type[W], name: str) -> W:
        found = self.window.findChild(kind, name)
        assert found is not None
        return found

    def click(self, name: str) -> None:
        button = self.child(QPushButton, name)
        assert button.isVisible()
        QTest.mouseClick(button, LEFT)
        self.world.live.look()

    def gain(self) -> str:
        self.flow.show_gain()
        return self.child(QLabel, "gain_label").text()

    @property
    def editor(self) -> BlockEditor:
        editor = self.window.system_pane.stack.editor
        assert editor is not None
        return editor

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, held)

    def _show_parts(self) -> None:
        draft = self.draft.draft
        self.window.system_pane.show_parts(draft.system)
        self.window.documents_pane.show_parts(draft.documents)
        self.window.questions_pane.show_questions(draft.questions, self.draft.question)


@pytest.fixture
def desk(qapp: QApplication, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Desk:
    dress(qapp)
    return Desk(loop, qtbot)


def test_one_cause_goes_back_and_can_be_undone(desk: Desk) -> None:
    desk.edit(TWO)
    desk.child(CauseListView, "cause_list").step(1)
    desk.click("restore_button")
    assert desk.draft.draft == NBSP
    desk.editor.undo()
    assert desk.draft.draft == TWO
    desk.editor.redo()
    assert desk.draft.draft == NBSP


def test_a_whole_text_goes_back_in_one_step_of_undo(desk: Desk) -> None:
    desk.edit(TWO)
    desk.click("restore_all_button")
    assert desk.draft.draft == sample()
    assert desk.window.prefix_panel.state == "intact"
    desk.editor.undo()
    assert desk.draft.draft == TWO


def test_the_model_goes_back(desk: Desk) -> None:
    desk.draft.set_model("claude-opus-5")
    desk.world.live.look()
    desk.click("restore_button")
    assert desk.draft.draft.model == "claude-sonnet-5-5"
    assert not desk.window.notice_bar.texts


def test_parts_go_back_with_a_way_back(desk: Desk) -> None:
    key = desk.draft.add_system_block()
    desk.draft.replace_text(key, sample().questions[0].text)
    desk.world.live.look()
    desk.click("restore_button")
    assert desk.draft.draft == sample()
    assert desk.window.notice_bar.texts == ("All parts before the question are as they were sent.",)


def test_breakpoints_go_back(desk: Desk) -> None:
    desk.draft.set_breakpoint("document-1", None)
    desk.world.live.look()
    stored = desk.world.log.records[0].insight.forecast.plan.usage.written
    assert desk.gain().startswith(f"Regains ≈ {stored:,} tokens")
    desk.click("restore_button")
    assert desk.draft.draft == sample()


def test_what_restoring_regains_is_told_before(desk: Desk) -> None:
    stored = desk.world.log.records[0].insight.forecast.plan.usage.written
    desk.edit(NBSP)
    assert re.fullmatch(rf"Regains ≈ {stored:,} tokens, ≈ \$0\.\d\d less", desk.gain())
    desk.edit(TWO)
    assert desk.gain() == f"Nothing alone; all 2 regain ≈ {stored:,} tokens"


def test_keys_go_to_the_next_and_the_previous_difference(desk: Desk) -> None:
    desk.edit(TWO)
    text = str(desk.editor.text)
    places = []
    for held in (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.ShiftModifier,
    ):
        desk.press(Qt.Key.Key_F7, held)
        places.append(desk.editor.textCursor().position())
    assert places == [text.index("\u00a0"), text.index("’"), text.index("\u00a0")]
    assert desk.window.focusWidget() is desk.editor


def test_the_place_of_the_model_is_its_box(desk: Desk) -> None:
    desk.draft.set_model("claude-opus-5")
    desk.world.live.look()
    desk.click("go_button")
    assert desk.window.focusWidget() is desk.child(QComboBox, "model_combo")


def test_the_place_of_a_breakpoint_is_its_box(desk: Desk) -> None:
    desk.draft.set_breakpoint("system-1", "5m")
    desk.draft.set_breakpoint("document-1", "1h")
    desk.world.live.look()
    desk.click("go_button")
    box = desk.window.documents_pane.findChild(QComboBox, "breakpoint_combo")
    assert desk.window.focusWidget() is box


def test_restoring_everything_by_key_puts_all_values_back(desk: Desk) -> None:
    desk.edit(TWO)
    desk.draft.set_model("claude-opus-5")
    desk.world.live.look()
    desk.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert desk.draft.draft == sample()


def of_history(desk: Desk, wire: bytes | None = None) -> None:
    """Make what was sent the baseline as it comes back from the history: without the keys of its parts."""
    sent = desk.world.log.records[0].exchange
    kept = KeptExchange(wire if wire is not None else sent.body.encode(), "sent", title="Monday's")
    desk.world.log.choose_baseline(exchange_of(kept))
    desk.world.live.look()


def test_parts_go_back_to_an_exchange_of_the_history(desk: Desk) -> None:
    of_history(desk)
    first = sample().system[0]
    desk.draft.add_system_block()
    desk.draft.remove(sample().documents[0].key)
    desk.draft.edit_text(first.key, Text.from_str("Another."))
    desk.world.live.look()
    desk.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    insight = desk.world.live.look()
    assert insight is not None
    assert not insight.broken
    assert desk.draft.draft.system == sample().system
    assert [part.title for part in desk.draft.draft.documents] == [part.title for part in sample().documents]
    assert str(desk.editor.text) == str(first.text)


def test_breakpoints_go_back_to_those_of_the_history(desk: Desk) -> None:
    of_history(desk)
    desk.draft.set_breakpoint("document-1", None)
    desk.world.live.look()
    desk.click("restore_button")
    assert desk.draft.draft == sample()


def test_where_the_baseline_can_be_no_draft_it_is_said(desk: Desk) -> None:
    of_history(desk)
    baseline = desk.world.log.baseline
    assert baseline is not None
    body = {**baseline.body.fields, "messages": [{"role": "tool", "content": "?"}]}
    of_history(desk, json.dumps(json.loads(RequestBody(body).encode())).encode())
    before = desk.draft.draft
    desk.draft.add_system_block()
    desk.world.live.look()
    desk.flow.grant(Wish("parts"))
    assert desk.window.notice_bar.texts == (
        "“Monday's” of the history can't be opened as a draft, so its parts can't be put back.",
    )
    assert desk.draft.draft != before
