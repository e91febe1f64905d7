"""HAR 1.2: what the format requires is there, and the bytes are those that were sent."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from coldbyte.core.capture import read_time
from coldbyte.core.export.har import har_format
from coldbyte.core.history.kept_exchange import KeptExchange
from core.export.kept import STREAM, kept
from core.export.nasty import WIRES

PAIRS = {"type": "array", "items": {"type": "object", "required": ["name", "value"]}}
MESSAGE = ["httpVersion", "cookies", "headers", "headersSize", "bodySize"]
SCHEMA: dict[str, Any] = {  # what HAR 1.2 requires
    "type": "object",
    "required": ["log"],
    "properties": {
        "log": {
            "type": "object",
            "required": ["version", "creator", "entries"],
            "properties": {
                "version": {"const": "1.2"},
                "creator": {"type": "object", "required": ["name", "version"]},
                "entries": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
                        "properties": {
                            "time": {"type": "number", "minimum": 0},
                            "startedDateTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT.*Z$"},
                            "request": {
                                "required": ["method", "url", "queryString", *MESSAGE],
                                "properties": {
                                    "headers": PAIRS,
                                    "postData": {"required": ["mimeType", "text"]},
                                },
                            },
                            "response": {
                                "required": ["status", "statusText", "content", "redirectURL", *MESSAGE],
                                "properties": {
                                    "headers": PAIRS,
                                    "content": {"required": ["size", "mimeType"]},
                                },
                            },
                            "cache": {"type": "object"},
                            "timings": {
                                "required": ["send", "wait", "receive"],
                                "additionalProperties": {"type": "number", "minimum": 0},
                            },
                        },
                    },
                },
            },
        }
    },
}


def entry(exchange: KeptExchange) -> Any:
    value = json.loads(har_format("1.0").whole([exchange]))
    Draft202012Validator(SCHEMA).validate(value)
    (only,) = value["log"]["entries"]
    return only


@pytest.mark.parametrize("name", WIRES)
def test_the_body_is_exact(name: str) -> None:
    data = WIRES[name]
    found = entry(kept(data))["request"]
    assert found["postData"]["text"].encode() == data
    assert found["bodySize"] == len(data)
    assert found["url"] == "http://127.0.0.1:80/v1/messages"
    assert {"name": "anthropic-version", "value": "2023-06-01"} in found["headers"]


def test_bytes_that_are_no_text_are_kept_beside() -> None:
    found = entry(kept(b"\xff\x00", received=b"\xfe"))
    assert base64.b64decode(found["request"]["postData"]["_text"]) == b"\xff\x00"
    assert found["response"]["content"]["encoding"] == "base64"
    assert base64.b64decode(found["response"]["content"]["text"]) == b"\xfe"


def test_half_a_character_breaks_no_file() -> None:
    assert entry(kept(failure="cut \ud83d"))["comment"] == "cut \ud83d"


def test_the_answer_and_its_times_are_there() -> None:
    found = entry(kept())
    assert found["response"]["content"]["text"].encode() == STREAM
    assert found["response"]["content"]["mimeType"] == "text/event-stream"
    assert (found["response"]["status"], found["response"]["statusText"]) == (200, "OK")
    assert {"name": "request-id", "value": "req_1"} in found["response"]["headers"]
    assert found["timings"] == {"send": 0, "wait": 500.0, "receive": pytest.approx(1876.544)}
    assert read_time(found["startedDateTime"]) == pytest.approx(kept().started_at, abs=1e-6)
    assert found["time"] == pytest.approx(2376.544)


def test_what_is_not_known_is_said() -> None:
    bare = KeptExchange(b"{}", "imported", wire_known=False, complete=False, failure="It was cut.")
    found = entry(bare)
    assert found["response"]["status"] == 0
    assert "time is not known" in found["comment"]
    assert "It was cut." in found["comment"]
    assert found["request"]["url"] == "https://api.anthropic.com/v1/messages"
