"""Output: the result on standard output, words on standard error, always UTF-8, however a command ends."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TextIO

from coldbyte.commands.trouble import InputTrouble

TROUBLE = 2
DEFECT = 70
INTERRUPTED = 130


def perform(command: Callable[[], int], *, as_json: bool, redact: bool) -> int:
    """Run a command and return its exit code; what is wrong with an input is said here."""
    collecting = gc.isenabled()
    gc.disable()  # a body of many blocks is many objects, and none of them is in a cycle
    try:
        return command()
    except InputTrouble as trouble:
        return tell(_redacted(trouble) if redact else trouble, as_json=as_json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # a defect of ours must not look like a verdict, which Python's own exit code 1 would
        from traceback import print_exc

        print_exc()
        return DEFECT
    finally:
        if collecting:
            gc.enable()


def tell(trouble: InputTrouble, *, as_json: bool) -> int:
    """Say what is wrong, as an object on standard output or as a sentence on standard error."""
    if as_json:
        from coldbyte.commands.report_json import error_value

        try:
            put_json(error_value(trouble))
        except InputTrouble as unsaid:
            put_words(unsaid.message)
    else:
        put_words(trouble.message)
    return TROUBLE


def put_json(value: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own; a lone surrogate is escaped. Raise InputTrouble."""
    try:
        data = json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        data = json.dumps(value).encode()
    put_bytes(data + b"\n")


def put_text(text: str) -> None:
    """Text for people. Raise InputTrouble."""
    put_bytes(text.encode(errors="backslashreplace"))


def put_bytes(data: bytes) -> None:
    """Bytes on standard output; a reader who has gone away is no error. Raise InputTrouble."""
    try:
        _put(sys.stdout, data)
    except BrokenPipeError:
        pass
    except OSError as error:
        raise InputTrouble(f"The result can't be written: {error.strerror or error}.") from None


def put_file(name: str, data: bytes) -> None:
    """A file with all the bytes, or as it was; a pipe or a device takes them directly. Raise InputTrouble."""
    from pathlib import Path

    from coldbyte.services.text_file import FileTrouble, write_bytes

    path = Path(name)
    if not name:
        raise InputTrouble("The name of the file to write is empty.", file=name)
    if not os.path.lexists(name) and not path.parent.is_dir():
        raise InputTrouble(f"The folder {path.parent} does not exist.", file=name)
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as stream:
                stream.write(data)
        else:
            write_bytes(path, data)
    except FileTrouble as error:
        raise InputTrouble(error.say, file=name) from None
    except (OSError, ValueError) as error:
        raise InputTrouble(f"{name} can't be written: {error}.", file=name) from None


def coloured(choice: str) -> bool:
    """Whether to use colour: as chosen, else on a terminal that can, unless NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout is not None and sys.stdout.isatty()


def _redacted(trouble: InputTrouble) -> InputTrouble:
    """The trouble without the names in its path that are the user's own."""
    from coldbyte.core.rule.mask import masked_path

    if not trouble.path:
        return trouble
    path = masked_path(trouble.path)
    return InputTrouble(
        trouble.message.replace(trouble.path, path),
        file=trouble.file,
        byte=trouble.byte,
        line=trouble.line,
        path=path,
    )


def put_words(message: str) -> None:
    """A sentence on standard error; nobody needs to listen."""
    line = f"coldbyte: {message}\n".encode(errors="backslashreplace")
    with suppress(OSError):
        _put(sys.stderr, line)


def _put(stream: TextIO | None, data: bytes) -> None:
    """Bytes on a stream, behind all that was written before. Raise OSError; nothing is written after it."""
    if stream is None:  # closed when the program started: nobody listens
        return
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except OSError:
        _forget(stream)
        raise


def _forget(stream: TextIO) -> None:
    """Let the interpreter find nobody to complain about when it closes a stream at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)
