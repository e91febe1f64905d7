"""The sheet of the money, from receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.catalogue_override import with_overrides
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.flows.money_sheet import MOST_REPLAYED, MoneyCase, money_sheet, what_if_sheet
from coldbyte.ui.money.money_sheet import MoneySheet
from core.traffic.made_receipt import CATALOGUE, NOON, UNKNOWN, asked, receipt, receipts, step

COLD, WARM = Usage(written_5m=100_000, uncached=10), Usage(read=100_000, uncached=10)
DAY = 86_400


def case(*of: Receipt, simulated: bool = False, per_day: int | None = None, now: float = NOON) -> MoneyCase:
    return MoneyCase(of, CATALOGUE, now, "one", {}, simulated, per_day, UTC)


def sheet(*of: Receipt, simulated: bool = False) -> MoneySheet:
    return money_sheet(case(*of, simulated=simulated, now=NOON + 600))


def test_simulated_and_real_money_are_never_added() -> None:
    both = receipt(0, COLD), receipt(10, WARM, scope="simulator"), receipt(20, COLD, scope="simulator")
    assert sheet(*both).account.exchanges == 1
    assert sheet(*both, simulated=True).account.exchanges == 2
    assert sheet(*both).kinds == (True, False)


def test_where_only_one_kind_exists_that_one_is_shown() -> None:
    shown = sheet(receipt(0, COLD), simulated=True)
    assert not shown.simulated
    assert shown.kinds == (False,)
    assert shown.account.exchanges == 1


def test_without_receipts_there_is_no_kind() -> None:
    shown = sheet()
    assert shown.kinds == ()
    assert shown.what_if is None


def test_exchanges_stand_newest_first_with_their_own_amounts() -> None:
    shown = sheet(receipt(0, COLD), receipt(60, WARM, stored=100_000))
    newer, older = shown.exchanges
    assert (newer.when, older.when) == ("12:01:00", "12:00:00")
    assert older.saving == Decimal("-0.075")
    assert newer.saving == Decimal("0.27")
    assert newer.hit_rate == WARM.hit_rate


def test_a_day_that_is_over_is_named() -> None:
    assert [row.when for row in sheet(receipt(-DAY, COLD)).exchanges] == ["11-22 12:00"]
    assert [row.when for row in sheet(receipt(-DAY, COLD), receipt(0, COLD)).days] == ["Today", "2026-11-22"]


def test_titles_come_from_the_exchanges_of_this_run() -> None:
    titled = replace(receipt(0, COLD), message_id="msg")
    found = money_sheet(
        MoneyCase((titled, receipt(5, WARM, kind="warming")), CATALOGUE, NOON, "one", {"msg": "Why?"}, False)
    )
    assert [row.name for row in found.exchanges] == ["Warming", "Why?"]
    assert [row.name for row in found.conversations] == ["This draft: Why? · 1 exchange, 1 warming"]


def test_conversations_with_the_newest_exchange_stand_first() -> None:
    of = receipt(0, COLD, conversation="two"), receipt(5, COLD), receipt(9, WARM, conversation="two")
    first, second = sheet(*of).conversations
    assert (first.count, second.count) == (2, 1)
    assert first.name == "2 exchanges"
    assert second.name == "This draft: 1 exchange"


def test_an_unknown_model_has_no_amount_and_is_counted() -> None:
    shown = sheet(receipt(0, COLD, model=UNKNOWN))
    assert shown.account.unpriced == 1
    assert shown.exchanges[0].price is None
    assert shown.days[0].price is None


def test_the_error_of_a_forecast_is_the_larger_one() -> None:
    row = sheet(receipt(0, WARM, forecast=Usage(read=90_000, uncached=10_010))).exchanges[0]
    assert row.error is not None
    assert 9.9 < row.error < 10.1


@given(receipts(), st.booleans())
def test_all_groups_have_the_sum_of_the_account(of: list[Receipt], simulated: bool) -> None:
    shown = sheet(*of, simulated=simulated)
    for rows in (shown.exchanges, shown.conversations, shown.days):
        assert sum(row.price or 0 for row in rows) == shown.account.price
        assert sum(row.saving or 0 for row in rows) == shown.account.saving
        assert sum(row.lost or 0 for row in rows) == shown.account.lost
        assert sum(row.unpriced for row in rows) == shown.account.unpriced
    assert shown.spending.all == shown.account.price


def requests(count: int, gap_s: float = 60.0) -> list[Receipt]:
    """Questions behind the same 10,000 tokens."""
    return [asked(step("rules", 10_000, "5m"), step(f"question {n}", 10), at=n * gap_s) for n in range(count)]


def test_what_if_at_the_observed_rate_is_the_replay_itself() -> None:
    found = what_if_sheet(case(*requests(100)))
    assert found is not None
    assert (found.per_day, found.observed, found.requests) == (100, 100, 100)
    questions = Decimal(100 * 10) * 3 / 1_000_000
    assert found.what_if.way("without").cost == Decimal("3.00") + questions
    assert found.what_if.way("5m").cost == Decimal("0.3345") + questions
    assert found.as_it_was == found.what_if.way("without").cost  # that is what these receipts reported
    assert found.what_if.cheapest.way == "5m"


def test_what_if_at_another_rate_moves_requests_apart() -> None:
    found = what_if_sheet(case(*requests(100), per_day=10))
    assert found is not None
    assert found.per_day == 10
    assert found.what_if.way("5m").cost > found.what_if.way("without").cost  # ten minutes apart: all written
    assert found.what_if.way("1h").cost < found.what_if.way("without").cost
    assert "as_it_was" not in [each.way for each in found.what_if.outlooks]


def test_only_the_newest_requests_are_played_again() -> None:
    found = what_if_sheet(case(*requests(MOST_REPLAYED + 5)))
    assert found is not None
    assert found.requests == MOST_REPLAYED


def test_own_prices_are_counted() -> None:
    text = '{"models": [{"id": "claude-sonnet-4-6", "minimum_tokens": 1}]}'
    mine = with_overrides(CATALOGUE, text)
    found = money_sheet(MoneyCase((receipt(0, COLD),), mine, NOON, "one", {}, False))
    assert found.prices_line == "List prices of 2026-11-23; yours: 1 model."
    assert "Claude Sonnet 4.6: yours" in found.prices_tip


def test_stale_prices_are_said_to_be_stale() -> None:
    found = money_sheet(case(receipt(0, COLD), now=NOON + 200 * DAY))
    assert "▲ Models and prices are 200 days old" in found.prices_line
