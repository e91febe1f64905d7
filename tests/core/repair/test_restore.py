from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import part_paths, request_body
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import Comparison, compare
from coldbyte.core.repair.restore import Restoration, restorations, restore_text
from coldbyte.core.rule.explain import EVERYTHING, explain
from coldbyte.core.text.hunk import hunks
from coldbyte.core.text.text import Text

CHARS = st.sampled_from(
    ["a", "b", "c", " ", ".", "\n", "\t", "é", "😀", "\u00a0", "'", "\u2019", "\r\n", "e\u0301", "\u0301"]
)
WORDS = st.sampled_from(["the quick brown fox ", "it's cold\n", "été "])
TEXTS = st.lists(WORDS | CHARS, min_size=1, max_size=40).map("".join)
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 9), st.lists(CHARS, max_size=4).map("".join)), max_size=5
)


def draft(rules: str, document: str) -> Draft:
    return Draft(
        "claude-sonnet-5-5",
        64,
        (SystemBlock("s", Text.from_str(rules), "5m"),),
        (Document("d", "d.txt", Text.from_str(document), "5m"),),
        (Question("q", Text.from_str("?")),),
    )


def edited(chars: str, edits: list[tuple[float, int, str]]) -> str:
    for place, size, new in edits:
        at = int(place * len(chars))
        chars = chars[:at] + new + chars[at + size :]
    return chars or "all gone"


def compared(before: Draft, after: Draft) -> Comparison:
    return compare(prefix_of(request_body(before, "q")), prefix_of(request_body(after, "q")))


def applied(after: Draft, restoration: Restoration) -> Draft:
    """The draft with the restoration put into the part whose text it is."""
    keys = {path: key for key, path in part_paths(after, "q").items()}
    return after.with_text(keys[restoration.where], restoration.text)


def found_in(before: Draft, after: Draft) -> tuple[Restoration, ...]:
    comparison = compared(before, after)
    return restorations(comparison, explain(comparison, limit=EVERYTHING))


@given(TEXTS, EDITS, TEXTS, EDITS)
def test_after_restoring_a_cause_the_break_is_no_longer_there(
    rules: str, rule_edits: list[tuple[float, int, str]], document: str, edits: list[tuple[float, int, str]]
) -> None:
    before, after = draft(rules, document), draft(edited(rules, rule_edits), edited(document, edits))
    comparison = compared(before, after)
    for restoration in found_in(before, after):
        repaired = compared(before, applied(after, restoration))
        first, again = comparison.first, repaired.first
        assert first is not None
        if again is None:
            continue
        own = [hunk for cause in restoration.causes for hunk in cause.hunks]
        causes = explain(comparison, limit=EVERYTHING).causes
        others = {hunk.before_start for cause in causes for hunk in cause.hunks if hunk not in own}
        here = again.before is not None and again.before.block.where == restoration.where
        if here and again.before is not None and again.before.byte not in others:
            assert not restoration.whole
            assert not any(hunk.before_start <= again.before.byte < hunk.before_stop for hunk in own)
        if any({one.cache_byte, one.cache_byte_before} == {first.cache_byte} for one in restoration.causes):
            assert again.cache_byte >= first.cache_byte
            assert again.cache_byte > first.cache_byte or own[0].before_start in others


@given(TEXTS, EDITS)
def test_restoring_all_causes_one_after_another_gives_the_old_bytes(
    chars: str, edits: list[tuple[float, int, str]]
) -> None:
    before, after = draft(chars, "d"), draft(edited(chars, edits), "d")
    for _ in range(12):
        single = [one for one in found_in(before, after) if len(one.causes) == 1]
        if not single:
            break
        after = applied(after, single[0])
    assert compared(before, after).identical


@given(TEXTS, EDITS)
def test_a_whole_text_is_restored_byte_for_byte(chars: str, edits: list[tuple[float, int, str]]) -> None:
    before, after = draft(chars, "d"), draft(edited(chars, edits), "d")
    for restoration in found_in(before, after):
        if restoration.whole:
            assert compared(before, applied(after, restoration)).identical


@given(TEXTS, EDITS)
def test_putting_back_all_hunks_gives_the_old_text(chars: str, edits: list[tuple[float, int, str]]) -> None:
    before, after = Text.from_str(chars), Text.from_str(edited(chars, edits))
    assert restore_text(before, after, hunks(before, after)) == before


def test_only_the_bytes_of_the_cause_are_put_back() -> None:
    before = draft("You are a helpful assistant.\nAnswer in one sentence.", "d")
    after = draft("You are a\u00a0helpful assistant.\nAnswer in two sentences.", "d")
    whole, space, edit = found_in(before, after)
    assert [one.causes[0].id for one in (space, edit)] == ["invisible-char-changed", "text-edited"]
    assert str(space.text) == "You are a helpful assistant.\nAnswer in two sentences."
    assert str(edit.text) == "You are a\u00a0helpful assistant.\nAnswer in one sentence."
    assert (whole.whole, len(whole.causes)) == (True, 2)
    assert whole.text == before.system[0].text


def test_all_line_ends_of_a_file_are_put_back_around_an_edit() -> None:
    lines = [f"line number {number}" for number in range(500)]
    before = draft("s", "\n".join(lines))
    lines[250] += " was edited"
    after = draft("s", "\r\n".join(lines))
    ends = next(
        one
        for one in found_in(before, after)
        if one.causes[0].id == "line-endings-changed" and len(one.causes) == 1
    )
    assert str(ends.text).count("\r") <= 1
    assert "was edited" in str(ends.text)


def test_many_scattered_changes_are_put_back_together() -> None:
    chars = "".join(f"It's sentence number {number} of this text. " for number in range(3000))
    before, after = draft("s", chars), draft("s", chars.replace("'", "\u2019") + "More.")
    restoration = next(
        one for one in found_in(before, after) if one.causes[0].id == "typography-changed" and not one.whole
    )
    assert str(restoration.text) == chars + "More."


def test_a_whole_text_can_be_put_back_when_not_all_of_it_was_looked_at() -> None:
    chars = "".join(f"It's sentence number {number} of this text. " for number in range(1000))
    comparison = compared(draft("s", chars), draft("s", chars.replace("'", "\u2019")))
    whole, part = restorations(comparison, explain(comparison))
    assert (whole.whole, part.whole) == (True, False)
    assert str(whole.text) == chars


def test_untouched_pieces_stay_shared_with_the_edited_text() -> None:
    before = Text.from_str("The regulation applies. " * 10_000)
    after = before.replace(100, 101, "\u00a0").replace(200_000, 200_001, "X")
    restored = restore_text(before, after, hunks(before, after)[:1])
    assert restored == before.replace(200_000, 200_001, "X")
    kept = {id(piece) for piece in after.pieces} & {id(piece) for piece in restored.pieces}
    assert len(kept) >= len(after.pieces) - 2


def test_a_model_and_a_title_are_put_back() -> None:
    before = draft("s", "d")
    after = replace(before, model="claude-opus-5", documents=(replace(before.documents[0], title="other"),))
    assert [(one.where, str(one.text), one.whole) for one in found_in(before, after)] == [
        ("model", "claude-sonnet-5-5", True),
        ("messages[0].content[0].title", "d.txt", True),
    ]


def test_harmless_changes_and_other_blocks_are_left_alone() -> None:
    before = draft("s", "d")
    asked = before.with_text("q", Text.from_str("another question"))
    assert found_in(before, asked) == ()
    more = replace(before, system=(*before.system, SystemBlock("t", Text.from_str("more"))))
    assert found_in(before, more) == ()


def test_without_hunks_nothing_changes() -> None:
    text = Text.from_str("abc")
    assert restore_text(Text.from_str("xyz"), text, ()) is text


def test_the_causes_of_one_text_do_not_overlap() -> None:
    before = draft("“café” isn't here, is it?", "d")
    after = draft('"cafe\u0301" isn\u2019t\u00a0here,  is it!', "d")
    (whole, *_) = found_in(before, after)
    parts = sorted(
        (hunk for cause in whole.causes for hunk in cause.hunks), key=lambda hunk: hunk.after_start
    )
    assert all(one.after_stop <= two.after_start for one, two in pairwise(parts))
