"""The reply as it streams in, above it the verdict, below it what the API reported."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTextBrowser, QToolButton, QVBoxLayout, QWidget

from coldbyte.core.cache.money import dollars
from coldbyte.core.cache.usage import Usage
from coldbyte.core.exchange import Exchange
from coldbyte.core.verdict.verdict import Verdict
from coldbyte.state.exchange_log import Record
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.pane_header import pane_header
from coldbyte.ui.tool_button import tool_button
from coldbyte.ui.verdict_card import VerdictCard


class ReplyView(QTextBrowser):
    """Shows Markdown and loads nothing from anywhere."""

    def loadResource(self, _type: int, _url: QUrl | str) -> QImage:
        """Refuse images that a reply names; without an image of ours Qt would open the file itself."""
        blank = QImage(1, 1, QImage.Format.Format_ARGB32)
        blank.fill(Qt.GlobalColor.transparent)
        return blank


class ReplyPane(QWidget):
    """Shows one exchange; the arrows go through those of this run."""

    step_requested = Signal(int)  # −1 to the one before, +1 to the one after

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reply_pane")
        self._shown: tuple[int, str] | None = None
        self._follows = True
        self._title_label = QLabel(self.tr("Reply"), self)
        self._title_label.setProperty("role", "heading")
        self._question_label = ElidedLabel(self)
        self._question_label.setProperty("role", "muted")
        self._back_button = self._arrow("back_button", "‹", self.tr("The exchange before"), -1)
        self._count_label = QLabel("", self)
        self._count_label.setProperty("role", "muted")
        self._forward_button = self._arrow("forward_button", "›", self.tr("The exchange after"), +1)
        self._verdict_card = VerdictCard(self)
        self._reply_view = ReplyView(self)
        self._reply_view.setObjectName("reply_view")
        self._reply_view.setAccessibleName(self.tr("Reply"))
        self._reply_view.setOpenLinks(False)
        bar = self._reply_view.verticalScrollBar()
        bar.valueChanged.connect(self._note_place)
        bar.rangeChanged.connect(self._follow)
        self._reply_view.setPlaceholderText(self.tr("The reply appears here. Ctrl+Enter sends."))
        self._usage_label = QLabel("", self)
        self._usage_label.setObjectName("usage_label")
        self._usage_label.setWordWrap(True)
        self._usage_label.setToolTip(self.tr("Hit rate = read / (read + written + uncached)"))
        self.setFocusProxy(self._reply_view)
        self._lay_out()
        self.show_record(None, 0)

    @property
    def verdict_text(self) -> str:
        """The verdict that is shown; empty without one."""
        return self._verdict_card.say

    @property
    def badge_text(self) -> str:
        """The word of the verdict."""
        return self._verdict_card.word

    @property
    def usage_text(self) -> str:
        """The line of what the API reported."""
        return self._usage_label.text()

    @property
    def reply_text(self) -> str:
        """The reply that is shown."""
        return self._shown[1] if self._shown else ""

    def show_record(self, record: Record | None, count: int) -> None:
        """Show an exchange, the `count` of exchanges beside its number."""
        self._usage_label.setVisible(record is not None)
        exchange = record.exchange if record else None
        self._count_label.setText(f"{exchange.number} / {count}" if exchange else "")
        self._back_button.setEnabled(exchange is not None and exchange.number > 1)
        self._forward_button.setEnabled(exchange is not None and exchange.number < count)
        for arrow in (self._back_button, self._forward_button):
            arrow.setVisible(count > 1)
        self._title_label.setText(self._heading(exchange, count))
        self._question_label.show_text(exchange.title if exchange else "")
        if record is None or exchange is None:
            return
        self._show_reply(exchange)
        self._show_word(exchange, record.verdict)
        self._usage_label.setText(self._report(exchange, record.verdict))

    def _heading(self, exchange: Exchange | None, count: int) -> str:
        """Which send is shown; the panel of the prefix is about the next one."""
        if exchange is None:
            return self.tr("Reply")
        if exchange.number == count:
            return self.tr("The last send")
        return self.tr("Exchange {n}").format(n=exchange.number)

    def _show_reply(self, exchange: Exchange) -> None:
        shown = (exchange.number, exchange.reply)
        if shown == self._shown or (exchange.running and not self._is_due(exchange)):
            return
        bar = self._reply_view.verticalScrollBar()
        new = self._shown is None or self._shown[0] != exchange.number
        follows = not new and self._follows
        place = 0 if new else bar.value()
        self._shown = shown
        self._reply_view.setMarkdown(exchange.reply)
        if follows:
            self._reply_view.moveCursor(QTextCursor.MoveOperation.End)
        bar.setValue(bar.maximum() if follows else place)
        self._note_place()

    def _note_place(self) -> None:
        """Whether the end of the reply is in sight: then it stays so."""
        bar = self._reply_view.verticalScrollBar()
        self._follows = bar.value() >= bar.maximum() - 4

    def _follow(self) -> None:
        """The view has got another height, for instance because the verdict takes room."""
        if self._follows:
            bar = self._reply_view.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _is_due(self, exchange: Exchange) -> bool:
        """Rendering takes longer the longer a reply is: while a long one comes in, it is rendered seldom."""
        number, text = self._shown or (0, "")
        return number != exchange.number or len(exchange.reply) > len(text) + len(text) ** 2 // 100_000

    def _show_word(self, exchange: Exchange, verdict: Verdict | None) -> None:
        card = self._verdict_card
        if exchange.failure is not None:
            say = f"{exchange.failure.say} {exchange.failure.remedy}".strip()
            card.show_words(self.tr("✕ FAILED"), say, "failed")
        elif verdict is not None:
            card.show_verdict(verdict, self.tr("Cancelled. ") if exchange.cancelled else "")
        elif exchange.cancelled:
            card.show_words(self.tr("○ CANCELLED"), self._kept(exchange), "none")
        else:
            card.show_words("", "", "")

    def _kept(self, exchange: Exchange) -> str:
        return self.tr("What had arrived is kept.") if exchange.reply else self.tr("Nothing had arrived yet.")

    def _report(self, exchange: Exchange, verdict: Verdict | None) -> str:
        if exchange.running and exchange.usage is None:
            return self.tr("Sent; waiting for the first token …")
        words = []
        if exchange.usage is not None:
            words.append(_usage_words(exchange.usage))
        if verdict is not None and verdict.price is not None:
            words.append(dollars(verdict.price))
        if exchange.first_event_after is not None:
            words.append(self.tr("first token after {s:.1f} s").format(s=exchange.first_event_after))
        if exchange.duration is not None:
            words.append(self.tr("{s:.1f} s in all").format(s=exchange.duration))
        if exchange.stop_reason not in (None, "end_turn"):
            words.append(self.tr("stopped by {reason}").format(reason=exchange.stop_reason))
        if verdict is not None:
            agrees = self.tr("as forecast") if verdict.agrees else self.tr("not as forecast")
            words.append(agrees)
        return " · ".join(words)

    def _arrow(self, name: str, sign: str, tip: str, step: int) -> QToolButton:
        button = tool_button(self, name, sign, tip)
        button.clicked.connect(lambda: self.step_requested.emit(step))
        return button

    def _lay_out(self) -> None:
        controls = (self._back_button, self._count_label, self._forward_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(pane_header(self._title_label, self._question_label, *controls))
        card = QHBoxLayout()
        card.setContentsMargins(8, 0, 8, 0)
        card.addWidget(self._verdict_card)
        column.addLayout(card)
        column.addWidget(self._reply_view, 1)
        column.addWidget(self._usage_label)
        self._usage_label.setContentsMargins(12, 2, 12, 6)


def _usage_words(usage: Usage) -> str:
    """The API's own counts: measured."""
    rate = "" if usage.hit_rate is None else f" · hit rate {_percent(usage.hit_rate)}"
    return (
        f"Measured: {usage.read:,} read · {usage.written:,} written · {usage.uncached:,} uncached"
        f" · {usage.output:,} output tokens{rate}"
    )


def _percent(share: float) -> str:
    """A share without rounding a little that is missing, or a little that is there, away."""
    if 0.99 < share < 1:
        return ">99 %"
    return "<1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")
