"""The first sentence of a report: what is read, and what was lost."""

from __future__ import annotations

from coldbyte.core.cache.money import dollars
from coldbyte.core.rule.report import Report


def say_effect(report: Report) -> str:
    """How much of what was stored is read."""
    stored, read = report.stored, min(report.usage.read, report.stored)
    lost = f" Lost: {dollars(report.cost.lost)}." if report.cost and report.cost.lost > 0 else ""
    match report.effect:
        case "hit":
            return f"All of the {stored:,} stored tokens are read."
        case "partial":
            return f"{read:,} of the {stored:,} stored tokens are read.{lost}"
        case "miss" if stored:
            return f"None of the {stored:,} stored tokens is read.{lost}"
        case "miss":
            return "Nothing was stored, so nothing is read."
        case "rejected":
            return "The API refuses this request."
        case _:
            return "What is read of the prompt cache can't be said."
