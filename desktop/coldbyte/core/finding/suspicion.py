"""What a pasted text carries that nobody typed: named, counted, and made ordinary where that is wanted.

Each kind is one that changes unseen between two sends and is a cause then: what is the same today comes from
another machine tomorrow.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from coldbyte.core.finding.odd_character import LONGEST, belongs
from coldbyte.core.finding.text_rule import FAMILIES, TYPED
from coldbyte.core.text.invisible import DECOMPOSED, INVISIBLE, category_of, is_plain
from coldbyte.core.text.line_end import LINE_END

Kind = Literal[
    "line-end",
    "line-separator",
    "space",
    "zero-width",
    "bidi",
    "control",
    "format",
    "decomposed",
    "ligature",
    "quotes",
    "tab",
    "dashes",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
QUIET: frozenset[Kind] = frozenset({"dashes"})
"""Kinds that good prose is full of: alone they are no reason to speak up."""

RUN = 32_768
"""Characters that are looked at together where a text is looked at run by run."""

_TAB = 4  # columns from one tab stop to the next
_MOST_PASSES = 8  # what is taken out may bring together what was apart
_DRAWN: dict[Kind, str] = {
    "quotes": f"{FAMILIES['quotes']}ʼ´",
    "dashes": FAMILIES["dashes"] + FAMILIES["ellipsis"],
    "ligature": "".join(char for char in TYPED if "\ufb00" <= char <= "\ufb06"),
}
_KIND_OF: dict[str, Kind] = {char: kind for kind, chars in _DRAWN.items() for char in chars}
_TYPESET = re.compile(f"[{''.join(map(re.escape, _KIND_OF))}]")
_INDENT = re.compile("^[ \t]+", re.MULTILINE)
_SEPARATORS = (char for char in map(chr, range(0x2030)) if category_of(char) == "line-separator")
_SEPARATOR = re.compile(f"[{''.join(char for char in _SEPARATORS if char != chr(13))}]")
_SAFE = re.compile("(?<=[!-~][!-~])(?=[!-~])")  # nothing that belongs together is cut between such
_TAG = re.compile("[\U000e0020-\U000e007f]")  # letters that nobody sees; a flag is made of them
_REMOVED = ("zero-width", "bidi", "control", "format")


@dataclass(frozen=True, slots=True)
class Host:
    """The text into which something is pasted: how its lines end, and how they are indented."""

    end: str = "\n"
    indent: Literal["", "spaces", "tabs"] = ""


PLAIN_HOST = Host()
"""A text of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a text carries of one kind: the characters with their numbers, the most frequent first.

    A character of the kind `decomposed` is a letter with its marks, one of `line-end` a CRLF, CR or LF.
    """

    kind: Kind
    counts: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(count for _, count in self.counts)

    @property
    def is_quiet(self) -> bool:
        """Whether it is no reason to speak up."""
        return self.kind in QUIET


class Suspecting:
    """Reads a text run by run and counts."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._counts: dict[Kind, Counter[str]] = {kind: Counter() for kind in KINDS}
        self._spaced = False

    def read(self, run: str) -> None:
        """Count what is in the next run."""
        self._read_line_ends(run)
        self._read_indents(run)
        if is_plain(run):
            return
        run = run.replace("\r\n", "\n").replace("\r", "\n")
        for at, kind in _unseen(run):
            self._counts[kind][run[at]] += 1
        if run.isascii():
            return
        for match in _TYPESET.finditer(run):
            self._counts[_KIND_OF[match[0]]][match[0]] += 1
        for match in DECOMPOSED.finditer(run):
            if _composed(match) != match[0]:
                self._counts["decomposed"][match[0]] += 1

    @property
    def suspicions(self) -> tuple[Suspicion, ...]:
        """What was found so far, the quiet kinds last."""
        mixed = self._spaced or self._host.indent == "spaces"
        return tuple(
            Suspicion(kind, tuple(counts.most_common()))
            for kind, counts in self._counts.items()
            if counts and (kind != "tab" or mixed)
        )

    def _read_line_ends(self, run: str) -> None:
        crlf = run.count("\r\n")
        found = {"\r\n": crlf, "\r": run.count("\r") - crlf, "\n": run.count("\n") - crlf}
        for end, count in found.items():
            if count and end != self._host.end:
                self._counts["line-end"][end] += count

    def _read_indents(self, run: str) -> None:
        if "\t" not in run and (self._spaced or "  " not in run):
            return
        for match in _INDENT.finditer(run):
            if tabs := match[0].count("\t"):
                self._counts["tab"]["\t"] += tabs
            self._spaced = self._spaced or "  " in match[0]


def suspicious(chars: str, host: Host = PLAIN_HOST) -> tuple[Suspicion, ...]:
    """What a text carries, by kinds; empty where there is nothing to say."""
    suspecting = Suspecting(host)
    suspecting.read(chars)
    return suspecting.suspicions


def normalised(
    chars: str,
    kinds: Collection[Kind] = KINDS,
    host: Host = PLAIN_HOST,
) -> str:
    """The text with the characters of these kinds made ordinary, as far as they are suspicious here."""
    wanted = set(kinds)
    for _ in range(_MOST_PASSES):
        found = {one.kind for one in suspicious(chars, host)} & wanted
        if not found:
            break
        chars = normal_run(chars, found, host)
    return chars


def normal_run(run: str, kinds: Collection[Kind], host: Host) -> str:
    """One run with the characters of these kinds made ordinary, all tabs of indentations among them.

    Odd spaces become spaces, other line ends those of the host, letters are composed (NFC), quotes, dashes
    and ligatures are typed as a keyboard has them; what is neither a space nor a line end is taken out.
    """
    for _ in range(_MOST_PASSES):
        before = run
        run = _without_unseen(run, kinds)
        run = _with_ends(run, kinds, host)
        if not run.isascii():
            run = _TYPESET.sub(lambda found: _typed(found[0], kinds), run)
            if "decomposed" in kinds:
                run = DECOMPOSED.sub(_composed, run)
        if "tab" in kinds and "\t" in run:
            run = _INDENT.sub(_expanded, run)
        if run == before:
            break
    return run


def runs(chars: str, size: int = RUN) -> Iterator[str]:
    """The text in runs of about `size` characters, cut behind a line where there are lines."""
    start = 0
    while len(chars) - start > 2 * size:
        stop = chars.find("\n", start + size, start + 2 * size) + 1
        if not stop:
            safe = _SAFE.search(chars, start + size, start + 2 * size)
            stop = safe.start() if safe else start + 2 * size
        yield chars[start:stop]
        start = stop
    yield chars[start:]


def _unseen(chars: str) -> Iterator[tuple[int, Kind]]:
    """The places and kinds of the invisible characters that do no work where they stand; not those of CR."""
    last = -1
    for match in INVISIBLE.finditer(chars):
        at, char = match.start(), match[0]
        kind = category_of(char)
        if kind is None or char == "\r":
            continue
        hidden = bool(_TAG.match(char)) and last == at - 1 and bool(_TAG.match(chars, last))
        doubled = "\ufe00" <= char <= "\ufe0f" and at > 0 and "\ufe00" <= chars[at - 1] <= "\ufe0f"
        if hidden or doubled or not belongs(chars, at):
            last = at
            yield at, kind


def _without_unseen(run: str, kinds: Collection[Kind]) -> str:
    if is_plain(run):
        return run
    parts, done = [], 0
    for at, kind in _unseen(run):
        if kind in kinds and kind != "line-separator":
            parts += [run[done:at], "" if kind in _REMOVED else " "]
            done = at + 1
    return "".join([*parts, run[done:]])


def _with_ends(run: str, kinds: Collection[Kind], host: Host) -> str:
    if "line-end" in kinds:
        run = LINE_END.sub(host.end, run)
    if "line-separator" not in kinds or is_plain(run):
        return run
    return _SEPARATOR.sub(host.end, run)


def _typed(char: str, kinds: Collection[Kind]) -> str:
    return TYPED[char] if _KIND_OF[char] in kinds else char


def _composed(found: re.Match[str]) -> str:
    """A letter with its marks in composed form; a pile of marks stays: the time is the square of it."""
    return found[0] if len(found[0]) > LONGEST else unicodedata.normalize("NFC", found[0])


def _expanded(found: re.Match[str]) -> str:
    return found[0].expandtabs(_TAB)
