"""When a schedule warms, waits and stops; and that its caps hold whatever happens."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.cache import LIFETIME_S, Entry
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.keep_alive import LEAD_S
from coldbyte.core.warming.warming import (
    Caps,
    Decision,
    History,
    Outcome,
    Quote,
    Stop,
    Wait,
    Warmed,
    WarmNow,
    decide,
    due_at,
    outcome_of,
)

START = 1_000_000.0
QUOTE = Quote(keep=Decimal("0.004"), most=Decimal("0.32"), miss=Decimal("0.31"))
CAPS = Caps(usd=Decimal("1"), count=10, until=START + 7200)
ENTRY = Entry(b"key", "m", "scope", 100_000, "5m", "system[0].text", START, START + 2)
READ = Warmed(START, "read", QUOTE.keep)


def decided(entry: Entry | None = ENTRY, history: History = History(), **more: Any) -> Decision:  # noqa: B008
    given = {"caps": CAPS, "quote": QUOTE, "now": START + 270, **more}
    return decide(entry, given.pop("caps"), history, given.pop("quote"), given.pop("now"), **given)


def reason(decision: Decision) -> str:
    assert isinstance(decision, Stop)
    assert decision.say
    return decision.reason


@pytest.mark.parametrize(("ttl", "due"), [("5m", 270), ("1h", 3540)])
def test_an_entry_is_warmed_only_shortly_before_it_ends(ttl: Ttl, due: int) -> None:
    entry = replace(ENTRY, ttl=ttl)
    assert decided(entry, now=START + due - 1) == Wait(START + due)
    assert decided(entry, now=START + due) == WarmNow()
    assert decided(entry, now=START + LIFETIME_S[ttl] - 0.1) == WarmNow()
    assert reason(decided(entry, now=START + LIFETIME_S[ttl])) == "expired"


def test_a_use_of_the_entry_puts_the_warming_off() -> None:
    assert decided(replace(ENTRY, started_at=START + 200)) == Wait(START + 470)


def test_an_entry_whose_response_has_not_begun_can_not_be_read_yet() -> None:
    assert decided(replace(ENTRY, available_at=START + 280)) == Wait(START + 280)


def test_a_warming_that_the_ledger_does_not_show_is_not_sent_twice() -> None:
    history = History((replace(READ, started_at=START + 270),))
    assert decided(history=history, now=START + 290) == Wait(START + 540)


def test_caps_are_reached_before_they_are_passed() -> None:
    ten = History((READ,) * 10)
    assert reason(decided(history=ten, now=START)) == "count"
    assert reason(decided(caps=replace(CAPS, until=START + 270))) == "time"
    assert reason(decided(caps=replace(CAPS, until=START + 270), now=START)) == "time"
    assert decided(caps=replace(CAPS, until=START + 270.5)) == WarmNow()
    assert reason(decided(caps=replace(CAPS, until=START + 270.5), now=START + 270.5)) == "time"
    spent = History((replace(READ, cost=Decimal("0.70")),), START + 1)
    assert reason(decided(history=spent)) == "money"
    assert decided(history=spent, caps=replace(CAPS, usd=Decimal("1.02"))) == WarmNow()


def test_the_cap_on_money_must_cover_a_warming_that_finds_the_entry_gone() -> None:
    stop = decided(caps=replace(CAPS, usd=Decimal("0.05")), now=START)
    assert isinstance(stop, Stop)
    assert stop.reason == "money"
    assert "$0.05" in stop.say
    assert "$0.32" in stop.say


def test_it_ends_when_the_warmings_since_the_last_use_cost_as_much_as_the_miss() -> None:
    dear = replace(QUOTE, keep=Decimal("0.10"))
    assert dear.pays == 3
    entry = replace(ENTRY, started_at=START + 810, available_at=START)
    three = History(tuple(Warmed(START + at, "read", dear.keep) for at in (270, 540, 810)), START)
    assert decided(entry, three, quote=dear, now=START + 900) == Wait(START + 1080)
    assert reason(decided(entry, three, quote=dear, now=START + 1080)) == "break_even"
    used = replace(entry, started_at=START + 900)
    assert decided(used, three.seen(used), quote=dear, now=START + 1170) == WarmNow()
    assert reason(decided(entry, three.seen(entry), quote=dear, now=START + 1080)) == "break_even"


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        ("written", "gone", "wrote it anew, once, for $0.32"),
        ("nothing", "gone", "neither read nor wrote"),
        ("failed", "failed", "Claude is overloaded."),
    ],
)
def test_a_warming_that_did_not_read_was_the_last_one(outcome: Outcome, code: str, words: str) -> None:
    last = Warmed(START + 10, outcome, QUOTE.most, "Claude is overloaded.")
    stop = decided(history=History((last,)))
    assert reason(stop) == code
    assert isinstance(stop, Stop)
    assert words in stop.say


def test_an_entry_that_is_gone_or_that_the_draft_does_not_read_is_left_to_end() -> None:
    assert reason(decided(None)) == "gone"
    assert reason(decided(wanted=False, now=START)) == "unread"


def test_a_warming_tells_by_its_usage_what_it_did() -> None:
    assert outcome_of(Usage(read=100, uncached=8)) == "read"
    assert outcome_of(Usage(read=50, written_5m=50)) == "written"
    assert outcome_of(Usage(uncached=100)) == "nothing"


def test_what_costs_nothing_pays_for_ever() -> None:
    free = Quote(Decimal(0), Decimal(0), Decimal(0))
    assert free.pays is None
    assert decided(quote=free) == WarmNow()
    assert replace(QUOTE, miss=Decimal("-1")).pays == 0


CENTS = st.integers(0, 50).map(lambda cents: Decimal(cents) / 100)
QUOTES = st.builds(lambda keep, more, miss: Quote(keep, keep + more, miss), CENTS, CENTS, CENTS)
ALL_CAPS = st.builds(
    Caps, st.integers(0, 300).map(lambda cents: Decimal(cents) / 100), st.integers(0, 6),
    st.integers(0, 9000).map(lambda seconds: START + seconds),
)  # fmt: skip
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("clock"), st.integers(-4000, 4000)),
        st.tuples(st.just("due"), st.integers(0, 29)),
        st.tuples(st.just("used"), st.just(0)),
        st.tuples(st.just("evicted"), st.just(0)),
        st.tuples(st.just("forgotten"), st.just(0)),
    ),
    max_size=40,
)


class Run:
    """A schedule that is asked at all sorts of times, and an API that bills what it is sent."""

    def __init__(self, ttl: Ttl, caps: Caps, quote: Quote) -> None:
        self.now = START
        self.entry = replace(ENTRY, ttl=ttl)
        self.caps, self.quote = caps, quote
        self.history = History()
        self.there = True
        self.sent: list[tuple[float, Decimal]] = []

    def take(self, event: tuple[str, int]) -> None:
        match event:
            case "clock", seconds:
                self.now += seconds
            case "due", late:
                self.now = due_at(self.entry, self.history) + late
            case "used", _:
                self.entry = replace(self.entry, started_at=max(self.entry.started_at, self.now))
            case "evicted", _:
                self.there = False
            case "forgotten", _:  # the ledger does not show what was warmed
                self.entry = replace(self.entry, started_at=self.entry.started_at - 100)

    def step(self) -> Decision:
        self.history = self.history.seen(self.entry)
        decision = decide(self.entry, self.caps, self.history, self.quote, self.now)
        if isinstance(decision, WarmNow):
            self.warm()
        return decision

    def warm(self) -> None:
        life = LIFETIME_S[self.entry.ttl]
        assert self.entry.expires_at - LEAD_S[self.entry.ttl] <= self.now < self.entry.expires_at
        assert not self.sent or self.now - self.sent[-1][0] >= life - LEAD_S[self.entry.ttl]
        assert self.now < self.caps.until
        cost = self.quote.keep if self.there else self.quote.most
        self.sent.append((self.now, cost))
        self.history = self.history.plus(Warmed(self.now, "read" if self.there else "written", cost))
        self.entry = replace(self.entry, started_at=self.now)


@given(st.sampled_from(["5m", "1h"]), ALL_CAPS, QUOTES, EVENTS)
def test_no_cap_is_ever_passed_and_no_entry_is_warmed_twice_in_its_lifetime(
    ttl: Ttl, caps: Caps, quote: Quote, events: list[tuple[str, int]]
) -> None:
    run = Run(ttl, caps, quote)
    for event in events:
        run.take(event)
        stopped = isinstance(run.step(), Stop)
        assert sum(cost for _, cost in run.sent) <= caps.usd
        assert len(run.sent) <= caps.count
        if run.sent and not run.there and run.history.last and run.history.last.outcome == "written":
            assert isinstance(run.step(), Stop)
        if stopped:
            break


@given(st.integers(1, 40), st.integers(1, 400))
def test_without_any_use_it_warms_exactly_as_often_as_that_pays(keep: int, miss: int) -> None:
    quote = Quote(Decimal(keep) / 100, Decimal(5), Decimal(miss) / 100)
    run = Run("5m", Caps(Decimal(10_000), 1000, START + 1e9), quote)
    run.history = run.history.seen(run.entry)
    while not isinstance(run.step(), Stop):
        run.take(("due", 0))
    assert len(run.sent) == quote.pays == miss // keep
