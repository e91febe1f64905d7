"""The rows of the list of causes as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coldbyte.core.cause import Cause, Severity
from coldbyte.core.insight import Insight
from coldbyte.ui.prefix.cause_words import (
    confidence_words,
    evidence_words,
    harmless_line,
    part_of,
    severity_words,
    title_of,
    where_of,
)

CauseKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Chip:
    """A small label, what it means, and the severity in whose colour it stands."""

    label: str
    tip: str
    tone: Severity | None = None


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A cause as it is shown, or the title of the harmless ones (`cause` is None then)."""

    key: CauseKey
    title: str
    where: str = ""
    say: str = ""
    cause: Cause | None = None
    chips: tuple[Chip, ...] = ()
    open: bool = False

    @property
    def severity(self) -> Severity:
        """By which the shape and the colour are chosen."""
        return self.cause.severity if self.cause else "info"

    @property
    def spoken(self) -> str:
        """Everything that the row shows, for a screen reader."""
        marks = ", ".join(chip.label for chip in self.chips)
        return ". ".join(filter(None, (self.title, self.where, self.say, marks)))


GROUP: CauseKey = ("", "harmless", "")


def key_of(cause: Cause) -> CauseKey:
    """What stays the same of a cause while it is typed at."""
    return cause.id, cause.where, cause.where_before or ""


def rows_of(insight: Insight | None, *, opened: bool, break_words: tuple[str, str]) -> Iterator[CauseRow]:
    """The causes, then the title of the harmless ones, then these if they are `opened`.

    `break_words` are label and tip of the chip at the cause of the break.
    """
    if insight is None:
        return
    primary = insight.primary
    for cause in insight.causes:
        yield _row(insight, cause, (Chip(*break_words, "loss"),) if cause is primary else ())
    if not insight.harmless:
        return
    yield CauseRow(GROUP, harmless_line(len(insight.harmless)), open=opened)
    for cause in insight.harmless if opened else ():
        yield _row(insight, cause, ())


def _row(insight: Insight, cause: Cause, chips: tuple[Chip, ...]) -> CauseRow:
    label, tip = severity_words(cause)
    marks = (
        *chips,
        Chip(label, tip, cause.severity),
        Chip(*confidence_words(cause)),
        Chip(*evidence_words(cause)),
    )
    if cause.count > 1:
        marks = (Chip(f"× {cause.count:,}", ""), *marks)
    where = where_of(insight, cause)
    say = cause.say.removeprefix(f"{where}: ").removeprefix(f"{part_of(insight, cause)}: ")
    return CauseRow(key_of(cause), title_of(cause), where, say[:1].upper() + say[1:], cause, marks)
