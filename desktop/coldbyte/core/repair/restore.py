"""Restoring: put the baseline's bytes back, for one cause or for a whole text, sharing all other pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coldbyte.core.cause import Cause
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.rule.explain import Explanation
from coldbyte.core.text.hunk import Hunk
from coldbyte.core.text.text import Text

_ONE_BY_ONE = 64  # hunks up to which each is put back by itself, so that the text between them stays shared


@dataclass(frozen=True, slots=True)
class Restoration:
    """The value at `where` (a path of the new body) as it is after putting back what `causes` changed.

    `whole` says that the value is then the baseline's, byte for byte.
    """

    where: str
    causes: tuple[Cause, ...]
    text: Text
    whole: bool


def restorations(comparison: Comparison, explanation: Explanation) -> tuple[Restoration, ...]:
    """What can be put back: each cause in a text by itself, and first the whole text where that is more.

    Values are the model, the text of a block, and the title of a document; harmless changes are left alone.
    A cause of an explanation that is not complete puts back only the hunks that were looked at.
    """
    found: list[Restoration] = []
    for cause in explanation.causes:
        sides = _texts(comparison, cause)
        if sides is None:
            continue
        before, after = sides
        together = tuple(other for other in explanation.causes if other.where == cause.where)
        text = restore_text(before, after, cause.hunks) if cause.hunks else before
        whole = text == before
        text = before if whole else text  # what is cached on it need not be computed again
        if together[0] is cause and not whole:
            found.append(Restoration(cause.where, together, before, True))
        found.append(Restoration(cause.where, (cause,), text, whole))
    return tuple(found)


def restorable(comparison: Comparison, cause: Cause) -> bool:
    """Whether a cause lies in a value that can be put back, without doing it."""
    return _texts(comparison, cause) is not None


def restore_text(before: Text, after: Text, hunks: Sequence[Hunk]) -> Text:
    """The text `after` with the old bytes in these hunks, which are in order and do not overlap."""
    if not hunks:
        return after
    if len(hunks) > _ONE_BY_ONE:
        return _put(after, hunks[0].after_start, hunks[-1].after_stop, _rebuilt(before, after, hunks))
    for hunk in reversed(hunks):
        old = before.slice_bytes(hunk.before_start, hunk.before_stop)
        after = _put(after, hunk.after_start, hunk.after_stop, old)
    return after


def _rebuilt(before: Text, after: Text, hunks: Sequence[Hunk]) -> bytes:
    """Everything from the first to the last hunk."""
    parts: list[bytes] = []
    place = hunks[0].after_start
    for hunk in hunks:
        parts.append(after.slice_bytes(place, hunk.after_start))
        parts.append(before.slice_bytes(hunk.before_start, hunk.before_stop))
        place = hunk.after_stop
    return b"".join(parts)


def _put(text: Text, start: int, stop: int, data: bytes) -> Text:
    return text.replace(text.utf16_at(start), text.utf16_at(stop), data.decode())


def _texts(comparison: Comparison, cause: Cause) -> tuple[Text, Text] | None:
    """The value at the cause's place on both sides, None where nothing can be put back."""
    old, new = cause.blocks
    if old is None or new is None:
        return None
    before, after = comparison.before.blocks[old], comparison.after.blocks[new]
    if cause.where == after.where and cause.where_before == before.where:
        structured = before.structured or after.structured
        return None if structured else (before.content, after.content)
    if after.kind == "document" and cause.where == f"{block_path(after.where)}.title":
        return _title(comparison.before, old), _title(comparison.after, new)
    return None


def _title(prefix: Prefix, index: int) -> Text:
    return Text.from_str(str(prefix.blocks[index].attributes.get("title", "")))
