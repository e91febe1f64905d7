"""What is exported can be imported, and is the same: body, cURL, JSONL, HAR."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldbyte.core.export.curl import curl_command
from coldbyte.core.export.exchange_line import JSONL, exchange_line
from coldbyte.core.export.har import har_format
from coldbyte.core.export.outgoing import outgoing_of_exchange
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.importer import HEAD_BYTES
from coldbyte.services.importing.registry import importer_for
from core.export.kept import kept
from core.export.nasty import WIRES, body, outgoing, wire

WHOLE = (
    b'{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5-5","content":[{"type":"text",'
    b'"text":"Yes."}],"stop_reason":"end_turn","usage":{"input_tokens":7,"cache_creation_input_tokens":50,'
    b'"cache_read_input_tokens":900,"cache_creation":{"ephemeral_5m_input_tokens":20,'
    b'"ephemeral_1h_input_tokens":30},"output_tokens":11}}'
)


def imported(data: bytes, name: str) -> tuple[list[KeptExchange], list[Remark]]:
    importer = importer_for(data[:HEAD_BYTES], name)
    assert importer is not None
    found = list(importer.read(io.BytesIO(data), name))
    return (
        [each for each in found if isinstance(each, KeptExchange)],
        [each for each in found if isinstance(each, Remark)],
    )


@pytest.mark.parametrize("name", WIRES)
def test_a_body_comes_back(name: str) -> None:
    (found,), _ = imported(WIRES[name], "request.json")
    assert found.wire == WIRES[name]


@pytest.mark.parametrize("name", [name for name, data in WIRES.items() if len(data) <= 100_000])
def test_a_curl_command_comes_back(name: str) -> None:
    request = outgoing(WIRES[name], betas=["a-1"], version="2023-06-01")
    (found,), _ = imported(curl_command(request).encode(), "request.sh")
    assert found.wire == WIRES[name]
    again = outgoing_of_exchange(found)
    assert (again.betas, again.version) == (("a-1",), "2023-06-01")


@pytest.mark.parametrize("name", WIRES)
@pytest.mark.parametrize("form", ["jsonl", "har"])
def test_an_exchange_comes_back(name: str, form: str) -> None:
    exchange = kept(WIRES[name], received=WHOLE, reply="Yes.")
    data = exchange_line(exchange) if form == "jsonl" else har_format("1").whole([exchange])
    (found,), _ = imported(data, f"x.{form}")
    assert found.wire == exchange.wire
    assert found.usage == exchange.usage
    assert found.received == exchange.received
    assert (found.message_id, found.reply, found.model) == ("msg_1", "Yes.", exchange.model)
    assert found.started_at == pytest.approx(exchange.started_at, abs=1e-6)
    assert found.ended_at == pytest.approx(exchange.ended_at, abs=1e-3)
    assert outgoing_of_exchange(found).betas == ("a-1", "b-2")


def test_many_exchanges_come_back_in_their_order() -> None:
    exchanges = [replace(kept(data), received=WHOLE) for data in WIRES.values()]
    for data, name in ((JSONL.whole(exchanges), "x.jsonl"), (har_format("1").whole(exchanges), "x.har")):
        found, _ = imported(data, name)
        assert [each.wire for each in found] == list(WIRES.values())


@settings(max_examples=60)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80), ascii_only=st.booleans())
def test_any_text_comes_back(text: str, ascii_only: bool) -> None:
    data = wire(body(text), ascii_only=ascii_only)
    exchange = kept(data, received=WHOLE)
    for exported, name in (
        (data, "x.json"),
        (curl_command(outgoing(data)).encode(), "x.sh"),
        (exchange_line(exchange), "x.jsonl"),
        (har_format("1").whole([exchange]), "x.har"),
    ):
        (found,), _ = imported(exported, name)
        assert found.wire == data, name
