"""The shipped catalogue says what was published, and says nothing where nothing is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from coldbyte.core.cache.catalogue import Catalogue, read_catalogue
from coldbyte.services import resources

TODAY = date(2026, 11, 23)

# Model, minimum, then USD per million tokens: input, 5m write, 1h write, read, output.
PUBLISHED = """
claude-fable-5-2    512   8    10     16   0.20  40
claude-mythos-5-2   512   8    10     16   0.20  40
claude-fable-5-1    512  10    12.50  20   0.25  50
claude-mythos-5-1   512  10    12.50  20   0.25  50
claude-fable-5      512  10    12.50  20   1.00  50
claude-mythos-5     512  10    12.50  20   1.00  50
claude-opus-5-5     512   4     5      8   0.20  20
claude-opus-5       512   5     6.25  10   0.50  25
claude-opus-4-8    1024   5     6.25  10   0.50  25
claude-opus-4-7    2048   5     6.25  10   0.50  25
claude-opus-4-6    4096   5     6.25  10   0.50  25
claude-opus-4-5    4096   5     6.25  10   0.50  25
claude-sonnet-5-5   512   2     2.50   4   0.10  10
claude-sonnet-5    1024   2     2.50   4   0.20  10
claude-sonnet-4-6  1024   3     3.75   6   0.30  15
claude-sonnet-4-5  1024   3     3.75   6   0.30  15
claude-haiku-5-5    512   0.10  0.125  0.20  0.01  0.50
claude-haiku-4-5   4096   1     1.25   2   0.10   5
"""
ROWS = [line.split() for line in PUBLISHED.split("\n") if line]
OLD_TOKENIZER = {
    "claude-opus-4-6",
    "claude-opus-4-5",
    "claude-sonnet-4-6",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
}
RETIRED = [
    "claude-opus-4-1-20250805",
    "claude-sonnet-4-20250514",
    "claude-opus-4-20250514",
    "claude-3-haiku-20240307",
    "claude-3-7-sonnet-20250219",
    "claude-3-5-haiku-20241022",
    "claude-3-opus-20240229",
    "claude-3-5-sonnet-20241022",
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(resources.text("catalogue.json"))


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_model_has_its_published_minimum_and_prices(catalogue: Catalogue, row: list[str]) -> None:
    name, minimum, *prices = row
    model = catalogue.model(name)
    assert model is not None
    assert model.minimum == int(minimum)
    assert model.tokenizer == ("2023" if name in OLD_TOKENIZER else "2026")
    held = model.prices_at(TODAY, 1000)
    assert held is not None
    assert [held.input, held.write_5m, held.write_1h, held.read, held.output] == [Decimal(p) for p in prices]


def test_no_model_is_offered_that_is_not_published(catalogue: Catalogue) -> None:
    assert [model.id for model in catalogue.offered] == [row[0] for row in ROWS]


def test_every_price_keeps_the_published_multipliers(catalogue: Catalogue) -> None:
    for model in catalogue.models:
        for row in model.prices:
            assert (row.write_5m, row.write_1h) == (row.input * Decimal("1.25"), row.input * 2), model.id
            assert row.read / row.input in (Decimal("0.1"), Decimal("0.05"), Decimal("0.025")), model.id


@pytest.mark.parametrize(("day", "read"), [(date(2026, 10, 6), "0.20"), (date(2026, 10, 7), "0.10")])
def test_an_exchange_has_the_price_of_its_own_day(catalogue: Catalogue, day: date, read: str) -> None:
    model = catalogue.model("claude-sonnet-5-5")
    assert model is not None
    prices = model.prices_at(day, 1000)
    assert prices is not None
    assert prices.read == Decimal(read)


def test_there_is_no_price_before_a_model_had_one(catalogue: Catalogue) -> None:
    model = catalogue.model("claude-fable-5-2")
    assert model is not None
    assert model.prices_at(date(2026, 11, 8), 1000) is None
    assert model.prices_at(date(2026, 11, 9), 1000) is not None


@pytest.mark.parametrize(("size", "output"), [(1, "0.50"), (100_000, "0.50"), (100_001, "2.50")])
def test_a_long_prompt_is_priced_by_the_higher_band(catalogue: Catalogue, size: int, output: str) -> None:
    model = catalogue.model("claude-haiku-5-5")
    assert model is not None
    prices = model.prices_at(TODAY, size)
    assert prices is not None
    assert prices.output == Decimal(output)
    assert prices.input * 5 == prices.output


def test_a_dated_id_names_the_same_model(catalogue: Catalogue) -> None:
    assert catalogue.model("claude-sonnet-4-5-20250929") is catalogue.model("claude-sonnet-4-5")


@pytest.mark.parametrize("name", ["claude-sonnet-9", "", "Claude-Sonnet-5-5"])
def test_an_unknown_model_is_not_guessed(catalogue: Catalogue, name: str) -> None:
    assert catalogue.model(name) is None


@pytest.mark.parametrize(
    ("name", "tokenizer"),
    [
        ("claude-sonnet-4-5", "2023"),
        ("claude-sonnet-4-5-20250929", "2023"),
        ("claude-sonnet-5-5", "2026"),
        ("claude-sonnet-9", "2026"),
    ],
)
def test_an_unknown_model_counts_as_one_of_today(catalogue: Catalogue, name: str, tokenizer: str) -> None:
    assert catalogue.tokenizer(name) == tokenizer


@pytest.mark.parametrize("name", RETIRED)
def test_a_retired_model_is_known_with_its_day_and_not_offered(catalogue: Catalogue, name: str) -> None:
    model = catalogue.model(name)
    assert model is not None
    assert model.lifecycle == "retired"
    assert model.retired is not None
    assert model.retired < TODAY
    assert model not in catalogue.offered


def test_every_row_names_its_source(catalogue: Catalogue) -> None:
    assert all(model.source for model in catalogue.models)
    assert catalogue.as_of == TODAY


def test_every_row_says_when_it_was_checked(catalogue: Catalogue) -> None:
    for model in catalogue.models:
        assert model.checked is not None, model.id
        assert (model.since or date.min) <= model.checked <= catalogue.as_of, model.id


@pytest.mark.parametrize(("days", "stale"), [(-3, False), (0, False), (90, False), (91, True)])
def test_a_catalogue_is_stale_after_ninety_days(catalogue: Catalogue, days: int, stale: bool) -> None:
    today = TODAY + timedelta(days)
    assert catalogue.age_days(today) == max(days, 0)
    assert catalogue.stale(today) is stale
    assert any("days old (as of 2026-11-23)" in said for said in catalogue.remarks(today)) is stale


def test_a_model_whose_end_has_come_since_says_so(catalogue: Catalogue) -> None:
    model = catalogue.model("claude-sonnet-4-5")
    assert model is not None
    assert (model.gone(date(2026, 11, 29)), model.gone(date(2026, 11, 30))) == (None, date(2026, 11, 30))
    assert catalogue.remarks(date(2026, 11, 29)) == ()
    assert catalogue.remarks(date(2026, 11, 30)) == (
        "Claude Sonnet 4.5 was to be retired on 2026-11-30; requests to it may fail.",
    )


def test_a_model_that_is_known_to_be_retired_is_gone_and_no_news(catalogue: Catalogue) -> None:
    model = catalogue.model("claude-3-opus-20240229")
    assert model is not None
    assert model.gone(TODAY) == date(2026, 1, 5)
    assert not [said for said in catalogue.remarks(TODAY) if "Opus 3" in said]


@pytest.mark.parametrize("text", ["", "{}", '{"as_of": "2026-11-23", "models": [{"id": "x"}]}', "[]"])
def test_a_catalogue_that_is_not_well_formed_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_catalogue(text)


def test_the_prices_of_a_moment_are_those_of_its_day_in_utc() -> None:
    catalogue = read_catalogue(resources.text("catalogue.json"))
    change = datetime(2026, 10, 7, tzinfo=UTC).timestamp()
    read = [catalogue.prices("claude-sonnet-5-5", change + by, 1000) for by in (-1, 0)]
    assert [prices and prices.read for prices in read] == [Decimal("0.20"), Decimal("0.10")]
    assert catalogue.prices("claude-nobody-1", change, 1000) is None
