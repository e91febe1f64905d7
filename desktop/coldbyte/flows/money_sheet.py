"""The sheet of the money, made from receipts: for a thread, as of thousands it takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from PySide6.QtCore import QCoreApplication

from coldbyte.core.account.account import Line, day_in, lines_of, total
from coldbyte.core.account.accuracy import accuracies, miss_of
from coldbyte.core.account.hindsight import Hindsight, hindsight
from coldbyte.core.account.patience import patience
from coldbyte.core.account.spending import spending_of
from coldbyte.core.account.what_if import WhatIf, observed
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.catalogue_override import YOURS
from coldbyte.core.traffic.origin import by_origin
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.ui.money.money_sheet import MoneyRow, MoneySheet, WhatIfSheet
from coldbyte.ui.money.money_words import count_words, day_words, prices_words, sources_words, time_words

translate = QCoreApplication.translate

MOST_REPLAYED = 200
"""The newest questions that are played again."""


@dataclass(frozen=True, slots=True)
class MoneyCase:
    """What a sheet is made from. `titles` are those of exchanges, by the id of their answer.

    `simulated` and `per_day` are what the user chose, None as long as he did not; `now` is in epoch seconds.
    """

    receipts: Sequence[Receipt]
    catalogue: Catalogue
    now: float
    conversation: str
    titles: Mapping[str, str]
    simulated: bool
    per_day: int | None = None
    zone: tzinfo | None = None


def money_sheet(case: MoneyCase) -> MoneySheet:
    """The sheet of one kind: of the other one where there are no receipts of the kind that is asked for."""
    kinds, simulated, mine = _chosen(case)
    lines = lines_of(mine, case.catalogue, now=case.now)
    today = datetime.fromtimestamp(case.now, case.zone).date()
    return MoneySheet(
        simulated,
        kinds,
        total(lines),
        spending_of(lines),
        patience(mine),
        accuracies(mine),
        _exchange_rows(lines, case, today),
        _conversation_rows(lines, case, today),
        _day_rows(lines, case, today),
        what_if_sheet(case),
        {model.id: model.name.removeprefix("Claude ") for model in case.catalogue.models},
        *_prices(case, mine),
    )


def what_if_sheet(case: MoneyCase) -> WhatIfSheet | None:
    """A day of the newest questions, sent in other ways; None where none of them can be played again."""
    receipts = _chosen(case)[2]
    asked = [one for one in receipts if one.kind == "question"][-MOST_REPLAYED:]
    pattern = observed(asked, day_in(case.zone))
    if pattern is None:
        return None
    first = asked[0].started_at
    played = [one for one in receipts if one.started_at >= first]
    per_day = case.per_day or pattern.per_day
    was = hindsight(played, case.catalogue)
    if not was.what_if.requests:
        return None
    now: Hindsight = was
    if per_day != pattern.per_day:
        now = hindsight(played, case.catalogue, pace=per_day / pattern.per_day)
    ways = tuple(each for each in now.what_if.outlooks if each.way != "as_it_was")
    return WhatIfSheet(
        per_day,
        pattern.per_day,
        WhatIf(now.what_if.requests, ways).scaled(per_day),
        was.what_if.scaled(pattern.per_day).way("as_it_was").cost,
        was.what_if.requests,
        was.left_out,
    )


def _chosen(case: MoneyCase) -> tuple[tuple[bool, ...], bool, tuple[Receipt, ...]]:
    """The kinds that there are, simulated first; the one that is shown, and its receipts."""
    both = by_origin(case.receipts)
    kinds = tuple(simulated for simulated in (True, False) if both[simulated])
    shown = case.simulated if case.simulated in kinds or not kinds else kinds[0]
    return kinds, shown, both[shown]


def _exchange_rows(lines: Sequence[Line], case: MoneyCase, today: date) -> tuple[MoneyRow, ...]:
    names = {model: _model_name(case.catalogue, model) for model in {one.receipt.model for one in lines}}
    rows = []
    for line in sorted(lines, key=lambda line: line.receipt.started_at, reverse=True):
        receipt, usage, miss = line.receipt, line.receipt.usage, miss_of(line.receipt)
        rows.append(
            MoneyRow(
                receipt.started_at,
                time_words(receipt.started_at, today, case.zone),
                _name(receipt, case.titles),
                names[receipt.model],
                usage.read,
                usage.written,
                usage.uncached,
                usage.hit_rate,
                line.price,
                line.saving,
                line.lost,
                line.waste.wasted,
                max(miss.read, miss.input) if miss else None,
                unpriced=int(line.prices is None),
            )
        )
    return tuple(rows)


def _conversation_rows(lines: Sequence[Line], case: MoneyCase, today: date) -> tuple[MoneyRow, ...]:
    """A row for each conversation, the one with the newest exchange first."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.receipt.conversation, []).append(line)
    newest = sorted(groups, key=lambda key: max(one.receipt.started_at for one in groups[key]), reverse=True)
    rows = []
    for key in newest:
        first = min(groups[key], key=lambda line: line.receipt.started_at).receipt
        title, count = case.titles.get(first.message_id or ""), count_words(groups[key])
        name = f"{title} · {count}" if title else count
        if key == case.conversation:
            name = translate("MoneyView", "This draft: {name}").format(name=name)
        when = time_words(first.started_at, today, case.zone)
        rows.append(_sum_row(groups[key], when, name, case.catalogue))
    return tuple(rows)


def _day_rows(lines: Sequence[Line], case: MoneyCase, today: date) -> tuple[MoneyRow, ...]:
    """A row for each day on the user's clock, the newest first."""
    groups: dict[date, list[Line]] = {}
    day_of: Callable[[Receipt], date] = day_in(case.zone)
    for line in lines:
        groups.setdefault(day_of(line.receipt), []).append(line)
    return tuple(
        _sum_row(groups[day], day_words(day, today), count_words(groups[day]), case.catalogue)
        for day in sorted(groups, reverse=True)
    )


def _sum_row(lines: Sequence[Line], when: str, name: str, catalogue: Catalogue) -> MoneyRow:
    account = total(lines)
    usage, priced = account.usage, account.unpriced < len(lines)
    models = {line.receipt.model for line in lines}
    errors = [max(miss.read, miss.input) for line in lines if (miss := miss_of(line.receipt))]
    return MoneyRow(
        min(line.receipt.started_at for line in lines),
        when,
        name,
        _model_name(catalogue, models.pop()) if len(models) == 1 else "",
        usage.read,
        usage.written,
        usage.uncached,
        account.hit_rate,
        account.price if priced else None,
        account.saving if priced else None,
        account.lost if priced else None,
        account.wasted,
        sorted(errors)[(len(errors) - 1) // 2] if errors else None,
        len(lines),
        account.unpriced,
    )


def _name(receipt: Receipt, titles: Mapping[str, str]) -> str:
    if receipt.kind == "warming":
        return translate("MoneyView", "Warming")
    return titles.get(receipt.message_id or "") or translate("MoneyView", "Question")


def _model_name(catalogue: Catalogue, model: str) -> str:
    known = catalogue.model(model)
    return known.name.removeprefix("Claude ") if known else model


def _prices(case: MoneyCase, receipts: Iterable[Receipt]) -> tuple[str, str]:
    """The line about the prices, and where they come from."""
    used = dict.fromkeys(receipt.model for receipt in receipts)
    known = [model for name in used if (model := case.catalogue.model(name))]
    yours = sum(model.source.startswith(YOURS) for model in case.catalogue.models)
    today = datetime.fromtimestamp(case.now, UTC).date()
    remarks = case.catalogue.remarks(today) if case.catalogue.stale(today) else ()
    line = prices_words(case.catalogue.as_of, yours, remarks[:1])
    return line, sources_words(dict.fromkeys(known))
