"""`coldbyte import FILE`: what another program captured, as JSONL of exchanges."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from coldbyte.commands.input import STANDARD
from coldbyte.commands.output import put_bytes, put_json, put_words
from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.export.exchange_line import exchange_line
from coldbyte.core.export.outgoing import ExportError
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.importer import HEAD_BYTES, Importer, ImportTroubleError
from coldbyte.services.importing.registry import importer_for


def run(options: Namespace) -> int:
    """Write the exchanges and say what is to be said of them. Exit code 0. Raise InputTrouble."""
    if options.json and options.out is None:
        raise InputTrouble("--json tells what was found, so that the exchanges need --out FILE.")
    remarks: list[Remark] = []
    with _opened(options.file) as stream:
        importer = _importer(stream, options.file)
        lines = _lines(_read(importer, stream, options.file), remarks)
        count = _put(lines, options.out)
    if options.json:
        put_json(_value(importer.name, count, remarks))
    else:
        _tell(importer.name, count, remarks)
    return 0


def _lines(found: Iterator[KeptExchange | Remark], remarks: list[Remark]) -> Iterator[bytes]:
    """The exchanges as lines; what is said of the file is put into `remarks`."""
    for one in found:
        if isinstance(one, Remark):
            remarks.append(one)
            continue
        try:
            yield exchange_line(one)
        except ExportError as error:
            remarks.append(Remark(one.source, error.say, "unknown"))


def _put(lines: Iterator[bytes], out: str | None) -> int:
    """Write the lines as they come, as a file may hold many times its size; a file is there whole or not."""
    if out is None:
        return sum(map(_put_line, lines))
    try:
        with NamedTemporaryFile(dir=Path(out).parent, prefix=".coldbyte-", delete=False) as target:
            part = Path(target.name)
            try:
                count = sum(target.write(line) > 0 for line in lines)
                target.close()
                part.replace(out)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise InputTrouble(f"{out} can't be written: {error.strerror or error}.", file=out) from None
    return count


def _put_line(line: bytes) -> int:
    put_bytes(line)
    return 1


def _opened(name: str) -> BinaryIO:
    if name == STANDARD:
        raise InputTrouble("An import needs a file: standard input can't be read twice.", file=name)
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputTrouble(f"{name} can't be read: {why}.", file=name) from None


def _importer(stream: BinaryIO, name: str) -> Importer:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    found = importer_for(head, Path(name).name)
    if found is None:
        raise InputTrouble(f"{name} is of no format that Coldbyte reads.", file=name)
    return found


def _read(importer: Importer, stream: BinaryIO, name: str) -> Iterator[KeptExchange | Remark]:
    try:
        yield from importer.read(stream, Path(name).name)
    except ImportTroubleError as error:
        say = f"{name}: {error.say} {error.remedy}".strip()
        raise InputTrouble(say, file=name, byte=error.byte, line=error.line) from None
    except OSError as error:
        raise InputTrouble(f"{name} can't be read: {error.strerror or error}.", file=name) from None


def _tell(format_name: str, count: int, remarks: list[Remark]) -> None:
    """Words for people, on standard error."""
    for remark in remarks:
        put_words(f"{remark.place}: {remark.say}" if remark.place else remark.say)
    put_words(f"{count:,} exchange{'' if count == 1 else 's'} read ({format_name}).")
    sys.stderr.flush()


def _value(format_name: str, count: int, remarks: list[Remark]) -> dict[str, object]:
    """`coldbyte.import/1`."""
    return {
        "schema": "coldbyte.import/1",
        "format": format_name,
        "exchanges": count,
        "remarks": [
            {"place": remark.place, "line": remark.line, "kind": remark.kind, "say": remark.say}
            for remark in remarks
        ],
    }
