"""What can be exported, by the ids of the commands: the file's name, and what makes its bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from coldbyte import __version__
from coldbyte.core.export.curl import curl_command
from coldbyte.core.export.exchange_format import ExchangeFormat
from coldbyte.core.export.exchange_line import JSONL
from coldbyte.core.export.har import har_format
from coldbyte.core.export.miss import Miss, miss_of
from coldbyte.core.export.miss_markdown import miss_markdown
from coldbyte.core.export.miss_page import miss_page
from coldbyte.core.export.outgoing import Outgoing
from coldbyte.core.export.python import python_program
from coldbyte.core.export.typescript import typescript_program
from coldbyte.core.export.usage_table import USAGE_TABLE
from coldbyte.core.rule.report import Report

REQUESTS: Mapping[str, tuple[str, Callable[[Outgoing], bytes]]] = {
    "export_body": ("request.json", lambda request: request.wire),
    "export_curl": ("request.sh", lambda request: curl_command(request).encode()),
    "export_python": ("request.py", lambda request: python_program(request).encode()),
    "export_typescript": ("request.mts", lambda request: typescript_program(request).encode()),
}
"""Of one request."""

EXCHANGES: Mapping[str, tuple[str, ExchangeFormat]] = {
    "export_jsonl": ("exchanges.jsonl", JSONL),
    "export_har": ("exchanges.har", har_format(__version__)),
    "export_csv": ("usage.csv", USAGE_TABLE),
}
"""Of any number of exchanges."""

REPORTS: Mapping[str, tuple[str, Callable[[Miss], str]]] = {
    "export_html": ("miss.html", miss_page),
    "export_markdown": ("miss.md", miss_markdown),
}
"""Of one exchange and that with which it is compared."""

FILE_NAMES: Mapping[str, str] = {
    name: file_name for table in (REQUESTS, EXCHANGES, REPORTS) for name, (file_name, _) in table.items()
}


def report_bytes(name: str, report: Report, *, redact: bool) -> bytes:
    """A report of a miss as a file."""
    return REPORTS[name][1](miss_of(report, redact=redact)).encode(errors="backslashreplace")
