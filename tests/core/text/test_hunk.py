from __future__ import annotations

import random
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.hunk import Hunk, hunks, taken_apart
from coldbyte.core.text.text import Text, first_difference

CHARS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        " ",
        " ",
        "\n",
        "\t",
        ".",
        "é",
        "\r\n",
        "\r",
        "e\u0301",
        "\u0301",
        "\u0323",
        "\u00a0",
        "😀",
        "각",
        "\u11a8",
    ]
)
WORDS = st.sampled_from(
    ["the quick brown fox ", "jumps over\n", "the lazy dog; ", "été\r\n", "  {\n    1,\n"]
)
TEXTS = st.lists(st.one_of(CHARS, WORDS), max_size=60).map("".join)
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.lists(CHARS, max_size=6).map("".join)), max_size=6
)


def edited(chars: str, edits: list[tuple[float, int, str]]) -> str:
    for place, size, new in edits:
        at = int(place * len(chars))
        chars = chars[:at] + new + chars[at + size :]
    return chars


def sides(before: str, after: str) -> list[tuple[str, str]]:
    left, right = before.encode(), after.encode()
    return [
        (left[one.before_start : one.before_stop].decode(), right[one.after_start : one.after_stop].decode())
        for one in hunks(Text.from_str(before), Text.from_str(after))
    ]


def check(before: Text, after: Text, found: tuple[Hunk, ...]) -> None:
    """Hunks are in order and not empty, equal bytes stand between them, and they end where both texts do."""
    left, right = before.encode(), after.encode()
    one = two = 0
    for hunk in found:
        assert left[one : hunk.before_start] == right[two : hunk.after_start]
        assert hunk.before_start > one or hunk.after_start > two or not (one or two)
        old, new = left[hunk.before_start : hunk.before_stop], right[hunk.after_start : hunk.after_stop]
        assert old.decode() != new.decode()
        one, two = hunk.before_stop, hunk.after_stop
    assert left[one:] == right[two:]


@given(TEXTS, EDITS)
def test_between_the_hunks_of_an_edited_text_everything_is_equal(
    chars: str, edits: list[tuple[float, int, str]]
) -> None:
    before, after = Text.from_str(chars), Text.from_str(edited(chars, edits))
    found = hunks(before, after)
    check(before, after, found)
    first = first_difference(before, after)
    assert (first is None) == (not found)
    if first is not None:
        assert found[0].before_start <= first
        assert first <= max(found[0].before_stop, found[0].after_stop)


@given(TEXTS, TEXTS)
def test_between_the_hunks_of_unrelated_texts_everything_is_equal(one: str, two: str) -> None:
    before, after = Text.from_str(one), Text.from_str(two)
    check(before, after, hunks(before, after))


@given(st.integers(0, 2**32), EDITS)
def test_texts_that_share_pieces_are_aligned_like_others(
    seed: int, edits: list[tuple[float, int, str]]
) -> None:
    chance = random.Random(seed)
    chars = "".join(chance.choice("abcdefgh \n") for _ in range(60_000))
    before = after = Text.from_str(chars)
    for place, size, new in edits:
        at = int(place * after.utf16)
        after = after.replace(at, min(at + size, after.utf16), new)
    found = hunks(before, after)
    check(before, after, found)
    changed = sum(hunk.after_stop - hunk.after_start for hunk in found)
    assert changed <= sum(len(new.encode()) + 80 for _, _, new in edits)


@given(TEXTS, EDITS)
def test_a_hunk_takes_the_base_of_a_mark_and_both_halves_of_a_line_end(
    chars: str, edits: list[tuple[float, int, str]]
) -> None:
    for old, new in sides("x" + chars, "x" + edited(chars, edits)):
        if old[:1] == new[:1] and old:
            assert unicodedata.category(old[0]) != "Mn"
    before, after = chars.encode(), edited(chars, edits).encode()
    for hunk in hunks(Text.from_bytes(before), Text.from_bytes(after)):
        for data, start, stop in (
            (before, hunk.before_start, hunk.before_stop),
            (after, hunk.after_start, hunk.after_stop),
        ):
            assert data[start - 1 : start + 1] != b"\r\n" or start == 0 or start == stop
            assert data[max(stop - 1, 0) : stop + 1] != b"\r\n" or start == stop


def test_one_added_space_is_one_hunk() -> None:
    assert sides("one two three", "one two  three") == [("", " ")]


def test_edits_far_apart_are_hunks_of_their_own() -> None:
    chance = random.Random(1)
    words = [chance.choice(["alpha", "beta", "gamma", "delta", "42"]) + str(n) for n in range(120_000)]
    chars = " ".join(words)
    places = sorted(chance.sample(range(len(words)), 60))
    for place in places:
        words[place] += "!"
    assert sides(chars, " ".join(words)) == [("", "!")] * 60


def test_an_inserted_passage_does_not_hide_an_edit_behind_it() -> None:
    chance = random.Random(2)
    chars = " ".join(str(chance.random()) for _ in range(20_000))
    passage = " ".join(str(chance.random()) for _ in range(5_000))
    at = len(chars) // 4
    changed = chars[:at] + passage + chars[at : 3 * at] + "\u00a0" + chars[3 * at :]
    found = sides(chars, changed)
    assert len(found) == 2
    assert found[1] == ("", "\u00a0")


def test_a_new_line_among_numbered_ones_is_not_an_edit_of_all_that_follow() -> None:
    lines = [f'{{"id": {number}, "name": "user {number % 7}"}}\n' for number in range(2000)]
    changed = [*lines[:3], '{"id": 99999, "name": "new"}\n', *lines[3:]]
    changed[1500] = changed[1500].replace("user", "users")
    before, after = "".join(lines), "".join(changed)
    assert len(sides(before, after)) == 2
    assert len(sides(after, before)) == 2


def test_a_letter_in_another_normal_form_is_one_hunk_with_its_base() -> None:
    assert sides("caf\u00e9s", "cafe\u0301s") == [("\u00e9", "e\u0301")]
    assert sides("cafe\u0301s", "cafe\u0300s") == [("e\u0301", "e\u0300")]
    assert sides("cafes", "cafe\u0301s") == [("e", "e\u0301")]


def test_both_halves_of_a_line_end_are_in_the_hunk() -> None:
    assert sides("a\nb", "a\r\nb") == [("\n", "\r\n")]
    assert sides("a\r\nb", "a\nb") == [("\r\n", "\n")]
    assert sides("a\rb", "a\r\nb") == [("\r", "\r\n")]


def test_a_file_with_other_line_ends_is_one_run_up_to_an_edit() -> None:
    lines = [f"line {number}" for number in range(1000)]
    before = Text.from_str("\n".join(lines))
    lines[600] += " edited"
    after = Text.from_str("\r\n".join(lines))
    found = hunks(before, after)
    check(before, after, found)
    assert [hunk.count for hunk in found] == [600, 1, 397, 1]
    back = hunks(after, before)
    check(after, before, back)
    assert [hunk.count for hunk in back] == [600, 1, 397, 1]


def test_a_run_is_taken_apart_into_its_line_ends() -> None:
    before, after = Text.from_str("a\nbb\n\nc" * 30), Text.from_str("a\r\nbb\r\n\r\nc" * 30)
    (run,) = hunks(before, after)
    first, second, third = taken_apart(before, after, run, 3)
    assert (first.before_start, first.before_stop, first.after_start, first.after_stop) == (1, 2, 1, 3)
    assert (second.before_start, second.before_stop, second.after_start, second.after_stop) == (4, 5, 5, 7)
    assert (third.before_start, third.before_stop, third.after_start, third.after_stop) == (5, 6, 7, 9)


def test_after_the_limit_the_rest_is_one_hunk() -> None:
    before = Text.from_str("".join(f"word number {n} in a row. " for n in range(1000)))
    after = Text.from_str("".join(f"word number {n} in  a row. " for n in range(1000)))
    found = hunks(before, after, limit=10)
    check(before, after, found)
    assert len(found) == 10
    assert [hunk.rest for hunk in found] == [False] * 9 + [True]
    assert not any(hunk.rest for hunk in hunks(before, after))


def test_texts_without_anything_in_common_are_one_hunk() -> None:
    before, after = Text.from_str("a" * 4_000_000), Text.from_str("b" * 4_000_000)
    assert hunks(before, after) == (Hunk(0, 4_000_000, 0, 4_000_000),)


def test_a_shuffled_text_ends_in_a_rest_and_not_in_a_long_search() -> None:
    chance = random.Random(3)
    lines = [" ".join(str(chance.random()) for _ in range(6)) for _ in range(20_000)]
    before = Text.from_str("\n".join(lines))
    chance.shuffle(lines)
    after = Text.from_str("\n".join(lines))
    found = hunks(before, after)
    check(before, after, found)
    assert found[-1].rest


def test_a_hundred_thousand_marks_on_one_letter_are_aligned() -> None:
    before = Text.from_str("e" + "\u0301" * 100_000)
    after = Text.from_str("e" + "\u0301" * 50_000 + "\u0323" + "\u0301" * 50_000)
    found = hunks(before, after)
    check(before, after, found)
    assert sum(hunk.after_stop - hunk.after_start for hunk in found) < 1000
