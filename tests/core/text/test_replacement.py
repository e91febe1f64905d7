"""The smallest replacement that makes one text of another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.replacement import difference
from coldbyte.core.text.text import Text

CHARS = st.text(st.sampled_from("ab\r\né\u2028\u2029😀😁"), max_size=12)


@given(CHARS, CHARS)
def test_the_replacement_makes_the_other_text(one: str, two: str) -> None:
    before, after = Text.from_str(one), Text.from_str(two)
    found = difference(before, after)
    if found is None:
        assert one == two
        return
    start, stop, chars = found
    assert before.replace(start, stop, chars) == after
    gone = before.slice(start, stop)
    assert gone[:1] != chars[:1] or not chars
    assert gone[-1:] != chars[-1:] or not chars


def test_a_letter_in_the_middle_is_all_that_is_replaced() -> None:
    before = Text.from_str("x" * 300_000)
    assert difference(before, before.replace(150_000, 150_001, "é")) == (150_000, 150_001, "é")
