"""The dialog that switches warming on for one entry: what it costs, whether it pays, and its hard caps."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.cache.money import dollars
from coldbyte.core.traffic.keep_alive import keep_alive_s
from coldbyte.core.warming.warming import Caps, Quote
from coldbyte.core.warming.warming_offer import HourAdvice, Offer
from coldbyte.ui.ledger.ledger_words import countdown

_MOST_TIMES = 12  # warmings proposed, even where more would pay
_MINUTES = {"5m": 60, "1h": 8 * 60}
_CENT = Decimal("0.01")


class KeepWarmDialog(QDialog):
    """Opened with `open()`. Nothing is warmed before the button is pressed."""

    start_requested = Signal(object)  # Caps

    def __init__(
        self, place: str, offer: Offer, clock: Callable[[], float], parent: QWidget | None = None
    ) -> None:
        """`offer` has a quote: what has no known price is not kept warm."""
        super().__init__(parent)
        assert offer.quote is not None
        self.setObjectName("keep_warm_dialog")
        self.setWindowTitle(self.tr("Keep warm"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._quote: Quote = offer.quote
        self._ttl = offer.point.ttl
        self._clock = clock
        self._place_label = self._line("place_label", "heading", place)
        self._offer_label = self._line("offer_label", "", self._offer_words(offer))
        self._advice_label = self._line("advice_label", "advice", self._advice_words(offer.hour))
        self._advice_label.setVisible(bool(self._advice_label.text()))
        self._money_box = QDoubleSpinBox(self)
        self._count_box = QSpinBox(self)
        self._minutes_box = QSpinBox(self)
        self._trouble_label = self._line("trouble_label", "caption", "")
        self._start_button = QPushButton(self.tr("Keep warm"), self)
        self._start_button.setObjectName("start_button")
        self._start_button.setProperty("role", "primary")
        self._start_button.setDefault(True)
        self._cancel_button = QPushButton(self.tr("Cancel"), self)
        self._propose(offer)
        self._lay_out()
        self._money_box.valueChanged.connect(self._check)
        self._start_button.clicked.connect(self._start)
        self._cancel_button.clicked.connect(self.reject)
        self._check()
        self._money_box.setFocus()

    @property
    def advice(self) -> str:
        """The cheaper way, if there is one."""
        return self._advice_label.text()

    @property
    def text(self) -> str:
        """What is said of the offer."""
        return self._offer_label.text()

    @property
    def caps(self) -> Caps:
        """The caps as they stand in the fields, from now on."""
        usd = Decimal(str(self._money_box.value()))
        return Caps(usd, self._count_box.value(), self._clock() + 60 * self._minutes_box.value())

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as its words are at this width."""
        super().showEvent(event)
        self.resize(self.width(), self.heightForWidth(self.width()))

    def _start(self) -> None:
        self.start_requested.emit(self.caps)
        self.accept()

    def _propose(self, offer: Offer) -> None:
        """As many times as pays, the money for that and for one that has to write."""
        count = max(min(offer.pays if offer.pays is not None else _MOST_TIMES, _MOST_TIMES), 1)
        money = (count * self._quote.keep + self._quote.most).quantize(_CENT, ROUND_CEILING)
        self._money_box.setDecimals(2 if self._quote.most >= _CENT else 4)
        self._money_box.setRange(0, 1000)
        self._money_box.setSingleStep(0.01)
        self._money_box.setPrefix("$ ")
        self._money_box.setValue(float(money))
        self._count_box.setRange(1, 1000)
        self._count_box.setSuffix(self.tr(" times"))
        self._count_box.setValue(count)
        self._minutes_box.setRange(1, 24 * 60)
        self._minutes_box.setSuffix(self.tr(" minutes"))
        self._minutes_box.setValue(_MINUTES[self._ttl])
        boxes: tuple[tuple[QAbstractSpinBox, str, str], ...] = (
            (self._money_box, "money_box", self.tr("Spend at most")),
            (self._count_box, "count_box", self.tr("Warm at most")),
            (self._minutes_box, "minutes_box", self.tr("For at most")),
        )
        for box, name, label in boxes:
            box.setObjectName(name)
            box.setAccessibleName(label)
            box.lineEdit().setTextMargins(6, 0, 6, 0)  # the padding of a style sheet does not get there

    def _check(self) -> None:
        """A cap below what one warming can cost would stop it at once."""
        enough = Decimal(str(self._money_box.value())) >= self._quote.most
        self._start_button.setEnabled(enough)
        words = self.tr("It stops by itself when the draft is closed or changed, or a warming fails.")
        if not enough:
            words = self.tr("A warming that finds the entry gone costs {most}: the limit has to cover that.")
        self._trouble_label.setText(words.format(most=dollars(self._quote.most)))

    def _offer_words(self, offer: Offer) -> str:
        quote, every = self._quote, keep_alive_s(self._ttl)
        words = self.tr(
            "Sends the prefix with max_tokens 0 shortly before the entry ends, {every} after its last use. "
            "One warming costs {keep}; a miss would cost {miss} more."
        ).format(every=countdown(every), keep=dollars(quote.keep), miss=dollars(quote.miss))
        pays = offer.pays
        if pays is None:
            return words
        if not pays:
            return words + " " + self.tr("Not even one warming pays.")
        even = self.tr("Break-even: {n} warmings without a use in between still pay.").format(n=f"{pays:,}")
        return words + " " + even

    def _advice_words(self, hour: HourAdvice | None) -> str:
        if hour is None or hour.saving <= 0:
            return ""
        use = self.tr("in an hour without a use")
        if hour.gap_s is not None:
            use = self.tr("in an hour with a use every {gap}").format(gap=countdown(hour.gap_s))
        return self.tr(
            "A TTL of 1h is cheaper: {use}, {n} warmings cost {short}, and 1h costs {long} more. "
            "It saves {saving}; choose 1h at the breakpoint."
        ).format(
            use=use,
            n=hour.warmings,
            short=dollars(hour.short),
            long=dollars(hour.long),
            saving=dollars(hour.saving),
        )

    def _line(self, name: str, role: str, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(10)
        for box in (self._money_box, self._count_box, self._minutes_box):
            form.addRow(box.accessibleName(), box)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel_button)
        buttons.addWidget(self._start_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        for label in (self._place_label, self._offer_label, self._advice_label):
            column.addWidget(label)
        column.addLayout(form)
        column.addWidget(self._trouble_label)
        column.addLayout(buttons)
        self.setMinimumWidth(480)
