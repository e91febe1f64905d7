"""`coldbyte export INPUT --as FORMAT`: a request or an exchange in the words of other programs."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Iterator

from coldbyte import __version__
from coldbyte.commands.input import STANDARD, Input, prefix_of_input, read_input
from coldbyte.commands.judgement import catalogue_of, misfit_of
from coldbyte.commands.output import put_bytes, put_file
from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.export.captured import kept_of_capture
from coldbyte.core.export.outgoing import ExportError, Outgoing, outgoing_of_capture
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.prefix.record import BodyError

_REPORTS = ("html", "markdown")
_TABLES = ("csv", "har", "jsonl")


def run(options: Namespace) -> int:
    """Write the export. Exit code 0. Raise InputTrouble."""
    if (options.format in _REPORTS) is not (options.against is not None):
        raise InputTrouble("A report (html, markdown) needs --against BEFORE, and nothing else takes it.")
    if (options.input, options.against).count(STANDARD) > 1:
        raise InputTrouble("Standard input can be read only once.", file=STANDARD)
    source = read_input(options.input)
    try:
        data = _exported(source, options)
    except ExportError as error:
        raise InputTrouble(f"{source.title}: {error.say}", file=source.name) from None
    if options.out is not None:
        put_file(options.out, data)
    else:
        put_bytes(data)
    return 0


def _exported(source: Input, options: Namespace) -> bytes:
    if options.format in _REPORTS:
        return _report(source, options)
    if options.format in _TABLES:
        return _table(list(_exchanges(source)), options.format)
    capture = source.capture()
    prefix_of_input(source, capture)
    return _writer(options.format)(outgoing_of_capture(capture))


def _writer(name: str) -> Callable[[Outgoing], bytes]:
    """What writes one request; only that module is imported."""
    match name:
        case "curl":
            from coldbyte.core.export.curl import curl_command as text
        case "python":
            from coldbyte.core.export.python import python_program as text
        case "typescript":
            from coldbyte.core.export.typescript import typescript_program as text
        case "pretty":
            from coldbyte.core.export.body_text import pretty_body

            return pretty_body
        case _:
            return lambda request: request.wire
    return lambda request: text(request).encode()


def _table(exchanges: list[KeptExchange], name: str) -> bytes:
    from coldbyte.core.export.exchange_line import JSONL
    from coldbyte.core.export.har import har_format
    from coldbyte.core.export.usage_table import USAGE_TABLE

    form = har_format(__version__) if name == "har" else USAGE_TABLE if name == "csv" else JSONL
    return form.whole(exchanges)


def _exchanges(source: Input) -> Iterator[KeptExchange]:
    """The exchange in an input, or those in the lines of a JSONL file."""
    for number, one in enumerate(_documents(source), 1):
        capture = one.capture()
        prefix_of_input(one, capture)
        yield kept_of_capture(capture, source.name if one is source else f"{source.name}:{number}")


def _documents(source: Input) -> list[Input]:
    data = source.data
    if source.start or source.stop is not None or data.count(b"\n") < 2:
        return [source]
    try:
        read_json(data)
    except JsonError:
        return list(_lines(source))
    return [source]


def _lines(source: Input) -> Iterator[Input]:
    start = 0
    while start < len(source.data):
        stop = source.data.find(b"\n", start)
        stop = len(source.data) if stop < 0 else stop
        if source.data[start:stop].strip():
            yield Input(source.name, source.data, start, stop)
        start = stop + 1


def _report(source: Input, options: Namespace) -> bytes:
    from coldbyte.core.export.miss import miss_of
    from coldbyte.core.export.miss_markdown import miss_markdown
    from coldbyte.core.export.miss_page import miss_page
    from coldbyte.core.rule.inquiry import inquire

    old = read_input(options.against)
    before, after = old.capture(), source.capture()
    try:
        report = inquire(before, after, catalogue_of(None), now=time.time())
    except BodyError as error:
        raise misfit_of(error, [(old, before), (source, after)]) from None
    write = miss_page if options.format == "html" else miss_markdown
    return write(miss_of(report, redact=not options.with_text)).encode(errors="backslashreplace")
