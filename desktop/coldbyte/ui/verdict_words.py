"""What the card of a verdict says."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from coldbyte.core.verdict.resolution import Source
from coldbyte.core.verdict.verdict import Effect, Verdict
from coldbyte.core.verdict.witness import Witness

translate = QCoreApplication.translate

_BADGES: dict[Effect, str] = {
    "hit": "✓ HIT",
    "first": "● WRITTEN",
    "partial": "▲ PARTIAL",
    "miss": "✕ MISS",
    "none": "○ NOT CACHED",
}


def badge_of(effect: Effect) -> str:
    """The word of a verdict, with a shape."""
    return _BADGES[effect]


def witness_words(witness: Witness) -> str:
    """One witness in a few words; ≠ marks one that contradicts another."""
    stances = {
        "hit-expected": translate("VerdictCard", "read expected"),
        "partial-expected": translate("VerdictCard", "part expected"),
        "miss-expected": translate("VerdictCard", "miss expected"),
        "unchanged": translate("VerdictCard", "no change"),
        "changed": translate("VerdictCard", "changed"),
        "hit": translate("VerdictCard", "read"),
        "partial": translate("VerdictCard", "partly read"),
        "miss": translate("VerdictCard", "not read"),
        "nothing": translate("VerdictCard", "nothing to say"),
    }
    mark = "≠" if witness.contradicts else "–" if witness.stance == "nothing" else "✓"
    return f"{mark} {_source(witness.source)}: {stances[witness.stance]}"


def resolution_words(verdict: Verdict) -> str:
    """What the witnesses give together."""
    together = {
        "agree": translate("VerdictCard", "The witnesses agree."),
        "contradict": translate("VerdictCard", "The witnesses contradict each other."),
        "inconclusive": translate("VerdictCard", "The witnesses decide nothing."),
    }[verdict.resolution]
    sure = {
        "high": translate("VerdictCard", "Confidence: high."),
        "medium": translate("VerdictCard", "Confidence: medium."),
        "low": translate("VerdictCard", "Confidence: low."),
    }[verdict.confidence]
    return f"{together} {sure}"


def evidence_words(verdict: Verdict) -> str:
    """The witnesses in full, then the facts, as lines."""
    lines = [resolution_words(verdict)]
    for witness in verdict.witnesses:
        against = ", ".join(_source(source) for source in witness.contradicts)
        apart = translate("VerdictCard", " (≠ {others})").format(others=against) if against else ""
        lines.append(f"{_source(witness.source)}{apart}: {witness.say}")
    said = {witness.say for witness in verdict.witnesses}
    lines += [f"· {fact}" for fact in verdict.evidence if fact not in said]
    return "\n".join(lines)


def _source(source: Source) -> str:
    return {
        "comparison": translate("VerdictCard", "Comparison"),
        "diagnostics": translate("VerdictCard", "Diagnostics"),
        "usage": translate("VerdictCard", "Usage"),
    }[source]
