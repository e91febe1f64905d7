"""Repairs inside texts: the old characters of the hunks of a cause, and where what was new goes.

A value that is different in each request has a meaning: its line moves to the newest user message, behind
all that is stored. White space, line ends and look-alikes have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coldbyte.core.cause import VOLATILE, Cause, CauseId
from coldbyte.core.json.index import wire_bytes
from coldbyte.core.json.value import Json, value_at
from coldbyte.core.prefix.record import as_text
from coldbyte.core.repair.patch import Edit, quoted
from coldbyte.core.repair.repair_plan import Plan, Scene
from coldbyte.core.text.hunk import Hunk
from coldbyte.core.text.line_end import LINE_END
from coldbyte.core.text.text import Text

MEANINGLESS: frozenset[CauseId] = frozenset(
    {
        "client-version-stamp",
        "list-reordered",
        "whitespace-changed",
        "line-endings-changed",
        "unicode-normalization-changed",
        "invisible-char-changed",
        "typography-changed",
        "homoglyph-changed",
        "encoding-damaged",
        "json-escaping-changed",
        "json-whitespace-changed",
        "json-key-reordered",
        "json-number-format-changed",
    }
)
"""Causes of which the old characters say the same."""

CARRIED: frozenset[CauseId] = VOLATILE - MEANINGLESS
"""Causes whose new lines move to the newest user message."""

_PARAGRAPHS: frozenset[CauseId] = frozenset(
    {"environment-snapshot", "per-user-data", "retrieved-context-changed"}
)
_LINE = 600  # bytes of equal text on each side that are carried at most with what changed
_PARAGRAPH = 2_000
_DAMAGED = "\ufffd"
_ENDS = b"\r\n"


def text_plan(scene: Scene, cause: Cause) -> Plan | None:
    """Put back what the hunks of a cause changed in one string. None where that is not possible."""
    if not cause.hunks or cause.where_before is None:
        return None
    before = _string(value_at(scene.before.body.fields, cause.where_before))
    after = _string(value_at(scene.after.body.fields, cause.where))
    if before is None or after is None:
        return None
    edits = _restored(before, after, cause.hunks, scene.after.data, scene.after.span(cause.where))
    carried: tuple[str, ...] = ()
    if cause.id in CARRIED:
        carried = tuple(_lines(after, cause))
        if not carried:
            return None
    elif cause.id == "encoding-damaged":
        carried = tuple(_mended(before, after, cause))
    return Plan(tuple(edits), carried=carried)


def _string(value: Json) -> Text | None:
    return as_text(value) if isinstance(value, (str, Text)) else None


def _restored(
    before: Text, after: Text, hunks: Sequence[Hunk], data: bytes, span: tuple[int, int]
) -> Iterator[Edit]:
    """The edits of the string that stands in a span of `data`, each as small as can be."""
    parts = [part for hunk in hunks for part in _parts(before, after, hunk)]
    places = wire_bytes(data, *span, (byte for low, high, _ in parts for byte in (low, high)))
    for _, _, chars in parts:
        yield Edit(next(places), next(places), quoted(chars)[1:-1])


def _parts(before: Text, after: Text, hunk: Hunk) -> Iterator[tuple[int, int, str]]:
    """The bytes of AFTER that change, and what they become; in a run of line ends those alone."""
    old = before.slice_bytes(hunk.before_start, hunk.before_stop).decode()
    if hunk.count > 1:
        new = after.slice_bytes(hunk.after_start, hunk.after_stop).decode()
        if LINE_END.split(old) == LINE_END.split(new):
            yield from _ends(old, new, hunk.after_start)
            return
    yield hunk.after_start, hunk.after_stop, old


def _ends(old: str, new: str, start: int) -> Iterator[tuple[int, int, str]]:
    place, byte = 0, start
    for one, two in zip(LINE_END.finditer(old), LINE_END.finditer(new), strict=True):
        byte += len(new[place : two.start()].encode())
        stop = byte + len(two[0])
        if one[0] != two[0]:
            yield byte, stop, one[0]
        place, byte = two.end(), stop


def _lines(after: Text, cause: Cause) -> Iterator[str]:
    """The lines of AFTER in which the hunks lie; of an environment and the like the whole paragraphs."""
    reach = 0
    for hunk in cause.hunks:
        start, stop = _region(after, hunk, b"\n", _LINE)
        if cause.id in _PARAGRAPHS:
            around = _region(after, hunk, b"\n\n", _PARAGRAPH)
            start, stop = around if around[1] - around[0] < _PARAGRAPH else (start, stop)
        start = max(start, reach)
        if start < stop:
            chars = after.slice_bytes(start, stop).decode().strip("\r\n")
            reach = stop
            if chars.strip():
                yield chars


def _region(after: Text, hunk: Hunk, ending: bytes, most: int) -> tuple[int, int]:
    """From the line end before what a hunk brought to the one behind it; so many bytes more at most."""
    new = after.slice_bytes(hunk.after_start, hunk.after_stop)
    first = hunk.after_start + len(new) - len(new.lstrip(_ENDS))
    last = max(hunk.after_stop - (len(new) - len(new.rstrip(_ENDS))), first)
    low = after.boundary(max(first - most, 0))
    lead = after.slice_bytes(low, first)
    high = after.boundary(min(last + most, after.size))
    tail = after.slice_bytes(last, high)
    cut, end = lead.rfind(ending), tail.find(ending)
    start = low if cut < 0 else low + cut + len(ending)
    return start, high if end < 0 else last + end


def _mended(before: Text, after: Text, cause: Cause) -> Iterator[str]:
    """The lines in which AFTER has a character that was destroyed in BEFORE: those say more than the old."""
    for hunk in cause.hunks:
        old = before.slice_bytes(hunk.before_start, hunk.before_stop).decode()
        new = after.slice_bytes(hunk.after_start, hunk.after_stop).decode()
        if old.count(_DAMAGED) > new.count(_DAMAGED):
            start, stop = _region(after, hunk, b"\n", _LINE)
            yield after.slice_bytes(start, stop).decode().strip("\r\n")
