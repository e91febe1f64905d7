"""The insight is one line from the draft to the forecast, and each of its values belongs to the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coldbyte.core.body import request_body
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.text.text import Text
from coldbyte.services import resources

NOON = 1_795_435_200.0
CATALOGUE = read_catalogue(resources.text("catalogue.json"))
NOW = Circumstances({}, "simulator", NOON)

DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=1024,
    system=(SystemBlock("system", Text.from_str("Name the article and the paragraph.")),),
    documents=(Document("document", "gdpr.txt", Text.from_str("Article 17\n" * 400), "5m"),),
    questions=(Question("first", Text.from_str("Who?")), Question("second", Text.from_str("When?"))),
)


def baseline(draft: Draft = DRAFT, question: str = "first") -> Exchange:
    return Exchange(1, "", request_body(draft, question), "simulator", NOON - 60, first_event_at=NOON - 58)


def look(draft: Draft, question: str = "first", before: Exchange | None = None) -> Insight:
    return look_at(draft, question, before, CATALOGUE, NOW)


def test_without_a_baseline_there_is_nothing_to_explain() -> None:
    insight = look(DRAFT)
    assert insight.comparison is None
    assert insight.explanation is None
    assert not insight.broken
    assert insight.forecast.stored == 0


def test_the_values_belong_to_the_draft_and_the_question() -> None:
    insight = look(DRAFT, "second", baseline())
    assert insight.body.encode() == request_body(DRAFT, "second").encode()
    assert insight.prefix.encode() == prefix_of(insight.body).encode()
    assert insight.comparison is not None
    assert insight.comparison.after is insight.prefix
    assert insight.comparison.before is baseline_prefix(insight)
    assert insight.forecast.plan.model == "claude-sonnet-5-5"


def baseline_prefix(insight: Insight) -> object:
    assert insight.baseline is not None
    return insight.baseline.prefix


@pytest.mark.parametrize("question", ["first", "second"])
def test_another_question_breaks_nothing(question: str) -> None:
    insight = look(DRAFT, question, baseline())
    assert not insight.broken
    assert insight.explanation is not None
    assert not insight.explanation.causes


@pytest.mark.parametrize(
    "changed",
    [
        DRAFT.with_text("system", Text.from_str("Name the\u00a0article and the paragraph.")),
        DRAFT.with_text("document", Text.from_str("Article 17\n" * 399 + "Article 17\r\n")),
        replace(DRAFT, model="claude-haiku-5-5"),
        replace(DRAFT, documents=()),
    ],
    ids=["no-break space", "line end at the end", "model", "document removed"],
)
def test_a_change_before_the_last_breakpoint_is_a_break_with_a_cause(changed: Draft) -> None:
    insight = look(changed, "first", baseline())
    assert insight.broken
    assert insight.explanation is not None
    assert insight.explanation.causes


def test_a_breakpoint_alone_is_no_part_of_the_prefix() -> None:
    marked = replace(DRAFT, system=(replace(DRAFT.system[0], ttl="1h"),))
    insight = look(marked, "first", baseline())
    assert insight.comparison is not None
    assert insight.comparison.identical
    assert not insight.broken


def test_a_baseline_without_a_breakpoint_stored_nothing_that_could_break() -> None:
    unmarked = replace(DRAFT, documents=(replace(DRAFT.documents[0], ttl=None),))
    changed = DRAFT.with_text("system", Text.from_str("changed"))
    insight = look(changed, "first", baseline(unmarked))
    assert not insight.broken
    assert insight.comparison is not None
    assert not insight.comparison.identical


def test_the_same_look_gives_an_equal_insight() -> None:
    before = baseline()
    assert look(DRAFT, "second", before) == look(DRAFT, "second", before)


def test_a_model_that_no_longer_answers_is_known_before_sending() -> None:
    insight = look(replace(DRAFT, model="claude-opus-4-1-20250805"))
    assert insight.refusal is not None
    assert "stopped answering on 2026-08-05" in insight.refusal
    assert look(DRAFT).refusal is None
