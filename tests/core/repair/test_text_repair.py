"""Repairs inside texts: small edits, and lines that move."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.mended import LONG, body, offered, repaired, text, turns, wired, words


def newest(data: bytes) -> Any:
    return json.loads(data)["messages"][-1]["content"]


def test_between_the_places_that_change_the_spelling_of_the_sender_stays() -> None:
    before = body("Grüße an 10 Leser.\nUnd 20 mehr.")
    after = wired(body("@", "a1", "q2"))
    odd = rb'"Gr\u00fc\u00dfe an 10\u00a0Leser\u002e\r\nUnd 20\u00A0mehr."'
    found = repaired(before, after.replace(b'"@"', odd))
    kept = rb'"Gr\u00fc\u00dfe an 10 Leser\u002e\nUnd 20 mehr."'
    assert found.body == after.replace(b'"@"', kept)


def test_in_a_text_with_other_line_ends_only_those_change() -> None:
    lines = [f"Zeile {number}: Ä" for number in range(300)]
    before = body("\n".join(lines))
    after = wired(body("@", "a1", "q2"))
    sent, kept = (json.dumps(end.join(lines)).encode() for end in ("\r\n", "\n"))
    found = repaired(before, after.replace(b'"@"', sent))
    assert found.body == after.replace(b'"@"', kept)


def test_a_line_with_a_new_value_moves_behind_the_newest_question() -> None:
    before = body("q1", system=[text(f"Now: 2026-11-23T10:15:00Z. Use it.\n{LONG}")])
    after = body("q1", "a1", "q2", system=[text(f"Now: 2026-11-23T10:15:41Z. Use it.\n{LONG}")])
    found = repaired(before, after)
    assert json.loads(found.body)["system"] == before["system"]
    assert newest(found.body) == [text("q2"), text("Now: 2026-11-23T10:15:41Z. Use it.")]
    assert found.proof.effect == "hit"


def test_lines_of_several_causes_move_together_and_none_twice() -> None:
    def told(date: str, tabs: str) -> list[dict[str, Any]]:
        return [text(f"<env>\nToday's date: {date}\nOpen tabs: {tabs}\n</env>\n\n{LONG}")]

    before = body("q1", system=told("2026-11-23", "app.py"))
    after = body("q1", "a1", [text("q2")], system=told("2026-11-24", "app.py, b.py"))
    found = repaired(before, after)
    assert found.proof.effect == "hit"
    moved = newest(found.body)
    assert moved[0] == text("q2")
    assert len(moved) == 2
    assert sum(words(moved[1]).values()) == sum(words(told("2026-11-24", "app.py, b.py")).values()) - len(
        LONG.split()
    )


def test_a_long_line_moves_in_part_but_no_new_word_is_lost() -> None:
    long = LONG.replace("\n", " ")
    before = body("q1", system=[text(f"{long} Session 20fc829c-5ec4-43a6-93f9-62663f5517b1. {long}")])
    after = body("q1", "a1", "q2", system=[text(before["system"][0]["text"].replace("20fc829c", "90a7db64"))])
    found = repaired(before, after)
    moved = newest(found.body)[1]["text"]
    assert "90a7db64-5ec4-43a6-93f9-62663f5517b1" in moved
    assert len(moved) < 1_500
    assert not words(after) - words(json.loads(found.body))


def test_a_stamp_of_the_client_does_not_move() -> None:
    stamp = "x-anthropic-billing-header: cc_version=2.1.37.0d9; cc_entrypoint=cli; cch={};"
    before = body("q1", system=[text(stamp.format("fa690")), text(LONG)])
    after = body("q1", "a1", "q2", system=[text(stamp.format("543cf")), text(LONG)])
    assert json.loads(repaired(before, after).body) == {**after, "system": before["system"]}


def test_a_character_that_was_mended_is_not_lost_with_the_damaged_one() -> None:
    before = body("ok \ufffd\ufffd so far")
    after = body("ok \U0001f408 so far", "a1", "q2")
    found = repaired(before, after)
    assert json.loads(found.body)["messages"][0] == before["messages"][0]
    assert newest(found.body) == [text("q2"), text("ok \U0001f408 so far")]
    back = repaired(after, body("ok \ufffd\ufffd so far", "a1", "q2", "a2", "q3"))
    assert newest(back.body) == "q3"


@pytest.mark.parametrize("last", ["assistant", "nothing new"])
def test_where_nothing_can_move_a_new_value_stays(last: str) -> None:
    clock = "Tokens left: 188\n"
    before = body("q1", system=[text(clock + LONG)])
    after = body("q1", "a1", "q2", system=[text(clock.replace("188", "171") + LONG)])
    if last == "assistant":
        after["messages"] = turns("q1", "a1", "q2", "The answer is")
    else:
        before["system"] = [text("Open tabs: a.py\n\n" + LONG)]
        after["system"] = [text("\n\n" + LONG)]
    found = repaired(before, after)
    assert found.body == wired(after)
    assert offered(before, after) == []
    assert not found.done


def test_a_value_in_a_tool_moves_as_its_line() -> None:
    def tools(name: str) -> list[dict[str, Any]]:
        says = f"Run a command.\nDo not touch /var/cfg-{name}.json."
        return [{"name": "bash", "description": says, "input_schema": {"type": "object"}}]

    before = body("q1", tools=tools("20fc829c-5ec4-43a6-93f9-62663f5517b1"))
    after = body("q1", "a1", "q2", tools=tools("90a7db64-23ee-477b-b8f3-e97eb1ba1d1f"))
    found = repaired(before, after)
    assert json.loads(found.body)["tools"] == before["tools"]
    assert newest(found.body)[1]["text"].startswith("Do not touch /var/cfg-90a7db64")
