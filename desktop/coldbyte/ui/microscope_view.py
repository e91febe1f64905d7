"""The microscope: a row for each character around the break, glyph, code point, name and bytes of both sides."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QFont, QFontInfo, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from coldbyte.core.microscope import Glyph, Row
from coldbyte.ui.theme import current_theme

_Index = QModelIndex | QPersistentModelIndex
_SIDE = 4  # columns of one side
_SIGN = _SIDE  # the column between the sides
_COLUMNS = 2 * _SIDE + 1
_NAME = 2  # the column of the name within a side
_LEAST_ROWS = 2
_NAME_SIZE = 0.9  # of the other words


class MicroscopeItemModel(QAbstractTableModel):
    """The rows of a microscope; no more than there are to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._base_font = QFont()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows

    @property
    def first_difference(self) -> int:
        """The first row that differs; 0 without one."""
        return next((number for number, row in enumerate(self._rows) if not row.same), 0)

    def show_rows(self, rows: tuple[Row, ...], font: QFont) -> None:
        """Show other rows, in variants of a font."""
        self.beginResetModel()
        self._base_font = font
        self._rows = rows
        self.endResetModel()

    def glyph(self, index: _Index) -> Glyph | None:
        """The glyph of the side in which a cell lies."""
        row = self._rows[index.row()]
        return row.before if index.column() < _SIGN else row.after

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Four columns for each side and one between them."""
        return 0 if parent.isValid() else _COLUMNS

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, tip and looks of a cell."""
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(index)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._tip(index)
            case Qt.ItemDataRole.BackgroundRole if not row.same:
                return QBrush(current_theme().color("cold_soft"))
            case Qt.ItemDataRole.ForegroundRole:
                return QBrush(self._color(index))
            case Qt.ItemDataRole.FontRole:
                return self._font(index)
            case Qt.ItemDataRole.TextAlignmentRole if index.column() % (_SIDE + 1) == 0 or index.column() == _SIGN:
                return Qt.AlignmentFlag.AlignCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The words of a column, for those who can't see its place."""
        if orientation == Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole or section == _SIGN:
            return None
        side = self.tr("Baseline") if section < _SIGN else self.tr("Draft")
        words = (self.tr("glyph"), self.tr("code point"), self.tr("name"), self.tr("UTF-8"))
        return f"{side}: {words[section % (_SIDE + 1)]}"

    def _text(self, index: _Index) -> str:
        if index.column() == _SIGN:
            return "" if self._rows[index.row()].same else "≠"
        glyph = self.glyph(index)
        if glyph is None:
            return "–" if index.column() % (_SIDE + 1) == 0 else ""
        return (glyph.display, glyph.code_point, glyph.name, glyph.utf8)[index.column() % (_SIDE + 1)]

    def _tip(self, index: _Index) -> str:
        glyph = self.glyph(index)
        if glyph is None or index.column() == _SIGN:
            return ""
        words = self.tr("{point} {name}\ncategory {category} · block byte {byte} · cache view byte {cache}")
        return words.format(
            point=glyph.code_point,
            name=glyph.name,
            category=glyph.category,
            byte=f"{glyph.byte:,}",
            cache=f"{glyph.cache_byte:,}",
        )

    def _font(self, index: _Index) -> QFont:
        font = QFont(self._base_font)
        if index.column() % (_SIDE + 1) == _NAME:
            font.setPointSizeF(_NAME_SIZE * QFontInfo(font).pointSizeF())
        elif not self._rows[index.row()].same:
            font.setBold(True)
        return font

    def _color(self, index: _Index) -> QColor:
        theme, same = current_theme(), self._rows[index.row()].same
        if index.column() == _SIGN:
            return theme.color("cold")
        glyph = self.glyph(index)
        if index.column() % (_SIDE + 1) == 0 and glyph is not None and glyph.display != glyph.char:
            return theme.color("invisible")
        return theme.color("muted" if same else "text")


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
        for first, title in ((0, self.tr("Baseline")), (_SIGN + 1, self.tr("Draft"))):
            left = self.sectionViewportPosition(first)
            right = self.sectionViewportPosition(first + _SIDE - 1) + self.sectionSize(first + _SIDE - 1)
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
            [self._model.index(row, column).data() or "" for column in range(_COLUMNS)]
            for row in range(self._model.rowCount())
        )
        return "\n".join(" ".join(filter(None, row)) for row in cells)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show the characters around a break, the first one that differs in sight."""
        if rows == self._model.rows:
            return
        self._model.show_rows(rows, self.font())
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
            self._model.show_rows(self._model.rows, self.font())
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
        measure = _Measure(bold, self._model.rows)
        glyph, sign = measure.advance("M") + 14, measure.advance("≠") + 10
        point, utf8 = measure.widest("code_point") + 9, measure.widest("utf8") + 9
        fixed = 2 * (glyph + point + utf8) + sign
        name = max((self.viewport().width() - fixed) // 2, 40)
        for column, width in enumerate((glyph, point, name, utf8, sign, glyph, point, name, utf8)):
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


class _Measure:
    """Widths of the words in a font."""

    def __init__(self, font: QFont, rows: tuple[Row, ...]) -> None:
        self._metrics = QFontMetrics(font)
        self._glyphs = [glyph for row in rows for glyph in (row.before, row.after) if glyph is not None]

    def advance(self, text: str) -> int:
        return self._metrics.horizontalAdvance(text)

    def widest(self, name: str) -> int:
        words = {str(getattr(glyph, name)) for glyph in self._glyphs}
        return max((self.advance(word) for word in words), default=40)
