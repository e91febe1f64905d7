"""What the API's cache diagnostics answer: the earliest place at which two requests differ (facts §6).

They compare requests as they were sent, whatever the prompt cache did. Only hashes and byte counts are kept
of a request. What is not documented is a switch of `DiagnosisRules`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import zip_longest
from typing import Literal

from coldbyte.core.prefix.prefix import STRUCTURED, Prefix, PrefixBlock

ReasonType = Literal[
    "model_changed",
    "system_changed",
    "tools_changed",
    "messages_changed",
    "previous_message_not_found",
    "unavailable",
]

_DIGEST = 8  # bytes that stand for a block
_MODEL = ("model", "speed")
_SHOWN_BY_MESSAGES = ("citations", "images")  # settings of the prefix that are no fields of a request


@dataclass(frozen=True, slots=True)
class DiagnosisRules:
    """What the documentation leaves open, as switches; `core.cache.rule_book` says what each means."""

    first: Literal["tools", "system"] = "tools"
    retention_s: int = 3600
    horizon: int = 1000
    bytes_per_token: int = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the prompt cache could not reuse all of an earlier request. `missed` are estimated tokens."""

    type: ReasonType
    missed: int | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """The blocks of one part of a request: digests in a row, the bytes from each block to the part's end."""

    digests: bytes
    left: tuple[int, ...]
    count: int
    whole: bytes

    @property
    def size(self) -> int:
        """Bytes of all blocks."""
        return self.left[0] if self.left else 0

    def upto(self, count: int) -> bytes:
        """The digest of the first `count` blocks, which must be kept."""
        return _digest(self.digests[: count * _DIGEST])


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a request to compare the next one with."""

    model: bytes
    settings: bytes
    tools: _Part
    system: _Part
    messages: _Part

    def trimmed(self, horizon: int) -> Fingerprint:
        """The same with so many message blocks at most: what is stored of a long conversation."""
        if self.messages.count <= horizon:
            return self
        kept = _Part(
            self.messages.digests[: horizon * _DIGEST],
            self.messages.left[:horizon],
            self.messages.count,
            self.messages.whole,
        )
        return Fingerprint(self.model, self.settings, self.tools, self.system, kept)


def fingerprint_of(prefix: Prefix) -> Fingerprint:
    """The fingerprint of a request, from its prefix as sent: with thinking that the model is not shown."""
    model: list[PrefixBlock] = []
    settings: list[PrefixBlock] = []
    parts: dict[str, list[PrefixBlock]] = {"tools": [], "system": [], "messages": []}
    for block in prefix.blocks:
        if block.kind != "setting":
            parts["tools" if block.kind == "tool" else block.tier].append(block)
        elif _name(block) in _MODEL:
            model.append(block)
        elif _name(block) not in _SHOWN_BY_MESSAGES:
            settings.append(block)
    return Fingerprint(
        _whole(model), _whole(settings), *(_part(parts[name]) for name in ("tools", "system", "messages"))
    )


def diagnose(before: Fingerprint | None, after: Fingerprint, rules: DiagnosisRules) -> Reason | None:
    """The reason that the API reports for `after`; None where nothing differs but what was appended.

    `before` is the stored record of the earlier request, None where there is none.
    """
    if before is None:
        return Reason("previous_message_not_found")
    if before.model != after.model:
        return _missed("model_changed", before.tools.size + before.system.size + before.messages.size, rules)
    found = _changed_ahead(before, after, rules)
    if found is not None:
        return found
    if before.settings != after.settings:
        return Reason("unavailable")
    return _changed_message(before.messages, after.messages, rules)


def _changed_ahead(before: Fingerprint, after: Fingerprint, rules: DiagnosisRules) -> Reason | None:
    """A difference of the tools or of the system prompt; all of the conversation lies behind it."""

    def tools() -> Reason | None:
        at = _difference(before.tools, after.tools)
        behind = before.system.size + before.messages.size
        return _missed("tools_changed", _left(before.tools, at) + behind, rules) if at is not None else None

    def system() -> Reason | None:
        at = _difference(before.system, after.system)
        behind = before.messages.size
        return _missed("system_changed", _left(before.system, at) + behind, rules) if at is not None else None

    order: tuple[Callable[[], Reason | None], ...] = (tools, system)
    for compare in order if rules.first == "tools" else reversed(order):
        found = compare()
        if found is not None:
            return found
    return None


def _changed_message(before: _Part, after: _Part, rules: DiagnosisRules) -> Reason | None:
    """A block of the earlier conversation that is not in its place any more."""
    kept = len(before.left)
    for index in range(min(kept, after.count)):
        if _at(before, index) != _at(after, index):
            return _missed("messages_changed", _left(before, index), rules)
    if after.count < min(before.count, kept):
        return _missed("messages_changed", _left(before, after.count), rules)
    if after.count < before.count or after.upto(before.count) != before.whole:
        return Reason("unavailable")  # beyond the horizon
    return None


def _difference(before: _Part, after: _Part) -> int | None:
    """The index of the first block that differs, is new or is gone."""
    if before.whole == after.whole:
        return None
    pairs = zip_longest(*([_at(part, index) for index in range(part.count)] for part in (before, after)))
    return next(index for index, (one, two) in enumerate(pairs) if one != two)


def _missed(kind: ReasonType, size: int, rules: DiagnosisRules) -> Reason:
    """The estimate is made of bytes, before any text is tokenised (facts §6)."""
    return Reason(kind, -(-size // rules.bytes_per_token))


def _left(part: _Part, index: int | None) -> int:
    return part.left[index] if index is not None and index < len(part.left) else 0


def _at(part: _Part, index: int) -> bytes:
    return part.digests[index * _DIGEST : (index + 1) * _DIGEST]


def _part(blocks: Sequence[PrefixBlock]) -> _Part:
    digests = b"".join(_digest(block.head + b"\xfe" + block.content.digest) for block in blocks)
    left, behind = [], 0
    for block in reversed(blocks):
        behind += block.size
        left.append(behind)
    return _Part(digests, tuple(reversed(left)), len(blocks), _digest(digests))


def _whole(blocks: Sequence[PrefixBlock]) -> bytes:
    return _part(blocks).whole


def _name(block: PrefixBlock) -> str:
    return block.head.removesuffix(STRUCTURED).decode().removeprefix("setting ")


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()
