"""The pane of the conversation: the turns before the question, who says each, and going back to one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from coldbyte.core.draft import Question, Role, Turn
from coldbyte.ui.part_list_pane import PartListPane, first_words

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class RoleWish:
    """The user wants this role for a turn."""

    key: str
    role: Role


class TurnsPane(PartListPane):
    """The menu of a turn changes its role, cuts the conversation before it, or goes back to it."""

    role_requested = Signal(object)  # RoleWish
    cut_requested = Signal(str)  # the key of the first turn that goes
    rewind_requested = Signal(str)  # the key of a user's turn that becomes the question again
    form_requested = Signal(str)  # text to JSON of its blocks, or back

    def __init__(self, parent: QWidget | None = None) -> None:
        titles = (translate("TurnsPane", "Conversation"), translate("TurnsPane", "Turn"))
        hint = translate("TurnsPane", "Turns before the question.")
        tips = (translate("TurnsPane", "Add a turn"), translate("TurnsPane", "Remove the turn"))
        self._menu_button = QToolButton()
        super().__init__(("turns", "turn"), titles, hint, tips, parent=parent)
        self._menu_button.setParent(self)
        self._menu_button.setObjectName("turn_menu_button")
        self._menu_button.setText("⋯")
        self._menu_button.setAccessibleName(self.tr("What to do with the turn"))
        self._menu_button.setToolTip(self.tr("Role, form, cut or rewind"))
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._menu_button)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._menu_button.setMenu(self._menu)

    def controls(self) -> tuple[QWidget, ...]:
        """The menu."""
        return (self._menu_button,)

    def row_text(self, part: Question | Turn) -> str:
        """Who says it, and how it begins."""
        role = part.role if isinstance(part, Turn) else "user"
        letters = {
            "user": self.tr("U", "the user"),
            "assistant": self.tr("A", "the assistant"),
            "system": self.tr("S", "the system"),
        }
        return f"{letters[role]}  {first_words(part.text) or self.tr('(empty)')}"

    def _fill_menu(self) -> None:
        self._menu.clear()
        turn = self.part
        if not isinstance(turn, Turn):
            self._menu.addAction(self.tr("No turn is chosen")).setEnabled(False)
            return
        key = turn.key
        roles: tuple[tuple[Role, str], ...] = (
            ("user", self.tr("Said by the user")),
            ("assistant", self.tr("Said by the assistant")),
            ("system", self.tr("Said by the system")),
        )
        for role, words in roles:
            action = self._add(words, partial(self._ask_role, RoleWish(key, role)))
            action.setCheckable(True)
            action.setChecked(role == turn.role)
        self._menu.addSeparator()
        as_text = turn.form == "blocks"
        words = self.tr("Keep it as text") if as_text else self.tr("Keep it as JSON of its blocks")
        self._add(words, lambda: self.form_requested.emit(key))
        self._menu.addSeparator()
        self._add(self.tr("Cut the conversation before this turn"), lambda: self.cut_requested.emit(key))
        rewind = self._add(self.tr("Ask this turn again"), lambda: self.rewind_requested.emit(key))
        rewind.setEnabled(turn.role == "user" and turn.form == "text")

    def _ask_role(self, wish: RoleWish, _checked: bool = False) -> None:
        self.role_requested.emit(wish)

    def _add(self, words: str, do: object) -> QAction:
        action = QAction(words, self._menu)
        action.triggered.connect(do)
        self._menu.addAction(action)
        return action
