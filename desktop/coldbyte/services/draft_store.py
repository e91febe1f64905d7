"""The file in which the draft is kept between two runs, and while the user types."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from coldbyte.core.draft import Draft
from coldbyte.core.draft_file import DraftFileError, read_draft, write_draft
from coldbyte.core.text.text import NotUtf8Error, Text
from coldbyte.services.text_file import FileTrouble, read_text, write_text


class DraftStore:
    """One file, written all or nothing and readable only by its user; a damaged one is set aside."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def exists(self) -> bool:
        """Whether something is kept that a save would replace."""
        return self._path.exists()

    def load(self) -> tuple[Draft, str] | None:
        """The draft that was kept with the key of its question; None where there is none.

        Raise FileTrouble where it can't be read. A damaged file is set aside, if the system lets us.
        """
        if not self._path.exists():
            return None
        try:
            return read_draft(str(read_text(self._path)))
        except (DraftFileError, NotUtf8Error) as error:
            say = f"The draft of the last run is damaged ({error})."
            raise FileTrouble(say, remedy=self._set_aside("damaged")) from None

    def save(self, draft: Draft, question: str) -> None:
        """Keep the draft. Raise FileTrouble; then what was kept before is untouched."""
        self._write(self._path, draft, question)

    def put_aside(self, draft: Draft, question: str) -> None:
        """Keep a draft beside the one that takes its place. Raise FileTrouble."""
        self._write(self._free_name("previous"), draft, question)

    def _write(self, path: Path, draft: Draft, question: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                path.touch(mode=0o600)
        except OSError as error:
            raise FileTrouble(f"The draft can't be kept: {error.strerror}.") from None
        write_text(path, Text.from_str(write_draft(draft, question)))

    def _set_aside(self, why: str) -> str:
        """Move the file out of the way and say where it is."""
        aside = self._free_name(why)
        try:
            self._path.replace(aside)
        except OSError:
            return f"It stays as {self._path}, and what you type now is not kept."
        return f"It was set aside as {aside}."

    def _free_name(self, why: str) -> Path:
        names = (self._path.with_name(f"{self._path.stem}-{why}-{n}.json") for n in count(1))
        return next(path for path in names if not path.exists())
