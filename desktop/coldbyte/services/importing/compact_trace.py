"""Compact bundles of claude-tap: records whose long values stand elsewhere, each once.

A record names such a value by `{"__claude_tap_blob_ref__": {"hash": …}}`, at the places that its marker lists
(`/request/body/messages/3`). Source: `claude_tap/compact_trace.py` of https://github.com/liaohch3/claude-tap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coldbyte.core.json.value import Json, is_array, printed_size
from coldbyte.core.text.text import Text
from coldbyte.services.importing.json_field import array_of, object_of, string_of
from coldbyte.services.importing.source import LONGEST

MARKER = "__claude_tap_compact_trace__"
_RECORD, _REF = "__claude_tap_compact_record__", "__claude_tap_blob_ref__"
_DEEPEST = 8  # levels down to which references stand: request, body, messages, 3


class BlobError(ValueError):
    """A record can't be put together; `say` tells why."""

    def __init__(self, say: str) -> None:
        super().__init__(say)
        self.say = say


def records_of(bundle: Mapping[str, Json]) -> Iterator[Json | BlobError]:
    """The records, put together one at a time; what is wrong with one stands in its place."""
    blobs = _Blobs(object_of(bundle.get("blobs")))
    for packed in array_of(bundle.get("records")):
        fields = object_of(packed)
        if _RECORD not in fields:
            yield packed
            continue
        try:
            yield blobs.filled(fields.get("record"))
        except BlobError as error:
            yield error


class _Blobs:
    """The values that stand once. A record that would be larger than any file that is read is refused."""

    def __init__(self, rows: Mapping[str, Json]) -> None:
        self._rows = rows
        self._sizes: dict[str, int] = {}
        self._left = LONGEST

    def filled(self, record: Json) -> Json:
        """A record with its values. Raise BlobError where one is missing."""
        self._left = LONGEST
        return self._filled(record, 0)

    def _filled(self, value: Json, depth: int) -> Json:
        if isinstance(value, Mapping):
            if _REF in value:
                return self._blob(string_of(object_of(value[_REF]).get("hash")))
            if depth < _DEEPEST:
                return {key: self._filled(item, depth + 1) for key, item in value.items()}
        elif is_array(value) and not isinstance(value, Text) and depth < _DEEPEST:
            return [self._filled(item, depth + 1) for item in value]
        return value

    def _blob(self, name: str) -> Json:
        row = object_of(self._rows.get(name))
        if "payload" not in row:
            raise BlobError("a value that it names is not in the file")
        if name not in self._sizes:
            self._sizes[name] = printed_size(row["payload"])
        self._left -= self._sizes[name]
        if self._left < 0:
            raise BlobError(f"it would have more than {LONGEST // 2**20} MB")
        return row["payload"]
