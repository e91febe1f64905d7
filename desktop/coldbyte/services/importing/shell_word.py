"""Commands in the spelling of a POSIX shell, split into words. They are read and never run.

Every character of the text handled here stands for one byte (Latin-1), so that no byte of a body is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_BLANK = " \t"
_GAP = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
_ENDS = ";&|\n"
_END = re.compile(r"\|\||&&|\|&|[;&|\n]")
_SIMPLE = {
    **{"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"},
    **{char: char for char in "\\'\"?"},
}
_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|x([0-9a-fA-F]{1,2})|([0-7]{1,3})|c(.)|(.))", re.DOTALL
)
_VARIABLE = re.compile(
    r"\$(?:\{[^}\n]{0,200}\}|[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]|\([^)\n]{0,200}\))|`[^`\n]{0,200}`"
)
_HEREDOC = re.compile(r"<<(-?)[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([A-Za-z0-9_]+))")
_REDIRECTION = re.compile(r"\d*(?:>>|>&|>\||>|<&|<)(?!<)|&>")


class UnclosedQuoteError(ValueError):
    """A quote, or a here-document, that has no end: `place` is where it begins."""

    def __init__(self, place: int, what: str) -> None:
        super().__init__(f"{what} is not closed")
        self.place = place


@dataclass(slots=True)
class Command:
    """The words of one command; `line` counts from 1. `unknown` are the variables that stand in a word, by
    the number of that word: what they hold can't be known. `document` is what a here-document feeds to it.
    `piped`: it reads what the command before it writes; `feeds`: it was read as what the next one reads.
    """

    line: int
    words: list[str] = field(default_factory=list)
    unknown: dict[int, list[str]] = field(default_factory=dict)
    document: str | None = None
    document_unknown: list[str] = field(default_factory=list)
    piped: bool = False
    feeds: bool = False


def commands(text: str) -> Iterator[Command]:
    """The commands of a text, one after the other. Raise UnclosedQuoteError."""
    return _Shell(text).read()


class _Shell:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._counted = (0, 1)  # a place, and the line on which it lies
        self._pending: list[tuple[Command, bool, str, bool]] = []

    def read(self) -> Iterator[Command]:
        """All commands that have a word."""
        command = Command(1)
        while self._place < len(self._text):
            if self._text[self._place] in _ENDS:
                end = _END.match(self._text, self._place)
                assert end is not None
                self._place = end.end()
                if end[0] == "\n" and self._pending:
                    self._documents()
                if command.words:
                    yield command
                goes_on = command.piped and not command.words  # the line ended behind the pipe
                command = Command(self._line_number(), piped=end[0] == "|" or goes_on)
            elif not self._aside(command):
                if not command.words:
                    command.line = self._line_number()
                self._word(command)
        if self._pending:
            raise UnclosedQuoteError(len(self._text), "a here-document")
        if command.words:
            yield command

    def _aside(self, command: Command) -> bool:
        """Pass what is no word: blanks, a line that goes on, a remark, a redirection."""
        char = self._text[self._place]
        if found := _GAP.match(self._text, self._place):
            self._place = found.end()
        elif char == "#":
            self._skip_line()
        elif found := _HEREDOC.match(self._text, self._place):
            self._promise(command, found)
        elif found := _REDIRECTION.match(self._text, self._place):
            self._place = found.end()
            self._skip_blanks()
            self._word(Command(0))
        else:
            return False
        return True

    def _word(self, command: Command) -> None:
        """Read one word and add it."""
        parts: list[str] = []
        unknown: list[str] = []
        start = self._place
        while self._place < len(self._text):
            char = self._text[self._place]
            if char in _BLANK or char in _ENDS or char in "\r<>":
                break
            parts.append(self._part(char, unknown))
        if self._place == start:
            self._place += 1  # a character that begins nothing
            return
        if unknown:
            command.unknown[len(command.words)] = unknown
        command.words.append("".join(parts))

    def _part(self, char: str, unknown: list[str]) -> str:
        """Read what stands in one kind of quotes, or one character outside them."""
        if char == "'":
            return self._single()
        if char == '"':
            return self._double(unknown)
        if self._text.startswith("$'", self._place):
            return self._ansi()
        if self._text.startswith('$"', self._place):
            self._place += 1
            return self._double(unknown)
        if char == "\\":
            after = self._text[self._place + 1 : self._place + 2]
            self._place += 2
            return "" if after == "\n" else after
        if found := _VARIABLE.match(self._text, self._place):
            unknown.append(found[0])
            self._place = found.end()
            return found[0]
        self._place += 1
        return char

    def _single(self) -> str:
        end = self._text.find("'", self._place + 1)
        if end < 0:
            raise UnclosedQuoteError(self._place, "a single quote")
        inside = self._text[self._place + 1 : end]
        self._place = end + 1
        return inside

    def _double(self, unknown: list[str]) -> str:
        start = self._place
        parts: list[str] = []
        self._place += 1
        while True:
            end = _first_of(self._text, '"\\$`', self._place)
            if end < 0:
                raise UnclosedQuoteError(start, "a double quote")
            parts.append(self._text[self._place : end])
            self._place = end
            char = self._text[end]
            if char == '"':
                self._place += 1
                return "".join(parts)
            parts.append(self._inside_double(char, unknown))

    def _inside_double(self, char: str, unknown: list[str]) -> str:
        """An escape or a variable in double quotes."""
        after = self._text[self._place + 1 : self._place + 2]
        if char == "\\":
            self._place += 2
            if after == "\n":
                return ""
            return after if after and after in '"\\$`' else f"\\{after}"
        if found := _VARIABLE.match(self._text, self._place):
            unknown.append(found[0])
            self._place = found.end()
            return found[0]
        self._place += 1
        return char

    def _ansi(self) -> str:
        end = re.compile(r"[^'\\]*(?>(?:\\.[^'\\]*)*)'", re.DOTALL).match(self._text, self._place + 2)
        if end is None:
            raise UnclosedQuoteError(self._place, "a quote $'")
        inside = self._text[self._place + 2 : end.end() - 1]
        self._place = end.end()
        return _unescaped(inside)

    def _promise(self, command: Command, found: re.Match[str]) -> None:
        """A here-document, whose lines begin after this one."""
        name = found[2] or found[3] or found[4]
        self._pending.append((command, bool(found[1]), name, found[4] is not None and "\\" not in found[0]))
        self._place = found.end()

    def _documents(self) -> None:
        """Read the here-documents that were promised on the line before."""
        for command, tabs, name, expands in self._pending:
            lines: list[str] = []
            while True:
                if self._place >= len(self._text):
                    raise UnclosedQuoteError(self._place, "a here-document")
                line = self._line()
                line = line.lstrip("\t") if tabs else line
                if line.rstrip("\r") == name:
                    break
                lines.append(f"{line}\n")
            command.document = "".join(lines)
            if expands:
                command.document_unknown += _VARIABLE.findall(command.document)
        self._pending.clear()

    def _line(self) -> str:
        end = self._text.find("\n", self._place)
        end = len(self._text) if end < 0 else end
        line = self._text[self._place : end]
        self._place = end + 1
        return line

    def _line_number(self) -> int:
        """The line of the place, from 1; no character is counted twice."""
        place, line = self._counted
        line += self._text.count("\n", place, self._place)
        self._counted = (max(self._place, place), line)
        return line

    def _skip_line(self) -> None:
        end = self._text.find("\n", self._place)
        self._place = len(self._text) if end < 0 else end

    def _skip_blanks(self) -> None:
        while self._place < len(self._text) and self._text[self._place] in _BLANK:
            self._place += 1


def _first_of(text: str, chars: str, start: int) -> int:
    found = re.compile(f"[{re.escape(chars)}]").search(text, start)
    return found.start() if found else -1


def _unescaped(inside: str) -> str:
    """ANSI-C quoting, as bytes: \\u gives UTF-8, and two halves of a pair one character."""
    halves: list[int] = []
    parts: list[str] = []
    place = 0
    for escape in _ESCAPE.finditer(inside):
        if escape.start() > place:
            parts.append(inside[place : escape.start()])
            halves.clear()
        place = escape.end()
        short, long, hexadecimal, octal, control, simple = escape.groups()
        if short or long:
            parts.append(_code_point(int(short or long, 16), halves, parts))
            continue
        halves.clear()
        if hexadecimal or octal:
            parts.append(chr(int(hexadecimal or octal, 16 if hexadecimal else 8) & 0xFF))
        elif control:
            parts.append(chr(ord(control) & 0x1F))
        else:
            parts.append(_SIMPLE.get(simple, f"\\{simple}"))
    parts.append(inside[place:])
    return "".join(parts)


def _code_point(code: int, halves: list[int], parts: list[str]) -> str:
    if halves and 0xDC00 <= code <= 0xDFFF:
        parts.pop()
        code = 0x10000 + ((halves.pop() - 0xD800) << 10) + (code - 0xDC00)
    elif 0xD800 <= code <= 0xDBFF:
        halves[:] = [code]
    else:
        halves.clear()
    if code > 0x10FFFF:
        return "?"
    return chr(code).encode("utf-8", "surrogatepass").decode("latin-1")
