"""The report of a miss, ready to be written: plain words and figures in the order in which people ask.

Redacted, it holds no text of the prompt: excerpts show classes of characters, names are masked, and only
lengths, places and the code points that are the finding stay (`core.rule.redaction`).
"""

from __future__ import annotations

from dataclasses import dataclass

from coldbyte.core.cache.money import dollars
from coldbyte.core.cause import Cause, Pair
from coldbyte.core.prefix.microscope import Snippet
from coldbyte.core.repair.remedy import with_remedies
from coldbyte.core.rule.effect_word import say_effect
from coldbyte.core.rule.excerpt import Excerpt, excerpt_of
from coldbyte.core.rule.redaction import redacted
from coldbyte.core.rule.report import Report
from coldbyte.core.text.invisible import display, is_invisible, name_of, stand_in

_NAMED = 16
_HOW = {"usage": "as the API reported", "counted": "counted", "estimated": "estimated"}
_AGREES = {True: "as found here", False: "not as found here", None: "which says nothing of these two"}


@dataclass(frozen=True, slots=True)
class MissCause:
    """One cause. `facts` are names with values, `points` the code points of both sides with their names."""

    id: str
    marks: str
    where: str
    say: str
    fix: str
    facts: tuple[tuple[str, str], ...]
    points: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """What a report tells. `bar` are the tokens read, written and uncached; `figures` names with values."""

    effect: str
    sentence: str
    redacted: bool
    bar: tuple[int, int, int]
    figures: tuple[tuple[str, str], ...]
    causes: tuple[MissCause, ...]
    harmless: tuple[str, ...]


def miss_of(report: Report, *, redact: bool = True) -> Miss:
    """What to write of a report."""
    report = with_remedies(report)
    if redact:
        report = redacted(report)
    usage = report.usage
    return Miss(
        report.effect,
        say_effect(report),
        redact,
        (usage.read, usage.written, usage.uncached),
        tuple(_figures(report)),
        tuple(_cause(report, cause, first=not number) for number, cause in enumerate(report.causes)),
        tuple(
            shown(f"{each.id}{f' at {each.where}' if each.where else ''}: {each.say}")
            for each in report.harmless
        ),
    )


def shown(chars: str) -> str:
    """The characters on one line, with stand-ins for what can't be seen or would act on a page."""
    return "".join(map(_shown, chars))


def _shown(char: str) -> str:
    if char == " ":
        return char
    return stand_in(char) if is_invisible(char) else char if char.isprintable() else display(char)


def _figures(report: Report) -> list[tuple[str, str]]:
    usage, cost = report.usage, report.cost
    found = [
        ("Model", shown(report.model)),
        ("Survives", ", ".join(report.survives) or "nothing"),
        ("Read", f"{usage.read:,} tokens"),
        ("Written", f"{usage.written:,} tokens"),
        ("Uncached", f"{usage.uncached:,} tokens"),
        ("Tokens are", _HOW[report.how]),
    ]
    if report.diagnosed is not None:
        kind = shown(report.diagnosed.type or "no change")
        found.append(("The API says", f"{kind} ({_AGREES[report.diagnosed.agrees]})"))
    if cost is None:
        return [*found, ("Cost", "no price is known for this model")]
    return [
        *found,
        ("Cost now", dollars(cost.now)),
        ("Cost if warm", dollars(cost.if_warm)),
        ("Without cache", dollars(cost.without_cache)),
        ("Lost", dollars(cost.lost)),
    ]


def _cause(report: Report, cause: Cause, *, first: bool) -> MissCause:
    return MissCause(
        cause.id,
        f"{cause.severity} · {cause.confidence} confidence · {cause.evidence}",
        shown(cause.where) or "the whole request",
        shown(cause.say),
        shown(cause.fix.say) if cause.fix else "",
        tuple(_facts(cause)),
        (_points(cause.code_points_before), _points(cause.code_points_after)),
        excerpt_of(report.comparison, cause) if first else None,
    )


def _facts(cause: Cause) -> list[tuple[str, str]]:
    if not cause.where:  # the whole request has no place
        return []
    found = [("cache byte", f"{cause.cache_byte:,}")] if cause.cache_byte else []  # 0: not in the prefix
    pairs = [("block byte", cause.block_byte), ("wire byte", cause.wire_byte)]
    if cause.line != (None, None):
        pairs += [("line", cause.line), ("column", cause.column)]
    found += [(name, _pair(pair)) for name, pair in pairs if pair is not None and pair != (None, None)]
    return [*found, ("places", f"{cause.count:,}")] if cause.count > 1 else found


def _pair(pair: Pair) -> str:
    before, after = ("–" if side is None else f"{side:,}" for side in pair)
    return before if before == after else f"{before} → {after}"


def _points(points: tuple[str, ...]) -> tuple[str, ...]:
    """`U+00A0 NO-BREAK SPACE`."""
    return tuple(f"{point} {name_of(chr(int(point[2:], 16)))}" for point in points[:_NAMED])


def cut_up(snippet: Snippet) -> tuple[str, str, str]:
    """What stands before, in and behind the difference."""
    line = snippet.line
    return (
        shown(line[: snippet.start]),
        shown(line[snippet.start : snippet.stop]),
        shown(line[snippet.stop :]),
    )
