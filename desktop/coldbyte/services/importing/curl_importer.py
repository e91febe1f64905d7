"""cURL commands as browsers and people write them, in the spellings of bash, cmd.exe and PowerShell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing import cmd_word, shell_word
from coldbyte.services.importing.curl_option import CurlRequest, read_words
from coldbyte.services.importing.exchange_maker import RawExchange, make_exchange, secret_names
from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.planted_secret import without_keys
from coldbyte.services.importing.powershell_command import INVOKE, invocations
from coldbyte.services.importing.shell_pipe import with_input
from coldbyte.services.importing.shell_word import Command, UnclosedQuoteError
from coldbyte.services.importing.source import BOM, read_whole

_CURL = re.compile(
    rb"(?:\A|[\n;&|(]|\$ |> )[ \t]*(?:[\w./\\:-]{0,200}[/\\])?curl(?:\.exe)?(?=[ \t^\\`]|\r?\n)"
)
_INVOKE = re.compile(
    INVOKE.pattern.encode() + rb".{0,4000}-(?:Uri|Body|Headers)\b", re.IGNORECASE | re.DOTALL
)
_CMD = re.compile(r"""\bcurl(?:\.exe)?[^'"\\\n$]*(?:\^"|\^\r?\n)""")
_VARIABLE = re.compile(r"\$[A-Za-z_{(]|`|%\w+%")  # what such a header holds is not known
_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")
_NAMES = ("curl", "curl.exe")
_PROMPT = ("$", "%", ">", "sudo", "time", "exec", "command")


class CurlImporter:
    """Reads commands; what is not curl among them is listed by its name."""

    name = "cURL command"

    def fits(self, head: bytes, file_name: str) -> bool:  # noqa: ARG002
        """Whether a command stands here, and no JSON."""
        head = head.removeprefix(BOM)
        if head.lstrip()[:1] in (b"{", b"["):
            return False
        return bool(_CURL.search(head) or _INVOKE.search(head)) and b"import anthropic" not in head

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """One exchange for each request. Raise ImportTroubleError where quotes are not closed."""
        text = read_whole(stream).removeprefix(BOM).decode("latin-1")
        if INVOKE.search(text) and _INVOKE.search(text.encode("latin-1")):
            yield from _of_invocations(text, file_name)
            return
        windows = _CMD.search(text) is not None
        try:
            for command in cmd_word.commands(text) if windows else with_input(shell_word.commands(text)):
                yield from _of_command(command, file_name)
        except UnclosedQuoteError as error:
            line = text.count("\n", 0, error.place) + 1
            raise ImportTroubleError(
                f"The command can't be read: {error}.", "Copy the whole command.", error.place, line
            ) from None


def _of_command(command: Command, file_name: str) -> Iterator[KeptExchange | Remark]:
    place = f"{file_name}:{command.line}"
    skipped = 0
    while skipped < len(command.words) and command.words[skipped] in _PROMPT:
        skipped += 1
    words = command.words[skipped:]
    while words and re.match(r"[A-Za-z_]\w*=", words[0]):
        words, skipped = words[1:], skipped + 1
    if not words:
        return
    name = re.split(r"[/\\]", words[0])[-1].lower()
    if name not in _NAMES:
        if command.feeds:
            return
        say = f"Not a cURL command: {without_keys(_shown(name))[:40]} …"
        yield Remark(place, say, "unknown", command.line)
        return
    for request in read_words(words, command.document):
        unknown = [name for index in request.body_words for name in command.unknown.get(index + skipped, ())]
        if request.body is not None and request.body == command.document:
            unknown += command.document_unknown
        yield from _exchange(request, unknown, place, command.line)


def _of_invocations(text: str, file_name: str) -> Iterator[KeptExchange | Remark]:
    for one in invocations(text):
        request = CurlRequest([one.url] if one.url else [], one.headers, one.method, one.body)
        request.secrets, request.unread = one.secrets, one.unread
        yield from _exchange(request, one.unknown, f"{file_name}:{one.line}", one.line)


def _exchange(
    request: CurlRequest, unknown: Sequence[str], place: str, line: int
) -> Iterator[KeptExchange | Remark]:
    url = _DEFAULT.sub(r"\1", _shown(request.urls[0])) if request.urls else ""
    headers = [(_shown(name), _shown(value)) for name, value in request.headers]
    headers = [pair for pair in headers if not _VARIABLE.search(pair[1])]
    if request.body is None:
        if not request.unread:
            yield Remark(place, "A command that sends no body.", "unknown", line)
        for name in secret_names(headers, url):
            yield Remark(place, f"Dropped because it may hold a secret: {name}.", "secret", line)
    else:
        yield from make_exchange(
            RawExchange(
                request.body.encode("latin-1", "replace"),
                place,
                headers,
                url=url,
                line=line,
                wire_known=not unknown,
            )
        )
    for name in dict.fromkeys(request.secrets):
        yield Remark(place, f"Dropped because it may hold a secret: {name}.", "secret", line)
    for what in dict.fromkeys(request.unread):
        yield Remark(place, f"Not read: {without_keys(_shown(what))}.", "unknown", line)
    for variable in dict.fromkeys(unknown):
        say = (
            f"What the variable {without_keys(_shown(variable))[:60]} holds is not known; it stands as it is."
        )
        yield Remark(place, say, "unknown", line)


def _shown(chars: str) -> str:
    """Bytes, held as Latin-1, as the characters that they stand for."""
    return chars.encode("latin-1", "replace").decode("utf-8", "replace")
