"""The ledger believes what was sent and what usage showed of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from coldbyte.core.cache.cache import CachePlan, Entry
from coldbyte.core.cache.forecast import Circumstances, Forecast
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import look_at
from coldbyte.core.reply import SendFailure
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
    """Settle an exchange that was forecast and then went as `usage` says; the plan as it went."""
    plan = forecast(ledger, now, draft, scope).plan
    ledger.begin(plan, now)
    return ledger.settle(plan, exchange(now, usage))


def reads(ledger: Ledger, now: float, draft: Draft = DRAFT, scope: str = "simulator") -> int:
    return forecast(ledger, now, draft, scope).plan.usage.read


def test_what_was_written_can_be_read_from_the_first_event_on(ledger: Ledger) -> None:
    assert ask(ledger, NOON, WROTE).usage.written == WROTE.written
    assert reads(ledger, NOON + 1.9) == 0
    assert reads(ledger, NOON + 2) == WROTE.written


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
    assert plan.hit is None
    assert not reads(ledger, NOON + 251)
    assert reads(ledger, NOON + 549)


def test_what_was_not_written_is_not_believed_to_be_there(ledger: Ledger) -> None:
    assert forecast(ledger, NOON).plan.usage.written
    assert ask(ledger, NOON, NOTHING).usage == NOTHING
    assert not ledger.entries


def test_a_surprising_read_shows_that_the_entry_lives(ledger: Ledger) -> None:
    assert forecast(ledger, NOON).plan.hit is None
    assert ask(ledger, NOON, READ).hit is not None
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


class Shelf:
    """A store that keeps entries in memory."""

    def __init__(self) -> None:
        self.kept: dict[bytes, Entry] = {}
        self.calls = 0

    def keep_entries(self, entries: Iterable[Entry], gone: Iterable[bytes]) -> None:
        self.calls += 1
        self.kept.update((entry.key, entry) for entry in entries)
        for key in gone:
            del self.kept[key]


def test_what_a_request_reads_lives_anew_from_its_start_before_any_answer(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    plan = forecast(ledger, NOON + 200).plan
    with heard(ledger.changed) as changes:
        ledger.begin(plan, NOON + 200)
    assert len(changes) == 1
    assert reads(ledger, NOON + 499)
    ledger.begin(plan, NOON + 250)
    assert reads(ledger, NOON + 549)
    assert not reads(ledger, NOON + 550)


def test_a_request_writes_nothing_before_its_answer_begins(ledger: Ledger) -> None:
    ledger.begin(forecast(ledger, NOON).plan, NOON)
    assert not ledger.entries


@pytest.mark.parametrize(
    ("failure", "cancelled", "lives"),
    [
        (SendFailure("overloaded", "", status=529), False, False),
        (SendFailure("unreachable", ""), False, True),
        (None, True, True),
    ],
)
def test_only_a_request_that_was_refused_is_sure_to_have_read_nothing(
    ledger: Ledger, failure: SendFailure | None, cancelled: bool, lives: bool
) -> None:
    ask(ledger, NOON, WROTE)
    before = dict(ledger.entries)
    plan = forecast(ledger, NOON + 100).plan
    ledger.begin(plan, NOON + 90)
    ledger.begin(plan, NOON + 100)
    ended = exchange(NOON + 100, None, began=False)
    assert ledger.settle(plan, replace(ended, failure=failure, cancelled=cancelled)) is plan
    assert (dict(ledger.entries) == before) != lives
    assert bool(reads(ledger, NOON + 350)) == lives


def test_a_refusal_does_not_shorten_what_another_request_has_used_since(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    plan = forecast(ledger, NOON + 100).plan
    ledger.begin(plan, NOON + 100)
    ask(ledger, NOON + 120, READ)
    refused = replace(exchange(NOON + 100, None, began=False), failure=SendFailure("server", "", status=500))
    ledger.settle(plan, refused)
    assert reads(ledger, NOON + 419)


def test_a_request_on_its_way_leaves_nothing_in_a_prompt_cache_that_is_no_more(ledger: Ledger) -> None:
    plan = forecast(ledger, NOON).plan
    ledger.begin(plan, NOON)
    ledger.clear("simulator")
    ledger.settle(plan, exchange(NOON, WROTE))
    assert not ledger.entries
    ask(ledger, NOON + 10, WROTE)
    assert reads(ledger, NOON + 20), "the next request to the new one counts again"


def test_a_request_that_leaves_late_brings_no_entry_back(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    plan = forecast(ledger, NOON + 10).plan
    ledger.clear("simulator")
    ledger.begin(plan, NOON + 10)
    ledger.settle(plan, exchange(NOON + 10, None, began=False))
    assert not ledger.entries


def test_a_prompt_cache_that_ended_takes_no_other_one_along(ledger: Ledger) -> None:
    plan = forecast(ledger, NOON, scope="one key").plan
    ledger.begin(plan, NOON)
    ledger.clear("simulator")
    ledger.settle(plan, exchange(NOON, WROTE))
    assert reads(ledger, NOON + 10, scope="one key")


def test_what_is_read_is_counted_as_it_was_reported(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    ask(ledger, NOON + 10, Usage(read=2048, uncached=10, output=5))
    assert reads(ledger, NOON + 20) == 2048


def test_an_entry_that_ended_is_remembered_for_a_day(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE)
    key = next(iter(ledger.entries))
    ask(ledger, NOON + 80_000, WROTE, scope="one key")
    assert key in ledger.entries
    ask(ledger, NOON + 300 + 86_400, WROTE, scope="one key")
    assert key not in ledger.entries


def test_it_knows_which_exchange_an_entry_comes_from(ledger: Ledger) -> None:
    def numbered(number: int, now: float, usage: Usage) -> None:
        plan = forecast(ledger, now).plan
        ledger.begin(plan, now)
        ledger.settle(plan, replace(exchange(now, usage), number=number))

    numbered(3, NOON, WROTE)
    (key,) = ledger.entries
    assert ledger.origin(key) == 3
    numbered(4, NOON + 10, READ)
    assert ledger.origin(key) == 3
    numbered(5, NOON + 20, WROTE)
    assert ledger.origin(key) == 5
    numbered(0, NOON + 400, WROTE)
    assert ledger.origin(key) == 5, "0 is a request that the log does not list"
    ledger.clear("simulator")
    assert ledger.origin(key) is None


def test_of_an_entry_of_an_earlier_run_the_first_reader_is_the_origin(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE, scope="one key")
    next_run = Ledger()
    next_run.restore(ledger.entries.values())
    (key,) = next_run.entries
    assert next_run.origin(key) is None
    plan = forecast(next_run, NOON + 10, scope="one key").plan
    next_run.settle(plan, replace(exchange(NOON + 10, READ), number=7))
    assert next_run.origin(key) == 7


def test_entries_of_the_api_outlast_the_run_and_those_of_the_simulator_do_not() -> None:
    shelf = Shelf()
    ledger = Ledger(shelf)
    ask(ledger, NOON, WROTE, scope="one key")
    ask(ledger, NOON, WROTE)
    assert {entry.scope for entry in shelf.kept.values()} == {"one key"}
    ask(ledger, NOON + 100, READ, scope="one key")
    assert {entry.started_at for entry in shelf.kept.values()} == {NOON + 100}
    next_run = Ledger()
    with heard(next_run.changed) as changes:
        next_run.restore([*shelf.kept.values(), *ledger.entries.values()])
    assert len(changes) == 1
    assert reads(next_run, NOON + 399, scope="one key") == 2000
    assert not reads(next_run, NOON + 400, scope="one key")
    assert not reads(next_run, NOON + 50)
    ask(ledger, NOON + 150, NOTHING, scope="one key")
    assert not shelf.kept


def test_only_what_changes_is_written() -> None:
    shelf = Shelf()
    ledger = Ledger(shelf)
    ask(ledger, NOON, WROTE, scope="one key")
    calls = shelf.calls
    ask(ledger, NOON, WROTE)
    ledger.clear("simulator")
    assert shelf.calls == calls == 1


def test_what_this_run_knows_is_newer_than_what_is_restored(ledger: Ledger) -> None:
    ask(ledger, NOON, WROTE, scope="one key")
    old = list(ledger.entries.values())
    ask(ledger, NOON + 100, READ, scope="one key")
    ledger.restore(old)
    assert reads(ledger, NOON + 399, scope="one key")
