"""The card of a send: what the next one would do, or what came of a past one, and why."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.verdict.verdict import Verdict
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.icon import draw
from coldbyte.ui.prefix.prefix_words import Headline
from coldbyte.ui.scroll_column import scroll_area
from coldbyte.ui.verdict_words import badge_of, evidence_words, resolution_words, witness_words

_EFFECTS = {"cold": "miss", "warm_text": "hit", "warning": "failed"}  # by the tone of a headline
_MOST_EVIDENCE = 132  # pixels of height before the evidence scrolls
_BESIDE = 60  # pixels of width that margins and a scroll bar take


class VerdictCard(QFrame):
    """Shows a headline of what the draft would do, a verdict with its witnesses and evidence, or what became
    of an exchange that has none. Without words it is hidden.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdict_frame")
        self._headline: Headline | None = None
        self._icon_label = QLabel(self)
        self._about_label = ElidedLabel(self)
        self._about_label.setObjectName("about_label")
        self._about_label.setProperty("role", "caption")
        self._title_label = ElidedLabel(self)
        self._title_label.setObjectName("title_label")
        self._title_label.setProperty("role", "headline")
        self._badge_label = QLabel(self)
        self._badge_label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._badge_label.setProperty("role", "badge")
        self._say_label = self._line("verdict_label")
        self._witness_labels = [ElidedLabel(self) for _ in range(3)]
        for label in self._witness_labels:
            label.setObjectName("witness_label")
            label.setProperty("role", "caption")
        self._evidence_button = QToolButton(self)
        self._evidence_button.setObjectName("evidence_button")
        self._evidence_button.setProperty("role", "status")
        self._evidence_button.setCheckable(True)
        self._evidence_label = self._line("evidence_label")
        self._evidence_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._evidence_scroll = scroll_area(self._evidence_label, self)
        self._evidence_scroll.setObjectName("evidence_scroll")
        self._lay_out()
        self._evidence_button.toggled.connect(self._fold)
        self._fold(False)
        for unused in (self._icon_label, self._about_label, self._title_label):
            unused.hide()
        self.hide()

    @property
    def word(self) -> str:
        """The word of the verdict."""
        return self._badge_label.text()

    @property
    def title(self) -> str:
        """The sentence in large type."""
        return self._headline.title if self._headline else ""

    @property
    def about(self) -> str:
        """The line above it."""
        return self._about_label.text()

    @property
    def say(self) -> str:
        """Its sentence."""
        return self._say_label.text()

    @property
    def witnesses(self) -> tuple[str, ...]:
        """What is shown of the three witnesses."""
        return tuple(label.text() for label in self._witness_labels if not label.isHidden())

    @property
    def evidence(self) -> str:
        """What speaks for it, as lines; it may be folded."""
        return self._evidence_label.text()

    def show_headline(self, headline: Headline, about: str = "") -> None:
        """Show what the draft would do; `about` says of what, in a line above it."""
        self._about_label.show_text(" · ".join(filter(None, (about, headline.note))))
        if headline == self._headline:
            return
        new_icon = self._headline is None or (headline.icon, headline.tone) != (
            self._headline.icon,
            self._headline.tone,
        )
        self._headline = headline
        self._title_label.show_text(headline.title)
        for label in (self._about_label, self._title_label):
            label.show()
        self._show("", headline.say, _EFFECTS.get(headline.tone, ""))
        self.show()
        self.setAccessibleName(f"{about}: {self.title}" if about else self.title)
        self.setAccessibleDescription(headline.say)
        self._show_witnesses(False)
        if new_icon:
            self._draw_icon()

    def show_verdict(self, verdict: Verdict, before: str = "") -> None:
        """Show a verdict; `before` stands in front of its sentence."""
        self._show(badge_of(verdict.effect), before + verdict.say, verdict.effect)
        for label, witness in zip(self._witness_labels, verdict.witnesses, strict=False):
            label.show_text(witness_words(witness), witness.say)
        self._evidence_label.setText(evidence_words(verdict))
        self._evidence_button.setAccessibleDescription(resolution_words(verdict))
        self._evidence_button.setToolTip(resolution_words(verdict))
        self._show_witnesses(bool(verdict.witnesses))

    def show_words(self, word: str, say: str, effect: str) -> None:
        """Show what became of an exchange that has no verdict; without a word nothing."""
        self._show(word, say, effect)
        self._show_witnesses(False)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon in the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._headline is not None:
            self._draw_icon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines that wrap elsewhere take another height."""
        super().resizeEvent(event)
        self._give_height()

    def _show(self, word: str, say: str, effect: str) -> None:
        self._badge_label.setText(word)
        self._badge_label.setVisible(bool(word))
        self._say_label.setText(say)
        self.setVisible(bool(word))
        if effect != self.property("effect"):
            self.setProperty("effect", effect)
            for widget in (self, self._badge_label):
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def _show_witnesses(self, shown: bool) -> None:
        for label in self._witness_labels:
            label.setVisible(shown)
        self._evidence_button.setVisible(shown)
        self._evidence_scroll.setVisible(shown and self._evidence_button.isChecked())
        self._give_height()

    def _give_height(self) -> None:
        """As much as the evidence needs, up to the height from which on it scrolls."""
        wanted = self._evidence_label.heightForWidth(max(self.width() - _BESIDE, 1))
        self._evidence_scroll.setFixedHeight(min(max(wanted, 0), _MOST_EVIDENCE))

    def _fold(self, unfolded: bool) -> None:
        self._evidence_button.setText(self.tr("Evidence ▴") if unfolded else self.tr("Evidence ▾"))
        self._evidence_scroll.setVisible(unfolded)
        self._give_height()

    def _draw_icon(self) -> None:
        assert self._headline is not None
        ratio = self.devicePixelRatioF()
        side = round(1.9 * self.fontMetrics().height())
        image = draw(self._headline.icon, self._headline.tone, round(side * ratio))
        image.setDevicePixelRatio(ratio)
        self._icon_label.setPixmap(QPixmap.fromImage(image))
        self._icon_label.setVisible(not image.isNull())

    def _line(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._about_label)
        words.addWidget(self._title_label)
        words.addWidget(self._say_label)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._icon_label, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._badge_label)
        head.addLayout(words, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        for label in self._witness_labels:
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(label, 1)
        row.addWidget(self._evidence_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self._evidence_scroll)
