"""Worth: whether caching pays for a prompt, with the figure at which it would."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from coldbyte.core.advice.advice import advise
from coldbyte.core.advice.worth import Worth
from coldbyte.core.draft import Draft
from core.traffic.observed import CATALOGUE, FABLE, START, asked_every, draft, prefix_for


def worth(asked: Draft, gap_s: float = 60, drafts: Iterable[Draft] = ()) -> Worth:
    prefix, tokens = prefix_for(asked)
    return advise(prefix, tokens, asked.model, asked_every(gap_s, drafts), CATALOGUE, START).worth


def test_a_short_prompt_says_how_much_is_missing() -> None:
    found = worth(draft(rules="Be kind.", notes="Nothing."), drafts=[draft(1), draft(2)])
    assert found.kind == "too-short"
    assert found.minimum == 512
    assert f"{512 - found.tokens:,} are missing" in found.say


def test_the_question_is_no_part_of_what_can_be_stored() -> None:
    assert worth(draft("Why? " * 2000, rules="Be kind.", notes="Nothing.")).kind == "too-short"


@pytest.mark.parametrize("sent", [0, 1])
def test_without_history_the_prompt_alone_says_what_a_read_would_save(sent: int) -> None:
    found = worth(draft(), drafts=[draft()] * sent)
    assert found.kind == "untried"
    assert found.per_hundred == Decimal("1.90") * found.tokens / 10_000
    assert "after 1 read, with 1 h it pays after 2 reads" in found.say
    assert found.say.startswith("It was sent once." if sent else "Nothing was sent yet.")


def test_what_changes_every_time_says_how_much_stayed() -> None:
    found = worth(draft(), drafts=[draft(n, rules=f"{n}") for n in range(6)])
    assert found.kind == "changes"
    assert found.stable == 0
    assert "0 tokens stay the same (median), and the model stores none below 512" in found.say


def test_a_stable_part_below_the_minimum_is_told() -> None:
    found = worth(draft(), drafts=[draft(n, rules="Be brief. " * 60, notes=f"{n} " * 900) for n in range(6)])
    assert found.kind == "changes"
    assert found.stable is not None
    assert 0 < found.stable < 512
    assert f"{found.stable} tokens stay the same" in found.say


def test_what_is_asked_too_seldom_says_from_when_on_it_pays() -> None:
    found = worth(draft(), gap_s=9000, drafts=[draft(n) for n in range(6)])
    assert found.kind == "too-seldom"
    assert found.gap_s == 9000
    assert found.per_hundred == 0
    assert "2 h 30 min pass between two uses" in found.say
    assert "one request every 5 min at even gaps" in found.say
    assert "one request every 1 h at even gaps" in found.say


@pytest.mark.parametrize("gap_s", [60, 1200])
def test_what_pays_says_what_100_requests_save(gap_s: float) -> None:
    found = worth(draft(), gap_s=gap_s, drafts=[draft(n) for n in range(10)])
    assert found.kind == "worth"
    assert found.per_hundred is not None
    write, read, plain = (Decimal("2.5") if gap_s == 60 else Decimal(4)), Decimal("0.1"), Decimal(2)
    assert found.per_hundred == (10 * plain - write - 9 * read) * found.tokens / 100_000


def test_the_figures_are_those_of_the_model() -> None:
    found = worth(draft(model=FABLE), gap_s=9000, drafts=[draft(n, model=FABLE) for n in range(6)])
    assert [round(even.share, 3) for even in found.evens] == [0.204, 0.506]


def test_an_unknown_model_has_no_price_and_no_guess() -> None:
    found = worth(draft(model="claude-next"), drafts=[draft(n, model="claude-next") for n in range(3)])
    assert (found.kind, found.per_hundred, found.evens) == ("unpriced", None, ())
