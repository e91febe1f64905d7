"""The microscope: each character around the break by glyph, code point, name and bytes, on both sides."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from coldbyte.core.prefix.microscope import Glyph, Row
from coldbyte.ui.prefix.microscope_item_model import COLUMNS, SIDE, SIGN, Looks, MicroscopeItemModel
from coldbyte.ui.theme import current_theme

_LEAST_ROWS = 2


class SidesHeader(QHeaderView):
    """One title over the columns of each side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both titles and the line below."""
        painter, theme = QPainter(self.viewport()), current_theme()
        area = self.viewport().rect()
        painter.fillRect(area, theme.color("raised"))
        painter.setPen(theme.color("border"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(theme.color("muted"))
        for first, title in ((0, self.tr("Baseline")), (SIGN + 1, self.tr("Draft"))):
            left = self.sectionViewportPosition(first)
            right = self.sectionViewportPosition(first + SIDE - 1) + self.sectionSize(first + SIDE - 1)
            room = QRect(left + 6, 0, right - left - 6, area.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)


class MicroscopeView(QTableView):
    """Scrolls inside; a click or Enter asks to go to the character in the draft."""

    byte_requested = Signal(int)  # of the draft's block

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("microscope_view")
        self.setAccessibleName(self.tr("Microscope: the characters around the break"))
        self._model = MicroscopeItemModel(self)
        self.setModel(self._model)
        self.setHorizontalHeader(SidesHeader(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._ask)
        self.activated.connect(self._ask)

    @property
    def text(self) -> str:
        """All rows as lines of text, differing ones with a ≠."""
        cells = (
            [self._model.index(row, column).data() or "" for column in range(COLUMNS)]
            for row in range(self._model.rowCount())
        )
        return "\n".join(" ".join(filter(None, row)) for row in cells)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show the characters around a break, the first one that differs in sight."""
        if rows == self._model.rows:
            return
        self._model.show_rows(rows, Looks.of(self.font(), current_theme()))
        self._fit()

    def sizeHint(self) -> QSize:
        """The header and a few rows; what is more scrolls."""
        return QSize(400, (_LEAST_ROWS + 1) * self._row_height() + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        """As high as the hint."""
        return QSize(200, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            if self._model.rows:
                self._model.show_rows(self._model.rows, Looks.of(self.font(), current_theme()))
            self._fit()
            self.updateGeometry()

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 6

    def _fit(self) -> None:
        """Columns as wide as their words, the names share the rest; rows of one height."""
        self.verticalHeader().setDefaultSectionSize(self._row_height())
        self.horizontalHeader().setFixedHeight(self._row_height())
        bold = QFont(self.font())
        bold.setBold(True)
        metrics, rows = QFontMetrics(bold), self._model.rows
        glyph, sign = metrics.horizontalAdvance("M") + 14, metrics.horizontalAdvance("≠") + 10
        left = _widths(metrics, [row.before for row in rows])
        right = _widths(metrics, [row.after for row in rows])
        name = max((self.viewport().width() - 2 * glyph - sign - sum(left) - sum(right)) // 2, 40)
        widths = (glyph, left[0], name, left[1], sign, glyph, right[0], name, right[1])
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self._show_difference()

    def _show_difference(self) -> None:
        """Scroll so that the first row that differs has one or two others above it."""
        self.doItemsLayout()
        rows_in_sight = self.viewport().height() // self._row_height()
        above = 2 if rows_in_sight > 4 else 1
        first = max(self._model.first_difference - above, 0)
        self.verticalScrollBar().setValue(first * self._row_height())

    def _ask(self, index: QModelIndex) -> None:
        glyph = self._model.rows[index.row()].after
        if glyph is not None:
            self.byte_requested.emit(glyph.byte)


def _widths(metrics: QFontMetrics, glyphs: Sequence[Glyph | None]) -> tuple[int, int]:
    """What the code points and the bytes of one side need."""
    present = [glyph for glyph in glyphs if glyph is not None]
    point = max((metrics.horizontalAdvance(glyph.code_point) for glyph in present), default=0)
    utf8 = max((metrics.horizontalAdvance(glyph.utf8) for glyph in present), default=0)
    return point + 9, utf8 + 9
