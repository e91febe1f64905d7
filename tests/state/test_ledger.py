"""The ledger believes what was sent and what usage showed of it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coldbyte.core.cache.cache import CachePlan
from coldbyte.core.cache.forecast import Circumstances, Forecast
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import look_at
from coldbyte.core.text.text import Text
from coldbyte.state.ledger import Ledger
from state.world import CATALOGUE, DRAFT, NOON, heard

WROTE = Usage(written_5m=2000, uncached=10, output=5)
READ = Usage(read=2000, uncached=10, output=5)
NOTHING = Usage(uncached=2010, output=5)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def forecast(ledger: Ledger, now: float, draft: Draft = DRAFT, scope: str = "simulator") -> Forecast:
    return look_at(draft, "first", None, CATALOGUE, Circumstances(ledger.entries, scope, now)).forecast


def exchange(now: float, usage: Usage | None, *, began: bool = True) -> Exchange:
    body = look_at(DRAFT, "first", None, CATALOGUE, Circumstances({}, "simulator", now)).body
    first = now + 2 if began else None
    return Exchange(1, "", body, "simulator", now, first_event_at=first, ended_at=now + 3, usage=usage)


def ask(
    ledger: Ledger, now: float, usage: Usage | None, draft: Draft = DRAFT, scope: str = "simulator"
) -> CachePlan:
    """Settle an exchange that was forecast and then went as `usage` says."""
    plan = forecast(ledger, now, draft, scope).plan
    ledger.settle(plan, exchange(now, usage))
    return plan


def reads(ledger: Ledger, now: float, draft: Draft = DRAFT, scope: str = "simulator") -> int:
    return forecast(ledger, now, draft, scope).plan.usage.read


def test_what_was_written_can_be_read_from_the_first_event_on(ledger: Ledger) -> None:
    written = ask(ledger, NOON, WROTE).usage.written
    assert written > 512
    assert reads(ledger, NOON + 1.9) == 0
    assert reads(ledger, NOON + 2) == written


def test_an_entry_lives_from_the_start_of_the_last_request_that_read_it(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    assert reads(ledger, NOON + 299)
    assert not reads(ledger, NOON + 300)
    ask(ledger, NOON + 200, READ)
    assert reads(ledger, NOON + 499)
    assert not reads(ledger, NOON + 500)


def test_a_request_whose_response_never_began_leaves_everything_as_it_is(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    before = dict(ledger.entries)
    plan = forecast(ledger, NOON + 100).plan
    with heard(ledger.changed) as changes:
        ledger.settle(plan, exchange(NOON + 100, None, began=False))
    assert dict(ledger.entries) == before
    assert not changes


def test_an_entry_that_should_have_been_read_and_was_not_is_gone(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    ask(ledger, NOON + 60, NOTHING)
    assert not reads(ledger, NOON + 90)


def test_what_a_surprising_miss_wrote_again_can_be_read(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    plan = ask(ledger, NOON + 250, WROTE)
    assert plan.hit is not None
    assert not reads(ledger, NOON + 251)
    assert reads(ledger, NOON + 549)


def test_what_was_not_written_is_not_believed_to_be_there(ledger: Ledger) -> None:
    plan = ask(ledger, NOON, NOTHING)
    assert plan.usage.written
    assert not ledger.entries


def test_a_surprising_read_shows_that_the_entry_lives(ledger: Ledger) -> None:
    plan = ask(ledger, NOON, READ)
    assert plan.hit is None
    assert reads(ledger, NOON + 10)


def test_a_reply_that_was_broken_off_has_written_all_the_same(ledger: Ledger) -> None:
    cut = replace(exchange(NOON, WROTE), cancelled=True, ended_at=NOON + 2.1)
    ledger.settle(forecast(ledger, NOON).plan, cut)
    assert reads(ledger, NOON + 10)


def test_each_breakpoint_has_an_entry_with_its_own_life(ledger: Ledger) -> None:
    long = DRAFT.with_text("system", Text.from_str("You answer questions about the regulation.\n" * 100))
    long = replace(long, system=(replace(long.system[0], ttl="1h"),))
    ask(ledger, NOON, Usage(written_5m=2000, written_1h=1000), long)
    all_of_it, only_system = reads(ledger, NOON + 10, long), reads(ledger, NOON + 400, long)
    assert all_of_it > only_system > 512
    assert not reads(ledger, NOON + 3600, long)


def test_entries_are_read_in_their_own_scope_only(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE, scope="one key")
    assert reads(ledger, NOON + 10, scope="one key")
    assert not reads(ledger, NOON + 10, scope="another key")


def test_a_simulator_that_starts_again_has_forgotten_its_own_entries_only(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE, scope="simulator")
    ask(ledger, NOON, WROTE, scope="one key")
    with heard(ledger.changed) as changes:
        ledger.clear("simulator")
    assert not reads(ledger, NOON + 10, scope="simulator")
    assert reads(ledger, NOON + 10, scope="one key")
    assert len(changes) == 1


def test_entries_that_were_handed_out_do_not_change(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    entries = ledger.entries
    before = dict(entries)
    ask(ledger, NOON + 100, READ)
    ledger.clear("simulator")
    assert dict(entries) == before
