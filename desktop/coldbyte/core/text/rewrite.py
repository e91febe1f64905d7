"""Replacing many stretches of a text at once; pieces that hold none of them stay shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coldbyte.core.text.text import Piece, Text


class Rewrite:
    """A text whose stretches become others, piece by piece: each `step` takes one on, `text` is the result.

    The edits are UTF-16 offsets with the new characters, in order, and don't overlap.
    """

    def __init__(self, text: Text, edits: Iterable[tuple[int, int, str]]) -> None:
        self._pieces = iter(text.pieces)
        self._edits = iter(edits)
        self._edit = next(self._edits, None)
        self._base = 0  # where the next piece starts
        self._new: list[Piece] = []
        self._run: list[str] = []  # characters that are no piece yet
        self._skip = 0  # units of the next piece that were replaced already
        self.is_done = False
        self.count = 0

    @property
    def text(self) -> Text:
        """The result, once all is done."""
        return Text(tuple(self._new))

    def step(self) -> None:
        """Take on the next piece."""
        piece = next(self._pieces, None)
        if piece is None:
            while self._edit is not None:
                self._put_edit()
            self._close_run()
            self.is_done = True
            return
        end = self._base + piece.utf16
        touched = self._skip or (self._edit is not None and self._edit[0] < end)
        if touched:
            self._run += self._parts(piece, end)
        else:
            self._close_run()
            self._new.append(piece)
        self._base = end

    def _parts(self, piece: Piece, end: int) -> Iterator[str]:
        """What a piece becomes."""
        cut = _Cutter(piece)
        place = self._base + self._skip
        self._skip = 0
        while self._edit is not None and self._edit[0] < end and place <= end:
            start, stop, chars = self._edit
            yield cut.between(place - self._base, start - self._base)
            yield chars
            self.count += 1
            place = stop
            self._edit = next(self._edits, None)
        if place > end:
            self._skip = place - end
        else:
            yield cut.between(place - self._base, piece.utf16)

    def _put_edit(self) -> None:
        assert self._edit is not None
        self._run.append(self._edit[2])
        self.count += 1
        self._edit = next(self._edits, None)

    def _close_run(self) -> None:
        chars = "".join(self._run)
        self._run.clear()
        if chars:
            self._new += Text.from_str(chars).pieces


class _Cutter:
    """Cuts the characters of a piece from front to back by UTF-16 offsets."""

    def __init__(self, piece: Piece) -> None:
        self._chars = piece.chars
        self._data = None if piece.utf16 == len(piece.chars) else piece.chars.encode("utf-16-le")

    def between(self, start: int, stop: int) -> str:
        if self._data is None:
            return self._chars[start:stop]
        return self._data[2 * start : 2 * stop].decode("utf-16-le")


def rewritten(text: Text, edits: Iterable[tuple[int, int, str]]) -> Text:
    """The whole of a rewrite at once."""
    rewrite = Rewrite(text, edits)
    while not rewrite.is_done:
        rewrite.step()
    return rewrite.text
