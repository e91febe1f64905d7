"""A journal gives back what happened up to its last whole record, wherever it is cut or damaged."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.journal.frame import framed
from coldbyte.core.journal.record import Chosen, Edited, Record, TextGiven, encode
from coldbyte.core.journal.replay import replay, salvage
from coldbyte.core.journal.work import Work, records_of
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Change, Steps
from core.journal.random_work import HANDS, Author, Hand, a_draft


def journal(*records: Record) -> bytes:
    return b"".join(run for record in records for run in framed(encode(record)))


def told(hands: list[Hand]) -> Author:
    author = Author(a_draft())
    author.do(hands)
    return author


def same(found: Work | None, wanted: Work | None) -> bool:
    """Whether two are the same; a history without steps is none."""
    if found is None or wanted is None:
        return found is wanted
    steps = {key: known for key, known in found.steps.items() if known != Steps()}
    return (found.draft, found.question, steps, found.project, found.saved) == (
        wanted.draft,
        wanted.question,
        wanted.steps,
        wanted.project,
        wanted.saved,
    )


@given(st.lists(HANDS, max_size=30), st.data())
def test_a_journal_that_is_cut_anywhere_gives_the_state_after_its_last_whole_act(
    hands: list[Hand], data: st.DataObject
) -> None:
    author = told(hands)
    ends = [0, *accumulate(len(journal(record)) for record in author.records)]
    whole = journal(*author.records)
    assert ends[-1] == len(whole)
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=6))
    for cut in {*cuts, len(whole), *(end for end in ends[-4:]), *(end - 1 for end in ends[-4:] if end)}:
        wanted = None
        for count, work in author.stages:
            wanted = work if ends[count] <= cut else wanted
        found = replay(whole[:cut])
        assert same(found.work, wanted)
        assert found.end in ends
        assert bool(found.damage) == (cut > found.end), "what is torn is said, even of the last"


@given(st.lists(HANDS, max_size=20), st.lists(HANDS, max_size=20), st.data())
def test_what_is_appended_behind_the_good_end_of_a_torn_journal_goes_on_from_there(
    hands: list[Hand], more: list[Hand], data: st.DataObject
) -> None:
    whole = journal(*told(hands).records)
    first = len(journal(*told([]).records))
    found = replay(whole[: data.draw(st.integers(first, len(whole)))])
    assert found.work is not None
    again = Author(found.work.draft)
    start = len(again.records)
    again.do(more)
    joined = whole[: found.end] + journal(*records_of(again.stages[0][1]), *again.records[start:])
    assert same(replay(joined).work, again.work)


@given(st.lists(HANDS, max_size=30), st.lists(HANDS, max_size=10))
def test_all_written_anew_and_gone_on_with_is_the_same(hands: list[Hand], more: list[Hand]) -> None:
    author = told(hands)
    anew = list(records_of(author.work))
    start = len(author.records)
    author.do(more)
    assert same(replay(journal(*anew, *author.records[start:])).work, author.work)


@given(st.lists(HANDS, min_size=1, max_size=20), st.data())
def test_damage_anywhere_is_said_and_loses_nothing_before_it(hands: list[Hand], data: st.DataObject) -> None:
    author = told(hands)
    whole = bytearray(journal(*author.records))
    spoilt = data.draw(st.integers(0, len(whole) - 1))
    whole[spoilt] ^= data.draw(st.integers(1, 255))
    found = replay(bytes(whole))
    assert found.damage
    assert found.end <= spoilt
    ends = list(accumulate(len(journal(record)) for record in author.records))
    wanted = None
    for count, work in author.stages:
        wanted = work if ends[count - 1] <= spoilt else wanted
    assert same(found.work, wanted)


@given(st.data())
def test_of_a_damaged_beginning_all_other_parts_are_saved(data: st.DataObject) -> None:
    author = told([("type", "turn", 0, 0, "new")])
    records = list(author.records)
    hit = next(
        n for n, record in enumerate(records) if isinstance(record, TextGiven) and record.key == "system"
    )
    before, after = journal(*records[:hit]), journal(*records[hit + 1 :])
    spoilt = bytearray(journal(records[hit]))
    spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= 0x55
    damaged = before + bytes(spoilt) + after
    assert replay(damaged).work is None
    found = salvage(damaged)
    assert found is not None
    assert str(found.draft.part("system").text) == ""
    assert str(found.draft.part("turn").text).startswith("new")
    wanted = author.work.draft.with_text("system", Text())
    assert found.draft == wanted


def test_what_is_no_journal_holds_nothing() -> None:
    for data in (b"", b"\0" * 400, b"{}", b"\xfeCB\xff" * 9, journal(Chosen("q"))[:-1]):
        assert replay(data).work is None
        assert salvage(data) is None


@given(st.binary(max_size=60))
def test_random_bytes_are_no_journal(data: bytes) -> None:
    assert replay(data).work is None
    start = journal(*records_of(Work(a_draft(), "question")))
    found = replay(start + data)
    assert (found.end, found.whole, found.records) == (len(start), len(start), 0)


def test_zeros_behind_the_end_as_a_power_cut_leaves_them_are_no_damage() -> None:
    start = journal(*records_of(Work(a_draft(), "question")))
    assert replay(start + bytes(5000)).damage == ""


def test_an_edit_that_does_not_fit_its_text_ends_the_reading() -> None:
    work = Work(a_draft("abc"), "question")
    for change in (
        Change(1, "x", "y", (0, 0), (0, 0)),
        Change(4, "", "y", (0, 0), (0, 0)),
        Change(2, "cd", "", (0, 0), (0, 0)),
    ):
        records = [*records_of(work), Edited("system", change, "new"), Chosen("other")]
        found = replay(journal(*records))
        assert found.work == work
        assert "another text" in found.damage or "not there" in found.damage


def test_undo_of_a_step_that_was_not_kept_changes_the_text_all_the_same() -> None:
    change = Change(0, "abc", "", (0, 3), (0, 0))
    records = [*records_of(Work(a_draft("abc"), "question")), Edited("system", change, "undo")]
    work = replay(journal(*records)).work
    assert work is not None
    assert str(work.draft.part("system").text) == ""
    assert work.steps["system"] == Steps((), (change.inverse,))


def test_the_number_of_records_and_where_they_begin_are_told() -> None:
    author = told([("type", "turn", 0, 0, "a"), ("choose", "turn", 1, 0, ""), ("open", "turn", 0, 0, "b")])
    found = replay(journal(*author.records))
    first = author.stages[0][0]
    assert found.whole == len(journal(*author.records[:first]))
    assert found.end == len(journal(*author.records))
    assert found.records == 3
