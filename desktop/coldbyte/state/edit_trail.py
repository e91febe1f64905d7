"""The edits of the draft since the baseline, each with what it did to the prefix."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.history.edit import CHOSEN, TEXT, edits_between, first_broken, joined
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.comparison import compare
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.state.live_insight import LiveInsight

_MOST, _WEIGHT = 2_000, 8_000_000  # snapshots, and characters in them
_PAUSE_S = 1.0  # a pause that ends a run of typing
_LONGEST_RUN = 2_000  # characters


class EditTrail(QObject):
    """Looks whenever the insight changes; typing without a pause in one place makes one snapshot.

    While an exchange is on its way, edits are judged against it, as it is the next baseline. Of too many
    edits the oldest are joined or forgotten, never the one that broke the prefix.
    """

    changed = Signal()

    def __init__(self, live: LiveInsight, clock: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._clock = clock
        self._edits: list[Snapshot] = []
        self._weight = 0
        self._typed_at = 0.0
        self._draft: Draft | None = None
        self._question = self._conversation = ""
        self._baseline: Exchange | None = None
        self._pending: Prefix | None = None
        self._sent = 0  # the number of the exchange that was sent last
        self._mark = 0  # how many edits were made before it
        live.changed.connect(self._look)

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The edits since the baseline, oldest first."""
        return tuple(self._edits)

    @property
    def culprit(self) -> int | None:
        """The index of the edit that broke the prefix; None where it is not broken, or nobody saw it."""
        return first_broken(self._edits)

    def begin(self, number: int, prefix: Prefix) -> tuple[Snapshot, ...]:
        """An exchange is sent: the edits before it, which are kept with it."""
        self._sent, self._mark, self._pending = number, len(self._edits), prefix
        return tuple(self._edits)

    def end(self) -> None:
        """It has ended; if it is the new baseline, the edits before it are done with."""
        self._pending = None

    def _look(self, insight: Insight | None) -> None:
        if insight is None:
            return
        new_baseline = insight.baseline is not self._baseline
        if new_baseline:
            self._take_baseline(insight.baseline)
        before, asked = self._draft, self._question
        same = insight.draft is before and insight.question == asked
        if same and not new_baseline:
            return
        self._draft, self._question = insight.draft, insight.question
        if before is not None and not same:
            self._note(before, asked, insight)
        if new_baseline and insight.broken and self.culprit is None:
            self._edits.append(self._seen(insight, CHOSEN))
        self._conversation = self._live.conversation
        self.changed.emit()

    def _note(self, before: Draft, asked: str, insight: Insight) -> None:
        """Add what was edited since the last look."""
        if self._live.conversation != self._conversation:
            self._add(self._seen(insight, "draft"))
            return
        last = self._edits[-1] if self._edits else None
        for edit in edits_between(before, insight.draft, self._seen(insight, TEXT), last):
            self._add(edit)
        if insight.question != asked and asked in insight.draft.parts:
            self._add(self._seen(insight, "question"))

    def _seen(self, insight: Insight, what: str) -> Snapshot:
        """What came of the edits up to now."""
        comparison = insight.comparison
        if self._pending is not None:
            comparison = compare(self._pending, insight.prefix)
        breaks = comparison is not None and not comparison.harmless
        return Snapshot(
            self._clock(),
            "",
            "",
            0,
            "",
            "",
            insight.prefix.keys[-1] if insight.prefix.keys else b"",
            breaks,
            comparison.shared if comparison is not None and breaks else None,
            what,
        )

    def _add(self, edit: Snapshot) -> None:
        last = self._edits[-1] if len(self._edits) > self._mark else None
        now, before = edit.at, self._typed_at
        self._typed_at = now
        if last is not None and now - before <= _PAUSE_S and last.breaks == edit.breaks:
            run = joined(last, edit)
            if run is not None and _weight(run) <= _LONGEST_RUN:
                self._weight += _weight(run) - _weight(last)
                self._edits[-1] = run
                if run.removed == run.inserted:
                    self._forget(len(self._edits) - 1)
                return
        self._edits.append(edit)
        self._weight += _weight(edit)
        while len(self._edits) > 2 and (len(self._edits) > _MOST or self._weight > _WEIGHT):
            self._fold()

    def _fold(self) -> None:
        """Make the two oldest edits one, or forget one of them."""
        one, two = self._edits[:2]
        both = joined(one, two) if one.breaks == two.breaks else None
        if both is not None:
            self._weight += _weight(both) - _weight(two)
            self._edits[1] = both
            self._forget(0)
        else:
            self._forget(1 if self.culprit == 0 else 0)

    def _forget(self, index: int) -> None:
        self._weight -= _weight(self._edits.pop(index))
        if index < self._mark:
            self._mark -= 1

    def _take_baseline(self, baseline: Exchange | None) -> None:
        """Begin anew behind the exchange that was sent; another baseline leaves the edits as they are."""
        self._baseline = baseline
        if baseline is not None and baseline.number and baseline.number == self._sent:
            del self._edits[: self._mark]
            self._mark = 0
            self._weight = sum(map(_weight, self._edits))


def _weight(edit: Snapshot) -> int:
    return len(edit.removed) + len(edit.inserted)
