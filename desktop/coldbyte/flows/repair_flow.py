"""From the prefix panel back into the draft: going to the break, and putting the old bytes back."""

from __future__ import annotations

from PySide6.QtCore import QObject

from coldbyte.core.body import part_paths
from coldbyte.core.comparison import Comparison, Side
from coldbyte.core.draft import Draft
from coldbyte.core.explain import Explanation
from coldbyte.core.insight import Insight
from coldbyte.core.restore import restorations
from coldbyte.core.text import Text
from coldbyte.state.exchange_log import ExchangeLog
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice
from coldbyte.ui.prefix.ribbon import Place


class RepairFlow(QObject):
    """Marks the break in the editor, too."""

    def __init__(self, window: MainWindow, draft: OpenDraft, log: ExchangeLog, live: LiveInsight) -> None:
        super().__init__(window)
        self._window = window
        self._draft = draft
        self._log = log
        self._live = live
        self._marked: str | None = None  # the key of the part whose editor bears the mark
        window.prefix_panel.restore_requested.connect(self.restore)
        window.prefix_panel.place_requested.connect(self.go_to)
        window.action("restore").triggered.connect(self.restore)
        window.action("go_to_break").triggered.connect(self.go_to_break)
        live.changed.connect(self.mark)

    def restore(self) -> None:
        """Put the old bytes back: in each edited text, or all parts where one came, went or moved."""
        insight = self._live.look()
        if insight is None or insight.comparison is None or insight.explanation is None:
            return
        assert insight.baseline is not None
        sent = self._log.records[insight.baseline.number - 1].insight.draft
        texts = _restored_texts(insight, insight.comparison, insight.explanation)
        if texts is None:
            self._restore_parts(sent)
            return
        self._draft.set_model(sent.model)
        for key, text in texts.items():
            self._draft.replace_text(key, text)

    def go_to_break(self) -> None:
        """Put the cursor where the prefixes part."""
        side = _first_side(self._live.look())
        if side is not None:
            self.go_to(Place(side.block.where, max(side.byte, 0)))

    def go_to(self, place: Place) -> None:
        """Show a place of the draft in its editor."""
        insight = self._live.look()
        key = _key_of(insight, place.where) if insight else None
        if key is None:
            return
        for pane in (self._window.system_pane, self._window.documents_pane, self._window.questions_pane):
            pane.select(key)
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

    def _restore_parts(self, sent: Draft) -> None:
        """Put all parts before the questions back, and offer the way back from there."""
        draft, question = self._draft.draft, self._draft.question
        self._draft.restore_prefix(sent)
        offer = (self.tr("Bring my version back"), lambda: self._draft.open(draft, question))
        say = self.tr("System prompt and documents are as they were sent.")
        self._window.notice_bar.show_notice(Notice(say, offers=[offer]))

    def _editor_of(self, key: str | None) -> BlockEditor | None:
        if key is None:
            return None
        editors = (stack.editor_of(key) for stack in self._window.stacks)
        return next((editor for editor in editors if editor is not None), None)


def _restored_texts(
    insight: Insight, comparison: Comparison, explanation: Explanation
) -> dict[str, Text] | None:
    """The old text of each part that has a cause; None where one is about other than text or model."""
    texts = {}
    found = restorations(comparison, explanation)
    for cause in explanation.causes:
        if cause.id == "model-changed":
            continue
        key = _key_of(insight, cause.where)
        options = [option for option in found if option.where == cause.where]
        if key is None or not options:
            return None
        texts[key] = max(options, key=lambda option: len(option.causes)).text
    return texts


def _key_of(insight: Insight, where: str) -> str | None:
    """The part of the draft at a JSON path of its body."""
    paths = part_paths(insight.draft, insight.question)
    return next((key for key, path in paths.items() if path == where), None)


def _first_side(insight: Insight | None) -> Side | None:
    if insight is None or insight.comparison is None or insight.comparison.first is None:
        return None
    return insight.comparison.first.after
