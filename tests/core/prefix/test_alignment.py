from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.prefix.alignment import Step, align
from coldbyte.core.prefix.prefix import PrefixBlock
from coldbyte.core.text.text import Text

NAMES = st.lists(st.sampled_from("abcdefg"), max_size=9)


def blocks(*contents: str) -> tuple[PrefixBlock, ...]:
    return tuple(
        PrefixBlock(
            f"messages[0].content[{index}].text", "messages", "text", b"user text", Text.from_str(chars)
        )
        for index, chars in enumerate(contents)
    )


def steps(before: str, after: str) -> list[tuple[str, int, int]]:
    """Steps between blocks whose contents are words."""
    return [
        (one.kind, one.before, one.after) for one in align(blocks(*before.split()), blocks(*after.split()))
    ]


def long(name: str) -> str:
    return name * 40


def test_an_edited_block_is_one_step() -> None:
    assert steps(f"a {long('b')} c", f"a {long('b')}x c") == [("edited", 1, 1)]


def test_inserted_and_removed_blocks_say_where() -> None:
    assert steps("a b c", "a x b c") == [("inserted", 1, 1)]
    assert steps("a b c", "a c") == [("removed", 1, 1)]
    assert steps("a b", "a b c d") == [("inserted", 2, 2), ("inserted", 2, 3)]
    assert steps("", "a") == [("inserted", 0, 0)]
    assert steps("a", "") == [("removed", 0, 0)]


def test_a_moved_block_is_one_move_and_not_a_removal_and_an_insertion() -> None:
    assert steps("a b c d", "b c d a") == [("moved", 0, 3)]
    assert steps("a b c d", "d a b c") == [("moved", 3, 0)]


def test_a_move_is_felt_where_the_order_first_differs() -> None:
    (down,) = align(blocks("a", "b", "c"), blocks("b", "c", "a"))
    assert down == Step("moved", 0, 2, (0, 0))
    (up,) = align(blocks("z", "a", "b", "c"), blocks("z", "c", "a", "b"))
    assert up == Step("moved", 3, 1, (1, 1))


def test_an_insertion_beside_an_edit_is_told_apart_by_likeness() -> None:
    assert steps(f"a {long('q')}", f"a new {long('q')}!") == [("inserted", 1, 1), ("edited", 1, 2)]
    assert steps(f"a {long('q')} {long('r')}", f"a {long('r')}!") == [("removed", 1, 1), ("edited", 2, 1)]


def test_a_block_that_was_rewritten_in_its_place_is_an_edit() -> None:
    assert steps("a question b", "a other b") == [("edited", 1, 1)]


def test_blocks_of_another_role_are_not_versions_of_each_other() -> None:
    other = PrefixBlock("messages[1].content", "messages", "text", b"assistant text", Text.from_str("hello"))
    kinds = [one.kind for one in align(blocks("hello"), (other,))]
    assert sorted(kinds) == ["inserted", "removed"]


def test_equal_blocks_without_end_are_aligned() -> None:
    same = ["ok"] * 30_000
    found = align(blocks(*same), blocks(*same[:100], "new", *same))
    assert len(found) == 101
    assert {one.kind for one in found} == {"inserted"}


def test_what_could_stand_in_several_places_stands_as_late_as_it_can() -> None:
    assert steps("x ok", "y ok z ok") == [("edited", 0, 0), ("inserted", 2, 2), ("inserted", 2, 3)]
    assert steps("a ok ok b", "a ok b") == [("removed", 2, 2)]


def test_equal_blocks_between_edited_ones_stay_in_place() -> None:
    before = " ".join(f"{long(name)} ok" for name in "bcdef")
    after = " ".join(f"{long(name)}! ok" for name in "bcdef")
    assert steps(before, after) == [("edited", at, at) for at in range(0, 10, 2)]


def test_many_different_blocks_are_aligned() -> None:
    names = [str(number) for number in range(30_000)]
    found = align(blocks(*names), blocks(*names[:10], *names[11:20_000], *names[20_001:], names[10]))
    assert [(one.kind, one.before) for one in found] == [("moved", 10), ("removed", 20_000)]


@given(NAMES, NAMES)
def test_the_steps_lead_from_one_sequence_to_the_other(before: list[str], after: list[str]) -> None:
    found = align(blocks(*before), blocks(*after))
    gone = [one.before for one in found if one.kind != "inserted"]
    new = [one.after for one in found if one.kind != "removed"]
    assert len(set(gone)) == len(gone)
    assert len(set(new)) == len(new)
    kept_before = [name for index, name in enumerate(before) if index not in set(gone)]
    kept_after = [name for index, name in enumerate(after) if index not in set(new)]
    assert kept_before == kept_after
    assert all(before[one.before] == after[one.after] for one in found if one.kind == "moved")
    assert all(before[one.before] != after[one.after] for one in found if one.kind == "edited")


@given(NAMES)
def test_another_order_of_the_same_blocks_is_moves_only(before: list[str]) -> None:
    after = sorted(before, reverse=True)
    found = align(blocks(*before), blocks(*after))
    assert {one.kind for one in found} <= {"moved"}
    assert Counter(before[one.before] for one in found) == Counter(after[one.after] for one in found)
