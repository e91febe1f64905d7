"""The report for people: the verdict, what was lost, the place of the break with both sides made visible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from coldbyte.commands.terminal import (
    COLUMNS,
    Ink,
    Tone,
    columns_of,
    cut,
    cut_start,
    printable,
    wrapped,
)
from coldbyte.core.cache.money import dollars
from coldbyte.core.cause import Cause, Pair
from coldbyte.core.prefix.microscope import Snippet
from coldbyte.core.rule.effect_word import say_effect
from coldbyte.core.rule.excerpt import Excerpt, excerpt_of
from coldbyte.core.rule.report import Report
from coldbyte.core.text.invisible import display, name_of

_INDENT = "     "
_LEAD = 40  # columns of equal text in front of a difference
_NAMED = 4  # code points of a side that are named
_NARROW = (
    *("whitespace-changed", "line-endings-changed", "unicode-normalization-changed", "encoding-damaged"),
    *("invisible-char-changed", "typography-changed", "homoglyph-changed"),
)
_TONES: dict[str, Tone] = {"hit": "good", "partial": "warn", "unknown": "warn"}
_SEVERITIES: dict[str, Tone] = {"loss": "bad", "warning": "warn"}
_AGREES = {True: "as found here", False: "not as found here", None: "which says nothing of these two"}
_HOW = {"usage": "as the API reported", "counted": "counted", "estimated": "estimated"}


def explain_text(report: Report, ink: Ink) -> str:
    """The whole report, in lines of at most 100 columns."""
    return "\n".join(_explain_lines(report, ink)) + "\n"


def lint_text(causes: Sequence[Cause], ink: Ink) -> str:
    """What one request shows by itself."""
    if not causes:
        return f"{ink('good', 'CLEAN')}  Nothing in this request keeps it from being cached.\n"
    lines: list[str] = []
    for number, cause in enumerate(causes, 1):
        lines += [*_heading(number, cause, ink), *_details(cause, _alone), *_fix(cause, ink), ""]
    return "\n".join(lines)


def _explain_lines(report: Report, ink: Ink) -> Iterator[str]:
    yield from _verdict(report, ink)
    yield ""
    yield from _figures(report, ink)
    for number, cause in enumerate(report.causes, 1):
        yield ""
        yield from _heading(number, cause, ink)
        if number == 1:
            excerpt = excerpt_of(report.comparison, cause)
            if excerpt:
                yield ""
                yield from _sides(excerpt, cause, ink)
                yield ""
            yield from _details(cause, _pair)
        yield from _fix(cause, ink)
    if report.harmless:
        yield ""
        yield ink("strong", "Harmless differences")
        for cause in report.harmless:
            yield from _harmless(cause)


def _verdict(report: Report, ink: Ink) -> Iterator[str]:
    effect = report.effect.upper()
    lines = list(wrapped(say_effect(report), COLUMNS - len(effect) - 2))
    yield f"{ink(_TONES.get(report.effect, 'bad'), effect)}  {ink('strong', lines[0])}"
    for line in lines[1:]:
        yield f"{' ' * (len(effect) + 2)}{ink('strong', line)}"


def _figures(report: Report, ink: Ink) -> Iterator[str]:
    usage, cost = report.usage, report.cost
    yield _figure("Model", cut(printable(report.model), COLUMNS - 12), ink)
    yield _figure("Survives", ", ".join(report.survives) or "nothing", ink)
    tokens = f"{usage.read:,} read · {usage.written:,} written · {usage.uncached:,} uncached"
    yield _figure("Tokens", f"{tokens} ({_HOW[report.how]})", ink)
    if report.diagnosed is not None:
        found = printable(report.diagnosed.type or "no change")
        yield _figure("API says", f"{found} ({_AGREES[report.diagnosed.agrees]})", ink)
    if cost is None:
        yield _figure("Cost", "no price is known for this model", ink)
        return
    parts = (
        f"{dollars(cost.now)} now",
        f"{dollars(cost.if_warm)} if warm",
        f"{dollars(cost.without_cache)} without cache",
        f"{dollars(cost.lost)} lost",
    )
    yield _figure("Cost", " · ".join(parts), ink)


def _figure(name: str, value: str, ink: Ink) -> str:
    return f"  {ink('faint', f'{name:8}')}  {value}"


def _heading(number: int, cause: Cause, ink: Ink) -> Iterator[str]:
    """Name, marks, place and sentence of a cause."""
    marks = f"{cause.severity} · {cause.confidence} confidence · {cause.evidence}"
    gap = " " * max(COLUMNS - len(_INDENT) - len(cause.id) - len(marks), 2)
    severity = ink(_SEVERITIES.get(cause.severity, "faint"), cause.severity)
    yield f"{number:3}  {ink('strong', cause.id)}{gap}{severity}{ink('faint', marks[len(cause.severity) :])}"
    yield _INDENT + ink("mark", cut(_where(cause), COLUMNS - len(_INDENT)))
    for line in wrapped(printable(cause.say), COLUMNS - len(_INDENT)):
        yield _INDENT + line


def _where(cause: Cause) -> str:
    place = printable(cause.where) or "the whole request"
    line, column = cause.line[1], cause.column[1]
    if line is None or column is None:
        return place
    tail = f", line {line:,}, column {column:,}"
    return cut(place, COLUMNS - len(_INDENT) - len(tail)) + tail


def _details(cause: Cause, say: Callable[[Pair], str]) -> Iterator[str]:
    """The bytes, lines and columns of a cause, with the words for a pair."""
    parts = [f"cache byte {cause.cache_byte:,}"] if cause.cache_byte else []  # 0: not in the prefix
    for name, pair in (("block byte", cause.block_byte), ("wire byte", cause.wire_byte)):
        if pair is not None and pair != (None, None):
            parts.append(f"{name} {say(pair)}")
    if cause.line != (None, None):
        parts += [f"line {say(cause.line)}", f"column {say(cause.column)}"]
    if not parts:
        return
    for line in wrapped(" · ".join(part.replace(" ", "\0") for part in parts), COLUMNS - len(_INDENT)):
        yield _INDENT + line.replace("\0", " ")


def _pair(pair: Pair) -> str:
    before, after = ("–" if side is None else f"{side:,}" for side in pair)
    return before if before == after else f"{before} → {after}"


def _alone(pair: Pair) -> str:
    """The side of the only request."""
    return "–" if pair[1] is None else f"{pair[1]:,}"


def _fix(cause: Cause, ink: Ink) -> Iterator[str]:
    if cause.fix is None:
        return
    can = " (--fix FILE writes the repaired request.)" if cause.fix.automatic else ""
    lines = list(wrapped(printable(cause.fix.say) + can, COLUMNS - len(_INDENT) - 5))
    yield f"{_INDENT}{ink('good', 'Fix')}  {lines[0]}"
    for line in lines[1:]:
        yield f"{_INDENT}     {line}"


def _sides(excerpt: Excerpt, cause: Cause, ink: Ink) -> Iterator[str]:
    narrow = cause.id in _NARROW
    yield from _side("before", excerpt.before, cause.code_points_before if narrow else (), ink)
    yield from _side("after", excerpt.after, cause.code_points_after if narrow else (), ink)


def _side(name: str, snippet: Snippet | None, points: Sequence[str], ink: Ink) -> Iterator[str]:
    start = f"{_INDENT}{ink('faint', f'{name:6}')}  "
    margin = " " * (len(_INDENT) + 8)
    if snippet is None:
        yield start + ink("faint", "nothing stands here")
        return
    lead, middle, tail = fitted(snippet, COLUMNS - len(margin))
    yield f"{start}{lead}{ink('bad', middle)}{tail}"
    yield f"{margin}{' ' * columns_of(lead)}{ink('bad', '^' * max(columns_of(middle), 1))}"
    for point in points[:_NAMED]:
        yield margin + ink("mark", cut(_named(point), COLUMNS - len(margin)))
    if len(points) > _NAMED:
        yield margin + ink("faint", f"and {len(points) - _NAMED} more")


def _named(point: str) -> str:
    """`U+00E9  é  LATIN SMALL LETTER E WITH ACUTE`."""
    char = chr(int(point[2:], 16))
    return f"{point}  {printable(display(char))}  {name_of(char)}"


def fitted(snippet: Snippet, columns: int) -> tuple[str, str, str]:
    """What stands before, in and behind the difference, so that it fits."""
    line = printable(snippet.line) if len(printable(snippet.line)) == len(snippet.line) else snippet.line
    lead = cut_start(line[: snippet.start], _LEAD)
    middle = cut(line[snippet.start : snippet.stop], columns - _LEAD)
    tail = cut(line[snippet.stop :], columns - columns_of(lead) - columns_of(middle))
    return lead, middle, tail


def _harmless(cause: Cause) -> Iterator[str]:
    place = f" at {cut(printable(cause.where), COLUMNS // 2)}" if cause.where else ""
    for number, line in enumerate(wrapped(f"{cause.id}{place}: {printable(cause.say)}", COLUMNS - 4)):
        yield f"{'    ' if number else '  · '}{line}"
