"""The sentences of a finding: what happened at its first place, plainly, with both values quoted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coldbyte.core.cause import CauseId, code_points
from coldbyte.core.finding.clue import Clue
from coldbyte.core.finding.text_rule import REPLACEMENT, classify, clusters, ends_of, misread
from coldbyte.core.text.hunk import Hunk
from coldbyte.core.text.invisible import display, is_invisible, name_of
from coldbyte.core.text.line_end import LINE_END
from coldbyte.core.text.text import Text

_AROUND = 64  # bytes of equal text that a sentence may need on each side
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
_VALUES: dict[CauseId, str] = {
    "client-version-stamp": "The client stamp {old} became {new}.",
    "date-rollover": "The date {old} became {new}.",
    "volatile-timestamp": "The time {old} became {new}.",
    "volatile-id": "The identifier {old} became {new}.",
    "volatile-counter": "The number {old} became {new}.",
    "json-number-format-changed": "The number {old} is written as {new}.",
}


def around_of(after: Text, hunk: Hunk) -> Around:
    """What a sentence may need of the text around a hunk."""
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


def say_clue(name: CauseId, clue: Clue, before: str, after: str, around: Around) -> str:
    """What a rule found at one place, as a plain sentence; `before` and `after` are the sides of its hunk."""
    if name == "client-version-stamp" and not (clue.old and clue.new):
        return f"The line of the client stamp {'was added' if clue.new else 'was removed'}."
    if name in _VALUES:
        old, new = _excerpts(clue.old, clue.new)
        return _VALUES[name].format(old=_shown(old), new=_shown(new))
    match name:
        case "environment-snapshot":
            return f"The {clue.about} changed: {_say_edit(before, after, around)}"
        case "retrieved-context-changed":
            part = f"Text inside {clue.about}" if clue.about else "Retrieved text"
            return f"{part} changed: {_say_edit(before, after, around)}"
        case "per-user-data":
            return f"The value of “{clue.about}” changed: {_became(clue)}"
        case "list-reordered":
            return f"The same {clue.about} stand in another order: {_became(clue)}"
        case "json-key-reordered":
            moved = f"{_quoted(clue.new)} stands where {_quoted(clue.old)} stood"
            return f"The same JSON keys stand in another order: {moved}."
        case "json-escaping-changed":
            return f"The same JSON string is escaped in another way: {_became(clue)}"
        case _:
            return _say_layout(before, after)


def _say_layout(before: str, after: str) -> str:
    if (before + after).strip(_BLANKS):
        return "The same JSON is laid out with other white space."
    said = "The same JSON is laid out with other white space: "
    if before and after:
        return f"{said}{_amount(before)} became {_amount(after)}."
    verb = ("was", "were")[len(before + after) > 1]
    return f"{said}{_amount(after or before)} {verb} {'added' if after else 'removed'}."


def _became(clue: Clue) -> str:
    old, new = _excerpts(clue.old, clue.new)
    return f"{_quoted(old)} became {_quoted(new)}."


def _excerpts(before: str, after: str) -> tuple[str, str]:
    """Both values, from shortly before they part where a quote is too short for that."""
    if max(len(before), len(after)) <= _QUOTE:
        return before, after
    size = min(len(before), len(after))
    equal = next((n for n in range(size) if before[n] != after[n]), size)
    if equal < _QUOTE // 2:
        return before, after
    start = equal - _QUOTE // 4
    return f"…{before[start:]}", f"…{after[start:]}"


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
    return f"“{_shown(chars)}”"


def _shown(chars: str) -> str:
    shown = chars if len(chars) <= _QUOTE else chars[: _QUOTE - 1] + "…"
    return "".join(char if char == " " else display(char).lstrip("◌") or char for char in shown)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
