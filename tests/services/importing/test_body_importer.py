"""Bodies and exchanges, one document or one a line: bytes as they were, what is broken is listed."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.services.importing.body_importer import BodyImporter
from coldbyte.services.importing.jsonl_importer import JsonlImporter
from coldbyte.services.importing.source import lines
from services.importing.import_seed import BODY, DIAGNOSTICS, SECRET, USAGE, exchange, jsonl, read, sse, wire

RECORDED = Path(__file__).parents[2] / "data" / "recorded-exchanges.jsonl"


def test_every_recorded_request_comes_in_with_its_own_bytes_and_usage() -> None:
    rows = RECORDED.read_bytes().splitlines()
    exchanges, remarks = read(JsonlImporter(), RECORDED.read_bytes(), "log.jsonl")
    assert len(exchanges) == len(rows)
    assert remarks == []
    for row, kept in zip(rows, exchanges, strict=True):
        assert kept.wire in row
        assert json.loads(kept.wire) == json.loads(row)["request"]
        assert kept.conversation == json.loads(row)["session"]
        told = json.loads(row)["usage"]
        if "cache_read_input_tokens" in told:
            assert kept.usage is not None
            assert kept.usage.read == told["cache_read_input_tokens"]


def test_a_body_keeps_spacing_repeated_keys_and_the_spelling_of_numbers() -> None:
    data = (
        b'{ "model": "m", "model":"claude-opus-5",\n "temperature": 1.0e0, "messages": [], "max_tokens":0064}'
    )
    assert read(BodyImporter(), data)[0] == []
    data = data.replace(b"0064", b"64")
    exchanges, remarks = read(BodyImporter(), b"\xef\xbb\xbf" + data, "a.json")
    assert [one.wire for one in exchanges] == [data]
    assert exchanges[0].model == "claude-opus-5"
    assert exchanges[0].wire_known
    assert remarks == []


def test_an_exchange_in_the_form_of_the_contract_gives_all_its_parts() -> None:
    (kept,), remarks = read(
        BodyImporter(), json.dumps(exchange(first_event_at=1_790_000_000)).encode(), "e.json"
    )
    assert kept.wire == wire()
    assert (kept.started_at, kept.first_event_at, kept.ended_at) == (1795168800.0, 1790000000.0, None)
    assert kept.usage == Usage(900, 60, 40, 7, 1)
    assert kept.diagnostics == DIAGNOSTICS
    assert kept.message_id == "msg_01A"
    assert kept.headers == {"anthropic-version": "2023-06-01"}
    assert len(kept.scope) == 16
    assert {remark.say.rsplit(" ", 1)[-1] for remark in remarks} == {"x-api-key.", "authorization."}


def test_two_keys_give_two_scopes_and_neither_stands_in_one() -> None:
    scopes = set()
    for key in (SECRET, SECRET + "x"):
        (kept,), _ = read(BodyImporter(), json.dumps(exchange(headers={"X-Api-Key": key})).encode())
        scopes.add(kept.scope)
        assert key not in kept.scope
    assert len(scopes) == 2


def test_events_of_a_response_are_kept_as_received_and_read() -> None:
    row = exchange(response=None, response_raw=sse().decode())
    (kept,), _ = read(BodyImporter(), json.dumps(row).encode())
    assert kept.received == sse()
    assert kept.reply == "Yes."
    assert kept.usage == Usage(900, 60, 40, 7, 9)
    assert kept.stop_reason == "end_turn"
    assert kept.failure == ""
    assert kept.diagnostics == DIAGNOSTICS


def test_a_response_that_broke_off_is_a_failure_with_what_came() -> None:
    row = exchange(response=None, response_raw=sse(whole=False).decode())
    (kept,), _ = read(BodyImporter(), json.dumps(row).encode())
    assert kept.failure == "The response broke off before its end."
    assert kept.reply == "Yes."
    assert kept.usage is not None


def test_lines_that_are_not_understood_are_listed_with_line_and_byte() -> None:
    otel: dict[str, Any] = {"resourceSpans": [{"scopeSpans": []}]}
    data = wire() + b"\n\n{broken\n" + jsonl([otel]) + b'"text"\r\n' + wire()
    exchanges, remarks = read(JsonlImporter(), data, "log.jsonl")
    assert [one.source for one in exchanges] == ["log.jsonl:1", "log.jsonl:6"]
    assert [one.wire for one in exchanges] == [wire(), wire()]
    assert [(remark.line, remark.kind) for remark in remarks] == [
        (3, "unknown"),
        (4, "unknown"),
        (5, "unknown"),
    ]
    assert "byte 1" in remarks[0].say


def test_a_file_of_lines_is_read_line_by_line_whatever_it_was_taken_for() -> None:
    exchanges, _ = read(BodyImporter(), wire() + b"\n" + wire(), "log")
    assert [one.source for one in exchanges] == ["log:1", "log:2"]


def test_a_secret_beside_the_prompt_is_taken_out_and_one_in_the_prompt_stays() -> None:
    body = {
        **BODY,
        "messages": [{"role": "user", "content": f"Is {SECRET} a key?"}],
        "metadata": {"user_id": f"u {SECRET}"},
        "mcp_servers": [{"type": "url", "url": "https://x", "name": "x", "authorization_token": "t0ken"}],
    }
    (kept,), remarks = read(BodyImporter(), wire(body))
    tree = json.loads(kept.wire)
    assert tree["messages"] == body["messages"]
    assert tree["metadata"] == {"user_id": "u removed"}
    assert tree["mcp_servers"][0]["authorization_token"] == "removed"
    assert not kept.wire_known
    assert {remark.say.split(": ")[1] for remark in remarks if remark.kind == "secret"} == {
        "the field metadata.user_id.",
        "the field mcp_servers[0].authorization_token.",
    }


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.booleans())
def test_any_text_comes_through_a_line_byte_for_byte(text: str, escaped: bool) -> None:
    body = {**BODY, "messages": [{"role": "user", "content": text}]}
    data = json.dumps(body, ensure_ascii=escaped).encode()
    exchanges, _ = read(
        JsonlImporter(), data + b"\n" + jsonl([exchange(request=body, request_raw=data.decode())])
    )
    assert [one.wire for one in exchanges] == [data, data]


@given(st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line and not line.endswith(b"\r"))))
def test_lines_are_those_of_the_file_with_their_places(parts: list[bytes]) -> None:
    data = b"\r\n".join(parts)
    found = list(lines(io.BytesIO(data)))
    assert [line.data for line in found] == (parts if not parts or parts[-1] else parts[:-1])
    for line in found:
        assert data[line.byte :].startswith(line.data or b"")
    assert [line.number for line in found] == list(range(1, len(found) + 1))


def test_a_line_that_is_too_long_is_told_and_not_kept() -> None:
    found = list(lines(io.BytesIO(b"a\n" + b"x" * 500 + b"\nb"), longest=100))
    assert [(line.number, line.byte, line.data, line.size) for line in found] == [
        (1, 0, b"a", 1),
        (2, 2, None, 500),
        (3, 503, b"b", 1),
    ]


def test_usage_alone_is_taken_where_no_response_was_kept() -> None:
    (kept,), _ = read(BodyImporter(), json.dumps({"request": BODY, "usage": USAGE}).encode())
    assert isinstance(kept, KeptExchange)
    assert kept.usage == Usage(900, 60, 40, 7, 1)
