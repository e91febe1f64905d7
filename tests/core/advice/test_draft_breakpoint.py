"""Breakpoints of a draft: exactly those that were asked for, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.advice.draft_breakpoint import draft_places, with_breakpoints
from coldbyte.core.advice.placement import present_of
from coldbyte.core.body import request_body
from coldbyte.core.draft import Document, Draft, Question, SystemBlock, Tool, Turn
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.text.text import EMPTY, Text
from coldbyte.core.traffic.replay import Breakpoints
from core.any_draft import drafts
from core.traffic.observed import DOCUMENT, SYSTEM, draft

TTLS = st.sampled_from([None, "5m", "1h"])
TEXTS = st.sampled_from([EMPTY, Text.from_str("Be kind.")])


def test_every_part_but_the_question_is_a_place() -> None:
    assert draft_places(draft(), "q") == (SYSTEM, DOCUMENT)


def test_breakpoints_move_and_no_text_is_touched() -> None:
    before = draft()
    after = with_breakpoints(before, "q", ((SYSTEM, "1h"), (DOCUMENT, "5m")))
    assert [after.system[0].ttl, after.documents[0].ttl] == ["1h", "5m"]
    assert all(after.part(key).text is part.text for key, part in before.parts.items())
    assert with_breakpoints(after, "q", ((DOCUMENT, "5m"),)) == before


@given(st.data(), st.lists(st.tuples(TEXTS, TTLS), max_size=4), st.lists(st.tuples(TEXTS, TTLS), max_size=3))
def test_the_body_has_exactly_the_breakpoints_that_were_asked_for(
    data: st.DataObject, system: list[object], documents: list[object]
) -> None:
    asked = replace(
        draft(),
        system=tuple(SystemBlock(f"s{n}", *row) for n, row in enumerate(system)),  # type: ignore[misc]
        documents=tuple(Document(f"d{n}", "t", *row) for n, row in enumerate(documents)),  # type: ignore[misc]
    )
    places = draft_places(asked, "q")
    chosen = data.draw(st.lists(st.sampled_from(places), max_size=4, unique=True)) if places else []
    long = data.draw(st.integers(0, len(chosen)))
    rows = [where for where in places if where in chosen]
    wanted: Breakpoints = tuple((where, "1h" if row < long else "5m") for row, where in enumerate(rows))
    after = with_breakpoints(asked, "q", wanted)
    assert present_of(prefix_of(request_body(after, "q"))) == wanted


@pytest.mark.parametrize(
    "breakpoints",
    [
        ((SYSTEM, "5m"), (DOCUMENT, "1h")),
        (("messages[0].content[1].text", "5m"),),
        ((DOCUMENT, "5m"), (SYSTEM, "5m")),
    ],
)
def test_what_the_draft_cannot_have_is_refused(breakpoints: Breakpoints) -> None:
    with pytest.raises(ValueError, match="can't have"):
        with_breakpoints(draft(), "q", breakpoints)


def conversation() -> Draft:
    """Every kind of part; the automatic breakpoint and one in a turn are its present ones."""
    mark = '"cache_control": {"type": "ephemeral"}'
    said = f'[{{"type": "text", "text": "Hi"}}, {{"type": "text", "text": "you", {mark}}}]'
    asked = f'[{{"type": "text", "text": "Why?", {mark}}}]'
    return replace(
        draft(ttls=(None, None)),
        tools=(
            Tool("f", Text.from_str('{"name": "f"}')),
            Tool("web", Text.from_str('{"type": "web_search_20250305", "name": "web_search"}')),
            Tool("late", Text.from_str('{"name": "l", "defer_loading": true}')),
        ),
        turns=(
            Turn("u", "user", Text.from_str(said), "blocks"),
            Turn("a", "assistant", Text.from_str("Yes?")),
        ),
        questions=(
            Question("q", Text.from_str(asked), "blocks"),
            Question("r", Text.from_str("["), "blocks"),
        ),
        settings={"cache_control": {"type": "ephemeral"}, "thinking": {"type": "adaptive"}},
    )


def test_tools_and_blocks_of_turns_are_places_in_cache_order() -> None:
    assert draft_places(conversation(), "q") == (
        *("tools[0]", "tools[1]", SYSTEM, DOCUMENT),
        *("messages[0].content[1].text", "messages[0].content[2].text"),
    )


def test_breakpoints_in_turns_move_and_no_other_one_stays() -> None:
    before = conversation()
    wanted: Breakpoints = (("tools[1]", "1h"), ("messages[0].content[1].text", "5m"))
    after = with_breakpoints(before, "q", wanted)
    assert present_of(prefix_of(request_body(after, "q"))) == wanted
    assert str(after.turns[0].text) == (
        '[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}},{"type":"text","text":"you"}]'
    )
    assert str(after.questions[0].text) == '[{"type":"text","text":"Why?"}]'
    assert after.questions[1] is before.questions[1]
    assert after.settings == {"thinking": {"type": "adaptive"}}


@given(st.data(), drafts(sound=True))
def test_any_draft_has_exactly_the_breakpoints_that_were_asked_for(data: st.DataObject, asked: Draft) -> None:
    question = "question-last"
    places = draft_places(asked, question)
    chosen = data.draw(st.lists(st.sampled_from(places), max_size=4, unique=True)) if places else []
    long = data.draw(st.integers(0, len(chosen)))
    rows = [where for where in places if where in chosen]
    wanted: Breakpoints = tuple((where, "1h" if row < long else "5m") for row, where in enumerate(rows))
    after = with_breakpoints(asked, question, wanted)
    before, now = (prefix_of(request_body(one, question)) for one in (asked, after))
    assert present_of(now) == wanted
    assert now.encode() == before.encode()
