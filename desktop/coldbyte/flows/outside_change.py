"""Files of the project that another program changed: the user reloads, keeps or merges."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from coldbyte.core.draft import Draft
from coldbyte.core.project.home import OnDisk
from coldbyte.core.project.merge import Side
from coldbyte.core.project.project_merge import Disagreement, ProjectMerge, merge_projects
from coldbyte.services.project_folder import BrokenProjectError
from coldbyte.services.text_file import FileTrouble
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.open_project import OpenProject
from coldbyte.state.tasks import Tasks
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice
from coldbyte.ui.project.conflict_dialog import ConflictDialog

_NAMED = 3  # files that a notice names


class OutsideChange(QObject):
    """Nothing is overwritten, in the window or on disk, before the user has decided."""

    def __init__(self, window: MainWindow, draft: OpenDraft, project: OpenProject, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._draft = draft
        self._project = project
        self._tasks = tasks
        project.changed_outside.connect(self.tell)

    def tell(self, paths: tuple[str, ...], *, saving: bool = False) -> None:
        """Say which files were changed, with what can be done."""
        some = ", ".join(paths[:_NAMED])
        if len(paths) > _NAMED:
            some = self.tr("{some} and {more} more").format(some=some, more=f"{len(paths) - _NAMED:,}")
        say = self.tr("Another program changed {some}.").format(some=some)
        remedy = self.tr("Your draft is untouched.")
        if saving:
            remedy = self.tr("Nothing was saved. Decide, then save again.")
        offers = [
            (self.tr("Reload"), self._start(self._reload)),
            (self.tr("Keep mine"), self._keep),
        ]
        if self._project.unsaved and self._project.base is not None:
            offers.insert(0, (self.tr("Merge"), self._start(self._merge)))
        self._window.notice_bar.show_notice(Notice(say, remedy, "trouble" if saving else "info", offers))

    def _start(self, act: Callable[[OnDisk], Awaitable[None]]) -> Callable[[], None]:
        def start() -> None:
            self._tasks.start("read the project", self._read_then(act))

        return start

    async def _read_then(self, act: Callable[[OnDisk], Awaitable[None]]) -> None:
        """What lies on disk when the user decides is what is decided about."""
        try:
            found = await self._project.read()
        except FileTrouble as trouble:
            offers = [(self.tr("Keep mine"), self._keep)]
            self._window.notice_bar.show_notice(Notice(trouble.say, trouble.remedy, "trouble", offers))
        else:
            await act(found)

    async def _reload(self, found: OnDisk) -> None:
        self._settle(found, found.project.draft, self.tr("The project was read again."))

    def _keep(self) -> None:
        self._tasks.start("keep the draft", self._keep_draft())

    async def _keep_draft(self) -> None:
        try:
            try:
                self._project.settle(await self._project.read(), self._draft.draft)
            except BrokenProjectError:  # nothing to merge with, but it can be replaced
                await self._project.keep()
        except FileTrouble as trouble:
            self._window.notice_bar.show_notice(Notice(trouble.say, trouble.remedy, "trouble"))
            return
        say = self.tr("Your draft stays. Saving puts it in place of what the other program wrote.")
        self._window.notice_bar.show_notice(Notice(say))

    async def _merge(
        self, found: OnDisk, decided: tuple[Disagreement, ...] = (), choices: Sequence[Side] = ()
    ) -> None:
        """Merge, if these are all the disagreements that there are; else ask about them first."""
        merged = await self._merged(found, choices)
        if merged is None:
            return
        if merged.disagreements == decided:
            say = self.tr("Merged as you decided. Save to keep it.")
            self._settle(found, merged.project.draft, say if decided else self.tr("Merged. Save to keep it."))
            return
        dialog = ConflictDialog(merged.disagreements, self._window)

        def finish(choices: list[Side]) -> None:
            self._tasks.start("merge the project", self._merge(found, merged.disagreements, choices))

        dialog.decided.connect(finish)
        dialog.open()

    async def _merged(self, found: OnDisk, choices: Sequence[Side]) -> ProjectMerge | None:
        """The merge with the draft as it is when this returns: it may be edited meanwhile. None where it is
        not known with what both began.
        """
        while (base := self._project.base) is not None:
            mine = self._project.project
            merged = await asyncio.to_thread(merge_projects, base, mine, found.project, choices)
            if mine.draft is self._draft.draft:
                return merged
        return None

    def _settle(self, found: OnDisk, draft: Draft, say: str) -> None:
        """Take another version over; the one before can be brought back."""
        before = self._draft.draft
        self._project.settle(found, draft)
        offer = (self.tr("Undo"), partial(self._draft.take, before))
        self._window.notice_bar.show_notice(Notice(say, offers=[offer] if before != draft else ()))
