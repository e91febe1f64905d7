"""The tables of the money: rows by exchange, conversation or day, and how good the forecasts were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from coldbyte.core.account.accuracy import CLOSE, LAST, Accuracy
from coldbyte.ui.fact_table import Column, FactTable
from coldbyte.ui.money.money_sheet import MoneyRow
from coldbyte.ui.money.money_words import amount, per_cent, rate, signed

translate = QCoreApplication.translate

_MODEL, _LOST = 2, 8  # columns


class MoneyTable(FactTable[MoneyRow]):
    """Rows of the money. Columns that say nothing of any row are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("money_table", translate("MoneyView", "Money by exchange"), _columns(), parent)

    def show_money(self, rows: Sequence[MoneyRow]) -> None:
        """Show these rows."""
        empty = []
        if len({row.model for row in rows}) < 2:
            empty.append(_MODEL)
        if not any(row.lost for row in rows):
            empty.append(_LOST)
        self.show_rows(rows, empty)


class AccuracyTable(FactTable[Accuracy]):
    """The accuracy for each model; ids of models are shown by their `names`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._names: Mapping[str, str] = {}
        super().__init__(
            "accuracy_table",
            translate("MoneyView", "Accuracy of the forecasts"),
            self._accuracy_columns(),
            parent,
        )

    def show_accuracies(self, found: Sequence[Accuracy], names: Mapping[str, str]) -> None:
        """Show these models."""
        self._names = names
        self.show_rows(found)

    def _accuracy_columns(self) -> tuple[Column[Accuracy], ...]:
        newest = translate("MoneyView", "of the newest {n} forecasts, in per cent of the prompt").format(
            n=LAST
        )
        close = translate("MoneyView", "Tokens read and tokens in all within {n:.0f} % of the prompt")
        read, whole = translate("MoneyView", "Tokens read"), translate("MoneyView", "Tokens in all")
        median, large = translate("MoneyView", "median error"), translate("MoneyView", "90th percentile")
        return (
            Column(
                translate("MoneyView", "Model"),
                lambda one: self._names.get(one.model, one.model),
                words=True,
                stretches=True,
            ),
            Column(translate("MoneyView", "Forecasts"), lambda one: f"{one.count:,}"),
            Column(
                translate("MoneyView", "As forecast"),
                lambda one: f"{one.close:,} · {rate(one.share)}",
                close.format(n=CLOSE),
            ),
            Column(
                translate("MoneyView", "Read ±"),
                lambda one: per_cent(one.read_median),
                f"{read}: {median} {newest}",
            ),
            Column(
                translate("MoneyView", "90 % below"),
                lambda one: per_cent(one.read_large),
                f"{read}: {large} {newest}",
            ),
            Column(
                translate("MoneyView", "All ±"),
                lambda one: per_cent(one.input_median),
                f"{whole}: {median} {newest}",
            ),
            Column(
                translate("MoneyView", "90 % below"),
                lambda one: per_cent(one.input_large),
                f"{whole}: {large} {newest}",
            ),
        )


def _columns() -> tuple[Column[MoneyRow], ...]:
    say = translate
    return (
        Column(say("MoneyView", "Time"), lambda row: row.when, words=True),
        Column(
            say("MoneyView", "What"),
            lambda row: row.name,
            detail=lambda row: f"{row.name}\n{row.model}".strip(),
            words=True,
            stretches=True,
        ),
        Column(say("MoneyView", "Model"), lambda row: row.model, words=True, spare=2),
        Column(say("MoneyView", "Read"), lambda row: f"{row.read:,}", say("MoneyView", "Tokens read")),
        Column(
            say("MoneyView", "Written"),
            lambda row: f"{row.written:,}",
            say("MoneyView", "Tokens written"),
            detail=_wasted,
        ),
        Column(
            say("MoneyView", "Uncached"),
            lambda row: f"{row.uncached:,}",
            say("MoneyView", "Tokens neither read nor written"),
            spare=3,
        ),
        *_money_columns(),
    )


def _money_columns() -> tuple[Column[MoneyRow], ...]:
    say = translate
    return (
        Column(
            say("MoneyView", "Price"),
            lambda row: amount(row.price),
            say("MoneyView", "USD, answer included"),
            detail=_unpriced,
        ),
        Column(
            say("MoneyView", "Net"),
            lambda row: signed(row.saving),
            say("MoneyView", "Without caching minus price: + is saved, − is a loss"),
        ),
        Column(
            say("MoneyView", "Lost"),
            lambda row: amount(row.lost) if row.lost else "",
            say("MoneyView", "What stored tokens cost more because they were not read"),
            spare=1,
        ),
        Column(
            say("MoneyView", "Hit"),
            lambda row: rate(row.hit_rate),
            say("MoneyView", "Hit rate = read / (read + written + uncached)"),
        ),
        Column(
            say("MoneyView", "Off"),
            lambda row: per_cent(row.error),
            say("MoneyView", "How far the forecast was off, in per cent of the prompt; the median of many"),
            spare=1,
        ),
    )


def _wasted(row: MoneyRow) -> str:
    if not row.wasted:
        return ""
    return translate("MoneyView", "{n} of them were never read and have expired").format(n=f"{row.wasted:,}")


def _unpriced(row: MoneyRow) -> str:
    if not row.unpriced:
        return ""
    if row.unpriced == row.count:
        return translate("MoneyView", "No price is known for this model")
    words = translate("MoneyView", "{n} of {count} have no known price and are not in it")
    return words.format(n=row.unpriced, count=row.count)
