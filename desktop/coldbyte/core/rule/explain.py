"""The explanation: every difference between two prefixes by its cause, in cache order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coldbyte.core.cause import Cause, fix_of
from coldbyte.core.prefix.block_name import block_path, capital, part_name
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.rule.block_rule import LIVE
from coldbyte.core.rule.sequence_rule import block_causes
from coldbyte.core.rule.setting_rule import setting_causes
from coldbyte.core.rule.tool_rule import tool_causes

_PEEK = 65_536  # bytes of a block in which an image is looked for
EVERYTHING = 250_000
"""A limit that no real text reaches."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The causes, the primary one (at the break) first, and the differences that cost nothing.

    `complete` is False where a text has more differences than were looked at.
    """

    causes: tuple[Cause, ...] = ()
    harmless: tuple[Cause, ...] = ()
    complete: bool = True

    @property
    def first(self) -> Cause | None:
        """The cause at the break, harmless or not; None where both prefixes are the same."""
        found = [*self.causes[:1], *self.harmless[:1]]
        return min(found, key=_order, default=None)


def explain(comparison: Comparison, *, limit: int = LIVE) -> Explanation:
    """Name all causes. Differences from the baseline's last breakpoint on are harmless (causes §2, step 5).

    At most `limit` hunks of each text are told apart, so that the work follows the edit and not the prompt.
    """
    first = comparison.first
    if first is None:
        return Explanation()
    blocks, complete = block_causes(comparison, limit)
    found = [*setting_causes(comparison), *tool_causes(comparison, limit), *blocks]
    found = _without_echoes(comparison, found)
    found.sort(key=_order)
    if not found:
        found = [_unknown(comparison)]
    found[0] = replace(found[0], cache_byte=first.cache_byte, cache_byte_before=first.cache_byte)
    found = [_not_before(first.cache_byte, cause) for cause in found]
    stored = comparison.before.stored
    harmless = [cause for cause in found if _is_harmless(cause, stored)]
    causes = [cause for cause in found if not _is_harmless(cause, stored)]
    return Explanation(tuple(causes), tuple(map(_without_loss, harmless)), complete)


def _not_before(byte: int, cause: Cause) -> Cause:
    """The cause of a whole block starts with its record, the break lies where that first differs."""
    if cause.cache_byte >= byte and cause.cache_byte_before >= byte:
        return cause
    return replace(
        cause,
        cache_byte=max(cause.cache_byte, byte),
        cache_byte_before=max(cause.cache_byte_before, byte),
    )


def _without_echoes(comparison: Comparison, found: list[Cause]) -> list[Cause]:
    """The causes without those that only repeat another: one change of an image or of citations acts twice.

    That a request shows images at all, or cites, is a setting; the block that brought it is the cause.
    """
    toggled = next((cause for cause in found if cause.id == "images-toggled"), None)
    stored = comparison.before.stored
    shown = [cause for cause in found if _is_image(comparison, cause) and not _is_harmless(cause, stored)]
    if toggled is not None and shown:
        found = [cause for cause in found if cause not in (toggled, shown[0])]
        moved = replace(shown[0], cache_byte=toggled.cache_byte, cache_byte_before=toggled.cache_byte_before)
        found.append(moved)
    cited = [cause for cause in found if cause.where.endswith(".citations.enabled")]
    if not cited:
        return found
    return [cause for cause in found if cause in cited or cause.id != "server-feature-toggled"]


def _is_image(comparison: Comparison, cause: Cause) -> bool:
    """Whether the cause is about blocks of which one is an image, or holds one."""
    sides = ((comparison.before, cause.blocks[0]), (comparison.after, cause.blocks[1]))
    return cause.tier == "messages" and any(
        block.kind == "image"
        or b'"type":"image"' in block.content.slice_bytes(0, min(block.content.size, _PEEK))
        for prefix, start in sides
        if start is not None
        for block in prefix.blocks[start : start + cause.count]
        if block.kind != "setting"
    )


def _order(cause: Cause) -> tuple[int, int]:
    return cause.cache_byte_before, cause.cache_byte


def _is_harmless(cause: Cause, stored: int) -> bool:
    return cause.cache_byte_before >= stored or cause.severity == "info"


def _without_loss(cause: Cause) -> Cause:
    return replace(cause, severity="info") if cause.severity == "loss" else cause


def _unknown(comparison: Comparison) -> Cause:
    """A difference that no rule explains: only its place can be said."""
    first = comparison.first
    assert first is not None
    side = first.after or first.before
    assert side is not None
    prefix = comparison.after if first.after else comparison.before
    return Cause(
        "text-edited",
        first.tier,
        block_path(side.block.where),
        block_path(first.before.block.where) if first.before else None,
        first.cache_byte,
        first.cache_byte,
        f"{capital(part_name(prefix, side.index))} differs.",
        fix_of("text-edited"),
        confidence="low",
        evidence="assumed",
        blocks=(first.before.index if first.before else None, first.after.index if first.after else None),
    )
