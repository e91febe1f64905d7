"""The lock: what of a prefix was agreed, block by block, so that a change is found without its text.

A lock holds hashes, sizes and kinds. `letters` is a hash of a block's text without white space and invisible
characters, in one Unicode form, with plain quotes and dashes: where that alone is still the same, the change
is one that is hard to see. Whoever can guess the text of a short block can check the guess against its hash.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from coldbyte.core.json.value import Json, is_array
from coldbyte.core.prefix.prefix import HEAD_END, RECORD_END, Prefix, PrefixBlock
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.text.invisible import INVISIBLE
from coldbyte.core.text.text import Text

SCHEMA = "coldbyte.lock/1"

Change = Literal["changed", "unseen", "inserted", "removed", "missing", "breakpoint", "model"]

_SIGNS = str.maketrans("‘’‚“”„–—−‐‑", "'''\"\"\"-----")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class LockedBlock:
    """One record of the prefix. `bytes` is the size of the record; `ttl` that of a breakpoint behind it."""

    where: str
    tier: str
    kind: str
    hash: str
    letters: str
    bytes: int
    ttl: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """The agreed prefix: the records up to a breakpoint.

    `request` is the whole body as text, and `headers` those that matter, where the lock may hold them.
    """

    model: str
    blocks: tuple[LockedBlock, ...]
    request: str | None = None
    headers: Mapping[str, str] | None = None

    @property
    def size(self) -> int:
        """Bytes of the agreed prefix."""
        return sum(block.bytes for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Breach:
    """The first place at which a request breaks a lock.

    `index` counts blocks from 0 in the request, `start` and `stop` are bytes of its prefix; `locked` and
    `found` are the two blocks, None where a side has none.
    """

    change: Change
    index: int
    start: int
    stop: int
    locked: LockedBlock | None
    found: LockedBlock | None


def lock_of(prefix: Prefix, until: int | None = None) -> Lock:
    """The lock of a prefix up to its last breakpoint, or that with the number `until`, counted from 1.

    Raise ValueError with a sentence where there is no such breakpoint.
    """
    points = prefix.breakpoints
    if not points:
        raise ValueError("This request has no breakpoint, so that nothing of it is stored.")
    if until is not None and not 1 <= until <= len(points):
        count = f"{len(points)} breakpoint{'' if len(points) == 1 else 's'}"
        raise ValueError(f"This request has {count}: there is no number {until}.")
    last = points[-1 if until is None else until - 1]
    return Lock(prefix.model, tuple(map(locked, prefix.blocks[: last + 1])))


def locked(block: PrefixBlock) -> LockedBlock:
    """What a lock says of a record."""
    data = block.head + HEAD_END + block.content.encode() + RECORD_END
    letters = _letters(block.head.decode() + "\n" + str(block.content))
    return LockedBlock(
        block.where, block.tier, block.kind, _hash(data), _hash(letters.encode()), len(data), block.ttl
    )


def breach_of(lock: Lock, prefix: Prefix) -> Breach | None:
    """The first place at which the agreed prefix is no longer there; None where it is."""
    found = tuple(map(locked, prefix.blocks[: len(lock.blocks) + 1]))
    starts = prefix.starts
    for index, block in enumerate(lock.blocks):
        if index >= len(found):
            return Breach("missing", index, prefix.size, prefix.size, block, None)
        own = found[index]
        if own.hash != block.hash:
            change = _change(lock.blocks, found, index)
            return Breach(change, index, starts[index], starts[index + 1], block, own)
    for index, block in enumerate(lock.blocks):
        if block.ttl is not None and found[index].ttl != block.ttl:
            end = starts[index + 1]
            return Breach("breakpoint", index, end, end, block, found[index])
    return None


def _change(agreed: Sequence[LockedBlock], found: Sequence[LockedBlock], index: int) -> Change:
    before, after = agreed[index], found[index]
    if before.where == after.where == "model":
        return "model"
    if before.letters == after.letters:
        return "unseen"
    if index + 1 < len(found) and found[index + 1].hash == before.hash:
        return "inserted"
    if index + 1 < len(agreed) and agreed[index + 1].hash == after.hash:
        return "removed"
    return "changed"


def lock_value(lock: Lock) -> dict[str, Json]:
    """The lock as JSON: one member a line, in a fixed order, so that a diff shows what changed."""
    value: dict[str, Json] = {
        "schema": SCHEMA,
        "model": lock.model,
        "bytes": lock.size,
        "blocks": [
            {
                "where": block.where,
                "tier": block.tier,
                "kind": block.kind,
                "bytes": block.bytes,
                "hash": block.hash,
                "letters": block.letters,
                "ttl": block.ttl,
            }
            for block in lock.blocks
        ],
    }
    if lock.request is not None:
        value["request"] = lock.request
        value["headers"] = dict(lock.headers or {})
    return value


def read_lock(value: Json) -> Lock:
    """A lock from its JSON. Raise BodyError with the path where it is none."""
    if not isinstance(value, Mapping) or value.get("schema") != SCHEMA:
        raise BodyError("schema", f'expected "{SCHEMA}"')
    blocks = value.get("blocks")
    if not is_array(blocks) or not blocks:
        raise BodyError("blocks", "expected the blocks of a lock")
    request, headers = value.get("request"), value.get("headers")
    return Lock(
        _string(value, "model", ""),
        tuple(_block(block, f"blocks[{index}]") for index, block in enumerate(blocks)),
        str(request) if isinstance(request, (str, Text)) else None,
        {name: text for name, text in headers.items() if isinstance(text, str)}
        if isinstance(headers, Mapping)
        else None,
    )


def _block(value: Json, path: str) -> LockedBlock:
    if not isinstance(value, Mapping):
        raise BodyError(path, "expected an object")
    size, ttl = value.get("bytes"), value.get("ttl")
    if not isinstance(size, int) or size < 0:
        raise BodyError(f"{path}.bytes", "expected a size in bytes")
    if ttl not in (None, "5m", "1h"):
        raise BodyError(f"{path}.ttl", 'expected "5m", "1h" or null')
    words = {name: _string(value, name, path) for name in ("where", "tier", "kind", "hash", "letters")}
    return LockedBlock(**words, bytes=size, ttl=ttl if isinstance(ttl, str) else None)


def _string(value: Mapping[str, Json], name: str, path: str) -> str:
    found = value.get(name)
    if not isinstance(found, str):
        raise BodyError(f"{path}.{name}" if path else name, "expected a string")
    return found


def _letters(chars: str) -> str:
    """What is left of a text when all is gone that nobody sees."""
    plain = unicodedata.normalize("NFKC", chars).translate(_SIGNS)
    for escape in ("\\r", "\\n", "\\t"):  # a text that stands as JSON
        plain = plain.replace(escape, " ")
    return _BLANK.sub("", INVISIBLE.sub("", plain))


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
