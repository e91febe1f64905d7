"""The rule for two requests that are no versions of one conversation: a side task, a title, a judge."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import takewhile

from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.rule.history_rule import mentions_summary
from coldbyte.core.rule.leftover import Leftover, is_content
from coldbyte.core.text.text import Text, common_suffix, first_difference

_SMALL = 256  # bytes that one of two requests holds at least, to be told to have nothing in common
_EQUAL = 0.2  # part of the stored bytes that two versions of a conversation have in common at least
_LIKE = 0.5  # part of the longer first message that both have, if it is the same message
_SAMPLES, _SAMPLE = 8, 16_384  # how many places of a long text are looked at, and bytes at each
_RUN = 4  # words in a row that two unlike texts seldom share
_NUMBER = re.compile(r"\d+")


def is_other_stream(comparison: Comparison) -> bool:
    """Whether the first user message differs, and next to nothing of what was stored is equal."""
    before, after = comparison.before, comparison.after
    if comparison.identical or max(map(_size, (before, after))) < _SMALL:
        return False
    one, two = _first_message(before), _first_message(after)
    if _like(one, two) >= _LIKE or mentions_summary(two):
        return False
    stored = before.breakpoints[-1] + 1 if before.breakpoints else len(before.blocks)
    counted = [index for index in range(stored) if before.blocks[index].kind != "setting"]
    total = sum(before.blocks[index].size for index in counted)
    return _equal(comparison, counted) < total * _EQUAL


def _equal(comparison: Comparison, indexes: list[int]) -> int:
    """Bytes of some old blocks that the new prefix has, too: whole blocks, and both ends of edited ones."""
    left = Leftover(comparison)
    tools = Counter(_key(block) for block in comparison.after.blocks if block.kind == "tool")
    equal = 0
    for index in indexes:
        block = comparison.before.blocks[index]
        step = left.gone.get(index)
        if not is_content(block):
            equal += block.size if tools[_key(block)] > 0 else 0
            tools[_key(block)] -= 1
        elif step is None or step.kind == "moved":
            equal += block.size
        elif step.kind == "edited":
            equal += _shared(block.content, comparison.after.blocks[step.after].content)
    return equal


def _key(block: PrefixBlock) -> tuple[bytes, bytes]:
    return block.head, block.content.digest


def _size(prefix: Prefix) -> int:
    return sum(block.size for block in prefix.blocks if block.kind != "setting")


def _first_message(prefix: Prefix) -> Text:
    """All text of the first turn, which is the user's."""
    blocks = [block for block in prefix.blocks if block.tier == "messages" and is_content(block)]
    turn = takewhile(lambda block: block.role == blocks[0].role, blocks)
    return Text(tuple(piece for block in turn if block.kind == "text" for piece in block.content.pieces))


def _like(one: Text, two: Text) -> float:
    longer = max(one.size, two.size)
    return _shared(one, two) / longer if longer else 1.0


def _shared(one: Text, two: Text) -> int:
    """Bytes that two texts have in common: at both ends or, by a sample, as runs of words."""
    first = first_difference(one, two)
    if first is None:
        return one.size
    smaller = min(one.size, two.size)
    ends = first + common_suffix(one, two, smaller - first)
    if 2 * ends >= smaller:
        return ends
    left, right = _runs(one), _runs(two)
    fewer = min(len(left), len(right))
    return max(ends, smaller * len(left & right) // fewer if fewer else 0)


def _runs(text: Text) -> set[tuple[str, ...]]:
    """Runs of words in samples of a text; white space, case, normal form and numbers do not count."""
    step = max(text.size // _SAMPLES, 1)
    found: set[tuple[str, ...]] = set()
    for start in range(0, text.size, max(step, _SAMPLE)):
        data = text.slice_bytes(start, min(start + _SAMPLE, text.size))
        chars = unicodedata.normalize("NFKC", data.decode(errors="ignore")).casefold()
        words = _NUMBER.sub("0", chars).split()
        size = min(_RUN, len(words))
        found.update(tuple(words[at : at + size]) for at in range(len(words) - size + 1) if size)
    return found
