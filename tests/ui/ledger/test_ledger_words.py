"""The words of the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.ui.ledger.ledger_words import (
    ago,
    countdown,
    miss_line,
    read_line,
    schedule_line,
    spoken,
    summary,
    warm_button,
)
from ui.ledger.rows import NOW, SCHEDULE, STOPPED, row


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (252.0, "4:12"),
        (251.2, "4:12"),
        (60.0, "1:00"),
        (59.0, "0:59"),
        (0.2, "0:01"),
        (0.0, "0:00"),
        (-3.0, "0:00"),
        (3600.0, "60:00"),
    ],
)
def test_the_last_second_counts_until_it_is_over(seconds: float, shown: str) -> None:
    assert countdown(seconds) == shown


@given(st.integers(0, 3600))
def test_a_countdown_says_all_of_its_seconds(seconds: int) -> None:
    minutes, rest = countdown(seconds).split(":")
    assert int(minutes) * 60 + int(rest) == seconds
    assert len(rest) == 2


def test_what_ended_is_told_in_minutes() -> None:
    assert ago(12) == "ended just now"
    assert ago(125) == "ended 2 min ago"


def test_whether_the_draft_reads_an_entry_is_told_by_a_sign_and_by_words() -> None:
    assert read_line(row(is_read=True), NOW) == "✓ the draft reads it now"
    assert read_line(row(), NOW) == "○ the draft does not read it"
    assert read_line(row(is_read=True, left=-1), NOW) == "", "what has ended is read by nobody"
    assert read_line(row(left=299.5), NOW) == "◌ being written", "its answer has not begun"


def test_warming_has_its_price_and_a_miss_too() -> None:
    assert warm_button(row()) == "Warm now  $0.0046"
    assert miss_line(row()) == "a miss would cost $0.053 more"


def test_a_model_without_a_price_gets_none() -> None:
    unpriced = row(warm_price=None, miss_price=None)
    assert warm_button(unpriced) == "Warm now"
    assert "no price" in miss_line(unpriced)
    assert "$" not in miss_line(unpriced)


def test_what_cannot_be_warmed_says_why() -> None:
    assert miss_line(row(refusal="Too short to be cached.")) == "Too short to be cached."


def test_a_schedule_shows_its_timer_and_how_much_of_each_cap_is_used() -> None:
    line = schedule_line(SCHEDULE, NOW)
    assert "next in 3:41" in line
    assert "$0.0092 of $0.11" in line
    assert "2 of 11 times" in line
    assert "until " in line


def test_while_a_warming_is_on_its_way_there_is_no_timer() -> None:
    line = schedule_line(replace(SCHEDULE, next_at=None), NOW)
    assert "Keeps warm: now" in line
    assert "in 0:00" not in line


def test_an_unknown_spending_is_called_unknown() -> None:
    assert "unknown of $0.11" in schedule_line(replace(SCHEDULE, spent=None), NOW)


def test_the_old_way_is_named() -> None:
    assert warm_button(row(old_way=True)) == "Warm with max_tokens 1  $0.0046"


def test_a_schedule_that_stopped_says_why() -> None:
    line = schedule_line(STOPPED, NOW)
    assert "■" in line
    assert "The time limit is reached." in line
    assert "next in" not in line
    assert "$0.0092 of $0.11" in line


def test_a_screen_reader_is_told_the_end_and_not_a_countdown() -> None:
    words = spoken(row(is_read=True), NOW)
    assert "Behind document 1" in words
    assert "22,861 tokens" in words
    assert "TTL 5m" in words
    assert "lives until" in words
    assert "the draft reads it now" in words
    assert " 4:12" not in words
    assert "ended at" in spoken(row(left=-1), NOW)


def test_only_what_lives_is_counted() -> None:
    assert summary([row(1), row(2), row(3, left=-5)], NOW) == "2 entries live"
    assert summary([row(1), row(3, left=-5)], NOW) == "1 entry lives"
    assert summary([row(3, left=-5)], NOW) == "No entry lives"


@given(st.floats(-100, 300), st.floats(0, 400))
def test_less_is_left_as_time_passes_and_never_less_than_nothing(left: float, wait: float) -> None:
    one = row(left=left)
    assert 0 <= one.left_share(NOW + wait) <= one.left_share(NOW) <= 1
    assert (one.life(NOW + wait) == "ended") == (NOW + wait >= one.entry.expires_at)
    assert (one.left_s(NOW) == 0) == (one.life(NOW) == "ended")
