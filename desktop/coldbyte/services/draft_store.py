"""The file in which the draft is kept between two runs, and while the user types."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from coldbyte.core.draft import Draft
from coldbyte.core.draft_file import DraftFileError, read_draft, write_draft
from coldbyte.core.text import NotUtf8Error, Text
from coldbyte.services.text_file import FileTrouble, read_text, write_text


class DraftStore:
    """One file, written all or nothing and readable only by its user; a damaged one is set aside."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> tuple[Draft, str] | None:
        """The draft that was kept with the key of its question; None where there is none.

        Raise FileTrouble where it can't be read; then it was set aside, so that nothing overwrites it.
        """
        if not self._path.exists():
            return None
        try:
            return read_draft(str(read_text(self._path)))
        except (DraftFileError, NotUtf8Error, FileTrouble) as error:
            aside = self._path.with_name(f"{self._path.name}.damaged")
            with suppress(OSError):
                self._path.replace(aside)
            say = f"The draft of the last run can't be read ({error})."
            raise FileTrouble(say, remedy=f"It was set aside as {aside.name} in {aside.parent}.") from None

    def save(self, draft: Draft, question: str) -> None:
        """Keep the draft. Raise FileTrouble; then what was kept before is untouched."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._path.exists():
                self._path.touch(mode=0o600)
        except OSError as error:
            raise FileTrouble(f"The draft can't be kept: {error.strerror}.") from None
        write_text(self._path, Text.from_str(write_draft(draft, question)))
