"""The inquiry: BEFORE was sent in an empty prompt cache; what does AFTER read of it, and why not all?

The order of evaluation is that of causes §2: what the set-up shows, every difference of the prefixes,
breakpoints out of reach, then scope, route and time. Where usage was reported, it has the last word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, plan_request, settle
from coldbyte.core.cache.catalogue import Catalogue, Model
from coldbyte.core.cache.money import Cost, cost_of
from coldbyte.core.cache.tariff import prices_of, tariff_of
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import Capture
from coldbyte.core.cause import VOLATILE, Cause, CauseId, Confidence, fix_of
from coldbyte.core.json.value import value_at
from coldbyte.core.prefix.canonical_prefix import DOCUMENTED, KeyRules, KnownTurns, prefix_of
from coldbyte.core.prefix.comparison import Comparison, compare, keyed
from coldbyte.core.prefix.marker import markers_of
from coldbyte.core.prefix.model_family import preserves_thinking
from coldbyte.core.prefix.prefix import THINKING_KINDS, Prefix, Tier
from coldbyte.core.prefix.wire import with_wires
from coldbyte.core.rule.circumstance_rule import Trial, circumstance_cause, circumstance_causes, usage_causes
from coldbyte.core.rule.diagnosis_rule import diagnosed
from coldbyte.core.rule.explain import EVERYTHING, explain
from coldbyte.core.rule.harmless_rule import harmless_causes
from coldbyte.core.rule.reach_rule import reach_causes
from coldbyte.core.rule.report import Effect, How, Report
from coldbyte.core.rule.set_up_rule import set_up_causes
from coldbyte.core.rule.stream_rule import is_other_stream
from coldbyte.core.rule.validity import refusals

TOLERANCE = 0.05
"""Of a token estimate: as much less may be read of what was stored, and it is a hit (causes §2)."""
_JUST_BEFORE_S = 1.0
_TIERS: tuple[Tier, ...] = ("tools", "system", "messages")
_REFUSED: frozenset[CauseId] = frozenset(
    {"too-many-breakpoints", "ttl-order-wrong", "breakpoint-not-allowed", "model-retired", "request-invalid"}
)
_QUESTION = ("text-edited", "block-inserted", "block-removed")  # what a question does to the one before it
_CONTRADICTED = ("gateway-rewrote-request", "usage-misreported")
_THINKING = ("thinking-dropped", "thinking-altered")
_LESS: dict[Confidence, Confidence] = {"high": "medium", "medium": "low", "low": "low"}


@dataclass(frozen=True, slots=True)
class _Side:
    """One request with what the cache model needs to know of it."""

    capture: Capture
    prefix: Prefix
    model: Model | None
    tokens: tuple[int, ...]
    at: float

    @property
    def minimum(self) -> int:
        """The shortest prefix that is cached, in tokens; 0 where unknown or, by the usage, met."""
        usage = self.capture.usage
        if usage is not None and usage.read + usage.written:
            return 0
        return (self.model.minimum if self.model else None) or 0

    def plan(
        self,
        prefix: Prefix,
        entries: dict[bytes, Entry],
        minimum: int,
        rules: CacheRules,
        *,
        at: float,
        scope: str,
    ) -> CachePlan:
        """What it reads and writes with these entries; `prefix` is its own with the keys of the inquiry."""
        return plan_request(
            prefix, self.tokens, minimum=minimum, scope=scope, entries=entries, now=at, rules=rules
        )


def inquire(
    before: Capture,
    after: Capture,
    catalogue: Catalogue,
    *,
    now: float,
    key_rules: KeyRules = DOCUMENTED,
    cache_rules: CacheRules = CacheRules(),  # noqa: B008  (a frozen value)
    turns: KnownTurns | None = None,
) -> Report:
    """Answer the question. `now` (epoch seconds) is when AFTER is sent where nothing says so.
    `turns` are records that were made before, by the same key rules.

    Raise BodyError where a body is not a Messages request.
    """
    at = after.started_at if after.started_at is not None else now
    earlier = before.started_at if before.started_at is not None else at - _JUST_BEFORE_S
    with_betas = before.betas is not None and after.betas is not None
    betas = (before.betas or (), after.betas or ()) if with_betas else ((), ())
    old, new = (
        _side(one, when, catalogue, prefix_of(one.body, betas=names, rules=key_rules, turns=turns))
        for one, when, names in ((before, earlier, betas[0]), (after, at, betas[1]))
    )
    return _Inquiry(old, new, catalogue, cache_rules).report()


class _Inquiry:
    """The steps of one inquiry."""

    def __init__(self, old: _Side, new: _Side, catalogue: Catalogue, rules: CacheRules) -> None:
        self.old, self.new, self.catalogue, self.rules = old, new, catalogue, rules
        self.comparison = compare(old.prefix, new.prefix)
        self.keyed = keyed(self.comparison)
        self.day = datetime.fromtimestamp(new.at, UTC).date()
        self.markers = markers_of(old.capture.body), markers_of(new.capture.body)
        self.stored_plan, self.plan, self.ideal = self._plans(old.minimum, new.minimum)
        written = [point.tokens for point in self.stored_plan.breakpoints if point.outcome == "written"]
        self.scale = self._scale()
        self.stored = round(max(written, default=0) * self.scale)

    def report(self) -> Report:
        """All that there is to say."""
        usage, how = self._usage()
        causes, harmless = self._causes(usage)
        effect = self._effect(usage, causes)
        if effect == "hit":
            causes, harmless = [], [*harmless, *map(_spared, causes)]
        survives = () if effect in ("rejected", "unknown") else self._survives(usage)
        cost = self._cost(usage, effect)
        if effect == "rejected":
            usage = Usage(0, 0, 0, 0)
        wired = with_wires([*causes, *harmless], self.old.capture.body, self.new.capture.body)
        return Report(
            self.old.capture,
            self.new.capture,
            self.comparison,
            effect,
            survives,
            usage,
            how,
            self.stored,
            cost,
            wired[: len(causes)],
            wired[len(causes) :],
            diagnosed(self.old.capture, self.new.capture, self.comparison),
        )

    def _plans(self, old_minimum: int, new_minimum: int) -> tuple[CachePlan, CachePlan, CachePlan]:
        """What BEFORE does, what AFTER does, and what that would do at once and in the same scope."""
        old, new = self.old, self.new
        before, after = self.keyed
        stored = old.plan(before, {}, old_minimum, self.rules, at=old.at, scope="")
        begun = old.capture.first_event_at if old.capture.first_event_at is not None else old.at
        entries = settle({}, stored, started_at=old.at, available_at=begun)
        scope = "" if self._same_scope() else "other"
        plan = new.plan(after, entries, new_minimum, self.rules, at=new.at, scope=scope)
        ideal = new.plan(after, entries, new_minimum, self.rules, at=begun, scope="")
        return stored, plan, ideal

    def _scale(self) -> float:
        """Measured tokens for each estimated one, by what was reported of either request."""
        for side in (self.old, self.new):
            usage, estimate = side.capture.usage, sum(side.tokens)
            if usage is not None and usage.input and estimate:
                return usage.input / estimate
        return 1.0

    def _same_scope(self) -> bool:
        one, two = self.old.capture, self.new.capture
        return not one.scope_differs(two) and not one.route.differs(two.route)

    def _usage(self) -> tuple[Usage, How]:
        reported = self.new.capture.usage
        return (reported, "usage") if reported is not None else (self.plan.usage, "estimated")

    def _causes(self, usage: Usage) -> tuple[list[Cause], list[Cause]]:
        """Causes and harmless differences, in cache order."""
        found = explain(self.comparison, limit=EVERYTHING)
        causes = self._set_up() + self._differences(found.causes) + self._circumstances()
        harmless = [*found.harmless, *harmless_causes(self.old.capture.body, self.new.capture.body)]
        harmless += [cause for cause in causes if cause.severity == "info"]
        causes = sorted((cause for cause in causes if cause.severity != "info"), key=_order)
        if all(cause.severity == "warning" and cause.id not in _CONTRADICTED for cause in causes):
            causes += self._last_resort(usage, harmless)
        off = abs(self.plan.usage.read * self.scale - usage.read) > max(usage.input * TOLERANCE, 1)
        if off and self.new.capture.usage is not None:
            causes = [replace(cause, confidence=_LESS[cause.confidence]) for cause in causes]
        return causes, harmless

    def _set_up(self) -> list[Cause]:
        """What AFTER shows by itself."""
        new = self.new
        given = set_up_causes(
            new.capture.body,
            new.prefix,
            new.model,
            self.day,
            markers=self.markers[1],
            before=self.old.prefix,
            usage=new.capture.usage,
            offered=self.catalogue.offered,
        )
        found = [self._at_break(cause) for cause in given]
        found += refusals(new.capture.body, new.model, new.capture.api_version)
        if new.capture.usage is None:
            return found
        return [_answered(cause) if cause.id in _REFUSED else cause for cause in found]

    def _at_break(self, cause: Cause) -> Cause:
        """What is said of a model lies where its name differs, if it does."""
        byte = self.comparison.shared
        if cause.where != "model" or self.comparison.identical or byte >= self.old.prefix.starts[1]:
            return cause
        return replace(cause, cache_byte=byte, cache_byte_before=byte)

    def _differences(self, found: Sequence[Cause]) -> list[Cause]:
        """What the prefixes show: every difference, and breakpoints that do not lead to what was stored."""
        differences = [self._named(cause) for cause in found]
        if is_other_stream(self.comparison):
            differences = [_wrong_predecessor(self.comparison), *differences]
        reach = list(
            reach_causes(
                self.comparison,
                *self.markers,
                tokens=self.new.tokens,
                minimum=self.new.minimum if self.stored else 0,
                rules=self.rules,
            )
        )
        if any(cause.id in VOLATILE for cause in differences):
            reach = [cause for cause in reach if cause.id != "breakpoint-on-volatile-block"]
        if any(cause.id == "breakpoint-on-volatile-block" for cause in reach):
            differences = [cause for cause in differences if cause.id not in _QUESTION]
        return differences + reach

    def _circumstances(self) -> list[Cause]:
        """What no body shows."""
        old, new = self.old, self.new
        trial = Trial(old.capture, new.capture, new.prefix, self.stored_plan, self.ideal, old.at, new.at)
        return [
            *circumstance_causes(trial, self.catalogue),
            *usage_causes(trial, new.minimum),
        ]

    def _named(self, cause: Cause) -> Cause:
        """Thinking that the body still holds was dropped by the API (facts §3)."""
        if cause.id == "thinking-dropped" and cause.where_before and self._still_there(cause.where_before):
            say = (
                "This model is shown the thinking of the last turn only: the API drops that of earlier turns."
            )
            return replace(cause, id="api-dropped-thinking", say=say, fix=fix_of("api-dropped-thinking"))
        return cause

    def _still_there(self, where: str) -> bool:
        try:
            block = value_at(self.new.capture.body.fields, where)
        except KeyError:
            return False
        return isinstance(block, Mapping) and block.get("type") in THINKING_KINDS

    def _last_resort(self, usage: Usage, harmless: Sequence[Cause]) -> list[Cause]:
        """Nothing was found: expected where BEFORE stored nothing, else there is no visible cause."""
        if not self.stored:
            say = "The earlier request stored nothing that could be read."
            return [circumstance_cause("cold-start", "time", say, severity="expected")]
        if usage.read >= self.stored * (1 - TOLERANCE):
            return []
        shaped = [cause for cause in harmless if cause.id == "content-shape-changed"]
        if shaped:
            fix = fix_of("content-shape-changed")
            return [replace(shaped[0], severity="loss", confidence="medium", fix=fix)]
        say = "Nothing in the request explains it; the copy was probably gone on the server."
        return [circumstance_cause("no-visible-cause", "time", say, confidence="low")]

    def _effect(self, usage: Usage, causes: Sequence[Cause]) -> Effect:
        names = {cause.id for cause in causes}
        refused = names.intersection(_REFUSED) or (names.intersection(_THINKING) and self._preserves())
        if refused and self.new.capture.usage is None:
            return "rejected"
        if "usage-misreported" in names:
            return "unknown"
        if self.new.capture.usage is None and self.new.model is None and self._minimum_matters():
            return "unknown"
        if not usage.read or not self.stored:
            return "miss"
        slack = TOLERANCE if self.new.capture.usage is not None else 0
        return "hit" if usage.read >= self.stored * (1 - slack) else "partial"

    def _preserves(self) -> bool:
        """Whether the model refuses a conversation whose thinking was edited, and was not told to drop it."""
        thinking = self.new.capture.body.fields.get("thinking")
        binding = thinking.get("block_binding") if isinstance(thinking, Mapping) else None
        lenient = isinstance(binding, Mapping) and binding.get("prefix_mismatch_behavior") == "drop_block"
        return not lenient and preserves_thinking(self.new.prefix.model)

    def _minimum_matters(self) -> bool:
        """Whether another minimum than none would change what an unknown model reads."""
        largest = max((model.minimum or 0 for model in self.catalogue.models), default=0)
        return self._plans(largest, largest)[1].usage.read != self.plan.usage.read

    def _survives(self, usage: Usage) -> tuple[Tier, ...]:
        """Tiers of which all that BEFORE had stored is read."""
        written = [point for point in self.stored_plan.breakpoints if point.outcome == "written"]
        if not usage.read or not written:
            return ()
        read = min(written, key=lambda point: abs(point.tokens * self.scale - usage.read)).index
        ends: dict[Tier, int] = {}
        for index, block in enumerate(self.old.prefix.blocks[: written[-1].index + 1]):
            if block.kind != "setting":
                ends[block.tier] = index
        return tuple(tier for tier in _TIERS if ends.get(tier, read + 1) <= read)

    def _cost(self, usage: Usage, effect: Effect) -> Cost | None:
        tariff = tariff_of(self.new.capture.body.fields)
        prices = prices_of(self.new.model, self.day, usage.input, tariff) if self.new.model else None
        if prices is None:
            return None
        cached = max(
            (point.tokens for point in self.plan.breakpoints if point.outcome != "below_minimum"), default=0
        )
        if self.new.capture.usage is not None:
            cached = usage.read + usage.written
        cost = cost_of(usage, cached, 0 if effect in ("hit", "rejected") else self.stored, prices)
        return replace(cost, now=Decimal(0)) if effect == "rejected" else cost


def _side(capture: Capture, at: float, catalogue: Catalogue, prefix: Prefix) -> _Side:
    tokens = block_tokens(prefix, catalogue.tokenizer(prefix.model))
    return _Side(capture, prefix, catalogue.model(prefix.model), tokens, at)


def _wrong_predecessor(comparison: Comparison) -> Cause:
    say = "The two requests have so little in common that they belong to two conversations."
    cause = circumstance_cause("wrong-predecessor", "request", say, severity="expected", confidence="medium")
    return replace(cause, cache_byte=comparison.shared, cache_byte_before=comparison.shared)


def _order(cause: Cause) -> tuple[int, int]:
    group = {"time": 2, "scope": 2}.get(cause.tier, 1)
    return group, cause.cache_byte


def _answered(cause: Cause) -> Cause:
    """A reason to refuse a request that the API answered all the same: something on the way mended it."""
    say = f"{cause.say} It was answered all the same."
    return replace(cause, say=say, severity="warning", confidence="low")


def _spared(cause: Cause) -> Cause:
    """A cause that did not cost anything this time."""
    return replace(cause, severity="info") if cause.severity == "loss" else cause
