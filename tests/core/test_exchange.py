"""An exchange knows how far it has come and how long it took."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from coldbyte.core.body import request_body
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.exchange import Exchange
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.text.text import Text

DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=100,
    system=(SystemBlock("system", Text.from_str("Answer in one sentence.")),),
    documents=(Document("document", "gdpr.txt", Text.from_str("Article 1"), "5m"),),
    questions=(Question("question", Text.from_str("Why?")),),
)
SENT = Exchange(1, "Why?", request_body(DRAFT, "question"), "scope", started_at=1000.0)


def test_an_exchange_runs_until_it_has_ended() -> None:
    assert SENT.running
    assert replace(SENT, first_event_at=1002.5).running
    assert not replace(SENT, ended_at=1004.0).running


def test_it_may_have_stored_something_once_the_response_began() -> None:
    assert not SENT.stored
    assert not replace(SENT, ended_at=1004.0).stored
    assert replace(SENT, first_event_at=1002.5).stored


def test_times_count_from_the_start_of_the_request() -> None:
    assert SENT.first_event_after is None
    assert SENT.duration is None
    ended = replace(SENT, first_event_at=1002.5, ended_at=1004.0)
    assert ended.first_event_after == 2.5
    assert ended.duration == 4.0


def test_its_prefix_is_that_of_its_body() -> None:
    assert SENT.prefix.encode() == prefix_of(SENT.body).encode()
    assert b"Article 1" in SENT.prefix.encode()
    assert SENT.prefix is SENT.prefix


def test_an_exchange_is_never_changed_after_it_was_made() -> None:
    with pytest.raises(FrozenInstanceError):
        SENT.reply = "another"  # type: ignore[misc]
