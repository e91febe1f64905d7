"""The application object and its event loop, around one `App`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import (
    QLockFile,
    QMessageLogContext,
    QSettings,
    QStandardPaths,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from coldbyte import __version__
from coldbyte.app import App, Surroundings
from coldbyte.collector import Collector
from coldbyte.event_loop import make_loop
from coldbyte.services import resources
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.services.ledger_store import LedgerStore
from coldbyte.services.steady_clock import SteadyClock
from coldbyte.services.vault import KeyringVault, MemoryVault
from coldbyte.services.working_copy import WorkingCopy
from coldbyte.services.working_copy_file import why_unwritable

Work = Callable[[App], Awaitable[int]]


def run_app() -> int:
    """Show the window until it is closed; the exit code."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    folder = Path(data) / "coldbyte"
    lock = QLockFile(str(folder / "draft.lock"))
    trouble, frozen = _lock(lock, folder)
    drafts = None
    if frozen or not trouble:
        drafts = WorkingCopy(folder / "work", old=folder / "draft.json", frozen=frozen)
    clock = SteadyClock()
    ledgers = LedgerStore(folder / "ledger.sqlite", clock.ahead) if folder.is_dir() else None
    histories = HistoryStore(folder / "history.sqlite") if folder.is_dir() else None
    settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "coldbyte", "coldbyte")

    async def until_closed(app: App) -> int:
        await app.run()
        return 0

    surroundings = Surroundings(
        os.environ,
        settings,
        KeyringVault(),
        drafts,
        ledgers,
        histories,
        _user_catalogue(),
        clock.now,
        locks=folder / "locks",
        unkept=trouble,
    )
    return run(until_closed, surroundings)


def _user_catalogue() -> Path:
    """Where the user's own models and prices may lie: beside the settings."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(folder) / "coldbyte" / "catalogue.json"


def _lock(lock: QLockFile, folder: Path) -> tuple[str, bool]:
    """Make sure that this run alone keeps the draft; else why it can't, and whether nobody can."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        return f"Drafts can't be kept in {folder}: {error.strerror}.", True
    if lock.tryLock(0):
        return "", False
    # On a full disk and where nobody can write, the lock of a run that crashed counts as held.
    reason = why_unwritable(folder)
    if not reason and lock.error() == QLockFile.LockError.LockFailedError:
        return "Coldbyte runs already, and that window keeps the draft.", False
    return f"Drafts can't be kept in {folder}: {reason or 'it can not be locked'}.", True


def run_story() -> int:
    """Without a display: play the main story on the simulator, leave a picture, say the verdict."""
    from coldbyte.story import Story

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_pass_on)
    print("No display here: the main story runs offscreen on the built-in simulator.", file=sys.stderr)
    picture = Path(tempfile.mkdtemp(prefix="coldbyte-")) / "coldbyte.png"

    async def play(app: App) -> int:
        story = Story(app)
        verdict = await story.play()
        await story.settle()
        story.grab(picture)
        await story.close()
        print(verdict)
        print(picture)
        return 0

    return show_off(play, simulator_fast=True)


def show_off(work: Work, *, simulator_fast: bool = False) -> int:
    """Run the app on its sample and simulator, apart from everything that is the user's."""
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "coldbyte.ini"), QSettings.Format.IniFormat)
        histories = HistoryStore(Path(folder) / "history.sqlite")
        apart = Surroundings({}, settings, MemoryVault(), histories=histories, simulator_fast=simulator_fast)
        return run(work, apart)


def run(work: Work, surroundings: Surroundings) -> int:
    """Make the application and an App, do `work` on the event loop, return what it returns."""
    application = _application()
    if application.findChild(Collector) is None:
        Collector(application)

    async def session() -> int:
        app = App(application, surroundings)
        _close_on_signals(app)
        try:
            return await work(app)
        finally:
            for each in (app, app.window):  # a closed window would still be dressed, and told of everything
                shiboken6.delete(each)

    with asyncio.Runner(loop_factory=make_loop) as runner:
        return runner.run(session())


def _pass_on(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """Qt's messages but one: the offscreen platform complains of each window that has a least size."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([sys.argv[0]])
    application.setApplicationName("Coldbyte")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("coldbyte")
    application.setQuitOnLastWindowClosed(False)
    icon = QPixmap()
    icon.loadFromData(resources.data("icons/coldbyte.svg"))
    application.setWindowIcon(QIcon(icon))
    return application


def _close_on_signals(app: App) -> None:
    """Ctrl+C and SIGTERM close the window as the user would; Windows knows only the former."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, app.close)
        except (NotImplementedError, AttributeError):
            return
