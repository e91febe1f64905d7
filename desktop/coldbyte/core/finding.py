"""A finding: what happened in one text, told in a sentence, with all the hunks that have the same cause."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coldbyte.core.cause import CauseId, code_points
from coldbyte.core.hunk import Hunk
from coldbyte.core.invisible import is_invisible, name_of
from coldbyte.core.line_end import LINE_END
from coldbyte.core.microscope import display
from coldbyte.core.text import Text, first_differing_byte
from coldbyte.core.text_rule import (
    REPLACEMENT,
    alike,
    classify,
    clusters,
    ends_of,
    misread,
    untangle,
)

_AROUND = 64  # bytes of equal text that a sentence may need on each side
LARGE = 16_384  # bytes of a side from which on a hunk counts as rewritten
_SAMPLE = 2_048  # bytes at its beginning that are looked at all the same
_TANGLED = 100_000  # characters × characters of tangled hunks that are taken apart in one text
_QUOTE = 40  # characters that a sentence quotes
_WORD = re.compile(r"\w{1,16}")
_WORD_END = re.compile(r"\w{1,16}\Z")
_BLANKS = " \t\n\r"
_COUNTED = {" ": "space", "\t": "tab", "\n": "line break"}
_PLAIN = {" ": "space", "\t": "tab", "\n": "line feed", "\ufeff": "byte order mark"}
_PLACES = {
    "leading": "at the start of the text",
    "trailing": "at the end of the text",
    "indentation": "at the start of the line",
    "line end": "at the end of the line",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The hunks of one text that have the same cause; `say` and `label` are about the first of them.

    `before` and `after` are the sides of the first one (of a run: of its first line end), `byte` is the
    number of bytes that are equal at its start. `count` is the number of places.
    """

    id: CauseId
    label: str
    say: str
    hunks: tuple[Hunk, ...]
    before: str
    after: str
    byte: int
    count: int


def findings(
    before: Text, after: Text, hunks: Sequence[Hunk], *, largest: int = LARGE
) -> tuple[tuple[Finding, ...], bool]:
    """Classify the hunks of one text and group those with the same cause, in the order of their first.

    The second value says whether all that differs was looked at: of a hunk with a side of more than `largest`
    bytes only the beginning is, and it counts as rewritten unless that is narrow.
    """
    sorter = _Sorter(before, after, largest)
    for hunk in hunks:
        sorter.take(hunk)
    found = [
        _finding(before, after, name, tuple(group), sorter.complete) for name, group in sorter.groups.items()
    ]
    return tuple(found), sorter.complete


class _Sorter:
    """Puts hunks into groups by their cause."""

    def __init__(self, before: Text, after: Text, largest: int) -> None:
        self.before, self.after, self.largest = before, after, largest
        self.groups: dict[CauseId, list[Hunk]] = {}
        self.complete = True
        self.effort = _TANGLED

    def take(self, hunk: Hunk) -> None:
        """Classify one hunk."""
        if hunk.rest and self.groups:
            self.complete = False
        elif hunk.count > 1:
            self._add("line-endings-changed", hunk)
        elif hunk.rest or _length(hunk) > self.largest:
            self._take_large(hunk)
        else:
            self._take_small(hunk)

    def _add(self, name: CauseId, hunk: Hunk) -> None:
        self.groups.setdefault(name, []).append(hunk)

    def _take_small(self, hunk: Hunk) -> None:
        left, right = _sides(self.before, self.after, hunk, self.largest)
        name = classify(left, right)[0]
        if name == "text-edited" and _length(hunk) > LARGE:
            self._take_large(hunk)
            return
        parts: tuple[tuple[int, int, int, int], ...] = ()
        if name in ("text-edited", "whitespace-changed") and self.effort > 0:
            parts = untangle(left, right)
            self.effort -= 0 if left.isascii() and right.isascii() else len(left) * len(right)
        if not parts:
            self._add(name, hunk)
        for part in parts:
            one, stop_one, two, stop_two = part
            name = classify(left[one:stop_one], right[two:stop_two])[0]
            self._add(name, _inside(hunk, left, right, part))

    def _take_large(self, hunk: Hunk) -> None:
        """A long hunk may be narrow, as when a whole text was brought into another normal form."""
        left, right = _sides(self.before, self.after, hunk, _SAMPLE)
        one, two = alike(left, right)
        name: CauseId = "text-edited"
        if 10 * one >= 9 * len(left) or 10 * two >= 9 * len(right):
            name = classify(left[:one], right[:two])[0]
        if name == "text-edited":
            self._add(name, hunk)
            return
        self._add(name, _inside(hunk, left, right, (0, one, 0, two)))
        self.complete = False


def _inside(hunk: Hunk, left: str, right: str, part: tuple[int, int, int, int]) -> Hunk:
    """A part of a hunk, by the characters of its sides."""
    one, stop_one, two, stop_two = part
    return Hunk(
        hunk.before_start + len(left[:one].encode()),
        hunk.before_start + len(left[:stop_one].encode()),
        hunk.after_start + len(right[:two].encode()),
        hunk.after_start + len(right[:stop_two].encode()),
    )


def _length(hunk: Hunk) -> int:
    return max(hunk.before_stop - hunk.before_start, hunk.after_stop - hunk.after_start)


def _sides(before: Text, after: Text, hunk: Hunk, most: int) -> tuple[str, str]:
    """The characters of both sides, at most so many bytes; of a run only those of the first line end."""
    if hunk.count > 1:
        crlf = before.slice_bytes(hunk.before_start, hunk.before_start + 2) == b"\r\n"
        return ("\r\n", "\n") if crlf else ("\n", "\r\n")
    left = before.slice_bytes(hunk.before_start, min(hunk.before_stop, hunk.before_start + most))
    right = after.slice_bytes(hunk.after_start, min(hunk.after_stop, hunk.after_start + most))
    return left.decode(errors="ignore"), right.decode(errors="ignore")


def _finding(before: Text, after: Text, name: CauseId, group: tuple[Hunk, ...], complete: bool) -> Finding:
    first = group[0]
    left, right = _sides(before, after, first, LARGE)
    byte = first_differing_byte(left.encode(), right.encode())
    if name == "text-edited" and _length(first) > LARGE:
        old, new = first.before_stop - first.before_start, first.after_stop - first.after_start
        label, say = "rewritten", f"{old:,} bytes became {new:,} bytes."
    else:
        label, say = sentence(name, left, right, _around(after, first))
    if name == "line-endings-changed":
        count = sum(hunk.count if hunk.count > 1 else _lines(after, hunk) for hunk in group)
        say = _say_line_ends(label, count) if count > 1 else say
    else:
        count = len(group)
        say += _say_more(count - 1, complete)
    return Finding(name, label, say, group, left, right, byte, count)


def _lines(after: Text, hunk: Hunk) -> int:
    return len(LINE_END.findall(after.slice_bytes(hunk.after_start, hunk.after_stop).decode()))


def _say_line_ends(label: str, count: int) -> str:
    old, _, new = label.partition(" to ")
    return f"{count:,} line ends are {new}; the first of them was {old}."


def _say_more(count: int, complete: bool) -> str:
    if not count:
        return ""
    least = "" if complete else "At least "
    follow = "changes of this kind follow" if count > 1 else "change of this kind follows"
    return f" {least}{count:,} more {follow}."


def _around(after: Text, hunk: Hunk) -> Around:
    low = after.boundary(max(hunk.after_start - _AROUND, 0))
    high = min(hunk.after_stop + _AROUND, after.size)
    return Around(
        after.slice_bytes(low, hunk.after_start).decode(),
        after.slice_bytes(hunk.after_stop, high).decode(errors="ignore"),
        low == 0,
        high == after.size,
        after.spot(hunk.after_start).line,
    )


@dataclass(frozen=True, slots=True)
class Around:
    """Equal text before and behind a hunk; `first` and `last` say whether it reaches the ends of the text."""

    lead: str
    tail: str
    first: bool
    last: bool
    line: int

    def without(self, left: Sequence[str], right: Sequence[str]) -> tuple[str, str, Around]:
        """The hunk without what both sides have in common at its ends, and what then stands around it."""
        size = min(len(left), len(right))
        start = next((step for step in range(size) if left[step] != right[step]), size)
        size -= start
        back = next((step for step in range(size) if left[-1 - step] != right[-1 - step]), size)
        head, foot = "".join(left[:start]), "".join(left[len(left) - back :])
        around = replace(self, lead=self.lead + head, tail=foot + self.tail)
        return "".join(left[start : len(left) - back]), "".join(right[start : len(right) - back]), around


def sentence(name: CauseId, before: str, after: str, around: Around) -> tuple[str, str]:
    """What was found at one place, as a plain sentence, and the label of the finding."""
    label = classify(before, after)[1]
    if name == "invisible-char-changed":
        left, right, around = around.without(before, after)
    else:
        left, right, around = around.without(clusters(before), clusters(after))
    match name:
        case "line-endings-changed":
            return label, f"Line {around.line} ends with {ends_of(after)}; it ended with {ends_of(before)}."
        case "unicode-normalization-changed":
            return label, _say_form(left, right)
        case "invisible-char-changed":
            return label, _say_invisible(left, right, around)
        case "typography-changed" | "homoglyph-changed":
            return label, _say_replaced(left, right, around)
        case "encoding-damaged":
            return label, _say_damage(left, right)
        case "whitespace-changed":
            label = _place(left, right, around)
            return label, _say_white_space(left, right, label, around)
        case _:
            return label, _say_edit(left, right, around)


def _say_form(before: str, after: str) -> str:
    one, two = clusters(before)[0], clusters(after)[0]
    if len(one) == len(two):
        return f"{two} is written as {_points(two)} where it was {_points(one)}."
    shown = unicodedata.normalize("NFC", two)
    return f"{shown} is written as {_spelled(two)} where it was {_spelled(one)}."


def _spelled(chars: str) -> str:
    if len(chars) == 1:
        return f"one code point {_points(chars)}"
    if unicodedata.category(chars[1])[0] == "M" and unicodedata.normalize("NFD", chars) == chars:
        return f"{chars[0]} + {_points(chars[1:])} (decomposed)"
    return _points(chars)


def _points(chars: str) -> str:
    return " + ".join(code_points(chars))


def _say_invisible(before: str, after: str, around: Around) -> str:
    if not before or not after:
        verb = ("was", "were")[len(before + after) > 1]
        done = f"{verb} added" if after else f"{verb} removed"
        return _capital(f"{_listed(after or before)} {done} {_behind(around)}.")
    verb = "stands" if len(after) == 1 else "stand"
    return _capital(f"{_listed(after)} {verb} where {_listed(before)} stood.")


def _listed(chars: str) -> str:
    if len(chars) > 3:
        return f"{len(chars)} characters from {_named(chars[0])} on"
    return " and ".join(map(_named, chars))


def _named(char: str) -> str:
    name = _PLAIN.get(char) or (name_of(char).lower() if is_invisible(char) else f"“{char}”")
    article = "" if name[0] == "“" else "an " if name[0] in "aeiou" else "a "
    return f"{article}{name} ({code_points(char)[0]})"


def _say_replaced(before: str, after: str, around: Around) -> str:
    if len(before) == len(after) and len(after) > 1:
        pair = next((one, two) for one, two in zip(before, after, strict=True) if one != two)
        return _say_replaced(*pair, around)
    kind = "letter" if unicodedata.category(after[:1] or "x")[0] == "L" else "sign"
    new = f"The {kind} {_called(after)}" if len(after) == 1 else _called(after)
    word = _word(after, around)
    within = kind == "letter" or not (word.startswith(after) or word.endswith(after))
    inside = f" in {_quoted(word)}" if within and len(word) > len(after) else ""
    return f"{new} replaces {_called(before)}{inside}."


def _called(chars: str) -> str:
    if len(chars) != 1:
        return _quoted(chars)
    return f"{chars} ({name_of(chars)}, {code_points(chars)[0]})"


def _say_damage(before: str, after: str) -> str:
    if REPLACEMENT in after:
        return f"The replacement character (U+FFFD) stands where {_quoted(before)} stood: text was destroyed."
    if REPLACEMENT in before:
        return f"{_quoted(after)} stands where the replacement character (U+FFFD) stood."
    done = "was read in another encoding" if misread(before) == after else "is no longer misread"
    return f"{_quoted(after)} stands where {_quoted(before)} stood: UTF-8 {done}."


def _place(before: str, after: str, around: Around) -> str:
    """The sub-label of changed white space."""
    if around.first and not around.lead.strip(_BLANKS):
        return "leading"
    if around.last and not around.tail.strip(_BLANKS):
        return "trailing"
    if "\t" in before + after:
        return "tabs"
    if "\n" in before + after:
        return "line breaks"
    if not around.lead.rpartition("\n")[2].strip(_BLANKS) and "\n" in around.lead:
        return "indentation"
    return "line end" if around.tail[:1] in ("\r", "\n") else "inner"


def _say_white_space(before: str, after: str, label: str, around: Around) -> str:
    if (before + after).strip(_BLANKS):
        return f"Only white space differs between {_quoted(before)} and {_quoted(after)}."
    place = _PLACES.get(label) or _behind(around)
    if before and after:
        return _capital(f"{_amount(before)} became {_amount(after)} {place}.")
    verb = ("was", "were")[len(before + after) > 1]
    return _capital(f"{_amount(after or before)} {verb} {'added' if after else 'removed'} {place}.")


def _amount(chars: str) -> str:
    chars = LINE_END.sub("\n", chars)
    counts = [(chars.count(char), name) for char, name in _COUNTED.items()]
    return " and ".join(f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count)


def _say_edit(before: str, after: str, around: Around) -> str:
    cut = _word("", around)
    if (before and after) or (cut and _WORD.match(before or after)):
        left, right = _word(before, around), _word(after, around)
        return f"{_quoted(left)} became {_quoted(right)}."
    return f"{_quoted(after)} was added." if after else f"{_quoted(before)} was removed."


def _word(chars: str, around: Around) -> str:
    """The characters with the rest of the words that they cut."""
    head, foot = _WORD_END.search(around.lead), _WORD.match(around.tail)
    return (head[0] if head else "") + chars + (foot[0] if foot else "")


def _behind(around: Around) -> str:
    if not around.lead:
        return "at the start of the text"
    return f"after {_quoted(around.lead[-16:])}"


def _quoted(chars: str) -> str:
    """The characters in quotes, at most 40, with stand-ins for those that can't be seen."""
    shown = chars if len(chars) <= _QUOTE else chars[: _QUOTE - 1] + "…"
    return f"“{''.join(char if char == ' ' else display(char).lstrip('◌') or char for char in shown)}”"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
