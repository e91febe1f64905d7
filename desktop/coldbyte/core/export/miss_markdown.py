"""The report of a miss in Markdown, for an issue or a chat; nothing of a prompt can act as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coldbyte.core.export.miss import Miss, MissCause, cut_up
from coldbyte.core.prefix.microscope import Snippet

_MARKUP = re.compile(r"[\\`*_{}\[\]()<>#+\-!|&~^$]")
_ACTIVE = re.compile(r"@|://|www\.|\bGH-\d|:\w+:")  # mentions, links and the like, which escapes don't stop


def miss_markdown(miss: Miss) -> str:
    """The report; one sentence first."""
    return "\n".join(_lines(miss)) + "\n"


def _lines(miss: Miss) -> Iterator[str]:
    yield f"**{miss.effect.upper()}**: {_inert(miss.sentence)}"
    yield ""
    if miss.redacted:
        yield "Redacted: letters and digits stand for their class."
        yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in miss.figures:
        yield f"| {name} | {_inert(value)} |"
    for number, cause in enumerate(miss.causes, 1):
        yield ""
        yield from _cause(number, cause)
    if miss.harmless:
        yield ""
        yield "## Harmless differences"
        yield ""
        yield from (f"- {_inert(each)}" for each in miss.harmless)


def _cause(number: int, cause: MissCause) -> Iterator[str]:
    yield f"## {number}. {_code(cause.id)}"
    yield ""
    yield f"{_code(cause.where)} ({cause.marks})"
    yield ""
    yield _inert(cause.say)
    if cause.excerpt is not None:
        yield ""
        yield from _fenced([*_side("before", cause.excerpt.before), *_side("after", cause.excerpt.after)])
    rows = [(name, ", ".join(points)) for name, points in zip(("before", "after"), cause.points, strict=True)]
    facts = [f"- {name}: {_inert(value)}" for name, value in (*rows, *cause.facts) if value]
    if facts:
        yield ""
        yield from facts
    if cause.fix:
        yield ""
        yield f"**Fix:** {_inert(cause.fix)}"


def _side(name: str, snippet: Snippet | None) -> list[str]:
    if snippet is None:
        return [f"{name:6}  nothing stands here"]
    lead, middle, tail = cut_up(snippet)
    return [f"{name:6}  {lead}{middle}{tail}", f"{' ' * 8}{' ' * len(lead)}{'^' * max(len(middle), 1)}"]


def _fenced(lines: list[str]) -> list[str]:
    """A block of code. Its lines begin with our words or with eight spaces, so that none of them ends it."""
    return ["```text", *lines, "```"]


def _inert(chars: str) -> str:
    if _ACTIVE.search(chars):
        return _code(chars).replace("|", "\\|")
    return _MARKUP.sub(r"\\\g<0>", chars)


def _code(chars: str) -> str:
    """A span of code whose marks are longer than what is in it."""
    longest = max((len(run) for run in re.findall("`+", chars)), default=0)
    mark = "`" * (longest + 1)
    return f"{mark} {chars} {mark}" if longest else f"{mark}{chars}{mark}"
