"""Token estimates: no tokenizer of today's models is published, so bytes are weighed by their class.

The estimate of a text is the sum over its bytes, whatever pieces it is cut into; an edit is estimated anew
for the pieces it touched only. Weights are thousandths of a token of the older tokenizer, fitted to one
public count (facts §8: a novel of 737,525 characters has 187,354 tokens); the newer one takes 1.3 times as
many.
"""

from __future__ import annotations

from coldbyte.core.catalogue import Tokenizer
from coldbyte.core.prefix import Prefix, PrefixBlock
from coldbyte.core.text import Piece, Text

_PER_CENT = {"2023": 100, "2026": 130}

_CLASSES: tuple[tuple[int, bytes], ...] = (  # weight in thousandths, the bytes that weigh it
    (228, bytes(range(0x61, 0x7B))),  # small letters
    (330, bytes(range(0x41, 0x5B))),  # capitals
    (480, b"0123456789"),
    (228, b" "),
    (540, b"\t\n\v\f\r"),
    (730, bytes(b for b in range(0x21, 0x7F) if not chr(b).isalnum())),  # punctuation
    (760, bytes(range(0xC2, 0xE0))),  # first byte of two: accents, Greek, Cyrillic, Hebrew, Arabic
    (1000, bytes(range(0xE0, 0xF0))),  # first byte of three: punctuation, Indic, Chinese, Japanese, Korean
    (2200, bytes(range(0xF0, 0xF5))),  # first byte of four: emoji
    (1000, bytes([*range(0x20), 0x7F])),  # control characters
)


def estimate_tokens(text: Text, tokenizer: Tokenizer) -> int:
    """Estimated number of tokens of a text."""
    thousandths = text.derived.get("token weight")
    if thousandths is None:
        thousandths = text.derived["token weight"] = sum(_weight(piece) for piece in text.pieces)
    return -(-thousandths * _PER_CENT[tokenizer] // 100_000)


def block_tokens(prefix: Prefix, tokenizer: Tokenizer) -> tuple[int, ...]:
    """Estimated tokens of each block of a prefix; settings take none."""
    return tuple(_of_block(block, tokenizer) for block in prefix.blocks)


def _of_block(block: PrefixBlock, tokenizer: Tokenizer) -> int:
    return 0 if block.kind == "setting" else estimate_tokens(block.content, tokenizer)


def _weight(piece: Piece) -> int:
    weight: int | None = piece.derived.get("token weight")
    if weight is None:
        classes = piece.data.translate(_TABLE)
        weight = sum(weight * classes.count(index) for index, (weight, _) in enumerate(_CLASSES, start=1))
        piece.derived["token weight"] = weight
    return weight


def _table() -> bytes:
    """For each byte the number of its class; later classes leave what earlier ones took; 0 weighs nothing."""
    table = bytearray(256)
    for index, (_, members) in reversed(list(enumerate(_CLASSES, start=1))):
        for member in members:
            table[member] = index
    return bytes(table)


_TABLE = _table()
