"""What becomes of a breakpoint is said with its reason."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from coldbyte.core.cache.cache import settle
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.draft import Draft, Ttl
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.text.text import Text
from coldbyte.ui.prefix.prefix_words import breakpoint_lines
from ui.prompts import (
    CATALOGUE,
    NOW,
    QUESTION,
    SENT_AT,
    first_look,
    sample,
    send,
    system_changed,
    with_document,
)

CLOCK = r"\d\d:\d\d:\d\d"


def documents(count: int, *marked: int) -> Draft:
    """The sample with so many short documents behind its own, of which those have breakpoints."""
    draft = replace(sample(), documents=(replace(sample().documents[0], ttl=_ttl(0, marked)),))
    for number in range(1, count):
        draft = with_document(draft, f"Note {number}.", _ttl(number, marked))
    return draft


def _ttl(number: int, marked: tuple[int, ...]) -> Ttl | None:
    return "5m" if number in marked else None


def not_ready() -> Insight:
    """The draft while the answer that stores its entry has not begun."""
    plan = first_look(sample()).forecast.plan
    entries = settle({}, plan, started_at=NOW - 1, available_at=NOW + 9)
    return look_at(sample(), QUESTION, None, CATALOGUE, Circumstances(entries, "test", NOW))


@pytest.mark.parametrize(
    ("insight", "words"),
    [
        pytest.param(first_look(sample()), "tokens will be written", id="first"),
        pytest.param(
            send(sample()).look(sample()), f"tokens are read; the entry lives until {CLOCK}", id="read"
        ),
        pytest.param(
            send(sample()).look(sample(), now=SENT_AT + 300),
            f"tokens will be written again; the entry expired at {CLOCK}",
            id="expired",
        ),
        pytest.param(
            send(sample()).look(system_changed(sample(), "You are", "You  are")),
            "tokens will be written again, as the break lies before it",
            id="broken",
        ),
        pytest.param(
            not_ready(),
            "tokens will be written again, as the answer that stores them has not begun",
            id="not ready",
        ),
        pytest.param(
            send(documents(1, 0)).look(documents(22, 21)),
            f"tokens will be written again; the entry lives until {CLOCK}, too far before it",
            id="out of reach",
        ),
        pytest.param(
            first_look(sample().with_text("document-1", Text.from_str("Short."))),
            r"nothing is cached: \d+ tokens of 512 needed",
            id="below minimum",
        ),
    ],
)
def test_the_one_breakpoint_has_its_reason(insight: Insight, words: str) -> None:
    (line,) = breakpoint_lines(insight)
    assert re.search(rf": (≈ [\d,]+ )?{words}$", line), line


def test_a_shorter_entry_is_part_of_the_one_that_is_read() -> None:
    draft = documents(2, 0, 1)
    first, second = breakpoint_lines(send(draft).look(draft))
    assert first.endswith("its entry is part of a longer one that is read")
    assert "are read; the entry lives until" in second


def test_the_exchange_that_wrote_an_entry_is_named() -> None:
    sent = send(sample())
    (key,) = sent.entries
    known = Circumstances(sent.entries, "test", NOW, origins={key: 7})
    (line,) = breakpoint_lines(look_at(sample(), QUESTION, sent.exchange, CATALOGUE, known))
    assert "the entry of exchange 7 lives until" in line
