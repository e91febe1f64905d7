"""The forecast in figures: tokens read, written and uncached, and what the prompt costs."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from coldbyte.core.cache.forecast import Forecast
from coldbyte.core.cache.money import dollars
from coldbyte.ui.prefix.fate_fill import FateSwatch
from coldbyte.ui.prefix.ribbon import Fate

_SPACING = 5
_FATES: tuple[Fate, ...] = ("read", "written", "uncached")


class ForecastView(QWidget):
    """Every number is an estimate, and says so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("forecast_view")
        self.setAccessibleName(self.tr("Forecast, estimated"))
        self._captions = {fate: self._label("caption", f"{fate}_caption") for fate in _FATES}
        self._figures = {fate: self._label("figure", f"{fate}_figure") for fate in _FATES}
        self._now_caption = self._label("caption", "now_caption")
        self._now_caption.setText(self.tr("Sends for"))
        self._now_figure = self._label("figure", "now_figure")
        self._else_caption = self._label("caption", "else_caption")
        self._else_figure = self._label("figure", "else_figure")
        self._loss_label = self._label("loss", "loss_label")
        self._estimate_label = self._label("caption", "estimate_label")
        self._estimate_label.setText(self.tr("≈ estimated"))
        self._estimate_label.setToolTip(
            self.tr(
                "Tokens are estimated from the bytes of the text, prices follow from them. "
                "What the API measures stands under the reply."
            )
        )
        self._lay_out()

    @property
    def text(self) -> str:
        """All that is shown, in one line."""
        labels = [*self._labels(), self._loss_label, self._estimate_label]
        return " ".join(label.text() for label in labels if label.text() and not label.isHidden())

    def show_forecast(self, forecast: Forecast, *, broken: bool) -> None:
        """Show what sending now would do; `broken` says whether a changed byte is to blame for a loss."""
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
        optional = ([self._else_caption, self._else_figure], [self._estimate_label])
        for labels in optional:
            for label in labels:
                label.setVisible(bool(label.text()))
        for labels in optional:
            if self._wanted_width() <= self.width():
                return
            for label in labels:
                label.hide()

    def _wanted_width(self) -> int:
        """Pixels that the visible labels need beside each other."""
        swatch = self.fontMetrics().ascent() + _SPACING
        columns = [(self._captions[fate], self._figures[fate], swatch) for fate in _FATES]
        columns += [
            (self._now_caption, self._now_figure, 0),
            (self._else_caption, self._else_figure, 0),
            (self._estimate_label, self._loss_label, 0),
        ]
        return sum(
            max(_width(caption) + extra, _width(figure)) + 2 * _SPACING + 2
            for caption, figure, extra in columns
        )

    def _show_cost(self, forecast: Forecast, *, broken: bool) -> None:
        cost = forecast.cost
        self._now_figure.setText(self.tr("no known price") if cost is None else f"≈ {dollars(cost.now)}")
        caption, amount = self._alternative(forecast, broken=broken)
        self._else_caption.setText(caption)
        self._else_figure.setText(f"≈ {dollars(amount)}" if amount is not None else "")
        lost = cost is not None and forecast.missed > 0
        self._loss_label.setText(self.tr("≈ {amount} lost").format(amount=dollars(cost.lost)) if cost else "")
        self._loss_label.setVisible(lost)
        self._make_room()

    def _alternative(self, forecast: Forecast, *, broken: bool) -> tuple[str, Decimal | None]:
        """What the cost is best compared with."""
        cost, usage = forecast.cost, forecast.plan.usage
        if cost is None:
            return "", None
        if forecast.missed:
            return (self.tr("If unchanged"), forecast.unchanged) if broken else ("", None)
        if usage.read:
            return self.tr("Without cache"), cost.without_cache
        if usage.written:
            return self.tr("Next time"), cost.if_warm
        return "", None

    def _labels(self) -> list[QLabel]:
        pairs = [(self._captions[fate], self._figures[fate]) for fate in _FATES]
        pairs += [(self._now_caption, self._now_figure), (self._else_caption, self._else_figure)]
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
        for column, fate in enumerate(_FATES):
            swatch = FateSwatch(fate, self)
            grid.addWidget(swatch, 0, 3 * column, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self._captions[fate], 0, 3 * column + 1)
            grid.addWidget(self._figures[fate], 1, 3 * column, 1, 2)
            grid.setColumnMinimumWidth(3 * column + 2, 2)
            grid.setColumnStretch(3 * column + 2, 1)
        grid.addWidget(self._now_caption, 0, 9)
        grid.addWidget(self._now_figure, 1, 9)
        grid.setColumnStretch(10, 1)
        grid.addWidget(self._else_caption, 0, 11)
        grid.addWidget(self._else_figure, 1, 11)
        grid.setColumnStretch(12, 1)
        grid.addWidget(self._estimate_label, 0, 13, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._loss_label, 1, 13, Qt.AlignmentFlag.AlignRight)


def _width(label: QLabel) -> int:
    return 0 if label.isHidden() else label.sizeHint().width()


def _share(part: int, whole: int) -> str:
    if not whole:
        return ""
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1 %"
    if 99 < share < 100:
        return ">99 %"
    return f"{share:.0f} %"
