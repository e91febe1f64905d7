"""Advice in the window: worked out in a thread from the receipts, and applied to the draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from coldbyte.core.advice.advice import Card, advise
from coldbyte.core.advice.draft_breakpoint import draft_places, with_breakpoints
from coldbyte.core.advice.placement import present_of
from coldbyte.core.advice.worth import Worth
from coldbyte.core.body import part_paths
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.draft import Draft, Question, Ttl, Turn
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.block_name import part_name
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.traffic.origin import by_origin
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.traffic.replay import Breakpoints
from coldbyte.flows.thought import Thought
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.tasks import Tasks
from coldbyte.ui.advice.advice_sheet import AdviceRow, AdviceSheet, Move
from coldbyte.ui.advice.advice_words import about_words, applied_words, saved_words, worth_figure
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice

_PAUSE_MS = 400  # a pause in typing


@dataclass(frozen=True, slots=True)
class Case:
    """What advice is made from."""

    insight: Insight
    receipts: Sequence[Receipt]
    catalogue: Catalogue
    simulated: bool
    now: float


class AdviceFlow(QObject):
    """Advice for another draft than the one it was made for is not applied."""

    shown = Signal()  # newer advice stands in the view

    def __init__(
        self,
        window: MainWindow,
        draft: OpenDraft,
        live: LiveInsight,
        books: Books,
        connection: Connection,
        tasks: Tasks,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._view = window.advice_view
        self._draft = draft
        self._live = live
        self._books = books
        self._connection = connection
        self._sheet: AdviceSheet | None = None
        self._thought: Thought[AdviceSheet] = Thought(
            "work out advice", tasks, self._view, self._ask, self._show, _PAUSE_MS
        )
        self._thought.thinking_changed.connect(self._view.show_thinking)
        self._view.shown.connect(self._thought.ask_if_stale)
        self._view.apply_requested.connect(self.apply)
        for signal in (live.changed, books.receipts.changed, connection.changed):
            signal.connect(lambda *_: self._thought.ask())

    def apply(self, row: AdviceRow) -> None:
        """Give the draft the breakpoints of a card, and offer the way back."""
        draft, question = self._draft.draft, self._draft.question
        known = self._sheet is not None and question and self._sheet.paths == part_paths(draft, question)
        if not known or row.breakpoints is None:
            say = self.tr("The draft has changed since: the advice is made anew.")
            self._window.notice_bar.show_notice(Notice(say))
            self._thought.ask()
            return
        wanted = with_breakpoints(draft, question, row.breakpoints)
        ttls = _ttls(draft), _ttls(wanted)
        before = {key: ttl for key, ttl in ttls[0].items() if ttl != ttls[1][key]}
        self._set({key: ttls[1][key] for key in before})
        offer = (self.tr("Take it back"), lambda: self._set(before))
        self._window.notice_bar.show_notice(Notice(applied_words(row.moves), offers=[offer]))

    def _set(self, ttls: dict[str, Ttl | None]) -> None:
        """Put breakpoints behind parts, or take them away; a part that is gone is passed over."""
        for key, ttl in ttls.items():
            if key in self._draft.draft.parts:
                self._draft.set_breakpoint(key, ttl)

    def _ask(self) -> Callable[[], AdviceSheet] | None:
        insight = self._live.insight
        if insight is None:
            self._show(None)
            return None
        simulated = self._connection.status.target == "simulator"
        books = self._books
        mine = by_origin(books.receipts.receipts)[simulated]
        return partial(advice_sheet, Case(insight, mine, books.catalogue, simulated, books.clock()))

    def _show(self, sheet: AdviceSheet | None) -> None:
        self._sheet = sheet
        self._view.show_sheet(sheet)
        self.shown.emit()


def advice_sheet(case: Case) -> AdviceSheet:
    """The advice on a draft; takes up to a second."""
    insight = case.insight
    places = draft_places(insight.draft, insight.question)
    advice = advise(
        insight.prefix,
        insight.forecast.tokens,
        insight.prefix.model,
        case.receipts,
        case.catalogue,
        case.now,
        able=places,
    )
    return AdviceSheet(
        tuple(_row(card, advice.worth, insight.prefix) for card in advice.cards),
        advice.blocks,
        about_words(advice.requests, advice.first_at, advice.last_at, None, simulated=case.simulated),
        part_paths(insight.draft, insight.question),
    )


def _row(card: Card, worth: Worth, prefix: Prefix) -> AdviceRow:
    figure = saved_words(card.saves) if card.saves else ""
    if card.kind == "worth":
        figure = worth_figure(worth)
    moves = moves_to(prefix, card.breakpoints) if card.breakpoints is not None else ()
    return AdviceRow(card.title, card.say, figure, card.saves, card.breakpoints if moves else None, moves)


def moves_to(prefix: Prefix, wanted: Breakpoints) -> tuple[Move, ...]:
    """What has to happen to the breakpoints of a prefix, in cache order."""
    before, after = dict(present_of(prefix)), dict(wanted)
    return tuple(
        Move(part_name(prefix, index), before.get(block.where), after.get(block.where))
        for index, block in enumerate(prefix.blocks)
        if before.get(block.where) != after.get(block.where)
    )


def _ttls(draft: Draft) -> dict[str, Ttl | None]:
    """The TTL of the breakpoint behind each part that can have one, by the part's key."""
    return {key: part.ttl for key, part in draft.parts.items() if not isinstance(part, Question | Turn)}
