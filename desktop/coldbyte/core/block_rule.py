"""One block that was edited: its causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coldbyte.core.block_name import block_path, capital, part_name
from coldbyte.core.body import path_below
from coldbyte.core.cause import EVIDENCE, Cause, CauseId, code_points, fix_of
from coldbyte.core.comparison import Comparison
from coldbyte.core.field import FieldChange, changed_fields, json_object
from coldbyte.core.finding import LARGE, Finding, findings
from coldbyte.core.hunk import hunks
from coldbyte.core.prefix import PrefixBlock
from coldbyte.core.text import Text

LIVE = 200
"""Hunks of a text that are looked at while the user types."""

_THOROUGH = 1 << 20  # bytes of one hunk that are looked at when there is time

# What a changed field of a block is called: by the kind of the block, then by the field, "" for all others.
_FIELD_CAUSES: Mapping[str, Mapping[str, CauseId]] = {
    "tool": {"description": "tool-description-changed", "": "tool-schema-changed"},
    "document": {"citations": "server-feature-toggled", "": "text-edited"},
    "image": {"": "image-reencoded"},
    "thinking": {"": "thinking-altered"},
    "redacted_thinking": {"": "thinking-altered"},
}
_OPAQUE: tuple[CauseId, ...] = ("image-reencoded", "thinking-altered")


@dataclass(frozen=True, slots=True)
class Edited:
    """Two versions of one block: their indexes in the prefixes that are compared."""

    comparison: Comparison
    before: int
    after: int

    @property
    def blocks(self) -> tuple[PrefixBlock, PrefixBlock]:
        """The block itself on both sides."""
        return self.comparison.before.blocks[self.before], self.comparison.after.blocks[self.after]

    @property
    def starts(self) -> tuple[int, int]:
        """The first byte of the record on both sides."""
        return self.comparison.before.starts[self.before], self.comparison.after.starts[self.after]

    def causes(self, limit: int) -> tuple[list[Cause], bool]:
        """All causes in this block, and whether all its hunks were looked at."""
        before, after = self.blocks
        if before.structured and after.structured:
            return list(self._structured(limit)), True
        found = list(self._heads(limit)) if before.head != after.head else []
        texts, complete = self._content(limit)
        return found + texts, complete

    def _content(self, limit: int) -> tuple[list[Cause], bool]:
        before, after = self.blocks
        differing = hunks(before.content, after.content, limit=limit)
        found, complete = findings(before.content, after.content, differing, largest=_largest(limit))
        texts, paths = (before.content, after.content), (before.where, after.where)
        return [self._text_cause(one, texts, paths) for one in found], complete

    def _heads(self, limit: int) -> Iterator[Cause]:
        """What a document says besides its data."""
        before, after = self.blocks
        skip = [len(b" ".join(block.head.split(b" ", 2)[:2])) + 1 for block in (before, after)]
        sides = json_object(before.head[skip[0] :]), json_object(after.head[skip[1] :])
        for change in changed_fields(*sides):
            yield from self._field(change, (skip[0], skip[1]), limit)

    def _structured(self, limit: int) -> Iterator[Cause]:
        before, after = self.blocks
        sides = json_object(before.content.encode()), json_object(after.content.encode())
        for change in changed_fields(*sides):
            yield from self._field(change, (before.content_start, after.content_start), limit)

    def _field(self, change: FieldChange, origins: tuple[int, int], limit: int) -> Iterator[Cause]:
        """Causes in one field; `origins` are the bytes of the records at which the objects start."""
        before, after = self.blocks
        table = _FIELD_CAUSES.get(after.kind, {})
        wide: CauseId = table.get(change.key) or table.get("", "text-edited")
        if change.reordered:
            wide = "json-key-reordered"
        paths = (
            path_below(block_path(before.where), change.key),
            path_below(block_path(after.where), change.key),
        )
        starts = origins[0] + change.before_start, origins[1] + change.after_start
        if change.texts is None or wide in _OPAQUE:
            yield self._value_cause(wide, change, paths, starts)
            return
        differing = hunks(*change.texts, limit=limit)
        for found in findings(*change.texts, differing, largest=_largest(limit))[0]:
            name = wide if found.id == "text-edited" else found.id
            yield self._text_cause(found, change.texts, paths, name=name, starts=starts)

    def _value_cause(
        self, name: CauseId, change: FieldChange, paths: tuple[str, str], starts: tuple[int, int]
    ) -> Cause:
        part = part_name(self.comparison.after, self.after)
        how = "has its keys in another order" if change.reordered else "changed"
        if change.before is None or change.after is None:
            how = "was added" if change.before is None else "was removed"
        return Cause(
            name,
            self.blocks[1].tier,
            paths[1],
            paths[0],
            self.starts[1] + starts[1] + change.byte,
            self.starts[0] + starts[0] + change.byte,
            f"{capital(part)}: the field “{change.key}” {how}.",
            fix_of(name, automatic=False),
            block_byte=(
                None if change.before is None else change.byte,
                None if change.after is None else change.byte,
            ),
            evidence=EVIDENCE.get(name, "documented"),
            blocks=(self.before, self.after),
        )

    def _text_cause(
        self,
        found: Finding,
        texts: tuple[Text, Text],
        paths: tuple[str, str],
        *,
        name: CauseId | None = None,
        starts: tuple[int, int] | None = None,
    ) -> Cause:
        """A cause in a text; `starts` are given where that is a JSON string, as the bytes of the records."""
        first = found.hunks[0]
        bytes_ = first.before_start + found.byte, first.after_start + found.byte
        spots = texts[0].spot(bytes_[0]), texts[1].spot(bytes_[1])
        if starts is None:
            before, after = self.blocks
            inside = before.content_start + bytes_[0], after.content_start + bytes_[1]
        else:
            inside = (
                starts[0] + texts[0].escaped_before(bytes_[0]),
                starts[1] + texts[1].escaped_before(bytes_[1]),
            )
        part = part_name(self.comparison.after, self.after)
        key = paths[1].rpartition(".")[2] if starts is not None else ""
        name = name or found.id
        return Cause(
            name,
            self.blocks[1].tier,
            paths[1],
            paths[0],
            self.starts[1] + inside[1],
            self.starts[0] + inside[0],
            _say(found, part, key, spots[1].line if texts[1].spot(texts[1].size).line > 1 else 0),
            fix_of(name, automatic=starts is None or (self.blocks[1].kind, key) == ("document", "title")),
            block_byte=bytes_,
            line=(spots[0].line, spots[1].line),
            column=(spots[0].column, spots[1].column),
            code_points_before=code_points(found.before),
            code_points_after=code_points(found.after),
            evidence=EVIDENCE.get(name, "documented"),
            count=found.count,
            label=found.label,
            blocks=(self.before, self.after),
            hunks=found.hunks,
        )


def _largest(limit: int) -> int:
    """Bytes of a hunk that are looked at: more where there is time to look at all hunks."""
    return LARGE if limit <= LIVE else _THOROUGH


def _say(found: Finding, part: str, key: str, line: int) -> str:
    where = capital(part)
    if key:
        where += f", {key}"
    if line and found.id != "line-endings-changed":
        where += f", line {line}"
    return f"{where}: {found.say}"
