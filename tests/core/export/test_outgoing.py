"""What of a request leaves the app: exact bytes, safe headers, no foreign host."""

from __future__ import annotations

import pytest

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.capture import read_capture
from coldbyte.core.export.captured import kept_of_capture
from coldbyte.core.export.exchange_line import exchange_line
from coldbyte.core.export.outgoing import (
    NEWEST_VERSION,
    OFFICIAL,
    ExportError,
    Outgoing,
    outgoing_of_body,
    outgoing_of_exchange,
)
from core.export.kept import kept
from core.export.nasty import WIRES, outgoing


@pytest.mark.parametrize(
    ("host", "url"),
    [
        (None, OFFICIAL),
        ("api.anthropic.com", OFFICIAL),
        ("gateway.example.com", OFFICIAL),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost", "http://localhost"),
        ("[::1]:80", "http://[::1]:80"),
        ("127.0.0.1.evil.example", OFFICIAL),
        ('127.0.0.1:80"; id; "', OFFICIAL),
        ("127.0.0.1:80\n", OFFICIAL),
    ],
)
def test_only_this_machine_and_the_api_are_addresses(host: str | None, url: str) -> None:
    assert Outgoing(b"{}", {}, host=host).base_url == url


def test_the_version_is_that_of_the_exchange_or_the_newest_that_takes_the_body() -> None:
    assert outgoing(WIRES["quotes"], version="2023-01-01").api_version == "2023-01-01"
    assert outgoing(WIRES["quotes"]).api_version == NEWEST_VERSION
    assert outgoing(b'{"temperature":1}').api_version == "2023-06-01"
    assert outgoing(WIRES["quotes"], version="x\r\nevil: 1").version is None


def test_a_body_keeps_its_bytes_wherever_it_stands() -> None:
    data = b'\xef\xbb\xbf {"log": [ {"model": "m",  "messages": [] } ]}'
    start = data.index(b'{"model')
    body = RequestBody({"model": "m", "messages": []}, Source(data, start))
    assert outgoing_of_body(body).wire == b'{"model": "m",  "messages": [] }'
    assert outgoing_of_body(RequestBody({"a": "é"})).wire == '{"a":"é"}'.encode()


def test_an_exchange_whose_body_is_no_object_is_said() -> None:
    for data in (b"[]", b"{", b"\xff"):
        with pytest.raises(ExportError, match="can't be read"):
            outgoing_of_exchange(kept(data))


def test_a_capture_becomes_an_exchange_that_says_the_same() -> None:
    line = exchange_line(kept())
    again = kept_of_capture(read_capture(line), "log.jsonl:1")
    first = kept()
    assert (again.wire, again.usage, again.reply, again.model) == (
        first.wire,
        first.usage,
        first.reply,
        first.model,
    )
    assert (again.started_at, again.ended_at, again.message_id) == (
        first.started_at,
        first.ended_at,
        first.message_id,
    )
    assert again.headers == {**first.headers, "anthropic-beta": "a-1,b-2"}
    assert (again.origin, again.source) == ("captured", "log.jsonl:1")
