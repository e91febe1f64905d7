"""What the prefix panel says: the state of the prefix, its breakpoints, what a newcomer could try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import QCoreApplication

from coldbyte.core.cache.breakpoint_fate import BreakpointFate
from coldbyte.core.cache.money import dollars
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.block_name import part_name
from coldbyte.ui.prefix.cause_words import title_of
from coldbyte.ui.role import Role

State = Literal[
    "no_question",
    "refused",
    "no_breakpoint",
    "below_minimum",
    "first",
    "broken",
    "unreached",
    "expired",
    "intact",
    "harmless",
]

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Headline:
    """One state in words. `tone` is the role of its colour, `icon` a drawing, `note` a short addition."""

    tone: Role
    icon: str
    title: str
    say: str
    note: str = ""


def state_of(insight: Insight | None) -> State:
    """Which of the states a draft is in; the first one that applies."""
    if insight is None:
        return "no_question"
    if insight.refusal:
        return "refused"
    plan = insight.forecast.plan
    if insight.broken:
        return "broken"
    if not plan.breakpoints:
        return "no_breakpoint"
    if all(point.outcome == "below_minimum" for point in plan.breakpoints):
        return "below_minimum"
    if insight.forecast.missed:
        return "unreached"
    if plan.hit is None:
        return "expired" if _has_left_entries(insight) else "first"
    identical = insight.comparison is not None and insight.comparison.identical
    return "intact" if identical else "harmless"


def hint_of(state: State) -> str:
    """What a newcomer could try next; empty where there is enough to look at."""
    match state:
        case "first":
            return translate(
                "PrefixPanel",
                "Press Ctrl+Enter to send the question, then ask the next one: "
                "it reads what the first one wrote.",
            )
        case "intact" | "harmless":
            return translate(
                "PrefixPanel",
                "Change a byte before the breakpoint and watch this panel: a trailing space, "
                "a no-break space, other line ends, an é typed in two code points.",
            )
        case _:
            return ""


def headline_of(insight: Insight | None) -> Headline:
    """The state in one sentence of large type and one of normal size."""
    state = state_of(insight)
    if insight is None:
        title = translate("PrefixPanel", "Nothing to look at yet")
        say = translate("PrefixPanel", "Choose a question: then this panel says what sending it would cost.")
        return Headline("muted", "question", title, say)
    match state:
        case "refused":
            title = translate("PrefixPanel", "The API will refuse this")
            return Headline("warning", "no-breakpoint", title, insight.refusal or "")
        case "broken":
            return _broken(insight)
        case "no_breakpoint" | "below_minimum":
            return _uncached(insight, state)
        case "first" | "expired":
            return _cold(insight, state)
        case _:
            return _warm(insight, state)


def trouble_headline(say: str) -> Headline:
    """A draft that is no request yet, and why."""
    title = translate("PrefixPanel", "This can't be sent yet")
    return Headline("warning", "no-breakpoint", title, say)


def breakpoint_lines(insight: Insight) -> Iterator[str]:
    """For each breakpoint a sentence about what becomes of it, and why."""
    read = insight.forecast.plan.usage.read
    before = 0
    for fate in insight.forecast.fates:
        written = fate.point.outcome == "written"
        start = max(before, read) if written else 0
        before = fate.point.tokens if written else before
        yield translate("PrefixPanel", "Breakpoint {ttl} behind {part}: {words}").format(
            part=part_name(insight.prefix, fate.point.index),
            ttl=fate.point.ttl,
            words=_fate_words(fate, insight.forecast.minimum).format(
                tokens=f"{fate.point.tokens - start:,}",
                entry=_entry_words(fate),
                when=_clock(fate.entry.expires_at) if fate.entry else "",
            ),
        )


def _fate_words(fate: BreakpointFate, minimum: int | None) -> str:
    match fate.fate:
        case "read":
            return translate("PrefixPanel", "≈ {tokens} tokens are read; {entry} lives until {when}")
        case "held":
            return translate("PrefixPanel", "its entry is part of a longer one that is read")
        case "expired":
            return translate(
                "PrefixPanel", "≈ {tokens} tokens will be written again; {entry} expired at {when}"
            )
        case "not_ready":
            return translate(
                "PrefixPanel",
                "≈ {tokens} tokens will be written again, as the answer that stores them has not begun",
            )
        case "broken":
            return translate(
                "PrefixPanel", "≈ {tokens} tokens will be written again, as the break lies before it"
            )
        case "out_of_reach":
            return translate(
                "PrefixPanel",
                "≈ {tokens} tokens will be written again; {entry} lives until {when}, too far before it",
            )
        case "below_minimum":
            words = translate("PrefixPanel", "nothing is cached: {tokens} tokens of {minimum} needed")
            return words.replace("{minimum}", f"{minimum or 0:,}")
        case "first":
            return translate("PrefixPanel", "≈ {tokens} tokens will be written")


def _entry_words(fate: BreakpointFate) -> str:
    if fate.origin is None:
        return translate("PrefixPanel", "the entry")
    return translate("PrefixPanel", "the entry of exchange {n}").format(n=fate.origin)


def _clock(time: float) -> str:
    """The time of day on the user's clock."""
    return datetime.fromtimestamp(time, UTC).astimezone().strftime("%H:%M:%S")


def cold_line(insight: Insight) -> str:
    """Which breakpoints are not read, in a line: a sentence about the one, a sum over several."""
    points = insight.forecast.plan.breakpoints
    cold = [point for point in points if point.outcome == "written"]
    if len(points) < 2 or not cold:
        return "".join(breakpoint_lines(insight))
    return translate(
        "PrefixPanel", "{cold} of {all} breakpoints are not read: ≈ {tokens} tokens will be written again"
    ).format(cold=len(cold), all=len(points), tokens=f"{insight.forecast.plan.usage.written:,}")


def baseline_line(insight: Insight | None) -> str:
    """What the headline is about: the next send, and with what that is compared."""
    if insight is None or insight.baseline is None:
        return translate("PrefixPanel", "The next send")
    words = translate("PrefixPanel", "The next send, compared with {exchange}")
    return words.format(exchange=insight.baseline.called)


def _broken(insight: Insight) -> Headline:
    """What broke it and what that costs come first; the sentence of the cause tells the place."""
    comparison = insight.comparison
    assert comparison is not None
    causes = insight.explanation.causes if insight.explanation else ()
    name = title_of(causes[0]) if causes else translate("PrefixPanel", "The bytes differ")
    say = causes[0].say if causes else ""
    byte = comparison.first.cache_byte if comparison.first else comparison.shared
    note = translate("PrefixPanel", "breaks at byte {byte} of {size} · cache view").format(
        byte=f"{byte:,}", size=f"{insight.prefix.size:,}"
    )
    if not insight.forecast.missed:
        title = translate("PrefixPanel", "{cause}: the prefix breaks").format(cause=name)
        nothing = translate("PrefixPanel", "Nothing is lost: no live entry reaches beyond this place.")
        return Headline("cold", "break", title, f"{say} {nothing}".strip(), note)
    tokens = f"{insight.forecast.missed:,}"
    title = translate("PrefixPanel", "{cause}: ≈ {tokens} tokens turn cold").format(cause=name, tokens=tokens)
    cost = insight.forecast.cost
    if cost is not None:
        lost = translate("PrefixPanel", "{title}, ≈ {amount} lost")
        title = lost.format(title=title, amount=dollars(cost.lost))
    return Headline("cold", "break", title, say, note)


def _uncached(insight: Insight, state: State) -> Headline:
    if state == "no_breakpoint":
        title = translate("PrefixPanel", "No breakpoint: nothing is cached")
        say = translate(
            "PrefixPanel",
            "Put a breakpoint behind the last part that stays the same: the next request then reads it "
            "at a fraction of the price.",
        )
        return Headline("warning", "no-breakpoint", title, say)
    title = translate("PrefixPanel", "Too short to be cached")
    say = translate(
        "PrefixPanel",
        "≈ {tokens} tokens stand before the breakpoint; {model} caches nothing below {minimum} tokens.",
    ).format(
        tokens=f"{max(point.tokens for point in insight.forecast.plan.breakpoints):,}",
        model=insight.prefix.model,
        minimum=f"{insight.forecast.minimum or 0:,}",
    )
    return Headline("warning", "below-minimum", title, say)


def _cold(insight: Insight, state: State) -> Headline:
    written = f"{insight.forecast.plan.usage.written:,}"
    if state == "expired":
        title = translate("PrefixPanel", "The prefix is intact, but its entries are gone")
        say = translate(
            "PrefixPanel",
            "Nothing changed, only time passed: sending writes ≈ {tokens} tokens again. An entry lives "
            "5 minutes or 1 hour from the last request that used it.",
        )
        return Headline("warning", "expired", title, say.format(tokens=written))
    title = translate("PrefixPanel", "Nothing sent yet")
    if insight.baseline is not None:
        title = translate("PrefixPanel", "Nothing in the prompt cache to read")
    say = translate(
        "PrefixPanel",
        "Sending writes ≈ {tokens} tokens to the prompt cache; the next request can read them.",
    )
    return Headline("muted", "first", title, say.format(tokens=written))


def _warm(insight: Insight, state: State) -> Headline:
    usage = insight.forecast.plan.usage
    if state == "unreached":
        title = translate("PrefixPanel", "The prefix is intact, but its entry is out of reach")
        say = translate(
            "PrefixPanel",
            "≈ {tokens} tokens lie in the prompt cache and no breakpoint of the draft leads to them.",
        ).format(tokens=f"{insight.forecast.missed:,}")
        return Headline("warning", "unreached", title, say)
    title = translate("PrefixPanel", "The prefix is intact")
    say = translate("PrefixPanel", "Sending reads ≈ {tokens} tokens from the prompt cache.")
    if usage.written:
        say = translate(
            "PrefixPanel",
            "Sending reads ≈ {tokens} tokens from the prompt cache and writes ≈ {written} more.",
        )
    say = say.format(tokens=f"{usage.read:,}", written=f"{usage.written:,}")
    comparison = insight.comparison
    if state == "intact" or comparison is None:
        note = translate("PrefixPanel", "all {size} bytes are the same").format(
            size=f"{insight.prefix.size:,}"
        )
        return Headline("warm_text", "intact", title, say, note)
    note = translate("PrefixPanel", "up to byte {byte} · cache view").format(byte=f"{comparison.shared:,}")
    behind = translate(
        "PrefixPanel",
        "What changed stands behind the last breakpoint of the baseline and costs nothing extra.",
    )
    if usage.written:
        behind = translate("PrefixPanel", "What the baseline stored is unchanged, so nothing is lost.")
    return Headline("warm_text", "harmless", title, f"{say} {behind}", note)


def _has_left_entries(insight: Insight) -> bool:
    """Whether the baseline read or wrote something, as far as is known."""
    if insight.baseline is None or not insight.baseline.prefix.breakpoints:
        return False
    usage = insight.baseline.usage
    return usage is None or bool(usage.read or usage.written)
