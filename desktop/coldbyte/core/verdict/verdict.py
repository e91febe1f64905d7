"""The verdict: what an exchange did to the prompt cache and why, from three witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.money import cost_of, price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.cause import Cause, CauseId, Confidence
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.rule.circumstance_rule import circumstance_cause
from coldbyte.core.rule.set_up_rule import set_up_causes
from coldbyte.core.verdict.circumstance import circumstances, gone_tokens, impossible_usage
from coldbyte.core.verdict.evidence import evidence_of, told
from coldbyte.core.verdict.headline import say_first, say_hit, say_loss, say_uncached
from coldbyte.core.verdict.reading import TOLERANCE, outlived, reading_of
from coldbyte.core.verdict.resolution import Agreement, Course, Resolution, resolve
from coldbyte.core.verdict.witness import (
    Stance,
    Statement,
    Witness,
    comparison_witness,
    confront,
    statement_of,
    usage_witness,
)

Effect = Literal["hit", "partial", "miss", "first", "none"]

_LESS: dict[Confidence, Confidence] = {"high": "medium", "medium": "low", "low": "low"}
_IMPOSSIBLE: CauseId = "gateway-rewrote-request"
_UNREADABLE: CauseId = "usage-misreported"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an exchange. `effect`: `first` had nothing to read, `none` neither read nor wrote.

    `agrees` says whether as much was read as forecast, within 5 % of the prompt; `lost` and `price` are USD.
    `causes` are those that have evidence, the primary one first. `witnesses` are our comparison, the API's
    diagnostics and usage, in this order; `resolution` is what they give together. `stored` tokens had been
    stored, of which `lost` prices those that were not read.
    """

    effect: Effect
    say: str
    causes: tuple[Cause, ...]
    usage: Usage
    agrees: bool
    price: Decimal | None
    lost: Decimal | None
    witnesses: tuple[Witness, ...] = ()
    resolution: Agreement = "agree"
    confidence: Confidence = "high"
    evidence: tuple[str, ...] = ()
    stored: int = 0


def judge(
    exchange: Exchange, insight: Insight, catalogue: Catalogue, named: Exchange | None = None
) -> Verdict | None:
    """Weigh usage against what was known at sending; None where no usage came back.

    `named` is the exchange with which the API's diagnostics compared this one, where it is not the baseline.
    """
    if exchange.usage is None:
        return None
    return _Case(exchange, exchange.usage, insight, catalogue, named).verdict()


class _Case:
    """The steps of one judgement."""

    def __init__(
        self,
        exchange: Exchange,
        usage: Usage,
        insight: Insight,
        catalogue: Catalogue,
        named: Exchange | None,
    ) -> None:
        self.exchange, self.usage, self.insight, self.catalogue = exchange, usage, insight, catalogue
        self.reading = reading_of(usage, insight, exchange.scope)
        self.reasons = circumstances(exchange, insight, catalogue, self.reading)
        self.total = max(self.reading.stored, gone_tokens(insight, self.reading, self.reasons))
        self.wrong = impossible_usage(exchange, insight)
        self.unreadable = any(cause.id == _UNREADABLE for cause in self.wrong)
        self.effect = self._effect()
        self.differences = self._differences()
        self.course = self._course()
        self.statement: Statement = statement_of(exchange, insight.baseline, named)
        self.resolution: Resolution = resolve(self.course, self.statement.echo)

    @property
    def loss(self) -> bool:
        """Whether something that had been stored was not read."""
        return self.effect in ("miss", "partial")

    def verdict(self) -> Verdict:
        """All that there is to say."""
        causes = self._causes()
        price, lost = self._money()
        witnesses = (
            comparison_witness(self.insight, self.reading, self.total),
            Witness("diagnostics", self.statement.stance, self.statement.say),
            usage_witness(self.usage, self._stance(), readable=not self.unreadable),
        )
        facts = evidence_of(
            self.exchange,
            self.insight,
            self.reading,
            causes,
            self.differences,
            self.course,
            loss=self.loss,
        )
        late = self.insight.comparison is not None and self.insight.comparison.harmless
        says = told(self.statement, self.resolution, loss=self.loss, late=late)
        return Verdict(
            self.effect,
            self._say(causes, lost),
            causes,
            self.usage,
            self.reading.agrees,
            price,
            lost,
            confront(witnesses, self.resolution.contradictions),
            self.resolution.agreement,
            self._confidence(causes),
            tuple(dict.fromkeys([*facts, *says])),
            self._priced(),
        )

    def _stance(self) -> Stance:
        """What usage stands for; it says nothing of entries where none was known, or cached."""
        return self.effect if self.effect in ("hit", "partial", "miss") else "nothing"

    def _effect(self) -> Effect:
        usage, reading = self.usage, self.reading
        if not usage.read and not usage.written:
            return "none"
        if not self.total:
            return "hit" if usage.read else "first"
        as_forecast_lost = abs(usage.read - reading.read) < abs(usage.read - reading.stored)
        if usage.read >= self.total * (1 - TOLERANCE) and not as_forecast_lost:
            return "hit"
        return "partial" if usage.read else "miss"

    def _course(self) -> Course:
        """How usage went against the forecast: the row of the table."""
        if self.unreadable:
            return "unreadable"
        if any(cause.id == _IMPOSSIBLE for cause in self.wrong):
            return "impossible"
        if self.effect == "none":
            return "as_forecast" if self._set_up() else "uncached"
        if self.reading.less:
            return "explained" if self._explained() else "less"
        if self.reading.more:
            if outlived(self.usage, self.insight):
                return "outlived"
            return "more" if self.total else "unforeseen"
        return "as_forecast"

    def _explained(self) -> bool:
        return any(cause.severity == "loss" for cause in self.reasons)

    def _differences(self) -> tuple[Cause, ...]:
        """What the draft itself shows: differences, set-up, breakpoints out of reach."""
        return tuple(
            cause
            for cause in self.insight.causes
            if cause.tier not in ("time", "scope") and cause.severity != "warning"
        )

    def _causes(self) -> tuple[Cause, ...]:
        """The causes with evidence, the primary one first."""
        if self.course in ("unreadable", "impossible"):
            return tuple(cause for cause in self.wrong if cause.id in (_IMPOSSIBLE, _UNREADABLE))
        if self.effect == "none":
            return self._set_up()
        if not self.loss:
            return tuple(
                cause
                for cause in self.reasons
                if self.effect == "first" and cause.id == "cache-scope-changed"
            )
        if self.course == "less":
            return (self._suspect(),)
        reasons = tuple(cause for cause in self.reasons if cause.severity == "loss")
        return reasons if self.course == "explained" else (*reasons, *self.differences)

    def _suspect(self) -> Cause:
        """For a miss that nothing in the request explains."""
        if self.statement.echo == "denies" and self.statement.diagnosis.changed:
            say = (
                f"{self.statement.say} It was not changed when it left: something on the way may have "
                "rewritten the request."
            )
            return circumstance_cause(_IMPOSSIBLE, "scope", say, confidence="medium")
        say = "Nothing in the request explains it; the copy was probably gone on the server."
        return circumstance_cause("no-visible-cause", "time", say, confidence="low")

    def _set_up(self) -> tuple[Cause, ...]:
        """Why nothing at all was cached, as far as the request shows it."""
        model = self.catalogue.model(self.insight.prefix.model)
        before = self.insight.baseline
        found = set_up_causes(
            self.exchange.body,
            self.insight.prefix,
            model,
            datetime.fromtimestamp(self.exchange.started_at, UTC).date(),
            before=before.prefix if before else None,
            usage=self.usage,
            offered=self.catalogue.offered,
        )
        return tuple(cause for cause in found if cause.id in ("no-cache-control", "below-min-tokens"))

    def _confidence(self, causes: Sequence[Cause]) -> Confidence:
        """That of the primary cause; less where witnesses contradict each other, low where none decides."""
        found: Confidence = causes[0].confidence if causes else "high"
        match self.resolution.agreement:
            case "agree":
                return found
            case "contradict":
                return _LESS[found]
            case _:
                return "low"

    def _money(self) -> tuple[Decimal | None, Decimal | None]:
        """Price and loss at the prices of the day on which the request started."""
        name, at = self.insight.prefix.model, self.exchange.started_at
        prices = self.catalogue.prices(name, at, self.usage.input)
        if prices is None or self.unreadable:
            return None, None
        cost = cost_of(self.usage, self.usage.read + self.usage.written, self._priced(), prices)
        return price_of(self.usage, prices), cost.lost

    def _priced(self) -> int:
        """The stored tokens of which a loss counts those that were not read."""
        return self.total if (self.loss or self.effect == "none") and not self.unreadable else 0

    def _say(self, causes: Sequence[Cause], lost: Decimal | None) -> str:
        match self.effect:
            case _ if self.unreadable:
                return say_uncached(self.reading, self.insight, causes, self.course)
            case "hit":
                return say_hit(self.reading, self.course)
            case "first":
                return say_first(self.exchange, self.reading, self.insight)
            case "none":
                return say_uncached(self.reading, self.insight, causes, self.course)
        return say_loss(self.reading, self.total, causes, lost, self.course, self.resolution)
