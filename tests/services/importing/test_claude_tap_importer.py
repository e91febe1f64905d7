"""claude-tap: records of both forms, with times, usage and what was left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coldbyte.core.cache.usage import Usage
from coldbyte.services.importing.claude_tap_importer import ClaudeTapImporter
from coldbyte.services.importing.importer import HEAD_BYTES, ImportTroubleError
from coldbyte.services.importing.registry import importer_for
from services.importing.import_seed import BODY, DIAGNOSTICS, jsonl, read, wire
from services.importing.log_seed import MESSAGE, tap_bundle, tap_record

IMPORTER = ClaudeTapImporter()


def with_request(**changes: Any) -> dict[str, Any]:
    record = tap_record()
    return {**record, "request": {**record["request"], **changes}}


def test_a_record_gives_the_request_times_usage_and_diagnostics() -> None:
    (kept,), remarks = read(IMPORTER, jsonl([tap_record()]), "trace.jsonl")
    assert (kept.wire, kept.wire_known, kept.complete) == (wire(), False, True)
    assert (kept.source, kept.conversation) == ("trace.jsonl:1", "s1")
    assert (kept.started_at, kept.ended_at) == (1795168800.5, 1795168802.5)
    assert kept.usage == Usage(900, 60, 40, 7, 1)
    assert (kept.reply, kept.stop_reason, kept.diagnostics) == ("Yes.", "end_turn", DIAGNOSTICS)
    assert (kept.headers["host"], kept.request_id) == ("api.anthropic.com", "req_1")
    assert {remark.kind for remark in remarks} == {"secret"}


def test_a_body_that_was_kept_as_a_string_is_the_wire_itself() -> None:
    odd = '{ "model": "claude-opus-5", "max_tokens": 1.0e1, "messages": [] }'
    (kept,), _ = read(IMPORTER, jsonl([with_request(body=odd)]))
    assert (kept.wire, kept.wire_known) == (odd.encode(), True)


def test_events_are_put_together_where_they_were_recorded() -> None:
    events = [
        {"event": "message_start", "data": {"type": "message_start", "message": {**MESSAGE, "content": []}}},
        {"event": "ping", "data": "not\njson"},
        {"event": "message_stop", "data": {"type": "message_stop"}},
    ]
    record = tap_record(response={"status": 200, "headers": {}, "body": MESSAGE, "sse_events": events})
    (kept,), _ = read(IMPORTER, jsonl([record]))
    assert kept.received.startswith(b"event: message_start\ndata: {")
    assert b"event: ping\ndata: not\ndata: json\n\n" in kept.received
    assert (kept.message_id, kept.usage) == ("msg_01A", Usage(900, 60, 40, 7, 1))


def test_an_error_of_the_proxy_is_the_failure() -> None:
    response = {"status": 502, "headers": {}, "body": None, "error": "cannot connect with sk-ant-PLANTED"}
    (kept,), _ = read(IMPORTER, jsonl([tap_record(response=response)]))
    assert (kept.status, kept.failure) == (502, "claude-tap: cannot connect with removed")


def test_a_bundle_gives_its_records_with_the_values_that_they_share() -> None:
    data = json.dumps(tap_bundle()).encode()
    assert importer_for(data[:HEAD_BYTES], "x.json") is not None
    exchanges, _ = read(IMPORTER, data, "t.ctap.json")
    assert [kept.wire for kept in exchanges] == [wire(), wire()]
    assert exchanges[1].source == "t.ctap.json, record 2"


def test_a_bundle_that_lacks_a_value_lists_the_records_that_name_it() -> None:
    bundle = tap_bundle()
    bundle["blobs"] = {}
    bundle["records"].append(tap_record())
    exchanges, remarks = read(IMPORTER, json.dumps(bundle).encode())
    assert len(exchanges) == 1
    assert ["can't be put together" in remark.say for remark in remarks[:2]] == [True, True]


def test_a_bundle_does_not_grow_beyond_what_is_read() -> None:
    bundle = tap_bundle()
    name = next(iter(bundle["blobs"]))
    bundle["blobs"][name]["payload"] = {"role": "user", "content": "x" * 1_000_000}
    body = bundle["records"][0]["record"]["request"]["body"]
    body["messages"] = body["messages"] * 200
    exchanges, remarks = read(IMPORTER, json.dumps(bundle).encode())
    assert not exchanges
    assert "more than 128 MB" in remarks[0].say


def test_what_is_no_messages_request_or_not_understood_is_listed() -> None:
    rows = [with_request(path="/v1/models"), with_request(method="WEBSOCKET", body=None), {"a": 1}]
    data = jsonl([*rows, with_request(body=None)]) + b"{broken\n\n" + jsonl([tap_record()])
    exchanges, remarks = read(IMPORTER, data, "t.jsonl")
    assert [kept.source for kept in exchanges] == ["t.jsonl:7"]
    unknown = [(remark.line, remark.say) for remark in remarks if remark.kind == "unknown"]
    assert unknown[0] == (3, "This is no record of claude-tap: it has no request.")
    assert unknown[1] == (4, "The body of the request is not in the trace.")
    assert unknown[2][0] == 5
    assert unknown[2][1].startswith("Not understood: ")
    assert [say for _, say in unknown[3:]] == [
        "Left out: requests to api.anthropic.com that are no Messages requests (1).",
        "Left out: WebSocket connections (1).",
    ]


def test_a_trace_whose_first_line_is_longer_than_the_head_is_known() -> None:
    long = with_request(body={**BODY, "system": "x" * 100_000})
    data = jsonl([long])
    assert isinstance(importer_for(data[:HEAD_BYTES], "any"), ClaudeTapImporter)
    assert len(read(IMPORTER, data)[0]) == 1


def test_a_bundle_that_breaks_off_is_refused_with_its_place() -> None:
    with pytest.raises(ImportTroubleError) as caught:
        read(IMPORTER, json.dumps(tap_bundle()).encode()[:-20])
    assert caught.value.byte is not None


@pytest.mark.parametrize("changes", [{"timestamp": "soon"}, {"timestamp": None}, {"duration_ms": "long"}])
def test_times_that_are_none_are_not_made_up(changes: dict[str, Any]) -> None:
    (kept,), _ = read(IMPORTER, jsonl([tap_record(**changes)]))
    assert kept.started_at is None
