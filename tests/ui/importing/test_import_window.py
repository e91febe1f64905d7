"""The window of an import says how far it is and what came of it, in one line and in a list."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.state.importing import ImportProgress, ImportReport
from coldbyte.ui.importing.import_window import ImportWindow, summary_of

REMARKS = (
    Remark("a.har", "Left out: requests to a.example that are no Messages requests (2).", "unknown"),
    Remark("a.har:3", "Dropped because it may hold a secret: the header x-api-key.", "secret", 3),
    Remark("a.har:4", "The body has 5 bytes, but 6 were sent.", "finding", 4),
)


@pytest.fixture
def window(qtbot: QtBot) -> ImportWindow:
    window = ImportWindow("a.har")
    window.show()
    return window


def button(window: ImportWindow, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (ImportReport("a.har"), "a.har: 0 exchanges imported."),
        (ImportReport("a.har", 1, 1), "a.har: 1 exchange imported, 1 was there already."),
        (ImportReport("a.har", 1200, 12), "a.har: 1,200 exchanges imported, 12 were there already."),
        (
            ImportReport("a.har", 2, remarks=REMARKS),
            "a.har: 2 exchanges imported, 1 place not understood or left out, 1 secret dropped, "
            "1 place to look at.",
        ),
        (ImportReport("a.har", cancelled=True), "Cancelled: nothing of a.har was kept."),
        (ImportReport("a.har", trouble="The disk is full."), "Nothing was kept of a.har: The disk is full."),
        (
            ImportReport("a.har", 64, trouble="The disk is full."),
            "64 exchanges of a.har could not be taken back: The disk is full.",
        ),
    ],
)
def test_a_report_is_said_in_one_line(report: ImportReport, line: str) -> None:
    assert summary_of(report) == line


def test_every_remark_is_listed_with_its_place_and_can_be_copied(window: ImportWindow) -> None:
    window.show_report(ImportReport("a.har", 2, remarks=REMARKS, more=1_000))
    assert window.remarks.splitlines() == [
        *(f"{remark.place}: {remark.say}" for remark in REMARKS),
        "… and 1,000 more.",
    ]
    QTest.mouseClick(button(window, "import_copy"), Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == f"{window.summary}\n{window.remarks}\n"
    QApplication.clipboard().clear()


def test_progress_is_in_bytes_and_exchanges(window: ImportWindow) -> None:
    bar = window.findChild(QProgressBar)
    assert bar is not None
    window.show_progress(ImportProgress(250_000_000, 1_000_000_000, 1_234))
    assert (bar.value(), bar.text()) == (250, "250.0 of 1,000.0 MB, 1,234 exchanges")
    window.show_progress(ImportProgress(0, 0, 1))
    assert (bar.value(), bar.text()) == (0, "0.0 of 0.0 MB, 1 exchange")


def test_one_exchange_alone_can_be_opened_as_a_draft(window: ImportWindow, qtbot: QtBot) -> None:
    draft = button(window, "import_open_draft")
    window.show_report(ImportReport("a.har", 2))
    assert not draft.isVisible()
    window.show_report(ImportReport("a.har", 0, 1, only=KeptExchange(b"{}", "imported")))
    assert draft.isVisible()
    with qtbot.waitSignal(window.draft_requested):
        QTest.mouseClick(draft, Qt.MouseButton.LeftButton)
    assert not window.isVisible()


def test_closing_cancels_what_runs_and_nothing_afterwards(window: ImportWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.cancel_requested):
        QTest.mouseClick(button(window, "import_end"), Qt.MouseButton.LeftButton)
    assert window.isVisible()  # until it has ended
    window.show_report(ImportReport("a.har", cancelled=True))
    with qtbot.assertNotEmitted(window.cancel_requested):
        QTest.mouseClick(button(window, "import_end"), Qt.MouseButton.LeftButton)
    assert not window.isVisible()
