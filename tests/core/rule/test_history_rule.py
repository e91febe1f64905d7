from __future__ import annotations

import pytest

from coldbyte.core.rule.sequence_rule import block_causes
from core.turns import agent, changed, claude, comparison, found, grown, names, only, text, user

SUMMARY = user("This session is continued from a previous conversation. Summary: the bug is in line 3.")


@pytest.mark.parametrize(("pinned", "dropped"), [(0, 2), (0, 8), (1, 6), (1, 1), (2, 3), (3, 10)])
def test_messages_dropped_behind_a_pinned_head_are_one_truncation(pinned: int, dropped: int) -> None:
    turns = agent()
    cause = only(turns, turns[:pinned] + turns[pinned + dropped :])
    assert (cause.id, cause.count, cause.severity) == ("history-truncated", dropped, "loss")
    assert (cause.where, cause.where_before) == (f"messages[{pinned}]", f"messages[{pinned}]")
    assert str(dropped) in cause.say


def test_a_truncation_lies_where_the_first_dropped_message_stood() -> None:
    turns = agent()
    sides = comparison(turns, turns[1:3] + turns[5:])
    (cause,) = [one for one in block_causes(sides, 200)[0] if one.id == "history-truncated"]
    assert cause.cache_byte <= sides.shared or cause.cache_byte_before <= sides.shared


def test_a_message_gone_from_the_middle_is_a_removal_and_no_truncation() -> None:
    turns = agent()
    cause = only(turns, turns[:21] + turns[22:])
    assert (cause.id, cause.count) == ("block-removed", 3)


def test_one_early_message_of_two_hundred_is_one_finding() -> None:
    turns = [user("ok") if at % 2 else claude(f"Step {at // 6}") for at in range(1, 201)]
    for gone in (4, 5, 80):
        assert len(found(turns, turns[:gone] + turns[gone + 1 :])) == 1


def test_a_short_history_that_begins_with_a_summary_was_compacted() -> None:
    turns = agent()
    for rest in ([claude("Understood."), user("Go on.")], turns[-4:]):
        cause = only(turns, [SUMMARY, *rest])
        assert (cause.id, cause.severity) == ("history-compacted", "expected")
        assert cause.where == "messages[0]"
        assert "41 messages became" in cause.say


def test_a_compaction_block_is_a_compaction() -> None:
    turns = agent()
    compaction = claude({"type": "compaction", "content": "what was said"})
    assert names(turns, [turns[0], compaction, *turns[-3:]]) == ["history-compacted"]


def test_an_edit_behind_the_summary_is_told_as_well() -> None:
    turns = agent()
    after = [SUMMARY, *changed(turns, 37, 1, text="Let me look at file 18.\n")[-6:]]
    assert names(turns, after) == ["history-compacted", "whitespace-changed"]


def test_a_question_for_a_summary_is_no_compaction() -> None:
    turns = agent()
    assert names(turns, changed(turns, 0, 0, text="Give me a summary of the parser.")) == ["text-edited"]
    assert "history-compacted" not in names(turns, [*turns[4:], claude("Yes"), user("A summary, please")])


def test_the_first_messages_alone_are_a_rewind() -> None:
    turns = agent()
    (cause,) = found(turns, turns[:11])
    assert (cause.id, cause.count, cause.severity) == ("history-rewound", 30, "expected")
    assert cause.where == "messages[11]"


def test_another_end_after_a_rewind_is_a_fork() -> None:
    turns = agent()
    (cause,) = found(turns, grown(turns[:11]))
    assert (cause.id, cause.label, cause.count) == ("history-rewound", "fork", 30)


def test_a_last_message_that_lost_a_block_is_no_rewind() -> None:
    turns = [user("a task"), claude("an answer"), user("a note", "a question")]
    assert names(turns, [*turns[:2], user("a note")]) == ["block-removed"]


def test_a_change_in_the_system_prompt_does_not_hide_a_rewind() -> None:
    turns = agent()
    after = names(turns, turns[:5], system=[text("Rules")], new_system=[text("Rules!")])
    assert after[-1] == "history-rewound"
    assert len(after) == 2


def test_an_edited_question_that_was_answered_since_is_an_edit() -> None:
    turns = [*agent(4), claude("Done."), user("What is the name of the file that you changed?")]
    after = changed(turns, 10, 0, text="What is the name of the file you changed?")
    assert names(turns, grown(after)) == ["text-edited"]


def test_two_rewritten_messages_of_a_long_history_are_no_compaction() -> None:
    turns = [user(f"question {at}, please") if at % 2 == 0 else claude(f"answer {at}") for at in range(41)]
    after = [*turns[:4], user("A summary of the question"), *turns[7:]]
    assert "history-compacted" not in names(turns, after)
