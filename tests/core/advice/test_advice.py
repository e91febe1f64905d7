"""Advice: one call, values and cards; what a card applies saves what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given

from coldbyte.core.advice.advice import Advice, Card, advise
from coldbyte.core.advice.draft_breakpoint import draft_places, with_breakpoints
from coldbyte.core.draft import Draft
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.traffic.trail import tokens_of
from core.traffic.observed import (
    CATALOGUE,
    DOCUMENT,
    FABLE,
    SONNET,
    START,
    SYSTEM,
    asked_every,
    draft,
    plain_cost,
    prefix_for,
    prefix_like,
)
from core.traffic.random_traffic import traffics


def advice(asked: Draft, receipts: Iterable[Receipt]) -> Advice:
    prefix, tokens = prefix_for(asked)
    return advise(prefix, tokens, asked.model, [*receipts], CATALOGUE, START, able=draft_places(asked, "q"))


def card(found: Advice, kind: str) -> Card:
    return next(one for one in found.cards if one.kind == kind)


def test_the_first_card_says_whether_caching_pays() -> None:
    found = advice(draft(), [])
    assert [one.kind for one in found.cards] == ["worth"]
    assert found.cards[0].say == found.worth.say
    assert (found.requests, found.first_at, found.last_at) == (0, None, None)


def test_a_better_placement_names_its_parts_and_its_money() -> None:
    receipts = asked_every(60, (draft(n, notes=f"{n} " + "Words. " * 9000) for n in range(12)))
    found = card(advice(draft(), receipts), "placement")
    assert found.breakpoints == ((SYSTEM, "5m"),)
    assert found.saves == plain_cost(receipts, ((DOCUMENT, "5m"),)) - plain_cost(receipts, ((SYSTEM, "5m"),))
    assert "behind the system prompt (5 minutes)" in found.say
    assert "12 requests observed" in found.say


def test_applying_a_card_leaves_nothing_more_to_advise() -> None:
    receipts = asked_every(900, (draft(n, notes=f"{n} " + "Words. " * 9000) for n in range(12)))
    before = advice(draft(), receipts)
    (first, *_) = [one for one in before.cards if one.breakpoints is not None]
    assert first.breakpoints is not None
    after = advice(with_breakpoints(draft(), "q", first.breakpoints), receipts)
    assert [(one.kind, one.breakpoints) for one in after.cards] == [("worth", None), ("placement", None)]
    assert "best of those tried" in after.cards[1].say


def test_an_hour_is_advised_where_it_is_cheaper_than_five_minutes_and_than_warming() -> None:
    found = advice(draft(), asked_every(1200, (draft(n) for n in range(12))))
    said = card(found, "lifetime")
    assert said.title == "1 hour is the cheaper way"
    assert said.breakpoints == ((DOCUMENT, "1h"),)
    assert found.lifetime is not None
    assert said.saves == found.lifetime.short - found.lifetime.long
    assert "44 warmings" in said.say


def test_warming_is_advised_where_reading_is_cheap_enough() -> None:
    receipts = asked_every(400, (draft(n, model=FABLE) for n in range(12)))
    found = advice(draft(model=FABLE), receipts)
    said = card(found, "lifetime")
    assert (said.title, said.breakpoints) == ("Warming is the cheaper way", None)
    assert found.cards.index(said) == 1


def test_a_breakpoint_that_does_not_pay_is_named() -> None:
    receipts = asked_every(60, (draft(n, notes=f"{n} " + "Words. " * 9000) for n in range(12)))
    cards = [one for one in advice(draft(), receipts).cards if one.kind == "block"]
    titles = {one.breakpoints: one.title for one in cards}
    assert titles[()] == "A breakpoint that doesn't pay"
    assert titles[((SYSTEM, "5m"), (DOCUMENT, "5m"))] == "A breakpoint that would pay"


def test_warmings_and_other_models_are_not_what_was_asked() -> None:
    receipts = asked_every(60, [draft(1), draft(2)])
    warming = replace(receipts[0], kind="warming", started_at=START + 30)
    other = asked_every(60, [draft(3, model=FABLE)])
    assert advice(draft(), [warming, *other, *receipts]).requests == 2


def test_breakpoints_that_are_refused_are_said_to_be() -> None:
    asked = draft(ttls=("5m", "1h"))
    found = card(advice(asked, asked_every(60, (draft(n) for n in range(6)))), "placement")
    assert found.title == "The breakpoints are refused"
    assert (found.saves, found.breakpoints) == (None, ((DOCUMENT, "5m"),))


@given(traffics())
def test_no_card_promises_a_loss_and_each_saves_what_it_says(traffic: list[Receipt]) -> None:
    trail = traffic[-1].trail
    found = advise(prefix_like(trail), tokens_of(trail), SONNET, traffic, CATALOGUE, START)
    money = [one.saves for one in found.cards[1:] if one.saves is not None]
    assert money == sorted(money, reverse=True)
    assert all(saves >= 0 for saves in money)
    applied = [one.breakpoints for one in found.cards if one.breakpoints is not None]
    assert len(applied) == len(set(applied))
    assert all(one.say.endswith(".") for one in found.cards)
    best = found.placement
    if best is not None and best.saved is not None and not best.is_present:
        assert all((one.saves or 0) <= best.saved for one in found.cards if one.breakpoints is not None)
