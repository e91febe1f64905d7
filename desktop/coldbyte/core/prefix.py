"""The canonical prefix: everything that the cache key depends on, in cache order, as one byte string.

Each record is a head (ASCII words, for a structured block its JSON), the byte 0xFE, the content and the byte
0xFF. Neither byte occurs in UTF-8, so that records can't run into each other, text stands verbatim, and the
first differing byte of two prefixes lies where the two prompts part. `cache_control` is absent, a string and
one text block give the same record, and so do neighbouring turns of one role (facts §2.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Literal

from coldbyte.core.body import Json, RequestBody, compact
from coldbyte.core.draft import Ttl
from coldbyte.core.text import Text

Tier = Literal["request", "tools", "system", "messages"]

HEAD_END = b"\xfe"
RECORD_END = b"\xff"
_STRUCTURED = b" json"


class BodyError(ValueError):
    """A body that is not a Messages request: `path` names the place, the text says what was expected."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"{path or 'the body'}: {expected}")
        self.path = path
        self.expected = expected


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
        return self.head.endswith(_STRUCTURED)

    @property
    def content_start(self) -> int:
        """Bytes of the record that stand before the content."""
        return len(self.head) + 1

    def same_content(self, other: PrefixBlock) -> bool:
        """Whether both give the same bytes, wherever they stand."""
        return self.head == other.head and self.content == other.content


@dataclass(frozen=True)
class Prefix:
    """The records in cache order."""

    blocks: tuple[PrefixBlock, ...]

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


def prefix_of(body: RequestBody) -> Prefix:
    """The canonical prefix of a body. Raise BodyError where it is not a Messages request."""
    return Prefix(tuple(_mark_automatic(body, list(_records(body.fields)))))


def _records(fields: Mapping[str, Json]) -> Iterator[PrefixBlock]:
    model = fields.get("model")
    if not isinstance(model, str):
        raise BodyError("model", "expected the name of a model")
    yield _setting("model", "request", model)
    if "speed" in fields:
        yield _setting("speed", "request", fields["speed"])
    for index, tool in enumerate(_array(fields.get("tools", []), "tools")):
        path = f"tools[{index}]"
        yield _structured(path, "tools", "tool", "tool", _object(tool, path))
    yield from _system(fields.get("system", []))
    for name in ("tool_choice", "thinking", "output_config"):
        if name in fields:
            yield _setting(name, "messages", fields[name])
    for index, item in enumerate(_array(fields.get("messages"), "messages")):
        yield from _turn(_object(item, f"messages[{index}]"), f"messages[{index}]")


def _system(system: Json) -> Iterator[PrefixBlock]:
    if isinstance(system, (str, Text)):
        yield PrefixBlock("system", "system", "text", b"system text", _text(system))
        return
    for index, block in enumerate(_array(system, "system")):
        yield _block("system", "system", _object(block, f"system[{index}]"), f"system[{index}]")


def _turn(message: Mapping[str, Json], path: str) -> Iterator[PrefixBlock]:
    role = message.get("role")
    if not isinstance(role, str):
        raise BodyError(f"{path}.role", "expected the name of a role")
    if role not in ("user", "assistant"):
        role = compact(role)
    content = message.get("content")
    if isinstance(content, (str, Text)):
        yield PrefixBlock(f"{path}.content", "messages", "text", f"{role} text".encode(), _text(content))
        return
    for index, block in enumerate(_array(content, f"{path}.content")):
        where = f"{path}.content[{index}]"
        yield _block(role, "messages", _object(block, where), where)


def _block(role: str, tier: Tier, block: Mapping[str, Json], path: str) -> PrefixBlock:
    kind = block.get("type")
    if not isinstance(kind, str):
        raise BodyError(f"{path}.type", "expected the type of a block")
    text = block.get("text")
    if kind == "text" and isinstance(text, (str, Text)) and set(block) <= {"type", "text", "cache_control"}:
        return PrefixBlock(
            f"{path}.text", tier, kind, f"{role} text".encode(), _text(text), _ttl(block, path)
        )
    source = block.get("source")
    if kind == "document" and isinstance(source, Mapping) and isinstance(source.get("data"), (str, Text)):
        return _document(role, tier, block, source, path)
    return _structured(path, tier, kind, f"{role} {kind}", block)


def _document(
    role: str, tier: Tier, block: Mapping[str, Json], source: Mapping[str, Json], path: str
) -> PrefixBlock:
    """A document whose data stands verbatim; what else it says is JSON in the head."""
    rest = {key: value for key, value in source.items() if key != "data"}
    head = {key: rest if key == "source" else value for key, value in block.items() if key != "cache_control"}
    data = source["data"]
    assert isinstance(data, (str, Text))
    return PrefixBlock(
        f"{path}.source.data",
        tier,
        "document",
        f"{role} document {compact(head)}".encode(),
        _text(data),
        _ttl(block, path),
    )


def _structured(path: str, tier: Tier, kind: str, head: str, block: Mapping[str, Json]) -> PrefixBlock:
    """A block as JSON. A marker on a block inside a tool result is a breakpoint behind the result."""
    content = _unmarked(block)
    ttl = _ttl(block, path)
    inner = block.get("content")
    if kind == "tool_result" and isinstance(inner, Sequence) and not isinstance(inner, str):
        content["content"] = [_unmarked(item) if isinstance(item, Mapping) else item for item in inner]
        for index, item in enumerate(inner):
            if isinstance(item, Mapping):
                ttl = _ttl(item, f"{path}.content[{index}]") or ttl
    text = Text.from_str(compact(content))
    return PrefixBlock(path, tier, kind, head.encode() + _STRUCTURED, text, ttl)


def _unmarked(block: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in block.items() if key != "cache_control"}


def _setting(name: str, tier: Tier, value: Json) -> PrefixBlock:
    head = f"setting {name}".encode()
    if isinstance(value, str):
        return PrefixBlock(name, tier, "setting", head, Text.from_str(value))
    return PrefixBlock(name, tier, "setting", head + _STRUCTURED, Text.from_str(compact(value)))


def _ttl(block: Mapping[str, Json], path: str) -> Ttl | None:
    control = block.get("cache_control")
    if control is None:
        return None
    match _object(control, f"{path}.cache_control").get("ttl", "5m"):
        case "5m":
            return "5m"
        case "1h":
            return "1h"
        case _:
            raise BodyError(f"{path}.cache_control.ttl", "Input should be '5m' or '1h'")


def _mark_automatic(body: RequestBody, blocks: list[PrefixBlock]) -> list[PrefixBlock]:
    """Put the breakpoint of a top-level `cache_control` on the last block that can carry one (facts §1.3)."""
    if body.fields.get("cache_control") is None:
        return blocks
    ttl = _ttl(body.fields, "cache_control")
    for index in reversed(range(len(blocks))):
        block = blocks[index]
        if block.kind in ("setting", "thinking", "redacted_thinking") or not block.content.size:
            continue
        marked = PrefixBlock(block.where, block.tier, block.kind, block.head, block.content, block.ttl or ttl)
        return [*blocks[:index], marked, *blocks[index + 1 :]]
    return blocks


def _text(value: str | Text) -> Text:
    return value if isinstance(value, Text) else Text.from_str(value)


def _array(value: Json, path: str) -> Sequence[Json]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    raise BodyError(path, "expected an array")


def _object(value: Json, path: str) -> Mapping[str, Json]:
    if isinstance(value, Mapping):
        return value
    raise BodyError(path, "expected an object")
