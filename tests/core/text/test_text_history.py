"""The steps of undo: what is one step, and how many are kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.text_history import PAUSE, Change, Steps, TextHistory, utf16_length


class Typist:
    """A `str` with a cursor, edited through a history."""

    def __init__(self, **limits: int) -> None:
        self.chars = ""
        self.cursor = 0
        self.now = 0.0
        self.history = TextHistory(Steps(), **limits)

    def replace(self, start: int, stop: int, new: str, *, typed: bool = True) -> None:
        before, self.cursor = self.cursor, start + utf16_length(new)
        gone = self.chars[start:stop]
        self.chars = self.chars[:start] + new + self.chars[stop:]
        change = Change(start, gone, new, (before, before), (self.cursor, self.cursor))
        self.history.record(change, self.now, typed=typed)

    def type(self, chars: str) -> None:
        for char in chars:
            self.replace(self.cursor, self.cursor, char)

    def backspace(self, times: int = 1) -> None:
        for _ in range(times):
            self.replace(self.cursor - 1, self.cursor, "")

    def delete(self, times: int = 1) -> None:
        for _ in range(times):
            self.replace(self.cursor, self.cursor + 1, "")

    def undo(self) -> bool:
        return self._play(self.history.undo())

    def redo(self) -> bool:
        return self._play(self.history.redo())

    def act(self, act: str, at: int) -> None:
        match act:
            case "type":
                self.type("ab\ncde"[: at % 6])
            case "backspace" if self.cursor:
                self.backspace()
            case "delete" if self.cursor < len(self.chars):
                self.delete()
            case "paste":
                self.replace(at, min(at + 3, len(self.chars)), "paste\n", typed=False)
            case "undo":
                self.undo()
            case "redo":
                self.redo()
            case "pause":
                self.now += 2 * PAUSE
            case "move":
                self.cursor = at
                self.history.end_run()

    def _play(self, change: Change | None) -> bool:
        if change is None:
            return False
        self.chars = self.chars[: change.start] + change.inserted + self.chars[change.stop :]
        self.cursor = change.after[1]
        return True

    def states(self) -> list[str]:
        """What each undo leads to, the latest first."""
        found = [self.chars]
        while self.undo():
            found.append(self.chars)
        return found


def test_letters_typed_in_a_row_are_one_step() -> None:
    typist = Typist()
    typist.type("hello")
    assert typist.states() == ["hello", ""]


def test_a_newline_is_a_step_of_its_own() -> None:
    typist = Typist()
    typist.type("one\ntwo")
    assert typist.states() == ["one\ntwo", "one\n", "one", ""]


def test_a_pause_ends_a_step() -> None:
    typist = Typist()
    typist.type("one")
    typist.now += PAUSE + 0.1
    typist.type("two")
    assert typist.states() == ["onetwo", "one", ""]


def test_slow_but_steady_typing_is_one_step() -> None:
    typist = Typist()
    for char in "steady":
        typist.type(char)
        typist.now += PAUSE * 0.9
    assert typist.states() == ["steady", ""]


def test_moving_the_cursor_and_coming_back_ends_a_step() -> None:
    typist = Typist()
    typist.type("one")
    typist.history.end_run()
    typist.type("two")
    assert typist.states() == ["onetwo", "one", ""]


def test_deleting_ends_a_step_of_typing() -> None:
    typist = Typist()
    typist.type("hello")
    typist.backspace(2)
    typist.type("p")
    assert typist.states() == ["help", "hel", "hello", ""]


def test_backspaces_in_a_row_are_one_step() -> None:
    typist = Typist()
    typist.replace(0, 0, "hello", typed=False)
    typist.backspace(3)
    assert typist.states() == ["he", "hello", ""]


def test_deletes_in_a_row_are_one_step() -> None:
    typist = Typist()
    typist.replace(0, 0, "hello", typed=False)
    typist.cursor = 1
    typist.delete(3)
    assert typist.states() == ["ho", "hello", ""]


def test_typing_over_a_selection_and_on_is_one_step() -> None:
    typist = Typist()
    typist.replace(0, 0, "hello", typed=False)
    typist.replace(0, 5, "b")
    typist.type("ye")
    assert typist.states() == ["bye", "hello", ""]


def test_a_paste_is_a_step_even_between_letters() -> None:
    typist = Typist()
    typist.type("a")
    typist.replace(1, 1, "pasted", typed=False)
    typist.type("b")
    assert typist.states() == ["apastedb", "apasted", "a", ""]


def test_redo_does_again_what_undo_took_back() -> None:
    typist = Typist()
    typist.type("one\ntwo")
    while typist.undo():
        pass
    assert not typist.history.can_undo
    while typist.redo():
        pass
    assert typist.chars == "one\ntwo"
    assert not typist.history.can_redo


def test_a_new_change_forgets_what_was_undone() -> None:
    typist = Typist()
    typist.type("one")
    typist.undo()
    typist.type("two")
    assert not typist.redo()
    assert typist.states() == ["two", ""]


def test_a_step_after_undo_is_not_joined_with_the_one_before() -> None:
    typist = Typist()
    typist.type("a\nb")
    typist.undo()
    typist.type("c")
    assert typist.states() == ["a\nc", "a\n", "a", ""]


def test_undo_gives_the_cursor_back() -> None:
    typist = Typist()
    typist.replace(0, 0, "hello", typed=False)
    typist.cursor = 2
    typist.type("x")
    change = typist.history.undo()
    assert change is not None
    assert (change.before, change.after) == ((3, 3), (2, 2))


def test_the_oldest_steps_are_dropped_beyond_the_limit_of_characters() -> None:
    typist = Typist(limit=10)
    for chars in ("aaaa", "bbbb", "cccc"):
        typist.replace(typist.cursor, typist.cursor, chars, typed=False)
    assert typist.states() == ["aaaabbbbcccc", "aaaabbbb", "aaaa"]


def test_the_newest_step_is_kept_however_large() -> None:
    typist = Typist(limit=10)
    typist.replace(0, 0, "x" * 100, typed=False)
    assert typist.states() == ["x" * 100, ""]


def test_the_oldest_steps_are_dropped_beyond_the_limit_of_steps() -> None:
    typist = Typist(steps=2)
    typist.type("a\nb")
    assert typist.states() == ["a\nb", "a\n", "a"]


def test_clear_forgets_everything() -> None:
    typist = Typist()
    typist.type("a\nb")
    typist.undo()
    typist.history.clear()
    assert (typist.history.can_undo, typist.history.can_redo) == (False, False)


def test_astral_characters_count_as_two_units() -> None:
    typist = Typist()
    typist.history.record(Change(0, "", "😀", (0, 0), (2, 2)), 0.0, typed=True)
    typist.history.record(Change(2, "", "x", (2, 2), (3, 3)), 0.0, typed=True)
    change = typist.history.undo()
    assert change is not None
    assert (change.start, change.removed, change.stop) == (0, "😀x", 3)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["type", "backspace", "delete", "paste", "undo", "redo", "pause", "move"]),
            st.integers(0, 30),
        ),
        max_size=40,
    )
)
def test_all_undone_is_the_start_and_all_redone_is_the_end(steps: list[tuple[str, int]]) -> None:
    typist = Typist()
    for act, where in steps:
        typist.act(act, min(where, len(typist.chars)))
    while typist.redo():
        pass
    end = typist.chars
    while typist.undo():
        pass
    assert typist.chars == ""
    while typist.redo():
        pass
    assert typist.chars == end


def step(weight: int) -> Change:
    return Change(0, "x" * weight, "", (0, 0), (0, 0))


def test_what_one_history_did_another_can_follow_and_knows_the_same() -> None:
    typist, other = Typist(), TextHistory()
    for change, typed in (
        (Change(0, "", "a", (0, 0), (1, 1)), True),
        (Change(1, "", "b", (1, 1), (2, 2)), True),
        (Change(0, "ab", "c", (0, 2), (1, 1)), False),
    ):
        act = typist.history.record(change, 0.0, typed=typed)
        other.follow(change, act)
    assert len(other.steps.done) == 2
    assert other.steps == typist.history.steps
    back = typist.history.undo()
    assert back is not None
    other.follow(back, "undo")
    assert other.steps == typist.history.steps
    forward = typist.history.redo()
    assert forward is not None
    other.follow(forward, "redo")
    assert other.steps == typist.history.steps


def test_a_history_goes_on_from_the_steps_of_another() -> None:
    typist = Typist()
    typist.type("one\ntwo")
    typist.undo()
    typist.history = TextHistory(typist.history.steps)
    assert typist.redo()
    assert typist.states() == ["one\ntwo", "one\n", "one", ""]


def test_the_first_letter_after_a_restart_is_a_step_of_its_own() -> None:
    typist = Typist()
    typist.type("one")
    typist.history = TextHistory(typist.history.steps)
    typist.type("two")
    assert typist.states() == ["onetwo", "one", ""]


def test_bounded_steps_are_those_that_come_first() -> None:
    steps = Steps((step(5), step(3), step(2)), (step(4), step(1)))
    assert steps.bounded(5) == Steps((step(3), step(2)), (step(4), step(1)))
    assert steps.bounded(4) == Steps((step(2),), (step(1),))
    assert steps.bounded(0) == Steps((step(2),), (step(1),))
    assert Steps().bounded(0) == Steps()
