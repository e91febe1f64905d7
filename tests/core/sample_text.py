"""Real text around a change, and what is found in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from coldbyte.core.finding.finding import Finding, findings
from coldbyte.core.text.hunk import hunks
from coldbyte.core.text.text import Text

_SAMPLE = Path(__file__).parents[2] / "resources" / "sample" / "gdpr.txt"


@cache
def sample() -> str:
    """The first 30,000 characters of the sample document."""
    return _SAMPLE.read_text(encoding="utf-8")[:30_000]


def hosted(lines: str) -> str:
    """Some lines in the middle of the sample, with empty lines around them."""
    host = sample()
    cut = host.index("\n", 15_000) + 1
    return f"{host[:cut]}\n{lines}\n\n{host[cut:]}"


def found(
    before: str, after: str, *, at: tuple[float | None, float | None] = (None, None)
) -> tuple[Finding, ...]:
    """The findings between two texts."""
    left, right = Text.from_str(before), Text.from_str(after)
    return findings(left, right, hunks(left, right), at=at)[0]


def causes(before: str, after: str) -> list[str]:
    """The ids of the findings."""
    return [one.id for one in found(before, after)]


def restored(before: str, after: str, groups: tuple[Finding, ...]) -> str:
    """The text `after` with the bytes of `before` in all hunks of these findings."""
    left, right = before.encode(), after.encode()
    parts: list[bytes] = []
    place = 0
    every = {hunk for group in groups for hunk in group.hunks}
    for hunk in sorted(every, key=lambda hunk: (hunk.after_start, hunk.before_start)):
        parts += right[place : hunk.after_start], left[hunk.before_start : hunk.before_stop]
        place = hunk.after_stop
    return b"".join([*parts, right[place:]]).decode()
