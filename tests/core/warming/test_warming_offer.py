"""What warming costs, what a miss would cost, and when a lifetime of an hour is cheaper."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import CacheRules, Entry, entry_key
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances, forecast
from coldbyte.core.cache.usage import Usage
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.warming.warming_body import WarmingRefused
from coldbyte.core.warming.warming_offer import Offer, could_read, observed_gap, offer_of
from coldbyte.services import resources

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
NOON = 1_795_435_200.0
MODEL = "claude-opus-5"  # USD 5 / 6.25 / 10 / 0.50 per million tokens
LAW = "alpha beta gamma delta. " * 3000
MILLION = Decimal(1_000_000)


def asked(*parts: tuple[str, str | None], model: str = MODEL) -> RequestBody:
    """A question behind system blocks, each with the lifetime of its breakpoint."""
    system: list[Any] = [
        {
            "type": "text",
            "text": text,
            **({"cache_control": {"type": "ephemeral", "ttl": ttl}} if ttl else {}),
        }
        for text, ttl in parts
    ]
    messages: list[Any] = [{"role": "user", "content": "Who may ask? " * 200}]
    return RequestBody({"model": model, "max_tokens": 9, "messages": messages, "system": system})


def sent(body: RequestBody, at: float) -> dict[bytes, Entry]:
    """The entries of a request that wrote all its breakpoints."""
    plan = forecast(prefix_of(body), None, CATALOGUE, Circumstances({}, "scope", at)).plan
    return {
        point.key: Entry(point.key, MODEL, "scope", point.tokens, point.ttl, point.where, at, at + 1)
        for point in plan.breakpoints
    }


def offer(body: RequestBody, entries: dict[bytes, Entry], now: float = NOON, **more: Any) -> Offer:
    index = prefix_of(body).breakpoints[-1]
    return offer_of(body, index, CATALOGUE, Circumstances(entries, "scope", now), **more)


def test_a_live_entry_is_read_and_a_miss_costs_its_writing_less_its_reading() -> None:
    body = asked((LAW, "5m"))
    found = offer(body, sent(body, NOON - 100))
    tokens = found.point.tokens
    assert found.live
    assert found.quote is not None
    usage = found.forecast.plan.usage
    assert usage == Usage(read=tokens, uncached=usage.uncached)
    assert 0 < usage.uncached < 10
    assert found.now == found.quote.keep == (tokens * Decimal("0.5") + usage.uncached * 5) / MILLION
    assert found.quote.most == (tokens * Decimal("6.25") + usage.uncached * 5) / MILLION
    assert found.quote.miss == tokens * Decimal("5.75") / MILLION
    assert found.pays == 11
    assert found.say == "Warm now for $0.011; a miss would cost $0.12 more."


BLOCKS = st.lists(
    st.tuples(st.text("ab é", min_size=1, max_size=5), st.sampled_from([None, "5m"])), min_size=1, max_size=4
)


@given(BLOCKS)
def test_each_warming_reads_the_very_entry_that_its_breakpoint_wrote(
    parts: list[tuple[str, str | None]],
) -> None:
    body = asked(*parts, model="claude-of-tomorrow")  # of which no minimum is known
    entries = sent(body, NOON - 9)
    prefix = prefix_of(body)
    assert len(entries) == len(prefix.breakpoints)
    for index in prefix.breakpoints:
        found = offer_of(body, index, CATALOGUE, Circumstances(entries, "scope", NOON))
        hit = found.forecast.plan.hit
        assert hit is not None
        assert hit == entries[entry_key("scope", prefix.keys[index])]
        assert found.forecast.plan.usage == Usage(
            read=hit.tokens, uncached=found.forecast.plan.usage.uncached
        )
        assert found.live


@pytest.mark.parametrize("age", [None, 300, 5000])
def test_an_entry_that_is_gone_would_be_written_and_that_never_pays(age: float | None) -> None:
    body = asked((LAW, "5m"))
    found = offer(body, {} if age is None else sent(body, NOON - age))
    assert not found.live
    assert found.quote is not None
    assert found.now == found.quote.most > found.quote.miss
    assert found.pays == 0
    assert "gone" in found.say


def test_a_shorter_entry_that_outlives_it_makes_a_miss_cheaper() -> None:
    body = asked((LAW, "1h"), ("Be brief. " * 300, "5m"))
    alone, held = (offer(asked((LAW, ttl), ("Be brief. " * 300, "5m")), {}) for ttl in (None, "1h"))
    found = offer(body, sent(body, NOON - 100))
    assert alone.quote is not None
    assert held.quote is not None
    assert found.quote is not None
    assert found.quote.miss < alone.quote.miss / 10
    assert found.quote.most == held.quote.most > alone.quote.most


def test_a_shorter_entry_that_ends_with_it_is_no_help() -> None:
    first, second = (LAW, "5m"), ("Be brief. " * 300, "5m")
    both, one = asked(first, second), asked((LAW, None), second)
    found, alone = offer(both, sent(both, NOON - 100)), offer(one, sent(one, NOON - 100))
    assert found.quote is not None
    assert alone.quote is not None
    assert found.quote.miss == alone.quote.miss


def test_the_old_way_bills_a_token_of_output() -> None:
    body = asked((LAW, "5m"))
    old, new = (offer(body, sent(body, NOON), tokens=tokens) for tokens in (1, 0))
    assert old.now is not None
    assert new.now is not None
    assert old.now - new.now == Decimal(25) / MILLION


def test_a_model_without_a_price_gets_no_quote() -> None:
    body = asked((LAW, "5m"), model="claude-of-tomorrow")
    found = offer(body, sent(body, NOON - 9))
    assert (found.now, found.quote, found.hour, found.pays) == (None, None, None, None)
    assert "no price" in found.say


def test_what_is_too_short_to_be_cached_can_not_be_warmed() -> None:
    with pytest.raises(WarmingRefused, match=r"Too short to be cached: \d+ tokens, 512 are needed"):
        offer(asked(("Be brief.", "5m")), {})


def test_the_price_of_the_day_counts() -> None:
    body = asked((LAW, "5m"), model="claude-sonnet-5-5")
    before, after = (offer(body, sent(body, at), at + 2) for at in (1_791_200_000.0, 1_791_400_000.0))
    assert before.quote is not None
    assert after.quote is not None
    assert before.quote.most == after.quote.most
    assert before.quote.keep > after.quote.keep * Decimal("1.9")


def test_an_hour_is_cheaper_than_many_warmings_at_a_tenth_and_not_at_a_fortieth() -> None:
    body = asked((LAW, "5m"))
    usual = offer(body, sent(body, NOON), NOON + 1)
    assert usual.quote is not None
    assert usual.hour is not None
    assert usual.hour.warmings == 13
    assert usual.hour.short == 13 * usual.quote.keep
    assert usual.hour.long == usual.point.tokens * Decimal("3.75") / MILLION
    assert usual.hour.saving == usual.hour.short - usual.hour.long > 0
    cheap_read = asked((LAW, "5m"), model="claude-fable-5-1")
    fable = offer(cheap_read, sent(cheap_read, NOON), NOON + 1).hour
    assert fable is not None
    assert fable.saving < 0


def test_the_observed_gap_tells_how_many_warmings_an_hour_takes() -> None:
    body = asked((LAW, "5m"))
    entries = sent(body, NOON)

    def advice(gap: float) -> tuple[int, bool]:
        hour = offer(body, entries, NOON + 1, gap_s=gap).hour
        assert hour is not None
        return hour.warmings, hour.saving > 0

    assert advice(120) == (0, False)
    assert advice(400) == (9, True)
    assert advice(1800) == (12, True)
    rare = offer(body, entries, NOON + 1, gap_s=7200)
    assert rare.hour is not None
    assert rare.quote is not None
    once_in_two_hours = rare.hour.long - rare.point.tokens * Decimal("3.75") / MILLION
    assert once_in_two_hours == round(2 / 2) * rare.quote.keep
    assert offer(asked((LAW, "1h")), {}).hour is None


def test_the_gap_is_the_median_between_questions_that_used_the_entry() -> None:
    def receipt(
        at: float, read: bytes | None, written: bytes | None = None, kind: Any = "question"
    ) -> Receipt:
        rows = ((written, 9, "5m"),) if written else ()
        return Receipt("c", kind, MODEL, "s", at, Usage(), Usage(), read_key=read, written=rows)  # type: ignore[arg-type]

    receipts = [
        receipt(700, b"a"),
        receipt(0, None, b"a"),
        receipt(100, b"a"),
        receipt(150, b"b"),
        receipt(300, b"a", kind="warming"),
        receipt(400, b"a"),
    ]
    assert observed_gap(receipts, b"a") == 300
    assert observed_gap(receipts, b"b") is None


def test_a_draft_could_read_what_lies_within_reach_of_its_breakpoints() -> None:
    body = asked((LAW, None), ("Be brief.", "5m"), ("And kind.", None))
    prefix = prefix_of(body)
    keys = [entry_key("scope", key) for key in prefix.keys]
    rules = CacheRules()
    assert [could_read(prefix, "scope", key, rules) for key in keys] == [False, True, True, False, False]
    assert not could_read(prefix, "other", keys[1], rules)
    near = replace(rules, lookback=1)
    assert [could_read(prefix, "scope", key, near) for key in keys[1:3]] == [False, True]
