"""Wishes: what the window can put back, and that it is back afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coldbyte.core.cause import Cause
from coldbyte.core.draft import Document, Draft, SystemBlock
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
