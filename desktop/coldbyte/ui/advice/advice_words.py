"""The words of the advice: what moves, what it saves, and what is said of a block."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from coldbyte.core.advice.stability import BlockUse
from coldbyte.core.advice.worth import Worth
from coldbyte.core.cache.money import dollars
from coldbyte.core.traffic.span import span_words
from coldbyte.ui.advice.advice_sheet import Move

translate = QCoreApplication.translate


def saved_words(saves: Decimal) -> str:
    """What would have been saved over the observed traffic."""
    return translate("AdviceView", "saves {amount}").format(amount=dollars(saves))


def worth_figure(worth: Worth) -> str:
    """What caching saves on a hundred requests, or reads; empty where that is not known or nothing."""
    if not worth.per_hundred:
        return ""
    each = "{amount} per 100 reads" if worth.kind == "untried" else "{amount} per 100 requests"
    words = translate("AdviceView", each)
    return words.format(amount=dollars(worth.per_hundred))


def move_words(move: Move) -> str:
    """What happens to one breakpoint."""
    if move.before is None:
        return translate("AdviceView", "+ behind {name} ({ttl})").format(name=move.name, ttl=move.after)
    if move.after is None:
        return translate("AdviceView", "− behind {name} ({ttl})").format(name=move.name, ttl=move.before)
    words = translate("AdviceView", "↻ behind {name}: {before} → {after}")
    return words.format(name=move.name, before=move.before, after=move.after)


def moves_words(moves: Sequence[Move]) -> str:
    """All moves in one line."""
    return "   ".join(map(move_words, moves))


def applied_words(moves: Sequence[Move]) -> str:
    """What was done to the draft."""
    words = translate("AdviceView", "Applied to the draft: {moves}.")
    return words.format(moves=", ".join(map(move_words, moves)))


def about_words(
    requests: int, first_at: float | None, last_at: float | None, zone: tzinfo | None, *, simulated: bool
) -> str:
    """What the advice rests on."""
    kind = translate("AdviceView", "simulated" if simulated else "real")
    if not requests or first_at is None or last_at is None:
        return translate("AdviceView", "No {kind} request to this model yet").format(kind=kind)
    first, last = (datetime.fromtimestamp(at, zone) for at in (first_at, last_at))
    one = translate("AdviceView", "1 {kind} request" if requests == 1 else "{n} {kind} requests")
    said = one.format(n=requests, kind=kind)
    if first.date() == last.date():
        times = f"{first:%Y-%m-%d %H:%M}" if requests == 1 else f"{first:%Y-%m-%d %H:%M} – {last:%H:%M}"
    else:
        times = f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"
    return translate("AdviceView", "From {said}, {times}").format(said=said, times=times)


def verdict_words(use: BlockUse) -> str:
    """Whether a breakpoint behind a block pays."""
    return {
        "deserves": translate("AdviceView", "✓ pays"),
        "covered": translate("AdviceView", "◌ covered"),
        "too-short": translate("AdviceView", "✕ too short"),
        "too-volatile": translate("AdviceView", "✕ too volatile"),
        "too-rare": translate("AdviceView", "✕ too rare"),
        "untried": translate("AdviceView", "– untried"),
        "unable": translate("AdviceView", "– can't"),
        "unpriced": translate("AdviceView", "– no price"),
    }[use.verdict]


def changed_words(use: BlockUse) -> str:
    """How often a block changed by itself."""
    if not use.compared:
        return "–"
    return translate("AdviceView", "{n} of {of}").format(n=use.changed, of=use.compared)


def apart_words(use: BlockUse) -> str:
    """The median time between two uses of the same prefix."""
    return "–" if use.gap_s is None else span_words(use.gap_s)
