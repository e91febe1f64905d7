"""A Python file with calls of the Messages API: read as text, parsed, and never run.

Arguments count as far as they stand literally in the file; f-strings become texts with marked variables.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from typing import BinaryIO

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Catalogue, read_catalogue
from coldbyte.core.capture import Capture
from coldbyte.core.cause import Cause
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError, an_object
from coldbyte.core.rule.lint import lint
from coldbyte.services import resources
from coldbyte.services.importing.exchange_maker import RawExchange, make_exchange
from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.planted_secret import without_keys
from coldbyte.services.importing.python_call import Found, Request, calls_of, request_of
from coldbyte.services.importing.python_finding import findings_of, secrets_of
from coldbyte.services.importing.python_scope import Scope, scopes_of
from coldbyte.services.importing.python_value import NotLiteralError, Variable
from coldbyte.services.importing.source import read_whole

_LONGEST = 64 * 1024 * 1024  # bytes; a document may stand in the file
_IMPORT = re.compile(rb"^[ \t]*(?:import|from)[ \t]+anthropic\b", re.MULTILINE)
_CALL = re.compile(rb"\.messages\s*\.\s*(?:create|stream|parse|batches)\b")
_NOT_PYTHON = (b"{", b"[", b"<")
_REMEDY = (
    "It has to be Python that version 3.11 understands; newer syntax (template strings) has to be rewritten."
)
_REMEDY_2 = "It was written for Python 2: convert it to Python 3 first."


class PythonImporter:
    """Reads the calls one by one, and says what in the file keeps the prompt cache from working."""

    name = "Python file"

    def fits(self, head: bytes, file_name: str) -> bool:
        """Whether the library is imported here, or its method is called in a file with that ending."""
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in _NOT_PYTHON:
            return False
        return bool(_IMPORT.search(head)) or (file_name.endswith(".py") and bool(_CALL.search(head)))

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """The requests of all calls, and remarks. Raise ImportTroubleError where it is no Python."""
        try:
            tree = _parsed(read_whole(stream, _LONGEST))
            scopes = scopes_of(tree)
            found = list(calls_of(tree))
            yield from secrets_of(tree, file_name)
            yield from findings_of(tree, scopes, found, file_name)
            for one in found:
                yield from _call(one, scopes, f"{file_name}:{one.node.lineno}")
        except (RecursionError, MemoryError):
            say = "The file is nested too deeply, or too large, to be understood."
            raise ImportTroubleError(say, "Split the file, or its longest expression.") from None
        if not found:
            say = "No call of the Messages API was found (client.messages.create or .stream)."
            yield Remark(file_name, say, "unknown")


def _parsed(source: bytes) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the file, as for "\d"
            return ast.parse(source)
    except SyntaxError as error:
        line = error.lineno or None
        said = without_keys(error.msg)
        remedy = _REMEDY_2 if "call to 'print'" in said or "call to 'exec'" in said else _REMEDY
        at = f"Line {line:,} is" if line is not None else "This is"
        raise ImportTroubleError(f"{at} no Python 3.11: {said}.", remedy, line=line) from None
    except ValueError as error:  # a NUL, an encoding that is none
        raise ImportTroubleError(f"This is no Python: {without_keys(str(error))}.", _REMEDY) from None


def _call(found: Found, scopes: Mapping[ast.AST, Scope], place: str) -> Iterator[KeptExchange | Remark]:
    line = found.node.lineno
    if found.other:
        yield Remark(place, f"Left out: {found.other}, and no single request.", "unknown", line)
        return
    try:
        request = request_of(found, scopes)
    except NotLiteralError:
        say = "The messages of this call are no literals: they do not stand in the file. Left out."
        yield Remark(place, say, "unknown", line)
        return
    whole = not request.variables and not request.dropped
    raw = RawExchange(
        request.wire,
        place,
        request.headers,
        scope="",
        line=line,
        wire_known=False,
        complete=whole,
    )
    known = False
    for one in make_exchange(raw):
        known = known or isinstance(one, KeptExchange)
        yield one
    for at, what in request.dropped:
        say = f"Left out, as it is no literal: {what}."
        yield Remark(_place(place, at), say, "unknown", at)
    if known:
        yield from _judged(request, place, line)


def _judged(request: Request, place: str, line: int) -> Iterator[Remark]:
    """What the variables and the request itself have to be told of."""
    body = RequestBody(an_object(read_json(request.wire), ""))
    prefix = prefix_of(body)
    for variable in request.variables:
        yield _variable_remark(variable, prefix, place)
    try:
        causes = lint(Capture(body), _catalogue())
    except BodyError:
        return
    for cause in causes:
        if _counts(cause, request):
            fix = f" {cause.fix.say}" if cause.fix is not None else ""
            yield Remark(place, f"{cause.say}{fix}", "finding", line)


def _counts(cause: Cause, request: Request) -> bool:
    """Whether a cause is a finding: what is only said, or comes of what was left out, is none."""
    if cause.severity == "info":
        return False
    if cause.id == "model-unknown" and any(variable.mark in cause.say for variable in request.variables):
        return False
    return not request.dropped or cause.id not in ("request-invalid", "below-min-tokens", "no-cache-control")


def _variable_remark(variable: Variable, prefix: Prefix, place: str) -> Remark:
    stands = f"{variable.expression} is not known before the program runs: {variable.mark} stands for it."
    points = prefix.breakpoints
    cached = prefix.blocks[: points[-1] + 1] if points else ()
    inside = any(variable.mark in str(block.content) for block in cached)
    if variable.volatile and inside:
        more = (
            " It is another value in each request and stands before a breakpoint: nothing behind it is read."
        )
    elif variable.volatile:
        more = " It is another value in each request: no breakpoint must stand behind it."
    elif inside:
        more = " It stands before a breakpoint: each new value makes what is behind it be written anew."
    else:
        more = ""
    return Remark(
        _place(place, variable.line), stands + more, "finding" if more else "unknown", variable.line
    )


def _place(place: str, line: int) -> str:
    return f"{place.rpartition(':')[0]}:{line}"


@cache
def _catalogue() -> Catalogue:
    return read_catalogue(resources.text("catalogue.json"))
