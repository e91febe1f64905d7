"""Wishes: what the window can put back, and that it is back afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coldbyte.core.cause import Cause
from coldbyte.core.draft import Document, Draft, Media, Question, SystemBlock, Tool, Turn
from coldbyte.core.insight import Insight
from coldbyte.core.text.text import Text
from coldbyte.core.wish import Wish, restored, wishes_of
from core.rule.test_draft_cause import draft, look

RULES = "Rules. " * 300 + "Don't guess. " + "Rules. " * 300


def changed() -> Insight:
    """Two causes in the system prompt, one in the document, another model."""
    rules = RULES.replace("Rules. Don't", "Rules.\u00a0Don\u2019t")
    return look(replace(draft(rules, "Notes. " * 899 + "Notes."), model="claude-opus-5"), draft(RULES))


def named(insight: Insight, name: str) -> Cause:
    return next(cause for cause in insight.causes if cause.id == name)


def scopes(insight: Insight, name: str) -> list[tuple[str, int]]:
    return [(wish.scope, wish.count) for wish in wishes_of(insight, named(insight, name))]


def test_one_of_several_causes_in_a_text_goes_back_alone() -> None:
    insight = changed()
    wish = wishes_of(insight, named(insight, "typography-changed"))[0]
    after = restored(insight, wish, draft(RULES))
    assert str(after.system[0].text) == RULES.replace("Rules. Don't", "Rules.\u00a0Don't")
    assert after.documents == insight.draft.documents
    assert after.model == insight.draft.model


def test_a_whole_text_goes_back_at_once() -> None:
    insight = changed()
    assert scopes(insight, "typography-changed") == [("cause", 1), ("text", 2)]
    wish = wishes_of(insight, named(insight, "typography-changed"))[1]
    after = restored(insight, wish, draft(RULES))
    assert str(after.system[0].text) == RULES
    assert after.documents == insight.draft.documents


def test_the_model_goes_back_alone_or_with_everything() -> None:
    insight = changed()
    assert scopes(insight, "model-changed") == [("cause", 1), ("everything", 4)]
    alone, everything = wishes_of(insight, insight.causes[0])
    assert restored(insight, alone, draft(RULES)) == replace(insight.draft, model="claude-sonnet-5-5")
    assert restored(insight, everything, draft(RULES)) == draft(RULES)


def test_a_title_goes_back() -> None:
    before = draft()
    after = replace(before, documents=(replace(before.documents[0], title="e.txt"),))
    insight = look(after, before)
    (wish,) = wishes_of(insight, insight.causes[0])
    assert restored(insight, wish, before) == before


@pytest.mark.parametrize(
    "after",
    [
        replace(draft(), documents=()),
        replace(draft(), system=(*draft().system, SystemBlock("t", Text.from_str("More.")))),
        replace(draft(), documents=(Document("n", "n.txt", Text.from_str("New.")), *draft().documents)),
    ],
    ids=["removed", "added behind", "added before"],
)
def test_parts_that_came_or_went_go_back_together(after: Draft) -> None:
    insight = look(after, draft())
    assert insight.primary is not None
    (wish,) = wishes_of(insight, insight.primary)
    assert wish.scope == "parts"
    assert restored(insight, wish, draft()) == draft()


def test_breakpoints_go_back_without_the_texts() -> None:
    before = draft("Rules. " * 600, "Notes. " * 900, None, "1h")
    after = draft("Rules. " * 600, "Notes. " * 900, "5m", None)
    after = after.with_text("q", Text.from_str("Whence?"))
    insight = look(after, before)
    (wish,) = wishes_of(insight, named(insight, "breakpoint-moved"))
    assert restored(insight, wish, before) == before.with_text("q", Text.from_str("Whence?"))


def test_the_first_breakpoint_stands_behind_the_last_part() -> None:
    bare = draft("Rules. " * 600, "Notes. " * 900, None, None)
    insight = look(bare)
    (wish,) = wishes_of(insight, insight.causes[0])
    assert restored(insight, wish, None) == draft("Rules. " * 600, "Notes. " * 900, None, "5m")


def test_where_only_the_user_can_help_nothing_is_offered() -> None:
    short = look(draft("Short", "Short"))
    assert wishes_of(short, short.causes[0]) == ()
    late = look(draft(), draft(), wait=400)
    assert wishes_of(late, late.causes[0]) == ()
    other = look(draft(), draft(), question="r")
    assert wishes_of(other, other.harmless[0]) == ()


def test_a_cause_that_is_gone_changes_nothing() -> None:
    gone = named(changed(), "model-changed")
    insight = look(draft(), draft())
    for scope in ("cause", "text", "everything"):
        assert restored(insight, Wish(scope, gone), draft()) == insight.draft


def conversation() -> Draft:
    """A draft with every kind of part, a breakpoint in a turn, and settings."""
    said = """[
  {"type": "text", "text": "Hi there", "cache_control": {"type": "ephemeral"}}
]"""
    return replace(
        draft("Rules. " * 600, "Notes. " * 900, None, None),
        tools=(Tool("f", Text.from_str('{"name": "f", "description": "Finds.", "input_schema": {}}')),),
        turns=(
            Turn("u", "user", Text.from_str(said), "blocks"),
            Turn("a", "assistant", Text.from_str("What is it?")),
        ),
        settings={"output_config": {"effort": "low", "x": 1}},
    )


def put_back(after: Draft, before: Draft, scope: str) -> Draft:
    insight = look(after, before)
    assert insight.primary is not None
    (wish,) = wishes_of(insight, insight.primary)
    assert wish.scope == scope
    return restored(insight, wish, before)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("u", str(conversation().turns[0].text).replace("Hi there", "Hi  there")),
        ("a", "What is it\u00a0?"),
    ],
)
def test_a_text_in_a_turn_goes_back(key: str, text: str) -> None:
    before = conversation()
    marked = replace(before, settings={**before.settings, "cache_control": {"type": "ephemeral"}})
    after = marked.with_text(key, Text.from_str(text))
    assert put_back(after, marked, "cause") == marked


def test_the_bytes_of_a_picture_go_back() -> None:
    picture = Document("p", "p.png", media=Media("image/png", b"\x89PNG" * 999))
    before = replace(conversation(), documents=(picture,))
    after = before.with_part(replace(picture, media=Media("image/png", b"\x89PNG" * 998 + b"\x89PNg")))
    assert put_back(after, before, "cause") == before


def test_a_setting_goes_back_and_those_beside_it_stay() -> None:
    before = conversation()
    after = replace(before, settings={"output_config": {"effort": "medium", "x": 1}})
    assert put_back(after, before, "cause") == before


def test_tools_and_settings_go_back_with_all_parts_and_later_turns_stay() -> None:
    before = conversation()
    later = Turn("later", "user", Text.from_str("Go on"))
    tools = (Tool("g", Text.from_str('{"name": "g", "input_schema": {}}')), *before.tools)
    after = replace(before, tools=tools, turns=(*before.turns, later))
    assert put_back(after, before, "parts") == replace(before, turns=(*before.turns, later))
    chosen = replace(before, settings={**before.settings, "tool_choice": {"type": "any"}})
    assert put_back(chosen, before, "parts") == before


def test_breakpoints_in_turns_and_the_automatic_one_go_back() -> None:
    automatic = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
    before = replace(conversation(), settings=automatic)
    before = before.with_part(replace(before.tools[0], ttl="1h"))
    text = Text.from_str(str(before.turns[0].text).replace("ephemeral", 'ephemeral","ttl":"1h'))
    before = before.with_text("u", text)
    after = before.with_part(replace(before.tools[0], ttl=None)).with_text("u", conversation().turns[0].text)
    after = replace(
        after, settings={}, questions=(*after.questions, Question("x", Text.from_str("["), "blocks"))
    )
    insight = look(after, before)
    cause = next(one for one in insight.causes if ("breakpoints", 1) in scopes(insight, one.id))
    (wish,) = wishes_of(insight, cause)
    back = restored(insight, wish, before)
    assert back.tools == before.tools
    assert back.settings == automatic
    assert '"ttl": "1h"' in str(back.turns[0].text)


def test_a_first_breakpoint_needs_no_text_but_something_that_is_sent() -> None:
    bare = replace(draft("", "", None, None), settings={})
    picture = Document("p", "", media=Media("application/pdf", b"%PDF" * 9_000))
    late = Tool("late", Text.from_str('{"name": "l", "defer_loading": true}'))
    tool = Tool("f", Text.from_str('{"name": "f", "description": "%s"}' % ("Finds. " * 900)))
    for parts, wanted in (
        ({"documents": (picture,)}, {"documents": (replace(picture, ttl="5m"),)}),
        ({"tools": (tool, late)}, {"tools": (replace(tool, ttl="5m"), late)}),
    ):
        asked = replace(bare, **parts)
        insight = look(asked)
        (wish,) = wishes_of(insight, named(insight, "no-cache-control"))
        assert restored(insight, wish, None) == replace(bare, **wanted)
    nothing = look(bare)
    assert all(not wishes_of(nothing, cause) for cause in nothing.causes)
