"""One block that was edited: its causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coldbyte.core.cause import EVIDENCE, Cause, CauseId, code_points, fix_of
from coldbyte.core.finding.finding import LARGE, Finding, findings
from coldbyte.core.json.change import JsonChange, json_changes
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import compact, joined, steps_of
from coldbyte.core.prefix.block_name import block_path, capital, part_name
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import PrefixBlock
from coldbyte.core.text.hunk import hunks
from coldbyte.core.text.text import Text, first_difference

LIVE = 200
"""Hunks of a text that are looked at while the user types."""

_QUOTED = 40  # characters of a value that a sentence quotes
_THOROUGH = 1 << 20  # bytes of one hunk that are looked at when there is time

# What a change of a block is called where no narrower class fits: by the block's kind, then by the field.
_WIDE: Mapping[str, Mapping[str, CauseId]] = {
    "tool": {"description": "tool-description-changed", "": "tool-schema-changed"},
    "document": {"citations": "server-feature-toggled", "source": "image-reencoded", "": "text-edited"},
    "image": {"": "image-reencoded"},
    "thinking": {"": "thinking-altered"},
    "redacted_thinking": {"": "thinking-altered"},
    "tool_use": {"": "assistant-echo-altered"},
}
_OPAQUE: tuple[CauseId, ...] = ("image-reencoded", "thinking-altered", "server-feature-toggled")
_BY_KIND: Mapping[str, CauseId] = {
    "order": "json-key-reordered",
    "number": "json-number-format-changed",
    "items": "list-reordered",
}
_HOW = {
    "added": "was added",
    "removed": "was removed",
    "order": "has its keys in another order",
    "number": "is the same number, spelled differently",
    "items": "has the same items in another order",
}
_ENCODED = ("base64", "url", "file")  # sources of a document that is not plain text


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
            sides = before.content.encode(), after.content.encode()
            return list(self._changed(sides, (before.content_start, after.content_start), limit)), True
        found = list(self._attributes(limit)) if before.head != after.head else []
        texts, complete = self._content(limit)
        return found + texts, complete

    def _content(self, limit: int) -> tuple[list[Cause], bool]:
        before, after = self.blocks
        if _is_encoded(before) or _is_encoded(after):
            return ([] if before.content == after.content else [self._encoded()]), True
        texts, paths = (before.content, after.content), (before.where, after.where)
        differing = hunks(*texts, limit=limit)
        found, complete = findings(*texts, differing, largest=_largest(limit))
        wide = self._wide("text")
        causes = [
            self._text_cause(one, texts, paths, name=wide if one.id == "text-edited" else one.id)
            for one in found
        ]
        return causes, complete

    def _encoded(self) -> Cause:
        """Another image, or a document in an encoding: its bytes are not told apart."""
        before, after = self.blocks
        byte = first_difference(before.content, after.content) or 0
        sizes = f"{before.content.size:,} bytes became {after.content.size:,}"
        say = f"{capital(part_name(self.comparison.after, self.after))} was encoded again: {sizes}."
        place = before.content_start + byte, after.content_start + byte
        return self._cause("image-reencoded", (before.where, after.where), place, (byte, byte), say)

    def _attributes(self, limit: int) -> Iterator[Cause]:
        """What a block with a verbatim text says besides that text."""
        heads = [block.head for block in self.blocks]
        starts = [head.find(b"{") if b"{" in head else len(head) for head in heads]
        sides = heads[0][starts[0] :] or b"{}", heads[1][starts[1] :] or b"{}"
        yield from self._changed(sides, (starts[0], starts[1]), limit)

    def _changed(self, sides: tuple[bytes, bytes], origins: tuple[int, int], limit: int) -> Iterator[Cause]:
        """Causes in two JSON objects, which start at `origins` in their records."""
        for change in json_changes(read_json(sides[0]), read_json(sides[1])):
            yield from self._change(change, origins, limit)

    def _change(self, change: JsonChange, origins: tuple[int, int], limit: int) -> Iterator[Cause]:
        wide = _BY_KIND.get(change.kind) or self._wide(_top(change))
        paths = self._paths(change)
        starts = origins[0] + change.before_start, origins[1] + change.after_start
        texts = change.texts
        opaque = wide in _OPAQUE or (self.blocks[1].kind == "tool" and change.where_after == "type")
        if texts is None or change.kind != "text" or opaque:
            place = starts[0] + change.byte, starts[1] + change.byte
            yield self._cause(wide, paths, place, self._bytes(change), self._say_value(change))
            return
        differing = hunks(*texts, limit=limit)
        for found in findings(*texts, differing, largest=_largest(limit))[0]:
            name = wide if found.id == "text-edited" else found.id
            yield self._text_cause(found, texts, paths, name=name, starts=starts)

    def _wide(self, field: str) -> CauseId:
        """What a change is called where no narrower class fits."""
        block = self.blocks[1]
        table = _WIDE.get(block.kind, {})
        name = table.get(field) or table.get("", "text-edited")
        echoed = name == "text-edited" and block.role == "assistant"
        return "assistant-echo-altered" if echoed else name

    def _paths(self, change: JsonChange) -> tuple[str | None, str]:
        """The path of a change in both bodies; in the new one that of the old where it has no such place."""
        old, new = change.where_before, change.where_after
        before, after = (block_path(block.where) for block in self.blocks)
        return None if old is None else joined(before, old), joined(
            after, new if new is not None else old or ""
        )

    def _bytes(self, change: JsonChange) -> tuple[int | None, int | None]:
        return (
            None if change.where_before is None else change.byte,
            None if change.where_after is None else change.byte,
        )

    def _say_value(self, change: JsonChange) -> str:
        part = capital(part_name(self.comparison.after, self.after))
        where = change.where_after if change.where_after is not None else change.where_before
        field = f"the field “{where}” " if where else ""
        how = _HOW.get(change.kind) or _say_values(change)
        return f"{part}: {field}{how}."

    def _cause(
        self,
        name: CauseId,
        paths: tuple[str | None, str],
        place: tuple[int, int],
        bytes_: tuple[int | None, int | None],
        say: str,
    ) -> Cause:
        """A cause that is not in a text; `place` counts from the start of both records."""
        return Cause(
            name,
            self.blocks[1].tier,
            paths[1],
            paths[0],
            self.starts[1] + place[1],
            self.starts[0] + place[0],
            say,
            fix_of(name),
            block_byte=bytes_,
            evidence=EVIDENCE.get(name, "documented"),
            blocks=(self.before, self.after),
        )

    def _text_cause(
        self,
        found: Finding,
        texts: tuple[Text, Text],
        paths: tuple[str | None, str],
        *,
        name: CauseId,
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
            confidence=found.confidence,
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


def _is_encoded(block: PrefixBlock) -> bool:
    """Whether the content is an image or a document in an encoding, and no text."""
    if block.kind == "image":
        return True
    source = block.attributes.get("source") if block.kind == "document" else None
    return isinstance(source, Mapping) and source.get("type") in _ENCODED


def _top(change: JsonChange) -> str:
    """The field of the block in which a change lies."""
    where = change.where_after if change.where_after is not None else change.where_before
    return str(next(iter(steps_of(where or "")), ""))


def _say_values(change: JsonChange) -> str:
    old, new = compact(change.before), compact(change.after)
    if len(old) > _QUOTED or len(new) > _QUOTED:
        return "changed"
    return f"changed from “{old}” to “{new}”"
