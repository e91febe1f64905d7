"""A plan: how the bytes of AFTER are to change for one cause, and whether two plans touch the same place."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from coldbyte.core.body import RequestBody
from coldbyte.core.cause import CauseId
from coldbyte.core.json.index import JsonIndex
from coldbyte.core.json.member import elements
from coldbyte.core.json.value import Json, is_array
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.repair.cause_step import CauseSteps, cause_steps, partners
from coldbyte.core.repair.patch import Edit, array_edits, as_block, is_string, quoted, unmarked
from coldbyte.core.rule.leftover import Leftover
from coldbyte.core.rule.report import Report

_PLACE = re.compile(r"(tools|system|messages\[\d+\]\.content)(?:\[(\d+)\])?")

_COMPARED = 400  # lines of which each is looked for in each other


class Slot(NamedTuple):
    """A place in an array: before which element, or which element. A string counts as an array of one."""

    array: str
    at: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes that belong together: edits of bytes, elements that are put in or taken out.

    `carried` are lines of text and `appended` whole blocks that move to the end of the newest user message.
    """

    edits: tuple[Edit, ...] = ()
    inserts: tuple[tuple[Slot, tuple[bytes, ...]], ...] = ()
    deletes: tuple[Slot, ...] = ()
    carried: tuple[str, ...] = ()
    appended: tuple[bytes, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.edits or self.inserts or self.deletes or self.appended)

    @property
    def at_end(self) -> bool:
        """Whether something moves to the newest user message."""
        return bool(self.carried or self.appended)


class Wire:
    """A body with its own bytes."""

    def __init__(self, body: RequestBody, prefix: Prefix) -> None:
        self.body, self.prefix = body, prefix
        self.data = body.source.data if body.source else body.encode()
        self._index = JsonIndex(self.data, body.source.start if body.source else 0)

    def span(self, where: str) -> tuple[int, int]:
        """Start and end of the value at a path. Raise KeyError where there is none."""
        return self._index.span(where)

    def raw(self, where: str) -> bytes:
        """The value at a path as it was sent."""
        start, stop = self.span(where)
        return self.data[start:stop]

    def block(self, index: int) -> bytes:
        """A block of the prefix as it stands in an array, with its breakpoints."""
        return as_block(self.raw(self.path(index)))

    def bare_block(self, index: int) -> bytes:
        """A block of the prefix without breakpoints."""
        return unmarked(self.block(index))

    def path(self, index: int) -> str:
        """The path of a block of the prefix."""
        return block_path(self.prefix.blocks[index].where)

    def slot(self, index: int) -> Slot | None:
        """Where a block of the prefix stands; None for settings and for what a message says of itself."""
        place = _PLACE.fullmatch(self.path(index))
        return Slot(place[1], int(place[2] or 0)) if place else None


class Scene:
    """What plans are made from: both bodies, what became of their blocks, and the newest user message."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.comparison = report.comparison
        self.before = Wire(report.before.body, report.comparison.before)
        self.after = Wire(report.after.body, report.comparison.after)

    @cached_property
    def left(self) -> Leftover:
        """The steps between both; never taken from."""
        return Leftover(self.comparison)

    @cached_property
    def partners(self) -> dict[int, int]:
        """For each block of AFTER the index of the same one in BEFORE."""
        return dict(partners(self.left))

    @property
    def taken(self) -> Mapping[CauseId, CauseSteps]:
        """For each cause of whole blocks what belongs to it."""
        return self._traced[0]

    @property
    def rest(self) -> Leftover:
        """What no rule for whole blocks takes; never taken from."""
        return self._traced[1]

    @cached_property
    def _traced(self) -> tuple[Mapping[CauseId, CauseSteps], Leftover]:
        left = Leftover(self.comparison)
        return cause_steps(left), left

    @cached_property
    def newest(self) -> str | None:
        """The path of the content of the newest message if that is the user's."""
        messages = self.after.body.fields.get("messages")
        if not is_array(messages) or not messages:
            return None
        last: Json = messages[-1]
        path = f"messages[{len(messages) - 1}].content"
        whose = isinstance(last, Mapping) and last.get("role") == "user" and last.get("content") is not None
        return path if whose else None


class Round:
    """Plans that are carried out together: none of them touches what another one does."""

    def __init__(self, after: Wire, newest: str | None) -> None:
        self.after, self.newest = after, newest
        self._plans: list[Plan] = []
        self._spans: list[tuple[int, int]] = []
        self._slots: set[Slot] = set()
        self._opened = False

    def take(self, plan: Plan | None) -> bool:
        """Take a plan, if there is one and it fits to those that were taken."""
        if plan is None:
            return False
        spans = [(edit.start, edit.stop) for edit in plan.edits]
        spans += [span for slot in plan.deletes for span in [self._element(slot)]]
        spans += [span for slot in self._changed(plan) for span in self._around(slot.array)]
        if plan.at_end and not self._opened:
            if self.newest is None:
                return False
            spans += self._around(self.newest)
        slots = {slot for slot, _ in plan.inserts}
        if slots & self._slots or any(self._is_taken(span) for span in spans):
            return False
        self._opened = self._opened or plan.at_end
        self._slots |= slots
        for span in spans:
            insort(self._spans, span)
        self._plans.append(plan)
        return True

    def patch(self) -> list[Edit]:
        """All edits."""
        edits = [edit for plan in self._plans for edit in plan.edits]
        inserts: dict[str, dict[int, list[bytes]]] = defaultdict(lambda: defaultdict(list))
        deletes: dict[str, set[int]] = defaultdict(set)
        for plan in self._plans:
            for slot, raws in plan.inserts:
                inserts[slot.array][slot.at] += raws
            for slot in plan.deletes:
                deletes[slot.array].add(slot.at)
        moved = [raw for plan in self._plans for raw in plan.appended]
        lines = _told_once([line for plan in self._plans for line in plan.carried])
        if lines:
            moved.append(as_block(quoted("\n".join(lines))))
        if moved and self.newest is not None:
            inserts[self.newest][self._count(self.newest)] += moved
        for array in {*inserts, *deletes}:
            start, _ = self.after.span(array)
            edits += array_edits(self.after.data, start, inserts[array], deletes[array])
        return edits

    def _changed(self, plan: Plan) -> Iterator[Slot]:
        yield from (slot for slot, _ in plan.inserts)
        yield from plan.deletes

    def _around(self, array: str) -> list[tuple[int, int]]:
        """The bytes that change besides the elements: where a string becomes an array, both its ends."""
        start, stop = self.after.span(array)
        return [(start, start), (stop, stop)] if is_string(self.after.data, start) else []

    def _element(self, slot: Slot) -> tuple[int, int]:
        start, stop = self.after.span(slot.array)
        if is_string(self.after.data, start):
            return start, stop
        return self.after.span(f"{slot.array}[{slot.at}]")

    def _count(self, array: str) -> int:
        start, _ = self.after.span(array)
        if is_string(self.after.data, start):
            return 1
        return sum(1 for _ in elements(self.after.data, start))

    def _is_taken(self, span: tuple[int, int]) -> bool:
        """Whether a span shares bytes with one that was taken, or is the same place."""
        at = bisect_left(self._spans, span)
        near = self._spans[max(at - 1, 0) : at + 1]
        return any(span == one or (span[0] < one[1] and one[0] < span[1]) for one in near)


def _told_once(lines: Sequence[str]) -> list[str]:
    """Lines without those that others hold."""
    known = list(dict.fromkeys(lines))
    if len(known) > _COMPARED:
        return known
    return [line for line in known if not any(line != other and line in other for other in known)]
