from __future__ import annotations

from copy import deepcopy

import pytest

from core.turns import Turns, agent, call, changed, claude, found, names, only, result, user

LONG = "".join(f"line {number} of the output\n" for number in range(40))


def renumbered(turns: Turns) -> Turns:
    turns = deepcopy(turns)
    for turn in turns:
        for block in turn["content"]:
            for key in ("id", "tool_use_id"):
                if key in block:
                    block[key] = block[key].replace("toolu_", "call-")
    return turns


def test_new_ids_of_all_calls_are_one_cause() -> None:
    cause = only(agent(), renumbered(agent()))
    assert (cause.id, cause.count, cause.where) == ("tool-id-regenerated", 20, "messages[1].content[2].id")
    assert (cause.block_byte, cause.where_before) == ((0, 0), cause.where)


def test_new_ids_and_a_cleared_result_are_two_causes() -> None:
    after = changed(renumbered(agent()), 4, 0, content="[Old tool result content cleared]")
    assert names(agent(), after) == ["tool-id-regenerated", "tool-result-cleared"]


def test_new_ids_and_another_input_are_two_causes() -> None:
    after = changed(renumbered(agent()), 5, 2, input={"path": "elsewhere.py"})
    assert names(agent(), after) == ["tool-id-regenerated", "assistant-echo-altered"]


def test_another_call_is_no_new_id() -> None:
    turns = [user("q"), claude(call("t1", path="a")), user(result("t1", "text of a"))]
    after = [user("q"), claude(call("t2", path="b")), user(result("t2", "text of b"))]
    assert "tool-id-regenerated" not in names(turns, after)


def test_new_ids_survive_a_truncation() -> None:
    turns = agent()
    after = [turns[0], *renumbered(turns)[5:]]
    assert "tool-id-regenerated" in names(turns, after)


@pytest.mark.parametrize(
    ("content", "label"),
    [
        ("[Old tool result content cleared]", "cleared"),
        ("[cleared]", "cleared"),
        ("<output truncated>", "cleared"),
        ("(tool output omitted)", "cleared"),
        ("", "cleared"),
        (LONG[:300], "cut"),
        (LONG[:300] + "...", "cut"),
        (LONG[:300] + "\n[... 612 characters truncated ...]", "cut"),
        (LONG[:300] + "\n... [20 lines omitted] ...\n" + LONG[-90:], "cut"),
    ],
)
def test_a_result_that_became_a_placeholder_or_its_own_start_was_cleared(content: str, label: str) -> None:
    turns = changed(agent(), 6, 0, content=LONG)
    cause = only(turns, changed(turns, 6, 0, content=content))
    assert (cause.id, cause.label, cause.count) == ("tool-result-cleared", label, 1)
    assert cause.where == "messages[6].content[0].content"


def test_a_short_result_can_be_cleared_by_a_longer_placeholder() -> None:
    assert only(agent(), changed(agent(), 2, 0, content="[tool result cleared]")).id == "tool-result-cleared"


def test_a_result_of_blocks_can_be_cleared() -> None:
    turns = changed(agent(), 6, 0, content=[{"type": "text", "text": LONG}, {"type": "text", "text": "end"}])
    assert only(turns, changed(turns, 6, 0, content="[cleared]")).id == "tool-result-cleared"


@pytest.mark.parametrize(
    "content", [LONG + "more", "an entirely other result", LONG.replace("line 7", "line x")]
)
def test_another_result_was_not_cleared(content: str) -> None:
    turns = changed(agent(), 6, 0, content=LONG)
    assert "tool-result-cleared" not in names(turns, changed(turns, 6, 0, content=content))


def test_several_cleared_results_are_one_cause_and_a_later_one_slides() -> None:
    once = changed(changed(agent(), 4, 0, content="[cleared]"), 8, 0, content="[cleared]")
    cause = only(agent(), once)
    assert (cause.count, cause.label, cause.where) == (2, "cleared", "messages[4].content[0].content")
    cause = only(once, changed(once, 12, 0, content="[cleared]"))
    assert (cause.count, cause.label) == (1, "sliding clear")


def test_a_result_edited_before_growth_is_paired_with_itself() -> None:
    turns = agent(4)
    after = changed(turns, 8, 0, content="[cleared]")
    more = [claude(call("toolu_9")), user(result("toolu_9", "def parse_3():\n" * 12))]
    (cause,) = found(turns, [*after, *more])
    assert (cause.id, cause.where) == ("tool-result-cleared", "messages[8].content[0].content")


def test_a_short_edit_in_the_middle_of_a_result_is_no_cut() -> None:
    turns = changed(agent(), 6, 0, content=LONG)
    after = changed(turns, 6, 0, content=LONG.replace("line 7 of the output", "row 7"))
    assert "tool-result-cleared" not in names(turns, after)


def test_new_ids_are_found_though_a_call_is_gone_and_others_look_alike() -> None:
    turns = [user("q")]
    for at in range(4):
        turns += [claude(call(f"toolu_{at}", path=f"{at}")), user(result(f"toolu_{at}", f"{at} " * 9))]
    after = [turns[0], *renumbered(turns)[3:]]
    causes = found(turns, after)
    assert ("tool-id-regenerated", 3) in [(cause.id, cause.count) for cause in causes]
