"""HAR: entry by entry, with times, usage and what was left out."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.usage import Usage
from coldbyte.services.importing.har_importer import HarImporter
from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.json_stream import elements
from coldbyte.services.importing.source import BLOCK
from services.importing.import_seed import (
    base64_content,
    foreign_entry,
    har,
    har_entry,
    read,
    sse,
    wire,
)


def changed(entry: dict[str, Any], part: str, **changes: Any) -> dict[str, Any]:
    return {**entry, part: {**entry[part], **changes}}


def test_an_entry_gives_bytes_times_usage_and_the_id_of_the_request() -> None:
    (kept,), remarks = read(HarImporter(), har([har_entry(wire())]), "a.har")
    assert kept.wire == wire()
    assert kept.wire_known
    assert kept.source == "a.har, entry 1"
    assert (kept.started_at, kept.ended_at) == (1795168800.5, 1795168803.0)
    assert kept.first_event_at == pytest.approx(1795168801.0)
    assert kept.usage == Usage(900, 60, 40, 7, 9)
    assert (kept.request_id, kept.message_id, kept.status) == ("req_1", "msg_01A", 200)
    assert kept.received == sse()
    assert {remark.kind for remark in remarks} == {"secret"}
    assert any("the parameter api_key" in remark.say for remark in remarks)


def test_bodies_in_base64_and_as_params_are_decoded() -> None:
    entry = har_entry(wire(), response={"status": 200, "headers": [], "content": base64_content(sse())})
    posted = {"mimeType": "application/json", **base64_content(wire())}
    (kept,), _ = read(HarImporter(), har([changed(entry, "request", postData=posted)]))
    assert (kept.wire, kept.received) == (wire(), sse())
    params = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": wire().decode()}]}
    (kept,), _ = read(HarImporter(), har([changed(entry, "request", postData=params)]))
    assert kept.wire == wire()


def test_another_size_on_the_wire_is_told_and_a_missing_body_listed() -> None:
    entry = har_entry(wire())
    (kept,), remarks = read(HarImporter(), har([changed(entry, "request", bodySize=9999)]))
    assert not kept.wire_known
    assert any("9,999" in remark.say for remark in remarks)
    exchanges, remarks = read(HarImporter(), har([changed(entry, "request", postData=None)]), "a")
    assert exchanges == []
    assert [(remark.place, remark.kind) for remark in remarks] == [("a, entry 1", "unknown")]


def test_entries_of_others_are_counted_by_host_and_sockets_told() -> None:
    entries = [foreign_entry("https://a.example/x")] * 3 + [
        foreign_entry("https://u:pw@b.example/v1/messages")
    ]
    count = changed(har_entry(wire()), "request", url="https://api.anthropic.com/v1/messages/count_tokens")
    socket = {**foreign_entry("wss://a.example/s"), "_webSocketMessages": [{"data": "x"}]}
    exchanges, remarks = read(HarImporter(), har([*entries, count, socket]))
    assert exchanges == []
    says = [remark.say for remark in remarks]
    assert any("4" in say and "a.example" in say for say in says)
    assert any("b.example" in say and "pw" not in say for say in says)
    assert any("api.anthropic.com" in say for say in says)
    assert any("WebSocket" in say for say in says)


def test_a_broken_entry_is_told_with_its_byte_and_the_others_come_in() -> None:
    data = har([har_entry(wire()), {"request": "MARK"}, har_entry(wire())]).replace(b'"MARK"', b"tru")
    exchanges, remarks = read(HarImporter(), data, "a")
    assert [one.source for one in exchanges] == ["a, entry 1", "a, entry 3"]
    (broken,) = [remark for remark in remarks if remark.place == "a, entry 2"]
    assert f"byte {data.index(b': tru') + 2:,}" in broken.say


def test_a_file_that_breaks_off_gives_what_stands_before_and_our_trouble() -> None:
    data = har([har_entry(wire())] * 3)
    cut = data[: len(data) * 2 // 3]
    found: list[object] = []
    with pytest.raises(ImportTroubleError) as caught:
        found.extend(HarImporter().read(io.BytesIO(cut), "a"))
    assert caught.value.byte == len(cut)
    assert sum(type(one).__name__ == "KeptExchange" for one in found) == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(VALUES, max_size=6), VALUES, st.sampled_from([None, 1]), st.integers(1, 40), st.booleans())
def test_the_elements_are_those_of_the_document_however_it_is_read(
    items: list[Any], other: Any, indent: int | None, block: int, escaped: bool
) -> None:
    tree = {"x": other, "log": {"pages": other, "entries": items, "z": other}}
    data = json.dumps(tree, indent=indent, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    found = list(elements(_Dribble(data, block), ("log", "entries")))  # type: ignore[arg-type]
    assert [json.loads(one.data or b"null") for one in found] == items
    for one in found:
        assert data[one.byte :].startswith(one.data or b"")


class _Dribble:
    """A stream that gives few bytes at a time."""

    def __init__(self, data: bytes, block: int) -> None:
        self._data, self._block, self._place = data, block, 0

    def read(self, _size: int) -> bytes:
        start, self._place = self._place, self._place + self._block
        return self._data[start : start + self._block]


def test_an_element_that_is_too_long_is_passed_without_keeping_it() -> None:
    data = json.dumps({"log": {"entries": ["a", "x" * 5000, "b"]}}).encode()
    found = list(elements(_Dribble(data, 100), ("log", "entries"), longest=1000))  # type: ignore[arg-type]
    assert [one.data for one in found] == [b'"a"', None, b'"b"']


_MEASURE = """
import io, resource, sys
from coldbyte.services.importing.source import WatchedStream
from coldbyte.services.importing.registry import importer_for
from pathlib import Path
path = Path(sys.argv[1])
with path.open("rb") as file:
    importer = importer_for(file.read(65536), path.name)
    file.seek(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stream = io.BufferedReader(WatchedStream(file, lambda done: None, lambda: False))
    count = sum(type(one).__name__ == "KeptExchange" for one in importer.read(stream, path.name))
print(importer.name, count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is not there")
@pytest.mark.parametrize("kind", ["har", "jsonl"])
def test_a_large_file_takes_a_fraction_of_its_size_in_memory(tmp_path: Path, kind: str) -> None:
    size = 200_000_000 if os.environ.get("COLDBYTE_LONG") == "1" else 24_000_000
    body = wire({"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "word " * 50_000}]})
    entry = json.dumps(har_entry(body)).encode()
    row, glue = (entry, b",\n") if kind == "har" else (body, b"\n")
    path = tmp_path / f"large.{kind}"
    count = size // len(row)
    with path.open("wb") as file:
        file.write(b'{"log": {"entries": [' if kind == "har" else b"")
        for index in range(count):
            file.write((glue if index else b"") + row)
        file.write(b"]}}" if kind == "har" else b"\n")
    done = subprocess.run([sys.executable, "-c", _MEASURE, path], capture_output=True, check=True, text=True)
    found, peak = done.stdout.rsplit(" ", 2)[-2:]
    assert int(found) == count
    assert int(peak) < min(size // 2, 12_000_000 + 40 * BLOCK)
