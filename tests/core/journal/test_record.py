"""Records come back from their bytes as they were; other bytes are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Draft, SystemBlock
from coldbyte.core.journal.record import (
    Chosen,
    Edited,
    MediaGiven,
    ProjectSet,
    Record,
    RecordError,
    Start,
    StepsGiven,
    Structure,
    TextGiven,
    Whole,
    decode,
    encode,
)
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Change, Steps

CHARS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
OFFSETS = st.integers(0, 99)
PLACES = st.tuples(OFFSETS, OFFSETS)
CHANGES = st.builds(Change, OFFSETS, CHARS, CHARS, PLACES, PLACES)
STEPS = st.lists(CHANGES, max_size=3).map(tuple)
NAMES = st.text(max_size=9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NAMES,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(NAMES, some, max_size=3),
    max_leaves=6,
)
INFOS = st.none() | st.dictionaries(NAMES, JSON, max_size=3)
RECORDS: st.SearchStrategy[Record] = st.one_of(
    st.just(Start()),
    st.just(Whole()),
    st.builds(TextGiven, NAMES, CHARS.map(Text.from_str)),
    st.builds(MediaGiven, NAMES, st.binary(max_size=20)),
    st.builds(StepsGiven, NAMES, st.builds(Steps, STEPS, STEPS)),
    st.builds(Edited, NAMES, CHANGES, st.sampled_from(["new", "joined", "undo", "redo"])),
    st.builds(Chosen, NAMES),
    st.builds(ProjectSet, INFOS, NAMES),
    st.builds(Structure, st.builds(Draft, CHARS, OFFSETS), NAMES, st.dictionaries(NAMES, NAMES, max_size=2)),
)


def payload(record: Record) -> memoryview:
    return memoryview(b"".join(encode(record)))


@given(RECORDS)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    assert decode(payload(record)) == record


@given(RECORDS, st.data())
def test_no_part_of_a_record_is_taken_for_another_one_than_itself(
    record: Record, data: st.DataObject
) -> None:
    whole = payload(record)
    cut = data.draw(st.integers(0, len(whole) - 1))
    try:
        decode(whole[:cut])
    except RecordError:
        return
    assert isinstance(record, (TextGiven, MediaGiven)), "nothing but a body has no end of its own"


@given(st.binary(max_size=40))
def test_other_bytes_raise_nothing_but_its_own_error(data: bytes) -> None:
    with pytest.raises(RecordError):
        decode(memoryview(data))


@given(JSON, st.binary(max_size=9))
def test_another_head_raises_nothing_but_its_own_error(head: object, body: bytes) -> None:
    import json

    for odd in (head, {"kind": "edit", "key": head, "row": head, "act": "new"}, {"kind": head}):
        data = json.dumps(odd).encode()
        with pytest.raises(RecordError):
            decode(memoryview(len(data).to_bytes(4, "big") + data + body))


def test_a_journal_of_another_version_is_refused() -> None:
    with pytest.raises(RecordError, match="another version"):
        decode(payload(Start(99)))


def test_a_title_that_has_no_utf_8_does_not_stop_the_draft_from_being_kept() -> None:
    record = Structure(Draft("m\udc80", 1, (SystemBlock("s"),)), "q")
    found = decode(payload(record))
    assert isinstance(found, Structure)
    assert found.draft.model == "m?"


def test_the_pieces_of_a_text_are_not_copied() -> None:
    text = Text.from_str("x" * 200_000)
    assert all(any(run is piece.data for run in encode(TextGiven("k", text))) for piece in text.pieces)
