"""The pane of the request's settings: the usual ones as a form, all others as JSON, and what each breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.draft import NO_SETTINGS, Draft
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, compact
from coldbyte.core.prefix.prefix import Tier
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.prefix.setting_tier import broken_tier
from coldbyte.ui.pane_header import Fold, body_of, pane_header
from coldbyte.ui.scroll_column import scroll_area

Choices: TypeAlias = tuple[tuple[str, str], ...]

_TIERS: tuple[Tier, ...] = ("request", "tools", "system", "messages")
_MOST_TOKENS = 1_000_000
translate = QCoreApplication.translate

_CHOICES: tuple[tuple[str, str, Choices], ...] = (
    (
        "thinking",
        "Thinking",
        (
            ('{"type":"adaptive"}', "adaptive"),
            ('{"type":"disabled"}', "disabled"),
            ('{"type":"enabled","budget_tokens":4096}', "up to 4,096 tokens (older models)"),
        ),
    ),
    (
        "output_config",
        "Effort",
        tuple((f'{{"effort":"{word}"}}', word) for word in ("low", "medium", "high", "max")),
    ),
    (
        "tool_choice",
        "Tool choice",
        tuple((f'{{"type":"{word}"}}', word) for word in ("auto", "any", "none")),
    ),
    ("speed", "Speed", (('"standard"', "standard"), ('"fast"', "fast"))),
    (
        "cache_control",
        "Automatic breakpoint",
        (
            ('{"type":"ephemeral"}', "5m, behind the last block"),
            ('{"type":"ephemeral","ttl":"1h"}', "1h, behind the last block"),
        ),
    ),
    ("service_tier", "Service tier", (('"auto"', "auto"), ('"standard_only"', "standard only"))),
)
"""For each setting of the form its field, its label, and values as JSON with their words."""


@dataclass(frozen=True, slots=True)
class SettingWish:
    """The user wants this value for a field of the request; None takes it away."""

    name: str
    value: Json


class SettingsPane(QWidget):
    """What a request says beside its prompt."""

    max_tokens_chosen = Signal(int)
    setting_chosen = Signal(object)  # SettingWish

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_pane")
        self._settings: Mapping[str, Json] = {}
        self._shown: Mapping[str, Json] | None = None
        self._max_tokens_box = QSpinBox(self)
        self._max_tokens_box.setObjectName("max_tokens_box")
        self._max_tokens_box.setAccessibleName(self.tr("Most tokens of the reply"))
        self._max_tokens_box.setRange(0, _MOST_TOKENS)
        self._max_tokens_box.setGroupSeparatorShown(True)
        self._max_tokens_box.setKeyboardTracking(False)
        self._combos = {name: self._combo(name, title, choices) for name, title, choices in _CHOICES}
        self._badges = {name: self._badge() for name in self._combos}
        self._other_edit = QLineEdit(self)
        self._other_edit.setObjectName("other_settings_edit")
        self._other_edit.setAccessibleName(self.tr("Other settings as JSON"))
        self._other_edit.setPlaceholderText('{"stop_sequences": ["END"], "metadata": {"user_id": "…"}}')
        self._other_edit.setToolTip(
            self.tr("The other fields of the request as a JSON object; Enter takes them.")
        )
        self._trouble_label = QLabel(self)
        self._trouble_label.setObjectName("trouble_label")
        self._trouble_label.setProperty("role", "trouble")
        self._trouble_label.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble_label.setWordWrap(True)
        self._trouble_label.hide()
        body, column = body_of(self)
        self.fold = Fold(self, self.tr("Settings"), body)
        self.setFocusProxy(self._max_tokens_box)
        self._lay_out(column)
        self._max_tokens_box.valueChanged.connect(self.max_tokens_chosen)
        self._other_edit.editingFinished.connect(self._ask_others)

    @property
    def trouble(self) -> str:
        """What is wrong with the JSON of the other settings."""
        return self._trouble_label.text()

    def show_draft(self, draft: Draft) -> None:
        """Show the settings of a draft."""
        self._max_tokens_box.blockSignals(True)
        self._max_tokens_box.setValue(draft.max_tokens)
        self._max_tokens_box.blockSignals(False)
        if draft.settings is self._shown:
            return
        self._settings = self._shown = draft.settings
        for name, combo in self._combos.items():
            self._show_value(combo, draft.settings.get(name))
            self._show_badge(name)
        others = {name: value for name, value in draft.settings.items() if name not in self._combos}
        self._other_edit.setText(str(compact(others)) if others else "")
        self._say("")
        count = len(draft.settings)
        self.fold.say(self.tr("{n} set").format(n=count) if count else self.tr("as usual"))

    def _show_value(self, combo: QComboBox, value: Json) -> None:
        """Choose a value; one that is not among the choices is added as it is."""
        data = "" if value is None else str(compact(value))
        index = combo.findData(data)
        if index < 0:
            combo.addItem(data, data)
            index = combo.count() - 1
        combo.setCurrentIndex(index)

    def _show_badge(self, name: str) -> None:
        badge = self._badges[name]
        words, tip = _badge_words(self._tier(name))
        badge.setText(words)
        badge.setToolTip(tip)

    def _tier(self, name: str) -> Tier | None:
        """The first tier that one of the choices breaks; a marker is not part of the prefix."""
        if name == "cache_control":
            return None
        combo = self._combos[name]
        values = [read_json(combo.itemData(index).encode()) for index in range(1, combo.count())]
        try:
            broken = {broken_tier(name, value) for value in values}
        except BodyError:  # one that was imported
            return "request"
        return next((tier for tier in _TIERS if tier in broken), None)

    def _ask(self, name: str) -> None:
        data = self._combos[name].currentData()
        self.setting_chosen.emit(SettingWish(name, read_json(data.encode()) if data else None))

    def _ask_others(self) -> None:
        text = self._other_edit.text().strip()
        try:
            wanted = read_json(text.encode()) if text else {}
        except JsonError as error:
            words = self.tr("No JSON: expected {what} at character {n}.")
            self._say(words.format(what=error.expected, n=f"{error.byte + 1:,}"))
            return
        if not isinstance(wanted, Mapping):
            self._say(self.tr("The other settings are a JSON object."))
            return
        taken = [name for name in wanted if name in NO_SETTINGS or name in ("system", "tools", *self._combos)]
        if taken:
            self._say(self.tr("{name} has its own place in the window.").format(name=taken[0]))
            return
        self._say("")
        others = {name: value for name, value in self._settings.items() if name not in self._combos}
        for name in (*others, *wanted):
            if others.get(name) != wanted.get(name):
                self.setting_chosen.emit(SettingWish(name, wanted.get(name)))

    def _say(self, trouble: str) -> None:
        self._trouble_label.setText(trouble)
        self._trouble_label.setVisible(bool(trouble))

    def _combo(self, name: str, title: str, choices: Choices) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName(f"{name}_combo")
        combo.setAccessibleName(translate("SettingsPane", title))
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(10)
        combo.addItem(self.tr("not set"), "")
        for value, words in choices:
            combo.addItem(translate("SettingsPane", words), value)
        combo.activated.connect(lambda _: self._ask(name))
        return combo

    def _badge(self) -> QLabel:
        badge = QLabel(self)
        badge.setProperty("role", "caption")
        return badge

    def _lay_out(self, column: QVBoxLayout) -> None:
        form_holder = QWidget(self)
        form_holder.setObjectName("scroll_content")
        form = QFormLayout(form_holder)
        form.setContentsMargins(12, 2, 8, 6)
        form.setVerticalSpacing(4)
        form.addRow(self.tr("Most tokens"), self._row(self._max_tokens_box, self._fixed_badge()))
        for name, title, _ in _CHOICES:
            row = self._row(self._combos[name], self._badges[name])
            form.addRow(translate("SettingsPane", title), row)
            self._show_badge(name)
        form.addRow(self.tr("Others"), self._other_edit)
        column.addWidget(scroll_area(form_holder, self), 1)
        column.addWidget(self._trouble_label)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(pane_header(self.fold.title_button, self.fold.fact_label))
        whole.addWidget(self.fold.body, 1)

    def _fixed_badge(self) -> QLabel:
        badge = self._badge()
        words, tip = _badge_words(None)
        badge.setText(words)
        badge.setToolTip(tip)
        return badge

    def _row(self, control: QWidget, badge: QLabel) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(control, 1)
        row.addWidget(badge)
        return row


def _badge_words(tier: Tier | None) -> tuple[str, str]:
    """What a change breaks, in a few words and in a sentence."""
    match tier:
        case "request" | "tools":
            return (
                translate("SettingsPane", "✕ all"),
                translate("SettingsPane", "A change breaks the whole prefix: tools, system and messages."),
            )
        case "system":
            return (
                translate("SettingsPane", "▲ system"),
                translate("SettingsPane", "A change breaks the system prompt and the messages; tools stay."),
            )
        case "messages":
            return (
                translate("SettingsPane", "▲ messages"),
                translate("SettingsPane", "A change breaks the messages; tools and system prompt stay."),
            )
        case None:
            return (
                translate("SettingsPane", "✓ nothing"),
                translate("SettingsPane", "It is not part of the prefix: a change breaks nothing."),
            )
