"""What a log holds beside Messages requests: counted by kind and host, and so listed, not skipped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from coldbyte.core.history.kept_exchange import Remark
from coldbyte.services.importing.planted_secret import without_keys

_PATH = re.compile(r"/v1/messages/?\Z")
_SHOWN = 20  # kinds that are named
_NAME = 100  # characters of a host


def is_messages_address(method: str, url: str) -> bool:
    """Whether a request of this method and address, whole or from its path on, asks the Messages API."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    return method.upper() == "POST" and bool(_PATH.search(path))


class LeftOut:
    """Counts what was left out of one file."""

    def __init__(self) -> None:
        self._others: Counter[str] = Counter()

    def request(self, url: str) -> None:
        """Count a request of another kind by its host."""
        try:
            host = urlsplit(url).netloc.rpartition("@")[2]
        except ValueError:
            host = ""
        shown = without_keys(host)[:_NAME] or "an unknown host"
        self.kind(f"requests to {shown} that are no Messages requests")

    def kind(self, what: str) -> None:
        """Count one of a kind, said in the plural."""
        self._others[what] += 1

    def remarks(self, file_name: str) -> Iterator[Remark]:
        """One remark for each kind with its count, the most frequent first."""
        shown = self._others.most_common(_SHOWN)
        for what, count in shown:
            yield Remark(file_name, f"Left out: {what} ({count:,}).", "unknown")
        rest = self._others.total() - sum(count for _, count in shown)
        if rest:
            kinds = len(self._others) - len(shown)
            yield Remark(file_name, f"Left out: {kinds:,} further kinds ({rest:,}).", "unknown")
