"""The working copy as a value."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Media
from coldbyte.core.journal.record import MediaGiven, StepsGiven, Structure, TextGiven
from coldbyte.core.journal.work import KEPT_CHARACTERS, Work, digest, filled, records_of, structure_of
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Change, Steps
from core.journal.random_work import a_draft


@given(st.text(st.sampled_from("ab\r\n😀"), max_size=9))
def test_a_structure_filled_again_is_the_draft(chars: str) -> None:
    draft = a_draft(chars)
    structure = structure_of(draft, "q")
    assert all(part.text.size == 0 for part in structure.draft.parts.values())
    assert all(document.media is None for document in structure.draft.documents)
    texts = {key: part.text for key, part in draft.parts.items()}
    assert filled(structure, texts, {"picture": b"\x89PNG\xfeCB\xff"}) == draft


def test_the_digest_names_the_content_and_not_how_it_was_typed() -> None:
    draft = a_draft("one two")
    typed = draft.with_text("system", draft.part("system").text.replace(3, 3, "x").replace(3, 4, ""))
    assert digest(draft) == digest(typed)
    picture = draft.part("picture")
    assert isinstance(picture, Document)
    others = [
        draft.with_text("turn", Text.from_str("one two ")),
        replace(draft, model="other"),
        replace(draft, settings={}),
        replace(draft, turns=draft.turns[::-1]),
        draft.with_part(replace(picture, media=Media("image/png", b"other"))),
        draft.with_part(replace(picture, media=Media("image/gif", b"\x89PNG\xfeCB\xff"))),
        draft.with_part(replace(picture, media=None)),
    ]
    assert len({digest(each) for each in (draft, *others)}) == len(others) + 1


def test_all_of_a_working_copy_gives_each_content_once_and_the_structure_without() -> None:
    records = list(records_of(Work(a_draft(), "question")))
    assert sorted(record.key for record in records if isinstance(record, TextGiven)) == sorted(
        a_draft().parts
    )
    assert [record.key for record in records if isinstance(record, MediaGiven)] == ["picture"]
    assert len([record for record in records if isinstance(record, Structure)]) == 1


def test_many_steps_come_in_several_records_in_their_order() -> None:
    done = tuple(Change(n, "", "x", (n, n), (n + 1, n + 1)) for n in range(1_234))
    undone = done[:3]
    records = [
        record
        for record in records_of(Work(a_draft(), "question", {"turn": Steps(done, undone)}))
        if isinstance(record, StepsGiven)
    ]
    assert len(records) == 3
    assert tuple(change for record in records for change in record.steps.done) == done
    assert tuple(change for record in records for change in record.steps.undone) == undone


def test_of_very_large_steps_the_next_ones_are_kept() -> None:
    large = Change(0, "x" * (KEPT_CHARACTERS // 2), "", (0, 0), (0, 0))
    work = Work(Draft("m", 1), "", {"turn": Steps((large,) * 9, (large,) * 9)})
    (record,) = [record for record in records_of(work) if isinstance(record, StepsGiven)]
    assert (len(record.steps.done), len(record.steps.undone)) == (2, 2)
