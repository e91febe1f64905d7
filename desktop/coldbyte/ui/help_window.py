"""The user's guide, shown in the app."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QListWidget, QSplitter, QTextBrowser, QVBoxLayout, QWidget


class HelpWindow(QWidget):
    """Pages of Markdown by title; links between pages stay in the window, others are not followed."""

    def __init__(self, pages: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("help_window")
        self.setWindowTitle(self.tr("Coldbyte: guide"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._pages = dict(pages)
        self._titles = {name: _title(text) for name, text in self._pages.items()}
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Pages"))
        self._list.ensurePolished()  # else the rows are placed before the style says how high they are
        self._list.addItems(list(self._titles.values()))
        self._page_view = QTextBrowser(self)
        self._page_view.setAccessibleName(self.tr("Page"))
        self._page_view.setOpenLinks(False)
        self._page_view.anchorClicked.connect(self._follow)
        split = QSplitter(self)
        split.addWidget(self._list)
        split.addWidget(self._page_view)
        split.setStretchFactor(1, 1)
        split.setSizes([260, 620])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.resize(880, 640)
        self._list.currentRowChanged.connect(self._show)
        self._list.setCurrentRow(0)

    @property
    def page_text(self) -> str:
        """The text of the page that is shown."""
        return self._page_view.document().toRawText()

    def _show(self, row: int) -> None:
        self._page_view.setMarkdown(list(self._pages.values())[row])

    def _follow(self, url: QUrl) -> None:
        names = list(self._pages)
        if url.isRelative() and url.fileName() in names:
            self._list.setCurrentRow(names.index(url.fileName()))


def _title(text: str) -> str:
    return text.lstrip().splitlines()[0].lstrip("# ") if text.strip() else "(empty)"
