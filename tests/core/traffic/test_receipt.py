"""A receipt says what one exchange did, in numbers and keys, with the counts as they were reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import request_body
from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.cache.ledger import as_reported, finish
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.text.text import Text
from coldbyte.core.traffic.receipt import MOST_STEPS, Receipt, Step, receipt_of
from coldbyte.services import resources

NOW = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC).timestamp()
CATALOGUE = read_catalogue(resources.text("catalogue.json"))
DRAFT = Draft(
    "claude-sonnet-5-5",
    100,
    (SystemBlock("s", Text.from_str("Be brief. " * 300), "1h"),),
    (Document("d", "The law", Text.from_str("A controller shall keep a record. " * 200), "5m"),),
    (Question("q", Text.from_str("When?")),),
)


def insight_into(draft: Draft, entries: dict[bytes, Entry] | None = None, now: float = NOW) -> Insight:
    return look_at(draft, "q", None, CATALOGUE, Circumstances(entries or {}, "scope", now))


def exchange(usage: Usage | None, now: float = NOW) -> Exchange:
    body = request_body(DRAFT, "q")
    return Exchange(
        1, "", body, "scope", now, b"", now + 2, now + 5, "msg_1", usage=usage, conversation="talk"
    )


def receipt(insight: Insight, usage: Usage, entries: dict[bytes, Entry] | None = None) -> Receipt:
    plan = as_reported(entries or {}, insight.forecast.plan, usage)
    return receipt_of(exchange(usage), insight.prefix, insight.forecast, plan)


def scaled(usage: Usage, by: float) -> Usage:
    return Usage(
        *(round(count * by) for count in (usage.read, usage.written_5m, usage.written_1h, usage.uncached))
    )


def test_what_went_as_forecast_is_told_as_forecast() -> None:
    insight = insight_into(DRAFT)
    plan = insight.forecast.plan
    told = receipt(insight, replace(plan.usage, output=9))
    assert told.usage == replace(told.forecast, output=9)
    assert (told.conversation, told.kind, told.model) == ("talk", "question", DRAFT.model)
    assert (told.scope, told.started_at, told.message_id) == ("scope", NOW, "msg_1")
    assert (told.first_event_s, told.duration_s) == (2, 5)
    assert (told.estimated, told.stored, told.missed) == (insight.forecast.estimated, 0, 0)
    assert told.read_key is None
    assert told.written == tuple((point.key, point.tokens, point.ttl) for point in plan.breakpoints)
    assert [step.ttl for step in told.trail if step.ttl] == ["1h", "5m"]
    assert tuple(step.tokens for step in told.trail) == insight.forecast.tokens
    assert [(step.key, step.where) for step in told.trail] == [
        (key, block.where) for key, block in zip(insight.prefix.keys, insight.prefix.blocks, strict=True)
    ]


@given(st.floats(0.5, 2.0))
def test_counts_are_those_that_were_reported(by: float) -> None:
    insight = insight_into(DRAFT)
    usage = scaled(insight.forecast.plan.usage, by)
    told = receipt(insight, usage)
    assert sum(step.tokens for step in told.trail) == usage.input
    (_, first, _), (_, second, _) = told.written
    assert first == pytest.approx(usage.written_1h, abs=2)
    assert second == pytest.approx(usage.written, abs=2)


def test_what_was_read_and_what_could_have_been_are_told_apart() -> None:
    first = insight_into(DRAFT)
    usage = first.forecast.plan.usage
    entries = finish({}, first.forecast.plan, usage, started_at=NOW, available_at=NOW)
    baseline = exchange(usage)
    around = Circumstances(entries, "scope", NOW + 10)
    again = look_at(DRAFT, "q", baseline, CATALOGUE, around)
    planned = again.forecast.plan.usage
    warm = receipt(again, replace(planned, read=planned.read + 17), entries)
    assert again.forecast.plan.hit is not None
    assert warm.read_key == again.forecast.plan.hit.key
    assert (warm.written, warm.stored, warm.missed) == ((), planned.read + 17, 0)
    off = receipt(again, replace(planned, read=planned.read - 40, uncached=planned.uncached + 40), entries)
    assert (off.stored, off.missed) == (planned.read - 40, 0), "the count was off, and the entry was read"
    edited = DRAFT.with_text("d", Text.from_str("Nobody shall. " * 900))
    broken = look_at(edited, "q", baseline, CATALOGUE, around)
    planned = broken.forecast.plan.usage
    assert planned.read
    told = receipt(broken, scaled(planned, 1.1), entries)
    assert told.stored == pytest.approx(usage.written * 1.1, rel=0.01)
    assert told.missed == pytest.approx((usage.written - planned.read) * 1.1, rel=0.01)
    gone = receipt(again, Usage(uncached=usage.input), entries)
    assert (gone.stored, gone.missed) == (again.forecast.stored, again.forecast.stored)


@pytest.mark.parametrize(("blocks", "steps"), [(MOST_STEPS - 10, True), (MOST_STEPS + 1, False)])
def test_the_trail_of_a_very_long_prompt_is_left_out(blocks: int, steps: bool) -> None:
    many = tuple(SystemBlock(str(n), Text.from_str(f"Rule {n}.")) for n in range(blocks))
    insight = insight_into(replace(DRAFT, system=many))
    assert bool(receipt(insight, insight.forecast.plan.usage).trail) == steps


def test_without_usage_there_is_none() -> None:
    insight = insight_into(DRAFT)
    with pytest.raises(ValueError, match="without usage"):
        receipt_of(exchange(None), insight.prefix, insight.forecast, insight.forecast.plan)


def test_it_holds_nothing_of_the_texts() -> None:
    secret = replace(DRAFT, questions=(Question("q", Text.from_str("Xyzzy?")),)).with_text(
        "s", Text.from_str("plugh " * 900)
    )
    insight = insight_into(replace(secret, documents=(replace(secret.documents[0], title="frobozz"),)))
    told = repr(receipt(insight, insight.forecast.plan.usage)).lower()
    assert not [word for word in ("xyzzy", "plugh", "frobozz", "controller") if word in told]


def test_it_is_priced_by_the_day_on_which_the_request_started() -> None:
    made = Receipt("c", "question", "m", "s", NOW, Usage(), Usage())
    assert made.day == date(2026, 11, 23)
    assert replace(made, started_at=NOW + 1).day == date(2026, 11, 24)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_more_is_missed_than_the_prompt_has(stored: int, read: int, rest: int) -> None:
    made = Receipt("c", "question", "m", "s", NOW, Usage(read=read, uncached=rest), Usage(), stored=stored)
    assert 0 <= made.missed <= rest


def test_a_step_without_a_breakpoint_has_no_ttl() -> None:
    assert Step(b"k", "system[0].text", "system", "text", 5).ttl is None
