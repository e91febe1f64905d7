"""One exchange of the history in full: verdict, facts, reply, and the bytes that were sent and received."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.ui.choice_row import ChoiceRow
from coldbyte.ui.history.history_words import badge, fact_lines, size, verdict_line
from coldbyte.ui.verdict_card import VerdictCard
from coldbyte.ui.wrap_layout import WrapLayout

Shown = Literal["reply", "body", "events"]

SHOWN_BYTES = 65_536
"""Bytes of a body or a response that are shown; all of it can be saved."""

_ROOM = ((240, 1), (320, 2))  # pixels of height below which there is room for so many facts; the tip has all


class HistoryDetail(QWidget):
    """Shows what was loaded; what is done with it is a wish."""

    open_requested = Signal()
    compare_requested = Signal()
    edits_requested = Signal()
    save_requested = Signal(str)  # which of the texts

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        """`menu` holds what else can be done."""
        super().__init__(parent)
        self.setObjectName("history_detail")
        self._kept: KeptExchange | None = None
        self._shown_text = ""
        self._card = VerdictCard(self)
        self._facts_label = QLabel(self)
        self._facts_label.setObjectName("history_facts")
        self._facts_label.setProperty("role", "caption")
        self._facts_label.setWordWrap(True)
        self._facts_label.setTextFormat(Qt.TextFormat.PlainText)
        self._facts_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._choice = ChoiceRow("history_texts", self.tr("What is shown"), self)
        self._choice.add("reply", self.tr("Reply"))
        self._choice.add("body", self.tr("Body"), self.tr("Byte for byte as it was sent"))
        self._choice.add("events", self.tr("Response"), self.tr("Byte for byte as it was received"))
        self._cut_label = QLabel(self)
        self._cut_label.setProperty("role", "caption")
        self._save_button = QPushButton(self.tr("Save as …"), self)
        self._save_button.setObjectName("history_save")
        self._save_button.setProperty("role", "small")
        self._text_view = QPlainTextEdit(self)
        self._text_view.setObjectName("history_text")
        self._text_view.setReadOnly(True)
        self._text_view.setAccessibleName(self.tr("Text of the exchange"))
        self._text_view.setMinimumHeight(40)
        self._text_view.document().setDocumentMargin(8)
        self._open_button = QPushButton(self.tr("Open as draft"), self)
        self._open_button.setObjectName("history_open")
        self._open_button.setProperty("role", "small")
        self._compare_button = QPushButton(self.tr("Compare with the draft"), self)
        self._compare_button.setObjectName("history_compare")
        self._compare_button.setProperty("role", "small")
        self._edits_button = QPushButton(self.tr("Which edit broke it?"), self)
        self._edits_button.setObjectName("history_edits")
        self._edits_button.setProperty("role", "small")
        self._more_button = QToolButton(self)
        self._more_button.setObjectName("history_more")
        self._more_button.setProperty("role", "chip")
        self._more_button.setText(self.tr("More"))
        self._more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more_button.setMenu(menu)
        self._lay_out()
        self._choice.chosen.connect(self._show_text)
        self._save_button.clicked.connect(lambda: self.save_requested.emit(self._choice.choice))
        self._open_button.clicked.connect(self.open_requested)
        self._compare_button.clicked.connect(self.compare_requested)
        self._edits_button.clicked.connect(self.edits_requested)
        self.show_exchange(None, edits=False)

    @property
    def kept(self) -> KeptExchange | None:
        """The exchange that is shown."""
        return self._kept

    @property
    def text(self) -> str:
        """The words about the exchange."""
        facts = "\n".join(fact_lines(self._kept)) if self._kept is not None else ""
        return f"{self._card.word}\n{self._card.say}\n{facts}"

    @property
    def shown_text(self) -> str:
        """The text below them."""
        return self._shown_text

    def show_exchange(self, kept: KeptExchange | None, *, edits: bool) -> None:
        """Show an exchange; `edits` says whether its edits before it are known."""
        self._kept = kept
        self.setVisible(kept is not None)
        if kept is None:
            return
        effect = kept.judgement.effect if kept.judgement else ""
        effect = effect or ("failed" if kept.failure else "")
        self._card.show_words(badge(effect), verdict_line(kept), effect)
        self._show_facts()
        self._edits_button.setVisible(edits)
        self._show_text()

    def show_choice(self, shown: Shown) -> None:
        """Show the reply, the body or the response."""
        self._choice.show_choice(shown)
        self._show_text()

    def data(self, shown: str) -> bytes:
        """The bytes of a text of this exchange."""
        kept = self._kept
        if kept is None:
            return b""
        match shown:
            case "body":
                return kept.wire
            case "events":
                return kept.received
        return kept.reply.encode()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many facts as there is room for."""
        super().resizeEvent(event)
        if _facts_in(event.size().height()) != _facts_in(event.oldSize().height()):
            self._show_facts()

    def _show_facts(self) -> None:
        facts = fact_lines(self._kept) if self._kept is not None else []
        shown = facts[: _facts_in(self.height())]
        self._facts_label.setText("\n".join(shown) + (" …" if len(shown) < len(facts) else ""))
        self._facts_label.setToolTip("\n".join(facts))

    def _show_text(self) -> None:
        data = self.data(self._choice.choice)
        words = {
            "reply": self.tr("No reply came back."),
            "events": self.tr("No byte of a response is known."),
        }
        self._text_view.setPlaceholderText(words.get(self._choice.choice, ""))
        self._shown_text = data[:SHOWN_BYTES].decode(errors="replace")
        self._text_view.setPlainText(self._shown_text)
        cut = len(data) > SHOWN_BYTES
        shown = self.tr("first {shown} of {all}").format(shown=size(SHOWN_BYTES), all=size(len(data)))
        self._cut_label.setText(shown if cut else size(len(data)) if data else "")
        self._save_button.setVisible(bool(data))

    def _lay_out(self) -> None:
        texts = QHBoxLayout()
        texts.setContentsMargins(12, 0, 12, 0)
        texts.setSpacing(8)
        texts.addWidget(self._choice)
        texts.addStretch(1)
        texts.addWidget(self._cut_label)
        texts.addWidget(self._save_button)
        wishes = WrapLayout(spacing=8)
        wishes.setContentsMargins(12, 0, 12, 8)
        for button in (self._open_button, self._compare_button, self._edits_button, self._more_button):
            wishes.addWidget(button)
        self._facts_label.setContentsMargins(12, 0, 12, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        card = QHBoxLayout()
        card.setContentsMargins(8, 0, 8, 0)
        card.addWidget(self._card)
        column.addLayout(card)
        column.addWidget(self._facts_label)
        column.addLayout(texts)
        column.addWidget(self._text_view, 1)
        column.addLayout(wishes)


def _facts_in(height: int) -> int | None:
    """How many facts there is room for; None for all of them."""
    return next((count for least, count in _ROOM if height < least), None)
