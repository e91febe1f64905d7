"""What a request's own settings do to its price; what is not published is not guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.tariff import STANDARD, Tariff, prices_of, tariff_of
from coldbyte.services import resources

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
TODAY = date(2026, 11, 23)


def prices(model: str, tariff: Tariff, day: date = TODAY) -> tuple[Decimal, ...] | None:
    known = CATALOGUE.model(model)
    assert known is not None
    found = prices_of(known, day, 10_000, tariff)
    if found is None:
        return None
    return found.input, found.write_5m, found.write_1h, found.read, found.output


def decimals(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, amounts))


@pytest.mark.parametrize(
    ("fields", "tariff"),
    [
        ({}, STANDARD),
        ({"speed": "standard", "inference_geo": "global"}, STANDARD),
        ({"speed": "fast"}, Tariff(fast=True)),
        ({"inference_geo": "us"}, Tariff(regional=True)),
    ],
)
def test_the_body_asks_for_its_tariff(fields: dict[str, str], tariff: Tariff) -> None:
    assert tariff_of(fields) == tariff


def test_fast_mode_has_prices_of_its_own_with_the_same_multipliers() -> None:
    assert prices("claude-opus-5-5", Tariff(fast=True)) == decimals("8", "10", "16", "0.40", "40")
    assert prices("claude-opus-5-5", STANDARD) == decimals("4", "5", "8", "0.20", "20")


def test_fast_mode_without_published_prices_has_none() -> None:
    assert prices("claude-opus-5", Tariff(fast=True)) is None
    assert prices("claude-opus-5-5", Tariff(fast=True), date(2026, 10, 14)) is None


def test_an_answer_in_one_region_costs_a_tenth_more_of_everything() -> None:
    assert prices("claude-sonnet-4-6", Tariff(regional=True)) == decimals(
        "3.3", "4.125", "6.6", "0.33", "16.5"
    )
