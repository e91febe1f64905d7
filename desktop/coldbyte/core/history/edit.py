"""Edits of a draft as snapshots: what changed between two looks, and which edit broke the prefix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coldbyte.core.draft import Document, Draft, Part, Question, SystemBlock, Tool, Turn
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.text.replacement import stretch
from coldbyte.core.text.text import Text

TEXT = "text"
CHOSEN = "baseline"
"""What a snapshot says where no edit but another baseline made the difference."""

_FAR = 4_096  # bytes of equal characters that are looked at


def edits_between(
    before: Draft, after: Draft, seen: Snapshot, last: Snapshot | None = None
) -> Iterator[Snapshot]:
    """A snapshot for each part that differs. `seen` holds the time and what came of all of them together.

    Where equal characters stand beside each other, the one is taken that goes on where `last` ended.
    """
    yield from _request_edits(before, after, seen)
    old, new = before.parts, after.parts
    for key, part in new.items():
        if key not in old:
            yield replace(seen, key=key, part=name_of(after, part), what="added")
        elif part is not old[key]:
            mine = replace(seen, key=key, part=name_of(after, part))
            yield from _edits_of(old[key], part, mine, last)
    for key, part in old.items():
        if key not in new:
            yield replace(seen, key=key, part=name_of(before, part), what="removed")
    stayed = [key for key in new if key in old]
    for key, other in zip(stayed, (key for key in old if key in new), strict=True):
        if key != other:
            yield replace(seen, key=key, part=name_of(after, new[key]), what="moved")
            break


def name_of(draft: Draft, part: Part) -> str:
    """What people call a part."""
    match part:
        case Document(title=title) if title:
            return title
        case Tool():
            return f"tool {draft.tools.index(part) + 1}"
        case SystemBlock():
            return f"system block {draft.system.index(part) + 1}"
        case Document():
            return f"document {draft.documents.index(part) + 1}"
        case Turn():
            return f"turn {draft.turns.index(part) + 1}"
        case Question():
            return f"question {draft.questions.index(part) + 1}"


def joined(one: Snapshot, two: Snapshot) -> Snapshot | None:
    """Two edits that follow each other as one, with the time of the first; None where they lie apart."""
    if (one.what, one.key) != (two.what, two.key) or one.what != TEXT:
        return None
    old, mid = one.removed.encode(), one.inserted.encode()
    gone, new = two.removed.encode(), two.inserted.encode()
    start, stop = two.byte - one.byte, two.byte + len(gone) - one.byte  # of what went, counted in `mid`
    if start > len(mid) or stop < 0:
        return None
    removed = gone[: max(-start, 0)] + old + gone[len(gone) - max(stop - len(mid), 0) :]
    inserted = mid[: max(start, 0)] + new + mid[max(stop, 0) :]
    byte = min(one.byte, two.byte)
    return replace(two, at=one.at, byte=byte, removed=removed.decode(), inserted=inserted.decode())


def first_broken(snapshots: Sequence[Snapshot]) -> int | None:
    """The index of the edit that broke the prefix, which has stayed broken since; None where it is not."""
    index = len(snapshots)
    while index and snapshots[index - 1].breaks:
        index -= 1
    return index if index < len(snapshots) else None


def place_now(snapshots: Sequence[Snapshot], index: int) -> int | None:
    """The byte at which what an edit inserted stands now; None where a later edit went into it."""
    edit = snapshots[index]
    if edit.what != TEXT:
        return None
    start, size = edit.byte, len(edit.inserted.encode())
    for later in snapshots[index + 1 :]:
        if later.key != edit.key:
            continue
        if later.what == "removed":
            return None
        if later.what != TEXT:
            continue
        gone = len(later.removed.encode())
        if later.byte + gone <= start:
            start += len(later.inserted.encode()) - gone
        elif later.byte < start + size:
            return None
    return start


def taken_back(text: Text, edit: Snapshot, byte: int) -> Text | None:
    """The text without an edit that stands at `byte` of it; None where that is not there (any more)."""
    inserted = edit.inserted.encode()
    if byte < 0 or byte + len(inserted) > text.size:
        return None
    if text.slice_bytes(byte, byte + len(inserted)) != inserted or text.boundary(byte) != byte:
        return None
    return text.replace(text.utf16_at(byte), text.utf16_at(byte + len(inserted)), edit.removed)


def _request_edits(before: Draft, after: Draft, seen: Snapshot) -> Iterator[Snapshot]:
    if before.model != after.model:
        yield replace(seen, key="", part="model", what="model")
    if before.settings != after.settings or before.max_tokens != after.max_tokens:
        yield replace(seen, key="", part="settings", what="settings")


def _edits_of(old: Part, new: Part, seen: Snapshot, last: Snapshot | None) -> Iterator[Snapshot]:
    if old.text is not new.text and (hunk := _hunk(old.text, new.text)) is not None:
        byte, removed, inserted = hunk
        edit = replace(seen, what=TEXT, byte=byte, removed=removed, inserted=inserted)
        yield _beside(edit, last, old.text, new.text) if last is not None else edit
    if isinstance(old, Document) and isinstance(new, Document) and old.title != new.title:
        yield replace(seen, what="title")
    if getattr(old, "ttl", None) != getattr(new, "ttl", None):
        yield replace(seen, what="breakpoint")
    if any(
        getattr(old, name, None) != getattr(new, name, None) for name in ("role", "form", "media", "extra")
    ):
        yield replace(seen, what="content")


def _beside(edit: Snapshot, last: Snapshot, before: Text, after: Text) -> Snapshot:
    """The same edit of a text, told as an earlier place where that goes on with the last edit."""
    if last.key != edit.key or last.what != TEXT or bool(edit.removed) == bool(edit.inserted):
        return edit
    shorter, longer = (before, after) if edit.inserted else (after, before)
    size, end = len((edit.inserted or edit.removed).encode()), last.byte + len(last.inserted.encode())
    for byte in (end, end - size, last.byte - size):
        if not max(edit.byte - _FAR, 0) <= byte < edit.byte or longer.boundary(byte) != byte:
            continue
        slid = shorter.slice_bytes(byte, edit.byte) == longer.slice_bytes(byte + size, edit.byte + size)
        if slid and (byte + size >= longer.size or longer.boundary(byte + size) == byte + size):
            chars = longer.slice_bytes(byte, byte + size).decode()
            return replace(
                edit,
                byte=byte,
                inserted=chars if edit.inserted else "",
                removed=chars if edit.removed else "",
            )
    return edit


def _hunk(before: Text, after: Text) -> tuple[int, str, str] | None:
    """The byte, and what stands between the first and the last difference on both sides, in characters."""
    found = stretch(before, after)
    if found is None:
        return None
    first, old_stop, new_stop = found
    return first, before.slice_bytes(first, old_stop).decode(), after.slice_bytes(first, new_stop).decode()
