"""`Invoke-WebRequest` and `Invoke-RestMethod` as PowerShell spells them, read and never run.

Every character of the text stands for one byte (Latin-1), as in `shell_word`; `[char]` gives UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

INVOKE = re.compile(r"\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b", re.IGNORECASE)
_PARAMETER = re.compile(r"-([A-Za-z]+):?")
_SPACE = re.compile(r"(?:[ \t]|`\r?\n)+")
_CHAR = re.compile(r"\$\(\[char\]\s*(0x[0-9a-fA-F]{1,6}|\d{1,7})\)")
_VARIABLE = re.compile(r"\$(?:\{[^}\n]{0,200}\}|[A-Za-z_][\w:]*|\([^)\n]{0,200}\))")
_BYTES = re.compile(r"\(\s*\[(?:System\.)?Text\.Encoding\]::UTF8\.GetBytes\(\s*", re.IGNORECASE)
_ASSIGNED = re.compile(r"\$(\w+)\.(UserAgent|Cookies\.Add)", re.IGNORECASE)
_HERE = re.compile(r"@(['\"])[ \t]*\r?\n(.*?)\r?\n\1@", re.DOTALL)
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_SWITCHES = {"usebasicparsing", "skipcertificatecheck", "disablekeepalive", "allowunencryptedauthentication"}


@dataclass(slots=True)
class Invocation:
    """What one command sends; see `CurlRequest`. `line` counts from 1."""

    line: int
    url: str = ""
    method: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str | None = None
    secrets: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def invocations(text: str) -> Iterator[Invocation]:
    """The requests of a script. Quotes that are not closed end with the text."""
    cookies = any(found[2].lower() == "cookies.add" for found in _ASSIGNED.finditer(text))
    place = 0
    while found := INVOKE.search(text, place):
        invocation = Invocation(text.count("\n", 0, found.start()) + 1)
        if cookies:
            invocation.secrets.append("the cookies of the session")
        reading = _Reading(text, found.end(), invocation)
        reading.parameters()
        place = max(reading.place, found.end())
        yield invocation


class _Reading:
    def __init__(self, text: str, place: int, invocation: Invocation) -> None:
        self._text, self.place, self._into = text, place, invocation

    def parameters(self) -> None:
        """Read parameters until the command ends."""
        while True:
            self._skip()
            found = _PARAMETER.match(self._text, self.place)
            if found:
                self.place = found.end()
                self._parameter(found[1].lower())
            elif self._at() in ("", "\n", "\r", ";", "|", "&", "}"):
                return
            else:
                self._positional()

    def _parameter(self, name: str) -> None:
        self._skip()
        if name in _SWITCHES or _PARAMETER.match(self._text, self.place):
            return
        if name == "headers" and self._text.startswith("@{", self.place):
            self._headers()
            return
        unknown: list[str] = []
        start = self.place
        value = self._value(unknown)
        self._use(name, value, unknown)
        if self.place == start:
            self.place += 1

    def _use(self, name: str, value: str, unknown: list[str]) -> None:
        match name:
            case "uri" | "url":
                self._into.url = value
            case "method":
                self._into.method = value
            case "contenttype":
                self._into.headers.append(("content-type", value))
            case "body":
                self._into.body = value
                self._into.unknown += unknown
            case "infile":
                self._into.unread.append(f"the body in the file {value}, which is not opened")
            case "credential" | "token" | "certificate":
                self._into.secrets.append(f"the parameter -{name}")
            case "headers":
                self._into.unread.append("headers that stand in a variable")

    def _positional(self) -> None:
        start = self.place
        value = self._value([])
        if not self._into.url:
            self._into.url = value
        if self.place == start:
            self.place += 1

    def _headers(self) -> None:
        """A table @{ "name"="value" }."""
        self.place += 2
        while self.place < len(self._text):
            while self._at() in (" ", "\t", "\r", "\n", ";", "`") and self._at():
                self.place += 1
            if self._at() in ("}", ""):
                self.place += 1
                return
            start = self.place
            name = self._value([], "=")
            self._skip()
            if self._at() == "=":
                self.place += 1
                self._skip()
                self._into.headers.append((name, self._value([])))
            if self.place == start:
                self.place += 1

    def _value(self, unknown: list[str], ends: str = "") -> str:
        """One value: a string of any kind, the bytes of one, or a bare word."""
        if found := _BYTES.match(self._text, self.place):
            self.place = found.end()
            value = self._value(unknown)
            while self._at() in (")", " ") and self._at():
                self.place += 1
            return value
        if found := _HERE.match(self._text, self.place):
            self.place = found.end()
            return found[2] if found[1] == "'" else _expanded(found[2], unknown)
        if self._at() in ("'", '"'):
            return self._string(self._at(), unknown)
        if found := _VARIABLE.match(self._text, self.place):
            self.place = found.end()
            unknown.append(found[0])
            return found[0]
        bare = re.compile(rf"[^\s;|&}}{re.escape(ends)}]*").match(self._text, self.place)
        self.place = bare.end() if bare else self.place
        return bare[0] if bare else ""

    def _string(self, quote: str, unknown: list[str]) -> str:
        pattern = r"(?:[^']|'')*" if quote == "'" else r'(?:[^"`]|`.|"")*'
        found = re.compile(pattern, re.DOTALL).match(self._text, self.place + 1)
        assert found is not None
        self.place = found.end() + 1
        if quote == "'":
            return found[0].replace("''", "'")
        return _expanded(found[0].replace('""', '`"'), unknown)

    def _skip(self) -> None:
        if found := _SPACE.match(self._text, self.place):
            self.place = found.end()

    def _at(self) -> str:
        return self._text[self.place : self.place + 1]


def _expanded(inside: str, unknown: list[str]) -> str:
    """What stands between double quotes: backtick escapes, `[char]`, and variables, which stay."""
    parts: list[str] = []
    units: list[int] = []
    place = 0
    for found in re.finditer(r"`(.)|\$", inside, re.DOTALL):
        if found.start() < place:
            continue
        if found.start() > place:
            _flush(units, parts)
            parts.append(inside[place : found.start()])
        place = found.end()
        if found[1] is not None:
            _flush(units, parts)
            parts.append(_ESCAPES.get(found[1], found[1]))
        elif char := _CHAR.match(inside, found.start()):
            units.append(int(char[1], 16 if char[1].startswith("0x") else 10))
            place = char.end()
        else:
            _flush(units, parts)
            variable = _VARIABLE.match(inside, found.start())
            if variable:
                unknown.append(variable[0])
                place = variable.end()
            parts.append(inside[found.start() : place])
    _flush(units, parts)
    parts.append(inside[place:])
    return "".join(parts)


def _flush(units: list[int], parts: list[str]) -> None:
    """UTF-16 code units that stand in a row, as UTF-8."""
    if units:
        raw = b"".join(min(unit, 0xFFFF).to_bytes(2, "little") for unit in units)
        chars = raw.decode("utf-16-le", "surrogatepass")
        parts.append(chars.encode("utf-8", "surrogatepass").decode("latin-1"))
        units.clear()
