"""Icons: line drawings in SVG that take the colour of a role."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QEvent, QRectF, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from coldbyte.ui.role import Role
from coldbyte.ui.theme import current_theme

_PROPERTY = "coldbyte_icons"
_SIZES = (16, 20, 24, 32, 48)


def install_icons(app: QApplication, drawings: Mapping[str, str]) -> None:
    """Hand in the drawings: the texts of `resources/icons`, by their name without `.svg`."""
    app.setProperty(_PROPERTY, dict(drawings))


def icon(name: str, role: Role = "text") -> QIcon:
    """A drawing in the colour of a role of the current theme; empty where there is no such drawing."""
    made = QIcon()
    for size in _SIZES:
        image = draw(name, role, size)
        if not image.isNull():
            made.addPixmap(QPixmap.fromImage(image))
            made.addPixmap(QPixmap.fromImage(draw(name, "disabled", size)), QIcon.Mode.Disabled)
    return made


def draw(name: str, role: Role, pixels: int) -> QImage:
    """The drawing as a square image; null where there is no such drawing."""
    app = QApplication.instance()
    drawings = app.property(_PROPERTY) if app else None
    if not isinstance(drawings, dict) or name not in drawings:
        return QImage()
    coloured = drawings[name].replace("currentColor", current_theme().colours[role])
    renderer = QSvgRenderer(QByteArray(coloured.encode()))
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return image


class IconButton(QPushButton):
    """A button whose drawing follows the theme."""

    def __init__(self, drawing: str, text: str, role: Role = "text", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._drawing = drawing
        self._role = role
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        self.setIcon(icon(self._drawing, self._role))
