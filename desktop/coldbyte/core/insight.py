"""Everything that is known about the draft at this moment: the value that the prefix panel shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coldbyte.core.body import RequestBody, request_body
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.forecast import Circumstances, Forecast, forecast
from coldbyte.core.cache.tokens import estimate_tokens
from coldbyte.core.cause import Cause
from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import Comparison, compare
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.rule.draft_cause import Situation, draft_causes
from coldbyte.core.rule.explain import Explanation, explain
from coldbyte.core.rule.refusal import refusal
from coldbyte.core.text.line_end import line_ends
from coldbyte.core.text.text import Text


@dataclass(frozen=True, slots=True)
class Insight:
    """A draft asked with one question (its key), seen against the baseline.

    `comparison` and `explanation` are None where there is no baseline yet. `causes` is everything that keeps
    the draft from being read, in cache order: differences, the set-up, breakpoints out of reach, then what no
    body shows; `harmless` is what differs without costing anything.
    """

    draft: Draft
    question: str
    body: RequestBody
    prefix: Prefix
    baseline: Exchange | None
    comparison: Comparison | None
    explanation: Explanation | None
    forecast: Forecast
    causes: tuple[Cause, ...] = ()
    harmless: tuple[Cause, ...] = ()

    @property
    def primary(self) -> Cause | None:
        """The cause at the break; None where nothing is broken."""
        return self.explanation.causes[0] if self.explanation and self.explanation.causes else None

    @property
    def complete(self) -> bool:
        """Whether all differences were looked at."""
        return self.explanation is None or self.explanation.complete

    @property
    def broken(self) -> bool:
        """Whether something that the baseline could have stored is no longer the same."""
        return self.comparison is not None and not self.comparison.harmless

    @property
    def refusal(self) -> str | None:
        """Why the API would refuse the request; None where it would not."""
        retired = (cause.say for cause in self.causes if cause.id == "model-retired")
        return refusal(self.prefix) or next(retired, None)

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
    diagnostics: Mapping[str, str | None] | None = None,
) -> Insight:
    """Draft -> request body -> prefix -> comparison -> forecast -> causes; `diagnostics` as in the body."""
    body = request_body(draft, question, diagnostics)
    prefix = prefix_of(body)
    comparison = compare(baseline.prefix, prefix) if baseline else None
    explanation = explain(comparison) if comparison else None
    before = baseline.prefix if baseline else None
    prediction = forecast(prefix, before, catalogue, circumstances)
    causes, harmless = draft_causes(
        Situation(body, prefix, prediction, catalogue, circumstances), baseline, comparison, explanation
    )
    return Insight(
        draft, question, body, prefix, baseline, comparison, explanation, prediction, causes, harmless
    )
