"""From a path of the body back to the part of the draft that it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from coldbyte.core.body import part_paths
from coldbyte.core.draft import Document, Draft, Question, Tool, Turn
from coldbyte.core.prefix.block_name import block_path

_CONTENT = re.compile(r"messages\[\d+\]\.content")


@dataclass(frozen=True, slots=True)
class PartPlace:
    """The key of a part, and the path inside its JSON where it is kept as that; else `inside` is ""."""

    key: str
    inside: str = ""


@dataclass(frozen=True, slots=True)
class PartPlaces:
    """Where the parts of a draft stand in the body that asks a question: of each the path of its block, or of
    the content that it fills. `json` are the keys of those that are kept as JSON, `behind` is the number of
    blocks before the first message's own.
    """

    keys: Mapping[str, str]
    json: frozenset[str]
    behind: int

    @classmethod
    def of(cls, draft: Draft, question: str) -> PartPlaces:
        """The places in the body that asks a question (its key)."""
        parts, paths = draft.parts, part_paths(draft, question)
        as_json = frozenset(
            key
            for key in paths
            if isinstance(part := parts[key], Tool)
            or (isinstance(part, Turn | Question) and part.form == "blocks" and part.text.size)
        )
        behind = sum(isinstance(parts[key], Document) for key in paths)
        return cls({block_path(path): key for key, path in paths.items()}, as_json, behind)

    def find(self, where: str) -> PartPlace | None:
        """The part in which a path of the body lies; None where it lies in none."""
        block = block_path(where)
        content = _CONTENT.match(where)
        if block in self.keys:
            key = self.keys[block]
            inside = where[len(block) :].removeprefix(".") if block.startswith("tools[") else where
        elif content is not None and content[0] in self.keys:
            key, inside = self.keys[content[0]], where
        else:
            return None
        if key not in self.json:
            return PartPlace(key)
        return PartPlace(key, inside if content is None else self._in_content(where, content[0]))

    def _in_content(self, where: str, content: str) -> str:
        """A path in the content of a message as one in the JSON of those blocks that are the part's own."""
        rest = where[len(content) :]
        if not rest or not content.startswith("messages[0]"):
            return rest
        index, _, below = rest[1:].partition("]")
        return f"[{int(index) - self.behind}]{below}"
