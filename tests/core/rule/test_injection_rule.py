from __future__ import annotations

import pytest

from core.turns import MARK, agent, claude, found, grown, names, only, text, user

NOTE = "<system-reminder>todo: 1</system-reminder>"
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "The law."}}


def test_a_note_that_went_to_the_newest_message_was_moved() -> None:
    turns = [*agent(3), claude("Done."), user(NOTE, "And the tests?")]
    after = [*turns[:-1], user("And the tests?"), claude("Green."), user(NOTE, "And the docs?")]
    (cause,) = found(turns, after)
    assert (cause.id, cause.where) == ("injected-block-moved", "messages[8].content[0]")
    assert "message 11" in cause.say


@pytest.mark.parametrize("tag", ["system-reminder", "environment_details", "turn-context", "context"])
def test_a_wrapped_note_that_vanished_was_injected(tag: str) -> None:
    note = f"<{tag}>the open files</{tag}>"
    turns = [*agent(3), claude("Done."), user("And the tests?", note)]
    assert only(turns, [*turns[:-1], user("And the tests?")]).id == "injected-block-moved"


def test_a_note_cut_out_of_a_text_was_injected() -> None:
    turns = [user(f"{NOTE}\n\nMend the parser."), *agent(3)[1:]]
    cause = only(turns, [user("Mend the parser."), *turns[1:]])
    assert (cause.id, cause.where) == ("injected-block-moved", "messages[0].content[0].text")


def test_a_note_that_changed_in_its_place_was_not_moved() -> None:
    turns = [user(NOTE, "Mend the parser."), *agent(3)[1:]]
    after = [user(NOTE.replace("todo", "done"), "Mend the parser."), *turns[1:]]
    assert "injected-block-moved" not in names(turns, after)


def test_a_plain_text_that_vanished_was_removed() -> None:
    turns = [user("file: a.txt", "Mend the parser."), *agent(3)[1:]]
    assert only(turns, [user("Mend the parser."), *turns[1:]]).id == "block-removed"


def test_the_same_words_said_twice_are_no_move() -> None:
    turns = [*agent(3), claude("Done."), user(NOTE, "continue")]
    later = [claude("Sure."), user(NOTE, "continue")]
    assert names(turns, [*turns[:-1], user("continue"), *later]) == ["injected-block-moved"]
    assert names(turns, [*turns[:-1], user(NOTE, "continue "), *later]) == ["whitespace-changed"]
    assert names(turns, [*turns, *later]) == []


@pytest.mark.parametrize("block", [text("short", **MARK), text("long " * 500, **MARK), {**DOCUMENT, **MARK}])
def test_a_marked_block_that_travels_with_the_question_stands_behind_the_history(block: object) -> None:
    turns = [*agent(3), claude("Done."), user(block, "And the tests?")]
    after = [*turns[:-1], user("And the tests?"), claude("Green."), user(block, "And the docs?")]
    (cause,) = found(turns, after)
    assert cause.id == "context-behind-history"
    assert (cause.where, cause.where_before) == ("messages[10].content[0]", "messages[8].content[0]")


def test_an_unmarked_document_that_travels_is_an_injection() -> None:
    turns = [user(DOCUMENT, "first question")]
    after = [user("first question"), claude("yes"), user(DOCUMENT, "second question")]
    assert names(turns, after) == ["injected-block-moved"]


def test_documents_that_changed_places_in_one_message_were_reordered() -> None:
    turns = [user("doc A", "doc B", text("doc C", **MARK), "q")]
    cause = only(turns, [user("doc C", "doc A", text("doc B", **MARK), "q")])
    assert (cause.id, cause.count) == ("blocks-reordered", 1)
    assert names(turns, grown([user("doc B", "doc A", "doc C", "q")])) == ["blocks-reordered"]


def test_a_short_text_marked_by_the_automatic_breakpoint_alone_is_no_context() -> None:
    turns = [*agent(3), claude("Done."), user("And the tests?", "(a note)")]
    after = [*turns[:-1], user("And the tests?"), claude("Green."), user("And the docs?", "(a note)")]
    assert names(turns, after) == ["injected-block-moved"]


def test_a_note_below_the_question_that_went_below_the_next_one_was_moved() -> None:
    turns = [*agent(3), claude("Done."), user("And the tests?", NOTE)]
    after = [*turns[:-1], user("And the tests?"), claude("Green."), user("And the docs?", NOTE)]
    (cause,) = found(turns, after)
    assert (cause.id, cause.where) == ("injected-block-moved", "messages[8].content[1]")


def test_an_answer_put_between_two_questions_is_an_insertion() -> None:
    turns = [*agent(3), claude("Done."), user("And the tests?"), user("And the docs?")]
    assert names(turns, [*turns[:-1], claude("Green."), turns[-1]]) == ["block-inserted"]
