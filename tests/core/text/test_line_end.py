"""Line ends are counted over piece borders and changed without touching anything else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.line_end import LineEnds, line_ends, with_line_ends
from coldbyte.core.text.text import EMPTY, Piece, Text

runs = st.lists(st.text(alphabet="\r\n\v\x85\u2028aé😀", min_size=1, max_size=5), max_size=12)


def cut(*runs: str) -> Text:
    """A text whose pieces are exactly these runs."""
    return Text(tuple(Piece(run, run.encode()) for run in runs))


def counted(chars: str) -> LineEnds:
    found = re.findall(r"\r\n|\r|\n", chars)
    return LineEnds(found.count("\n"), found.count("\r\n"), found.count("\r"))


@given(runs)
def test_line_ends_are_counted_wherever_the_text_is_cut(runs: list[str]) -> None:
    assert line_ends(cut(*runs)) == counted("".join(runs))


def test_a_crlf_that_two_pieces_share_is_one_line_end() -> None:
    assert line_ends(cut("a\r", "\nb")) == LineEnds(lf=0, crlf=1, cr=0)


def test_a_piece_counts_anew_beside_another_neighbour() -> None:
    shared = Piece("\nb", b"\nb")
    behind_cr = Text((Piece("a\r", b"a\r"), shared))
    behind_letter = Text((Piece("a", b"a"), shared))
    assert line_ends(behind_cr) == LineEnds(lf=0, crlf=1, cr=0)
    assert line_ends(behind_letter) == LineEnds(lf=1, crlf=0, cr=0)


@pytest.mark.parametrize(
    ("chars", "lines"),
    [("", 1), ("a", 1), ("a\n", 2), ("a\nb", 2), ("a\r\nb\rc\nd", 4), ("\u2028\x85\v", 1)],
)
def test_a_last_line_without_an_end_is_a_line(chars: str, lines: int) -> None:
    assert line_ends(Text.from_str(chars)).lines == lines


@given(runs, st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_gets_the_wanted_end_and_all_else_stays(runs: list[str], end: str) -> None:
    changed = with_line_ends(cut(*runs), end)
    assert re.split(r"\r\n|\r|\n", str(changed)) == re.split(r"\r\n|\r|\n", "".join(runs))
    ends = line_ends(changed)
    assert {"\n": ends.lf, "\r\n": ends.crlf, "\r": ends.cr}[end] == ends.lines - 1
    assert with_line_ends(changed, end) == changed


def test_an_empty_text_has_no_line_end() -> None:
    assert line_ends(EMPTY) == LineEnds(0, 0, 0)
    assert with_line_ends(EMPTY, "\r\n") == EMPTY
