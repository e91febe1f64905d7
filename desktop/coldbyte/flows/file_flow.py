"""Text files: opening them as documents, saving a text, noticing that another program changed one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog

from coldbyte.core.draft import Document
from coldbyte.core.insight import prepare
from coldbyte.core.text.text import NotUtf8Error, Text
from coldbyte.services.text_file import (
    FileTrouble,
    decode_as,
    guesses,
    read_bytes,
    read_text,
    write_text,
)
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.tasks import Tasks
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice


class FileFlow(QObject):
    """Reads and writes in a worker thread; every text is taken byte for byte."""

    def __init__(self, window: MainWindow, draft: OpenDraft, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._draft = draft
        self._tasks = tasks
        self._paths: dict[str, Path] = {}  # part key -> the file that it came from or was saved to
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._note_change)
        window.action("open_document").triggered.connect(self.choose_document)
        window.action("save_text").triggered.connect(self.choose_target)
        window.action("rename_document").triggered.connect(self.rename_document)
        window.documents_pane.rename_requested.connect(self.rename_document)
        window.action("document_earlier").triggered.connect(partial(self._move_document, -1))
        window.action("document_later").triggered.connect(partial(self._move_document, +1))
        window.documents_pane.add_requested.connect(self.choose_document)

    def rename_document(self) -> None:
        """Ask for another title of the document that is shown."""
        key = self._window.documents_pane.key
        if key is None:
            return
        part = self._draft.draft.part(key)
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(self.tr("Rename the document"))
        dialog.setLabelText(self.tr("The title is part of the prefix: another one breaks it."))
        dialog.setTextValue(part.title if isinstance(part, Document) else "")
        dialog.textValueSelected.connect(partial(self._draft.rename_document, key))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def choose_document(self) -> None:
        """Ask which files to open."""
        dialog = QFileDialog(self._window, self.tr("Open as documents"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.open_documents)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_documents(self, paths: Sequence[str]) -> None:
        """Open files as documents."""
        for path in paths:
            self._tasks.start("open document", self._open(Path(path)))

    def choose_target(self) -> None:
        """Ask where to save the text of the focused editor."""
        key = self._focused_key()
        if key is None:
            self._window.notice_bar.show_notice(
                Notice(self.tr("Click into the text that you want to save, then save again."))
            )
            return
        dialog = QFileDialog(self._window, self.tr("Save this text"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if key in self._paths:
            dialog.selectFile(str(self._paths[key]))
        dialog.fileSelected.connect(lambda path: self.save(key, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, key: str, path: Path) -> None:
        """Write the text of a part into a file, all or nothing."""
        self._tasks.start("save text", self._save(key, path))

    async def _open(self, path: Path) -> None:
        try:
            text = await asyncio.to_thread(_read_prepared, path)
        except NotUtf8Error as error:
            await self._offer_encodings(path, error)
        except FileTrouble as trouble:
            self._report(trouble)
        else:
            self._add(path, text)

    async def _offer_encodings(self, path: Path, error: NotUtf8Error) -> None:
        encodings = await asyncio.to_thread(_guesses, path)
        offers = [
            (
                self.tr("Open as {encoding}").format(encoding=encoding),
                partial(self._start_decoded, path, encoding),
            )
            for encoding in encodings
        ]
        say = self.tr("{name} is not UTF-8: byte {byte} can't be read ({reason}).").format(
            name=path.name, byte=f"{error.byte:,}", reason=error.reason
        )
        remedy = self.tr("Opened in another encoding it is sent as UTF-8; the file stays as it is.")
        self._window.notice_bar.show_notice(Notice(say, remedy, "trouble", offers[:3]))

    def _start_decoded(self, path: Path, encoding: str) -> None:
        self._tasks.start("open document", self._open_decoded(path, encoding))

    async def _open_decoded(self, path: Path, encoding: str) -> None:
        """Open a file that is not UTF-8. The draft does not follow the file."""
        try:
            text = await asyncio.to_thread(decode_as, path, encoding)
        except FileTrouble as trouble:
            self._report(trouble)
        else:
            self._draft.add_document(path.name, text)

    def _add(self, path: Path, text: Text) -> None:
        key = self._draft.add_document(path.name, text)
        self._paths[key] = path
        self._watcher.addPath(str(path))

    async def _save(self, key: str, path: Path) -> None:
        part = self._draft.draft.parts.get(key)
        if part is None:
            return
        text = part.text
        try:
            await asyncio.to_thread(write_text, path, text)
        except FileTrouble as trouble:
            self._report(trouble)
        else:
            self._paths[key] = path
            self._watcher.addPath(str(path))
            say = self.tr("Saved {name}: {size} bytes.").format(name=path.name, size=f"{text.size:,}")
            self._window.notice_bar.show_notice(Notice(say))

    def _note_change(self, changed: str) -> None:
        """Another program wrote a file: the user decides."""
        path = Path(changed)
        for key, known in self._paths.items():
            if known == path and key in self._draft.draft.parts:
                self._tasks.start("look at file", self._offer_reload(key, path))

    async def _offer_reload(self, key: str, path: Path) -> None:
        try:
            text = await asyncio.to_thread(read_text, path)
        except NotUtf8Error as error:
            say = self.tr("{name} was changed and is no longer UTF-8: {reason}.")
            say = say.format(name=path.name, reason=error)
            self._window.notice_bar.show_notice(Notice(say, kind="trouble"))
            return
        except FileTrouble as trouble:
            self._report(trouble)
            return
        self._watcher.addPath(str(path))  # a file that was replaced is another one, and no longer watched
        part = self._draft.draft.parts.get(key)
        if part is None or text == part.text:
            return
        say = self.tr("{path} was changed by another program.").format(path=path)
        reload = (self.tr("Reload"), partial(self._reload, key, text))
        self._window.notice_bar.show_notice(Notice(say, offers=[reload]))

    def _reload(self, key: str, text: Text) -> None:
        if key in self._draft.draft.parts:
            self._draft.replace_text(key, text)

    def _move_document(self, by: int, _checked: bool = False) -> None:
        key = self._window.documents_pane.key
        if key is not None:
            self._draft.move(key, by)
            self._window.documents_pane.select(key)

    def _focused_key(self) -> str | None:
        editor = self._window.focused_editor
        for stack in self._window.stacks:
            key = stack.key_of(editor) if editor else None
            if key is not None:
                return key
        return None

    def _report(self, trouble: FileTrouble) -> None:
        self._window.notice_bar.show_notice(Notice(trouble.say, trouble.remedy, "trouble"))


def _guesses(path: Path) -> tuple[str, ...]:
    try:
        return guesses(read_bytes(path))
    except FileTrouble:  # gone meanwhile: the notice says what was wrong before
        return ()


def _read_prepared(path: Path) -> Text:
    """Read a text and, still in the thread, compute what the first look at it needs."""
    text = read_text(path)
    prepare(text)
    return text
