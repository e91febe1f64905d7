"""Strings of programming languages give back their characters."""

from __future__ import annotations

import ast
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.export.literal import is_fragile, python_string

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_a_string_of_python_gives_back_its_characters_on_one_line_in_one_form(chars: str) -> None:
    literal = python_string(chars)
    assert ast.literal_eval(literal) == chars
    assert unicodedata.normalize("NFC", literal) == literal
    assert literal.splitlines() == [literal]
    assert ast.literal_eval(unicodedata.normalize("NFC", literal).replace("\u00a0", " ")) == chars


def test_visible_letters_of_all_scripts_stay() -> None:
    assert python_string("漢字 é Ж 😀 §") == '"漢字 é Ж 😀 §"'
    assert [
        char for char in "a é漢😀\u00a0\u0301\u212b\u200d\ufe0f\u2028\ue000\u1100" if is_fragile(char)
    ] == list("\u00a0\u0301\u212b\u200d\ufe0f\u2028\ue000\u1100")
