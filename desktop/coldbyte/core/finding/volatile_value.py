"""Volatile values in one text: what will not be the same in the next request, judged without seeing that one.

A date in a law is none, a clock after the words "current time" is one. Candidates are found by literal marks,
which a search passes over at the speed of memory; only their neighbourhood is read closely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from coldbyte.core.cause import CauseId
from coldbyte.core.finding.clock import MOMENT, seconds_of

_NEAR = 86_400.0  # seconds between a clock in a text and the request whose clock it is taken for
_RECENT = 730 * 86_400.0  # how old a moment may be to count as one of now
_AROUND = 64  # bytes on each side of a mark that are read
_MOST = 400  # places of a kind that are read in one text; a log holds thousands
_FEW = 3  # values of a kind beyond which those without proof are taken for data
_FULL = 14  # characters of the shortest moment that has both a date and a clock

_UUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-([0-9a-fA-F])[0-9a-fA-F]{3}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9a-fA-F])"
)
_RANDOM = "1467"  # versions of a UUID that hold time or chance; 3 and 5 are derived from a name
_HAS_CLOCK = re.compile(r":[0-5]\d|\d\s?[AaPp]\.?[Mm]\b")
_EPOCH = re.compile(r"(?<![\w.$€£-])1[6-9]\d{8}(?:\d{3})?(?![\w]|\.\d)")
_NOW = re.compile(
    r"(?i)\b(?:now|current(?:ly)?|today(?:'s|’s)?|generated|rendered|as of|timestamp|"
    r"(?:system|local|server|wall)[ -](?:time|clock)|date and time|session start(?:ed)?|time is)\b[^.\n?]*$"
)
_CLOCK_WORDS = re.compile(
    r"(?i)\b(?:now(?:\s+is|\s*[:=(])|(?:current|local|system|server) time|time now|the time is|it is now)"
    r"[^.\n?\d]{0,24}$"
)
_TODAY = re.compile(
    r"(?i)(?:\btoday(?:'s|’s)?(?: date)?(?: is)?|\bcurrent date(?: is)?|\bthe date is|\bit is now)"
    r"[\s:=*`\"“(-]*(?:is\s+)?$"
)
_ID_WORDS = re.compile(
    r"(?i)(?:\b|_)(?:session|request|trace|span|correlation|conversation|thread|run|job|nonce|message|call|"
    r"transaction|invocation|random|temp(?:orary)?|tmp|cfg|sandbox)(?:\b|_)[^.\n?]*$|/(?:tmp|var|private)/\S*$"
)
_FIXED_WORDS = re.compile(
    r"(?i)\b(?:examples?|e\.g|such as|format|like|data ?base|project|tenant|workspace|organi[sz]ation|"
    r"account|collection|store|schema|namespace|template|model|version|urn)\b[^.\n]*$"
)
_PREFIXED = re.compile(
    r"(?<![\w-])(?:req|msg|sess|session|run|trace|conv|resp|nonce|txn)_(?=[A-Za-z]*\d)(?=\d*[A-Za-z])"
    r"[0-9A-Za-z]{10,}(?!\w)"
)
_SAID_ID = re.compile(
    r"(?i)\b(?:session|request|trace|correlation|conversation|run|nonce)[ _-]?(?:id|token|key)?\s*[:=]\s*"
    r"[\"'`]?(?P<id>(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,})(?![\w-])"
)
_STAMP = re.compile(r"(?i)x-anthropic-billing-header:?[^\n]*|\bcc_version=[^;\s]*|\bcch=[0-9a-f]+")
_COUNTER = re.compile(
    r"(?i)(?<![\w.])[~≈]?\d[\d.,_]*\s?[km]?\s+tokens?\s+(?:left|remain(?:ing)?|used(?: so far)?)\b"
    r"|\b(?:tokens?|context|budget)\s+(?:left|remaining|used)(?: so far)?\s*[:=]\s*[~≈$]?\d[\d.,_]*\s?[km%]?"
    r"|\b\d{1,3}(?:\.\d+)?%\s+(?:of (?:the |your )?)?context\s+(?:left|remaining|used)\b"
    r"|\bturn\s*(?:number|count|no\.?|#)?\s*[:=#]\s*\d+\b|\bturn \d+ ?(?:of|/) ?\d+\b"
    r"|[$€£]\d[\d.,]*\s+(?:spent|left|remaining|used)\b"
)
_CONDITION = re.compile(
    r"(?i)\b(?:if|when|whenever|fewer|less|more|at least|at most|under|over|below|max\w*|example|"
    r"e\.g)\b[^.\n]*$"
)
_ENVIRONMENT = re.compile(
    r"(?im)^[ \t>*-]*(?P<said><env>|(?:primary |current )?working directory\s*:\s*\S[^\n]*|"
    r"cwd\s*[:=]\s*\S[^\n]*|git ?status\s*:|current (?:git )?branch\s*:\s*\S[^\n]*|"
    r"(?:open tabs|recent commits|visible files)\s*:)"
)
_USER = re.compile(
    r"(?im)^[ \t>*-]*(?P<said>(?:(?:current )?user(?: ?name| ?id| email)?|tenant(?: ?id| name)?|"
    r"customer(?: ?id| name)?|locale|time ?zone)[ \t]*[:=][ \t]*\S[^\n?]{0,60})$"
)
_DIALOGUE = re.compile(rb"(?im)^[ \t>*-]*(?:assistant|claude|ai|bot)\s*:")


@dataclass(frozen=True, slots=True)
class VolatileValue:
    """A value at bytes `start` to `stop`. `sure`: words beside it, or the time of the request, prove it.

    `count` is the number of values of its kind that the text holds.
    """

    id: CauseId
    start: int
    stop: int
    label: str
    sure: bool
    count: int = 1


def volatile_values(data: bytes, now: float, *, sent: float | None = None) -> Iterator[VolatileValue]:
    """One value of each kind in a UTF-8 text. `now` is about today, `sent` the time of the request."""
    lowered = data.lower()
    times = _Times(now, sent)
    for kind in _KINDS:
        found = list(_read(kind, data, _places(kind.marks, lowered), times))
        proved = [one for one in found if one.sure]
        dialogue = kind.id == "per-user-data" and found and _DIALOGUE.search(data)
        if found and (proved or len(found) <= _FEW) and not dialogue:
            first = (proved or found)[0]
            count = len(proved) or len(found)
            yield VolatileValue(kind.id, first.start, first.stop, first.label, first.sure, count)


def is_volatile(chars: str, start: int, stop: int) -> bool:
    """Whether the characters from `start` to `stop` lie in a clock, an identifier, a stamp or a counter."""
    return any(
        found.start() <= start and stop <= found.end()
        for pattern in (MOMENT, _UUID, _PREFIXED, _STAMP, _COUNTER)
        for found in pattern.finditer(chars)
    )


@dataclass(frozen=True, slots=True)
class _Times:
    now: float
    sent: float | None

    def near(self, seconds: float | None) -> bool:
        return seconds is not None and self.sent is not None and abs(seconds - self.sent) <= _NEAR

    def recent(self, seconds: float | None) -> bool:
        """Whether a moment may be one of now; one that can't be read may be."""
        return seconds is None or abs(seconds - (self.sent or self.now)) <= _RECENT


@dataclass(frozen=True)
class _Window:
    """The characters around byte `at` of a text."""

    data: bytes
    at: int

    @cached_property
    def low(self) -> int:
        """The first byte, on the boundary of a character."""
        low = max(self.at - _AROUND, 0)
        while low < self.at and self.data[low] & 0xC0 == 0x80:
            low += 1
        return low

    @cached_property
    def chars(self) -> str:
        return self.data[self.low : self.at + _AROUND].decode(errors="ignore")

    @cached_property
    def middle(self) -> int:
        """The character that `at` is in."""
        return len(self.data[self.low : self.at].decode(errors="ignore"))

    def covering(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What a pattern matches at the middle."""
        found = pattern.finditer(self.chars)
        return next((one for one in found if one.start() <= self.middle < one.end()), None)

    def seen(self, found: re.Match[str], label: str, *, sure: bool, group: int | str = 0) -> _Seen:
        """What was found, in bytes of the text."""
        start = self.low + len(self.chars[: found.start(group)].encode())
        return _Seen(start, start + len(found[group].encode()), label, sure)


@dataclass(frozen=True, slots=True)
class _Seen:
    start: int
    stop: int
    label: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Mark:
    """`literal` begins whatever `pattern` matches: it is sought first, many times faster."""

    literal: bytes
    pattern: re.Pattern[bytes]


_Reader = Callable[[_Window, _Times], _Seen | None]


@dataclass(frozen=True, slots=True)
class _Kind:
    """`marks` are what every value of the kind has in it, in small letters."""

    id: CauseId
    read: _Reader
    marks: tuple[_Mark, ...]


def _places(marks: Sequence[_Mark], lowered: bytes) -> list[int]:
    found: list[int] = []
    for mark in marks:
        first = lowered.find(mark.literal)
        if first >= 0:
            found += [place.start() for place in mark.pattern.finditer(lowered, first)]
    return sorted(found)


def _read(kind: _Kind, data: bytes, places: Sequence[int], times: _Times) -> Iterator[_Seen]:
    stop = 0
    for place in places[:_MOST]:
        seen = kind.read(_Window(data, place), times) if place >= stop else None
        if seen is not None:
            stop = seen.stop
            yield seen


def _clock(window: _Window, times: _Times) -> _Seen | None:
    """The moment whose clock stands in the middle, where it is one of now."""
    moment = window.covering(MOMENT)
    if moment is None or not _HAS_CLOCK.search(moment[0]):
        return None
    lead = window.chars[: moment.start()]
    seconds = seconds_of(moment[0])
    if times.near(seconds):
        return window.seen(moment, "clock", sure=True)
    if len(moment[0]) < _FULL:
        return window.seen(moment, "clock", sure=True) if _CLOCK_WORDS.search(lead) else None
    if not times.recent(seconds):
        return None
    if _NOW.search(lead):
        return window.seen(moment, "clock", sure=True)
    return window.seen(moment, "clock", sure=False) if seconds is not None else None


def _epoch(window: _Window, times: _Times) -> _Seen | None:
    found = window.covering(_EPOCH)
    if found is None:
        return None
    seconds = seconds_of(found[0])
    telling = times.recent(seconds) and _NOW.search(window.chars[: found.start()])
    return window.seen(found, "epoch", sure=True) if telling or times.near(seconds) else None


def _moment(window: _Window, times: _Times) -> _Seen | None:
    return _epoch(window, times) if window.data[window.at : window.at + 1] == b"1" else _clock(window, times)


def _date(window: _Window, times: _Times) -> _Seen | None:
    """A date that the text itself calls that of today."""
    said = window.chars[window.middle :]
    moment = MOMENT.search(window.chars, window.middle)
    if moment is None or _HAS_CLOCK.search(moment[0]) or not any(map(str.isdigit, moment[0])):
        return None
    if not _TODAY.search(said[: moment.start() - window.middle]) or not times.recent(seconds_of(moment[0])):
        return None
    return window.seen(moment, "date", sure=True)


def _id(window: _Window, _: _Times) -> _Seen | None:
    found = window.covering(_UUID)
    if found is not None:
        lead = window.chars[: found.start()]
        if found[1] not in _RANDOM or len(set(found[0])) < 9:
            return None
        if _ID_WORDS.search(lead):
            return window.seen(found, "uuid", sure=True)
        return None if _FIXED_WORDS.search(lead) else window.seen(found, "uuid", sure=False)
    said = window.covering(_SAID_ID)
    if said is not None:
        return window.seen(said, "hex", sure=True, group="id")
    prefixed = window.covering(_PREFIXED)
    if prefixed is None or _FIXED_WORDS.search(window.chars[: prefixed.start()]):
        return None
    return window.seen(prefixed, "prefixed", sure=False)


def _stamp(window: _Window, _: _Times) -> _Seen | None:
    found = window.covering(_STAMP)
    return window.seen(found, "header", sure=True) if found else None


def _counter(window: _Window, _: _Times) -> _Seen | None:
    found = window.covering(_COUNTER)
    if found is None or _CONDITION.search(window.chars[: found.start()]):
        return None
    return window.seen(found, "counter", sure=True)


def _environment(window: _Window, _: _Times) -> _Seen | None:
    return _line(window, _ENVIRONMENT, "environment")


def _user(window: _Window, _: _Times) -> _Seen | None:
    return _line(window, _USER, "user")


def _line(window: _Window, pattern: re.Pattern[str], label: str) -> _Seen | None:
    """What a pattern for the start of a line matches at the middle."""
    found = window.covering(pattern)
    cut = found and not found.start() and window.low and window.data[window.low - 1] != 0x0A
    return window.seen(found, label, sure=True, group="said") if found and not cut else None


def _mark(literal: bytes, rest: bytes = b"") -> _Mark:
    return _Mark(literal, re.compile(re.escape(literal) + rest))


_KINDS = (
    _Kind(
        "volatile-timestamp",
        _moment,
        (
            _mark(b":", rb"[0-5]\d(?!\d)"),
            *(_mark(b"1" + digit, rb"\d{8}(?!\d{4})") for digit in (b"6", b"7", b"8", b"9")),
        ),
    ),
    _Kind("date-rollover", _date, (*map(_mark, (b"today", b"current date", b"the date is", b"it is now")),)),
    _Kind(
        "volatile-id",
        _id,
        (
            _mark(b"-", rb"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-"),
            _mark(b"request", rb"[ _-]?(?:id)?\s*[:=]"),
            _mark(b"trace", rb"[ _-]?(?:id|_)"),
            _mark(b"conversation", rb"[ _-]?id"),
            _mark(b"run", rb"(?:_|[ -]id)"),
            *map(
                _mark,
                (
                    b"session",
                    b"correlation",
                    b"nonce",
                    b"req_",
                    b"msg_",
                    b"sess_",
                    b"txn_",
                    b"conv_",
                    b"resp_",
                ),
            ),
        ),
    ),
    _Kind(
        "client-version-stamp",
        _stamp,
        (*map(_mark, (b"x-anthropic-billing-header", b"cc_version=", b"cch=")),),
    ),
    _Kind(
        "volatile-counter",
        _counter,
        (
            _mark(b"token", rb"s? (?:left|remain|used)"),
            _mark(b"context ", rb"(?:left|remain|used)"),
            _mark(b"turn", rb"[ :=#]+\d"),
            _mark(b"turn ", rb"(?:number|count|no|#)"),
            _mark(b"budget ", rb"(?:left|remaining|used)"),
            *map(_mark, (b"remaining", b"spent")),
        ),
    ),
    _Kind(
        "environment-snapshot",
        _environment,
        (
            *map(_mark, (b"<env>", b"working directory", b"cwd", b"git status", b"gitstatus", b"branch")),
            *map(_mark, (b"open tabs", b"recent commits", b"visible files")),
        ),
    ),
    _Kind(
        "per-user-data",
        _user,
        (
            _mark(b"user", rb"(?: ?name| ?id| email)?[ \t]*[:=]"),
            *map(_mark, (b"tenant", b"customer", b"locale", b"time zone", b"timezone")),
        ),
    ),
)
