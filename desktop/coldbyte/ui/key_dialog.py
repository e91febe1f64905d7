"""The dialog for the API key: profile, key, a test, and plain words about where the key is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.secret import ApiKey
from coldbyte.state.connection import DEFAULT_PROFILE


@dataclass(frozen=True, slots=True)
class KeyWish:
    """The user wants this key kept for a profile; an empty key means the one that is kept already."""

    profile: str
    key: ApiKey


class KeyDialog(QDialog):
    """Opened with `open()`. The key leaves it only inside a KeyWish, and its field is emptied on closing."""

    test_requested = Signal(object)  # KeyWish
    save_requested = Signal(object)  # KeyWish
    forget_requested = Signal(str)  # profile
    settled = Signal()  # what was asked for has come to an end

    def __init__(self, profiles: Sequence[str], profile: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("key_dialog")
        self.setWindowTitle(self.tr("API key"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._profile_combo = QComboBox(self)
        self._profile_combo.setObjectName("profile_combo")
        self._profile_combo.setEditable(True)
        self._profile_combo.addItems(list(profiles))
        self._profile_combo.setCurrentText(profile)
        self._profile_combo.setAccessibleName(self.tr("Profile"))
        self._key_edit = QLineEdit(self)
        self._key_edit.setObjectName("key_edit")
        self._key_edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._key_edit.setPlaceholderText("sk-ant-…")
        self._key_edit.setAccessibleName(self.tr("API key"))
        self._where_label = self._line("where_label")
        self._where_label.setText(self.tr("Asking the keyring …"))
        self._result_label = self._line("result_label")
        self._test_button = QPushButton(self.tr("Test"), self)
        self._test_button.setObjectName("test_button")
        self._forget_button = QPushButton(self.tr("Forget the key"), self)
        self._forget_button.setObjectName("forget_button")
        self._save_button = QPushButton(self.tr("Keep and use"), self)
        self._save_button.setObjectName("save_button")
        self._save_button.setProperty("role", "primary")
        self._save_button.setDefault(True)
        self._close_button = QPushButton(self.tr("Close"), self)
        self._busy = False
        self._lay_out()
        self._key_edit.textChanged.connect(self._enable)
        self._test_button.clicked.connect(lambda: self.test_requested.emit(self._wish()))
        self._save_button.clicked.connect(lambda: self.save_requested.emit(self._wish()))
        self._forget_button.clicked.connect(lambda: self.forget_requested.emit(self._wish().profile))
        self._close_button.clicked.connect(self.reject)
        self.finished.connect(lambda _: self._key_edit.clear())
        self._enable()
        self._key_edit.setFocus()

    @property
    def result_text(self) -> str:
        """What the last test or change came to."""
        return self._result_label.text()

    def show_where(self, say: str) -> None:
        """Say where the key is kept."""
        self._where_label.setText(say)

    def show_result(self, say: str) -> None:
        """Say what came of a wish."""
        self._result_label.setText(say)

    def set_busy(self, busy: bool) -> None:
        """While something is asked of the keyring or the API."""
        self._busy = busy
        for button in (self._test_button, self._forget_button):
            button.setEnabled(not busy)
        self._enable()
        if not busy:
            self.settled.emit()

    def _wish(self) -> KeyWish:
        profile = self._profile_combo.currentText().strip() or DEFAULT_PROFILE
        return KeyWish(profile, ApiKey(self._key_edit.text()))

    def _enable(self) -> None:
        filled = bool(self._key_edit.text().strip())
        self._save_button.setText(self.tr("Keep and use") if filled else self.tr("Use this profile"))
        self._save_button.setEnabled(not self._busy)

    def _line(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(self.tr("Profile"), self._profile_combo)
        form.addRow(self.tr("Key"), self._key_edit)
        buttons = QHBoxLayout()
        buttons.addWidget(self._forget_button)
        buttons.addStretch(1)
        for button in (self._close_button, self._test_button, self._save_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self._where_label)
        column.addWidget(self._result_label)
        column.addLayout(buttons)
        self.setMinimumWidth(480)
