"""The settings are shown, changed by a form, and each says what it breaks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Draft
from coldbyte.core.json.value import Json
from coldbyte.ui.settings_pane import SettingsPane, SettingWish
from ui.prompts import dress


@pytest.fixture
def pane(qapp: QApplication, qtbot: QtBot) -> SettingsPane:
    dress(qapp)
    pane = SettingsPane()
    qtbot.addWidget(pane)
    pane.resize(400, 400)
    pane.show()
    return pane


def show(pane: SettingsPane, **settings: Json) -> None:
    pane.show_draft(Draft("claude-sonnet-5-5", 1024, settings=settings))


def combo(pane: SettingsPane, name: str) -> QComboBox:
    found = pane.findChild(QComboBox, f"{name}_combo")
    assert found is not None
    return found


def others(pane: SettingsPane) -> QLineEdit:
    found = pane.findChild(QLineEdit, "other_settings_edit")
    assert found is not None
    return found


def wishes(pane: SettingsPane) -> list[SettingWish]:
    made: list[SettingWish] = []
    pane.setting_chosen.connect(made.append)
    return made


def type_others(pane: SettingsPane, words: str) -> None:
    others(pane).clear()
    QTest.keyClicks(others(pane), words)
    QTest.keyClick(others(pane), Qt.Key.Key_Return)


def test_what_is_set_is_shown_and_a_value_of_no_choice_as_it_is(pane: SettingsPane) -> None:
    show(pane, thinking={"type": "adaptive"}, tool_choice={"type": "tool", "name": "a"}, top_k=3)
    assert combo(pane, "thinking").currentText() == "adaptive"
    assert combo(pane, "tool_choice").currentText() == '{"type":"tool","name":"a"}'
    assert combo(pane, "speed").currentText() == "not set"
    assert others(pane).text() == '{"top_k":3}'
    assert pane.fold.fact_label.text() == "3 set"
    show(pane)
    assert combo(pane, "thinking").currentText() == "not set"
    assert others(pane).text() == ""
    assert pane.fold.fact_label.text() == "as usual"


def test_showing_a_draft_asks_for_nothing(pane: SettingsPane) -> None:
    made = wishes(pane)
    counts: list[int] = []
    pane.max_tokens_chosen.connect(counts.append)
    show(pane, thinking={"type": "adaptive"})
    assert not made
    assert not counts


def test_a_choice_is_a_wish_and_not_set_takes_the_field_away(pane: SettingsPane) -> None:
    show(pane)
    made = wishes(pane)
    speed = combo(pane, "speed")
    speed.setFocus()
    QTest.keyClick(speed, Qt.Key.Key_Down)
    QTest.keyClick(speed, Qt.Key.Key_Home)
    assert made == [SettingWish("speed", "standard"), SettingWish("speed", None)]


def test_max_tokens_are_typed(pane: SettingsPane, qtbot: QtBot) -> None:
    show(pane)
    box = pane.findChild(QSpinBox, "max_tokens_box")
    assert box is not None
    assert box.value() == 1024
    box.selectAll()
    with qtbot.waitSignal(pane.max_tokens_chosen) as chosen:
        QTest.keyClicks(box, "77")
        QTest.keyClick(box, Qt.Key.Key_Return)
    assert chosen.args == [77]


def test_other_fields_are_json_of_which_each_change_is_a_wish(pane: SettingsPane) -> None:
    show(pane, top_k=3, metadata={"user_id": "a"})
    made = wishes(pane)
    type_others(pane, '{"top_k": 4, "stop_sequences": ["END"]}')
    told: Mapping[str, Json] = {wish.name: wish.value for wish in made}
    assert told == {"top_k": 4, "metadata": None, "stop_sequences": ["END"]}
    assert pane.trouble == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [('{"a": }', "character 7"), ("[1]", "object"), ('{"model": "x"}', "model"), ('{"tools": []}', "tools")],
)
def test_what_can_not_be_set_is_said_and_nothing_changes(pane: SettingsPane, words: str, said: str) -> None:
    show(pane, top_k=3)
    made = wishes(pane)
    type_others(pane, words)
    assert said in pane.trouble
    assert not made


def test_each_setting_says_what_it_breaks(pane: SettingsPane) -> None:
    show(pane)
    words = [label.text() for label in pane.findChildren(QLabel)]
    assert words.count("✓ nothing") == 3  # most tokens, the automatic breakpoint, the service tier
    assert words.count("▲ messages") == 1  # the tool choice
    assert words.count("✕ all") == 3  # thinking, effort, speed


def test_it_folds_by_its_title_with_mouse_and_keys(pane: SettingsPane) -> None:
    title = pane.fold.title_button
    QTest.mouseClick(title, Qt.MouseButton.LeftButton)
    assert pane.fold.folded
    assert not pane.fold.body.isVisible()
    assert pane.maximumHeight() < 60
    assert "folded" in title.accessibleName()
    QTest.keyClick(title, Qt.Key.Key_Space)
    assert pane.maximumHeight() > 10_000
    assert pane.fold.body.isVisible()
