"""An editor with its bars: finding, replacing, and what a paste carried."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from coldbyte.core.finding.suspicion import Kind, Suspicion
from coldbyte.core.text.search import Query
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.editor.find_bar import FindBar
from coldbyte.ui.editor.hit_strip import HitStrip
from coldbyte.ui.editor.paste_bar import PasteBar
from coldbyte.ui.editor.paste_guard import PasteGuard
from coldbyte.ui.editor.text_finder import Patterns, TextFinder, Way


class EditorFrame(QWidget):
    """Holds an editor; the bars are made when they are first needed and stand below it."""

    def __init__(self, parent: QWidget | None = None, editor: BlockEditor | None = None) -> None:
        super().__init__(parent)
        self._editor = editor or BlockEditor(self)
        self._finder: TextFinder | None = None
        self._find_bar: FindBar | None = None
        self._strip: HitStrip | None = None
        self._paste_bar: PasteBar | None = None
        self._guard = PasteGuard(self._editor)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._editor.setMinimumHeight(2 * self.fontMetrics().height())
        self._column.addWidget(self._editor, 1)
        self.setFocusProxy(self._editor)
        self._guard.suspected.connect(self._show_paste)
        self._guard.settled.connect(self._hide_paste)

    @property
    def editor(self) -> BlockEditor:
        """The editor."""
        return self._editor

    @property
    def find_bar(self) -> FindBar | None:
        """The bar for finding; None before it was first opened."""
        return self._find_bar

    @property
    def paste_bar(self) -> PasteBar | None:
        """The bar about a paste; None before there was reason for it."""
        return self._paste_bar

    @property
    def finder(self) -> TextFinder:
        """What finds in this editor."""
        if self._finder is None:
            self._finder = TextFinder(self._editor)
        return self._finder

    @property
    def query(self) -> Query | None:
        """What was last searched for here; None where nothing was."""
        return self._find_bar.query if self._find_bar is not None else None

    def open_find(
        self, *, replacing: bool = False, known: Query | None = None, patterns: Patterns | None = None
    ) -> None:
        """Show the bar and give it the keyboard. `known` was searched for elsewhere."""
        bar = self._made_bar(known, patterns)
        bar.set_writable(not self._editor.isReadOnly())
        start, stop = self._editor.selected_span
        selected = self._editor.text.slice(start, stop) if stop - start < 2_000 else ""
        if self.finder.current is not None and self.finder.query.words:
            selected = ""
        bar.open(selected, replacing=replacing)

    def find_again(self, way: Way, *, known: Query | None = None, patterns: Patterns | None = None) -> None:
        """Go to the next hit or the one before, of what was searched for last."""
        bar = self._made_bar(known, patterns)
        if not bar.query.words:
            self.open_find()
            return
        if self.finder.query != bar.query:
            self.finder.set_query(bar.query, go=False)
        self.finder.go(way)

    def close_find(self) -> None:
        """Hide the bar and give the keyboard back to the editor."""
        if self._find_bar is not None and not self._find_bar.isHidden():
            had_focus = self._has_focus(self._find_bar)
            self._find_bar.hide()
            self.finder.stop()
            if had_focus or self._editor.hasFocus():
                self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Esc is for the bars while one is shown."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._shows_bar()
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc keeps a paste as it is, else closes the bar."""
        if event.key() != Qt.Key.Key_Escape or not self._shows_bar():
            super().keyPressEvent(event)
        elif self._paste_bar is not None and not self._paste_bar.isHidden():
            self._guard.keep()
        else:
            self.close_find()

    def _has_focus(self, bar: QWidget) -> bool:
        focused = self.window().focusWidget()
        return focused is not None and bar.isAncestorOf(focused)

    def _shows_bar(self) -> bool:
        bars = (self._find_bar, self._paste_bar)
        return any(bar is not None and not bar.isHidden() for bar in bars)

    def _made_bar(self, known: Query | None, patterns: Patterns | None) -> FindBar:
        if patterns is not None:
            self.finder.patterns = patterns
        if self._find_bar is None:
            bar = self._find_bar = FindBar(self)
            bar.hide()
            self._column.addWidget(bar)
            self._join(bar)
        if known is not None and known.words and self._find_bar.isHidden():
            self._find_bar.show_query(known)
        return self._find_bar

    def _join(self, bar: FindBar) -> None:
        self._strip = HitStrip(self._editor)
        finder = self.finder
        bar.query_changed.connect(finder.set_query)
        bar.next_requested.connect(lambda: finder.go("forward"))
        bar.previous_requested.connect(lambda: finder.go("backward"))
        bar.replace_requested.connect(finder.replace)
        bar.replace_all_requested.connect(finder.replace_all)
        bar.closed.connect(self.close_find)
        finder.changed.connect(self._show_found)
        finder.replaced.connect(self._show_replaced)
        self._editor.selectionChanged.connect(self._show_found)

    def _show_found(self) -> None:
        bar, finder, hits = self._find_bar, self.finder, self.finder.hits
        if bar is None or self._strip is None:
            return
        bar.show_trouble(finder.trouble)
        bar.show_found(finder.current, len(hits), complete=not finder.is_searching, more=hits.is_cut)
        self._editor.show_hits(hits if len(hits) else None)
        self._strip.show_hits(hits)

    def _show_replaced(self, count: int) -> None:
        if self._find_bar is not None:
            self._find_bar.show_replaced(count)
            self._show_found()

    def _show_paste(self, found: tuple[Suspicion, ...]) -> None:
        if self._paste_bar is None:
            self._paste_bar = PasteBar(self)
            self._column.insertWidget(1, self._paste_bar)
            self._paste_bar.keep_requested.connect(self._guard.keep)
            self._paste_bar.normalise_requested.connect(self._normalise)
        self._paste_bar.show_suspicions(found, self._guard.host)

    def _normalise(self, kinds: frozenset[Kind]) -> None:
        self._guard.normalise(kinds)
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hide_paste(self) -> None:
        if self._paste_bar is not None:
            had_focus = self._has_focus(self._paste_bar)
            self._paste_bar.hide()
            if had_focus:
                self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
