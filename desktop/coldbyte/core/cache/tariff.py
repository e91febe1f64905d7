"""The tariff of a request: what its own settings do to the price (facts §4, multipliers)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from coldbyte.core.cache.catalogue import Model, Prices
from coldbyte.core.json.value import Json

_REGIONAL = Decimal("1.1")


@dataclass(frozen=True, slots=True)
class Tariff:
    """`fast`: asked for fast mode; `regional`: asked to be answered in one region."""

    fast: bool = False
    regional: bool = False


STANDARD = Tariff()


def tariff_of(fields: Mapping[str, Json]) -> Tariff:
    """The tariff that the fields of a request body ask for."""
    return Tariff(fields.get("speed") == "fast", fields.get("inference_geo") == "us")


def prices_of(model: Model, day: date, prompt_tokens: int, tariff: Tariff) -> Prices | None:
    """The prices of a model under a tariff; None where none is known, which is never guessed."""
    prices = model.prices_at(day, prompt_tokens, fast=tariff.fast)
    if prices is None or not tariff.regional:
        return prices
    return replace(
        prices,
        input=prices.input * _REGIONAL,
        write_5m=prices.write_5m * _REGIONAL,
        write_1h=prices.write_1h * _REGIONAL,
        read=prices.read * _REGIONAL,
        output=prices.output * _REGIONAL,
    )
