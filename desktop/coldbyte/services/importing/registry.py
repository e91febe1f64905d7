"""The file formats that can be imported, in the order in which they are tried."""

from __future__ import annotations

from coldbyte.services.importing.body_importer import BodyImporter
from coldbyte.services.importing.claude_tap_importer import ClaudeTapImporter
from coldbyte.services.importing.curl_importer import CurlImporter
from coldbyte.services.importing.har_importer import HarImporter
from coldbyte.services.importing.importer import Importer
from coldbyte.services.importing.jsonl_importer import JsonlImporter
from coldbyte.services.importing.lhar_importer import LharImporter
from coldbyte.services.importing.mitmproxy_importer import MitmproxyImporter
from coldbyte.services.importing.python_importer import PythonImporter
from coldbyte.services.importing.transcript_importer import TranscriptImporter

IMPORTERS: tuple[Importer, ...] = (
    BodyImporter(),
    CurlImporter(),
    JsonlImporter(),
    HarImporter(),
    TranscriptImporter(),
    MitmproxyImporter(),
    ClaudeTapImporter(),
    LharImporter(),
    PythonImporter(),
)


def importer_for(head: bytes, file_name: str) -> Importer | None:
    """The first format that a file with these first bytes is of; None where it is of none."""
    return next((importer for importer in IMPORTERS if importer.fits(head, file_name)), None)
