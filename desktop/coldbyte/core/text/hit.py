"""Hits: where a search found something in a text, page by page, so that an edit moves them for nothing."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

Span = tuple[int, int]
"""Start and stop of a hit, as UTF-16 offsets; they are the same where nothing but a place was found."""


class Page:
    """The hits that begin in one stretch of a text, as UTF-16 offsets from its beginning, in order."""

    __slots__ = ("starts", "stops")

    def __init__(self) -> None:
        self.starts = array("q")
        self.stops = array("q")

    def __len__(self) -> int:
        return len(self.starts)

    def add(self, start: int, stop: int) -> None:
        """One more hit behind the others."""
        self.starts.append(start)
        self.stops.append(stop)

    def until(self, offset: int) -> Page:
        """The hits that end at or before `offset`."""
        count = bisect_right(self.stops, offset)
        if count == len(self):
            return self
        page = Page()
        page.starts, page.stops = self.starts[:count], self.stops[:count]
        return page


class Hits:
    """The hits of several pages, each with the offset at which its stretch begins.

    `is_complete` is False while some of the text was not looked at, `is_cut` says that there are more hits
    than are kept.
    """

    def __init__(
        self, pages: Sequence[tuple[int, Page]] = (), *, is_complete: bool = True, is_cut: bool = False
    ) -> None:
        self._bases = [base for base, _ in pages]
        self._pages = [page for _, page in pages]
        self._counts = list(accumulate(map(len, self._pages), initial=0))
        self.is_complete = is_complete
        self.is_cut = is_cut

    def __len__(self) -> int:
        return self._counts[-1]

    def __iter__(self) -> Iterator[Span]:
        for base, page in zip(self._bases, self._pages, strict=True):
            for start, stop in zip(page.starts, page.stops, strict=True):
                yield base + start, base + stop

    def __getitem__(self, index: int) -> Span:
        number = bisect_right(self._counts, index) - 1
        base, page, inside = self._bases[number], self._pages[number], index - self._counts[number]
        return base + page.starts[inside], base + page.stops[inside]

    def until(self, offset: int) -> Hits:
        """The hits that end at or before `offset`, as far as is known: the text behind it is another."""
        pages = []
        for base, page in zip(self._bases, self._pages, strict=True):
            pages.append((base, page.until(offset - base)))
        return Hits(pages, is_complete=False)

    def first_from(self, offset: int) -> int:
        """Index of the first hit that starts at or after `offset`; the number of hits where there is none."""
        number = max(bisect_right(self._bases, offset) - 1, 0)
        if number == len(self._pages):
            return len(self)
        return self._counts[number] + bisect_left(self._pages[number].starts, offset - self._bases[number])

    def index_of(self, span: Span) -> int | None:
        """Index of the hit at exactly this place."""
        index = self.first_from(span[0])
        return index if index < len(self) and self[index] == span else None

    def after(self, span: Span) -> int | None:
        """Index of the hit behind a selection, from the start again at the end; None without hits.

        A hit that is selected is passed over, and so is a place that was found where the cursor is.
        """
        if not len(self):
            return None
        own = self.index_of(span)
        index = own + 1 if own is not None else self.first_from(span[1])
        return index if index < len(self) else 0

    def before(self, span: Span) -> int | None:
        """Index of the hit before a selection, from the end again at the start; None without hits."""
        return (self.first_from(span[0]) or len(self)) - 1 if len(self) else None

    def between(self, start: int, stop: int) -> Iterator[Span]:
        """The hits that touch the text from `start` to `stop`."""
        index = self.first_from(start)
        if index and self[index - 1][1] > start:
            index -= 1
        while index < len(self) and (hit := self[index])[0] <= stop:
            yield hit
            index += 1
