from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.finding.finding import LARGE, Finding, findings
from coldbyte.core.text.hunk import hunks
from coldbyte.core.text.text import Text, first_difference
from core.sample_text import restored

CHARS = st.sampled_from("abc d\n\t.,'éñ\u00a0\u200b“”с漢\ufffd😀") | st.sampled_from(["\r\n", "e\u0301"])
TEXTS = st.lists(CHARS, max_size=50).map("".join)


def found(before: str, after: str, *, limit: int = 1000) -> tuple[Finding, ...]:
    left, right = Text.from_str(before), Text.from_str(after)
    return findings(left, right, hunks(left, right, limit=limit))[0]


@pytest.mark.parametrize(
    ("before", "after", "say"),
    [
        (
            "max 10 items",
            "max 10\u00a0items",
            "A no-break space (U+00A0) stands where a space (U+0020) stood.",
        ),
        ("Hello", "Hel\u200blo", "A zero width space (U+200B) was added after “Hel”."),
        ("\ufeffHello", "Hello", "A byte order mark (U+FEFF) was removed at the start of the text."),
        ("a\u2028b", "a\nb", "A line feed (U+000A) stands where a line separator (U+2028) stood."),
        ("\u2764!", "\u2764\ufe0f!", "A variation selector-16 (U+FE0F) was added after “❤”."),
        (
            "a b",
            "a\u2009\u200bb",
            "A thin space (U+2009) and a zero width space (U+200B) stand where a space (U+0020) stood.",
        ),
        (
            "caf\u00e9",
            "cafe\u0301",
            "\u00e9 is written as e + U+0301 (decomposed) where it was one code point U+00E9.",
        ),
        (
            "cafe\u0301",
            "caf\u00e9",
            "\u00e9 is written as one code point U+00E9 where it was e + U+0301 (decomposed).",
        ),
        ("\u212b", "\u00c5", "\u00c5 is written as U+00C5 where it was U+212B."),
        ("a\nb\nc", "a\nb\r\nc", "Line 2 ends with CRLF; it ended with LF."),
        (
            "don't",
            "don\u2019t",
            "The sign \u2019 (RIGHT SINGLE QUOTATION MARK, U+2019) replaces ' (APOSTROPHE, U+0027)"
            " in “don\u2019t”.",
        ),
        ("wait...", "wait\u2026", "The sign \u2026 (HORIZONTAL ELLIPSIS, U+2026) replaces “...”."),
        (
            "Use scope A",
            "Use s\u0441ope A",
            "The letter \u0441 (CYRILLIC SMALL LETTER ES, U+0441) replaces c"
            " (LATIN SMALL LETTER C, U+0063) in “s\u0441ope”.",
        ),
        (
            "ok 🐈",
            "ok \ufffd\ufffd",
            "The replacement character (U+FFFD) stands where “🐈” stood: text was destroyed.",
        ),
        ("ok \ufffd", "ok é", "“é” stands where the replacement character (U+FFFD) stood."),
        ("caf\u00e9", "caf\u00c3\u00a9", "“Ã©” stands where “é” stood: UTF-8 was read in another encoding."),
        ("a b", " a b", "1 space was added at the start of the text."),
        ("ls\n", "ls", "1 line break was removed at the end of the text."),
        ("x\n  y", "x\n    y", "2 spaces were added at the start of the line."),
        ("x \ny", "x\ny", "1 space was removed at the end of the line."),
        ("a\tb", "a  b", "1 tab became 2 spaces after “a”."),
        ("one two", "one  two", "1 space was added after “one ”."),
        ("a\n\n\nb", "a\nb", "2 line breaks were removed after “a↓”."),
        ("Be brief.", "Be brief and kind.", "“ and kind” was added."),
        ("Be brief and kind.", "Be brief.", "“ and kind” was removed."),
        ("he jumps high", "he leaps high", "“jumps” became “leaps”."),
        ("the color", "the colour", "“color” became “colour”."),
    ],
)
def test_a_finding_says_plainly_what_was_found(before: str, after: str, say: str) -> None:
    assert [one.say for one in found(before, after)] == [say]


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        ("a", "a ", "trailing"),
        ("a", "\na", "leading"),
        ("a\nb", "a\n b", "indentation"),
        ("a\nb", "a\n\tb", "tabs"),
        ("a \nb", "a\nb", "line end"),
        ("a b", "a  b", "inner"),
        ("a\n\nb", "a\nb", "line breaks"),
    ],
)
def test_white_space_is_labelled_by_its_place(before: str, after: str, label: str) -> None:
    (one,) = found(before, after)
    assert (one.id, one.label) == ("whitespace-changed", label)


def test_hunks_with_one_cause_are_one_finding_with_a_count() -> None:
    before = "".join(f"It's line {n} of the prompt, isn't it?\n" for n in range(40))
    (one,) = found(before, before.replace("'", "\u2019"))
    assert (one.id, one.count, len(one.hunks)) == ("typography-changed", 80, 80)
    assert one.say.endswith("79 more changes of this kind follow.")


def test_a_no_break_space_and_an_edited_sentence_are_two_findings() -> None:
    before = "You are a helpful assistant.\nAnswer in one sentence.\nName your sources."
    after = "You are a\u00a0helpful assistant.\nAnswer in two short sentences.\nName your sources."
    assert [one.id for one in found(before, after)] == ["invisible-char-changed", "text-edited"]


def test_the_same_small_change_all_over_a_text_is_one_finding_and_nothing_else() -> None:
    chance = random.Random(5)
    words = ("personal", "data", "to", "a", "third", "country", "and", "an", "adequate", "level")
    before = " ".join(f"{chance.choice(words)} {chance.randrange(1000)}" for _ in range(20_000))
    (one,) = found(before, before.replace(" a", "\u00a0a"), limit=100_000)
    assert one.id == "invisible-char-changed"


def test_line_ends_are_counted_and_not_lines_of_text() -> None:
    before = "".join(f"line {n}\n\n" for n in range(206))
    (one,) = found(before, before.replace("\n", "\r\n"))
    assert (one.id, one.count, one.before, one.after) == ("line-endings-changed", 412, "\n", "\r\n")
    assert one.say == "412 line ends are CRLF; the first of them was LF."


def test_an_edit_in_a_file_with_other_line_ends_is_found_as_well() -> None:
    lines = [f"- item {n}" for n in range(2000)]
    before = "\n".join(lines)
    lines[1000] = "- item one thousand"
    after = "\r\n".join(lines)
    ids = {one.id: one for one in found(before, after)}
    assert set(ids) == {"line-endings-changed", "text-edited"}
    assert ids["line-endings-changed"].count >= 1997


def test_what_lies_beyond_the_limit_is_said_to_be_unseen() -> None:
    before = Text.from_str("".join(f"this is sentence number {n} of many. " for n in range(500)))
    after = Text.from_str(str(before).replace(" of ", "\u00a0of "))
    one, complete = findings(before, after, hunks(before, after, limit=20))
    assert [finding.id for finding in one] == ["invisible-char-changed"]
    assert one[0].say.endswith("At least 18 more changes of this kind follow.")
    assert not complete
    assert findings(before, after, hunks(before, after))[1]


def test_a_text_in_another_normal_form_from_end_to_end_is_recognised_by_its_beginning() -> None:
    before = Text.from_str("각" * 20_000)
    after = Text.from_str("\u1100\u1161\u11a8" * 20_000)
    one, complete = findings(before, after, hunks(before, after))
    assert [finding.id for finding in one] == ["unicode-normalization-changed"]
    assert not complete
    whole, complete = findings(before, after, hunks(before, after), largest=1 << 20)
    assert [finding.id for finding in whole] == ["unicode-normalization-changed"]
    assert complete


def test_a_long_text_that_became_another_is_rewritten() -> None:
    (one,) = found("a" * (LARGE + 1), "b" * 5)
    assert (one.id, one.label, one.say) == ("text-edited", "rewritten", "16,385 bytes became 5 bytes.")


@given(TEXTS, TEXTS)
def test_findings_cover_all_differences_and_start_at_the_first(before: str, after: str) -> None:
    left, right = Text.from_str(before), Text.from_str(after)
    first = first_difference(left, right)
    groups, complete = findings(left, right, hunks(left, right))
    assert complete
    assert (first is None) == (not groups)
    if first is not None:
        assert groups[0].hunks[0].before_start + groups[0].byte == first
    parts = sorted(
        (hunk for group in groups for hunk in group.hunks),
        key=lambda hunk: (hunk.before_start, hunk.after_start),
    )
    one = two = 0
    for hunk in parts:
        assert left.encode()[one : hunk.before_start] == right.encode()[two : hunk.after_start]
        one, two = hunk.before_stop, hunk.after_stop
    assert left.encode()[one:] == right.encode()[two:]


PARTS = st.sampled_from(
    [
        *("10:15:00", "11:16:41", "2026-11-23", "9f3ab2c1", "07d1e5b9", "tea", "rice", "é", "7"),
        *(", ", "\n", " ", "\u00a0", '{"a":1}', '{"a": 1}', '{"b":"\\u00e9"}', '{"b":"é"}'),
        *("<context>", "</context>", "- pdf\n", "- xlsx\n", "Tenant: "),
    ]
)
MIXTURES = st.lists(PARTS, max_size=25).map("".join)


@given(MIXTURES, MIXTURES)
def test_the_old_bytes_in_the_hunks_of_all_findings_give_the_old_text(before: str, after: str) -> None:
    groups = found(before, after)
    assert restored(before, after, groups) == before
    assert bool(groups) == (before != after)
    assert len({one.id for one in groups}) == len(groups)
    for one in groups:
        assert one.label
        assert one.say.endswith(".")
        assert list(one.hunks) == sorted(one.hunks, key=lambda hunk: (hunk.before_start, hunk.after_start))
