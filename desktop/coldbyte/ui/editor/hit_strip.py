"""The overview of hits: a line on the scroll bar of the editor for each place where there are some."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from coldbyte.core.text.hit import Hits
from coldbyte.ui.editor.block_editor import BlockEditor

_PAUSE_MS = 100
_MARK = 3  # pixels


class HitStrip(QWidget):
    """Lies over the scroll bar, takes no mouse, and asks about as many places as it has pixels."""

    def __init__(self, editor: BlockEditor) -> None:
        super().__init__(editor.verticalScrollBar())
        self.setObjectName("hit_strip")
        self._editor = editor
        self._hits = Hits()
        self._marks: list[int] = []
        self._here: int | None = None
        self._looking = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._looking.timeout.connect(self._look)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        editor.verticalScrollBar().installEventFilter(self)
        self.resize(editor.verticalScrollBar().size())

    @property
    def marks(self) -> list[int]:
        """Where lines are drawn, in pixels from the top."""
        return self._marks

    def show_hits(self, hits: Hits) -> None:
        """Show where these are, soon."""
        self._hits = hits
        if not self._looking.isActive():
            self._looking.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the scroll bar."""
        if event.type() == QEvent.Type.Resize:
            self.resize(self._editor.verticalScrollBar().size())
            self.show_hits(self._hits)
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines that are to be painted again, the one of the selected hit over the whole width."""
        painter = QPainter(self)
        frame = self._editor.hit_colors.frame
        low, high = event.rect().top() - _MARK, event.rect().bottom()
        for top in self._marks[bisect_left(self._marks, low) : bisect_right(self._marks, high)]:
            painter.fillRect(QRectF(self.width() / 3, top, self.width() / 3, _MARK), frame)
        if self._here is not None:
            painter.fillRect(QRectF(0, self._here - 1, self.width(), _MARK + 1), frame)

    def _look(self) -> None:
        """Find out which pixels have hits: those whose lines do."""
        marks, here, selected = [], None, self._editor.selected_span
        if len(self._hits):
            edges = self._editor.offsets_at([top / max(self.height() - _MARK, 1) for top in self._tops()])
            for top, start, stop in zip(self._tops(), edges, edges[1:], strict=False):
                index = self._hits.first_from(start)
                if index < len(self._hits) and self._hits[index][0] < stop:
                    marks.append(top)
                    if start <= selected[0] < stop and self._hits.index_of(selected) is not None:
                        here = top
        if (marks, here) != (self._marks, self._here):
            self._marks, self._here = marks, here
            self.update()

    def _tops(self) -> range:
        return range(0, max(self.height() - _MARK, 1) + _MARK, _MARK)
