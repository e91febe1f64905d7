"""Edits between two looks, and the one that broke the prefix."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Question, SystemBlock, Tool
from coldbyte.core.history.edit import edits_between, first_broken, joined, place_now, taken_back
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.text.text import Text

SEEN = Snapshot(1.0, "", "", 0, "", "", b"key", False)
DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=10,
    system=(SystemBlock("s", Text.from_str("You answer.")), SystemBlock("t", Text.from_str("In short."))),
    documents=(Document("d", "gdpr.txt", Text.from_str("Article 17"), "5m"),),
    questions=(Question("q", Text.from_str("Who?")),),
)
WORDS = st.text(st.sampled_from("ab é😀\u00a0\r\n"), max_size=12)


def edits(after: Draft, before: Draft = DRAFT) -> list[Snapshot]:
    return list(edits_between(before, after, SEEN))


def edit(byte: int, removed: str, inserted: str, *, breaks: bool = False, key: str = "s") -> Snapshot:
    return replace(SEEN, key=key, byte=byte, removed=removed, inserted=inserted, breaks=breaks)


def test_a_changed_text_is_one_hunk_of_whole_characters() -> None:
    (found,) = edits(DRAFT.with_text("s", Text.from_str("You à answer.")))
    assert (found.key, found.part, found.what) == ("s", "system block 1", "text")
    assert (found.byte, found.removed, found.inserted) == (4, "", "à ")
    (found,) = edits(DRAFT.with_text("s", Text.from_str("Yöu")), DRAFT.with_text("s", Text.from_str("Yäu")))
    assert (found.byte, found.removed, found.inserted) == (1, "ä", "ö")


def test_what_is_the_same_is_no_edit() -> None:
    assert edits(DRAFT) == []
    assert edits(DRAFT.with_text("s", Text.from_str("You answer."))) == []


def test_edits_of_the_structure_say_so_and_hold_no_text() -> None:
    one, two = DRAFT.system
    document = DRAFT.documents[0]
    cases = {
        ("t", "system block 2", "removed"): replace(DRAFT, system=(one,)),
        ("t", "system block 1", "moved"): replace(DRAFT, system=(two, one)),
        ("new", "tool 1", "added"): replace(DRAFT, tools=(Tool("new", Text.from_str("{}")),)),
        ("d", "a.txt", "title"): replace(DRAFT, documents=(replace(document, title="a.txt"),)),
        ("d", "gdpr.txt", "breakpoint"): replace(DRAFT, documents=(replace(document, ttl="1h"),)),
        ("d", "gdpr.txt", "content"): replace(
            DRAFT, documents=(replace(document, extra={"citations": {"enabled": True}}),)
        ),
        ("", "model", "model"): replace(DRAFT, model="claude-haiku-4-5"),
        ("", "settings", "settings"): replace(DRAFT, max_tokens=11),
    }
    for expected, after in cases.items():
        (found,) = edits(after)
        assert (found.key, found.part, found.what) == expected
        assert (found.removed, found.inserted) == ("", "")


@given(WORDS, WORDS)
def test_the_hunk_makes_one_text_of_the_other_and_back(before: str, after: str) -> None:
    one, two = Text.from_str(before), Text.from_str(after)
    found = edits(DRAFT.with_text("s", two), DRAFT.with_text("s", one))
    if before == after:
        assert not found
        return
    (hunk,) = found
    data = one.encode()
    stop = hunk.byte + len(hunk.removed.encode())
    assert data[hunk.byte : stop] == hunk.removed.encode()
    assert data[: hunk.byte] + hunk.inserted.encode() + data[stop:] == two.encode()
    back = taken_back(two, hunk, hunk.byte)
    assert back is not None
    assert back.encode() == data


@given(WORDS, WORDS, st.integers(0, 20), st.sampled_from(["a", "aa", "é", "", "ab"]))
def test_where_equal_characters_stand_the_edit_is_the_one_beside_the_last(
    before: str, after: str, byte: int, last: str
) -> None:
    one, two = Text.from_str(before), Text.from_str(after)
    hunks = edits_between(DRAFT.with_text("s", one), DRAFT.with_text("s", two), SEEN, edit(byte, "", last))
    for hunk in hunks:
        data, stop = one.encode(), hunk.byte + len(hunk.removed.encode())
        assert data[hunk.byte : stop] == hunk.removed.encode()
        assert data[: hunk.byte] + hunk.inserted.encode() + data[stop:] == two.encode()


def test_typing_before_the_same_letter_goes_on_with_the_word() -> None:
    old, new = DRAFT.with_text("s", Text.from_str("XYou")), DRAFT.with_text("s", Text.from_str("XYYou"))
    (found,) = edits_between(old, new, SEEN, edit(0, "", "X"))
    assert (found.byte, found.inserted) == (1, "Y")
    (found,) = edits_between(new, old, SEEN, edit(0, "", "XY"))
    assert (found.byte, found.removed) == (1, "Y")


@given(WORDS, st.lists(WORDS, min_size=2, max_size=2))
def test_two_edits_that_touch_are_one_that_does_the_same(before: str, versions: list[str]) -> None:
    texts = [Text.from_str(each) for each in (before, *versions)]
    hunks = [
        found
        for old, new in pairwise(texts)
        for found in edits(DRAFT.with_text("s", new), DRAFT.with_text("s", old))
    ]
    if len(hunks) < 2:
        return
    both = joined(*hunks)
    if both is None:
        first, second = hunks
        end = first.byte + len(first.inserted.encode())
        assert second.byte > end or second.byte + len(second.removed.encode()) < first.byte
        return
    data = texts[0].encode()
    stop = both.byte + len(both.removed.encode())
    assert data[both.byte : stop] == both.removed.encode()
    assert data[: both.byte] + both.inserted.encode() + data[stop:] == texts[2].encode()


def test_edits_of_other_parts_and_of_the_structure_are_not_joined() -> None:
    assert joined(edit(0, "", "a"), edit(1, "", "b", key="t")) is None
    assert joined(replace(edit(0, "", ""), what="moved"), edit(0, "", "b")) is None


def test_the_culprit_is_the_first_edit_since_which_the_prefix_stayed_broken() -> None:
    held, broke = edit(0, "", "a"), edit(0, "", "a", breaks=True)
    assert first_broken([]) is None
    assert first_broken([held]) is None
    assert first_broken([broke, held]) is None
    assert first_broken([broke, held, broke, broke]) == 2
    assert first_broken([broke]) == 0


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4), WORDS), min_size=1, max_size=8), WORDS)
def test_an_edit_is_taken_back_by_itself_wherever_later_ones_moved_it(
    steps: list[tuple[int, int, str]], start: str
) -> None:
    snapshots: list[Snapshot] = []
    chars, before = start + "0123456789", ""
    for place, count, new in steps:
        place = min(place, len(chars))
        old = chars[place : place + count]
        if not snapshots:
            before = chars
        snapshots.append(edit(len(chars[:place].encode()), old, new))
        chars = chars[:place] + new + chars[place + count :]
    byte = place_now(snapshots, 0)
    if byte is None:
        return
    text = taken_back(Text.from_str(chars), snapshots[0], byte)
    assert text is not None
    data, first = before.encode(), snapshots[0]
    grown = len(first.inserted.encode()) - len(first.removed.encode())
    for number, later in enumerate(snapshots[1:], 1):
        here = place_now(snapshots[:number], 0)
        assert here is not None
        start_byte = later.byte if later.byte + len(later.removed.encode()) <= here else later.byte - grown
        stop_byte = start_byte + len(later.removed.encode())
        data = data[:start_byte] + later.inserted.encode() + data[stop_byte:]
    assert text.encode() == data


def test_what_was_typed_over_can_not_be_taken_back() -> None:
    first = edit(4, "", "new ")
    assert place_now([first, edit(6, "w", "xx")], 0) is None
    assert place_now([first, edit(0, "", "ab")], 0) == 6
    assert place_now([first, edit(8, "", "ab")], 0) == 4
    assert place_now([first, replace(edit(0, "", ""), what="removed")], 0) is None
    assert taken_back(Text.from_str("You answer."), first, 4) is None
