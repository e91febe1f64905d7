"""Dates and clocks as people and programs write them: patterns, and what differs between two of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_NUMBER = r"(?:1[0-2]|0?[1-9])"
_YEAR = r"(?:19|20)\d\d"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b(?:\.(?=\s?\d))?"
)
_WEEKDAY = r"(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b"
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[A-Z]{2,4}T)\b|\s?[+-]\d\d:?\d\d\b)?"
_HALF = r"(?:[AaPp][Mm]\b|[AaPp]\.[Mm]\.)"
_CLOCK = (
    rf"(?<![\d:.])(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)(?::[0-5]\d(?:[.,]\d{{1,9}})?)?(?:\s?{_HALF})?"
    rf"(?![\d:]){_ZONE}"
    rf"|(?<![\d:.])(?:1[0-2]|0?[1-9])\s?{_HALF}"
)
_DATE = "|".join(
    (
        rf"(?<!\d){_YEAR}-{_NUMBER}-{_DAY}(?![\d-])",
        rf"(?<!\d){_YEAR}/{_NUMBER}/{_DAY}(?!\d)",
        rf"(?<!\d){_YEAR}\.{_NUMBER}\.{_DAY}(?!\d)",
        rf"(?<!\d){_YEAR}年\d{{1,2}}月\d{{1,2}}日",
        rf"(?<![0-9A-Za-z]){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
        rf"(?:\b{_WEEKDAY},?\s+)?\b{_DAY}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR}\b)?",
        rf"(?:\b{_WEEKDAY},?\s+)?\b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?\b(?!:)(?:,?\s+{_YEAR}\b)?",
        rf"\b{_MONTH},?\s+{_YEAR}\b",
        rf"(?<![\d/]){_DAY}/{_DAY}/(?:{_YEAR}|\d\d)(?![\d/])",
        rf"(?<![\d.]){_DAY}\.{_DAY}\.{_YEAR}(?!\d)",
        rf"(?<![\d-]){_DAY}-(?:{_DAY}|{_MONTH})-{_YEAR}(?!\d)",
        rf"\b{_YEAR}-W[0-5]\d\b",
        rf"\b{_WEEKDAY}",
        rf"\b{_MONTH}",
    )
)
_EPOCH = r"(?<![\w.])1\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?(?!\w|\.\d)"
_ASC = rf"\b{_WEEKDAY}\s+{_MONTH}\s+{_DAY}\s+(?:{_CLOCK})\s+{_YEAR}\b"
_TIGHT = rf"(?<!\d){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[T_-][0-2]\d[0-5]\d(?:[0-5]\d)?Z?(?!\d)"

MOMENT = re.compile(
    rf"(?=[0-9JFMASONDTW])(?:{_ASC}|{_TIGHT}|(?:{_DATE})(?:[T_ ]|,?\s+(?:at\s+)?|\s*[-–—|@]\s*)(?:{_CLOCK})"
    rf"|(?:{_CLOCK})(?:,?\s+(?:on\s+)?)(?:{_DATE})|{_DATE}|{_CLOCK}|{_EPOCH})"
)
"""Matches a date, a clock, both together, or seconds (also milli- to nanoseconds) since 1970."""

TELLTALE = re.compile(r"\d|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Ju[nl]|Aug|Sep|Oct|Nov|Dec)")
"""What every MOMENT contains."""

_CLOCKS = re.compile(_CLOCK)
_TIGHT_CLOCK = re.compile(r"[T_-]\d{4}(?:\d\d)?Z?$")
_EPOCHS = re.compile(_EPOCH)
_ISO = re.compile(
    rf"({_YEAR})-({_NUMBER})-({_DAY})"
    r"(?:[T ]([0-2]?\d):([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?\s?(?:Z|([+-])(\d\d):?(\d\d))?)?"
)


def only_date_differs(before: str, after: str) -> bool:
    """Whether two moments have dates, and the same clock or none."""
    if _EPOCHS.fullmatch(before) or _EPOCHS.fullmatch(after):
        return False
    return _clocks(before) == _clocks(after)


def is_full(moment: str) -> bool:
    """Whether a moment has a date and a clock."""
    clocks = _clocks(moment)
    return bool(clocks) and len(clocks[0].strip()) < len(moment)


def seconds_of(moment: str) -> float | None:
    """Seconds since 1970 of a moment in ISO 8601 (UTC where it names no zone) or as a number; else None."""
    if _EPOCHS.fullmatch(moment):
        whole, _, part = moment.partition(".")
        return float(f"{whole[:10]}.{whole[10:] or part or 0}")
    found = _ISO.search(moment)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None
    sign, hours, minutes = found.groups()[6:]
    ahead = 3600 * int(hours or 0) + 60 * int(minutes or 0)
    return local + ahead if sign == "-" else local - ahead


def _clocks(moment: str) -> list[str]:
    tight = _TIGHT_CLOCK.findall(moment) if moment[:8].isdigit() else []
    return tight + _CLOCKS.findall(moment)
