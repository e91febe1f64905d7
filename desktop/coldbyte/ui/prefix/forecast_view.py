"""The forecast in figures: tokens read, written and uncached, and what the prompt costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from coldbyte.core.cache.forecast import Forecast, How
from coldbyte.core.cache.money import dollars
from coldbyte.ui.prefix.fate_fill import FateSwatch
from coldbyte.ui.prefix.ribbon import Fate

_SPACING = 5
_FATES: tuple[Fate, ...] = ("read", "written", "uncached")
_COSTS = ("now", "unchanged", "warm", "without")  # what says least comes last


class ForecastView(QWidget):
    """The numbers of a forecast, and what they rest on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("forecast_view")
        self.setAccessibleName(self.tr("Forecast"))
        # What is shown follows from the width, so the width must not follow from what is shown.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._captions = {fate: self._label("caption", f"{fate}_caption") for fate in _FATES}
        self._figures = {fate: self._label("figure", f"{fate}_figure") for fate in _FATES}
        words = (self.tr("Sends for"), self.tr("If unchanged"), self.tr("All warm"), self.tr("Without cache"))
        self._costs = [
            _CostColumn(self._label("caption", f"{name}_caption"), self._label("figure", f"{name}_figure"))
            for name in _COSTS
        ]
        for column, word in zip(self._costs, words, strict=True):
            column.caption.setText(word)
        self._loss_label = self._label("loss", "loss_label")
        self._estimate_label = self._label("caption", "estimate_label")
        self._lay_out()

    @property
    def text(self) -> str:
        """All that is shown, in one line."""
        labels = [*self._labels(), self._loss_label, self._estimate_label]
        return " ".join(label.text() for label in labels if label.text() and not label.isHidden())

    def show_forecast(self, forecast: Forecast, *, broken: bool) -> None:
        """Show what sending now would do; `broken` says whether a changed byte is to blame for a loss, which
        the headline then tells.
        """
        usage = forecast.plan.usage
        counts = {"read": usage.read, "written": usage.written, "uncached": usage.uncached}
        words = {
            "read": self.tr("Read {share}"),
            "written": self.tr("Written {share}"),
            "uncached": self.tr("Uncached {share}"),
        }
        for fate in _FATES:
            self._captions[fate].setText(words[fate].format(share=_share(counts[fate], usage.input)))
            self._figures[fate].setText(f"≈ {counts[fate]:,}")
        self._show_how(forecast.how)
        self._show_cost(forecast, broken=broken)
        self.setAccessibleDescription(self.text)

    def minimumSizeHint(self) -> QSize:
        """Any width will do: what says least gives way first."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Show as much as fits; what says least is left out first."""
        first, *others = self._costs
        shown = [first, *(column for column in others if column.figure.text())]
        while len(shown) > 1 and self._wanted_width(shown) > self.width():
            shown.pop()
        for column in others:
            column.show_if(column in shown)
        self._estimate_label.setVisible(self._wanted_width(shown, self._estimate_label) <= self.width())

    def _wanted_width(self, costs: Sequence[_CostColumn], *more: QLabel) -> int:
        """Pixels that figures, costs, and in the last column the loss and `more`, need beside each other."""
        swatch = self.fontMetrics().ascent() + _SPACING
        columns = [(self._captions[fate], self._figures[fate], swatch) for fate in _FATES]
        columns += [(column.caption, column.figure, 0) for column in costs]
        widths = [max(_width(caption) + extra, _width(figure)) for caption, figure, extra in columns]
        last = [*more, *(() if self._loss_label.isHidden() else (self._loss_label,))]
        widths.append(max(map(_width, last), default=0))
        return sum(width + 2 * _SPACING + 2 for width in widths)

    def _show_how(self, how: How) -> None:
        """Say what the counts rest on."""
        word, tip = {
            "estimated": (
                self.tr("≈ estimated"),
                self.tr("Tokens are estimated from the bytes of the text, prices follow from them."),
            ),
            "calibrated": (
                self.tr("≈ calibrated"),
                self.tr("Tokens are estimated, and corrected by what this model reported so far."),
            ),
            "counted": (self.tr("≈ counted"), self.tr("The API counted the tokens of this very prompt.")),
            "measured": (
                self.tr("≈ measured"),
                self.tr("This very prompt was sent before, and its tokens were reported."),
            ),
        }[how]
        self._estimate_label.setText(word)
        measured = self.tr("What the API measures stands under the reply.")
        self._estimate_label.setToolTip(f"{tip} {measured}")

    def _show_cost(self, forecast: Forecast, *, broken: bool) -> None:
        cost = forecast.cost
        amounts: tuple[Decimal | None, ...] = (None, None, None, None)
        if cost is not None:
            unchanged = forecast.unchanged if broken and forecast.missed else None
            if_warm = cost.if_warm if cost.if_warm not in (cost.now, unchanged) else None
            without = cost.without_cache if cost.without_cache != cost.now else None
            amounts = (cost.now, unchanged, if_warm, without)
        for column, amount in zip(self._costs, amounts, strict=True):
            column.figure.setText(f"≈ {dollars(amount)}" if amount is not None else "")
        if cost is None:
            self._costs[0].figure.setText(self.tr("no known price"))
        self._loss_label.setText(self.tr("≈ {amount} lost").format(amount=dollars(cost.lost)) if cost else "")
        self._loss_label.setVisible(cost is not None and forecast.missed > 0 and not broken)
        self._tell_costs()
        self._make_room()

    def _tell_costs(self) -> None:
        """All amounts, also those that have no room."""
        told = [column for column in self._costs if column.figure.text()]
        tip = "\n".join(f"{column.caption.text()}: {column.figure.text()}" for column in told)
        for column in self._costs:
            column.caption.setToolTip(tip)
            column.figure.setToolTip(tip)

    def _labels(self) -> list[QLabel]:
        pairs = [(self._captions[fate], self._figures[fate]) for fate in _FATES]
        pairs += [(column.caption, column.figure) for column in self._costs]
        return [label for pair in pairs for label in pair]

    def _label(self, role: str, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(_SPACING)
        grid.setVerticalSpacing(0)
        for row in (0, 3):  # captions stay at their figures, whatever the height
            grid.setRowStretch(row, 1)
        for column, fate in enumerate(_FATES):
            swatch = FateSwatch(fate, self)
            grid.addWidget(swatch, 1, 3 * column, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self._captions[fate], 1, 3 * column + 1)
            grid.addWidget(self._figures[fate], 2, 3 * column, 1, 2)
            grid.setColumnMinimumWidth(3 * column + 2, 2)
            grid.setColumnStretch(3 * column + 2, 1)
        for number, cost in enumerate(self._costs):
            grid.addWidget(cost.caption, 1, 9 + 2 * number)
            grid.addWidget(cost.figure, 2, 9 + 2 * number)
            grid.setColumnStretch(10 + 2 * number, 1)
        grid.addWidget(self._estimate_label, 1, 17, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._loss_label, 2, 17, Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True, slots=True)
class _CostColumn:
    """An amount with its name."""

    caption: QLabel
    figure: QLabel

    def show_if(self, shown: bool) -> None:
        for label in (self.caption, self.figure):
            if label.isHidden() == shown:
                label.setVisible(shown)


def _width(label: QLabel) -> int:
    return label.sizeHint().width()


def _share(part: int, whole: int) -> str:
    if not whole:
        return ""
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1 %"
    if 99 < share < 100:
        return ">99 %"
    return f"{share:.0f} %"
