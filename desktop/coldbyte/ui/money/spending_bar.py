"""Where the money went: one bar, whose parts differ by pattern and by colour, with a legend."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from coldbyte.core.account.spending import Spending
from coldbyte.core.cache.money import dollars
from coldbyte.ui.money.money_words import rate
from coldbyte.ui.prefix.fate_fill import fill_fate
from coldbyte.ui.theme import Theme, current_theme

Part = Literal["read", "written", "uncached", "output", "warming"]

PARTS: tuple[Part, ...] = ("read", "written", "uncached", "output", "warming")

_HEIGHT, _LEAST, _STEP = 18, 3.0, 5.0


def fill_part(painter: QPainter, rect: QRectF, part: Part, theme: Theme) -> None:
    """Fill a rectangle: the fates of tokens as everywhere, answers dotted, warmings with upright lines."""
    match part:
        case "output":
            painter.fillRect(rect, theme.color("raised"))
            painter.fillRect(rect, QBrush(theme.color("disabled"), Qt.BrushStyle.Dense6Pattern))
        case "warming":
            painter.fillRect(rect, theme.color("warm"))
            painter.setPen(QPen(theme.color("on_warm"), 1))
            first, last = int(rect.left() // _STEP) + 1, int(rect.right() // _STEP)
            painter.drawLines(
                [QLineF(n * _STEP, rect.top(), n * _STEP, rect.bottom()) for n in range(first, last + 1)]
            )
        case _:
            fill_fate(painter, rect, part, theme)


class _Swatch(QWidget):
    """A small square that shows a part beside its word."""

    def __init__(self, part: Part, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = part
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as a capital letter stands."""
        side = max(self.fontMetrics().ascent(), 10)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the square."""
        painter, theme = QPainter(self), current_theme()
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill_part(painter, rect, self._part, theme)
        painter.setPen(theme.color("muted"))
        painter.drawRect(rect)


class _Bar(QWidget):
    """The bar alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT)
        self._spending = Spending()

    def show_spending(self, spending: Spending) -> None:
        if spending != self._spending:
            self._spending = spending
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the parts beside each other."""
        painter, theme = QPainter(self), current_theme()
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        for part, rect in self._rects(frame):
            fill_part(painter, rect, part, theme)
            painter.setPen(theme.color("surface"))
            painter.drawLine(QLineF(rect.right(), rect.top(), rect.right(), rect.bottom()))
        painter.setPen(theme.color("border"))
        painter.drawRect(frame)

    def _rects(self, frame: QRectF) -> Iterator[tuple[Part, QRectF]]:
        """The parts that cost something, none too narrow to be seen."""
        whole = self._spending.all
        costs: dict[Part, Decimal] = {part: getattr(self._spending, part) for part in PARTS}
        widths = {
            part: max(float(cost / whole) * frame.width(), _LEAST) for part, cost in costs.items() if cost
        }
        scale, left = frame.width() / sum(widths.values()) if widths else 1.0, frame.left()
        for part, width in widths.items():
            yield part, QRectF(left, frame.top(), width * scale, frame.height())
            left += width * scale


class SpendingBar(QWidget):
    """The bar and its legend."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spending_bar")
        self._words: dict[Part, str] = {
            "read": self.tr("Read"),
            "written": self.tr("Written"),
            "uncached": self.tr("Uncached"),
            "output": self.tr("Answers"),
            "warming": self.tr("Warmings"),
        }
        self._bar = _Bar(self)
        self._labels: dict[Part, QLabel] = {}
        self._swatches: dict[Part, _Swatch] = {}
        legend = QHBoxLayout()
        legend.setSpacing(5)
        for part in PARTS:
            self._swatches[part] = _Swatch(part, self)
            self._labels[part] = QLabel(self)
            self._labels[part].setProperty("role", "caption")
            legend.addWidget(self._swatches[part])
            legend.addWidget(self._labels[part])
            legend.addSpacing(8)
        legend.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._bar)
        column.addLayout(legend)

    @property
    def text(self) -> str:
        """The legend."""
        shown = [label.text() for label in self._labels.values() if not label.isHidden()]
        return " · ".join(shown)

    def show_spending(self, spending: Spending) -> None:
        """Show what the money went into."""
        self._bar.show_spending(spending)
        for part in PARTS:
            cost: Decimal = getattr(spending, part)
            share = rate(float(cost / spending.all)) if spending.all else ""
            self._labels[part].setText(f"{self._words[part]} {dollars(cost)}")
            self._labels[part].setToolTip(share)
            for widget in (self._labels[part], self._swatches[part]):
                widget.setVisible(bool(cost))
        self.setAccessibleName(self.tr("Where the money went: {parts}").format(parts=self.text))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())
