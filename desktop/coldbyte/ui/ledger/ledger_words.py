"""The words of the ledger: countdowns, times of day, what an entry holds and what warming it costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil

from PySide6.QtCore import QCoreApplication

from coldbyte.core.cache.money import dollars
from coldbyte.ui.ledger.ledger_row import LedgerRow, ScheduleRow

SOON_S = 60
"""Seconds before its end from which on an entry is said to end soon."""

translate = QCoreApplication.translate


def countdown(seconds: float) -> str:
    """Minutes and seconds that are left: `4:12`; the last second counts until it is over."""
    whole = max(ceil(seconds), 0)
    return f"{whole // 60}:{whole % 60:02}"


def clock(time: float) -> str:
    """The time of day on the user's clock."""
    return datetime.fromtimestamp(time, UTC).astimezone().strftime("%H:%M:%S")


def ago(seconds: float) -> str:
    """How long ago something ended, in whole minutes."""
    minutes = int(seconds // 60)
    if not minutes:
        return translate("LedgerView", "ended just now")
    return translate("LedgerView", "ended {n} min ago").format(n=minutes)


def facts_line(row: LedgerRow) -> str:
    """Tokens, model and origin."""
    tokens = translate("LedgerView", "{tokens} tokens").format(tokens=f"{row.entry.tokens:,}")
    return " · ".join(part for part in (tokens, row.model, row.origin) if part)


def read_line(row: LedgerRow, now: float) -> str:
    """Whether the draft reads it."""
    match row.life(now):
        case "ended":
            return ""
        case "coming":
            return translate("LedgerView", "◌ being written")
        case _ if row.is_read:
            return translate("LedgerView", "✓ the draft reads it now")
        case _:
            return translate("LedgerView", "○ the draft does not read it")


def warm_button(row: LedgerRow) -> str:
    """The name of the button that warms once."""
    if row.warming:
        return translate("LedgerView", "Warming …")
    name = translate("LedgerView", "Warm with max_tokens 1" if row.old_way else "Warm now")
    return name if row.warm_price is None else f"{name}  {dollars(row.warm_price)}"


def miss_line(row: LedgerRow) -> str:
    """What a miss would cost; why it can't be warmed."""
    if row.refusal:
        return row.refusal
    if row.miss_price is None:
        return translate("LedgerView", "no price is known for this model")
    return translate("LedgerView", "a miss would cost {price} more").format(price=dollars(row.miss_price))


def spending(schedule: ScheduleRow) -> str:
    """What was spent, of the cap."""
    spent = dollars(schedule.spent) if schedule.spent is not None else translate("LedgerView", "unknown")
    return translate("LedgerView", "{spent} of {cap}").format(spent=spent, cap=dollars(schedule.caps.usd))


def schedule_line(schedule: ScheduleRow, now: float) -> str:
    """When it warms next, and how much of its caps is used."""
    count = translate("LedgerView", "{n} of {cap} times").format(n=schedule.count, cap=schedule.caps.count)
    used = f"{spending(schedule)} · {count}"
    if not schedule.running:
        return f"■ {used} · {schedule.reason}"
    until = translate("LedgerView", "until {time}").format(time=clock(schedule.caps.until))
    if schedule.next_at is None:
        now_words = translate("LedgerView", "Keeps warm: now")
        return f"▶ {now_words} · {used} · {until}"
    words = translate("LedgerView", "Keeps warm: next in {left}")
    return f"▶ {words.format(left=countdown(schedule.next_at - now))} · {used} · {until}"


def spoken(row: LedgerRow, now: float) -> str:
    """A row for a screen reader: all but the countdown, which would be old at once."""
    life = row.life(now)
    until = translate("LedgerView", "ended at {time}" if life == "ended" else "lives until {time}")
    ttl = translate("LedgerView", "TTL {ttl}").format(ttl=row.entry.ttl)
    parts = [row.place, facts_line(row), ttl, until.format(time=clock(row.entry.expires_at))]
    return ", ".join([*parts, *filter(None, [read_line(row, now).lstrip("✓○◌ ")])])


def summary(rows: Sequence[LedgerRow], now: float) -> str:
    """How many live, and what they hold."""
    live = sum(row.life(now) == "live" for row in rows)
    match live:
        case 0:
            return translate("LedgerView", "No entry lives")
        case 1:
            return translate("LedgerView", "1 entry lives")
        case _:
            return translate("LedgerView", "{n} entries live").format(n=live)
