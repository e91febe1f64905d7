"""Stretches of real text: a novel in plain ASCII, and a law with soft hyphens and curly quotes."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Literal

Source = Literal["novel", "law"]

_HERE = Path(__file__).parent
_FILES = {"novel": _HERE / "novel.txt", "law": _HERE.parents[1] / "resources" / "sample" / "gdpr.txt"}
_CUTS = {"novel": re.compile(r"\n\n+"), "law": re.compile(r"\n(?=\(\d+\) )")}
_GLUE = {"novel": "\n\n", "law": "\n"}
_TELLING = re.compile(  # words that could make a rule think of another cause than the one that is meant
    r"context|document|retriev|memor|user|tenant|locale|git|branch|director|folder|tree|\btabs?\b|\benv|summar"
    r"|remind|session|<|\brefs?\b",
    re.IGNORECASE,
)


class Shelf:
    """Deals passages, one after the other, so that no two blocks of a conversation hold the same text."""

    def __init__(self, rng: Random) -> None:
        self._next = {source: rng.randrange(len(_paragraphs(source))) for source in _FILES}

    def cut(self, size: int, source: Source = "novel") -> str:
        """Whole paragraphs of at least `size` characters together."""
        paragraphs, taken = _paragraphs(source), list[str]()
        while sum(map(len, taken)) < size:
            taken.append(paragraphs[self._next[source]])
            self._next[source] = (self._next[source] + 1) % len(paragraphs)
        return _GLUE[source].join(taken)


@lru_cache
def _paragraphs(source: Source) -> tuple[str, ...]:
    text = _FILES[source].read_text(encoding="utf-8")
    cut = (paragraph.strip("\n") for paragraph in _CUTS[source].split(text))
    return tuple(paragraph for paragraph in cut if paragraph and not _TELLING.search(paragraph))
