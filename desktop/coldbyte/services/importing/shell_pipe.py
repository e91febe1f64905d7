"""What commands write into a pipe, for the few whose output stands in the command itself."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from itertools import chain, pairwise

from coldbyte.services.importing.shell_word import Command


def with_input(commands: Iterator[Command]) -> Iterator[Command]:
    """The commands; what one reads from a pipe becomes its document, where it is known."""
    for command, after in pairwise(chain(commands, [None])):
        assert command is not None
        if after is not None and after.piped and after.document is None:
            after.document, after.document_unknown = _output(command)
            command.feeds = after.document is not None
        yield command


def _output(command: Command) -> tuple[str | None, list[str]]:
    """What a command writes, with the variables in it; None where that is not known."""
    words = command.words
    unknown = [name for names in command.unknown.values() for name in names]
    match words:
        case ["printf", "%s", text]:
            return text, unknown
        case ["printf", "%s\\n", text]:
            return f"{text}\n", unknown
        case ["echo", "-n", *rest]:
            return " ".join(rest), unknown
        case ["echo", *rest] if not rest or not rest[0].startswith("-"):
            return " ".join(rest) + "\n", unknown
        case ["cat"] | ["cat", "-"]:
            return command.document, command.document_unknown
        case ["base64", "--decode" | "-d" | "-D"] if command.document is not None:
            try:
                data = b64decode(command.document.encode("latin-1"))
            except (Base64Error, ValueError):
                return None, []
            return data.decode("latin-1"), command.document_unknown
    return None, []
