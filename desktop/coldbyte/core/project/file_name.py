"""Names of files that work on Windows, macOS and Linux, and what is wrong with one that does not.

A path is relative to the project's folder and written with `/`. Two paths are the same file where they are
equal but for case and Unicode form, as file systems differ in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import category, normalize

LONGEST_NAME = 255  # bytes of UTF-8: the limit of most file systems
LONGEST_PATH = 1024
_LONGEST_STEM = 80  # bytes of a name that is made here, without number and ending
_FORBIDDEN = frozenset('<>:"|?*\\/')
_ODD = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # categories of characters
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]) *(?:\..*)?", re.I | re.S)
_SHORTENED = re.compile(r"git~[0-9]+ *(?:\..*)?", re.I | re.S)  # another name that Windows has for .git
_MOST_WORDS = 400  # characters of a text from which a name is made
_GAPS = re.compile(r"[\s-]+")
_EDGES = "-. "
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}")
_WORD = re.compile(r"\w+")


def folded(path: str) -> str:
    """Equal for two paths that are one file on some system."""
    return normalize("NFD", normalize("NFD", path).casefold())


def fault_of(path: str) -> str | None:
    """Why a path can't be used in a project, as the end of the sentence “the path …”; None where it can."""
    if not path:
        return "is empty"
    if "\\" in path:
        return "has a backslash: write it with /"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "is not relative to the folder of the project"
    if len(path.encode(errors="replace")) > LONGEST_PATH:
        return f"is longer than {LONGEST_PATH:,} bytes"
    faults = (_fault_of_name(name) for name in path.split("/"))
    return next((fault for fault in faults if fault), None)


def safe_stem(words: str) -> str:
    """What of some words can stand in a name: no white space, nothing that some system refuses, not too long.

    Empty where nothing of them can.
    """
    kept = "".join(
        "-" if char in _FORBIDDEN or category(char) in _ODD else char for char in words[:_MOST_WORDS]
    )
    stem = _GAPS.sub("-", normalize("NFC", kept)).strip(_EDGES)
    data = stem.encode()
    if len(data) > _LONGEST_STEM:
        stem = data[:_LONGEST_STEM].decode(errors="ignore").strip(_EDGES)
    return f"_{stem}" if _RESERVED.fullmatch(stem) or _SHORTENED.fullmatch(stem) else stem


def stem_and_ending(title: str) -> tuple[str, str]:
    """A title as the name of a file: what stands before its ending, and the ending with its dot or ""."""
    stem, dot, ending = title.rpartition(".")
    if stem and _ENDING.fullmatch(dot + ending):
        return stem, dot + ending
    return title, ""


def first_words(text: str, most: int = 6) -> str:
    """The first words of a text's first line that has any, small, joined by hyphens."""
    lines = (_WORD.findall(line) for line in text[:_MOST_WORDS].splitlines())
    words = next((found for found in lines if found), [])
    return "-".join(words[:most]).lower()


def folders_of(path: str) -> Iterator[str]:
    """The folders in which a file stands, the outermost first."""
    steps = path.split("/")
    return ("/".join(steps[:count]) for count in range(1, len(steps)))


class FreeNames:
    """Gives out paths that no other part has; those in `taken` are had."""

    def __init__(self, taken: Iterable[str]) -> None:
        files = list(taken)
        self._files = {folded(path) for path in files}
        self._taken = self._files | {folded(folder) for path in files for folder in folders_of(path)}
        self._next: dict[str, int] = {}

    def take(self, folder: str, stem: str, ending: str) -> str:
        """`folder/stem.ending`, with a number behind the stem where that is taken."""
        while folded(folder) in self._files:
            folder += "-2"
        first = f"{folder}/{stem}{ending}"
        path, number = first, self._next.get(folded(first), 2)
        while (name := folded(path)) in self._taken:
            path = f"{folder}/{stem}-{number}{ending}"
            number += 1
        self._next[folded(first)] = number
        self._taken.add(name)
        return path


def _fault_of_name(name: str) -> str | None:
    visible = "".join(char for char in name if category(char) not in _INVISIBLE)
    if name in (".", ".."):
        return "leaves the folder of the project"
    if not name:
        return "has an empty step"
    if visible.startswith(".") or _SHORTENED.fullmatch(visible):
        return "names a hidden file, which is no part of a project"
    if _RESERVED.fullmatch(name):
        return "is reserved on Windows"
    if name[-1] in ". ":
        return "ends in a dot or a space, which Windows drops"
    if any(char in _FORBIDDEN or category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name):
        return "has a character that some systems refuse"
    return f"has a name longer than {LONGEST_NAME} bytes" if len(name.encode()) > LONGEST_NAME else None
