"""JSON inside a text: the same value, written with other escapes, white space, order of keys or numbers.

Both texts are read as tokens. Where these are the same but for their spelling, each difference lies in one
token or between two, so that causes are told apart exactly; what else differs is left to the other rules.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import accumulate, pairwise

from coldbyte.core.cause import CauseId
from coldbyte.core.finding.clue import Clue, Sighting
from coldbyte.core.finding.sides import Sides, length
from coldbyte.core.text.hunk import Hunk, hunks
from coldbyte.core.text.line_end import LINE_END
from coldbyte.core.text.text import Text

_MOST = 1 << 20  # bytes of a text that is read as JSON
_BACK = 65_536  # bytes in which the fence around a hunk is looked for
_EDGE = 256  # bytes of white space around JSON that fills a text

_TOKEN = re.compile(r'([ \t\n\r]*)("[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+|$)')
_FENCE = re.compile(rb"(?m)^[ \t]*```(?:json[c5]?)?[ \t]*\r?\n(?=\s*[{\[])")
_FENCE_END = re.compile(rb"(?m)^[ \t]*```")
_SPELLING = re.compile(r'[\s\\"\d]')
_MARKS = "{}[]:,"
_SPELLINGS: tuple[CauseId, ...] = ("json-escaping-changed", "json-number-format-changed")

_Token = tuple[str, str]
"""The white space before a token, and the token; the last one is empty."""


class _Span:
    """The same JSON document on both sides: the bytes at which it starts, and its characters."""

    def __init__(self, before: int, after: int, left: bytes, right: bytes) -> None:
        self.before, self.after = before, after
        self.left, self.right = left.decode(errors="ignore"), right.decode(errors="ignore")
        self.before_stop, self.after_stop = before + len(left), after + len(right)

    def holds(self, hunk: Hunk) -> bool:
        """Whether a hunk lies inside, on both sides."""
        old = self.before <= hunk.before_start and hunk.before_stop <= self.before_stop
        return old and self.after <= hunk.after_start and hunk.after_stop <= self.after_stop


def json_sightings(
    sides: Sides, differing: Sequence[Hunk], largest: int
) -> tuple[list[Sighting], list[Hunk]] | None:
    """What differs in the spelling of JSON, and the hunks that are left; None where no such cause is found.

    JSON fills both texts, or stands between fences around the first hunk; at most 1 MB of it is read, and at
    most four times `largest`.
    """
    if not differing or (len(differing) == 1 and _is_word(sides, differing[0])):
        return None
    span = _span(sides, differing[0], min(_MOST, 4 * largest))
    if span is None or not (_is_json(span.left) and _is_json(span.right)):
        return None
    outside = [hunk for hunk in differing if not span.holds(hunk)]
    if any(_overlaps(span, hunk) for hunk in outside):
        return None
    inside = [hunk for hunk in differing if span.holds(hunk)]
    left, right = _TOKEN.findall(span.left), _TOKEN.findall(span.right)
    sightings: list[Sighting] = []
    rest: list[Hunk] = []
    if len(left) != len(right) or not all(map(_is_same, left, right)):
        sightings = _in_other_order(span, left, right, inside)
    if not sightings and len(left) == len(right):
        sightings, rest = _spelled(span, left, right)
    if not sightings:
        return None
    return sightings, sorted([*rest, *outside], key=lambda hunk: (hunk.before_start, hunk.after_start))


def _is_word(sides: Sides, hunk: Hunk) -> bool:
    """Whether a hunk is too plain to be a matter of spelling: then nothing is parsed for it."""
    return length(hunk) < _EDGE and not _SPELLING.search("".join(sides.chars(hunk, _EDGE)))


def _is_same(one: _Token, two: _Token) -> bool:
    """Whether two tokens mean the same."""
    return one[1] == two[1] or _token_cause(one[1], two[1]) is not None


def _overlaps(span: _Span, hunk: Hunk) -> bool:
    old = hunk.before_start < span.before_stop and hunk.before_stop > span.before
    return old or (hunk.after_start < span.after_stop and hunk.after_stop > span.after)


def _span(sides: Sides, first: Hunk, most: int) -> _Span | None:
    if max(sides.before.size, sides.after.size) <= most and _fills(sides):
        old, new = sides.old(0, sides.before.size), sides.new(0, sides.after.size)
        return _Span(0, 0, old, new)
    low = max(first.after_start - _BACK, 0)
    above = sides.new(low, first.after_start)
    fences = list(_FENCE.finditer(above)) if b"```" in above else []
    if not fences:
        return _line(sides, first, above)
    back = first.after_start - low - fences[-1].end()
    one, two = first.before_start - back, first.after_start - back
    old, new = sides.old(one, one + most), sides.new(two, two + most)
    end_old, end_new = _FENCE_END.search(old), _FENCE_END.search(new)
    if one < 0 or end_old is None or end_new is None or end_new.start() <= back:
        return None
    return _Span(one, two, old[: end_old.start()], new[: end_new.start()])


def _line(sides: Sides, first: Hunk, above: bytes) -> _Span | None:
    """The line of a hunk, where it begins like an object or an array and ends inside _BACK."""
    lead = above[above.rfind(b"\n") + 1 :]
    one, two = first.before_start - len(lead), first.after_start - len(lead)
    opens = lead.lstrip()[:1] or sides.new(two, two + 1)
    if opens not in (b"{", b"[") or one < 0 or (len(lead) == len(above) and two > 0):
        return None
    old, new = sides.old(one, one + _BACK), sides.new(two, two + _BACK)
    return _Span(one, two, old.partition(b"\n")[0], new.partition(b"\n")[0])


def _fills(sides: Sides) -> bool:
    """Whether both texts begin and end like an object or an array."""
    for part, size in ((sides.old, sides.before.size), (sides.new, sides.after.size)):
        if part(0, _EDGE).lstrip()[:1] not in (b"{", b"["):
            return False
        if part(size - _EDGE, size).rstrip()[-1:] not in (b"}", b"]"):
            return False
    return True


def _is_json(chars: str) -> bool:
    try:
        json.loads(chars)
    except (ValueError, RecursionError):
        return False
    return True


def _spelled(
    span: _Span, left: Sequence[_Token], right: Sequence[_Token]
) -> tuple[list[Sighting], list[Hunk]]:
    """Causes token by token, and the hunks of other values; none where the structure is another."""
    differing = [n for n, (one, two) in enumerate(zip(left, right, strict=True)) if one != two]
    sightings: list[Sighting] = []
    rest: list[Hunk] = []
    if any(_mark(left[n][1]) != _mark(right[n][1]) for n in differing):
        return sightings, rest
    clued: set[CauseId] = set()
    places = zip(_places(span.left, left, differing), _places(span.right, right, differing), strict=True)
    for n, (at_left, at_right) in zip(differing, places, strict=True):
        one, two = span.before + at_left, span.after + at_right
        for old, new, cause in zip(left[n], right[n], (_gap_cause, _token_cause), strict=True):
            name = cause(old, new) if old != new else None
            if name is not None:
                clue = None if name in clued else _clue(name, old, new)
                sightings.append(Sighting(name, _trimmed(one, two, old, new), clue))
                clued.add(name)
            elif old != new:
                rest += [hunk.shifted(one, two) for hunk in hunks(Text.from_str(old), Text.from_str(new))]
            one, two = one + len(old.encode()), two + len(new.encode())
    return sightings, rest


def _mark(token: str) -> str:
    return token if token in _MARKS else "."


def _places(chars: str, tokens: Sequence[_Token], wanted: Sequence[int]) -> Iterator[int]:
    """The byte at which the white space before each wanted token starts."""
    starts = list(accumulate((len(gap) + len(token) for gap, token in tokens), initial=0))
    if chars.isascii():
        yield from (starts[n] for n in wanted)
        return
    place = byte = 0
    for n in wanted:
        byte += len(chars[place : starts[n]].encode())
        place = starts[n]
        yield byte


def _gap_cause(before: str, after: str) -> CauseId | None:
    same_lines = LINE_END.sub("\n", before) == LINE_END.sub("\n", after)
    return None if same_lines else "json-whitespace-changed"


def _token_cause(before: str, after: str) -> CauseId | None:
    if before[:1] == '"' == after[:1]:
        return "json-escaping-changed" if json.loads(before) == json.loads(after) else None
    one, two = _value(before), _value(after)
    return "json-number-format-changed" if one is not None and one == two else None


def _value(token: str) -> Decimal | None:
    try:
        return Decimal(token) if token[:1] in "-0123456789" and token else None
    except InvalidOperation:
        return None


def _trimmed(one: int, two: int, old: str, new: str) -> Hunk:
    """Two values that start at these bytes, without what both have in common at their ends."""
    start = stop = 0
    if old and new:
        size = min(len(old), len(new))
        start = next((n for n in range(size) if old[n] != new[n]), size)
        size -= start
        stop = next((n for n in range(size) if old[-1 - n] != new[-1 - n]), size)
    head = len(old[:start].encode())
    left, right = old[start : len(old) - stop].encode(), new[start : len(new) - stop].encode()
    one, two = one + head, two + head
    return Hunk(one, one + len(left), two, two + len(right))


def _clue(name: CauseId, old: str, new: str) -> Clue:
    if name == "json-whitespace-changed":
        label = "compact" if not new else "pretty" if "\n" in new and "\n" not in old else "spacing"
        return Clue(label, old, new)
    return Clue("numbers" if name == "json-number-format-changed" else "escapes", old, new)


def _in_other_order(
    span: _Span, left: Sequence[_Token], right: Sequence[_Token], inside: Sequence[Hunk]
) -> list[Sighting]:
    """All hunks as keys in another order, if values are equal; shared with whatever else is spelled anew."""
    one, two = _tree(span.left), _tree(span.right)
    if one is None or not _equal(one, two):
        return []
    clues: dict[CauseId, Clue] = {"json-key-reordered": _key_clue(left, right)}
    if Counter(_plain_gap(gap) for gap, _ in left) != Counter(_plain_gap(gap) for gap, _ in right):
        clues["json-whitespace-changed"] = Clue("spacing", "", "")
    for name in _SPELLINGS:
        old, new = (
            Counter(token for _, token in side if (token[:1] == '"') == (name == "json-escaping-changed"))
            for side in (left, right)
        )
        if old != new:
            gone, come = (min((a - b).elements(), default="") for a, b in ((old, new), (new, old)))
            clues[name] = _clue(name, gone, come)
    return [Sighting(name, hunk, clue) for name, clue in clues.items() for hunk in inside]


def _plain_gap(gap: str) -> str:
    return LINE_END.sub("\n", gap)


def _key_clue(left: Sequence[_Token], right: Sequence[_Token]) -> Clue:
    """The first keys that stand at another place."""
    old, new = (
        [token for (_, token), (_, colon) in pairwise(side) if colon == ":"] for side in (left, right)
    )
    place = next((n for n, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), 0)
    return Clue("keys", (old[place : place + 1] or [""])[0], (new[place : place + 1] or [""])[0])


def _tree(chars: str) -> object:
    """The value with numbers by their value; None where it nests too deeply."""
    try:
        return json.loads(chars, object_pairs_hook=_members, parse_int=_number, parse_float=_number)
    except (ValueError, RecursionError):
        return None


def _number(spelling: str) -> tuple[Decimal]:
    """In a tuple, because Python takes 1 and true for equal."""
    return (Decimal(spelling),)


def _members(pairs: list[tuple[str, object]]) -> object:
    """A key that stands twice makes the order count."""
    members = dict(pairs)
    return members if len(members) == len(pairs) else ("twice", pairs)


def _equal(one: object, two: object) -> bool:
    try:
        return one == two
    except RecursionError:
        return False
