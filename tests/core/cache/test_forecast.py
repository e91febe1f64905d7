"""The forecast: what will be read and written, what it costs, what an edit loses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coldbyte.core.body import RequestBody, request_body
from coldbyte.core.cache.cache import Entry, settle
from coldbyte.core.cache.calibration import Experience, Known, Measured, calibrate
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances, Forecast, forecast
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.text.text import Text
from coldbyte.services import resources

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
NOW = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
LAW = "A controller shall keep a record of processing activities. " * 200
MILLION = Decimal(1_000_000)


def draft_of(system: str = "Be brief.", law: str = LAW, model: str = "claude-sonnet-5-5") -> Draft:
    return Draft(
        model,
        100,
        (SystemBlock("s", Text.from_str(system)),),
        (Document("d", "The law", Text.from_str(law), "5m"),),
        (Question("q", Text.from_str("When?")),),
    )


def prefix(draft: Draft) -> Prefix:
    return prefix_of(request_body(draft, "q"))


def look(
    draft: Draft,
    baseline: Draft | None = None,
    entries: Mapping[bytes, Entry] | None = None,
    now: float = NOW,
) -> Forecast:
    circumstances = Circumstances(entries or {}, "one", now)
    return forecast(prefix(draft), prefix(baseline) if baseline else None, CATALOGUE, circumstances)


def sent(draft: Draft, now: float = NOW) -> Mapping[bytes, Entry]:
    """The entries after the draft was sent."""
    return settle({}, look(draft, now=now).plan, started_at=now, available_at=now + 1)


def test_a_first_request_writes_and_costs_the_write() -> None:
    first = look(draft_of())
    usage = first.plan.usage
    assert (usage.read, usage.written_1h) == (0, 0)
    assert usage.written_5m > 512
    assert first.cost is not None
    assert first.cost.now == (usage.written_5m * Decimal("2.50") + usage.uncached * 2) / MILLION
    assert first.cost.if_warm == (usage.written_5m * Decimal("0.10") + usage.uncached * 2) / MILLION
    assert first.cost.without_cache == usage.input * 2 / MILLION
    assert first.stored == first.missed == first.cost.lost == 0


def test_the_same_prompt_reads_what_was_written() -> None:
    draft = draft_of()
    again = look(draft, draft, sent(draft), NOW + 10)
    written = look(draft).plan.usage.written_5m
    assert (again.plan.usage.read, again.plan.usage.written) == (written, 0)
    assert (again.stored, again.missed) == (written, 0)
    assert again.cost is not None
    assert again.cost.now == again.cost.if_warm
    assert again.cost.lost == 0


def test_an_edit_before_the_breakpoint_loses_what_was_stored() -> None:
    before = draft_of()
    edited = look(draft_of(system="Be\u00a0brief."), before, sent(before), NOW + 10)
    assert edited.plan.usage.read == 0
    assert edited.missed == edited.stored == look(before).plan.usage.written_5m
    assert edited.cost is not None
    assert edited.cost.lost == edited.missed * Decimal("2.40") / MILLION


def test_an_expired_baseline_had_nothing_to_lose() -> None:
    before = draft_of()
    late = look(draft_of(system="Be kind."), before, sent(before), NOW + 301)
    assert (late.stored, late.missed) == (0, 0)


def test_the_price_is_that_of_the_day_of_sending() -> None:
    draft = draft_of()
    day = datetime(2026, 10, 6, 23, 59, tzinfo=UTC).timestamp()
    reading = look(draft, None, sent(draft, day), day + 10)
    assert reading.cost is not None
    usage = reading.plan.usage
    assert reading.cost.now == (usage.read * Decimal("0.20") + usage.uncached * 2) / MILLION


def test_a_long_prompt_is_priced_whole_by_its_band() -> None:
    short, long = (look(draft_of(law=LAW * count, model="claude-haiku-5-5")) for count in (1, 60))
    assert short.plan.usage.input < 100_000 < long.plan.usage.input
    assert short.cost is not None
    assert long.cost is not None
    assert short.cost.without_cache == short.plan.usage.input * Decimal("0.10") / MILLION
    assert long.cost.without_cache == long.plan.usage.input * Decimal("0.50") / MILLION


def test_below_the_minimum_nothing_is_written_and_the_minimum_is_named() -> None:
    short = look(draft_of(law="Short.", model="claude-opus-4-8"))
    assert short.minimum == 1024
    assert [point.outcome for point in short.plan.breakpoints] == ["below_minimum"]
    assert short.cost is not None
    assert short.cost.now == short.cost.if_warm == short.cost.without_cache


def test_an_unknown_model_has_no_price_and_no_known_minimum() -> None:
    unknown = look(draft_of(model="claude-next"))
    assert (unknown.cost, unknown.minimum) == (None, None)
    assert unknown.plan.usage.input > 0


@pytest.mark.parametrize("scope", ["one", "two"])
def test_the_entries_of_another_scope_are_not_read(scope: str) -> None:
    draft = draft_of()
    found = forecast(prefix(draft), None, CATALOGUE, Circumstances(sent(draft), scope, NOW + 10))
    assert (found.plan.usage.read > 0) == (scope == "one")


def test_a_prompt_without_breakpoints_costs_the_same_warm_or_not() -> None:
    body = RequestBody({"model": "claude-sonnet-5-5", "messages": [{"role": "user", "content": LAW}]})
    plain = forecast(prefix_of(body), None, CATALOGUE, Circumstances({}, "one", NOW))
    assert plain.cost is not None
    assert plain.cost.now == plain.cost.if_warm == plain.cost.without_cache


def test_unchanged_is_what_the_baseline_would_cost_with_its_own_model_and_size() -> None:
    draft = draft_of()
    circumstances = Circumstances(sent(draft), "one", NOW + 10)
    before = prefix(draft)
    alone = forecast(before, None, CATALOGUE, circumstances)
    dearer = forecast(
        prefix(draft_of(model="claude-mythos-5-1", law=LAW * 2)), before, CATALOGUE, circumstances
    )
    assert alone.cost is not None
    assert dearer.unchanged == alone.cost.now
    assert dearer.plan.usage.read == 0


def test_the_forecast_says_what_its_token_counts_rest_on() -> None:
    model = "claude-sonnet-5-5"
    whole = prefix(draft_of())
    alone = forecast(whole, None, CATALOGUE, Circumstances({}, "one", NOW))
    assert alone.how == "estimated"
    assert sum(alone.tokens) == alone.estimated == alone.plan.usage.input
    models = {model: calibrate([Measured(model, 1000, 1100)], model)}
    found: dict[str, Forecast] = {}
    for known in ({}, {whole.keys[-1]: Known(77, "counted")}, {whole.keys[-1]: Known(99, "measured")}):
        experience = Experience(models, known)
        each = forecast(whole, None, CATALOGUE, Circumstances({}, "one", NOW, experience=experience))
        assert each.estimated == alone.estimated
        found[each.how] = each
    assert {how: each.plan.usage.input for how, each in found.items()} == {
        "calibrated": round(alone.estimated * 1.1),
        "counted": alone.estimated + 77,
        "measured": alone.estimated + 99,
    }
    other = forecast(
        prefix(draft_of(model="claude-haiku-5-5")),
        None,
        CATALOGUE,
        Circumstances({}, "one", NOW, experience=Experience(models)),
    )
    assert other.how == "estimated"


def test_the_baseline_is_weighed_with_the_same_experience() -> None:
    draft = draft_of()
    before = prefix(draft)
    models = {before.model: calibrate([Measured(before.model, 1000, 1300)], before.model)}
    entries = sent(draft)
    circumstances = Circumstances(entries, "one", NOW + 10, experience=Experience(models))
    edited = forecast(prefix(draft_of(system="Be kind.")), before, CATALOGUE, circumstances)
    assert edited.stored == next(iter(entries.values())).tokens
    again = forecast(before, before, CATALOGUE, circumstances)
    assert again.plan.usage.input == round(again.estimated * 1.3)
    assert again.missed == 0


def test_each_breakpoint_has_a_fate() -> None:
    draft = draft_of()
    assert [each.fate for each in look(draft).fates] == ["first"]
    assert [each.fate for each in look(draft, draft, sent(draft), NOW + 10).fates] == ["read"]
    edited = look(draft_of(system="Be kind."), draft, sent(draft), NOW + 10)
    assert [each.fate for each in edited.fates] == ["broken"]
