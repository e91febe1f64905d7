"""The words of the status strip: what lives, what it cost, how good the forecasts were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from coldbyte.core.account.account import Account
from coldbyte.core.account.accuracy import Accuracy
from coldbyte.core.cache.money import dollars
from coldbyte.ui.ledger.ledger_row import LedgerRow, ScheduleRow
from coldbyte.ui.ledger.ledger_words import clock, countdown, spending, summary
from coldbyte.ui.status_strip import StatusChip

translate = QCoreApplication.translate


def ledger_chip(rows: Sequence[LedgerRow], now: float) -> StatusChip:
    """How many entries live and when the next one ends; a warming that runs, with timer and spending."""
    live = [row for row in rows if row.life(now) == "live"]
    running = [row.schedule for row in rows if row.schedule is not None and row.schedule.running]
    if not live:
        say = translate("StatusStrip", "nothing stored")
        tip = translate("StatusStrip", "Prompt cache: no entry is believed live.")
        return StatusChip("ledger_view", _with_warming(say, running, now), tip)
    first = min(live, key=lambda row: row.entry.expires_at)
    count = translate("StatusStrip", "1 entry live" if len(live) == 1 else "{n} entries live")
    ends = translate("StatusStrip", "ends in {left}" if len(live) == 1 else "next ends in {left}")
    say = f"{count.format(n=len(live))} · {ends.format(left=countdown(first.left_s(now)))}"
    tip = translate("StatusStrip", "Prompt cache: {summary}. The next to end, at {time}: {place}.").format(
        summary=summary(live, now), time=clock(first.entry.expires_at), place=first.place
    )
    return StatusChip("ledger_view", _with_warming(say, running, now), tip)


def money_chip(account: Account, *, simulated: bool) -> StatusChip:
    """What was spent today and the net saving; money of the simulator is called simulated."""
    if not account.exchanges and not account.warmings:
        return StatusChip("money_view", "", "")
    spent = dollars(account.price)
    words = translate("StatusStrip", "simulated {spent} · {saving} net")
    if not simulated:
        words = translate("StatusStrip", "{spent} spent · {saving} net")
    saving = dollars(account.saving)
    say = words.format(spent=spent, saving=saving if saving.startswith("−") else f"+{saving}")
    about = translate(
        "StatusStrip",
        "Today with the simulator, where nothing is paid: {spent} at list prices for {n} exchanges and "
        "{warmings} warmings."
        if simulated
        else "Today: {spent} for {n} exchanges and {warmings} warmings.",
    ).format(spent=spent, n=account.exchanges, warmings=account.warmings)
    net = translate("StatusStrip", "Net saving of the prompt cache against no caching: {saving}.")
    tip = f"{about} {net.format(saving=saving)}"
    if account.unpriced:
        words = translate("StatusStrip", "{n} of them have no known price and are not in it.")
        tip += " " + words.format(n=account.unpriced)
    return StatusChip("money_view", say, tip)


def accuracy_chip(found: Iterable[Accuracy], model: str, name: str, *, simulated: bool) -> StatusChip:
    """How many forecasts for the model in use came true, and the median error of the newest."""
    mine = next((one for one in found if one.model == model and one.simulated == simulated), None)
    if mine is None:
        return StatusChip("prefix_panel", "", "")
    error = max(mine.read_median, mine.input_median)
    words = translate("StatusStrip", "forecast: {close} of {n} as forecast · {name} ±{error:.1f} %")
    say = words.format(close=mine.close, n=mine.count, name=name, error=error)
    tip = translate(
        "StatusStrip",
        "Forecasts for {name} against the usage that {who} reported: {close} of {n} within 5 % of the prompt."
        " Of the newest 24, tokens read: median error {rm:.1f} %, 90th percentile {rl:.1f} %; whole prompt: "
        "median {im:.1f} %, 90th percentile {il:.1f} %.",
    ).format(
        name=name,
        who=translate("StatusStrip", "the simulator" if simulated else "the API"),
        close=mine.close,
        n=mine.count,
        rm=mine.read_median,
        rl=mine.read_large,
        im=mine.input_median,
        il=mine.input_large,
    )
    return StatusChip("prefix_panel", say, tip)


def _with_warming(say: str, running: Sequence[ScheduleRow], now: float) -> str:
    """A warming that runs is always in sight, with its timer and what it has spent."""
    if not running:
        return say
    due = [each.next_at for each in running if each.next_at is not None]
    words = translate("StatusStrip", "▶ warming in {left}" if due else "▶ warming now")
    timer = words.format(left=countdown(min(due) - now) if due else "")
    if len(running) == 1:
        return f"{say} · {timer} · {spending(running[0])}"
    spent = sum((each.spent or Decimal(0) for each in running), Decimal(0))
    words = translate("StatusStrip", "{spent} for {n} entries").format(spent=dollars(spent), n=len(running))
    return f"{say} · {timer} · {words}"
