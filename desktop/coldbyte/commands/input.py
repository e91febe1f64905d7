"""Inputs: standard input, a file, or one line of a JSONL file; where in them something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.capture import Capture, read_capture
from coldbyte.core.json.reader import JsonError, find_place, read_json, wire_byte
from coldbyte.core.json.value import Json, path_below, steps_of
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.text.text import LoneSurrogateError

STANDARD = "-"
_LONGEST_PATH = 200  # characters of a path in a sentence
_COUNTS = ("cache_read_input_tokens", "cache_creation_input_tokens", "input_tokens")


@dataclass(frozen=True, slots=True)
class Input:
    """Bytes and where they came from: the JSON stands from `start` to `stop` of `data`."""

    name: str
    data: bytes
    start: int = 0
    stop: int | None = None

    @property
    def title(self) -> str:
        """What people call it."""
        return "Standard input" if self.name == STANDARD else self.name

    def capture(self) -> Capture:
        """The request in it. Raise InputTrouble."""
        try:
            return read_capture(self.data, self.start, self.stop)
        except JsonError as error:
            raise self._not_json(error) from None
        except BodyError as error:
            raise self.misfit(error) from None
        except LoneSurrogateError as error:
            raise InputTrouble(f"{self.title} holds a {error}.", file=self.name) from None

    def json(self) -> Json:
        """The JSON value in it. Raise InputTrouble."""
        try:
            return read_json(self.data, self.start, self.stop)
        except JsonError as error:
            raise self._not_json(error) from None

    def misfit(
        self, error: BodyError, capture: Capture | None = None, *, wanted: str = "a request"
    ) -> InputTrouble:
        """Why it is not what is wanted. With `capture`, the path is one of its body, else of the input."""
        byte = self._place(error.path, capture)
        line = self._line(byte)
        inside = _inside(error.path)
        say = f"{self.title} is not {wanted}: at byte {byte:,} (line {line:,}{inside}) {error.expected}."
        return InputTrouble(say, file=self.name, byte=byte, line=line, path=error.path or None)

    def _not_json(self, error: JsonError) -> InputTrouble:
        """The trouble with the JSON, or with that of a body that stands in it as text."""
        try:
            read_json(self.data, self.start, self.stop)
        except JsonError:
            byte, path = error.byte, error.path
        else:
            byte, path = self._inside_raw(error.byte), "request_raw"
        line = self._line(byte)
        inside = _inside(path)
        say = f"{self.title} is not JSON at byte {byte:,} (line {line:,}{inside}): expected {error.expected}."
        return InputTrouble(say, file=self.name, byte=byte, line=line, path=path or None)

    def _place(self, path: str, capture: Capture | None) -> int:
        """The byte of the value at a path, or of the nearest one around it that is there."""
        source = capture.body.source if capture else None
        if source is not None and source.data is not self.data:
            return self._inside_raw(_nearest(source.data, path, source.start))
        return _nearest(self.data, path, source.start if source else self.start)

    def _inside_raw(self, byte: int) -> int:
        """The byte of the input that gave a byte of the body which it holds as text."""
        start, _ = find_place(self.data, "request_raw", self.start)
        return wire_byte(self.data, start, byte)

    def _line(self, byte: int) -> int:
        return self.data.count(b"\n", 0, byte) + 1


def read_input(name: str) -> Input:
    """Read what an argument names: `-`, a file, `log.jsonl:12`. Raise InputTrouble.

    A file whose name really ends in a colon and a number is that file.
    """
    if name == STANDARD:
        return Input(name, _standard())
    if not name:
        raise InputTrouble("The name of an input is empty.", file=name)
    file, colon, number = name.rpartition(":")
    if not (colon and file and number.isascii() and number.isdigit()) or _exists(name):
        return Input(name, _bytes(name, name))
    return _line_of(name, _bytes(file, name), file, int(number))


def prefix_of_input(source: Input, capture: Capture) -> Prefix:
    """The canonical prefix of the request in an input. Raise InputTrouble."""
    try:
        return prefix_of(capture.body, betas=capture.betas or ())
    except BodyError as error:
        raise source.misfit(error, capture) from None


def read_usage_fields(source: Input) -> Mapping[str, Json]:
    """The API's usage: the input itself, that of a response, or that of an exchange. Raise InputTrouble."""
    value = source.json()
    for key in ("response", "usage"):
        if isinstance(value, Mapping) and isinstance(value.get(key), Mapping):
            value = value[key]
    if isinstance(value, Mapping) and any(isinstance(value.get(count), int) for count in _COUNTS):
        return value
    raise source.misfit(BodyError("", f"expected an object with {_COUNTS[0]}"), wanted="a usage")


def _line_of(name: str, data: bytes, file: str, number: int) -> Input:
    """One line of a file, counted from 1."""
    if number == 0:
        raise InputTrouble(f"{name}: lines count from 1.", file=name)
    start = 0
    for _ in range(number - 1):
        start = data.find(b"\n", start) + 1
        if not start:
            break
    if start >= len(data) or (number > 1 and not start):
        count = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
        lines = f"{count:,} line{'' if count == 1 else 's'}"
        raise InputTrouble(f"{file} has {lines}: there is no line {number:,}.", file=name)
    end = data.find(b"\n", start)
    stop = len(data) if end < 0 else end
    if not data[start:stop].strip():
        say = f"Line {number:,} of {file} is empty: expected a request."
        raise InputTrouble(say, file=name, byte=start, line=number)
    return Input(name, data, start, stop)


def _standard() -> bytes:
    """All of standard input. Raise InputTrouble where there is none, or it can't be read."""
    if sys.stdin is None:  # closed when the program started
        raise InputTrouble("Standard input is closed.", file=STANDARD)
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        why = error.strerror or error
        raise InputTrouble(f"Standard input can't be read: {why}.", file=STANDARD) from None


def _bytes(file: str, name: str) -> bytes:
    """All bytes of a file; a pipe is read to its end. Raise InputTrouble."""
    try:
        with open(file, "rb") as stream:  # noqa: PTH123  (a path as it was typed, without pathlib's start-up)
            return stream.read()
    except OSError as error:
        raise InputTrouble(_why(error, file), file=name) from None
    except ValueError:  # a NUL in the name
        raise InputTrouble(f"{file} is not the name of a file.", file=name) from None


def _exists(file: str) -> bool:
    try:
        return os.path.lexists(file)
    except ValueError:
        return False


def _why(error: OSError, file: str) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return f"{file} does not exist."
        case IsADirectoryError():
            return f"{file} is a folder: expected a file."
        case PermissionError():
            if os.path.isdir(file):  # noqa: PTH112  (what Windows says of a folder)
                return f"{file} is a folder: expected a file."
            return f"{file} can't be read: no permission."
        case _:
            return f"{file} can't be read: {error.strerror or error}."


def _inside(path: str) -> str:
    """A path for people; of one that is very long its start and its end."""
    half = _LONGEST_PATH // 2
    return f", in {path if len(path) <= _LONGEST_PATH else f'{path[:half]}…{path[-half:]}'}" if path else ""


def _nearest(data: bytes, path: str, start: int) -> int:
    """The byte of the value at a path, or of the nearest one around it."""
    for where in _outwards(path):
        try:
            return find_place(data, where, start)[0]
        except (KeyError, ValueError):
            continue
    return start


def _outwards(path: str) -> list[str]:
    """A path, its parent, and so on up to the top."""
    try:
        steps = steps_of(path)
    except ValueError:
        return [""]
    found = [""]
    for step in steps:
        last = found[-1]
        found.append(f"{last}[{step}]" if isinstance(step, int) else path_below(last, step))
    return found[::-1]
