"""Whatever happens to the open draft, its records add up to it, with the steps that its editors have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from coldbyte.core.draft import Document, Draft, Media, Question
from coldbyte.core.journal.record import Edited, ProjectSet, StepsGiven, Structure, encode
from coldbyte.core.text.text import Text
from coldbyte.state.edit_log import EditLog
from coldbyte.state.open_draft import OpenDraft
from core.journal.random_work import a_draft
from state.edit_desk import HANDS, Desk


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def type_into(desk: Desk, key: str, chars: str) -> None:
    desk.show(key)
    editor = desk.stack.editor_of(key)
    assert editor is not None
    QTest.keyClicks(editor, chars)


@given(st.lists(HANDS, max_size=25))
def test_any_row_of_acts_is_kept_as_it_is(qapp: QApplication, hands: list[Any]) -> None:
    desk = Desk()
    for hand in hands:
        desk.act(*hand)
    desk.check()
    desk.close()


@given(st.lists(HANDS, max_size=12), st.lists(HANDS, max_size=12))
def test_the_next_run_goes_on_where_this_one_was(
    qapp: QApplication, hands: list[Any], more: list[Any]
) -> None:
    first = Desk()
    for hand in hands:
        first.act(*hand)
    second = Desk(first.kept())
    for hand in more:
        second.act(*hand)
    second.check()
    for desk in (first, second):
        desk.close()


def test_typing_is_taken_back_in_the_next_run_and_done_again(desk: Desk) -> None:
    type_into(desk, "turn", "hello")
    again = Desk(desk.kept())
    again.show("turn")
    editor = again.stack.editor_of("turn")
    assert editor is not None
    assert str(editor.text).startswith("hello")
    editor.undo()
    assert str(editor.text) == str(a_draft().part("turn").text)
    third = Desk(again.kept())
    third.show("turn")
    editor = third.stack.editor_of("turn")
    assert editor is not None
    assert not editor.can_undo
    editor.redo()
    assert str(editor.text).startswith("hello")


def test_a_key_is_one_small_record(desk: Desk) -> None:
    desk.draft.replace_text("turn", Text.from_str("x" * 4_000_000))
    desk.keep()
    count = len(desk.records)
    desk.show("turn")
    editor = desk.stack.editor_of("turn")
    assert editor is not None
    editor.replace_range(2_000_000, 2_000_000, "a")
    desk.keep()
    (record,) = desk.records[count:]
    assert isinstance(record, Edited)
    assert sum(map(len, encode(record))) < 200


def test_a_text_that_is_replaced_without_an_editor_can_be_taken_back_in_one(desk: Desk) -> None:
    before = str(desk.draft.draft.part("turn").text)
    desk.draft.replace_text("turn", Text.from_str("repaired"))
    desk.show("turn")
    editor = desk.stack.editor_of("turn")
    assert editor is not None
    editor.undo()
    assert str(editor.text) == before
    desk.check()


def test_another_draft_with_the_same_keys_knows_nothing_of_the_steps_of_this_one(desk: Desk) -> None:
    type_into(desk, "turn", "hello")
    desk.draft.open(a_draft("another"))
    desk.show("turn")
    editor = desk.stack.editor_of("turn")
    assert editor is not None
    assert (str(editor.text), editor.can_undo) == ("another", False)
    desk.check()


def test_what_gave_way_comes_back_with_its_steps_and_its_project(desk: Desk) -> None:
    desk.log.set_project({"folder": "here"}, desk.draft.draft)
    type_into(desk, "turn", "hello")
    work = desk.log.work()
    desk.draft.open(a_draft("another"))
    assert desk.log.work().project is None
    desk.log.reopen(work)
    assert desk.log.work() == work
    assert desk.log.project == {"folder": "here"}
    desk.show("turn")
    editor = desk.stack.editor_of("turn")
    assert editor is not None
    editor.undo()
    assert not desk.log.has_unsaved
    desk.check()


def test_what_lies_nowhere_else_is_told(desk: Desk) -> None:
    told = [desk.log.has_unsaved]  # of the draft that is there at first
    desk.draft.select_question("other")
    told.append(desk.log.has_unsaved)
    type_into(desk, "turn", "x")
    told.append(desk.log.has_unsaved)
    desk.log.set_project({"folder": "here"})  # nothing is said of a draft that lies there
    told.append(desk.log.has_unsaved)
    desk.log.set_project({"folder": "here"}, desk.draft.draft)
    told.append(desk.log.has_unsaved)
    told.append(EditLog(desk.draft, desk.kept()).has_unsaved)
    desk.draft.open(a_draft("from somewhere"))
    told.append(desk.log.has_unsaved)
    assert told == [False, False, True, True, False, False, True]


def test_a_project_that_says_the_same_again_is_not_noted(desk: Desk) -> None:
    for _ in range(3):
        desk.log.set_project({"folder": "here"}, desk.draft.draft)
    desk.keep()
    assert [record for record in desk.records if isinstance(record, ProjectSet)][1:] == [
        ProjectSet({"folder": "here"}, desk.log.work().saved)
    ]


def test_a_new_picture_is_given_once_and_its_title_without_it(desk: Desk) -> None:
    picture = desk.draft.draft.part("picture")
    assert isinstance(picture, Document)
    desk.draft.take(desk.draft.draft.with_part(replace(picture, media=Media("image/gif", b"GIF" * 999))))
    desk.draft.rename_document("picture", "a picture")
    desk.check()
    sizes = [sum(map(len, encode(record))) for record in desk.records]
    assert len([size for size in sizes if size > 2_500]) == 1


def test_without_anyone_who_keeps_nothing_piles_up(qapp: QApplication) -> None:
    draft = OpenDraft(Draft("m", 1, questions=(Question("q"),)))
    log = EditLog(draft)
    for number in range(99):
        draft.edit_text("q", Text.from_str(str(number)))
        draft.add_system_block()
    assert log.take() == []


def test_the_steps_of_a_removed_part_are_gone(desk: Desk) -> None:
    type_into(desk, "document", "hello")
    part = desk.draft.draft.part("document")
    desk.draft.remove("document")
    desk.draft.put_back(part, 0)
    desk.keep()
    assert not [record for record in desk.records if isinstance(record, StepsGiven)]
    assert isinstance(desk.records[-1], Structure)
    desk.show("document")
    editor = desk.stack.editor_of("document")
    assert editor is not None
    assert not editor.can_undo
    desk.check()


def test_an_equal_text_that_takes_the_place_of_another_is_no_change_and_undo_goes_on(desk: Desk) -> None:
    desk.show("document")
    for _ in range(2):
        desk.draft.take(a_draft("the same"))
    editor = desk.stack.editor_of("document")
    assert editor is not None
    editor.undo()
    desk.check()
    desk.draft.take(a_draft("another"))
    desk.check()
