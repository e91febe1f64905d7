"""What is searched for, and texts made ready for it: case and accents make no difference.

The index holds words. Of scripts that put no space between words it holds pairs of neighbouring characters,
so that every stretch of such a text is found by its pairs; that they stand together is looked at afterwards.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

MOST_TERMS = 32
"""Of one query; what comes behind is not looked for."""

_AROUND = 60  # characters of an excerpt on either side
_ESCAPES = re.compile(r'(?:\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]))+')
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[^\W_]+")
_SPACELESS = (  # Thai, Lao, Burmese, Khmer, Japanese, Chinese; Korean, which puts endings to its words
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_SPACELESS}]+")
_UNIT = re.compile(f"[{_SPACELESS}]+|[^\\W_{_SPACELESS}]+")
_QUOTED = re.compile(r'"([^"]*)"?|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together, in the form of the index; the last one perhaps only `begun`.

    `grams` are the entries of the index that a text with the term has; where they don't prove it, `loose`
    says so, and `pattern` has to be looked for in the folded text.
    """

    grams: tuple[str, ...]
    begun: bool
    loose: bool
    pattern: re.Pattern[str] = field(compare=False)


def plain(piece: bytes) -> str:
    """The text of bytes that may hold JSON: its escapes are undone; what is not sound is replaced."""
    text = piece.decode("utf-8", "replace")
    if "\\" in text:
        text = _SURROGATE.sub("\ufffd", _ESCAPES.sub(_unescaped, text))
    return text


def folded(text: str) -> str:
    """Without case, accents and the differences of compatible characters."""
    if text.isascii():
        return text.lower()
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare).casefold()


def indexed(text: str) -> str:
    """What of a text goes into the index: its words, and pairs where nothing parts the words."""
    text = folded(_SURROGATE.sub(" ", text))
    return text if text.isascii() else _RUN.sub(_pairs, text)


def terms_of(query: str) -> tuple[Term, ...]:
    """The terms of a query; whatever is odd about it is passed over."""
    query = _SURROGATE.sub(" ", query)
    found = []
    for match in _QUOTED.finditer(query):
        quoted, word = match.groups()
        begun = word is not None and match.end() == len(query)
        if term := _term(folded(quoted if word is None else word), begun=begun):
            found.append(term)
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def excerpt(text: str, terms: Sequence[Term]) -> str:
    """The surroundings of the first term that the text holds, on one line; empty where it holds none."""
    low = folded(text)
    for term in terms:
        if match := term.pattern.search(low):
            first, last = match.start(), min(match.end(), match.start() + _AROUND)
            if len(low) != len(text):
                first, last = _place(text, first), _place(text, last)
            start, stop = max(0, first - _AROUND), last + _AROUND
            inside = " ".join(text[start:stop].split())
            return f"{'…' * (start > 0)}{inside}{'…' * (stop < len(text))}"
    return ""


def _term(text: str, *, begun: bool) -> Term | None:
    units = _UNIT.findall(text)
    if not units:
        return None
    grams: list[str] = []
    for unit in units:
        grams += [unit[at : at + 2] for at in range(len(unit) - 1)] if _RUN.match(unit) else [unit]
        if _RUN.match(unit) and len(unit) == 1:
            grams.append(unit)
    last = units[-1]
    spaceless = bool(_RUN.match(last))
    begun = begun or (spaceless and len(last) == 1)  # one character is the start of its pairs
    between = r"[\W_]*" if any(_RUN.match(unit) for unit in units) else r"[\W_]+"
    behind = "" if begun or spaceless else r"(?![^\W_])"
    before = "" if _RUN.match(units[0]) else r"(?<![^\W_])"
    pattern = re.compile(before + between.join(map(re.escape, units)) + behind)
    grams = list(dict.fromkeys(grams))
    return Term(tuple(grams), begun, len(grams) > 1, pattern)


def _place(text: str, folded_place: int) -> int:
    """About which character of a text stands at a place of the folded one."""
    sizes = accumulate(map(_folded_size, text))
    return next((place for place, end in enumerate(sizes) if end > folded_place), len(text))


@lru_cache(maxsize=4096)
def _folded_size(char: str) -> int:
    return len(folded(char))


def _pairs(match: re.Match[str]) -> str:
    run = match.group()
    return f" {' '.join(run[at : at + 2] for at in range(len(run)))} "


def _unescaped(match: re.Match[str]) -> str:
    run = match.group()
    if run == "\\n":
        return "\n"
    return str(json.loads(f'"{run}"'))
