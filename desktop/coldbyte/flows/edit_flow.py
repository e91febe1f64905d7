"""Which of the edits broke the prefix: of the draft, or before an exchange of the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from coldbyte.core.history.edit import CHOSEN, TEXT, first_broken, place_now, taken_back
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.microscope import snippet_of
from coldbyte.core.text.text import Text
from coldbyte.state.edit_trail import EditTrail
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.ui.history.edit_dialog import EditCase, EditDialog
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice


class EditFlow(QObject):
    """An edit of the draft can be taken back by itself, and brought back in its editor with undo."""

    def __init__(
        self,
        window: MainWindow,
        draft: OpenDraft,
        live: LiveInsight,
        trail: EditTrail,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._draft = draft
        self._live = live
        self._trail = trail
        self._clock = clock
        self.dialog: EditDialog | None = None
        """The dialog that is open."""
        self._edits: tuple[Snapshot, ...] = ()
        self._index = 0
        self._of_draft = False
        window.action("which_edit").triggered.connect(self.show_culprit)
        window.prefix_panel.edits_requested.connect(self.show_culprit)
        live.changed.connect(self._offer)

    def show_culprit(self) -> None:
        """Show the edit that broke the draft."""
        insight = self._live.look()
        culprit = self._trail.culprit
        if insight is None or not insight.broken:
            self._tell(self.tr("The prefix is not broken: no edit has to be looked for."))
        elif culprit is None:
            say = self.tr("No edit that was seen here broke it: the draft differed from the start.")
            self._tell(say)
        else:
            self._open(self._trail.snapshots, culprit, of_draft=True)

    def show_kept(self, edits: Sequence[Snapshot]) -> None:
        """Show the edit that broke an exchange of the history, else the last one before it."""
        culprit = first_broken(edits)
        if culprit is None and edits:
            self._tell(self.tr("None of the edits before this exchange broke the prefix."))
        if edits:
            self._open(edits, culprit if culprit is not None else len(edits) - 1, of_draft=False)

    def step(self, step: int) -> None:
        """Go to the edit before or after."""
        if 0 <= self._index + step < len(self._edits):
            self._index += step
            self._show()

    def take_back(self) -> None:
        """Take back the edit that is shown, and no other one."""
        edit, place = self._edits[self._index], self._place()
        text = self._text_without(edit, place)
        if text is not None:
            self._draft.replace_text(edit.key, text)
            self._live.look()
        if self.dialog is not None:
            self.dialog.accept()

    def _open(self, edits: Sequence[Snapshot], index: int, *, of_draft: bool) -> None:
        self._edits, self._index, self._of_draft = tuple(edits), index, of_draft
        if self.dialog is None:
            self.dialog = EditDialog(self._clock, self._window)
            self.dialog.step_requested.connect(self.step)
            self.dialog.take_back_requested.connect(self.take_back)
            self.dialog.finished.connect(self._forget)
        self._show()
        self.dialog.open()

    def _forget(self) -> None:
        self.dialog = None

    def _show(self) -> None:
        edit, place = self._edits[self._index], self._place()
        text = self._text_without(edit, place)
        before = after = None
        if text is not None and place is not None:
            before = snippet_of(text, place, place + len(edit.removed.encode()))
            now = self._draft.draft.part(edit.key).text
            after = snippet_of(now, place, place + len(edit.inserted.encode()))
        elif edit.what == TEXT:
            old, new = Text.from_str(edit.removed), Text.from_str(edit.inserted)
            before, after = snippet_of(old, 0, old.size), snippet_of(new, 0, new.size)
        if self.dialog is not None:
            broke = first_broken(self._edits) == self._index and edit.what != CHOSEN
            count = len(self._edits)
            able, of_draft = text is not None, self._of_draft
            self.dialog.show_case(EditCase(edit, self._index, count, broke, before, after, able, of_draft))

    def _place(self) -> int | None:
        """Where the edit stands in the draft now."""
        edits = self._edits if not self._of_draft else self._trail.snapshots
        same = self._index < len(edits) and edits[self._index] == self._edits[self._index]
        return place_now(edits, self._index) if self._of_draft and same else None

    def _text_without(self, edit: Snapshot, place: int | None) -> Text | None:
        part = self._draft.draft.parts.get(edit.key)
        return taken_back(part.text, edit, place) if part is not None and place is not None else None

    def _offer(self, insight: Insight | None) -> None:
        broken = insight is not None and insight.broken
        self._window.action("which_edit").setEnabled(broken)
        self._window.prefix_panel.offer_edits(broken and self._trail.culprit is not None)

    def _tell(self, say: str) -> None:
        self._window.notice_bar.show_notice(Notice(say))
