"""A line of JSONL gives back the exchange."""

from __future__ import annotations

import json

import pytest

from coldbyte.core.capture import read_capture
from coldbyte.core.export.exchange_line import JSONL, exchange_line
from coldbyte.core.export.outgoing import ExportError, outgoing_of_capture, outgoing_of_exchange
from coldbyte.core.prefix.canonical_prefix import prefix_of
from core.export.kept import kept
from core.export.nasty import WIRES


@pytest.mark.parametrize("name", WIRES)
def test_a_line_is_read_back_as_it_was(name: str) -> None:
    exchange = kept(WIRES[name])
    line = exchange_line(exchange)
    assert line.count(b"\n") == 1
    capture = read_capture(line)
    assert outgoing_of_capture(capture).wire == exchange.wire
    before = outgoing_of_exchange(exchange)
    assert (capture.api_version, capture.betas) == (before.version, frozenset(before.betas))
    assert capture.usage == exchange.usage
    times = capture.started_at, capture.first_event_at, capture.ended_at
    assert times == (exchange.started_at, exchange.first_event_at, exchange.ended_at)
    assert (capture.scope, capture.route.host) == ("simulator", "127.0.0.1:80")
    assert capture.response is not None
    assert (capture.response.id, capture.response.model) == ("msg_1", "claude-sonnet-5-5")


def test_a_body_of_which_only_the_meaning_is_known_has_no_raw_form() -> None:
    value = json.loads(exchange_line(kept(wire_known=False, complete=False)))
    assert (value["request_raw"], value["complete"]) == (None, False)
    assert prefix_of(read_capture(json.dumps(value).encode()).body).size > 0


def test_usage_is_made_from_the_counts_where_it_was_not_kept() -> None:
    capture = read_capture(exchange_line(kept(usage_fields={})))
    assert capture.usage == kept().usage


def test_the_bytes_of_the_answer_are_there() -> None:
    assert json.loads(exchange_line(kept()))["response_raw"] == kept().received.decode()
    assert json.loads(exchange_line(kept(received=b"\xff")))["response_base64"] == "/w=="
    whole = b'{"type":"message","id":"msg_9","content":[],"model":"m","usage":{"input_tokens":1}}'
    assert json.loads(exchange_line(kept(received=whole)))["response"]["id"] == "msg_9"


def test_without_an_answer_the_response_is_null() -> None:
    silent = kept(message_id=None, reply="", usage=None, usage_fields={}, received=b"", status=None)
    assert json.loads(exchange_line(silent))["response"] is None


def test_lines_follow_each_other() -> None:
    assert JSONL.whole([kept(), kept()]) == exchange_line(kept()) * 2


def test_a_body_that_is_no_json_is_said() -> None:
    with pytest.raises(ExportError, match="can't be read"):
        exchange_line(kept(b"\xff{"))


def test_half_a_character_breaks_no_line() -> None:
    line = exchange_line(kept(title="cut \ud83d", reply="cut \ude00", received=b""))
    assert json.loads(line)["title"] == "cut \ufffd"
    assert read_capture(line).usage == kept().usage
