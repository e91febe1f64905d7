"""The forecast in figures: tokens read, written and uncached, and what the prompt costs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from coldbyte.core.forecast import Forecast
from coldbyte.core.money import Cost, dollars
from coldbyte.ui.fate_fill import FateSwatch
from coldbyte.ui.ribbon import Fate

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
        """Show what sending now would do; `broken` says whether a change is to blame for what is lost."""
        usage = forecast.plan.usage
        counts = {"read": usage.read, "written": usage.written, "uncached": usage.uncached}
        words = {
            "read": self.tr("Read {share}"),
            "written": self.tr("Written {share}"),
            "uncached": self.tr("Uncached {share}"),
        }
        for fate in _FATES:
            _set(self._captions[fate], words[fate].format(share=_share(counts[fate], usage.input)))
            _set(self._figures[fate], f"≈ {counts[fate]:,}")
        self._show_cost(forecast.cost, forecast, broken=broken)
        self.setAccessibleDescription(self.text)

    def _show_cost(self, cost: Cost | None, forecast: Forecast, *, broken: bool) -> None:
        _set(self._now_caption, self.tr("Sends for"))
        _set(self._now_figure, self.tr("no known price") if cost is None else f"≈ {dollars(cost.now)}")
        lost = broken and cost is not None and forecast.missed > 0
        if cost is None:
            caption, figure = "", ""
        elif broken and forecast.missed:
            caption, figure = self.tr("If unchanged"), f"≈ {dollars(cost.if_warm)}"
        elif forecast.plan.usage.read:
            caption, figure = self.tr("Without cache"), f"≈ {dollars(cost.without_cache)}"
        elif forecast.plan.usage.written:
            caption, figure = self.tr("Next time"), f"≈ {dollars(cost.if_warm)}"
        else:
            caption, figure = "", ""
        _set(self._else_caption, caption)
        _set(self._else_figure, figure)
        _set(self._loss_label, self.tr("≈ {amount} lost").format(amount=dollars(cost.lost)) if cost else "")
        self._loss_label.setVisible(lost)

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
        grid.setHorizontalSpacing(5)
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


def _set(label: QLabel, text: str) -> None:
    """Change a label only where it changes, so that nothing is laid out anew at each key."""
    if label.text() != text:
        label.setText(text)


def _share(part: int, whole: int) -> str:
    if not whole:
        return ""
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1 %"
    if 99 < share < 100:
        return ">99 %"
    return f"{share:.0f} %"
