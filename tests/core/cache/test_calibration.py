"""Calibration learns from what was reported, the recent most, and tells how far off it was."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.cache import CachePlan, CacheRules, plan_request
from coldbyte.core.cache.calibration import (
    NO_EXPERIENCE,
    UNCALIBRATED,
    Experience,
    Known,
    Measured,
    calibrate,
    calibrated,
    lessons,
    weighed,
)
from coldbyte.core.cache.usage import Usage
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.text.text import Text

MODEL = "claude-opus-5"
COUNTS = st.integers(1, 10**7)


def learned(*pairs: tuple[int, int]) -> list[Measured]:
    return [Measured(MODEL, estimated, reported) for estimated, reported in pairs]


def test_without_exchanges_an_estimate_stays() -> None:
    assert calibrate([], MODEL) == UNCALIBRATED
    assert UNCALIBRATED(1234) == 1234
    assert UNCALIBRATED.median_error is None


def test_exchanges_of_other_models_and_without_tokens_teach_nothing() -> None:
    others = [Measured("claude-haiku-4-5", 100, 150), Measured(MODEL, 0, 9), Measured(MODEL, 9, 0)]
    assert calibrate(others, MODEL) == UNCALIBRATED


def test_a_constant_ratio_is_learned_from_the_first_exchange() -> None:
    calibration = calibrate(learned((1000, 1100), (2000, 2200), (5000, 5500)), MODEL)
    assert calibration.ratio == pytest.approx(1.1)
    assert calibration(10_000) == 11_000
    assert calibration.count == 3
    assert calibration.median_error == pytest.approx(0, abs=1e-6)
    assert calibration.large_error == pytest.approx(100 / 11)  # the first one was forecast without


def test_one_odd_exchange_changes_little_and_new_habits_win() -> None:
    steady = learned(*[(1000, 1100)] * 9)
    odd = calibrate([*steady, *learned((1000, 90_000))], MODEL)
    assert odd.ratio == pytest.approx(1.1)
    assert calibrate([*steady, *learned(*[(1000, 1300)] * 9)], MODEL).ratio == pytest.approx(1.3)


def test_a_ratio_beyond_reason_is_not_believed() -> None:
    assert calibrate(learned((10, 9000)), MODEL).ratio == 2
    assert calibrate(learned((9000, 10)), MODEL).ratio == 0.5


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=40))
def test_the_ratio_lies_between_those_that_were_met(pairs: list[tuple[int, int]]) -> None:
    calibration = calibrate(learned(*pairs), MODEL)
    ratios = [min(max(reported / estimated, 0.5), 2) for estimated, reported in pairs]
    assert min(ratios) <= calibration.ratio <= max(ratios)
    assert calibration.count == min(len(pairs), 24)
    assert calibration.median_error is not None
    assert calibration.large_error is not None
    assert 0 <= calibration.median_error <= calibration.large_error


@given(st.lists(st.integers(0, 9999), max_size=20), COUNTS, COUNTS)
def test_blocks_are_corrected_so_that_every_sum_is(tokens: list[int], estimated: int, reported: int) -> None:
    calibration = calibrate(learned((estimated, reported)), MODEL)
    blocks = calibrated(tokens, calibration)
    assert len(blocks) == len(tokens)
    assert all(block >= 0 for block in blocks)
    for number in range(len(tokens) + 1):
        assert sum(blocks[:number]) == calibration(sum(tokens[:number]))


def prefix_of(*words: str, point: int | None = None) -> Prefix:
    """A prefix of a model and these texts; a breakpoint stands behind the text at `point`."""
    model = PrefixBlock("model", "request", "setting", b"setting", Text.from_str(MODEL))
    texts = (
        PrefixBlock(
            f"t{i}", "system", "text", b"system text", Text.from_str(each), "5m" if i == point else None
        )
        for i, each in enumerate(words)
    )
    return Prefix((model, *texts))


def plan_of(prefix: Prefix, estimated: Sequence[int]) -> CachePlan:
    return plan_request(prefix, estimated, minimum=0, scope="s", entries={}, now=0.0, rules=CacheRules())


ESTIMATED = (0, 1000, 500, 200)
PROMPT = prefix_of("system", "document", "question", point=1)


def test_without_experience_estimates_stay_as_they_are() -> None:
    assert weighed(PROMPT, ESTIMATED, NO_EXPERIENCE) == ESTIMATED


def test_usage_tells_the_whole_prompt_and_what_was_cached_of_it() -> None:
    usage = Usage(written_5m=1650, uncached=230)
    told = lessons(PROMPT, ESTIMATED, plan_of(PROMPT, ESTIMATED), usage)
    assert told == {PROMPT.keys[2]: Known(150, "measured"), PROMPT.keys[3]: Known(180, "measured")}
    experience = Experience(known=told)
    assert weighed(PROMPT, ESTIMATED, experience) == (0, 1000, 650, 230)
    other = prefix_of("system", "document", "another question", point=1)
    assert weighed(other, (0, 1000, 500, 300), experience) == (0, 1000, 650, 300)
    assert weighed(prefix_of("System", "document"), ESTIMATED[:3], experience) == ESTIMATED[:3]


def test_behind_what_is_known_the_calibration_goes_on() -> None:
    calibration = calibrate(learned((1000, 1200)), MODEL)
    experience = Experience({MODEL: calibration}, {PROMPT.keys[2]: Known(150, "measured")})
    assert weighed(PROMPT, ESTIMATED, experience) == (0, 1200, 450, 240)


@pytest.mark.parametrize("usage", [Usage(uncached=700), Usage(uncached=3500), Usage()])
def test_usage_that_counts_something_else_than_the_request_teaches_nothing(usage: Usage) -> None:
    assert lessons(PROMPT, ESTIMATED, plan_of(PROMPT, ESTIMATED), usage) == {}


def test_where_nothing_was_cached_only_the_whole_is_told() -> None:
    told = lessons(PROMPT, ESTIMATED, plan_of(PROMPT, ESTIMATED), Usage(uncached=1800))
    assert told == {PROMPT.keys[3]: Known(100, "measured")}


@given(
    st.lists(st.integers(0, 5000), min_size=3, max_size=8),
    st.data(),
    st.floats(0.6, 1.8),
)
def test_a_prompt_that_was_measured_is_weighed_as_it_was_measured(
    own: list[int], data: st.DataObject, ratio: float
) -> None:
    point = data.draw(st.integers(0, len(own) - 2))
    prefix = prefix_of(*map(str, range(len(own))), point=point)
    estimated = (0, *own)
    plan = plan_of(prefix, estimated)
    cached, total = round(sum(own[: point + 1]) * ratio), round(sum(own) * ratio)
    usage = Usage(written_5m=cached, uncached=total - cached)
    experience = Experience(
        {MODEL: calibrate([Measured(MODEL, sum(own), total)], MODEL)},
        lessons(prefix, estimated, plan, usage),
    )
    tokens = weighed(prefix, estimated, experience)
    assert all(each >= 0 for each in tokens)
    if experience.known:
        assert sum(tokens) == total
        if cached:
            assert sum(tokens[: point + 2]) == cached
