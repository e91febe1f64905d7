"""The trail of edits: what each did to the prefix, since the baseline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.edit import place_now, taken_back
from coldbyte.core.history.keeping import Outcome
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.reply import SendFailure
from coldbyte.core.text.text import Text
from coldbyte.state import edit_trail
from coldbyte.state.edit_trail import EditTrail
from coldbyte.state.history import History
from coldbyte.state.sending import Sending
from state.world import DRAFT, Gate, World, answer

WROTE = Usage(written_5m=2000, uncached=10, output=25)
SYSTEM = "You answer questions about the regulation.\n"
OVERLOADED = SendFailure("overloaded", "The API is overloaded.", status=529)


class Notes(History):
    """A history that notes which edits came with each exchange."""

    def __init__(self, world: World) -> None:
        super().__init__(None, world.books, world.tasks)
        self.edits: list[tuple[Snapshot, ...]] = []

    def keep(self, outcome: Outcome, snapshots: Sequence[Snapshot] = ()) -> None:
        self.edits.append(tuple(snapshots))


class Desk:
    """A user who types and sends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.world = World(loop)
        self.trail = EditTrail(self.world.live, lambda: self.world.now)
        self.notes = Notes(self.world)
        world = self.world
        world.sending = Sending(
            world.live, world.books, world.connection, world.tasks, history=self.notes, trail=self.trail
        )
        world.live.look()

    def type(self, text: str, key: str = "system", after: float = 2.0) -> None:
        self.world.now += after
        self.world.draft.edit_text(key, Text.from_str(text))
        self.world.live.look()

    async def send(self) -> None:
        await self.world.ask(answer(WROTE, "Anyone."))
        self.world.live.look()

    @property
    def shown(self) -> list[tuple[str, str, bool]]:
        return [(edit.removed, edit.inserted, edit.breaks) for edit in self.trail.snapshots]


@pytest.fixture
def desk(loop: asyncio.AbstractEventLoop) -> Desk:
    return Desk(loop)


def test_the_edit_that_broke_the_prefix_is_found_among_others(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        desk.type("Who may ask?\nAnd when? Now?", key="first")
        desk.type("You answer\u00a0questions about the regulation.\n")
        desk.type("You answer\u00a0questions about the regulation!\n")

    desk.world.run(story())
    assert desk.trail.culprit == 1
    edit = desk.trail.snapshots[1]
    assert (edit.key, edit.part, edit.byte) == ("system", "system block 1", 10)
    assert (edit.removed, edit.inserted) == (" ", "\u00a0")
    insight = desk.world.live.look()
    assert insight is not None
    assert insight.comparison is not None
    assert edit.break_at == insight.comparison.shared
    assert desk.trail.snapshots[-1].prefix == insight.prefix.keys[-1]
    assert edit.prefix != insight.prefix.keys[-1]


def test_just_that_edit_is_taken_back_and_the_prefix_breaks_by_the_other_one(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        desk.type("You answer\u00a0questions about the regulation.\n")
        desk.type("Oh: You answer\u00a0questions about the regulation.\n")
        trail = desk.trail.snapshots
        byte = place_now(trail, 0)
        assert byte == 14
        text = taken_back(desk.world.draft.draft.part("system").text, trail[0], byte)
        assert text is not None
        desk.type(str(text))

    desk.world.run(story())
    assert str(desk.world.draft.draft.part("system").text) == f"Oh: {SYSTEM}"
    assert desk.trail.culprit == 0


def test_what_is_undone_is_no_culprit(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        desk.type("Oh: " + SYSTEM)
        desk.type(SYSTEM)

    desk.world.run(story())
    assert desk.trail.culprit is None
    assert [breaks for _, _, breaks in desk.shown] == [True, False]


def test_a_run_of_typing_is_one_edit_and_a_pause_ends_it(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        for count in range(1, 6):
            desk.type("Hello"[:count] + SYSTEM, after=0.2)
        desk.type("Hello!" + SYSTEM, after=1.5)

    desk.world.run(story())
    assert desk.shown == [("", "Hello", True), ("", "!", True)]
    assert desk.trail.snapshots[0].at < desk.trail.snapshots[1].at


def test_the_edit_that_breaks_is_never_joined_with_one_before_it(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        desk.type("Who may ask? A", key="first", after=0.1)
        desk.type("X" + SYSTEM, after=0.1)
        desk.type("XY" + SYSTEM, after=0.1)

    desk.world.run(story())
    assert desk.trail.culprit == 1
    assert desk.shown[1] == ("", "XY", True)


def test_edits_are_kept_with_the_exchange_that_follows_and_the_next_begins_anew(desk: Desk) -> None:
    async def story() -> None:
        desk.type("One. " + SYSTEM)
        await desk.send()
        desk.type("Two. One. " + SYSTEM)
        await desk.send()
        assert desk.trail.snapshots == ()
        await desk.send()

    desk.world.run(story())
    first, second, third = desk.notes.edits
    assert [(edit.inserted, edit.breaks) for edit in first] == [("One. ", False)]
    assert [(edit.inserted, edit.breaks) for edit in second] == [("Two. ", True)]
    assert third == ()


def test_after_a_failure_the_edits_since_the_baseline_are_still_there(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        desk.type("Oh: " + SYSTEM)
        await desk.world.ask([OVERLOADED])
        desk.type("Oh: " + SYSTEM + "More.\n")

    desk.world.run(story())
    assert desk.trail.culprit == 0
    assert desk.shown[0] == ("", "Oh: ", True)


def test_edits_during_an_answer_are_judged_against_what_is_being_sent(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        desk.type("Oh: " + SYSTEM)
        begun, *rest = answer(WROTE)
        await desk.world.connection.close()
        gate = Gate()
        desk.world.outside.script = [begun, gate, *rest]
        desk.world.sending.send()
        await gate.reached.wait()
        desk.type("Who?", key="first")
        desk.type("No: Oh: " + SYSTEM)
        gate.opened.set()
        await desk.world.ended()
        desk.world.live.look()

    desk.world.run(story())
    assert [(inserted, breaks) for _, inserted, breaks in desk.shown] == [("?", False), ("No: ", True)] or (
        desk.shown[-1] == ("", "No: ", True) and desk.trail.culprit == len(desk.shown) - 1
    )
    assert [edit.inserted for edit in desk.notes.edits[1]] == ["Oh: "]


def test_structure_and_another_draft_leave_their_marks(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        desk.world.now += 2
        key = desk.world.draft.add_system_block()
        desk.world.draft.edit_text(key, Text.from_str("Be brief."))
        desk.world.live.look()
        desk.world.draft.set_breakpoint("document", "1h")
        desk.world.live.look()
        desk.world.draft.open(DRAFT.with_text("system", Text.from_str("Another.")))
        desk.world.live.look()

    desk.world.run(story())
    assert [edit.what for edit in desk.trail.snapshots] == ["added", "breakpoint", "draft"]
    assert desk.trail.culprit == 0


def test_a_baseline_that_differs_from_the_start_is_said_to(desk: Desk) -> None:
    async def story() -> None:
        await desk.send()
        other = desk.world.log.records[0].exchange
        desk.type("Oh: " + SYSTEM)
        await desk.send()
        desk.world.log.choose_baseline(other)
        desk.world.live.look()

    desk.world.run(story())
    culprit = desk.trail.culprit
    assert culprit is not None
    assert desk.trail.snapshots[culprit].what == "baseline"


def test_there_is_an_end_to_what_is_remembered_and_the_culprit_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit_trail, "_MOST", 10)

    async def story() -> None:
        await desk.send()
        desk.type("Oh: " + SYSTEM)
        for number in range(40):
            desk.type(f"Who may ask {'x' * number}?", key="first")
            desk.type(f"May we {'y' * number} refuse?", key="second")

    desk.world.run(story())
    assert len(desk.trail.snapshots) <= 10
    culprit = desk.trail.culprit
    assert culprit == 0
    assert desk.trail.snapshots[culprit].inserted == "Oh: "
