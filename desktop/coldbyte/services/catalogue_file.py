"""The user's own models and prices, as a file beside the settings. Reading blocks: call it in a thread."""

from __future__ import annotations

from pathlib import Path

from coldbyte.services.text_file import FileTrouble, read_bytes

MOST_BYTES = 4_000_000


def read_user_catalogue(path: Path) -> str | None:
    """The text of the user's catalogue; None where there is no such file. Raise FileTrouble."""
    try:
        size = path.lstat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        size = 0  # reading it tells why
    if size > MOST_BYTES:
        raise FileTrouble(f"{path} is too large for a list of models and prices.", remedy=_MOVE)
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        say = f"{path} is not UTF-8: byte {error.start:,} can't be read."
        raise FileTrouble(say, remedy="Save it as UTF-8.") from None


_MOVE = "Move it elsewhere; Coldbyte then uses its built-in prices."
