"""Hits of several pages are found by their place, whatever page they stand on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.hit import Hits, Page, Span


def paged(spans: list[Span], cuts: list[int]) -> Hits:
    """Spans on pages that begin at these offsets and at 0."""
    bases = sorted({0, *cuts})
    pages = [(base, Page()) for base in bases]
    for start, stop in spans:
        base, page = [one for one in pages if one[0] <= start][-1]
        page.add(start - base, stop - base)
    return Hits(pages)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    steps = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 6)), max_size=12))
    found, place = [], 0
    for gap, length in steps:
        found.append((place + gap, place + gap + length))
        place += gap + length
    return found


@given(spans(), st.lists(st.integers(0, 80), max_size=4), st.integers(0, 90), st.integers(0, 20))
def test_pages_make_no_difference(found: list[Span], cuts: list[int], place: int, size: int) -> None:
    hits = paged(found, cuts)
    assert list(hits) == found == [hits[index] for index in range(len(hits))]
    assert hits.first_from(place) == sum(start < place for start, _ in found)
    touched = [hit for hit in found if hit[1] > place and hit[0] <= place + size]
    assert list(hits.between(place, place + size)) == touched
    assert hits.index_of((place, place + 2)) == (
        found.index((place, place + 2)) if (place, place + 2) in found else None
    )


@given(spans(), st.lists(st.integers(0, 80), max_size=4))
def test_going_on_from_hit_to_hit_goes_round(found: list[Span], cuts: list[int]) -> None:
    hits = paged(found, cuts)
    span: Span = (0, 0)
    for expected in [*found, *found[:1]]:
        index = hits.after(span)
        assert index is not None
        span = hits[index]
        assert span == expected
    span = (0, 0)
    for expected in [*reversed(found), *found[-1:]]:
        index = hits.before(span)
        assert index is not None
        span = hits[index]
        assert span == expected
    if not found:
        assert hits.after((0, 0)) is hits.before((0, 0)) is None


def test_a_place_that_is_no_stretch_is_passed_when_the_cursor_is_there() -> None:
    hits = paged([(0, 0), (4, 4), (9, 9)], [5])
    assert hits.after((0, 0)) == 1
    assert hits.after((4, 4)) == 2
    assert hits.after((9, 9)) == 0
    assert hits.before((4, 4)) == 0
    assert hits.before((0, 0)) == 2


def test_no_pages_hold_no_hits() -> None:
    assert len(Hits()) == Hits().first_from(3) == 0
    assert list(Hits()) == list(Hits().between(0, 9)) == []
    with pytest.raises(IndexError):
        Hits()[0]
