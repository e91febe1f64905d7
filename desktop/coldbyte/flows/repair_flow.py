"""From the prefix panel back into the draft: going to a cause, and putting old bytes and breakpoints back."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from coldbyte.core.body import part_paths
from coldbyte.core.draft import Draft
from coldbyte.core.insight import Insight
from coldbyte.core.likeness import with_keys_of
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.comparison import Side
from coldbyte.core.wish import Wish, restored
from coldbyte.state.exchange_log import ExchangeLog
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice
from coldbyte.ui.prefix.cause_place import CONTROL, MODEL
from coldbyte.ui.prefix.ribbon import Place

_OF_PARTS = ("parts", "breakpoints", "everything")  # what needs the baseline's draft
_PREVIEW_MS = 120  # a pause in typing after which it is worked out what restoring regains


class RepairFlow(QObject):
    """Marks the break in the editor, too."""

    def __init__(self, window: MainWindow, draft: OpenDraft, log: ExchangeLog, live: LiveInsight) -> None:
        super().__init__(window)
        self._window = window
        self._draft = draft
        self._log = log
        self._live = live
        self._marked: str | None = None  # the key of the part whose editor bears the mark
        self._preview = QTimer(self, singleShot=True, interval=_PREVIEW_MS)
        self._preview.timeout.connect(self.show_gain)
        panel = window.prefix_panel
        panel.wish_requested.connect(self.grant)
        panel.wishes_changed.connect(self._preview.start)
        for each in (panel, window.overview_panel):
            each.place_requested.connect(self.go_to)
        window.action("restore").triggered.connect(lambda: self.grant(Wish("everything")))
        window.action("next_difference").triggered.connect(lambda: self.step(+1))
        window.action("previous_difference").triggered.connect(lambda: self.step(-1))
        live.changed.connect(self.mark)

    def grant(self, wish: Wish) -> None:
        """Put back what a wish asks for, as far as it is there; each text can be undone in its editor."""
        insight = self._live.look()
        if insight is None:
            return
        sent, before, question = self._sent(insight), self._draft.draft, self._draft.question
        if sent is None and wish.scope in _OF_PARTS:
            say = self.tr("{exchange} can't be opened as a draft, so its parts can't be put back.")
            called = insight.baseline.called if insight.baseline else ""
            self._window.notice_bar.show_notice(Notice(say.format(exchange=called), kind="trouble"))
            return
        draft = restored(insight, wish, sent)
        if draft == before:
            return
        self._draft.take(draft)
        if list(draft.parts) != list(before.parts):
            offer = (self.tr("Bring my version back"), lambda: self._draft.open(before, question))
            say = self.tr("All parts before the question are as they were sent.")
            self._window.notice_bar.show_notice(Notice(say, offers=[offer]))

    def show_gain(self) -> None:
        """Work out what the buttons of the panel would regain."""
        panel, insight = self._window.prefix_panel, self._live.insight
        if insight is None or not panel.wishes:
            return
        now, sent = insight.forecast, self._sent(insight)
        after = [self._live.forecast_of(restored(insight, wish, sent)) for wish in panel.wishes]
        gains = [forecast.plan.usage.read - now.plan.usage.read for forecast in after]
        less = now.cost.now - after[0].cost.now if now.cost and after[0].cost else None
        panel.show_gain(gains, less if less and less > 0 else None)

    def step(self, step: int) -> None:
        """Choose the next or the previous cause and go there."""
        self._live.look()
        self._window.prefix_panel.step_cause(step)

    def go_to(self, place: Place) -> None:
        """Show a place of the draft: in its editor, or the box in which it is chosen."""
        if place.where == MODEL:
            self._window.focus_model()
            return
        insight = self._live.look()
        is_breakpoint = place.where.endswith(CONTROL)
        key = _key_of(insight, place.where.removesuffix(CONTROL)) if insight else None
        if key is None:
            return
        for pane in self._window.part_panes:
            if pane.select(key):
                pane.fold.fold(False)
        if is_breakpoint:
            self._focus_breakpoint(key)
            return
        editor = self._editor_of(key)
        if editor is not None:
            editor.setFocus()
            editor.go_to(place.byte)

    def mark(self, insight: Insight | None) -> None:
        """Mark the break in the editor that shows it, and nowhere else."""
        side = _first_side(insight) if insight and insight.broken else None
        key = _key_of(insight, side.block.where) if insight and side else None
        marked = self._editor_of(self._marked) if self._marked != key else None
        if marked is not None:
            marked.mark_break(None, 0)
        self._marked = key
        editor = self._editor_of(key)
        if editor is not None and side is not None:
            editor.mark_break(max(side.byte, 0), 1)

    def _sent(self, insight: Insight) -> Draft | None:
        """The draft of the baseline; of one of the history that of its body, if it can be one."""
        baseline = insight.baseline
        if baseline is None:
            return None
        if baseline.number:
            return self._log.records[baseline.number - 1].insight.draft
        return with_keys_of(baseline.draft, insight.draft) if baseline.draft is not None else None

    def _focus_breakpoint(self, key: str) -> None:
        window = self._window
        for pane in (window.tools_pane, window.system_pane, window.documents_pane):
            if pane.key == key:
                pane.focus_breakpoint()

    def _editor_of(self, key: str | None) -> BlockEditor | None:
        if key is None:
            return None
        editors = (stack.editor_of(key) for stack in self._window.stacks)
        return next((editor for editor in editors if editor is not None), None)


def _key_of(insight: Insight, where: str) -> str | None:
    """The part of the draft at a JSON path of its body, or of a block in that."""
    paths = part_paths(insight.draft, insight.question)
    return next((key for key, path in paths.items() if where in (path, block_path(path))), None)


def _first_side(insight: Insight | None) -> Side | None:
    if insight is None or insight.comparison is None or insight.comparison.first is None:
        return None
    return insight.comparison.first.after
