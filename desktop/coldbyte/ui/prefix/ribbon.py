"""The ribbon as a value: the prompt in cache order, and how it is drawn to scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from typing import Literal

from coldbyte.core.body import part_paths
from coldbyte.core.cache.cache import Outcome
from coldbyte.core.cache.forecast import Forecast
from coldbyte.core.draft import Document, Draft, Role, SystemBlock, Tool, Ttl, Turn
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.prefix import PrefixBlock, Tier
from coldbyte.core.tool_check import tool_name

Fate = Literal["read", "written", "uncached"]


@dataclass(frozen=True, slots=True)
class Place:
    """A byte in the value at a JSON path of the draft's body; 0 is its first byte."""

    where: str
    byte: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A block of the prefix, or `count` neighbours that share one fate. `start` and `size` are prefix bytes.

    `content_start` is the byte of the block at which its content begins; `tokens` are estimated.
    """

    where: str
    label: str
    tier: Tier
    fate: Fate
    start: int
    size: int
    content_start: int
    tokens: int
    ttl: Ttl | None = None
    outcome: Outcome | None = None
    count: int = 1

    def place(self, share: float) -> Place:
        """The place at a share (0 to 1) of the segment's width."""
        content = self.size - self.content_start - 1
        byte = round(self.size * share) - self.content_start
        return Place(self.where, min(max(byte, 0), max(content, 0)))


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The segments in cache order; `break_byte` is the byte of the prefix where it breaks, if it does."""

    segments: tuple[Segment, ...] = ()
    break_byte: int | None = None
    break_place: Place | None = None

    @property
    def size(self) -> int:
        """Bytes of the prefix."""
        return sum(segment.size for segment in self.segments)


def ribbon_of(insight: Insight, labels: RibbonLabels, limit: int = 64) -> Ribbon:
    """The picture of a draft, in at most about `limit` segments. The work follows the number of blocks."""
    prefix = insight.prefix
    tokens = insight.forecast.tokens
    names = labels.of(insight.draft, insight.question)
    outcomes = {point.index: point.outcome for point in insight.forecast.plan.breakpoints}
    read_to, written_to = _reach(insight.forecast, tokens)
    segments = [
        Segment(
            block.where,
            names.get(block.where) or _plain_label(block),
            block.tier,
            "read" if index < read_to else "written" if index < written_to else "uncached",
            prefix.starts[index],
            block.size,
            block.content_start,
            tokens[index],
            block.ttl,
            outcomes.get(index),
        )
        for index, block in enumerate(prefix.blocks)
    ]
    return Ribbon(tuple(_gathered(segments, limit, labels.several)), *_break(insight))


@dataclass(frozen=True, slots=True)
class RibbonLabels:
    """The words for parts of a draft, which a widget translates; `{n}` stands for a number."""

    system: str = "System {n}"
    question: str = "Question"
    tool: str = "Tool"
    user: str = "User"
    assistant: str = "Assistant"
    system_turn: str = "System turn"
    several: str = "{n} blocks"

    def of(self, draft: Draft, question: str) -> dict[str, str]:
        """For each part that is sent its label, by JSON path."""
        parts = draft.parts
        paths = part_paths(draft, question)
        single = sum(isinstance(parts[key], SystemBlock) for key in paths) == 1
        labels, number = {}, 0
        for key, where in paths.items():
            match parts[key]:
                case SystemBlock():
                    number += 1
                    labels[where] = self.system.format(n="" if single else number).strip()
                case Document(title=title):
                    labels[where] = title
                case Tool(text=text):
                    labels[where] = tool_name(text) or self.tool
                case Turn(role=role):
                    labels[where] = self._speaker(role)
                case _:
                    labels[where] = self.question
        return labels

    def _speaker(self, role: Role) -> str:
        return {"user": self.user, "assistant": self.assistant, "system": self.system_turn}[role]


def widths(sizes: Sequence[int], width: float, minimum: float) -> list[float]:
    """Share `width` out by size, but give nobody less than `minimum` or, if that is less, an equal part."""
    if not sizes:
        return []
    minimum = min(minimum, width / len(sizes))
    small: set[int] = set()
    while True:
        rest = width - minimum * len(small)
        total = sum(size for index, size in enumerate(sizes) if index not in small) or 1
        new = {
            index for index, size in enumerate(sizes) if index not in small and size * rest / total < minimum
        }
        if not new:
            break
        small |= new
    return [minimum if index in small else size * rest / total for index, size in enumerate(sizes)]


def _break(insight: Insight) -> tuple[int | None, Place | None]:
    comparison = insight.comparison
    if comparison is None or comparison.first is None or comparison.harmless:
        return None, None
    side = comparison.first.after
    place = Place(side.block.where, max(side.byte, 0)) if side else None
    return comparison.first.cache_byte, place


def _reach(forecast: Forecast, tokens: Sequence[int]) -> tuple[int, int]:
    """The numbers of blocks that are read, and that are read or written."""
    read, read_to = forecast.plan.usage.read, 0
    if read:
        upto = list(accumulate(tokens))
        read_to = next(index for index, total in enumerate(upto, start=1) if total >= read)
    written = (point.index + 1 for point in forecast.plan.breakpoints if point.outcome == "written")
    return read_to, max(written, default=read_to)


def _plain_label(block: PrefixBlock) -> str:
    return block.where.rpartition(".")[2] if block.kind == "setting" else block.where


def _gathered(segments: Sequence[Segment], limit: int, words: str) -> Iterator[Segment]:
    """Join neighbours of one tier and fate without breakpoints where there are more than `limit` segments."""
    if len(segments) <= limit:
        yield from segments
        return
    step = -(-len(segments) // limit) + 1
    for (_, _, marked), run in groupby(segments, key=lambda one: (one.tier, one.fate, one.ttl is not None)):
        members = list(run)
        size = 1 if marked else step
        for first in range(0, len(members), size):
            yield _joined(members[first : first + size], words)


def _joined(members: Sequence[Segment], words: str) -> Segment:
    if len(members) == 1:
        return members[0]
    return replace(
        members[0],
        label=words.format(n=len(members)),
        size=sum(member.size for member in members),
        tokens=sum(member.tokens for member in members),
        count=len(members),
    )
