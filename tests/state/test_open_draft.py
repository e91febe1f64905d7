"""The open draft is the one place where the draft changes, and says so once for each change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coldbyte.core.draft import Document, Draft, Question, SystemBlock, Turn
from coldbyte.core.text.text import EMPTY, Text
from coldbyte.state.open_draft import OpenDraft, TextChange
from state.world import DRAFT, heard

NEW = Text.from_str("Article 18\u00a0: the right to restriction.")


@pytest.fixture
def draft() -> OpenDraft:
    return OpenDraft(DRAFT)


def test_the_first_question_would_be_asked(draft: OpenDraft) -> None:
    assert draft.question == "first"
    assert OpenDraft(Draft("claude-sonnet-5-5", 10)).question == ""


def test_what_an_editor_holds_is_taken_over_without_an_echo(draft: OpenDraft) -> None:
    with heard(draft.changed) as drafts, heard(draft.text_replaced) as echoes:
        draft.edit_text("document", NEW)
    assert draft.draft.part("document").text is NEW
    assert drafts == [draft.draft]
    assert not echoes


def test_a_text_put_in_from_elsewhere_is_told_to_its_editor(draft: OpenDraft) -> None:
    with heard(draft.changed) as drafts, heard(draft.text_replaced) as changes:
        draft.replace_text("system", NEW)
    assert changes == [TextChange("system", NEW)]
    assert drafts == [draft.draft]


def test_editing_a_text_leaves_the_parts_as_they_are(draft: OpenDraft) -> None:
    with heard(draft.parts_changed) as parts:
        draft.edit_text("document", NEW)
    assert not parts
    assert [document.key for document in draft.draft.documents] == ["document"]


def test_choosing_a_question_is_told_once(draft: OpenDraft) -> None:
    with heard(draft.question_changed) as keys:
        draft.select_question("second")
        draft.select_question("second")
    assert keys == ["second"]
    assert draft.question == "second"


def test_choosing_the_same_model_changes_nothing(draft: OpenDraft) -> None:
    with heard(draft.changed) as drafts:
        draft.set_model("claude-sonnet-5-5")
        draft.set_model("claude-haiku-5-5")
    assert [one.model for one in drafts] == ["claude-haiku-5-5"]


@pytest.mark.parametrize("key", ["system", "document"])
def test_a_breakpoint_can_be_put_behind_a_part_and_taken_away(draft: OpenDraft, key: str) -> None:
    draft.set_breakpoint(key, "1h")
    part = draft.draft.part(key)
    assert not isinstance(part, Question | Turn)
    assert part.ttl == "1h"
    with heard(draft.parts_changed) as parts:
        draft.set_breakpoint(key, "1h")
        draft.set_breakpoint(key, None)
    assert len(parts) == 1
    part = draft.draft.part(key)
    assert not isinstance(part, Question | Turn)
    assert part.ttl is None


def test_a_question_carries_no_breakpoint(draft: OpenDraft) -> None:
    with heard(draft.changed) as drafts:
        draft.set_breakpoint("first", "5m")
    assert not drafts


def test_new_parts_stand_last_under_keys_of_their_own(draft: OpenDraft) -> None:
    keys = [
        draft.add_system_block(),
        draft.add_document("one.txt", NEW),
        draft.add_document("two.txt", NEW),
        draft.add_question(NEW),
        draft.add_system_block(),
    ]
    assert len({*keys, *DRAFT.parts}) == len(keys) + len(DRAFT.parts)
    assert [block.key for block in draft.draft.system] == ["system", keys[0], keys[4]]
    assert [document.title for document in draft.draft.documents] == ["gdpr.txt", "one.txt", "two.txt"]
    assert draft.draft.questions[-1] == Question(keys[3], NEW)


def test_a_key_of_an_opened_draft_is_not_given_again(draft: OpenDraft) -> None:
    taken = OpenDraft(DRAFT).add_system_block()
    draft.open(Draft("claude-sonnet-5-5", 10, system=(SystemBlock(taken, NEW),)))
    added = draft.add_system_block()
    assert added != taken
    assert draft.draft.part(taken).text is NEW


def test_a_new_document_takes_over_the_last_breakpoint(draft: OpenDraft) -> None:
    draft.set_breakpoint("document", "1h")
    draft.add_document("more.txt", NEW)
    assert [document.ttl for document in draft.draft.documents] == [None, "1h"]


def test_the_first_document_gets_a_breakpoint_of_five_minutes(draft: OpenDraft) -> None:
    draft.remove("document")
    draft.add_document("alone.txt", NEW)
    assert [document.ttl for document in draft.draft.documents] == ["5m"]


def test_a_new_question_is_chosen(draft: OpenDraft) -> None:
    with heard(draft.question_changed) as keys:
        key = draft.add_question()
    assert keys == [key]
    assert draft.draft.part(key).text is EMPTY


def test_a_document_gets_another_title(draft: OpenDraft) -> None:
    with heard(draft.parts_changed) as parts:
        draft.rename_document("document", "law.txt")
        draft.rename_document("document", "law.txt")
        draft.rename_document("system", "no document")
    assert len(parts) == 1
    assert draft.draft.documents[0].title == "law.txt"


def test_a_part_that_is_removed_is_gone_and_the_others_stay(draft: OpenDraft) -> None:
    draft.remove("document")
    assert not draft.draft.documents
    assert draft.draft.system == DRAFT.system
    assert draft.draft.questions == DRAFT.questions


def test_the_question_that_would_be_asked_is_never_one_that_is_gone(draft: OpenDraft) -> None:
    asked: list[bool] = []
    for signal in (draft.changed, draft.parts_changed, draft.question_changed):
        signal.connect(lambda *_: asked.append(draft.question in draft.draft.parts))
    draft.remove("first")
    assert draft.question == "second"
    assert all(asked)


def test_the_neighbour_is_asked_when_the_chosen_question_is_removed(draft: OpenDraft) -> None:
    third = draft.add_question(NEW)
    draft.remove(third)
    assert draft.question == "second"


def test_without_a_question_there_is_none_to_ask(draft: OpenDraft) -> None:
    draft.remove("first")
    with heard(draft.question_changed) as keys:
        draft.remove("second")
    assert draft.question == ""
    assert keys == [""]


def test_removing_another_question_leaves_the_chosen_one(draft: OpenDraft) -> None:
    with heard(draft.question_changed) as keys:
        draft.remove("second")
    assert draft.question == "first"
    assert not keys


def test_a_document_is_moved_and_stays_at_the_ends(draft: OpenDraft) -> None:
    second = draft.add_document("second.txt", NEW)
    third = draft.add_document("third.txt", NEW)

    def order() -> list[str]:
        return [document.key for document in draft.draft.documents]

    draft.move(third, -2)
    assert order() == [third, "document", second]
    draft.move(third, +1)
    assert order() == ["document", third, second]
    with heard(draft.changed) as drafts:
        draft.move("document", -1)
        draft.move(second, +1)
    assert order() == ["document", third, second]
    assert not drafts


def test_another_version_takes_its_place_and_the_question_stays(draft: OpenDraft) -> None:
    question = draft.add_question(NEW)
    draft.edit_text("system", NEW)
    draft.remove("document")
    draft.set_model("claude-haiku-5-5")
    with heard(draft.text_replaced) as changes, heard(draft.parts_changed) as parts:
        draft.take(replace(DRAFT, questions=draft.draft.questions))
    restored = draft.draft
    assert replace(restored, questions=DRAFT.questions) == DRAFT
    assert draft.question == question
    assert changes == [TextChange(part.key, part.text) for part in (DRAFT.system[0], DRAFT.documents[0])]
    assert parts == [restored]


def test_another_draft_takes_the_place_of_this_one(draft: OpenDraft) -> None:
    other = Draft(
        "claude-haiku-5-5",
        10,
        documents=(Document("document", "other.txt", NEW),),
        questions=(Question("q", EMPTY),),
    )
    with (
        heard(draft.parts_changed) as parts,
        heard(draft.text_replaced) as changes,
        heard(draft.question_changed) as keys,
    ):
        draft.open(other)
    assert draft.draft is other
    assert parts == [other]
    assert changes == [TextChange("document", NEW), TextChange("q", EMPTY)]
    assert keys == ["q"]
    assert draft.question == "q"


def test_a_conversation_lasts_until_another_draft_is_opened(draft: OpenDraft) -> None:
    first = draft.conversation
    draft.edit_text("document", NEW)
    draft.select_question("second")
    draft.take(DRAFT)
    assert draft.conversation == first
    draft.open(DRAFT)
    second = draft.conversation
    draft.open(DRAFT, "second")
    assert len({first, second, draft.conversation, OpenDraft(DRAFT).conversation}) == 4
