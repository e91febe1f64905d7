"""The words of the timeline."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from coldbyte.core.cache.money import dollars
from coldbyte.core.history.query import HistoryRow
from coldbyte.core.history.run import RunSummary
from coldbyte.ui.history.history_words import badge, effect_of, tokens, usage_line, when
from coldbyte.ui.ledger.ledger_row import LedgerRow
from coldbyte.ui.ledger.ledger_words import countdown
from coldbyte.ui.money.money_words import rate
from coldbyte.ui.prefix.cause_words import title_of_id

translate = QCoreApplication.translate


def bar_words(row: HistoryRow, now: float) -> str:
    """An exchange in a few lines."""
    lines = [f"{badge(effect_of(row))} · {when(row.started_at, now)}", row.name or row.title]
    lines.append(usage_line(row.usage))
    if row.price is not None:
        lines[-1] += f" · {dollars(row.price)}"
    if row.cause:
        lines.append(title_of_id(row.cause))
    if row.lost:
        lines[-1] += " · " + translate("Timeline", "{amount} lost").format(amount=dollars(row.lost))
    return "\n".join(lines)


def summary_words(run: RunSummary) -> tuple[str, str]:
    """How many exchanges, and how they have done."""
    if not run.count:
        return translate("Timeline", "Timeline"), translate("Timeline", "nothing sent yet")
    about = translate("Timeline", "The last {n} exchanges").format(n=run.count)
    if run.count == 1:
        about = translate("Timeline", "The last exchange")
    words = translate("Timeline", "{rate} read · saved {saved} net")
    return about, words.format(rate=rate(run.hit_rate), saved=dollars(run.saved))


def summary_tip(run: RunSummary) -> str:
    """The same in full."""
    return translate(
        "Timeline",
        "{read} of {all} tokens read from the prompt cache. {spent} spent, {saved} saved net against no "
        "caching, {lost} lost by misses.",
    ).format(
        read=f"{run.read:,}",
        all=f"{run.input:,}",
        spent=dollars(run.spent),
        saved=dollars(run.saved),
        lost=dollars(run.lost),
    )


def culprit_words(row: HistoryRow) -> str:
    """What lost most, and how much."""
    name = title_of_id(row.cause) if row.cause else badge(effect_of(row))
    return f"{name} · −{dollars(row.lost)}" if row.lost else name


def warm_words(rows: Sequence[LedgerRow], now: float, most: int = 2) -> tuple[str, str]:
    """The live entries with their countdowns: in a line those that the draft reads and the longest ones, and
    all of them as lines.
    """
    live = [row for row in rows if row.life(now) == "live"]
    live.sort(key=lambda row: (not row.is_read, -row.entry.tokens, -row.left_s(now)))
    if not live:
        return translate("Timeline", "nothing"), ""
    told = [f"{tokens(row.entry.tokens)} · {countdown(row.left_s(now))}" for row in live[:most]]
    if len(live) > most:
        told.append(translate("Timeline", "{n} more").format(n=len(live) - most))
    words = translate("Timeline", "{place}: {tokens} tokens, {left} left")
    tip = [
        words.format(place=row.place, tokens=f"{row.entry.tokens:,}", left=countdown(row.left_s(now)))
        for row in live
    ]
    return "   ".join(told), "\n".join(tip)
