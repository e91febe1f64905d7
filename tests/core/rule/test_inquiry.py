from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import Catalogue, read_catalogue
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import Capture, read_capture, read_time
from coldbyte.core.rule.inquiry import inquire
from coldbyte.core.rule.report import Report
from coldbyte.core.text.text import first_differing_byte
from coldbyte.services import resources
from pairs.cause_pair import cause_pairs
from pairs.harmless_pair import harmless_pairs
from pairs.harmless_twin import harmless_twins
from pairs.minimal_pair import minimal_pairs
from pairs.mixture import mixtures
from pairs.request_pair import RequestPair, files

NOW = 1_795_430_000.0  # 2026-11-23
CATALOGUE: Catalogue = read_catalogue(resources.text("catalogue.json"))
PAIRS = (*cause_pairs(), *mixtures(), *minimal_pairs())
HARMLESS = (*harmless_twins(), *harmless_pairs())


def at(pair: RequestPair, option: str, given: float | None) -> float | None:
    return read_time(pair.options[option]) if option in pair.options else given


def captures(pair: RequestPair) -> tuple[Capture, Capture]:
    before, after = (read_capture(data) for data in files(pair))
    return (
        replace(before, started_at=at(pair, "--before-at", before.started_at)),
        replace(
            after,
            started_at=at(pair, "--after-at", after.started_at),
            api_version=pair.options.get("--api-version", after.api_version),
        ),
    )


def report_of(pair: RequestPair) -> Report:
    return inquire(*captures(pair), CATALOGUE, now=NOW)


def lies_in(where: str, path: str) -> bool:
    return where == path or where.startswith((f"{path}.", f"{path}["))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_realistic_pair_has_exactly_its_causes(pair: RequestPair) -> None:
    report = report_of(pair)
    found = [cause.id for cause in report.causes if cause.id in pair.causes or cause.id not in pair.tolerated]
    assert found == list(pair.causes)
    assert pair.effect in (None, report.effect)
    assert pair.survives in (None, report.survives)
    assert set(pair.harmless) <= {cause.id for cause in report.harmless}
    if pair.where is not None:
        first = next(cause for cause in report.causes if cause.id in pair.causes)
        assert lies_in(first.where, pair.where)


@pytest.mark.parametrize("pair", HARMLESS, ids=lambda pair: pair.name)
def test_a_harmless_pair_is_a_hit_and_nothing_is_flagged(pair: RequestPair) -> None:
    report = report_of(pair)
    assert (report.effect, report.causes) == ("hit", ())
    assert set(pair.harmless) <= {cause.id for cause in report.harmless}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_the_break_is_where_comparing_byte_by_byte_says(pair: RequestPair) -> None:
    report = report_of(pair)
    before, after = report.comparison.before.encode(), report.comparison.after.encode()
    byte = first_differing_byte(before, after)
    in_prefix = [cause for cause in report.causes if max(cause.cache_byte, cause.cache_byte_before) >= byte]
    differs = [cause for cause in in_prefix if cause.tier not in ("time", "scope")]
    if before != after and byte < report.comparison.before.stored and report.effect != "rejected":
        assert min(cause.cache_byte for cause in differs) == byte


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_request_after_itself_shows_no_difference(pair: RequestPair) -> None:
    body = captures(pair)[1].body
    report = inquire(Capture(body), Capture(body), CATALOGUE, now=NOW)
    assert report.comparison.identical
    assert all(cause.cache_byte_before == 0 or cause.id == "below-min-tokens" for cause in report.causes)
    assert report.effect in ("hit", "miss", "rejected", "unknown")


@pytest.mark.parametrize("pair", cause_pairs(), ids=lambda pair: pair.name)
def test_the_other_way_round_the_break_is_the_same(pair: RequestPair) -> None:
    before, after = captures(pair)
    one = inquire(before, after, CATALOGUE, now=NOW).comparison
    two = inquire(after, before, CATALOGUE, now=NOW).comparison
    assert one.shared == two.shared
    if one.first is not None and two.first is not None:
        assert (one.first.cache_byte, one.first.before) == (two.first.cache_byte, two.first.after)


def body_of(text: str, *, marked: bool = True, **fields: Any) -> dict[str, Any]:
    mark = {"cache_control": {"type": "ephemeral"}} if marked else {}
    return {
        "model": "claude-opus-5",
        "max_tokens": 9,
        "system": [{"type": "text", "text": text, **mark}],
        "messages": [{"role": "user", "content": "q"}],
        **fields,
    }


def asked(before: Mapping[str, Any], after: Mapping[str, Any]) -> Report:
    import json

    one, two = (read_capture(json.dumps(body).encode()) for body in (before, after))
    return inquire(one, two, CATALOGUE, now=NOW)


LONG = "All rules are to be read in order. " * 400


def test_what_is_lost_is_priced_as_written_instead_of_read() -> None:
    report = asked(body_of(LONG + "a"), body_of(LONG + "b"))
    assert (report.effect, report.how, report.usage.read) == ("miss", "estimated", 0)
    assert report.cost is not None
    prices = CATALOGUE.by_id["claude-opus-5"].prices[0]
    assert report.cost.lost == report.stored * (prices.write_5m - prices.read) / 1_000_000
    assert report.cost.now > report.cost.without_cache > report.cost.if_warm


def test_a_model_that_nobody_knows_is_judged_only_where_its_minimum_does_not_matter() -> None:
    short, long = (body_of(text, model="claude-nova-9") for text in ("Rules. " * 300, LONG * 3))
    assert asked(short, short).effect == "unknown"
    assert asked(short, short).survives == ()
    assert asked(long, long).effect == "hit"
    assert asked(short, short).cost is None


def test_what_was_reported_has_the_last_word_and_lowers_the_confidence() -> None:
    before, after = body_of(LONG + "a"), body_of(LONG + "b")
    usage = {"input_tokens": 5, "cache_read_input_tokens": 4000, "cache_creation_input_tokens": 0}
    assert asked({"request": before}, {"request": after, "response": {"usage": usage}}).effect == "hit"
    partly = {**usage, "cache_read_input_tokens": 1500, "cache_creation_input_tokens": 2500}
    report = asked({"request": before}, {"request": after, "response": {"usage": partly}})
    assert (report.effect, report.how) == ("partial", "usage")
    assert [cause.confidence for cause in report.causes] == ["medium"]


def test_a_hit_loses_nothing_even_where_the_estimate_was_off() -> None:
    usage = {"input_tokens": 5, "cache_read_input_tokens": 4000, "cache_creation_input_tokens": 150}
    body = body_of(LONG)
    report = asked({"request": body}, {"request": body, "response": {"usage": usage}})
    assert report.effect == "hit"
    assert report.cost is not None
    assert report.cost.lost == 0


def test_a_refused_request_reads_nothing_and_costs_nothing() -> None:
    marks = [{"type": "text", "text": f"{n}", "cache_control": {"type": "ephemeral"}} for n in range(5)]
    report = asked(body_of(LONG), body_of(LONG, messages=[{"role": "user", "content": marks}]))
    assert (report.effect, report.survives, report.usage) == ("rejected", (), Usage(0, 0, 0, 0))
    assert report.cost is not None
    assert report.cost.now == report.cost.lost == 0
    assert report.cost.without_cache > report.cost.if_warm > 0


def test_a_request_that_was_answered_was_not_refused() -> None:
    usage = {"input_tokens": 5, "cache_read_input_tokens": 4000, "cache_creation_input_tokens": 0}
    body = body_of(LONG, model="claude-opus-4-1-20250805")
    assert asked(body, body).effect == "rejected"
    report = asked({"request": body}, {"request": body, "response": {"usage": usage}})
    assert (report.effect, report.causes) == ("hit", ())
    missed = {**usage, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 4000}
    report = asked({"request": body}, {"request": body, "response": {"usage": missed}})
    assert report.effect == "miss"
    (cause,) = [cause for cause in report.causes if cause.id == "model-retired"]
    assert (cause.severity, cause.confidence) == ("warning", "low")
    assert cause.say.endswith("It was answered all the same.")


def test_a_retired_model_lies_where_its_name_differs() -> None:
    before, after = body_of(LONG), body_of(LONG, model="claude-opus-4-1-20250805")
    report = asked(before, after)
    assert [cause.id for cause in report.causes] == ["model-retired", "model-changed"]
    one, two = report.comparison.before.encode(), report.comparison.after.encode()
    assert report.causes[0].cache_byte == report.causes[1].cache_byte == first_differing_byte(one, two)


def test_an_entry_of_a_known_time_expires_by_now() -> None:
    body = body_of(LONG)
    for ago, effect, names in ((299, "hit", []), (300, "miss", ["ttl-expired"])):
        report = asked({"request": body, "started_at": NOW - ago}, {"request": body})
        assert (report.effect, [cause.id for cause in report.causes]) == (effect, names)


TREES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 5)
    | st.sampled_from(["", "x", "5m", "1h", "ephemeral", "text"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "content", "source", "data", "cache_control", "ttl", "role", "name"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(
        ["tools", "system", "messages", "thinking", "output_config", "cache_control", "tool_choice"]
    ),
    TREES,
)
def test_no_value_of_a_field_raises_anything_but_its_own_error(name: str, value: Any) -> None:
    before, after = body_of(LONG), body_of(LONG, **{name: value})
    for pair in ((before, after), (after, before), (after, after)):
        try:
            assert asked(*pair).effect in ("hit", "partial", "miss", "rejected", "unknown")
        except ValueError as error:
            assert hasattr(error, "path")  # noqa: PT017  (only the errors of a reader have one)
