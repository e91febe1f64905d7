from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest

from coldbyte.core.rule.stream_rule import is_other_stream
from core.turns import agent, claude, comparison, text, user

RULES = [text("You are an agent that mends programs. Be brief and run the tests. " * 8)]
TITLE = [text("Write a title of five words for what the user says, and nothing else at all. " * 4)]


def test_a_title_task_is_another_stream() -> None:
    sides = comparison(agent(), [user("Title, please: " + "a holiday in Norway " * 9)], RULES, TITLE)
    assert is_other_stream(sides)


def test_versions_of_one_conversation_are_one_stream() -> None:
    turns = agent()
    for after in (turns, turns[:5], [turns[0], *turns[9:]], [*turns, claude("a"), user("b")]):
        assert not is_other_stream(comparison(turns, after, RULES))
    assert not is_other_stream(comparison(turns, turns, RULES, TITLE))
    assert not is_other_stream(comparison(turns[:3], [user("A quite different question.")], RULES))


def test_an_edited_system_prompt_is_no_other_stream() -> None:
    rules = [text("Today is Monday. " + RULES[0]["text"])]
    assert not is_other_stream(comparison([user("one")], [user("quite another")], RULES, rules))


def test_a_summary_is_no_other_stream() -> None:
    summary = [user("Summary of the conversation so far: the bug is mended." * 5)]
    assert not is_other_stream(comparison(agent(), summary, [text("R")], [text("S")]))


def test_two_tiny_requests_are_not_told_apart() -> None:
    assert not is_other_stream(comparison([user("one")], [user("two")], [text("R")], [text("S")]))


def test_a_tiny_request_after_a_large_one_is_another_stream() -> None:
    assert is_other_stream(comparison(agent(), [user("Name it.")], [text("R")], [text("You name chats.")]))


@pytest.mark.parametrize(
    "edit",
    [
        lambda chars: chars.replace("\n", "\r\n"),
        lambda chars: unicodedata.normalize("NFD", chars),
        lambda chars: chars.replace(" ", "\xa0"),
        lambda chars: re.sub(r"(?<=\n)", "7 ", chars),
        lambda chars: re.sub("on", "ON", chars),
        lambda chars: "A new preface. " * 40 + chars,
    ],
    ids=["line ends", "normal form", "no-break spaces", "numbers", "words", "preface"],
)
def test_one_change_all_over_a_text_makes_no_other_stream(edit: Callable[[str], str]) -> None:
    chars = "".join(f"Rule {n}: caf\u00e9 number {n * n} is open on weekday {n % 7}.\n" for n in range(4_000))
    turns = [user("Does it open on Sunday? Say why, and how long, in one sentence or two of them.")]
    assert not is_other_stream(comparison(turns, [user("Another.")], [text(chars)], [text(edit(chars))]))
    assert not is_other_stream(comparison([user(chars)], [user(edit(chars))], [text("R")], [text("S")]))


def test_two_unlike_texts_of_one_language_are_two_streams() -> None:
    one = "".join(
        f"The clerk of room {n} is to see that the door of it is shut at night.\n" for n in range(400)
    )
    two = "".join(
        f"A boat from pier {n} goes to the isle when the wind is from the west.\n" for n in range(400)
    )
    assert is_other_stream(comparison([user(one)], [user(two)], [text("R")], [text("S")]))
