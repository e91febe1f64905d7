"""Finding and replacing in the text of an editor: in slices, so that the window goes on meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Literal, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from coldbyte.core.text.hit import Hits, Page, Span
from coldbyte.core.text.pattern import PatternAnswer, PatternJob
from coldbyte.core.text.rewrite import Rewrite
from coldbyte.core.text.search import Known, Query, QueryError, Scan, Search, literal, piece_at
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Deed
from coldbyte.ui.editor.block_editor import BlockEditor

_SLICE_S = 0.005
_PAUSE_MS = 150  # after which an expression that is being written is tried
_MOST_KNOWN = 4  # times as many pieces as the text has

Way = Literal["forward", "backward", "here"]


class Patterns(Protocol):
    """Whoever can search for regular expressions without holding the window."""

    def search(self, job: PatternJob, take: Callable[[PatternAnswer], None]) -> Callable[[], None]:
        """Hand over the hits in the window's thread, as they are found. The result gives the search up."""


class TextFinder(QObject):
    """What is searched for in one editor, and its hits, which follow every edit."""

    changed = Signal()  # the hits, whether all are known, the one that is selected, the trouble
    replaced = Signal(int)  # so many hits became something else

    def __init__(self, editor: BlockEditor) -> None:
        super().__init__(editor)
        self.patterns: Patterns | None = None
        self._editor = editor
        self._query = Query()
        self._search: Search | None = None
        self._scan: Scan | None = None
        self._known: Known = {}
        self._hits = Hits()
        self._trouble = ""
        self._first_piece = 0
        self._wanted: Way | None = None
        self._work: Iterator[None] | None = None
        self._give_up: Callable[[], None] | None = None
        self._working = QTimer(self, interval=0)
        self._working.timeout.connect(self._go_on)
        self._pausing = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pausing.timeout.connect(self._ask)
        editor.done.connect(self._follow)
        editor.shown_anew.connect(self._start)

    @property
    def query(self) -> Query:
        """What is searched for."""
        return self._query

    @property
    def hits(self) -> Hits:
        """What was found so far."""
        return self._hits

    @property
    def trouble(self) -> str:
        """Why nothing can be found, in plain words; empty where it can."""
        return self._trouble

    @property
    def is_searching(self) -> bool:
        """Whether a part of the text was not looked at yet."""
        return not self._hits.is_complete and not self._trouble

    @property
    def current(self) -> int | None:
        """Index of the hit that is selected."""
        return self._hits.index_of(self._editor.selected_span)

    def set_query(self, query: Query, *, go: bool = True) -> None:
        """Search for something else; `go` to the first hit from where the selection begins."""
        self._query = query
        self._known.clear()
        self._wanted = "here" if go else None
        self._search, self._trouble = None, ""
        if query.words and not query.regex:
            try:
                self._search = Search(query)
            except QueryError as error:
                self._trouble = error.say
        self._start()

    def stop(self) -> None:
        """Search for nothing more."""
        self._query = Query(case=self._query.case, whole_words=self._query.whole_words)
        self.set_query(self._query, go=False)

    def go(self, way: Way) -> None:
        """Select the next hit, as soon as it is known."""
        self._wanted = way
        self._reach()

    def replace(self, written: str) -> None:
        """Replace the hit that is selected, and go to the next; without one, go to the next."""
        if self._editor.isReadOnly():
            return
        if self.current is None:
            self.go("forward")
        elif self._query.regex:
            start = self._editor.selected_span[0]
            self._ask_for([], written, start, 1, self._put_one)
        elif (chars := self._literal(written)) is not None:
            self._replace(self._editor.selected_span, chars)

    def replace_all(self, written: str) -> None:
        """Replace every hit, as one step of undo."""
        if self._editor.isReadOnly() or not self._query.words or self._trouble:
            return
        if self._query.regex:
            self._ask_for([], written, 0, None, self._put_all)
        elif (chars := self._literal(written)) is not None:
            self._begin(self._replaced_literally(chars))

    def _start(self) -> None:
        """Begin to search anew."""
        self._end_work()
        self._scan = None
        if self._query.regex and self._query.words:
            self._hits = Hits(is_complete=False)
            self._pausing.start()
        elif self._search is None:
            self._hits = Hits()
        else:
            self._scan_anew()
            return
        self.changed.emit()

    def _follow(self, deed: Deed) -> None:
        """The text was edited."""
        if self._query.regex and self._query.words:
            self._end_work()
            self._trouble = ""
            self._hits = self._hits.until(deed.change.start)
            self._pausing.start()
            self.changed.emit()
        elif self._search is not None:
            self._scan_anew()

    def _scan_anew(self) -> None:
        assert self._search is not None
        text = self._editor.text
        if len(self._known) > _MOST_KNOWN * len(text.pieces) + 100:
            self._known.clear()
        self._first_piece = piece_at(text, self._editor.selected_span[0])
        self._scan = Scan(text, self._search, self._known, self._first_piece)
        self._begin(self._scanned(self._scan))

    def _scanned(self, scan: Scan) -> Iterator[None]:
        while not scan.is_done:
            scan.step()
            yield

    def _begin(self, work: Iterator[None]) -> None:
        """Do a slice of some work now and the rest in the pauses of the event loop."""
        self._end_work()
        self._work = work
        self._working.start()
        self._go_on()

    def _end_work(self) -> None:
        self._work = None
        self._working.stop()
        self._pausing.stop()
        if self._give_up is not None:
            give_up, self._give_up = self._give_up, None
            give_up()

    def _go_on(self) -> None:
        work, until = self._work, time.perf_counter() + _SLICE_S
        while work is not None and work is self._work and time.perf_counter() < until:
            try:
                next(work)
            except StopIteration:
                if work is self._work:
                    self._work = None
                    self._working.stop()
        if self._scan is not None:
            self._hits = self._scan.hits
            self._reach()
        self.changed.emit()

    def _reach(self) -> None:
        """Go where the user wants to go, if it is known where that is."""
        if self._wanted is None:
            return
        span = self._editor.selected_span
        if self._wanted == "here":
            span = span[0], span[0]
        index = self._hits.before(span) if self._wanted == "backward" else self._hits.after(span)
        known = self._hits.is_complete
        if not known and self._wanted != "backward" and index is not None:
            begun = self._query.regex or piece_at(self._editor.text, span[0]) >= self._first_piece
            known = begun and self._hits[index][0] >= span[1]
        if not known:
            return
        self._wanted = None
        if index is not None:
            self._editor.show_span(self._hits[index])
        self.changed.emit()

    def _literal(self, written: str) -> str | None:
        try:
            return literal(written, escapes=self._query.escapes)
        except QueryError as error:
            self._say(error.say)
            return None

    def _say(self, trouble: str) -> None:
        self._trouble = trouble
        self.changed.emit()

    def _replace(self, span: Span, chars: str) -> None:
        self._editor.replace_range(*span, chars)
        end = span[0] + len(chars.encode("utf-16-le")) // 2
        self._editor.show_span((end, end))
        self.replaced.emit(1)
        self.go("here" if chars or span[0] != span[1] else "forward")

    def _replaced_literally(self, chars: str) -> Iterator[None]:
        """Find all hits, then replace them."""
        scan = self._scan
        while scan is not None and not scan.is_done:
            scan.step()
            yield
        if scan is not None:
            self._hits = scan.hits
            yield from self._rewritten(((start, stop, chars) for start, stop in self._hits), len(self._hits))

    def _rewritten(self, edits: Iterator[tuple[int, int, str]], count: int) -> Iterator[None]:
        """Make the new text, then give it to the editor; an edit in the meantime ends this."""
        if self._hits.is_cut:
            self._say(self.tr("there are more hits than can be replaced at once"))
            return
        rewrite = Rewrite(self._editor.text, edits)
        while not rewrite.is_done:
            rewrite.step()
            yield
        if count:
            self._editor.apply_text(rewrite.text)
        self.replaced.emit(count)

    # Regular expressions

    def _ask(self) -> None:
        page = Page()

        def take(answer: PatternAnswer) -> None:
            for start, stop, _ in answer.found:
                page.add(start, stop)
            self._hits = Hits([(0, page)], is_complete=answer.is_last, is_cut=answer.is_cut)
            self._trouble = answer.trouble
            self._reach()
            self.changed.emit()

        self._send(PatternJob(self._editor.text, self._query), take)

    def _ask_for(
        self,
        found: list[tuple[int, int, str]],
        template: str,
        start: int,
        limit: int | None,
        put: Callable[[Text, list[tuple[int, int, str]]], None],
    ) -> None:
        """Have hits found with what they become, then `put` it there."""
        text = self._editor.text
        job = PatternJob(text, self._query, template, start)
        if limit is not None:
            job = PatternJob(text, self._query, template, start, limit)

        def take(answer: PatternAnswer) -> None:
            found.extend((first, last, chars or "") for first, last, chars in answer.found)
            if answer.trouble or (answer.is_cut and limit is None):
                self._say(answer.trouble or self.tr("there are more hits than can be replaced at once"))
            elif answer.is_last:
                put(text, found)

        self._send(job, take)

    def _send(self, job: PatternJob, take: Callable[[PatternAnswer], None]) -> None:
        self._end_work()
        if self.patterns is None:
            self._say(self.tr("regular expressions can't be searched for here"))
            return

        def take_last(answer: PatternAnswer) -> None:
            if answer.is_last:
                self._give_up = None
            take(answer)

        self._give_up = self.patterns.search(job, take_last)

    def _put_one(self, text: Text, found: list[tuple[int, int, str]]) -> None:
        span = self._editor.selected_span
        if self._editor.text is text and found and found[0][:2] == span:
            self._replace(span, found[0][2])

    def _put_all(self, text: Text, found: list[tuple[int, int, str]]) -> None:
        if self._editor.text is text:
            self._begin(self._rewritten(iter(found), len(found)))
