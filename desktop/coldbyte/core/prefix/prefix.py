"""The canonical prefix: everything that the cache key depends on, in cache order, as one byte string.

Each record is a head (what the block is and what it says besides its text), the byte 0xFE, the content and
the byte 0xFF. Neither byte occurs in UTF-8, so that records can't run into each other, text stands verbatim,
and the first differing byte of two prefixes lies where the prompts part (`core.prefix.record` makes them).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

from coldbyte.core.draft import Ttl
from coldbyte.core.json.value import Json, Spelled
from coldbyte.core.text.text import Text

Tier = Literal["request", "tools", "system", "messages"]

HEAD_END = b"\xfe"
RECORD_END = b"\xff"
STRUCTURED = b" json"
THINKING_KINDS = ("thinking", "redacted_thinking")  # no sets: a type may be JSON that has no hash
"""The types of the blocks of Claude's thinking."""
UNABLE_KINDS = ("setting", "turn", *THINKING_KINDS)
"""The kinds of records that can't carry a breakpoint (facts §1.2)."""
_DIGITS = 4_000  # of the longest integer that Python reads without complaint


@dataclass(frozen=True, slots=True)
class PrefixBlock:
    """One record of the prefix. `where` is the JSON path of its content in the body that it came from.

    `kind` is `setting` or the block's type; `ttl` is set where a breakpoint stands behind the block.
    """

    where: str
    tier: Tier
    kind: str
    head: bytes
    content: Text
    ttl: Ttl | None = None

    @property
    def size(self) -> int:
        """Bytes of the whole record."""
        return len(self.head) + 1 + self.content.size + 1

    @property
    def structured(self) -> bool:
        """Whether the content is the JSON of a block or of a setting, and not a text that stands verbatim."""
        return self.head.endswith(STRUCTURED)

    @property
    def role(self) -> str:
        """The first word of the head: `system`, `user`, `assistant`, `tool`, `setting`."""
        return self.head.split(b" ", 1)[0].decode()

    @property
    def attributes(self) -> Mapping[str, Json]:
        """What a block with a verbatim text says besides that text."""
        start = self.head.find(b"{")
        found: Mapping[str, Json] = _read(self.head[start:]) if start >= 0 else {}
        return found

    @property
    def fields(self) -> Mapping[str, Json]:
        """What a block that stands as JSON says; empty for one that does not, or is no object."""
        value = _read(self.content.encode()) if self.structured else {}
        return value if isinstance(value, dict) else {}

    @property
    def content_start(self) -> int:
        """Bytes of the record that stand before the content."""
        return len(self.head) + 1

    def same_content(self, other: PrefixBlock) -> bool:
        """Whether both give the same bytes, wherever they stand."""
        return self.head == other.head and self.content == other.content


@dataclass(frozen=True)
class Prefix:
    """The records in cache order. `known_keys` are their keys where these need not be computed."""

    blocks: tuple[PrefixBlock, ...]
    known_keys: tuple[bytes, ...] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The byte at which each record starts; the size of the prefix as the last element."""
        starts = [0]
        for block in self.blocks:
            starts.append(starts[-1] + block.size)
        return tuple(starts)

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self.starts[-1]

    @cached_property
    def keys(self) -> tuple[bytes, ...]:
        """For each record 16 bytes that stand for the prefix up to and with that record."""
        if self.known_keys is not None:
            return self.known_keys
        keys, last = [], b""
        for block in self.blocks:
            last = blake2b(last + block.head + HEAD_END + block.content.digest, digest_size=16).digest()
            keys.append(last)
        return tuple(keys)

    @property
    def model(self) -> str:
        """The model's id; the first record of every prefix."""
        return str(self.blocks[0].content)

    @property
    def breakpoints(self) -> tuple[int, ...]:
        """Indexes of the blocks that carry a breakpoint."""
        return tuple(index for index, block in enumerate(self.blocks) if block.ttl)

    @property
    def stored(self) -> int:
        """Bytes up to the last breakpoint: what an exchange can leave in the cache; 0 without one."""
        breakpoints = self.breakpoints
        return self.starts[breakpoints[-1] + 1] if breakpoints else 0

    def encode(self) -> bytes:
        """The prefix as one byte string."""
        return b"".join(
            part
            for block in self.blocks
            for part in (block.head, HEAD_END, block.content.encode(), RECORD_END)
        )


def _read(data: bytes) -> Any:
    return json.loads(data, parse_int=_integer)


def _integer(digits: str) -> Json:
    return int(digits) if len(digits) <= _DIGITS else Spelled(digits)
