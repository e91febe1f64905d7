"""mitmproxy: flow by flow, with times, codings and what was left out."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any

import pytest

from coldbyte.core.cache.usage import Usage
from coldbyte.services.importing.importer import HEAD_BYTES, ImportCancelledError, ImportTroubleError
from coldbyte.services.importing.mitmproxy_importer import MitmproxyImporter
from coldbyte.services.importing.registry import importer_for
from coldbyte.services.importing.source import BLOCK, WatchedStream
from services.importing.import_seed import read, sse, wire
from services.importing.log_seed import flow, netstring, pairs

IMPORTER = MitmproxyImporter()


def encoded(coding: str, body: bytes, received: bytes) -> dict[str, Any]:
    """A flow whose bodies came with a content coding."""
    whole = flow()
    for part, content in (("request", body), ("response", received)):
        headers = [*whole[part]["headers"], *pairs({"Content-Encoding": coding})]
        whole[part] = {**whole[part], "content": content, "headers": headers}
    return whole


def as_bytes(value: Any) -> Any:
    """A flow as mitmproxy under Python 2 wrote it: all text as bytes."""
    if isinstance(value, dict):
        return {key.encode(): as_bytes(item) for key, item in value.items()}
    return value.encode() if isinstance(value, str) else value


def test_a_flow_gives_bytes_times_usage_and_the_id_of_the_request() -> None:
    (kept,), remarks = read(IMPORTER, netstring(flow()), "a.flow")
    assert (kept.wire, kept.wire_known, kept.complete) == (wire(), True, True)
    assert (kept.source, kept.received) == ("a.flow, flow 1", sse())
    assert (kept.started_at, kept.first_event_at, kept.ended_at) == (1795168800.5, 1795168801.0, 1795168803.0)
    assert kept.usage == Usage(900, 60, 40, 7, 9)
    assert (kept.request_id, kept.message_id, kept.status) == ("req_1", "msg_01A", 200)
    assert kept.headers["host"] == "api.anthropic.com"
    assert kept.diagnostics == {
        "cache_miss_reason": {"type": "tools_changed", "cache_missed_input_tokens": 42}
    }
    assert {remark.kind for remark in remarks} == {"secret"}
    assert len(remarks) == 4  # key, cookie, parameter, cookie of the response


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data, wbits=-15)),
        ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
        ("identity", bytes),
    ],
)
def test_compressed_bodies_are_unpacked(coding: str, packed: Any) -> None:
    (kept,), _ = read(IMPORTER, netstring(encoded(coding, packed(wire()), packed(sse()))))
    assert (kept.wire, kept.received) == (wire(), sse())


def test_a_coding_that_is_not_known_is_listed_and_the_rest_is_kept() -> None:
    whole = flow()
    whole["response"]["headers"] += pairs({"content-encoding": "br"})
    (kept,), remarks = read(IMPORTER, netstring(whole))
    assert (kept.wire, kept.received, kept.usage) == (wire(), b"", None)
    assert any("compressed with 'br'" in remark.say and remark.kind == "unknown" for remark in remarks)
    exchanges, remarks = read(IMPORTER, netstring(encoded("zstd", b"(\xb5/\xfd", b"")))
    assert not exchanges
    assert any("the request can't be read: it is compressed with 'zstd'" in one.say for one in remarks)


def test_a_body_that_unpacks_to_more_than_is_read_is_refused() -> None:
    bomb = gzip.compress(b" " * (130 * 2**20))
    exchanges, remarks = read(IMPORTER, netstring(encoded("gzip", bomb, b"")))
    assert not exchanges
    assert any("larger than 128 MB" in remark.say for remark in remarks)


def test_a_response_that_was_cut_off_keeps_what_there_is() -> None:
    half = flow(received=sse(whole=False), error={"msg": "Client disconnected.", "timestamp": 1.0})
    (kept,), _ = read(IMPORTER, netstring(half))
    assert kept.reply == "Yes."
    assert kept.failure == "The response broke off before its end."
    never = flow(response=None, error={"msg": "Connection refused: sk-ant-PLANTED-key", "timestamp": 1.0})
    (kept,), _ = read(IMPORTER, netstring(never))
    assert kept.failure == "mitmproxy: Connection refused: removed"
    assert (kept.status, kept.received, kept.first_event_at) == (None, b"", None)


@pytest.mark.parametrize("version", [(0, 18), 6, 7, 12, 20, 21])
def test_all_flow_formats_are_read(version: Any) -> None:
    (kept,), remarks = read(IMPORTER, netstring(flow(version=version)))
    assert (kept.wire, kept.usage) == (wire(), Usage(900, 60, 40, 7, 9))
    assert not [remark for remark in remarks if remark.kind == "unknown"]


def test_files_of_python_2_are_read() -> None:
    (kept,), _ = read(IMPORTER, netstring(as_bytes(flow(version=[0, 17]))))
    assert (kept.wire, kept.status, kept.headers["host"]) == (wire(), 200, "api.anthropic.com")


def test_a_format_that_is_newer_is_read_as_far_as_it_goes_and_said_once() -> None:
    exchanges, remarks = read(IMPORTER, netstring(flow(version=99)) * 2)
    assert len(exchanges) == 2
    assert ["99" in remark.say for remark in remarks if remark.kind == "unknown"] == [True]


def test_what_is_no_messages_request_is_counted() -> None:
    other = flow()
    other["request"] = {**other["request"], "path": b"/v1/messages/count_tokens"}
    listed = [
        other,
        other,
        flow(type="tcp"),
        flow(type="dns", request=None),
        flow(websocket={"messages": []}),
    ]
    exchanges, remarks = read(IMPORTER, b"".join(map(netstring, listed)), "a.flow")
    assert not exchanges
    assert [remark.say for remark in remarks] == [
        "Left out: requests to api.anthropic.com that are no Messages requests (2).",
        "Left out: TCP flows (1).",
        "Left out: DNS flows (1).",
        "Left out: WebSocket flows (1).",
    ]


def test_a_body_that_was_streamed_past_is_listed() -> None:
    streamed = flow()
    streamed["request"] = {**streamed["request"], "content": None}
    exchanges, remarks = read(IMPORTER, netstring(streamed))
    assert not exchanges
    assert "passed on as a stream" in remarks[0].say


def test_a_flow_that_the_file_cuts_off_is_listed() -> None:
    data = netstring(flow())
    exchanges, remarks = read(IMPORTER, data + data[:-5], "a.flow")
    assert len(exchanges) == 1
    assert remarks[-1].place == "a.flow, flow 2"
    assert f"begins at byte {len(data):,}" in remarks[-1].say


def test_a_damaged_flow_is_listed_by_its_byte_and_the_next_is_read() -> None:
    bad = b"12:4:type;3:x#?}"
    exchanges, remarks = read(IMPORTER, bad + netstring(flow()))
    assert len(exchanges) == 1
    assert remarks[0].say.startswith("Not understood at byte 10: ")


def test_what_is_no_flow_ends_the_reading_and_says_where() -> None:
    with pytest.raises(ImportTroubleError) as caught:
        read(IMPORTER, netstring(flow()) + b"garbage")
    assert caught.value.byte == len(netstring(flow()))


@pytest.mark.parametrize("data", [b"", b"5:hello,", b"12:3:abcd;", b"{}", b"1:", b"curl http://a"])
def test_other_files_do_not_fit(data: bytes) -> None:
    assert not IMPORTER.fits(data, "a.flow")


def test_cancelling_stops_within_one_block() -> None:
    data = netstring(flow(received=sse() + b" " * BLOCK)) * 3
    told: list[int] = []
    stream = io.BufferedReader(WatchedStream(io.BytesIO(data), told.append, lambda: bool(told)))
    importer = importer_for(data[:HEAD_BYTES], "x")
    assert isinstance(importer, MitmproxyImporter)
    with pytest.raises(ImportCancelledError):
        list(importer.read(stream, "x"))
    assert told[-1] <= BLOCK
