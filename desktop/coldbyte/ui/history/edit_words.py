"""The words for one edit of a draft."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from coldbyte.core.history.edit import CHOSEN, TEXT
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.ui.history.history_words import when

translate = QCoreApplication.translate


def edit_line(edit: Snapshot) -> str:
    """What was done, and where."""
    part = edit.part
    if edit.what == TEXT:
        removed, inserted = len(edit.removed.encode()), len(edit.inserted.encode())
        sizes = {"old": _bytes(removed), "new": _bytes(inserted)}
        if not removed:
            words = translate("EditDialog", "{new} inserted at byte {byte} of {part}")
        elif not inserted:
            words = translate("EditDialog", "{old} removed at byte {byte} of {part}")
        else:
            words = translate("EditDialog", "{old} replaced by {new} at byte {byte} of {part}")
        return words.format(**sizes, byte=f"{edit.byte:,}", part=part)
    words = {
        "added": translate("EditDialog", "{part} was added"),
        "removed": translate("EditDialog", "{part} was removed"),
        "moved": translate("EditDialog", "{part} was moved"),
        "title": translate("EditDialog", "{part} got this title"),
        "breakpoint": translate("EditDialog", "The breakpoint of {part} was changed"),
        "content": translate("EditDialog", "The content of {part} was changed"),
        "model": translate("EditDialog", "Another model was chosen"),
        "settings": translate("EditDialog", "A setting of the request was changed"),
        "question": translate("EditDialog", "Another question was chosen"),
        "draft": translate("EditDialog", "Another draft was opened"),
        "baseline": translate("EditDialog", "The draft differed already when this baseline was chosen"),
    }.get(edit.what, translate("EditDialog", "{part} was changed"))
    return words.format(part=part)


def _bytes(count: int) -> str:
    words = "{n} byte" if count == 1 else "{n} bytes"
    return translate("EditDialog", words).format(n=f"{count:,}")


def effect_line(edit: Snapshot, now: float) -> str:
    """When it was, and what became of the prefix."""
    if edit.breaks and edit.break_at is not None:
        broken = translate("EditDialog", "the prefix broke at byte {byte}").format(byte=f"{edit.break_at:,}")
    else:
        broken = translate("EditDialog", "the prefix held")
    return f"{when(edit.at, now)} · {broken}"


def why_not_line(edit: Snapshot, *, of_draft: bool) -> str:
    """Why an edit can't be taken back by itself, and what helps."""
    if not of_draft:
        return translate("EditDialog", "It belongs to an exchange that was sent, not to the open draft.")
    if edit.what == CHOSEN:
        return translate("EditDialog", "No edit made this difference, so that there is none to take back.")
    if edit.what != TEXT:
        return translate(
            "EditDialog",
            "Only edits of a text can be taken back by themselves. “Restore” in the view “Prefix” puts "
            "parts, breakpoints and the model back.",
        )
    return translate(
        "EditDialog", "It does not stand in the draft as it was made: a later edit went into it."
    )
