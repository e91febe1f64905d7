from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.homoglyph import skeleton


@pytest.mark.parametrize(
    ("chars", "latin"),
    [
        ("\u0440\u0430ypal", "paypal"),
        ("\u0395\u039d\u03a4", "ENT"),
        ("\u054f\u0585", "So"),
        ("\uff26\uff55\uff4c\uff4c", "Full"),
        ("\U0001d44e\U0001d7d9", "a1"),
        ("\U0001d6fc", "a"),
        ("\u00e9", "e\u0301"),
        ("\u0451", "e\u0308"),
        ("\u6f22", "\u6f22"),
    ],
)
def test_look_alikes_become_what_they_look_like(chars: str, latin: str) -> None:
    assert skeleton(chars) == latin


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_ascii_stands_for_itself(chars: str) -> None:
    assert skeleton(chars) == chars


@given(st.text(max_size=30))
def test_a_skeleton_is_its_own_skeleton(chars: str) -> None:
    once = skeleton(chars)
    assert skeleton(once) == once


@given(st.text(max_size=30))
def test_normal_forms_have_the_same_skeleton(chars: str) -> None:
    assert skeleton(unicodedata.normalize("NFC", chars)) == skeleton(unicodedata.normalize("NFD", chars))
