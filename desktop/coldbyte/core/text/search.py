"""Searching a text for words, piece by piece: what was found in a piece stays true while it is not edited.

Regular expressions are another matter (`core.text.pattern`): they can match anything from anywhere, and
take for ever about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from coldbyte.core.text.escape import EscapeError, unescaped
from coldbyte.core.text.hit import Hits, Page
from coldbyte.core.text.text import Piece, Text
from coldbyte.core.text.text_history import utf16_length

MOST_HITS = 1_000_000
"""Hits that are kept; whoever has more wants another search."""
LONGEST = 10_000
"""Code points that can be searched for."""

_Key = tuple[int, str, str, int]
Known = dict[_Key, tuple[Piece, Page, int]]
"""What was found in pieces; each is kept with its piece, whose identity is in the key."""


class QueryError(ValueError):
    """What can't be searched for: `say` in plain words, `at` the place in code points where it is known."""

    def __init__(self, say: str, at: int | None = None) -> None:
        super().__init__(say)
        self.say = say
        self.at = at


@dataclass(frozen=True, slots=True)
class Query:
    r"""What is searched for: `words`, in capitals and small letters as they are (`case`), as `whole_words`.

    `regex`: they are a regular expression; `escapes`: they may hold escapes such as \\u00a0.
    """

    words: str = ""
    case: bool = False
    whole_words: bool = False
    regex: bool = False
    escapes: bool = False


class Search:
    """A query without regular expression, made ready. Raise QueryError where it can't be."""

    def __init__(self, query: Query) -> None:
        words = literal(query.words, escapes=query.escapes)
        if not words:
            raise QueryError("nothing to search for")
        if len(words) > LONGEST:
            raise QueryError(f"more than {LONGEST:,} characters")
        pattern = re.escape(words)
        if query.whole_words:
            pattern = ("(?<!\\w)" * _is_letter(words[0])) + pattern + ("(?!\\w)" * _is_letter(words[-1]))
        self.pattern = re.compile(pattern, 0 if query.case else re.IGNORECASE)
        self.reach = len(words)
        """Code points behind a piece that are read with it."""


class Scan:
    """A search under way: each `step` looks at one piece that is not in `known`, which it adds to.

    It begins at the piece `first`, so that what is in sight comes first, and counts from the start then.
    """

    def __init__(self, text: Text, search: Search, known: Known, first: int = 0) -> None:
        self.text = text
        self._search = search
        self._known = known
        self._pages: list[Page | None] = [None] * len(text.pieces)
        self._first = min(first, len(text.pieces))
        self._next = self._first
        self._carry = 0
        self._counting = self._first == 0
        self._found = 0

    @property
    def is_done(self) -> bool:
        """Whether all was looked at, or enough was found."""
        return self._counting and (self._next == len(self._pages) or self._found > MOST_HITS)

    @property
    def hits(self) -> Hits:
        """What was found so far."""
        base, pages = 0, []
        for piece, page in zip(self.text.pieces, self._pages, strict=True):
            if page is not None:
                pages.append((base, page))
            base += piece.utf16
        return Hits(pages, is_complete=self.is_done, is_cut=self._found > MOST_HITS)

    def step(self) -> None:
        """Go on until one piece was read that was not known."""
        while not self.is_done:
            if not self._counting and self._next == len(self._pages):
                self._counting, self._next, self._carry = True, 0, 0
                continue
            index = self._next
            key = self._key(index)
            known = self._known.get(key)
            if known is None:
                piece = self.text.pieces[index]
                known = self._known[key] = (piece, *_read(self._search, piece, *key[1:]))
                self._take(known)
                return
            self._take(known)

    def _take(self, known: tuple[Piece, Page, int]) -> None:
        _, page, self._carry = known
        self._pages[self._next] = page
        self._next += 1
        if self._counting:
            self._found += len(page)

    def _key(self, index: int) -> _Key:
        """A piece, the character before it, those behind it that are read with it, and how much of its start
        the last hit took.
        """
        pieces = self.text.pieces
        before = pieces[index - 1].chars[-1] if index else ""
        after, follower = "", index + 1
        while len(after) < self._search.reach and follower < len(pieces):
            after += pieces[follower].chars[: self._search.reach - len(after)]
            follower += 1
        return id(pieces[index]), before, after, self._carry


def literal(words: str, *, escapes: bool) -> str:
    """The characters that are meant. Raise QueryError for a wrong escape."""
    if not escapes:
        return words
    try:
        return unescaped(words)
    except EscapeError as error:
        raise QueryError(error.say, error.at) from None


def piece_at(text: Text, offset: int) -> int:
    """Index of the piece that holds the UTF-16 `offset`."""
    for index, piece in enumerate(text.pieces):
        if offset < piece.utf16:
            return index
        offset -= piece.utf16
    return max(len(text.pieces) - 1, 0)


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"


def _read(search: Search, piece: Piece, before: str, after: str, carry: int) -> tuple[Page, int]:
    """The hits that begin in a piece, and how many characters the last one takes of what follows."""
    subject = f"{before}{piece.chars}{after}"
    origin, end = len(before), len(before) + len(piece.chars)
    wide = piece.utf16 != len(piece.chars)
    page = Page()
    stop = done = origin
    units = 0
    for match in search.pattern.finditer(subject, origin + carry):
        if match.start() >= end:
            break
        start, stop = match.span()
        if wide:
            units += utf16_length(subject[done:start])
            page.add(units, units + utf16_length(match[0]))
            done = start
        else:
            page.add(start - origin, start - origin + utf16_length(match[0]))
    return page, max(stop - end, 0)
