"""What a text weighs in tokens: no tokenizer of today's models is published, so runs and bytes are weighed.

A tokenizer takes most words as one token, whatever their length, and most runs of punctuation or spaces
likewise. So each run of a word, and each of marks and digits, has a weight, and each byte a small one more;
scripts that put no spaces between words are weighed by the character. The sum is the same whatever pieces a
text is cut into, as a run that goes on behind a cut is counted once; an edit weighs anew what it touched.

Sources: the weights were fitted, over prose, code, data and a hundred languages, to the only table that is
public, that of 2023 (npm @anthropic-ai/tokenizer), and the sum checked against the published count of a
novel. The newer tokenizer takes 1.3 times as many (facts §8); its digits rest on one recorded request.
"""

from __future__ import annotations

from collections.abc import Mapping

from coldbyte.core.cache.catalogue import Tokenizer
from coldbyte.core.text.text import Piece, Text

_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_CAPITALS = _LETTERS.upper()
_DIGITS = b"0123456789"
_MARKS = bytes(byte for byte in range(0x21, 0x7F) if not chr(byte).isalnum())
_WORD = _LETTERS + _CAPITALS + bytes([*range(0xC3, 0xE2), *range(0xEB, 0xEE)])
_LATER = bytes(range(0x80, 0xC0))  # the later bytes of a character weigh nothing
_BREAKS = b"\t\n\v\f\r"

_BYTES: tuple[tuple[int, bytes], ...] = (  # thousandths of an older token, the bytes that weigh so much
    (60, _LETTERS),
    (10, b" "),
    (134, _MARKS),
    (874, _BREAKS),
    (200, _CAPITALS),
    (490, _DIGITS),
    (500, b"\xc2"),  # no-break space, signs
    (2000, bytes(range(0xC3, 0xCC))),  # accented letters: each cuts its word in pieces
    (590, bytes(range(0xCC, 0xD6))),  # Greek, Cyrillic, Armenian
    (1000, bytes(range(0xD6, 0xE0))),  # Hebrew, Arabic
    (1450, b"\xe0\xe1"),  # Indic, Thai, Georgian, Khmer, letters with two accents
    (1600, b"\xe2\xee\xef"),  # dashes, quotes, symbols, wide forms
    (920, b"\xe3"),  # Japanese syllables
    (1090, bytes(range(0xE4, 0xEB))),  # Chinese
    (980, b"\xeb\xec\xed"),  # Korean
    (2600, bytes(range(0xF0, 0xF8))),  # emoji
    (1000, bytes(byte for byte in (*range(0x20), 0x7F) if byte not in _BREAKS)),  # control characters
)
_RUNS: tuple[tuple[int, bytes], ...] = ((830, _WORD), (874, _MARKS + _DIGITS))
_NEWER = 130  # per cent of the older tokenizer's tokens
_NEWER_DIGIT = 1000  # thousandths of a newer token

Weights = tuple[int, int]
"""Thousandths of a token, of the older and of the newer tokenizer."""

_INDEX: Mapping[Tokenizer, int] = {"2023": 0, "2026": 1}
_KEPT: Mapping[Tokenizer, str] = {"2023": "token weight 2023", "2026": "token weight 2026"}
_ENDS = "token run ends"


def weight_of(text: Text, tokenizer: Tokenizer) -> int:
    """Thousandths of a token that a text weighs."""
    weight = text.derived.get(_KEPT[tokenizer])
    if weight is None:  # what a text of one piece weighs is kept on the text alone
        weights = _weighed(text.encode()) if len(text.pieces) == 1 else _joined(text.pieces)
        for each, index in _INDEX.items():
            text.derived[_KEPT[each]] = weights[index]
        weight = weights[_INDEX[tokenizer]]
    return weight


def _joined(pieces: tuple[Piece, ...]) -> Weights:
    """The weights of many pieces, less the runs that were counted on both sides of a cut."""
    older = newer = before = 0
    for piece in pieces:
        kept = piece.derived
        if _ENDS not in kept:
            kept[_KEPT["2023"]], kept[_KEPT["2026"]] = _weighed(piece.data)
            kept[_ENDS] = 10 * _run_of(piece.chars[0]) + _run_of(piece.chars[-1])
        first, last = divmod(kept[_ENDS], 10)
        twice = _TWICE[first] if first == before else (0, 0)
        older += kept[_KEPT["2023"]] - twice[0]
        newer += kept[_KEPT["2026"]] - twice[1]
        before = last
    return older, newer


def _run_of(char: str) -> int:
    """In which kind of run a character stands: 1 for the first of `_RUNS` and so on, 0 for none."""
    first = char.encode()[:1]
    return next((kind for kind, (_, members) in enumerate(_RUNS, 1) if first in members), 0)


def _weighed(data: bytes) -> Weights:
    """The weights of UTF-8 that stands by itself. Each class is taken out of what those before it left.

    Letters and spaces, of which most texts are, go first and together: to take out bytes that alternate with
    others is slow.
    """
    rest = data if data.isascii() else data.translate(None, _LATER)
    older = newer = 0
    for weights, count in zip(_RUN_WEIGHTS, _runs(rest), strict=True):
        older += weights[0] * count
        newer += weights[1] * count
    left = rest.translate(None, _LETTERS + b" ")
    spaces = rest.count(b" ")
    for weights, count in ((_LETTER[0], len(rest) - len(left) - spaces), (_SPACE[0], spaces)):
        older += weights[0] * count
        newer += weights[1] * count
    rest = left
    for weights, members in _PASSES:
        if not rest:
            break
        left = rest.translate(None, members)
        count = len(rest) - len(left)
        older += weights[0] * count
        newer += weights[1] * count
        rest = left
    return older, newer


def _runs(data: bytes) -> tuple[int, int]:
    """How many runs of each kind there are: the bytes as one number, which is fast to compute with."""
    inside = int.from_bytes(data.translate(_RUN_TABLE), "big")
    starts = inside ^ (inside & (inside >> 8))
    ones = _ONES if len(data) <= _MOST else int.from_bytes(b"\x01" * len(data), "big")
    first = (starts & ones).bit_count()
    return first, starts.bit_count() - first


def _both(older: int) -> Weights:
    return older, older * _NEWER // 100


_LETTER, _SPACE, *_PASSES = (
    ((weight, _NEWER_DIGIT) if members == _DIGITS else _both(weight), members) for weight, members in _BYTES
)
_RUN_WEIGHTS = tuple(_both(weight) for weight, _ in _RUNS)
_RUN_TABLE = bytes(
    sum(kind for kind, (_, members) in enumerate(_RUNS, 1) if byte in members) for byte in range(256)
)
_MOST = 262_144  # bytes of the longest piece
_ONES = int.from_bytes(b"\x01" * _MOST, "big")
_TWICE = ((0, 0), *_RUN_WEIGHTS)
