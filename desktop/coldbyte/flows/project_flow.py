"""Projects: new, open, save, save as, those that were open before; the window's title."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from coldbyte.core.draft import Draft, Question
from coldbyte.core.journal.work import Work
from coldbyte.core.project.home import OnDisk, ProjectHome
from coldbyte.core.project.project import Project
from coldbyte.flows.outside_change import OutsideChange
from coldbyte.services.project_folder import ChangedOutsideError, ProjectFolder
from coldbyte.services.text_file import FileTrouble
from coldbyte.state.autosave import Autosave
from coldbyte.state.edit_log import EditLog
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.open_project import OpenProject
from coldbyte.state.settings import Settings
from coldbyte.state.tasks import Tasks
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice

Paths = Sequence[str]


class ProjectFlow(QObject):
    """The user's commands about the folder. A draft that gives way to another one can be brought back."""

    def __init__(
        self,
        window: MainWindow,
        draft: OpenDraft,
        project: OpenProject,
        edits: EditLog,
        autosave: Autosave | None,
        settings: Settings,
        tasks: Tasks,
        open_documents: Callable[[Paths], None],
        import_paths: Callable[[Paths], None],
    ) -> None:
        """`edits` and `autosave` are the working copy: the former always, the latter where it is kept.

        What is dropped on the window and is no project goes to the last two.
        """
        super().__init__(window)
        self._window = window
        self._draft = draft
        self._project = project
        self._settings = settings
        self._tasks = tasks
        self._edits = edits
        self._autosave = autosave
        self._known: tuple[ProjectHome | None, Project | None] = (None, None)
        self._outside = OutsideChange(window, draft, project, tasks)
        window.action("new_project").triggered.connect(self.start_anew)
        window.action("open_project").triggered.connect(self.choose_project)
        window.action("save_project").triggered.connect(self.save)
        window.action("save_project_as").triggered.connect(self.choose_target)
        window.recent_menu.chosen.connect(lambda folder: self.open(Path(folder)))
        window.recent_menu.clear_requested.connect(self._forget_recent)
        window.files_dropped.connect(lambda paths: self._take_drop(paths, import_paths))
        window.documents_pane.files_dropped.connect(lambda paths: self._take_drop(paths, open_documents))
        project.changed.connect(self._show)
        project.troubled.connect(self._report)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._look_when_active)
        window.recent_menu.show_folders(settings.recent_projects)
        edits.reopened.connect(self._follow_draft)
        self._follow_draft()

    def choose_project(self) -> None:
        """Ask which folder to open."""
        self._choose(self.tr("Open a project: choose its folder"), self.open)

    def choose_target(self) -> None:
        """Ask where to save the project."""
        self._choose(self.tr("Save the project: choose its folder"), self.save_as)

    def open(self, folder: Path) -> None:
        """Open the project in a folder."""
        self._tasks.start("open the project", self._open(folder))

    def save(self) -> None:
        """Save the project; one that has no folder yet, or must not be saved there, asks for one."""
        if self._project.folder is None:
            self.choose_target()
        elif self._project.bar:
            remedy = self.tr("File → Save the project as … keeps your draft in another folder.")
            self._notice(self._why_barred(), remedy, "trouble")
        else:
            self._tasks.start("save the project", self._save())

    def save_as(self, folder: Path) -> None:
        """Save the project into another folder."""
        self._tasks.start("save the project", self._save_as(folder))

    def start_anew(self) -> None:
        """Begin a project without anything in it."""
        work = self._edits.work()
        is_left = self._leave(work)
        model, limit = self._draft.draft.model, self._draft.draft.max_tokens
        self._draft.open(Draft(model, limit, questions=(Question("question-1"),)))
        self._tell_of_the_old(self.tr("A new project."), work if is_left else None)

    def _take_drop(self, paths: Paths, otherwise: Callable[[Paths], None]) -> None:
        """Open a dropped folder that holds a project; everything else is for others."""
        self._tasks.start("look at what was dropped", self._sort_drop(paths, otherwise))

    async def _sort_drop(self, paths: Paths, otherwise: Callable[[Paths], None]) -> None:
        if len(paths) == 1 and await asyncio.to_thread(ProjectFolder().holds, Path(paths[0])):
            await self._open(Path(paths[0]))
        else:
            otherwise(paths)

    async def _open(self, folder: Path) -> None:
        left: list[Work] = []

        def give_way() -> None:
            work = self._edits.work()
            if self._leave(work):
                left.append(work)

        try:
            found = await self._project.open(folder, give_way)
        except FileTrouble as trouble:
            self._report(trouble)
            return
        self._tell(found)
        self._remember(folder)
        if self._project.bar:
            remedy = self.tr("It opens read-only here. Save it as another project to keep changes.")
            self._notice(self._why_barred(), remedy, "trouble")
        self._tell_of_the_old(self.tr("Opened {name}.").format(name=folder.name), left[0] if left else None)

    async def _save(self) -> None:
        try:
            saved = await self._project.save()
        except ChangedOutsideError as changed:
            self._outside.tell(changed.paths, saving=True)
        except FileTrouble as trouble:
            self._report(trouble)
        else:
            self._tell(saved)

    async def _save_as(self, folder: Path) -> None:
        try:
            saved = await self._project.save_as(folder)
        except ChangedOutsideError:
            say = self.tr("{folder} holds another project already.").format(folder=folder)
            self._notice(say, self.tr("Choose another folder. Nothing was written."), "trouble")
        except FileTrouble as trouble:
            self._report(trouble)
        else:
            self._tell(saved)
            self._remember(folder)
            self._notice(self.tr("Saved as a project in {folder}.").format(folder=folder))
            if self._project.bar:
                self._notice(self._why_barred(), "", "trouble")

    def _choose(self, title: str, act: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        if self._project.folder is not None:
            dialog.setDirectory(str(self._project.folder.parent))
        dialog.fileSelected.connect(lambda path: act(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _leave(self, work: Work) -> bool:
        """To be called before another draft takes the place of this one; whether something would be lost."""
        if self._autosave is not None:
            return self._autosave.leave(work)
        return self._edits.has_unsaved

    def _tell_of_the_old(self, say: str, work: Work | None) -> None:
        if work is not None:
            put_aside = self.tr("Your draft was put aside.")
            offers = [(self.tr("Bring it back"), lambda: self._edits.reopen(work))]
            self._window.notice_bar.show_notice(Notice(f"{say} {put_aside}", offers=offers))

    def _follow_draft(self) -> None:
        """Another draft is open: it brings its own folder, or has none."""
        if self._project.is_opening:
            return
        home = _home_of(self._edits.project)
        if home is None:
            self._project.leave()
        else:
            self._project.restore(home)
        self._show()

    def _keep_home(self) -> None:
        """Have the working copy remember the folder and what was found in it."""
        home, base = self._project.home, self._project.base
        if home is self._known[0] and base is self._known[1]:
            return
        self._known = home, base
        self._edits.set_project(asdict(home) if home is not None else None, base.draft if base else None)

    def _look_when_active(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._project.look_soon()

    def _show(self) -> None:
        self._keep_home()
        project = self._project
        self._window.show_project(project.name, unsaved=project.unsaved, read_only=bool(project.bar))

    def _why_barred(self) -> str:
        folder = self._project.folder
        if self._project.bar == "elsewhere":
            return self.tr("Another window has the project {folder} open.").format(folder=folder)
        return self.tr("The folder {folder} is write-protected.").format(folder=folder)

    def _tell(self, found: OnDisk) -> None:
        for remark in found.remarks:
            self._notice(remark, "", "trouble")

    def _remember(self, folder: Path) -> None:
        self._settings.remember_project(str(folder))
        self._window.recent_menu.show_folders(self._settings.recent_projects)

    def _forget_recent(self) -> None:
        self._settings.forget_projects()
        self._window.recent_menu.show_folders(())

    def _report(self, trouble: OSError) -> None:
        say = trouble.say if isinstance(trouble, FileTrouble) else str(trouble)
        remedy = trouble.remedy if isinstance(trouble, FileTrouble) else ""
        self._notice(say, remedy, "trouble")

    def _notice(self, say: str, remedy: str = "", kind: str = "info") -> None:
        self._window.notice_bar.show_notice(Notice(say, remedy, "trouble" if kind == "trouble" else "info"))


def _home_of(info: Mapping[str, Any] | None) -> ProjectHome | None:
    """What a working copy remembers; None where that is not known."""
    try:
        return (
            ProjectHome(str(info["folder"]), dict(info["fingerprints"]), dict(info["paths"]))
            if info
            else None
        )
    except (KeyError, TypeError, ValueError):
        return None
