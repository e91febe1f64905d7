"""Everything that is known about the draft at this moment: the value that the prefix panel shows."""

from __future__ import annotations

from dataclasses import dataclass

from coldbyte.core.body import RequestBody, request_body
from coldbyte.core.catalogue import Catalogue
from coldbyte.core.comparison import Comparison, compare
from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.explain import Explanation, explain
from coldbyte.core.forecast import Circumstances, Forecast, forecast
from coldbyte.core.line_end import line_ends
from coldbyte.core.prefix import Prefix, prefix_of
from coldbyte.core.refusal import refusal
from coldbyte.core.text import Text
from coldbyte.core.tokens import estimate_tokens


@dataclass(frozen=True, slots=True)
class Insight:
    """A draft asked with one question (its key), seen against the baseline.

    `comparison` and `explanation` are None where there is no baseline yet.
    """

    draft: Draft
    question: str
    body: RequestBody
    prefix: Prefix
    baseline: Exchange | None
    comparison: Comparison | None
    explanation: Explanation | None
    forecast: Forecast

    @property
    def broken(self) -> bool:
        """Whether something that the baseline could have stored is no longer the same."""
        return self.comparison is not None and not self.comparison.harmless

    @property
    def refusal(self) -> str | None:
        """Why the API would refuse the request; None where it would not."""
        return refusal(self.prefix)

    @property
    def reads_another(self) -> bool:
        """Whether the draft breaks with the baseline, and yet would read all of another exchange."""
        points = self.forecast.plan.breakpoints
        return self.broken and bool(points) and points[-1].outcome == "read"


def prepare(text: Text) -> None:
    """Compute what is cached on a text, so that the first look at a long one does not hold a window."""
    estimate_tokens(text, "2026")
    line_ends(text)
    _ = text.digest, text.escaped


def look_at(
    draft: Draft,
    question: str,
    baseline: Exchange | None,
    catalogue: Catalogue,
    circumstances: Circumstances,
) -> Insight:
    """Draft -> request body -> prefix -> comparison -> causes -> forecast."""
    body = request_body(draft, question)
    prefix = prefix_of(body)
    comparison = compare(baseline.prefix, prefix) if baseline else None
    explanation = explain(comparison) if comparison else None
    before = baseline.prefix if baseline else None
    prediction = forecast(prefix, before, catalogue, circumstances)
    return Insight(draft, question, body, prefix, baseline, comparison, explanation, prediction)
