"""Places of a conversation that hold a text, in cache order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pairs.passage import Shelf
from pairs.request_pair import HEAD, Body, Effect
from pairs.text_change import TextChange


@dataclass(frozen=True, slots=True)
class Place:
    """A text of a body: its path, and what of a conversation marked at the tail survives when it changes."""

    where: str
    steps: tuple[str | int, ...]
    survives: tuple[str, ...]

    @property
    def effect(self) -> Effect:
        return "partial" if self.survives else "miss"

    def text(self, body: Body) -> str:
        found: Any = body
        for step in self.steps:
            found = found[step]
        return str(found)

    def put(self, body: Body, words: str) -> None:
        holder: Any = body
        for step in self.steps[:-1]:
            holder = holder[step]
        holder[self.steps[-1]] = words


def _message(index: int, block: int, *fields: str) -> Place:
    where = ".".join((f"messages[{index}].content[{block}]", *fields))
    return Place(where, ("messages", index, "content", block, *fields), HEAD)


PLACES: Mapping[str, Place] = {
    "tool": Place("tools[3].description", ("tools", 3, "description"), ()),
    "rules": Place("system[0].text", ("system", 0, "text"), ("tools",)),
    "handbook": Place("system[1].text", ("system", 1, "text"), ("tools",)),
    "document": _message(0, 0, "source", "data"),
    "question": _message(0, 1, "text"),
    "result": _message(2, 0, "content"),
    "answer": _message(3, 0, "text"),
    "late-result": _message(6, 1, "content"),
    "newest": _message(8, 0, "text"),
}


def hosted(shelf: Shelf, changes: tuple[TextChange, ...], size: int = 3_000) -> tuple[str, str]:
    """One text in both versions: the lines of the changes in their order, with passages around them."""
    before, after = "", ""
    if changes[0].spot != "start":
        before = after = shelf.cut(size) + "\n\n"
    for number, change in enumerate(changes, start=1):
        before, after = before + change.before, after + change.after
        if change.spot != "end":
            passage = "\n\n" + shelf.cut(900 if number < len(changes) else size)
            before, after = before + passage, after + passage
    return before, after


def described(changes: tuple[TextChange, ...], words: str) -> tuple[str, str]:
    """A short text in both versions, for a tool's description."""
    before, after = ("\n".join((words, *lines)) for lines in _sides(changes))
    return before + "\nStop when done.", after + "\nStop when done."


def _sides(changes: tuple[TextChange, ...]) -> tuple[list[str], list[str]]:
    return [change.before for change in changes], [change.after for change in changes]
