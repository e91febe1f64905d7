"""The ribbon: the whole prompt to scale, what is read, written and sent uncached, and where it breaks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from coldbyte.core.insight import Insight
from coldbyte.ui.prefix.ribbon import Ribbon, ribbon_of
from coldbyte.ui.prefix.ribbon_layout import RibbonLayout, bar_edges, lay_out
from coldbyte.ui.prefix.ribbon_painter import RibbonPainter
from coldbyte.ui.prefix.ribbon_words import break_tip, ribbon_labels, segment_tip
from coldbyte.ui.theme import current_theme
from coldbyte.ui.walk import CHOOSING, walked


class RibbonView(QWidget):
    """Hover explains a block, a click or Enter asks to go to it; the arrow keys walk."""

    place_requested = Signal(object)  # Place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ribbon_view")
        self.setAccessibleName(self.tr("The prompt to scale"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._labels = ribbon_labels()
        self._ribbon = Ribbon()
        self._layout = self._laid_out()
        self._hovered: int | None = None
        self._current = 0

    @property
    def ribbon(self) -> Ribbon:
        """What is shown."""
        return self._ribbon

    @property
    def picture(self) -> RibbonLayout:
        """Where everything stands."""
        return self._layout

    def show_insight(self, insight: Insight | None) -> None:
        """Draw a draft, or nothing."""
        self._ribbon = ribbon_of(insight, self._labels) if insight else Ribbon()
        self._current = min(self._current, self._last)
        self._hovered = None
        self._place_segments()
        self._describe()

    def tip_at(self, point: QPointF) -> str:
        """What a point of the widget stands for, in words."""
        if self._layout.is_at_break(point):
            return break_tip(self._ribbon)
        index = self._layout.index_at(point)
        return segment_tip(self._ribbon.segments[index]) if index is not None else ""

    def sizeHint(self) -> QSize:
        """The bar with a line of text above and below."""
        metrics = QFontMetricsF(self.font())
        return QSize(480, round(bar_edges(metrics)[1] + metrics.height() + 4))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, _event: object) -> None:
        """Draw it."""
        focused = self._current if self.hasFocus() and self._ribbon.segments else None
        painter = QPainter(self)
        RibbonPainter(painter, self._layout, self.font(), current_theme()).paint(self._hovered, focused)

    def resizeEvent(self, _event: object) -> None:
        """Scale anew."""
        self._place_segments()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font or style."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._place_segments()
            self.updateGeometry()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which block the keys speak of."""
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Show what stands under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the block under the pointer."""
        self._hover(self._layout.index_at(event.position()))

    def leaveEvent(self, _event: object) -> None:
        """Mark nothing."""
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask to go to the break or to the place under the pointer."""
        place = self._layout.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.place_requested.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the blocks; Enter goes to the one that is marked."""
        target = walked(event.key(), self._current, len(self._ribbon.segments))
        if target is not None:
            self._walk_to(target)
        elif event.key() in CHOOSING and self._ribbon.segments:
            self.place_requested.emit(self._ribbon.segments[self._current].place(0))
        else:
            super().keyPressEvent(event)

    @property
    def _last(self) -> int:
        return max(len(self._ribbon.segments) - 1, 0)

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.setCursor(Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _walk_to(self, index: int) -> None:
        self._current = index
        self._describe()
        self.update()

    def _place_segments(self) -> None:
        self._layout = self._laid_out()
        self.update()

    def _laid_out(self) -> RibbonLayout:
        return lay_out(self._ribbon, float(self.width()), self.font(), self._labels.question)

    def _describe(self) -> None:
        words = [break_tip(self._ribbon)] if self._ribbon.break_byte is not None else []
        if self._ribbon.segments:
            words.append(segment_tip(self._ribbon.segments[self._current]))
        self.setAccessibleDescription("\n".join(words))
