from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.sample_text import causes, found, hosted, restored, sample

WORDS = st.lists(
    st.text(st.sampled_from("abcdefghij"), min_size=3, max_size=9), min_size=2, max_size=12, unique=True
)


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        ("Skills:\n- pdf\n- xlsx", "Skills:\n- xlsx\n- pdf", "lines"),
        ("1. pdf\n2. xlsx\n3. docx", "1. docx\n2. pdf\n3. xlsx", "lines"),
        ('"tea",\n"milk",\n"rice"', '"rice",\n"tea",\n"milk"', "lines"),
        ("Skills: pdf, xlsx, docx.", "Skills: docx, pdf, xlsx.", "items"),
        ("We sell tea, milk and rice.", "We sell rice, tea and milk.", "items"),
        ("tags = [a, b, c]", "tags = [c, a, b]", "items"),
        (
            "Ask first.\nThen act.\n\nBe brief.\n\nBe kind.",
            "Be brief.\n\nAsk first.\nThen act.\n\nBe kind.",
            "paragraphs",
        ),
    ],
)
def test_the_same_parts_in_another_order_are_a_reordered_list(before: str, after: str, label: str) -> None:
    for old, new in ((before, after), (hosted(before), hosted(after)), (after, before)):
        (one,) = found(old, new)
        assert (one.id, one.label, one.count) == ("list-reordered", label, 1)
        assert one.say.startswith(f"The same {label} stand in another order: “")
        assert restored(old, new, (one,)) == old


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- pdf\n- xlsx", "- xlsx\n- pptx"),
        ("- pdf\n- xlsx", "- xlsx\n- pdf\n- pdf"),
        ("tea, milk, rice", "rice, milk"),
        ("tea, milk, rice", "rice, tea, salt"),
        ("Never guess. Ask first.", "Ask first."),
        ("tea, milk", "tea; milk"),
        ("{\n  a\n}\nb\n", "a\n{\nb\n  c\n}\n"),
    ],
)
def test_other_parts_are_an_edit(before: str, after: str) -> None:
    assert "list-reordered" not in causes(before, after)


def test_a_line_that_moved_far_is_a_reordered_list() -> None:
    lines = [line for line in sample().split("\n") if line.strip()]
    moved = [*lines[:10], *lines[11:200], lines[10], *lines[200:]]
    (one,) = found("\n".join(lines), "\n".join(moved))
    assert one.id == "list-reordered"
    assert len(one.hunks) == 2


def test_a_list_in_another_order_and_an_edited_sentence_are_two_findings() -> None:
    before = hosted("Skills:\n- pdf\n- xlsx\n- docx\n\nBe brief.")
    after = hosted("Skills:\n- docx\n- pdf\n- xlsx\n\nBe kind.")
    groups = found(before, after)
    assert [one.id for one in groups] == ["list-reordered", "text-edited"]
    assert restored(before, after, groups[:1]) == before.replace("Be brief", "Be kind")


def test_lines_with_clocks_that_only_moved_are_a_reordered_list() -> None:
    assert causes("10:15 tea\n11:40 rice\n", "11:40 rice\n10:15 tea\n") == ["list-reordered"]


@given(WORDS, st.randoms(use_true_random=False))
def test_any_shuffle_of_lines_is_a_reordered_list(words: list[str], chance: random.Random) -> None:
    other = words[:]
    chance.shuffle(other)
    assume(other != words)
    before, after = ("Skills:\n" + "\n".join(f"- {word}" for word in part) + "\n" for part in (words, other))
    groups = found(before, after)
    assert [one.id for one in groups] == ["list-reordered"]
    assert restored(before, after, groups) == before


@given(WORDS, st.randoms(use_true_random=False))
def test_any_shuffle_between_commas_is_a_reordered_list(words: list[str], chance: random.Random) -> None:
    other = words[:]
    chance.shuffle(other)
    assume(other != words)
    before, after = (f"You may use: {', '.join(part)}.\nBe brief." for part in (words, other))
    groups = found(before, after)
    assert [one.id for one in groups] == ["list-reordered"]
    assert restored(before, after, groups) == before
