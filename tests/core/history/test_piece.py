"""Cutting loses nothing, and an edit changes the pieces beside it only."""

from __future__ import annotations

import json
import random
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.history.piece import LEAST, MOST, cut, cut_large

BITS = [
    b'{"role":"user","content":"',
    b'"},',
    b'{"role": "assistant"',
    b'],"max_tokens":1}',
    b"]}",
    b"\\n",
    b" ",
    b"\\",
]
BYTES = st.binary(max_size=300) | st.lists(st.sampled_from(BITS) | st.binary(max_size=9), max_size=40).map(
    b"".join
)
REPEATED = st.builds(
    lambda bit, times: bit * times, st.binary(min_size=1, max_size=9), st.integers(1, 40_000)
)


def words(seed: int, count: int, letters: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    rnd = random.Random(seed)
    return " ".join("".join(rnd.choices(letters, k=rnd.randint(1, 9))) for _ in range(count))


def chinese(seed: int, count: int) -> str:
    rnd = random.Random(seed)
    lines = (
        "".join(chr(rnd.randrange(0x4E00, 0x9000)) for _ in range(rnd.randint(4, 20))) for _ in range(count)
    )
    return "".join(line + rnd.choice("，。") for line in lines)


KINDS = {
    "words": words(1, 40_000),
    "Cyrillic": words(2, 20_000, "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    "Chinese": chinese(3, 6_000),
    "Base64": "".join(
        random.Random(4).choices(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", k=200_000
        )
    ),
    "numbers": json.dumps([random.Random(seed).random() for seed in range(20_000)], separators=(",", ":")),
    "lines": "\n".join(words(seed, 6) for seed in range(8_000)),
}


@given(BYTES | REPEATED)
def test_the_pieces_are_the_bytes(data: bytes) -> None:
    assert b"".join(cut(data)) == data == b"".join(cut_large(data))
    assert all(0 < len(piece) <= MOST for piece in (*cut(data), *cut_large(data)))


@pytest.mark.parametrize("escaped", [False, True], ids=["raw", "escaped"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_edit_changes_few_pieces(kind: str, escaped: bool) -> None:
    rnd = random.Random(6)
    text = KINDS[kind]
    before = set(cut(json.dumps({"text": text}, ensure_ascii=escaped).encode()))
    assert len(before) > 10
    new = 0
    for _ in range(20):
        place = rnd.randrange(len(text))
        edited = text[:place] + "Q" + text[place + rnd.randint(0, 1) :]
        new += len(set(cut(json.dumps({"text": edited}, ensure_ascii=escaped).encode())) - before)
    assert new <= 20 * 2.5


@pytest.mark.parametrize("kind", ["words", "Cyrillic", "Chinese", "lines"])
def test_no_word_is_cut_apart(kind: str) -> None:
    pieces = [piece.decode() for piece in cut(KINDS[kind].replace("\n", "\\n").encode())]
    for before, after in pairwise(pieces):
        assert not (
            re.match(r"\w", after) and re.search(r"\w\Z", before.removesuffix("\\n"))
        ) or before.endswith("\\n")


def test_pieces_of_a_text_are_neither_tiny_nor_huge() -> None:
    sizes = [len(piece) for piece in cut(KINDS["words"].encode())]
    assert min(sizes[:-1]) >= LEAST
    assert sum(sizes) / len(sizes) < 4 * LEAST


def test_the_next_turn_shares_all_messages_of_the_one_before() -> None:
    def body(turns: int, end: str) -> bytes:
        messages = [{"role": "user", "content": f"message {turn} " * 9} for turn in range(turns)]
        return (json.dumps({"model": "m", "messages": messages})[:-1] + end).encode()

    for end in ("}", ', "max_tokens": 5, "tools": []}', "\n}\n"):
        before, after = cut(body(20, end)), cut(body(22, end))
        assert len(set(after) - set(before)) == 2


@pytest.mark.parametrize(
    "bit",
    [
        b" ",
        b"a",
        b'"role"',
        b'{"role"',
        b'[{   "role"',
        b",",
        b"]",
        b"], ",
        b"\\",
        b"\\u4e00",
        b"\xff",
        b"]  " * 30,
    ],
)
def test_repetition_costs_no_more_than_its_bytes(bit: bytes) -> None:
    """A megabyte; a regular expression that goes back and forth would not come to an end."""
    data = bit * (1_000_000 // len(bit))
    assert b"".join(cut(data)) == data
