"""Which entries of a palette fit what was typed, the best ones first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def rank(typed: str, title: str) -> int | None:
    """How well a title fits, 0 is best; None where it does not. Each typed word has to begin a word of the
    title, stand in it, or, at worst, have its letters there in their order; case does not count.
    """
    words, whole = title.casefold().split(), title.casefold()
    worst = 0
    for part in typed.casefold().split():
        if any(word.startswith(part) for word in words):
            continue
        if part in whole:
            worst = max(worst, 1)
        elif _initials(part, words):
            worst = max(worst, 2)
        elif _in_order(part, whole):
            worst = max(worst, 3)
        else:
            return None
    return worst


def best(typed: str, entries: Iterable[tuple[str, T]]) -> Sequence[T]:
    """The entries whose titles fit; those that fit equally well keep their order."""
    ranked = [(found, entry) for title, entry in entries if (found := rank(typed, title)) is not None]
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def _initials(part: str, words: Sequence[str]) -> bool:
    return "".join(word[0] for word in words).startswith(part)


def _in_order(part: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in part)
