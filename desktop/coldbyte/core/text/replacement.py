"""The smallest replacement that makes one text of another."""

from __future__ import annotations

from coldbyte.core.text.text import Text, common_suffix, first_difference

Replacement = tuple[int, int, str]
"""Start and stop of a stretch, as UTF-16 offsets, and the characters for it."""


def stretch(before: Text, after: Text) -> tuple[int, int, int] | None:
    """What differs, in whole characters: its first byte, and the bytes behind it in `before` and in `after`.
    None for equal texts.
    """
    first = first_difference(before, after)
    if first is None:
        return None
    first = before.boundary(first)
    same = common_suffix(before, after, min(before.size, after.size) - first)
    while same and before.slice_bytes(before.size - same, before.size - same + 1)[0] & 0xC0 == 0x80:
        same -= 1
    return first, before.size - same, after.size - same


def difference(before: Text, after: Text) -> Replacement | None:
    """The smallest replacement of whole characters that makes `after` of `before`, None for equal texts."""
    found = stretch(before, after)
    if found is None:
        return None
    first, old_stop, new_stop = found
    chars = after.slice_bytes(first, new_stop).decode()
    return before.utf16_at(first), before.utf16_at(old_stop), chars
