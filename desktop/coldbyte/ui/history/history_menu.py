"""What can be done with the selected exchanges, as a menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from coldbyte.core.history.query import HistoryRow

_REPORTS = ("export_html", "export_markdown")


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Exchanges as a file: `name` is the id of the command that writes such a file."""

    name: str
    ids: tuple[int, ...]


class HistoryMenu(QMenu):
    """Its actions go by their names; the exports are in a menu of their own."""

    export_chosen = Signal(str)  # the id of the command

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_menu")
        self.setToolTipsVisible(True)
        self._actions: dict[str, QAction] = {}
        self._add("open", self.tr("Open as draft"), "Return")
        self._add("compare", self.tr("Compare with the draft"))
        self._add("name", self.tr("Name …"), "F2")
        self._add("note", self.tr("Note …"))
        self._add("pin", self.tr("Pin"))
        self._exports = self.addMenu(self.tr("Export"))
        self._exports.setObjectName("history_export_menu")
        self._exports.setToolTipsVisible(True)
        self._fill_exports()
        self._add("delete", self.tr("Delete …"), "Del")

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def show_rows(self, rows: Sequence[HistoryRow]) -> None:
        """Offer what can be done with these exchanges."""
        pinned = bool(rows) and all(row.pinned for row in rows)
        self["pin"].setText(self.tr("Unpin") if pinned else self.tr("Pin"))
        for name in ("export_body", "export_curl", "export_python", "export_typescript"):
            self[name].setEnabled(len(rows) == 1)
        for name in _REPORTS:
            self[name].setEnabled(len(rows) in (1, 2))

    def _fill_exports(self) -> None:
        against = self.tr("Against the other one that is selected, or else its nearest ancestor")
        for name, words, tip in (
            ("export_body", self.tr("Body …"), self.tr("Byte for byte as it was sent")),
            ("export_curl", self.tr("cURL …"), ""),
            ("export_python", self.tr("Python …"), ""),
            ("export_typescript", self.tr("TypeScript …"), ""),
            ("export_jsonl", self.tr("JSONL …"), self.tr("One exchange a line")),
            ("export_har", self.tr("HAR …"), self.tr("As actually sent and received")),
            ("export_csv", self.tr("Usage as CSV …"), ""),
            ("export_html", self.tr("Report of the miss as HTML …"), against),
            ("export_markdown", self.tr("Report of the miss as Markdown …"), against),
        ):
            if name in ("export_jsonl", "export_html"):
                self._exports.addSeparator()
            action = self._exports.addAction(words)
            action.setToolTip(tip)
            action.triggered.connect(lambda _=False, name=name: self.export_chosen.emit(name))
            self._note(name, action)

    def _add(self, name: str, words: str, key: str = "") -> None:
        self._note(name, self.addAction(f"{words}\t{key}" if key else words))

    def _note(self, name: str, action: QAction) -> None:
        action.setObjectName(f"history_{name}_action")
        self._actions[name] = action
