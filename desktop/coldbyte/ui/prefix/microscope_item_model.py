"""The rows of a microscope as an item model: what stands in each cell and how it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QFont, QFontInfo

from coldbyte.core.prefix.microscope import Glyph, Row
from coldbyte.ui.role import Role
from coldbyte.ui.theme import Theme

SIDE = 4
"""Columns of one side: glyph, code point, name, UTF-8."""
SIGN = SIDE
"""The column between the sides."""
COLUMNS = 2 * SIDE + 1

_NAME_SIZE = 0.9  # of the other words

_Index = QModelIndex | QPersistentModelIndex
_Cell = Mapping[int, object]  # what a cell answers, by role


@dataclass(frozen=True)
class Looks:
    """Fonts and brushes, made once for all cells."""

    plain: QFont
    bold: QFont
    name: QFont
    brushes: Mapping[Role, QBrush]

    @classmethod
    def of(cls, font: QFont, theme: Theme) -> Looks:
        """Variants of a font, in the colours of a theme."""
        bold, name = QFont(font), QFont(font)
        bold.setBold(True)
        name.setPointSizeF(_NAME_SIZE * QFontInfo(font).pointSizeF())
        roles: tuple[Role, ...] = ("text", "muted", "cold", "cold_soft", "invisible")
        return cls(font, bold, name, {role: QBrush(theme.color(role)) for role in roles})


class MicroscopeItemModel(QAbstractTableModel):
    """Nine columns: the baseline's four, a sign, the draft's four."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._looks: Looks | None = None
        self._cells: dict[tuple[int, int], _Cell] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows

    @property
    def first_difference(self) -> int:
        """The first row that differs; 0 without one."""
        return next((number for number, row in enumerate(self._rows) if not row.same), 0)

    def show_rows(self, rows: tuple[Row, ...], looks: Looks | None) -> None:
        """Show other rows, or the same in other looks."""
        self.beginResetModel()
        self._rows, self._looks, self._cells = rows, looks, {}
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Four columns for each side and one between them."""
        return 0 if parent.isValid() else COLUMNS

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, tip and looks of a cell; a cell is put together when it is first seen."""
        place = (index.row(), index.column())
        cell = self._cells.get(place)
        if cell is None:
            cell = self._cells[place] = self._cell(self._rows[place[0]], place[1])
        return cell.get(role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The words of a column, for those who can't see its place."""
        if orientation == Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == SIGN:
            return self.tr("differs")
        side = self.tr("Baseline") if section < SIGN else self.tr("Draft")
        words = (self.tr("glyph"), self.tr("code point"), self.tr("name"), self.tr("UTF-8"))
        return f"{side}: {words[section % (SIDE + 1)]}"

    def _cell(self, row: Row, column: int) -> _Cell:
        if column == SIGN:
            cell: dict[int, object] = {int(Qt.ItemDataRole.DisplayRole): "" if row.same else "≠"}
            return cell | self._dress(row, "cold", bold=True, centered=True)
        glyph = row.before if column < SIGN else row.after
        kind = column % (SIDE + 1)
        if glyph is None:
            texts = ("–", "", "", "")
            return {int(Qt.ItemDataRole.DisplayRole): texts[kind]} | self._dress(
                row, "muted", centered=kind == 0
            )
        invisible = kind == 0 and glyph.display != glyph.char
        color: Role = "invisible" if invisible else "muted" if row.same else "text"
        cell = {
            int(Qt.ItemDataRole.DisplayRole): (glyph.display, glyph.code_point, glyph.name, glyph.utf8)[kind],
            int(Qt.ItemDataRole.ToolTipRole): self._tip(glyph),
            int(Qt.ItemDataRole.AccessibleDescriptionRole): self._tip(glyph),
        }
        return cell | self._dress(row, color, bold=not row.same, centered=kind == 0, name=kind == 2)

    def _dress(
        self, row: Row, color: Role, *, bold: bool = False, centered: bool = False, name: bool = False
    ) -> dict[int, object]:
        if self._looks is None:
            return {}
        looks = self._looks
        font = looks.name if name else looks.bold if bold else looks.plain
        dress: dict[int, object] = {
            int(Qt.ItemDataRole.FontRole): font,
            int(Qt.ItemDataRole.ForegroundRole): looks.brushes[color],
        }
        if not row.same:
            dress[int(Qt.ItemDataRole.BackgroundRole)] = looks.brushes["cold_soft"]
        if centered:
            dress[int(Qt.ItemDataRole.TextAlignmentRole)] = Qt.AlignmentFlag.AlignCenter
        return dress

    def _tip(self, glyph: Glyph) -> str:
        words = self.tr("{point} {name}\ncategory {category} · block byte {byte} · cache view byte {cache}")
        return words.format(
            point=glyph.code_point,
            name=glyph.name,
            category=glyph.category,
            byte=f"{glyph.byte:,}",
            cache=f"{glyph.cache_byte:,}",
        )
