"""Watches what is pasted into an editor: names what is suspicious in it, and makes it ordinary on demand."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from coldbyte.core.finding.suspicion import Host, Kind, Suspecting, normal_run, runs
from coldbyte.core.text.hit import Span
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Deed
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.editor.edit_range import carried, newline_of

_SLICE_S = 0.005
_AROUND = 32_768  # units on each side that tell how the text is indented
_INDENTS = re.compile("^(?:(\t)|  )", re.MULTILINE)


class PasteGuard(QObject):
    """The last paste that was suspicious: where it is now, and what it carries."""

    suspected = Signal(object)  # tuple[Suspicion, ...]: of a paste that was just made
    settled = Signal()  # there is nothing to decide any more

    def __init__(self, editor: BlockEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._last: Span = (0, 0)  # what the last edit put in
        self._span: Span | None = None
        self._host = Host()
        self._work: Iterator[None] | None = None
        self._working = QTimer(self, interval=0)
        self._working.timeout.connect(self._go_on)
        editor.done.connect(self._follow)
        editor.pasted.connect(self._look)
        editor.shown_anew.connect(self.keep)

    @property
    def span(self) -> Span | None:
        """Where the paste is that is to be decided on."""
        return self._span

    @property
    def host(self) -> Host:
        """The text around the paste."""
        return self._host

    def keep(self) -> None:
        """Leave the paste as it is."""
        self._end_work()
        if self._span is not None:
            self._span = None
            self.settled.emit()

    def normalise(self, kinds: Collection[Kind]) -> None:
        """Make the characters of these kinds ordinary, in the paste only, as one step of undo."""
        if self._span is not None and not self._editor.isReadOnly():
            self._begin(self._normalised(self._editor.text, self._span, frozenset(kinds)))

    def _follow(self, deed: Deed) -> None:
        """The text was edited: the paste may have moved, or be gone."""
        change = deed.change
        self._last = change.start, change.end
        if self._span is None:
            return
        start, stop = self._span
        if change.start <= start and change.stop >= stop:
            self.keep()
            return
        if not change.removed and change.start == start:
            start = change.end
            stop += change.end - change.start
        else:
            start = carried(start, change.start, change.stop, change.end)
            stop = carried(stop, change.start, change.stop, change.end)
        self._span = start, stop

    def _look(self, chars: str) -> None:
        """Something was pasted."""
        self.keep()
        self._span = self._last
        self._host = _host(self._editor.text, self._span)
        self._begin(self._suspected(chars))

    def _suspected(self, chars: str) -> Iterator[None]:
        suspecting = Suspecting(self._host)
        for run in runs(chars):
            suspecting.read(run)
            yield
        found = suspecting.suspicions
        if all(one.is_quiet for one in found):
            self._span = None
        else:
            self.suspected.emit(found)

    def _normalised(self, text: Text, span: Span, kinds: frozenset[Kind]) -> Iterator[None]:
        parts = []
        for run in runs(text.slice(*span)):
            parts.append(normal_run(run, kinds, self._host))
            yield
        if self._editor.text is text:
            self._editor.apply_text(text.replace(*span, "".join(parts)))
            self.keep()

    def _begin(self, work: Iterator[None]) -> None:
        """Do a slice of some work now and the rest in the pauses of the event loop."""
        self._work = work
        self._working.start()
        self._go_on()

    def _end_work(self) -> None:
        self._work = None
        self._working.stop()

    def _go_on(self) -> None:
        work, until = self._work, time.perf_counter() + _SLICE_S
        while work is not None and work is self._work and time.perf_counter() < until:
            try:
                next(work)
            except StopIteration:
                if work is self._work:
                    self._end_work()


def _host(text: Text, span: Span) -> Host:
    """The text around a paste."""
    start, stop = span
    end: Literal["\r\n", "\n"] = "\r\n" if newline_of(text.replace(start, stop, "")) == "\r\n" else "\n"
    around = text.slice(max(start - _AROUND, 0), start) + text.slice(stop, min(stop + _AROUND, text.utf16))
    tabs = spaces = 0
    for found in _INDENTS.finditer(around):
        tabs, spaces = tabs + bool(found[1]), spaces + (not found[1])
    return Host(end, "" if not tabs + spaces else "tabs" if tabs > spaces else "spaces")
