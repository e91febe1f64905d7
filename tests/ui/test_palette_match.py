"""A few letters find what is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.ui.palette_match import best, rank


@pytest.mark.parametrize(
    ("typed", "title", "found"),
    [
        ("", "Save the project", 0),
        ("save", "Save the project", 0),
        ("proj sa", "Save the project", 0),
        ("ject", "Save the project", 1),
        ("stp", "Save the project", 2),
        ("svprj", "Save the project", 3),
        ("SAVE", "save", 0),
        ("zoom", "Save the project", None),
        ("save zoom", "Save the project", None),
    ],
)
def test_how_well_something_fits(typed: str, title: str, found: int | None) -> None:
    assert rank(typed, title) == found


def test_the_best_come_first_and_equals_keep_their_order() -> None:
    entries = [("Restore", 1), ("Export as HAR", 2), ("Open the sample", 3), ("Open a project", 4)]
    assert list(best("op", entries)) == [3, 4]
    assert list(best("or", entries)) == [1, 2, 4]
    assert list(best("", entries)) == [1, 2, 3, 4]


@given(st.lists(st.text(max_size=9), max_size=6), st.text(max_size=5))
def test_only_what_fits_is_offered_and_the_better_before_the_worse(titles: list[str], typed: str) -> None:
    found = best(typed, [(title, title) for title in titles])
    ranks = [rank(typed, title) for title in found]
    assert None not in ranks
    assert ranks == sorted(rank for rank in ranks if rank is not None)
    assert len(found) == sum(rank(typed, title) is not None for title in titles)
