"""What kind of change a hunk is: the rules for text, from the narrow ones to the wide ones.

A rule looks at the two sides of one hunk and answers with a label, or None where it does not apply. The first
that applies names the cause, so that a no-break space and an edited sentence in one block are two causes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, zip_longest

from coldbyte.core.cause import CauseId
from coldbyte.core.text.homoglyph import skeleton
from coldbyte.core.text.invisible import INVISIBLE, category_of
from coldbyte.core.text.line_end import LINE_END

Rule = Callable[[str, str], str | None]
_Part = tuple[int, int, int, int]

_LONG_RUN = 1_000  # marks on one letter; the time of normal forms grows as the square of it
_TANGLED = 2_500  # characters × characters up to which a hunk of several changes is taken apart
_CACHED = 48  # characters of a hunk whose classification is remembered

_WHITE = re.compile("[ \t\n\r]+")
_WIDE = ("space", "line-separator")
REPLACEMENT = "\ufffd"
_DAMAGED = re.compile(f"{REPLACEMENT}+")
_DASHES = re.compile("-+")
FAMILIES = {"quotes": "‘’‚‛′‹›“”„‟″«»", "dashes": "‐‑‒–—―−⸺", "ellipsis": "…"}
TYPED = {
    **dict.fromkeys("‘’‚‛′‹›ʼ´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−⸺", "-"),
    **{"…": "...", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"},
    **{"©": "(c)", "®": "(r)", "™": "(tm)", "→": "->", "←": "<-", "½": "1/2", "¼": "1/4", "¾": "3/4"},
}
_KEYS = str.maketrans(TYPED)


def classify(before: str, after: str) -> tuple[CauseId, str]:
    """Name the change from one run of characters to another, which must differ: an id and a label."""
    if len(before) + len(after) > _CACHED:
        return _classify(before, after)
    return _remembered(before, after)


def untangle(before: str, after: str) -> tuple[_Part, ...]:
    """Take several changes apart that stand too close together to be hunks of their own.

    Empty unless some of them are narrow. A part is (start, stop) in `before`, then (start, stop) in `after`.
    """
    area = len(before) * len(after)
    if not 1 < area <= _TANGLED or (before.isascii() and after.isascii()):
        return ()
    return _untangle(before, after)


def alike(before: str, after: str) -> tuple[int, int]:
    """How many characters on both sides mean the same to a reader, one by one from the start."""
    left, right = clusters(before), clusters(after)
    pairs = zip(left, right, strict=False)
    same = next((n for n, (one, two) in enumerate(pairs) if _folded(one) != _folded(two)), None)
    size = min(len(left), len(right)) - 1 if same is None else same
    return len("".join(left[: max(size, 0)])), len("".join(right[: max(size, 0)]))


def clusters(chars: str) -> list[str]:
    """The characters, each with the combining marks and jamo that follow it, and CR with its LF."""
    found: list[str] = []
    for char in chars:
        leans = unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
        if found and (leans or (char == "\n" and found[-1] == "\r")):
            found[-1] += char
        else:
            found.append(char)
    return found


def _classify(before: str, after: str) -> tuple[CauseId, str]:
    for name, rule in RULES:
        label = rule(before, after)
        if label is not None:
            return name, label
    if not before:
        return "text-edited", "added"
    return "text-edited", "replaced" if after else "removed"


_remembered = lru_cache(maxsize=4096)(_classify)


def _line_ends(before: str, after: str) -> str | None:
    if "\r" not in before + after or LINE_END.sub("\n", before) != LINE_END.sub("\n", after):
        return None
    return f"{ends_of(before)} to {ends_of(after)}"


def ends_of(chars: str) -> str:
    """How the lines of a text end: `LF`, `CRLF`, `CR` or `mixed`."""
    kinds = {end.replace("\r", "CR").replace("\n", "LF") for end in LINE_END.findall(chars)}
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _normal_form(before: str, after: str) -> str | None:
    if (before.isascii() and after.isascii()) or _long_run(before) or _long_run(after):
        return None
    composed = unicodedata.normalize("NFC", after)
    if unicodedata.normalize("NFC", before) != composed:
        return None
    if after == composed:
        return "composed"
    return "decomposed" if after == unicodedata.normalize("NFD", after) else "mixed"


def _long_run(chars: str) -> bool:
    if len(chars) <= _LONG_RUN:
        return False
    run = 0
    for char in chars:
        run = run + 1 if unicodedata.combining(char) else 0
        if run > _LONG_RUN:
            return True
    return False


def _invisible(before: str, after: str) -> str | None:
    before, after = before.replace("\r\n", "\n"), after.replace("\r\n", "\n")
    left, right = INVISIBLE.findall(before), INVISIBLE.findall(after)
    if left == right:
        return None
    bare_left, bare_right = INVISIBLE.sub("", before), INVISIBLE.sub("", after)
    same = (
        bare_left == bare_right
        or _blank(before) == _blank(after)
        or _WHITE.sub("", bare_left) == _WHITE.sub("", bare_right)
    )
    if not same:
        return None
    other = next(
        (one or two for one, two in zip_longest(right, left, fillvalue="") if one != two), (right + left)[0]
    )
    return category_of(other)


def _blank(chars: str) -> str:
    return INVISIBLE.sub(lambda found: " " if category_of(found[0]) in _WIDE else "", chars)


def _typography(before: str, after: str) -> str | None:
    if before.isascii() and after.isascii():
        return None
    left, right = before.translate(_KEYS), after.translate(_KEYS)
    if (left, right) == (before, after) or _DASHES.sub("-", left) != _DASHES.sub("-", right):
        return None
    for family, signs in FAMILIES.items():
        if any(before.count(sign) != after.count(sign) for sign in signs):
            return family
    return "symbols"


def _damage(before: str, after: str) -> str | None:
    if (REPLACEMENT in before) != (REPLACEMENT in after):
        damaged, whole = (before, after) if REPLACEMENT in before else (after, before)
        return "replacement character" if _fits(damaged, whole) else None
    if misread(before) == after or misread(after) == before:
        return "misread encoding"
    return None


def _fits(damaged: str, whole: str) -> bool:
    """Whether what stands around the replacement characters is what stands in the other text."""
    first, *rest = _DAMAGED.split(damaged)
    if not whole.startswith(first) or not whole.endswith(rest[-1]):
        return False
    place = len(first)
    for part in rest[:-1]:
        place = whole.find(part, place)
        if place < 0:
            return False
        place += len(part)
    lost = len(whole) - sum(map(len, (first, *rest)))
    return place <= len(whole) - len(rest[-1]) and 0 <= lost <= 4 * damaged.count(REPLACEMENT)


def misread(chars: str) -> str | None:
    """What a text becomes when its UTF-8 is read as Windows-1252 or Latin-1; None for ASCII."""
    if chars.isascii():
        return None
    data = chars.encode()
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _look_alike(before: str, after: str) -> str | None:
    if (before.isascii() and after.isascii()) or _long_run(before) or _long_run(after):
        return None
    if skeleton(before) != skeleton(after):
        return None
    pairs = zip_longest(after, before, fillvalue="")
    other = next(two if one.isascii() else one for one, two in pairs if one != two)
    return unicodedata.name(other, "other").split(" ")[0].capitalize()


def _white_space(before: str, after: str) -> str | None:
    if _WHITE.sub("", before) != _WHITE.sub("", after):
        return None
    return "tabs" if "\t" in before + after else "inner"


# Narrow before wide. Rules for JSON inside a text stand before white space, those for reordered lists and
# volatile values behind it.
RULES: tuple[tuple[CauseId, Rule], ...] = (
    ("line-endings-changed", _line_ends),
    ("unicode-normalization-changed", _normal_form),
    ("invisible-char-changed", _invisible),
    ("typography-changed", _typography),
    ("encoding-damaged", _damage),
    ("homoglyph-changed", _look_alike),
    ("whitespace-changed", _white_space),
)


@lru_cache(maxsize=1024)
def _untangle(before: str, after: str) -> tuple[_Part, ...]:
    parts = list(_parts(before, after))
    if len(parts) < 2:
        return ()
    if all(classify(*_chars(before, after, part))[0] != "text-edited" for _, part in parts):
        return tuple(part for _, part in parts)
    if not any(strong for strong, _ in parts):
        return ()
    joined: list[tuple[bool, _Part]] = []
    for strong, part in parts:
        if joined and not strong and not joined[-1][0]:
            last = joined.pop()[1]
            part = (last[0], part[1], last[2], part[3])
        joined.append((strong, part))
    return tuple(part for _, part in joined)


def _parts(before: str, after: str) -> Iterator[tuple[bool, _Part]]:
    """Differences by characters; strong are those between characters that mean the same, in a row of such."""
    left, right = clusters(before), clusters(after)
    at_left = list(accumulate(map(len, left), initial=0))
    at_right = list(accumulate(map(len, right), initial=0))
    matcher = SequenceMatcher(None, list(map(_folded, left)), list(map(_folded, right)), False)
    for tag, one, stop_one, two, stop_two in matcher.get_opcodes():
        if tag != "equal":
            yield False, (at_left[one], at_left[stop_one], at_right[two], at_right[stop_two])
            continue
        for step in range(stop_one - one):
            if left[one + step] != right[two + step]:
                places = (*at_left[one + step : one + step + 2], *at_right[two + step : two + step + 2])
                yield stop_one - one > 1, (places[0], places[1], places[2], places[3])


def _chars(before: str, after: str, part: _Part) -> tuple[str, str]:
    return before[part[0] : part[1]], after[part[2] : part[3]]


def _folded(cluster: str) -> str:
    """What a reader would take a character for."""
    return skeleton(_blank(LINE_END.sub("\n", cluster)).translate(_KEYS))
