from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.rule.sequence_rule import block_causes
from core.turns import (
    Turns,
    agent,
    call,
    changed,
    claude,
    comparison,
    found,
    grown,
    image,
    names,
    only,
    replaced,
    result,
    text,
    thinking,
    user,
)

WORDS = st.sampled_from(["", "ok", "continue", "a text", "a text of some more words", "<context>x</context>"])
IDS = st.sampled_from(["t1", "t2", "t3"])
SAID = st.one_of(
    WORDS.map(text),
    st.sampled_from(["AAAA", "BBBB"]).map(image),
    st.builds(result, IDS, st.one_of(WORDS, st.just([image("CCCC")]), st.just([text("a"), image("CCCC")]))),
)
ANSWERED = st.one_of(
    WORDS.map(text),
    st.builds(thinking, WORDS),
    st.builds(lambda name, p: call(name, p=p), IDS, st.integers(0, 2)),
)
TURNS = st.lists(
    st.one_of(
        st.lists(SAID, min_size=1, max_size=3).map(lambda blocks: user(*blocks)),
        st.lists(ANSWERED, min_size=1, max_size=3).map(lambda blocks: claude(*blocks)),
    ),
    min_size=1,
    max_size=7,
)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Turns, Turns]:
    """A conversation and what became of it: blocks or messages added, taken out, moved or replaced."""
    before = draw(TURNS)
    after = deepcopy(before)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(after) - 1))
        match draw(st.sampled_from(["cut", "add", "drop", "swap"])):
            case "cut" if len(after) > 1:
                del after[at]
            case "add":
                after[at:at] = draw(TURNS)[:2]
            case "drop" if len(after[at]["content"]) > 1:
                after[-1]["content"] += [after[at]["content"].pop(0)] * draw(st.integers(0, 1))
            case _:
                after[at]["content"][0] = draw(SAID if after[at]["role"] == "user" else ANSWERED)
    return before, after


def contents(turns: Turns) -> list[tuple[str, object]]:
    return [(turn["role"], block) for turn in turns for block in turn["content"]]


@given(versions())
def test_every_difference_has_a_cause_and_nothing_else_has(pair: tuple[Turns, Turns]) -> None:
    before, after = pair
    for one, two in (pair, (after, before)):
        sides = comparison(one, two)
        causes, complete = block_causes(sides, 200)
        assert complete
        assert bool(causes) == (contents(one) != contents(two))
        assert all(0 <= cause.cache_byte <= sides.after.size for cause in causes)
        assert all(0 <= cause.cache_byte_before <= sides.before.size for cause in causes)


@given(versions())
def test_some_cause_lies_at_the_break(pair: tuple[Turns, Turns]) -> None:
    sides = comparison(*pair)
    causes, _ = block_causes(sides, 200)
    first = sides.first
    there = [side for side in (first.before, first.after) if side] if first else []
    if there and all(side.block.kind != "setting" for side in there):
        index = min(there[0].index, len(sides.before.blocks) - 1)
        ends = sides.before.starts[index + 1], sides.after.starts[min(index + 1, len(sides.after.blocks))]
        assert any(cause.cache_byte_before <= ends[0] and cause.cache_byte <= ends[1] for cause in causes)


@given(TURNS)
def test_a_conversation_compared_with_itself_has_no_cause(turns: Turns) -> None:
    assert block_causes(comparison(turns, turns), 200) == ([], True)


@given(st.sets(st.integers(1, 39), min_size=1, max_size=3))
def test_what_is_removed_one_way_is_inserted_the_other_way(gone: set[int]) -> None:
    turns = [user(f"question {at}, please") if at % 2 == 0 else claude(f"answer {at}") for at in range(41)]
    less = [turn for at, turn in enumerate(turns) if at not in gone]
    there, back = found(turns, less), found(less, turns)
    removals = sum(cause.count for cause in there if cause.id in ("block-removed", "history-truncated"))
    assert removals == len(gone) == sum(cause.count for cause in back if cause.id == "block-inserted")
    assert len(there) == len(back)


def test_growth_alone_is_expected_and_one_cause() -> None:
    (cause,), _ = block_causes(comparison(agent(), grown(grown(agent()))), 200)
    assert (cause.id, cause.label, cause.severity, cause.count) == ("block-inserted", "growth", "expected", 4)


def test_growth_is_one_cause_though_a_note_travelled_into_it() -> None:
    note = "<system-reminder>todo</system-reminder>"
    turns = [*agent(2), claude("Done."), user(note, "More?")]
    after = [*turns[:-1], user("More?"), claude("No."), user(note, "Sure?")]
    causes, _ = block_causes(comparison(turns, after), 200)
    assert [cause.count for cause in causes if cause.label == "growth"] == [2]


def test_an_empty_block_that_was_left_out_is_named() -> None:
    for blank in ("", " \n"):
        turns = replaced(agent(), 5, 1, blank, "Let me look.")
        cause = only(turns, replaced(agent(), 5, 1, "Let me look."))
        assert (cause.id, cause.where) == ("empty-block-dropped", "messages[5].content[1]")


def test_an_answer_that_was_rewritten_is_an_altered_echo_and_a_narrow_change_keeps_its_name() -> None:
    assert only(agent(), changed(agent(), 5, 1, text="Let me open it.")).id == "assistant-echo-altered"
    assert only(agent(), changed(agent(), 5, 1, text="Let me look at file 2. ")).id == "whitespace-changed"
    assert only(agent(), changed(agent(), 5, 2, input={"path": "b"})).id == "assistant-echo-altered"


def test_an_inserted_note_and_a_removed_block_are_told_with_their_places() -> None:
    cause = only(agent(), replaced(agent(), 6, 0, "a note", agent()[6]["content"][0]))
    assert (cause.id, cause.where, cause.where_before) == ("block-inserted", "messages[6].content[0]", None)
    cause = only(agent(), replaced(agent(), 5, 1))
    assert (cause.id, cause.where) == ("block-removed", "messages[5].content[1]")


def test_what_was_added_is_told_in_a_sentence_of_few_words() -> None:
    talk = [user("One?"), claude("One."), user("Two?")]
    note = replaced(talk, 2, 0, "a note", "Two?")
    assert only(talk, note).say == "The user's text in message 3 was added before the question."
    first = replaced(talk, 0, 0, "a note", "One?")
    assert only(talk, first).say == (
        "The user's text in message 1 was added; what stood there comes after it."
    )
    two = [*talk[:1], claude("Well."), user("And?"), *talk[1:]]
    assert only(talk, two).say == (
        "Claude's text in message 2 and the user's text in message 3 were added; what stood there comes after"
        " them."
    )
    (growth,), _ = block_causes(comparison(talk, [*talk, claude("Two."), user("Three?")]), 200)
    assert growth.say == "Claude's text in message 4 and the question were added at the end."
    (growth,), _ = block_causes(comparison(talk, [*talk, *agent(3)[1:]]), 200)
    assert growth.say == "12 blocks in messages 4 to 9 were added at the end."


def test_repeated_messages_stay_where_they_are_around_an_edit() -> None:
    turns = [user("continue") if at % 2 else claude("ok") for at in range(1, 60)]
    turns[20] = user("a question of its own")
    after = changed(turns, 20, 0, text="a question of its own!")
    assert names(turns, after) == ["text-edited"]
    assert names(turns, grown(after)) == ["text-edited"]


def test_many_causes_at_once_are_all_told() -> None:
    turns = [user("see", image(), "and find it"), *agent()[1:]]
    after = replaced(turns, 0, 1, "[image removed]")
    after = changed(after, 5, 0, thinking="")
    after = changed(after, 8, 0, content="[cleared]")
    after = changed(after, 11, 1, text="Let me look at file 5.\r\n")
    after = replaced(after, 14, 0, "a note", after[14]["content"][0])
    assert names(turns, grown(after)) == [
        "image-evicted",
        "thinking-altered",
        "tool-result-cleared",
        "whitespace-changed",
        "block-inserted",
    ]


@pytest.mark.parametrize("limit", [1, 30])
def test_of_many_edited_blocks_only_some_are_told_apart(limit: int) -> None:
    turns = [user(f"question {at}") if at % 2 == 0 else claude(f"answer {at}") for at in range(81)]
    after = [changed([turn], 0, 0, text=turn["content"][0]["text"] + "!")[0] for turn in turns]
    causes, complete = block_causes(comparison(turns, after), limit)
    assert not complete
    assert sum(cause.count for cause in causes) == 81


def test_system_blocks_are_told_like_those_of_messages() -> None:
    system = [text("Rules of the house."), text("The law."), text("")]
    moved = [text("The law."), text("Rules of the house.")]
    turns = agent(2)
    assert sorted(names(turns, turns, system=system, new_system=moved)) == [
        "blocks-reordered",
        "empty-block-dropped",
    ]
