from __future__ import annotations

import pytest

from core.turns import agent, claude, names, only, text, user


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([user("ctx ", "question")], [user("ctx question")]),
        ([user("ctx question")], [user("ctx ", "question")]),
        ([user("ab", "c")], [user("a", "bc")]),
        ([user("ctx "), user("question")], [user("ctx question")]),
        ([user("one ", "two ", "three")], [user("one ", "two three")]),
    ],
)
def test_the_same_text_in_other_blocks_is_one_cause(before: list[object], after: list[object]) -> None:
    rest = [claude("yes"), user("more")]
    assert only([*before, *rest], [*after, *rest]).id == "block-boundaries-changed"  # type: ignore[list-item]
    assert only(before, after).id == "block-boundaries-changed"  # type: ignore[arg-type]


def test_system_blocks_can_be_cut_in_another_way_too() -> None:
    turns = agent(3)
    after = names(turns, turns, system=[text("You are "), text("an agent.")], new_system="You are an agent.")
    assert after == ["block-boundaries-changed"]


def test_merged_blocks_beside_a_new_one_are_two_causes() -> None:
    turns = [user("ctx ", "question"), *agent(3)[1:]]
    after = [user("ctx question", "note"), *turns[1:]]
    assert sorted(names(turns, after)) == ["block-boundaries-changed", "block-inserted"]


def test_a_joint_between_the_merged_texts_is_an_edit() -> None:
    turns = [user("ctx", "question"), *agent(3)[1:]]
    assert "block-boundaries-changed" not in names(turns, [user("ctx\nquestion"), *turns[1:]])


def test_blocks_of_two_roles_are_not_one_text() -> None:
    turns = [user("a"), claude("b"), *agent(2)]
    assert "block-boundaries-changed" not in names(turns, [user("ab"), *turns[2:]])
