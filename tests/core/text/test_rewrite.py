"""Replacing many stretches at once touches these stretches and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.rewrite import Rewrite, rewritten
from coldbyte.core.text.text import Piece, Text

STRINGS = st.text(st.sampled_from([*"ab\r\n", "😀", "\u00a0"]), max_size=12)


def units(chars: str) -> int:
    return len(chars.encode("utf-16-le")) // 2


@given(st.lists(STRINGS, max_size=5), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), STRINGS)))
def test_pieces_make_no_difference(parts: list[str], wanted: list[tuple[int, int, str]]) -> None:
    text = Text(tuple(Piece(part, part.encode()) for part in parts if part))
    chars, place, edits, result = str(text), 0, [], ""
    for gap, length, new in wanted:
        start = min(place + gap, len(chars))
        stop = min(start + length, len(chars))
        result += chars[place:start] + new
        edits.append((units(chars[:start]), units(chars[:stop]), new))
        place = stop
    assert str(rewritten(text, edits)) == result + chars[place:]


def test_pieces_without_a_hit_are_shared() -> None:
    text = Text.from_str("x" * 300_000)
    new = rewritten(text, [(70_000, 70_001, "yy")])
    assert str(new) == "x" * 70_000 + "yy" + "x" * 229_999
    assert [piece for piece in text.pieces if any(piece is one for one in new.pieces)] == [
        text.pieces[0],
        *text.pieces[2:],
    ]


def test_a_rewrite_counts_what_it_did() -> None:
    rewrite = Rewrite(Text.from_str("aXbX"), [(1, 2, ""), (3, 4, "")])
    while not rewrite.is_done:
        rewrite.step()
    assert (str(rewrite.text), rewrite.count) == ("ab", 2)
