"""What speaks for a verdict, in sentences: each is a fact that can be checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coldbyte.core.cause import Cause
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.verdict.reading import Reading, landmark, passed_over, place_of_entry
from coldbyte.core.verdict.resolution import Course, Resolution
from coldbyte.core.verdict.witness import Statement


def evidence_of(
    exchange: Exchange,
    insight: Insight,
    reading: Reading,
    causes: Sequence[Cause],
    differences: Sequence[Cause],
    course: Course,
    *,
    loss: bool,
) -> Iterator[str]:
    """The facts of the request itself, the strongest first."""
    if course == "less":
        yield from _unread(exchange, insight, reading, differences)
    for cause in causes:
        yield cause.say
    if loss and course != "unreadable":
        yield landmark(reading.usage, insight)
    if course == "more":
        yield (
            f"{reading.usage.read:,} tokens were read and {reading.read:,} forecast: somebody else stored "
            "the same bytes, or what differs is not part of what the prompt cache compares."
        )
    if course == "outlived":
        yield "5 minutes and 1 hour are the least that an entry lives: it goes soon after, and not at once."
    if course == "unforeseen":
        yield f"{reading.usage.read:,} tokens were read that a request unknown to Coldbyte had stored."


def _unread(
    exchange: Exchange, insight: Insight, reading: Reading, differences: Sequence[Cause]
) -> Iterator[str]:
    """An unchanged breakpoint whose entry was not read: what changed behind it is not the cause."""
    entry = passed_over(reading.usage, insight)
    if entry is None:
        return
    either = " either" if differences else ""
    yield (
        f"The breakpoint behind {place_of_entry(entry, insight)} is unchanged, and its entry "
        f"({entry.tokens:,} tokens) was not read{either}."
    )
    if differences:
        yield f"So the change behind it is not the cause: {differences[0].say}"
    left = entry.expires_at - exchange.started_at
    if left > 0:
        minutes, seconds = divmod(round(left), 60)
        yield f"By the clock the entry still had {minutes} min {seconds} s to live."


def told(statement: Statement, resolution: Resolution, *, loss: bool, late: bool) -> Iterator[str]:
    """What the API's diagnostics add (facts §6, causes §3); `late`: what differs lies behind all that was
    stored.
    """
    diagnosis = statement.diagnosis
    if statement.echo == "denies":
        yield f"{statement.say} Our comparison does not see that."
    elif diagnosis.type == "previous_message_not_found":
        yield (
            "The API has no record of the request before: another workspace, too long a pause, or a request "
            "that did not ask for diagnostics. That is not a change."
        )
    elif diagnosis.state == "pending":
        yield "The API's diagnostics came too late to say anything."
    elif statement.stance == "unchanged" and loss:
        yield "The API's own comparison found no change either."
    elif statement.stance == "changed" and late:
        yield f"{statement.say} It lies behind all that was stored."
    elif statement.stance != "nothing":
        yield statement.say
    if ("diagnostics", "usage") in resolution.contradictions:
        yield "Neither witness of the request explains the usage, so the provider's side is suspected."
