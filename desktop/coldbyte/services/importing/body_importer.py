"""One JSON document: a Messages body, or an exchange in the form of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.exchange_document import is_document, read_document
from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.jsonl_importer import JsonlImporter
from coldbyte.services.importing.source import BOM, lines, read_whole

_BEGINS = re.compile(
    rb'\s*\{\s*"(?:messages|model|max_tokens|system|tools|tool_choice|stream|metadata|thinking|betas'
    rb'|temperature|output_config|cache_control|service_tier|session|request|request_raw|scope|started_at)"\s*:'
)
_ENVELOPE = re.compile(rb'"request"\s*:\s*\{\s*"(?:method|url|path|headers|body)"')


class BodyImporter:
    """Reads a file that is one document; where lines of documents follow it, it is JSON Lines."""

    name = "Messages body"

    def fits(self, head: bytes, file_name: str) -> bool:
        """Whether an object begins here that names a part of a request, and no other format does."""
        head = head.removeprefix(BOM)
        if not head.lstrip().startswith(b"{") or JsonlImporter().fits(head, file_name):
            return False
        return is_document(head) or bool(_BEGINS.match(head) and not _ENVELOPE.search(head))

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """The exchange, or what is wrong with the document. Raise ImportTroubleError where it is none."""
        if _holds_lines(stream):
            stream.seek(0)
            yield from JsonlImporter().read(stream, file_name)
            return
        stream.seek(0)
        data = read_whole(stream).removeprefix(BOM)
        if not data.strip():
            raise ImportTroubleError("The file is empty.", "Choose another file.")
        yield from read_document(data, file_name)


def _holds_lines(stream: BinaryIO) -> bool:
    """Whether a line that ends an object is followed by one that begins one, which no document has."""
    filled = (data for line in lines(stream) if (data := (line.data or b"").strip()))
    first, second = next(filled, b""), next(filled, b"")
    return first.endswith(b"}") and second.startswith(b"{")
