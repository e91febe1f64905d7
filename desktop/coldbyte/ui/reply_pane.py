"""The reply as it streams in, above it the verdict, below it what the API reported."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTextBrowser, QToolButton, QVBoxLayout, QWidget

from coldbyte.core.cache.money import dollars
from coldbyte.core.cache.usage import Usage
from coldbyte.core.exchange import Exchange
from coldbyte.core.verdict import Verdict
from coldbyte.state.exchange_log import Record
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.pane_header import pane_header
from coldbyte.ui.tool_button import tool_button

_BADGES = {
    "hit": "✓ HIT",
    "first": "● WRITTEN",
    "partial": "▲ PARTIAL",
    "miss": "✕ MISS",
    "none": "○ NOT CACHED",
}


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
        self._title_label = QLabel(self.tr("Reply"), self)
        self._title_label.setProperty("role", "heading")
        self._question_label = ElidedLabel(self)
        self._question_label.setProperty("role", "muted")
        self._back_button = self._arrow("back_button", "‹", self.tr("The exchange before"), -1)
        self._count_label = QLabel("", self)
        self._count_label.setProperty("role", "muted")
        self._forward_button = self._arrow("forward_button", "›", self.tr("The exchange after"), +1)
        self._verdict_frame = QFrame(self)
        self._verdict_frame.setObjectName("verdict_frame")
        self._badge_label = QLabel(self._verdict_frame)
        self._badge_label.setProperty("role", "badge")
        self._verdict_label = QLabel(self._verdict_frame)
        self._verdict_label.setObjectName("verdict_label")
        self._verdict_label.setWordWrap(True)
        self._verdict_label.setTextFormat(Qt.TextFormat.PlainText)
        self._reply_view = ReplyView(self)
        self._reply_view.setObjectName("reply_view")
        self._reply_view.setAccessibleName(self.tr("Reply"))
        self._reply_view.setOpenLinks(False)
        self._reply_view.setPlaceholderText(
            self.tr("The reply appears here. Ctrl+Enter sends the chosen question, Esc cancels.")
        )
        self._usage_label = QLabel("", self)
        self._usage_label.setObjectName("usage_label")
        self._usage_label.setWordWrap(True)
        self._usage_label.setToolTip(self.tr("Hit rate = read / (read + written + uncached)"))
        self.setFocusProxy(self._reply_view)
        self._lay_out()
        self._verdict_frame.hide()
        self.show_record(None, 0)

    @property
    def verdict_text(self) -> str:
        """The verdict that is shown; empty without one."""
        return self._verdict_label.text()

    @property
    def badge_text(self) -> str:
        """The word of the verdict."""
        return self._badge_label.text()

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
        self._verdict_frame.setVisible(bool(self.badge_text))
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
        at_end = not new and bar.value() >= bar.maximum() - 4
        place = 0 if new else bar.value()
        self._shown = shown
        self._reply_view.setMarkdown(exchange.reply)
        if at_end:
            self._reply_view.moveCursor(QTextCursor.MoveOperation.End)
            bar.setValue(bar.maximum())
        else:
            bar.setValue(place)

    def _is_due(self, exchange: Exchange) -> bool:
        """Rendering takes longer the longer a reply is: while a long one comes in, it is rendered seldom."""
        number, text = self._shown or (0, "")
        return number != exchange.number or len(exchange.reply) > len(text) + len(text) ** 2 // 100_000

    def _show_word(self, exchange: Exchange, verdict: Verdict | None) -> None:
        if exchange.failure is not None:
            badge, say = self.tr("✕ FAILED"), f"{exchange.failure.say} {exchange.failure.remedy}".strip()
            effect = "failed"
        elif verdict is not None:
            badge, say, effect = _BADGES[verdict.effect], verdict.say, verdict.effect
            if exchange.cancelled:
                say = self.tr("Cancelled. ") + say
        elif exchange.cancelled:
            badge, say, effect = self.tr("○ CANCELLED"), self._kept(exchange), "none"
        else:
            badge = say = effect = ""
        self._badge_label.setText(badge)
        self._verdict_label.setText(say)
        if effect == self._verdict_frame.property("effect"):
            return
        self._verdict_frame.setProperty("effect", effect)
        for widget in (self._verdict_frame, self._badge_label):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

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
        card = QHBoxLayout(self._verdict_frame)
        card.setContentsMargins(12, 8, 12, 8)
        card.setSpacing(12)
        card.addWidget(self._badge_label)
        card.addWidget(self._verdict_label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(pane_header(self._title_label, self._question_label, *controls))
        column.addWidget(self._verdict_frame)
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
