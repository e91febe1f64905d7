"""The key dialog gives the key to nobody but its wish."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from coldbyte.core.secret import ApiKey
from coldbyte.ui.key_dialog import KeyDialog, KeyWish

SECRET = "sk-ant-api03-typed"


@pytest.fixture
def dialog(qtbot: QtBot) -> KeyDialog:
    dialog = KeyDialog(("default", "work"), "work")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitExposed(dialog)
    return dialog


def key_edit(dialog: KeyDialog) -> QLineEdit:
    edit = dialog.findChild(QLineEdit, "key_edit")
    assert isinstance(edit, QLineEdit)
    return edit


def profile_combo(dialog: KeyDialog) -> QComboBox:
    combo = dialog.findChild(QComboBox, "profile_combo")
    assert isinstance(combo, QComboBox)
    return combo


def button(dialog: KeyDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, f"{name}_button")
    assert isinstance(found, QPushButton)
    return found


def words(dialog: KeyDialog) -> list[str]:
    """Everything that can be read in the dialog or heard of it."""
    shown = [key_edit(dialog).displayText(), dialog.windowTitle()]
    for widget in dialog.findChildren(QWidget):
        shown += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, (QLabel, QPushButton)):
            shown.append(widget.text())
    return shown


def test_a_typed_key_leaves_as_a_wish_for_its_profile(qtbot: QtBot, dialog: KeyDialog) -> None:
    QTest.keyClicks(key_edit(dialog), f" {SECRET} ")
    with qtbot.waitSignal(dialog.save_requested) as asked:
        QTest.mouseClick(button(dialog, "save"), Qt.MouseButton.LeftButton)
    assert asked.args == [KeyWish("work", ApiKey(SECRET))]


def test_the_key_is_nowhere_to_be_read(qtbot: QtBot, dialog: KeyDialog) -> None:
    QTest.keyClicks(key_edit(dialog), SECRET)
    assert not [word for word in words(dialog) if SECRET in word]
    with qtbot.waitSignal(dialog.test_requested) as asked:
        QTest.mouseClick(button(dialog, "test"), Qt.MouseButton.LeftButton)
    assert SECRET not in repr(asked.args)


def test_enter_in_the_field_keeps_the_key(qtbot: QtBot, dialog: KeyDialog) -> None:
    QTest.keyClicks(key_edit(dialog), SECRET)
    with qtbot.waitSignal(dialog.save_requested):
        QTest.keyClick(key_edit(dialog), Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_without_a_key_the_profile_s_own_key_is_used(qtbot: QtBot, dialog: KeyDialog) -> None:
    assert button(dialog, "save").text() == "Use this profile"
    QTest.keyClicks(key_edit(dialog), "  ")
    assert button(dialog, "save").text() == "Use this profile"
    with qtbot.waitSignal(dialog.save_requested) as asked:
        QTest.keyClick(key_edit(dialog), Qt.Key.Key_Return)
    assert asked.args is not None
    assert not asked.args[0].key
    QTest.keyClicks(key_edit(dialog), "s")
    assert button(dialog, "save").text() == "Keep and use"
    QTest.keyClick(key_edit(dialog), Qt.Key.Key_Backspace)
    assert button(dialog, "save").text() == "Use this profile"


def test_the_key_that_is_kept_already_can_be_tested(qtbot: QtBot, dialog: KeyDialog) -> None:
    with qtbot.waitSignal(dialog.test_requested) as asked:
        QTest.mouseClick(button(dialog, "test"), Qt.MouseButton.LeftButton)
    assert asked.args == [KeyWish("work", ApiKey(""))]


def test_a_new_profile_gets_its_name_by_typing(qtbot: QtBot, dialog: KeyDialog) -> None:
    combo = profile_combo(dialog)
    assert [combo.itemText(row) for row in range(combo.count())] == ["default", "work"]
    assert combo.currentText() == "work"
    name = combo.lineEdit()
    assert name is not None
    name.selectAll()
    QTest.keyClicks(name, " client\u00a07 ")
    with qtbot.waitSignal(dialog.forget_requested) as asked:
        QTest.mouseClick(button(dialog, "forget"), Qt.MouseButton.LeftButton)
    assert asked.args == ["client\u00a07"]


def test_a_profile_without_a_name_is_the_default_one(qtbot: QtBot, dialog: KeyDialog) -> None:
    name = profile_combo(dialog).lineEdit()
    assert name is not None
    name.selectAll()
    QTest.keyClick(name, Qt.Key.Key_Delete)
    with qtbot.waitSignal(dialog.forget_requested) as asked:
        QTest.mouseClick(button(dialog, "forget"), Qt.MouseButton.LeftButton)
    assert asked.args == ["default"]


@pytest.mark.parametrize("way_out", ["escape", "close button", "window"])
def test_the_field_is_empty_once_the_dialog_is_closed(dialog: KeyDialog, way_out: str) -> None:
    QTest.keyClicks(key_edit(dialog), SECRET)
    match way_out:
        case "escape":
            QTest.keyClick(key_edit(dialog), Qt.Key.Key_Escape)
        case "close button":
            (close,) = (one for one in dialog.findChildren(QPushButton) if one.text() == "Close")
            QTest.mouseClick(close, Qt.MouseButton.LeftButton)
        case _:
            dialog.close()
    assert not dialog.isVisible()
    assert key_edit(dialog).text() == ""


def test_a_dialog_that_is_closed_is_deleted(qtbot: QtBot) -> None:
    dialog = KeyDialog(("default",), "default")
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.open()
    dialog.reject()
    qtbot.waitUntil(lambda: gone == [True])


def test_while_something_is_asked_nothing_else_can_be_asked(qtbot: QtBot, dialog: KeyDialog) -> None:
    QTest.keyClicks(key_edit(dialog), SECRET)
    dialog.set_busy(True)
    QTest.keyClicks(key_edit(dialog), "x")
    wishes = [dialog.test_requested, dialog.save_requested, dialog.forget_requested]
    for name, wish in zip(("test", "save", "forget"), wishes, strict=True):
        with qtbot.assertNotEmitted(wish):
            QTest.mouseClick(button(dialog, name), Qt.MouseButton.LeftButton)
    with qtbot.assertNotEmitted(dialog.save_requested):
        QTest.keyClick(key_edit(dialog), Qt.Key.Key_Return)
    dialog.set_busy(False)
    assert all(button(dialog, name).isEnabled() for name in ("test", "save", "forget"))


def test_while_busy_nothing_can_be_asked_for(dialog: KeyDialog) -> None:
    dialog.set_busy(True)
    QTest.keyClicks(key_edit(dialog), "s")
    assert not button(dialog, "test").isEnabled()
    assert not button(dialog, "save").isEnabled()
    dialog.set_busy(False)
    assert button(dialog, "test").isEnabled()
    assert button(dialog, "save").isEnabled()


def test_what_the_keyring_and_the_api_say_is_shown_as_it_is(dialog: KeyDialog) -> None:
    dialog.show_where("No keyring was found on <b>this</b> machine.")
    dialog.show_result("The key is <i>not</i> accepted.")
    assert dialog.result_text == "The key is <i>not</i> accepted."
    labels = {label.text(): label for label in dialog.findChildren(QLabel)}
    for say in ("No keyring was found on <b>this</b> machine.", "The key is <i>not</i> accepted."):
        assert labels[say].textFormat() == Qt.TextFormat.PlainText
        assert labels[say].isVisible()


def test_every_control_has_a_name_and_can_be_reached_with_tab(dialog: KeyDialog) -> None:
    for control in (key_edit(dialog), profile_combo(dialog)):
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    for push in dialog.findChildren(QPushButton):
        assert push.text()
        assert push.focusPolicy() & Qt.FocusPolicy.TabFocus
