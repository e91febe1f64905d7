"""The first minute of a new user: ask, ask again, break the prefix, restore it, break it and send anyway."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QToolButton

from stories.conftest import Desk, Driver

Play = Callable[[Driver], None]


def measured(usage: str, word: str) -> int:
    found = re.search(rf"([\d,]+) {word}", usage)
    assert found, f"no count of {word} in {usage!r}"
    return int(found[1].replace(",", ""))


def test_a_new_user_sees_a_miss_explained(play: Play) -> None:
    async def story(desk: Desk) -> None:
        assert "No API key yet" in desk.window.connection_text
        await desk.ask(0)
        written = measured(desk.usage, "written")
        assert 100_000 < written < 150_000
        assert measured(desk.usage, "read") == 0
        assert "First request" in desk.verdict

        await desk.ask(1)
        assert measured(desk.usage, "read") == written
        assert measured(desk.usage, "written") == 0
        assert "Hit" in desk.verdict

        desk.put_cursor(desk.system, before=" than fifty")
        desk.press(Qt.Key.Key_Delete)
        desk.type("\u00a0")
        await desk.turn()
        seen = desk.seen()
        assert "no-break space" in seen
        assert "NO-BREAK SPACE" in desk.window.prefix_panel.microscope_text
        assert "C2 A0" in desk.window.prefix_panel.microscope_text
        again = measured(seen, "tokens will be written again")
        assert again == pytest.approx(written, rel=0.001)
        assert "$0.2" in seen

        await desk.send()
        assert measured(desk.usage, "read") == 0
        assert measured(desk.usage, "written") == again
        assert "no-break space" in desk.verdict
        assert f"{written:,} tokens cold" in desk.verdict

        for _ in range(2):
            desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, on=desk.system)
        await desk.turn()
        assert "The prefix is intact" in desk.seen(), "the first exchange's entry still lives"
        await desk.send()
        assert measured(desk.usage, "read") == written

    play(story)


@pytest.mark.parametrize(
    ("before", "typed", "named"),
    [
        pytest.param("êt &", "e\u0302", "decomposed", id="decomposed"),
        pytest.param("'t replace", "\u2019", "RIGHT SINGLE QUOTATION MARK", id="smart quote"),
        pytest.param("company has", "\u0441", "CYRILLIC", id="look-alike"),
        pytest.param(" than fifty", "\u200b ", "zero", id="zero width"),
    ],
)
def test_the_change_is_named_while_typing_and_restored_with_one_key(
    play: Play, before: str, typed: str, named: str
) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(0)
        sent = desk.system.text.encode()
        desk.put_cursor(desk.system, before=before)
        desk.press(Qt.Key.Key_Delete)
        desk.type(typed)
        await desk.turn()
        assert named.lower() in desk.seen().lower()
        assert desk.system.text.encode() != sent

        desk.press_restore()
        await desk.turn()
        assert desk.system.text.encode() == sent
        await desk.ask(1)
        assert measured(desk.usage, "read") > 100_000

        desk.system.setFocus()
        desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert desk.system.text.encode() != sent

    play(story)


def test_changed_line_ends_are_one_cause_and_go_back(play: Play) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(0)
        sent = desk.system.text
        button = desk.window.system_pane.findChild(QToolButton, "line_end_button")
        assert button is not None
        button.menu().actions()[1].trigger()
        await desk.turn()
        assert desk.system.text.encode() == sent.encode().replace(b"\n", b"\r\n")
        assert "CRLF" in desk.seen()
        desk.window.action("restore").trigger()
        await desk.turn()
        assert desk.system.text == sent

    play(story)


def test_a_removed_part_and_another_model_are_named_and_put_back(play: Play) -> None:
    async def story(desk: Desk) -> None:
        window = desk.window
        await desk.ask(0)
        window.system_pane.add_requested.emit()
        desk.type("One more rule.")
        await desk.turn()
        assert "added" in desk.seen()
        added = window.system_pane.key
        desk.press_restore()
        await desk.turn()
        assert "intact" in desk.seen()
        desk.press_notice("Bring my version back")
        await desk.turn()
        assert window.system_pane.key is not None
        assert "added" in desk.seen()
        window.system_pane.select(str(added))
        assert str(desk.system.text) == "One more rule."
        desk.press(Qt.Key.Key_Space, on=window.system_pane.findChild(QToolButton, "remove_button"))
        await desk.turn()
        assert "intact" in desk.seen()
        desk.press_notice("Put it back")
        await desk.turn()
        assert "added" in desk.seen()
        desk.press_restore()
        await desk.turn()

        combo = window.findChild(QComboBox, "model_combo")
        assert combo is not None
        desk.press(Qt.Key.Key_Up, on=combo)
        await desk.turn()
        assert "model" in desk.seen()
        assert "breaks" in desk.seen()
        desk.press_restore()
        await desk.turn()
        assert "intact" in desk.seen()
        assert combo.currentData() == "claude-sonnet-5-5"

    play(story)


def test_escape_cancels_and_keeps_what_came(play: Play) -> None:
    async def story(desk: Desk) -> None:
        window = desk.window
        window.questions_pane.list.setFocus()
        running = window.action("cancel").enabledChanged
        started = desk.until(running, bool)
        desk.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await started
        ended = desk.until(running, lambda enabled: not enabled)
        desk.press(Qt.Key.Key_Escape)
        await ended
        assert "CANCELLED" in window.reply_pane.badge_text or "Cancelled" in desk.verdict
        await desk.ask(1)
        assert measured(desk.usage, "written") > 100_000

    play(story)
