"""Syntax colours of the lines that can be seen, as formats of their layouts; the document stays plain.

A line gets its colours when it comes into sight or is edited. Which ones it has is noted in the state of its
block, which Qt carries along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextLayout

from coldbyte.core.text.invisible import stand_in
from coldbyte.core.text.syntax import (
    FARTHEST,
    Kind,
    Language,
    State,
    Stretch,
    language_of,
    state_after,
    state_behind,
    state_in_row,
    stretches,
)
from coldbyte.ui.editor.shown_text import ShownText
from coldbyte.ui.role import Role
from coldbyte.ui.theme import current_theme

_ROLES: dict[Kind, Role] = {
    "key": "syntax_key",
    "string": "syntax_string",
    "number": "syntax_number",
    "tag": "syntax_tag",
    "heading": "syntax_heading",
    "code": "syntax_code",
    "quiet": "muted",
}
_BOLD: tuple[Kind, ...] = ("heading", "strong")
_START = 400  # characters by which the language is told
_MOST_KNOWN = 500  # lines
_BARE = -1  # Qt's own word for a block without a state

_CR = stand_in("\r")  # stands at the end of the line in a document

_Look = tuple[str, Language, State, bool]


class SyntaxCoat:
    """Colours the blocks it is shown."""

    def __init__(self, shown: ShownText) -> None:
        self._shown = shown
        self.is_on = True
        self.language: Language | None = None
        self._looks: dict[_Look, int] = {}
        self._last = 0
        self._formats: dict[Kind, QTextCharFormat] | None = None

    def forget(self) -> None:
        """The colours are others now."""
        self._looks.clear()
        self._formats = None

    def drop(self, block: QTextBlock) -> None:
        """Qt has put formats of its own on a block: those of what an input method composes."""
        block.setUserState(_BARE)

    def put_on(self, blocks: Sequence[tuple[QTextBlock, QRectF]]) -> Iterator[QRectF]:
        """Give neighbouring blocks their colours; the places of those that look different now."""
        if not self.is_on or not self._has_formats():
            yield from self._take_off(blocks)
            return
        language = self.language or language_of(self._shown.text.slice(0, _START))
        state: State | None = None
        for block, place in blocks:
            continued = self._shown.rows.is_break(block.position() - 1)
            line = block.text().rstrip(_CR)
            if language == "json":
                state = state_in_row(line) if continued else ""
            elif state is None:
                state = self._state_before(block.position())
            if self._put_on(block, (line, language, state, continued)):
                yield place
            if language == "prompt" and not continued:
                state = state_after(line, state)

    def _put_on(self, block: QTextBlock, look: _Look) -> bool:
        """Whether the block looks different now."""
        number = self._looks.get(look)
        if number is not None and number == block.userState():
            return False
        if block.layout().preeditAreaText():
            return False
        if number is None:
            if len(self._looks) > _MOST_KNOWN:
                self._looks.clear()
            self._last += 1
            number = self._looks[look] = self._last
        line, language, state, continued = look
        found = stretches(line, language, state, continued=continued)
        had = block.userState() != _BARE
        block.setUserState(number)
        if found or had:
            _set_formats(block, [self._range(stretch) for stretch in found])
        return bool(found or had)

    def _take_off(self, blocks: Sequence[tuple[QTextBlock, QRectF]]) -> Iterator[QRectF]:
        for block, place in blocks:
            if block.userState() != _BARE:
                block.setUserState(_BARE)
                _set_formats(block, [])
                yield place

    def _range(self, stretch: Stretch) -> QTextLayout.FormatRange:
        assert self._formats is not None
        made = QTextLayout.FormatRange()
        made.start, made.length = stretch[0], stretch[1] - stretch[0]
        made.format = self._formats[stretch[2]]
        return made

    def _state_before(self, position: int) -> State:
        start = self._shown.rows.to_value(position)
        return state_behind(self._shown.text.slice(max(start - FARTHEST, 0), start))

    def _has_formats(self) -> bool:
        """Whether there is a theme to take colours from."""
        if self._formats is None:
            try:
                theme = current_theme()
            except RuntimeError:
                return False
            self._formats = {}
            for kind in (*_ROLES, *_BOLD):
                made = self._formats[kind] = QTextCharFormat()
                if kind in _ROLES:
                    made.setForeground(theme.color(_ROLES[kind]))
                if kind in _BOLD:
                    made.setFontWeight(QFont.Weight.Bold)
        return True


def _set_formats(block: QTextBlock, formats: list[QTextLayout.FormatRange]) -> None:
    """Change the look of a block and nothing else.

    Qt would report the block as edited with the next edit, and would paint everything in sight again: the
    layout is told at once, and tells nobody.
    """
    document = block.document()
    layout = document.documentLayout()
    blocked = layout.blockSignals(True)
    block.layout().setFormats(formats)
    document.markContentsDirty(block.position(), block.length())
    layout.blockSignals(blocked)
