"""The lines of a Claude Code transcript, and which of them lead to a request.

A transcript keeps the conversation and nothing else of a request. Each content block of one response is a
line of its own, with the id of the same message; lines hang together by `parentUuid`. Calls of tools that run
beside each other make a tree: each result hangs on the line of its call, and the next response on one of
them, so that the way up from a response passes by some of what it was given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from coldbyte.core.json.value import Json, is_array
from coldbyte.core.text.text import Text

Kind = Literal["user", "assistant", "aside"]


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """What is remembered of a line: where it stands, and how it hangs together with others.

    `message` is the id of the message of a response. `session` names the conversation: of a subagent its own.
    `results` are the calls that a line answers, `request` is the API's id of a request. `summary`: the
    conversation was compacted into it.
    """

    number: int
    byte: int
    size: int
    kind: Kind
    key: str
    above: str | None
    session: str
    message: str = ""
    results: tuple[str, ...] = ()
    at: float | None = None
    summary: bool = False
    request: str = ""


@dataclass(slots=True)
class Turn:
    """The lines that make one message of a request."""

    role: Literal["user", "assistant"]
    lines: list[TranscriptLine]


@dataclass(slots=True)
class TranscriptTree:
    """All lines of a transcript by their keys."""

    lines: dict[str, TranscriptLine] = field(default_factory=dict)
    responses: dict[tuple[str, str], list[TranscriptLine]] = field(default_factory=dict)
    below: defaultdict[str, list[TranscriptLine]] = field(default_factory=lambda: defaultdict(list))

    def add(self, line: TranscriptLine) -> bool:
        """Take in a line; one that was there before (a resumed session repeats lines) is not taken twice."""
        if line.key in self.lines:
            return False
        self.lines[line.key] = line
        if line.kind == "assistant":
            self.responses.setdefault((line.session, line.message), []).append(line)
        elif line.results and line.above is not None:
            self.below[line.above].append(line)
        return True

    def request_of(self, response: list[TranscriptLine]) -> list[Turn]:
        """The messages that a response answers, the oldest first."""
        first = response[0]
        turns: list[Turn] = []
        seen = {line.key for line in response}
        for line in reversed(list(self._upwards(first))):
            if line.key in seen or line.kind == "aside":
                continue
            if line.kind == "assistant":
                whole = self.responses[(line.session, line.message)]
                whole = [one for one in whole if one.key not in seen and one.number < first.number]
                turns.append(Turn("assistant", whole))
                seen.update(one.key for one in whole)
            else:
                lines = [*self._beside(turns, seen, first, line), line]
                seen.update(one.key for one in lines)
                if turns and turns[-1].role == "user":
                    turns[-1].lines += lines
                else:
                    turns.append(Turn("user", lines))
        return [turn for turn in turns if turn.lines]

    def _upwards(self, line: TranscriptLine) -> Iterator[TranscriptLine]:
        """The lines above one, the nearest first."""
        seen = {line.key}
        above = line.above
        while above is not None and above not in seen and (found := self.lines.get(above)) is not None:
            seen.add(above)
            yield found
            above = None if found.summary else found.above

    def _beside(
        self, turns: list[Turn], seen: set[str], first: TranscriptLine, line: TranscriptLine
    ) -> list[TranscriptLine]:
        """Results of the last response's calls that hang beside the way up, in the order of the file."""
        if not turns or turns[-1].role != "assistant":
            return []
        beside = [one for call in turns[-1].lines for one in self.below.get(call.key, ())]
        fresh = [one for one in beside if one.key not in seen and one.key != line.key]
        answered = set(line.results)
        found: list[TranscriptLine] = []
        for one in sorted(fresh, key=lambda each: each.number):
            if one.number < first.number and not answered.intersection(one.results):
                answered.update(one.results)
                found.append(one)
        return found


def results_of(content: Json) -> tuple[str, ...]:
    """The calls whose results stand in a content."""
    if not is_array(content) or isinstance(content, Text):
        return ()
    ids = (
        block.get("tool_use_id")
        for block in content
        if isinstance(block, Mapping) and block.get("type") == "tool_result"
    )
    return tuple(str(one) for one in ids if isinstance(one, (str, Text)))
