"""The steps between two prefixes that no rule has explained yet, so that each is explained exactly once."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from coldbyte.core.cause import EVIDENCE, Cause, CauseId, Confidence, Severity, fix_of
from coldbyte.core.prefix.alignment import Step, align
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import HEAD_END, Prefix, PrefixBlock
from coldbyte.core.text.text import Text, first_difference, first_differing_byte

_MESSAGE = re.compile(r"messages\[(\d+)\]")


class Leftover:
    """What happened to the blocks of system and messages, less what rules have taken out.

    `gone` holds the steps of old blocks that were removed, edited or moved, by their index, and `new` those
    of new blocks that were inserted, edited or moved. `renamed` are ids of tool calls and what they became.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.before, self.after = comparison.before, comparison.after
        self.steps = _steps(self.before, self.after)
        self.gone = {step.before: step for step in self.steps if step.kind != "inserted"}
        self.new = {step.after: step for step in self.steps if step.kind != "removed"}
        self.renamed: Mapping[str, str] = {}

    def take(self, before: Iterable[int] = (), after: Iterable[int] = ()) -> None:
        """Take blocks out. The other half of an edit or of a move stays, as a removal or an insertion."""
        gone = [self.gone.pop(index) for index in before if index in self.gone]
        new = [self.new.pop(index) for index in after if index in self.new]
        for step in gone:
            if step.kind != "removed" and step.after in self.new:
                at = self.old_place(step.after) if step.kind == "moved" else step.before
                self.new[step.after] = Step("inserted", at, step.after, (at, step.after))
        for step in new:
            if step.kind != "inserted" and step.before in self.gone:
                at = self.new_place(step.before) if step.kind == "moved" else step.after
                self.gone[step.before] = Step("removed", step.before, at, (step.before, at))

    def grown(self) -> list[int]:
        """The new blocks that are left behind the last one that the old side has, too."""
        size = len(self.after.blocks)
        moved = {step.after for step in self.steps if step.kind == "moved"}
        found = []
        for index in reversed(range(size)):
            step = self.new.get(index)
            if step is not None and step.kind == "inserted":
                found.append(index)
            elif step is not None or index not in moved:
                break
        return found[::-1]

    def of(self, *kinds: str) -> list[Step]:
        """The steps that are left of some kinds, in order."""
        left = [step for step in self.gone.values() if step.kind in kinds]
        if "inserted" in kinds:
            left += [step for step in self.new.values() if step.kind == "inserted"]
        return sorted(left, key=lambda step: (step.before, step.after))

    def edited(self, *kinds: str) -> list[tuple[Step, PrefixBlock, PrefixBlock]]:
        """The edited blocks of some kinds with both versions."""
        return [
            (step, self.before.blocks[step.before], self.after.blocks[step.after])
            for step in self.of("edited")
            if self.after.blocks[step.after].kind in kinds
        ]

    def new_place(self, index: int) -> int:
        """Where an old block would stand among the new ones."""
        staying = index - bisect_left(self._left[0], index)
        return _place(self.after, self._left[1], staying)

    def partner(self, index: int) -> int:
        """The new block that an old one is which stands unchanged or was edited."""
        place, inserted = self.new_place(index), set(self._left[1])
        while place in inserted:
            place += 1
        return place

    def old_place(self, index: int) -> int:
        """Where a new block would stand among the old ones."""
        staying = index - bisect_left(self._left[1], index)
        return _place(self.before, self._left[0], staying)

    @cached_property
    def turns(self) -> tuple[list[int], list[int]]:
        """For each block of both sides the number of its turn, from 0; -1 outside the messages."""
        return _turns(self.before), _turns(self.after)

    @cached_property
    def messages(self) -> tuple[list[int], list[int]]:
        """For each block of both sides the number of its message in the body; -1 outside the messages."""
        return _messages(self.before), _messages(self.after)

    @cached_property
    def standing(self) -> frozenset[int]:
        """The old turns of which some block still stands in its place; -1 for the system part."""
        moved = {step.before for step in self.steps if step.kind in ("removed", "moved")}
        return frozenset({-1, *(turn for index, turn in enumerate(self.turns[0]) if index not in moved)})

    def cause(
        self,
        name: CauseId,
        before: int | None,
        after: int | None,
        say: str,
        *,
        places: tuple[int, int] | None = None,
        paths: tuple[str | None, str] | None = None,
        count: int = 1,
        label: str = "",
        severity: Severity = "loss",
        confidence: Confidence = "high",
    ) -> Cause:
        """A cause that lies at whole blocks; `places` are the blocks where it is felt, if not those."""
        block = self.after.blocks[after] if after is not None else None
        old = self.before.blocks[before] if before is not None else None
        named = block or old
        assert named is not None
        if places is None:
            one = before if before is not None else self.old_place(after or 0)
            two = after if after is not None else self.new_place(before or 0)
            places = one, two
        path = block_path(named.where)
        cause = Cause(
            name,
            named.tier,
            path,
            block_path(old.where) if old else None,
            self.after.starts[places[1]],
            self.before.starts[places[0]],
            say,
            fix_of(name),
            block_byte=(None if old is None else 0, None if block is None else 0),
            line=(None if old is None else 1, None if block is None else 1),
            column=(None if old is None else 1, None if block is None else 1),
            severity=severity,
            confidence=confidence,
            evidence=EVIDENCE.get(name, "documented"),
            count=count,
            label=label,
            blocks=(before, after),
        )
        return replace(cause, where_before=paths[0], where=paths[1]) if paths else cause

    def inside(
        self,
        name: CauseId,
        step: Step,
        say: str,
        *,
        texts: tuple[Text, Text] | None = None,
        paths: tuple[str | None, str] | None = None,
        count: int = 1,
        label: str = "",
    ) -> Cause:
        """A cause that lies where two versions of a block part; `texts` are the values at `paths`."""
        before, after = self.before.blocks[step.before], self.after.blocks[step.after]
        if texts is None and not (before.structured or after.structured):
            texts = before.content, after.content
        cause = self.cause(
            name,
            step.before,
            step.after,
            say,
            paths=paths or (before.where, after.where),
            count=count,
            label=label,
        )
        inside = _parting(before, after)
        if texts is not None:
            byte = first_difference(*texts) or 0
            spots = texts[0].spot(byte), texts[1].spot(byte)
            cause = replace(
                cause,
                block_byte=(byte, byte),
                line=(spots[0].line, spots[1].line),
                column=(spots[0].column, spots[1].column),
            )
        return replace(
            cause,
            cache_byte=cause.cache_byte + inside,
            cache_byte_before=cause.cache_byte_before + inside,
        )

    def gap(self, side: int, index: int) -> int:
        """The number of unchanged blocks before a block: the same for what stands side by side."""
        return index - bisect_left(self._changed[side], index)

    @cached_property
    def _changed(self) -> tuple[list[int], list[int]]:
        """The blocks of both sides that differ, and those that are no content."""
        gone = [step.before for step in self.steps if step.kind != "inserted"]
        new = [step.after for step in self.steps if step.kind != "removed"]
        return sorted([*gone, *_others(self.before)]), sorted([*new, *_others(self.after)])

    @cached_property
    def _left(self) -> tuple[list[int], list[int]]:
        """The old and the new blocks that have no partner in order."""
        gone = [step.before for step in self.steps if step.kind in ("removed", "moved")]
        new = [step.after for step in self.steps if step.kind in ("inserted", "moved")]
        return sorted([*gone, *_others(self.before)]), sorted([*new, *_others(self.after)])


def is_content(block: PrefixBlock) -> bool:
    """Whether it is a block of system or messages, and no setting and no tool that acts there."""
    return block.tier in ("system", "messages") and block.kind not in ("setting", "tool")


def counted(number: int, thing: str) -> str:
    """A number and what is counted: `1 block`, `1,200 blocks`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _steps(before: Prefix, after: Prefix) -> tuple[Step, ...]:
    left = [index for index, block in enumerate(before.blocks) if is_content(block)]
    right = [index for index, block in enumerate(after.blocks) if is_content(block)]
    steps = align([before.blocks[index] for index in left], [after.blocks[index] for index in right])
    old, new = [*left, len(before.blocks)], [*right, len(after.blocks)]
    return tuple(
        Step(step.kind, old[step.before], new[step.after], (old[step.felt[0]], new[step.felt[1]]))
        for step in steps
    )


def _parting(before: PrefixBlock, after: PrefixBlock) -> int:
    """The first byte at which two records differ."""
    if before.head != after.head:
        return first_differing_byte(before.head + HEAD_END, after.head + HEAD_END)
    return before.content_start + (first_difference(before.content, after.content) or 0)


def _others(prefix: Prefix) -> list[int]:
    return [index for index, block in enumerate(prefix.blocks) if not is_content(block)]


def _place(prefix: Prefix, left: Sequence[int], staying: int) -> int:
    """The first block of system or messages behind so many that have a partner in order."""
    low, high = staying, len(prefix.blocks)
    while low < high:
        middle = (low + high) // 2
        if middle - bisect_left(left, middle) >= staying:
            high = middle
        else:
            low = middle + 1
    while low < len(prefix.blocks) and not is_content(prefix.blocks[low]):
        low += 1
    return low


def _turns(prefix: Prefix) -> list[int]:
    """A turn is what one role says in a row, in one message or in several (facts §2.2)."""
    turns, turn, role = [], -1, ""
    for block in prefix.blocks:
        if block.tier == "messages" and is_content(block):
            turn, role = turn + (block.role != role), block.role
            turns.append(turn)
        else:
            turns.append(-1)
    return turns


def _messages(prefix: Prefix) -> list[int]:
    found = (_MESSAGE.match(block.where) if is_content(block) else None for block in prefix.blocks)
    return [int(message[1]) if message else -1 for message in found]
