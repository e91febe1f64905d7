"""The headline: the state of the prefix by shape, colour and words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.icon import draw
from coldbyte.ui.prefix.prefix_words import Headline

_TONES = {"cold": "cold", "warm_text": "warm", "warning": "warning"}


class HeadlineView(QFrame):
    """An icon, one sentence in large type, and one that explains it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("headline_frame")
        self._headline: Headline | None = None
        self._icon_label = QLabel(self)
        self._about_label = ElidedLabel(self)
        self._about_label.setObjectName("about_label")
        self._about_label.setProperty("role", "caption")
        self._title_label = self._label("title_label", "headline")
        self._note_label = ElidedLabel(self)
        self._note_label.setObjectName("note_label")
        self._note_label.setProperty("role", "muted")
        self._say_label = self._label("say_label", "")
        self._say_label.setWordWrap(True)
        self._lay_out()

    @property
    def title(self) -> str:
        """The sentence in large type, with its addition."""
        return f"{self._title_label.text()} {self._note_label.text()}".strip()

    @property
    def say(self) -> str:
        """The sentence that explains it."""
        return self._say_label.text()

    def show_headline(self, headline: Headline, about: str = "") -> None:
        """Show a state; `about` says of what, in a line above it."""
        self._about_label.show_text(about)
        if headline == self._headline:
            return
        new_tone = self._headline is None or headline.tone != self._headline.tone
        new_icon = self._headline is None or headline.icon != self._headline.icon
        self._headline = headline
        self._title_label.setText(headline.title)
        self._note_label.show_text(headline.note)
        self._say_label.setText(headline.say)
        self.setAccessibleName(f"{about}: {self.title}" if about else self.title)
        self.setAccessibleDescription(headline.say)
        if new_tone:
            self.setProperty("tone", _TONES.get(headline.tone, ""))
            self.style().unpolish(self)
            self.style().polish(self)
        if new_tone or new_icon:
            self._draw_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon in the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._headline is not None:
            self._draw_icon()

    def _draw_icon(self) -> None:
        assert self._headline is not None
        ratio = self.devicePixelRatioF()
        side = round(1.9 * self.fontMetrics().height())
        image = draw(self._headline.icon, self._headline.tone, round(side * ratio))
        image.setDevicePixelRatio(ratio)
        self._icon_label.setPixmap(QPixmap.fromImage(image))
        self._icon_label.setVisible(not image.isNull())

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(self._title_label)
        title.addWidget(self._note_label, 1, Qt.AlignmentFlag.AlignBottom)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._about_label)
        words.addLayout(title)
        words.addWidget(self._say_label)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 7)
        row.setSpacing(12)
        row.addWidget(self._icon_label, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
