"""The composed form of a body: strings change, everything else stays."""

from __future__ import annotations

from unicodedata import is_normalized

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.json.normal_form import normalised
from coldbyte.core.json.value import Spelled
from coldbyte.core.text.text import Text

STRINGS = st.text(alphabet="e\u0301é가\u1100\u1161", max_size=6)
TREES = st.recursive(
    STRINGS | st.integers() | st.none() | st.booleans(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(STRINGS, part, max_size=3),
)


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [found for item in value.values() for found in strings(item)]
    if isinstance(value, list):
        return [found for item in value for found in strings(item)]
    return [value] if isinstance(value, str) else []


@given(st.dictionaries(STRINGS, TREES))
def test_all_strings_are_composed_and_keys_stay(tree: dict[str, object]) -> None:
    formed = normalised(tree)  # type: ignore[arg-type]
    assert list(formed) == list(tree)
    assert all(is_normalized("NFC", text) for text in strings(formed))
    assert len(strings(formed)) == len(strings(tree))
    assert normalised(formed) == formed


def test_texts_and_spelled_numbers_are_kept_where_nothing_changes() -> None:
    composed, decomposed, number = Text.from_str("é"), Text.from_str("e\u0301"), Spelled("1.0e3")
    formed = normalised({"a": composed, "b": decomposed, "c": number})
    assert formed["a"] is composed
    assert formed["b"] == composed
    assert formed["c"] is number
