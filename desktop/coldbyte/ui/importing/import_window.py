"""The window of an import: how far it is, then what came of it, with every remark."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.history.kept_exchange import Remark
from coldbyte.state.importing import ImportProgress, ImportReport

_STEPS = 1000
_WIDTH = 720
_TALL = 480
_FEW = 8  # remarks for which the window need not be tall


class ImportWindow(QDialog):
    """Lies beside the main window and never blocks it."""

    cancel_requested = Signal()
    draft_requested = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import_window")
        self.setWindowTitle(self.tr("Import"))
        self.finished.connect(self.deleteLater)
        self._ended = False
        self._remarks = ""
        self._summary_label = QLabel(self.tr("Reading {title} …").format(title=title), self)
        self._summary_label.setObjectName("import_summary")
        self._summary_label.setWordWrap(True)
        self._summary_label.setTextFormat(Qt.TextFormat.PlainText)
        self._progress_bar = QProgressBar(self)
        self._progress_bar.setRange(0, _STEPS)
        self._progress_bar.setAccessibleName(self.tr("Part of the bytes that was read"))
        self._remarks_view = QPlainTextEdit(self)
        self._remarks_view.setObjectName("import_remarks")
        self._remarks_view.setAccessibleName(self.tr("Remarks"))
        self._remarks_view.setReadOnly(True)
        self._remarks_view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._remarks_view.document().setDocumentMargin(8)
        self._remarks_view.hide()
        self._copy_button = QPushButton(self.tr("Copy the report"), self)
        self._copy_button.setObjectName("import_copy")
        self._draft_button = QPushButton(self.tr("Open as draft"), self)
        self._draft_button.setObjectName("import_open_draft")
        self._end_button = QPushButton(self.tr("Cancel"), self)
        self._end_button.setObjectName("import_end")
        for button in (self._copy_button, self._draft_button):
            button.hide()
        self._lay_out()
        self._copy_button.clicked.connect(self._copy)
        self._draft_button.clicked.connect(self.draft_requested)
        self._draft_button.clicked.connect(self.close)
        self._end_button.clicked.connect(self._end)
        self.resize(_WIDTH, self.sizeHint().height())

    @property
    def summary(self) -> str:
        """What is said of the import as a whole."""
        return self._summary_label.text()

    @property
    def remarks(self) -> str:
        """The remarks, one a line."""
        return self._remarks

    def show_progress(self, progress: ImportProgress) -> None:
        """Say how far the reading is."""
        done = progress.done / progress.total if progress.total else 0
        self._progress_bar.setValue(round(min(done, 1) * _STEPS))
        megabytes = self.tr("{done} of {total} MB, {count}")
        self._progress_bar.setFormat(
            megabytes.format(
                done=f"{progress.done / 1e6:,.1f}",
                total=f"{progress.total / 1e6:,.1f}",
                count=_counted(progress.exchanges, "exchange"),
            )
        )

    def show_report(self, report: ImportReport) -> None:
        """Say what came of it."""
        self._ended = True
        self._progress_bar.hide()
        self._summary_label.setText(summary_of(report))
        if report.remarks:
            self._remarks = "\n".join(map(_line, report.remarks))
            if report.more:
                more = self.tr("… and {count} more.").format(count=f"{report.more:,}")
                self._remarks = f"{self._remarks}\n{more}"
            self._remarks_view.setPlainText(self._remarks)
            self._remarks_view.show()
        self._copy_button.setVisible(bool(report.remarks))
        self._draft_button.setVisible(report.only is not None)
        self._end_button.setText(self.tr("Close"))
        self._end_button.setFocus()
        height = _TALL if len(report.remarks) > _FEW else self.sizeHint().height()
        self.resize(self.width(), max(self.height(), height))

    def reject(self) -> None:
        """Closing it, by Escape too, cancels what still runs."""
        if not self._ended:
            self.cancel_requested.emit()
        super().reject()

    def _end(self) -> None:
        if self._ended:
            self.close()
        else:
            self.cancel_requested.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.summary}\n{self.remarks}\n")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._copy_button)
        row.addStretch(1)
        row.addWidget(self._draft_button)
        row.addWidget(self._end_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._summary_label)
        column.addWidget(self._progress_bar)
        column.addWidget(self._remarks_view, 1)
        column.addLayout(row)


def summary_of(report: ImportReport) -> str:
    """One line: “12 exchanges imported, 3 places not understood, 2 secrets dropped.”"""
    if report.trouble:
        what = f"{_counted(report.exchanges, 'exchange')} of" if report.exchanges else "Nothing was kept of"
        left = " could not be taken back" if report.exchanges else ""
        return f"{what} {report.title}{left}: {report.trouble}"
    if report.cancelled:
        return f"Cancelled: nothing of {report.title} was kept."
    parts = [_counted(report.exchanges, "exchange") + " imported"]
    if report.known:
        parts.append(f"{report.known:,} {'was' if report.known == 1 else 'were'} there already")
    for kind, words in (
        ("unknown", "not understood or left out"),
        ("secret", "dropped"),
        ("finding", "to look at"),
    ):
        if count := report.count(kind):
            parts.append(f"{_counted(count, {'secret': 'secret'}.get(kind, 'place'))} {words}")
    return f"{report.title}: {', '.join(parts)}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _line(remark: Remark) -> str:
    return f"{remark.place}: {remark.say}" if remark.place else remark.say
