"""Stability: what stayed, what changed by itself, how far apart, and which block deserves a breakpoint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from coldbyte.core.advice.break_even import break_evens
from coldbyte.core.advice.placement import able_places
from coldbyte.core.advice.stability import BlockUse, stability_of
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.traffic.trail import tokens_of
from core.traffic.observed import CATALOGUE, SONNET, START, of_trail, prefix_like, trail_of


def uses_of(
    versions: Sequence[Sequence[int]],
    gap_s: float = 60,
    sizes: Sequence[int] = (600, 900, 900),
    priced: bool = True,
) -> dict[str, BlockUse]:
    traffic: list[Receipt] = []
    for number, row in enumerate(versions):
        trail = trail_of(list(zip(row, sizes, strict=False)), number)
        traffic.append(of_trail(trail, START + number * gap_s))
    newest = traffic[-1].trail
    prefix, model = prefix_like(newest), CATALOGUE.model(SONNET)
    assert model is not None
    prices = model.prices_at(date(2026, 11, 23), 1000)
    evens = break_evens(prices) if prices and priced else ()
    able = able_places(prefix)[:-1]
    return {use.where: use for use in stability_of(prefix, tokens_of(newest), traffic, able, 512, evens)}


def verdicts(uses: dict[str, BlockUse]) -> list[str]:
    return [use.verdict for use in uses.values()]


def test_only_the_last_of_the_blocks_that_stay_deserves_a_breakpoint() -> None:
    uses = uses_of([[0, 0, n] for n in range(6)])
    assert verdicts(uses) == ["covered", "deserves", "too-volatile", "unable"]
    assert "83% of the requests came within 5 min" in uses["system[1].text"].say


def test_a_change_counts_only_where_everything_before_it_stayed() -> None:
    uses = uses_of([[0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 1, 0], [1, 1, 1]])
    found = [(use.seen, use.compared, use.changed) for use in uses.values()]
    assert found[:3] == [(5, 4, 1), (5, 3, 1), (5, 2, 1)]
    assert "changed 1 of 2 times" in uses["system[2].text"].say


def test_a_block_behind_a_volatile_one_is_as_volatile() -> None:
    uses = uses_of([[n, 0, 0] for n in range(6)])
    assert verdicts(uses)[:3] == ["too-volatile"] * 3
    assert uses["system[1].text"].changed == 0
    assert "0% of the requests were the same up to here" in uses["system[1].text"].say


def test_what_comes_again_too_late_is_too_rare() -> None:
    uses = uses_of([[0, 0, 0]] * 6, gap_s=7200)
    assert verdicts(uses)[:3] == ["too-rare"] * 3
    assert uses["system[0].text"].gap_s == 7200
    assert "2 h apart" in uses["system[0].text"].say


def test_an_hour_may_be_enough() -> None:
    assert verdicts(uses_of([[0, 0, 0]] * 6, gap_s=1800))[2] == "deserves"


def test_what_ends_below_the_minimum_is_too_short_and_the_sum_counts() -> None:
    uses = uses_of([[0, 0, 0]] * 4, sizes=(300, 211, 1))
    assert verdicts(uses)[:3] == ["too-short", "too-short", "deserves"]
    assert "511 tokens; nothing below 512" in uses["system[1].text"].say


def test_one_request_proves_nothing() -> None:
    assert verdicts(uses_of([[0, 0, 0]]))[:3] == ["untried"] * 3


def test_without_prices_nothing_is_said_of_paying() -> None:
    assert verdicts(uses_of([[0, 0, 0]] * 4, priced=False))[:3] == ["unpriced"] * 3
