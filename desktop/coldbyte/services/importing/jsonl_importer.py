"""JSON Lines: each line a request body or an exchange, mixed as they come (contract, inputs)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.exchange_document import is_document, read_document
from coldbyte.services.importing.source import BOM, lines

_TRIED = 50  # lines


class JsonlImporter:
    """Reads a file line by line, and lists the lines that it does not understand."""

    name = "JSON Lines"

    def fits(self, head: bytes, file_name: str) -> bool:  # noqa: ARG002
        """Whether a line that is seen whole is a body or an exchange, and another one follows it."""
        whole = [line for line in head.removeprefix(BOM).split(b"\n") if line.strip()]
        return len(whole) > 1 and any(is_document(line) for line in whole[:_TRIED])

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """One exchange for each line that is one; the others as remarks."""
        for line in lines(stream):
            place = f"{file_name}:{line.number}"
            if line.data is None:
                say = f"A line of {line.size:,} bytes is too long, and was left out."
                yield Remark(place, say, "unknown", line.number)
                continue
            data = line.data.removeprefix(BOM) if line.number == 1 else line.data
            if data.strip():
                yield from read_document(data, place, line.number)
