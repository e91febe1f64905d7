from __future__ import annotations

from copy import deepcopy

import pytest

from core.turns import Turns, agent, changed, claude, found, names, only, thinking, user


def without_thinking(turns: Turns) -> Turns:
    turns = deepcopy(turns)
    for turn in turns:
        turn["content"] = [block for block in turn["content"] if block["type"] != "thinking"]
    return turns


def test_thinking_that_is_not_sent_back_is_one_cause() -> None:
    cause = only(agent(), without_thinking(agent()))
    assert (cause.id, cause.count, cause.where) == ("thinking-dropped", 20, "messages[1].content[0]")
    assert "reads the thinking of every turn" in cause.say


def test_thinking_of_a_message_that_is_gone_is_no_cause_of_its_own() -> None:
    turns = agent()
    assert names(turns, turns[:21] + turns[22:]) == ["block-removed"]


def test_redacted_thinking_counts_as_thinking() -> None:
    turns = [user("q"), claude({"type": "redacted_thinking", "data": "xyz"}, "answer"), user("more")]
    assert only(turns, [user("q"), claude("answer"), user("more")]).id == "thinking-dropped"
    after = [user("q"), claude({"type": "redacted_thinking", "data": "xyy"}, "answer"), user("more")]
    cause = only(turns, after)
    assert (cause.id, cause.where, cause.block_byte) == (
        "thinking-altered",
        "messages[1].content[0].data",
        (2, 2),
    )


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (thinking("", "sig2"), "thinking"),
        (thinking("Step 2 of the quest.", "sig2"), "thinking"),
        (thinking("Step 2 of the search.", "other"), "signature"),
    ],
)
def test_altered_thinking_names_the_field(block: dict[str, str], field: str) -> None:
    cause = only(agent(), changed(agent(), 5, 0, **block))
    assert (cause.id, cause.where) == ("thinking-altered", f"messages[5].content[0].{field}")


def test_dropped_and_altered_thinking_are_two_causes() -> None:
    after = changed(agent(), 5, 0, thinking="")
    del after[9]["content"][0]
    assert names(agent(), after) == ["thinking-altered", "thinking-dropped"]
    assert [cause.count for cause in found(agent(), after)] == [1, 1]
