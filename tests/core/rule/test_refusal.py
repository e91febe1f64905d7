"""A request that can't succeed is known before it is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coldbyte.core.body import request_body
from coldbyte.core.draft import Document, Draft, Question, SystemBlock, Ttl
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.rule.refusal import refusal
from coldbyte.core.text.text import Text

SOME = Text.from_str("some")


def draft(*lifetimes: Ttl | None, question: Text = SOME) -> Draft:
    documents = tuple(Document(f"d{n}", "t", SOME, ttl) for n, ttl in enumerate(lifetimes))
    return Draft("claude-sonnet-5-5", 1, (SystemBlock("s", SOME),), documents, (Question("q", question),))


def refused(asked: Draft) -> str | None:
    return refusal(prefix_of(request_body(asked, "q")))


@pytest.mark.parametrize(
    "lifetimes",
    [(), (None,), ("5m",), ("1h", "5m"), ("1h", "1h", "5m", "5m"), ("5m", None, "5m", "5m", "5m")],
)
def test_what_the_api_takes_is_not_refused(lifetimes: tuple[Ttl | None, ...]) -> None:
    assert refused(draft(*lifetimes)) is None


def test_five_breakpoints_are_refused() -> None:
    assert "4 breakpoints, and this one has 5" in str(refused(draft("5m", "5m", "5m", "5m", "5m")))


@pytest.mark.parametrize("lifetimes", [("5m", "1h"), ("1h", "5m", None, "1h")])
def test_an_hour_behind_five_minutes_is_refused(lifetimes: tuple[Ttl | None, ...]) -> None:
    assert "must not stand behind" in str(refused(draft(*lifetimes)))


def test_an_empty_question_is_refused() -> None:
    assert "empty" in str(refused(draft("5m", question=Text())))


def test_an_empty_system_prompt_is_left_out_and_not_refused() -> None:
    assert refused(replace(draft("5m"), system=(SystemBlock("s"),))) is None
