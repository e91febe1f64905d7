"""The three witnesses of an exchange: our comparison with its forecast, the API's diagnostics, and usage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import Diagnosis, agrees, as_sent, expected_types
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.block_name import part_name
from coldbyte.core.verdict.reading import TOLERANCE, Reading
from coldbyte.core.verdict.resolution import Echo, Pair, Source

Stance = Literal[
    "hit-expected",  # the comparison, with what was forecast
    "partial-expected",
    "miss-expected",
    "unchanged",  # the diagnostics, which compare requests whatever the prompt cache did
    "changed",
    "hit",  # usage
    "partial",
    "miss",
    "nothing",  # has nothing to say
]

_PARTS: Mapping[str, str] = {
    "model_changed": "the model or its speed",
    "tools_changed": "the tools",
    "system_changed": "the system prompt",
    "messages_changed": "an earlier part of the messages",
}


@dataclass(frozen=True, slots=True)
class Witness:
    """What one of the three says, in one line, and which of the others it contradicts."""

    source: Source
    stance: Stance
    say: str
    contradicts: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What the API's diagnostics said of an exchange, beside what our comparison lets us expect of them.

    `named` is the exchange that the request named as the one before it, as far as it is known.
    """

    diagnosis: Diagnosis
    named: Exchange | None = None
    agrees: bool | None = None

    @property
    def echo(self) -> Echo:
        """Whether it is what our comparison sees."""
        return "silent" if self.agrees is None else "confirms" if self.agrees else "denies"

    @property
    def stance(self) -> Stance:
        """What it stands for."""
        if not self.diagnosis.compared:
            return "nothing"
        return "changed" if self.diagnosis.changed else "unchanged"

    @property
    def say(self) -> str:
        """In plain words."""
        diagnosis = self.diagnosis
        if not diagnosis.asked:
            return "The API was not asked for its diagnostics."
        before = f"exchange {self.named.number}" if self.named else "the request before"
        match diagnosis.state:
            case "absent":
                return "The endpoint sent no cache diagnostics."
            case "pending":
                return "The API was still comparing when it answered."
            case "null" if diagnosis.previous is None:
                return "A first request: the API had none to compare it with."
            case "null":
                return f"The API found no change since {before}, but for what was appended."
        return _reason(diagnosis, before)


def statement_of(exchange: Exchange, baseline: Exchange | None, named: Exchange | None) -> Statement:
    """What the diagnostics said; `named` is the exchange that the request named, else it is the baseline."""
    diagnosis = exchange.diagnosis
    if named is None and baseline is not None and baseline.message_id == diagnosis.previous:
        named = baseline
    if named is None or diagnosis.previous is None:
        return Statement(diagnosis)
    expected = expected_types(as_sent(named.body, named.prefix), as_sent(exchange.body, exchange.prefix))
    return Statement(diagnosis, named, agrees(diagnosis, expected))


def comparison_witness(insight: Insight, reading: Reading, total: int) -> Witness:
    """Where the prompt parts from the baseline, and what was forecast; `total` tokens had been stored."""
    return Witness("comparison", _expectation(reading, total), _comparison_words(insight, reading, total))


def usage_witness(usage: Usage, stance: Stance, *, readable: bool) -> Witness:
    """What the API counted; not `readable` where counts are missing or do not add up."""
    say = (
        f"The API counted {usage.read:,} tokens read, {usage.written:,} written and {usage.uncached:,} "
        "not cached."
    )
    return Witness("usage", stance, say if readable else "The usage is not complete, or does not add up.")


def confront(witnesses: Iterable[Witness], contradictions: Iterable[Pair]) -> tuple[Witness, ...]:
    """The witnesses, each with those that it contradicts."""
    pairs = list(contradictions)
    return tuple(
        Witness(one.source, one.stance, one.say, tuple(_opponents(one.source, pairs))) for one in witnesses
    )


def _opponents(source: Source, pairs: Iterable[Pair]) -> Iterable[Source]:
    for left, right in pairs:
        if source in (left, right):
            yield right if source == left else left


def _expectation(reading: Reading, total: int) -> Stance:
    if not max(total, reading.read):
        return "nothing"
    if not reading.read:
        return "miss-expected"
    return "hit-expected" if reading.read >= total * (1 - TOLERANCE) else "partial-expected"


def _comparison_words(insight: Insight, reading: Reading, total: int) -> str:
    """Where the prompt parts from the baseline, and what was forecast."""
    words = _difference_words(insight)
    if reading.read:
        return f"{words} {reading.read:,} tokens were expected to be read."
    if total:
        return f"{words} Nothing was expected to be read of {total:,} tokens that had been stored."
    return f"{words} Nothing was known to be stored for it."


def _difference_words(insight: Insight) -> str:
    comparison, baseline = insight.comparison, insight.baseline
    if comparison is None or baseline is None:
        return "There is no exchange to compare with."
    if comparison.first is None:
        return f"The prompt is that of {baseline.called}, byte for byte."
    side = comparison.first.after or comparison.first.before
    assert side is not None
    prefix = comparison.after if comparison.first.after else comparison.before
    where = f"{part_name(prefix, side.index)}, at byte {comparison.shared:,} of the prefix"
    if comparison.harmless:
        same = f"All that {baseline.called} could store is unchanged"
        return f"{same}; the first difference is in {where}."
    return f"The first difference to {baseline.called} is in {where}."


def _reason(diagnosis: Diagnosis, before: str) -> str:
    part = _PARTS.get(diagnosis.type or "")
    if part is not None:
        size = (
            f", about {diagnosis.missed:,} tokens from there on by its own count" if diagnosis.missed else ""
        )
        return f"The API says that {part} changed since {before}{size}."
    if diagnosis.type == "previous_message_not_found":
        return f"The API has no record of {before}, which is no sign of a change."
    if diagnosis.type == "unavailable":
        return f"The API can't name the difference to {before}: another setting, or a very long conversation."
    return f"The API gives a reason that Coldbyte does not know: “{diagnosis.type}”."
