"""Finding in whichever editor the user is: the commands, and the process that runs regular expressions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from coldbyte.core.text.pattern import PatternAnswer, PatternJob
from coldbyte.core.text.search import Query
from coldbyte.state.tasks import Tasks
from coldbyte.ui.editor.editor_frame import EditorFrame
from coldbyte.ui.main_window import MainWindow


class PatternSearch(Protocol):
    """Whoever runs regular expressions."""

    async def search(self, job: PatternJob, take: Callable[[PatternAnswer], None]) -> None:
        """Hand over the hits as they are found."""


class FindFlow(QObject):
    """What was searched for in one editor can be searched for in the next."""

    def __init__(self, window: MainWindow, search: PatternSearch, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._pattern_search = search
        self._tasks = tasks
        self._last: EditorFrame | None = None
        self._query: Query | None = None
        window.action("find").triggered.connect(partial(self._open, False))
        window.action("replace").triggered.connect(partial(self._open, True))
        window.action("find_next").triggered.connect(lambda: self._go_on(backward=False))
        window.action("find_previous").triggered.connect(lambda: self._go_on(backward=True))

    def search(self, job: PatternJob, take: Callable[[PatternAnswer], None]) -> Callable[[], None]:
        """Search for an expression; the result gives the search up."""
        task = self._tasks.start("search a text", self._pattern_search.search(job, take))

        def give_up() -> None:
            task.cancel()

        return give_up

    def _open(self, replacing: bool, _checked: bool = False) -> None:
        frame = self._frame()
        if frame is not None:
            frame.open_find(replacing=replacing, known=self._query, patterns=self)

    def _go_on(self, *, backward: bool) -> None:
        frame = self._frame()
        if frame is not None:
            frame.find_again("backward" if backward else "forward", known=self._query, patterns=self)

    def _frame(self) -> EditorFrame | None:
        """Where the keyboard is, else where it was last, else the first that can be seen."""
        self._note_query()
        frame = _around(self._window.focusWidget())
        if frame is None and self._is_shown(self._last):
            frame = self._last
        if frame is None:
            frames = (_around(stack.editor) for stack in self._window.stacks)
            frame = next((one for one in frames if self._is_shown(one)), None)
        if frame is not None and frame is not self._last:
            self._last = frame
            frame.destroyed.connect(partial(self._forget, id(frame)))
        return frame

    def _note_query(self) -> None:
        if self._last is not None and self._last.query is not None and self._last.query.words:
            self._query = self._last.query

    def _is_shown(self, frame: EditorFrame | None) -> bool:
        return frame is not None and frame.isVisibleTo(self._window)

    def _forget(self, number: int, _gone: object = None) -> None:
        if self._last is not None and id(self._last) == number:
            self._last = None


def _around(widget: QWidget | None) -> EditorFrame | None:
    """The frame in which a widget stands."""
    while widget is not None and not isinstance(widget, EditorFrame):
        widget = widget.parentWidget()
    return widget
