"""The words of the history: what became of an exchange, when, what it read and what it cost."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from coldbyte.core.cache.money import dollars
from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import HistoryRow, Stock
from coldbyte.ui.money.money_words import rate
from coldbyte.ui.role import Role

translate = QCoreApplication.translate

EFFECTS = ("hit", "first", "partial", "miss", "none", "failed", "cancelled", "rejected", "unknown")
"""What an exchange can be filtered by, in the order of the menu."""

_TONES: dict[str, Role] = {
    "hit": "warm_text",
    "partial": "cold",
    "miss": "cold",
    "failed": "warning",
    "rejected": "warning",
}


def badge(effect: str) -> str:
    """The word of a verdict, with a shape; `effect` as in `Judgement`."""
    return {
        "hit": translate("HistoryView", "✓ HIT"),
        "first": translate("HistoryView", "● WRITTEN"),
        "partial": translate("HistoryView", "▲ PARTIAL"),
        "miss": translate("HistoryView", "✕ MISS"),
        "none": translate("HistoryView", "○ NOT CACHED"),
        "failed": translate("HistoryView", "✕ FAILED"),
        "cancelled": translate("HistoryView", "○ CANCELLED"),
        "rejected": translate("HistoryView", "✕ REJECTED"),
    }.get(effect, translate("HistoryView", "– NO VERDICT"))


def effect_of(row: HistoryRow) -> str:
    """The effect of a row; one that failed has none of its own."""
    return row.effect or ("failed" if row.failure else "")


def tone_of(effect: str) -> Role:
    """The colour of its word."""
    return _TONES.get(effect, "muted")


def when(time: float | None, now: float) -> str:
    """The time of day today, else the day with it, on the user's clock."""
    if time is None:
        return translate("HistoryView", "no time known")
    at, today = (datetime.fromtimestamp(each, UTC).astimezone() for each in (time, now))
    if at.date() == today.date():
        return at.strftime("%H:%M:%S")
    if at.year == today.year:
        return at.strftime("%d %b %H:%M").lstrip("0")
    return at.strftime("%d %b %Y %H:%M").lstrip("0")


def at_length(time: float | None) -> str:
    """Day and time to the second, on the user's clock."""
    if time is None:
        return translate("HistoryView", "no time known")
    return datetime.fromtimestamp(time, UTC).astimezone().strftime("%d %B %Y, %H:%M:%S").lstrip("0")


def tokens(count: int) -> str:
    """A short count of tokens."""
    if count < 1000:
        return f"{count}"
    if count < 1_000_000:
        return f"{count / 1000:.1f}k" if count < 100_000 else f"{count // 1000}k"
    return f"{count / 1_000_000:.1f}M"


def usage_line(usage: Usage | None) -> str:
    """What was read, of all; for a row."""
    if usage is None:
        return translate("HistoryView", "no usage")
    return translate("HistoryView", "{read} of {all} read").format(
        read=tokens(usage.read), all=tokens(usage.input)
    )


def size(count: int) -> str:
    """A number of bytes."""
    if count < 1000:
        return f"{count} B"
    for unit, step in (("kB", 10**3), ("MB", 10**6), ("GB", 10**9)):
        if count < 1000 * step or unit == "GB":
            return f"{count / step:.1f} {unit}"
    raise AssertionError(count)


def spoken(row: HistoryRow, now: float) -> str:
    """A row for a screen reader."""
    parts = [
        row.name or row.title,
        badge(effect_of(row)).lstrip("✓●▲✕○– ").lower(),
        when(row.started_at, now),
    ]
    parts += [row.model, usage_line(row.usage)]
    if row.price is not None:
        parts.append(dollars(row.price))
    if row.lost:
        parts.append(translate("HistoryView", "{price} lost").format(price=dollars(row.lost)))
    if row.pinned:
        parts.append(translate("HistoryView", "pinned"))
    return ", ".join(part for part in parts if part)


def count_line(total: int | None, *, filtered: bool) -> str:
    """How many exchanges are listed."""
    if not total:
        return ""
    if total == 1:
        return translate("HistoryView", "1 exchange fits" if filtered else "1 exchange")
    words = translate("HistoryView", "{n} exchanges fit" if filtered else "{n} exchanges")
    return words.format(n=f"{total:,}")


def stock_line(stock: Stock) -> str:
    """What there is, and how much room it takes."""
    words = translate("HistoryView", "{n} exchanges: {bodies} of bodies and replies take {disk} on the disk.")
    return words.format(n=f"{stock.exchanges:,}", bodies=size(stock.body_bytes), disk=size(stock.disk_bytes))


def verdict_line(kept: KeptExchange) -> str:
    """The sentence of the verdict, or why there is none."""
    judgement = kept.judgement
    if kept.failure and (judgement is None or not judgement.say):
        return kept.failure
    if judgement is not None and judgement.say:
        return f"{kept.failure} {judgement.say}".strip()
    return {
        "imported": translate("HistoryView", "It was imported, and nothing was judged."),
        "captured": translate("HistoryView", "It was captured, and nothing was judged."),
    }.get(kept.origin, translate("HistoryView", "No usage came back."))


def fact_lines(kept: KeptExchange) -> list[str]:
    """Usage, forecast, money, times, ids: one line for each kind."""
    lines = [
        line for line in (_usage(kept), _forecast(kept), _money(kept), _times(kept), _names(kept)) if line
    ]
    if not kept.wire_known:
        lines.append(
            translate("HistoryView", "Its bytes are not known: the body is what its source tells of it.")
        )
    if not kept.complete:
        lines.append(translate("HistoryView", "Parts of the request are not known."))
    if kept.note:
        lines.append(translate("HistoryView", "Note: {note}").format(note=kept.note))
    return lines


def _usage(kept: KeptExchange) -> str:
    usage = kept.usage
    if usage is None:
        return ""
    share = usage.hit_rate
    words = translate(
        "HistoryView",
        "Measured: {read} read · {written} written · {uncached} uncached · {output} output tokens",
    ).format(
        read=f"{usage.read:,}",
        written=f"{usage.written:,}",
        uncached=f"{usage.uncached:,}",
        output=f"{usage.output:,}",
    )
    parts = [words]
    if share is not None:
        parts.append(f"{translate('HistoryView', 'hit rate')} {rate(share)}")
    if _as_forecast(kept):
        parts.append(translate("HistoryView", "as forecast"))
    return " · ".join(parts)


def _forecast(kept: KeptExchange) -> str:
    planned = kept.judgement.forecast if kept.judgement else None
    if planned is None or _as_forecast(kept):
        return ""
    return translate("HistoryView", "Forecast: {read} read · {written} written · {uncached} uncached").format(
        read=f"{planned.read:,}", written=f"{planned.written:,}", uncached=f"{planned.uncached:,}"
    )


def _as_forecast(kept: KeptExchange) -> bool:
    """Whether the API counted exactly what was forecast."""
    planned, usage = kept.judgement.forecast if kept.judgement else None, kept.usage
    if planned is None or usage is None:
        return False
    measured = (usage.read, usage.written, usage.uncached)
    return measured == (planned.read, planned.written, planned.uncached)


def _money(kept: KeptExchange) -> str:
    judgement = kept.judgement
    if judgement is None or judgement.price is None:
        return ""
    lost = f" · {dollars(judgement.lost)} {translate('HistoryView', 'lost')}" if judgement.lost else ""
    basis = f" · {translate('HistoryView', 'prices')}: {judgement.basis}" if judgement.basis else ""
    return f"{dollars(judgement.price)}{lost}{basis}"


def _times(kept: KeptExchange) -> str:
    parts = [at_length(kept.started_at)]
    if kept.started_at is not None and kept.first_event_at is not None:
        first = kept.first_event_at - kept.started_at
        parts.append(translate("HistoryView", "first token after {s:.1f} s").format(s=first))
    if kept.started_at is not None and kept.ended_at is not None:
        parts.append(translate("HistoryView", "{s:.1f} s in all").format(s=kept.ended_at - kept.started_at))
    if kept.status is not None:
        parts.append(f"HTTP {kept.status}")
    if kept.stop_reason:
        parts.append(translate("HistoryView", "stopped by {reason}").format(reason=kept.stop_reason))
    return " · ".join(parts)


def _names(kept: KeptExchange) -> str:
    served = kept.served_by if kept.served_by and kept.served_by != kept.model else ""
    answered = translate("HistoryView", "answered by {model}").format(model=served) if served else ""
    parts = (kept.model, answered, kept.project, kept.source, kept.message_id, kept.request_id)
    return " · ".join(part for part in parts if part)
