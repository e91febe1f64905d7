"""A run of exchanges is summed up: tokens, money, and the one that lost most."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.query import HistoryRow
from coldbyte.core.history.run import RunSummary, summary_of
from history_row import row
from ui.prompts import CATALOGUE

MODEL = "claude-sonnet-4-5"


def test_nothing_comes_to_nothing() -> None:
    assert summary_of((), CATALOGUE) == RunSummary()
    assert summary_of((), CATALOGUE).hit_rate is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=8))
def test_sums_are_those_of_the_rows_and_the_culprit_lost_most(
    seeds: list[tuple[int, int, int | None]],
) -> None:
    rows = [
        row(
            id_,
            usage=Usage(read=1000 * read, uncached=1000 * uncached, output=1),
            price=Decimal(read),
            lost=None if lost is None else Decimal(lost),
        )
        for id_, (read, uncached, lost) in enumerate(seeds)
    ]
    run = summary_of(rows, CATALOGUE)
    assert run.count == len(rows)
    assert run.read == sum(1000 * read for read, _, _ in seeds)
    assert run.input == sum(1000 * (read + uncached) for read, uncached, _ in seeds)
    assert run.spent == sum(read for read, _, _ in seeds)
    losses = [lost for _, _, lost in seeds if lost]
    assert run.lost == sum(losses)
    assert (run.culprit.lost if run.culprit else None) == max(losses, default=None)


def test_a_read_saves_what_a_write_costs_more_and_a_warming_only_costs() -> None:
    prices = CATALOGUE.prices(MODEL, 1_795_435_200.0, 1_000_000)
    assert prices is not None
    million = 1_000_000

    def saved(usage: Usage, price: Decimal) -> Decimal:
        return summary_of([row(1, model=MODEL, usage=usage, price=price)], CATALOGUE).saved

    read = saved(Usage(read=million, output=1), Decimal(0))
    assert read > prices.input * Decimal("0.99"), "the whole input price, had it been free"
    assert saved(Usage(read=million), Decimal("0.3")) == Decimal("-0.3")


def test_a_model_without_a_price_saves_nothing() -> None:
    unpriced: HistoryRow = row(1, model="claude-nobody-knows", usage=Usage(read=5, output=1), price=None)
    assert summary_of([unpriced], CATALOGUE).saved == 0
