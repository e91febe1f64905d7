"""Names that are made work everywhere, whatever they are made of."""

from __future__ import annotations

from unicodedata import is_normalized

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coldbyte.core.project.file_name import (
    FreeNames,
    fault_of,
    first_words,
    folded,
    folders_of,
    safe_stem,
    stem_and_ending,
)

WORDS = st.text(max_size=40) | st.text("ab. -~/\\:*\r\n\0é漢😀\u0301\u200d\ufeffCONULGIT1", max_size=90)


@given(WORDS)
@example("NUL")
@example("nul.tar")
@example("com¹.x")
@example("git~1")
@example("..git")
@example("\u0958" * 200)
def test_what_is_made_of_any_words_can_be_a_name(words: str) -> None:
    stem = safe_stem(words)
    assert safe_stem(stem) == stem
    assert is_normalized("NFC", stem)
    assert len(stem.encode()) <= 81
    if stem:
        assert fault_of(f"documents/{stem}.txt") is None
        assert fault_of(stem) is None
        assert stem.isprintable()


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        ("gdpr", "gdpr"),
        ("Regulation (EU) 2016/679", "Regulation-(EU)-2016-679"),
        ("  a \t b\nc  ", "a-b-c"),
        ("CON", "_CON"),
        ("aux.old", "_aux.old"),
        (".hidden", "hidden"),
        ("cafe\u0301", "caf\u00e9"),
        ("../..", ""),
        ("a -- b", "a-b"),
    ],
)
def test_names_stay_readable(words: str, stem: str) -> None:
    assert safe_stem(words) == stem


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("gdpr.txt", ("gdpr", ".txt")),
        ("a.tar.gz", ("a.tar", ".gz")),
        ("Version 1.2", ("Version 1.2", "")),
        ("and so on...", ("and so on...", "")),
        (".txt", (".txt", "")),
        ("a.b c", ("a.b c", "")),
        ("", ("", "")),
    ],
)
def test_an_ending_is_a_short_word_behind_the_last_dot(title: str, parts: tuple[str, str]) -> None:
    assert stem_and_ending(title) == parts


def test_the_first_words_are_those_of_the_first_line_that_has_any() -> None:
    assert first_words("\n---\n# The Role of it\nMore.") == "the-role-of-it"
    assert first_words("a b c d e f g h") == "a-b-c-d-e-f"
    assert first_words("\r\n ***") == ""


@given(st.lists(st.sampled_from(["a", "A", "b", "a-2", "é", "e\u0301"]), max_size=12), st.booleans())
def test_free_names_never_meet(stems: list[str], blocked: bool) -> None:
    taken = ["x/a.md", "x/B.md/inner"] if blocked else []
    free = FreeNames(taken)
    paths = [free.take("x", stem, ".md") for stem in stems]
    every = [folded(path) for path in (*paths, *taken)]
    assert len(set(every)) == len(every)
    assert not {folded(folder) for path in (*paths, *taken) for folder in folders_of(path)} & set(every)


def test_a_file_is_never_taken_for_a_folder() -> None:
    assert FreeNames(["Documents"]).take("documents", "a", ".txt") == "documents-2/a.txt"


def test_case_and_unicode_form_make_no_other_file() -> None:
    assert folded("Stra\u00dfe/\u00c9.md") == folded("STRASSE/e\u0301.md")
    assert folded("a") != folded("b")
