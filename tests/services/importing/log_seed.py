"""Files of mitmproxy, claude-tap, Context Lens (LHAR) and a Python program, with a secret planted in each."""

from __future__ import annotations

import json
from typing import Any

from services.importing.import_seed import BODY, DIAGNOSTICS, OPAQUE, SECRET, USAGE, jsonl, sse, wire

HEADERS = {
    "x-api-key": SECRET,
    "Cookie": f"a={OPAQUE}",
    "anthropic-version": "2026-10-21",
    "Host": "api.anthropic.com",
}
MESSAGE = {
    "id": "msg_01A",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-5",
    "content": [{"type": "text", "text": "Yes."}],
    "stop_reason": "end_turn",
    "usage": USAGE,
    "diagnostics": DIAGNOSTICS,
}


def netstring(value: Any) -> bytes:
    """A value as a tnetstring."""
    match value:
        case None:
            data, kind = b"", b"~"
        case bool():
            data, kind = (b"true" if value else b"false"), b"!"
        case int():
            data, kind = str(value).encode(), b"#"
        case float():
            data, kind = repr(value).encode(), b"^"
        case bytes():
            data, kind = value, b","
        case str():
            data, kind = value.encode(), b";"
        case dict():
            data = b"".join(netstring(key) + netstring(item) for key, item in value.items())
            kind = b"}"
        case _:
            data, kind = b"".join(map(netstring, value)), b"]"
    return str(len(data)).encode() + b":" + data + kind


def pairs(headers: dict[str, str]) -> list[list[bytes]]:
    return [[name.encode(), value.encode()] for name, value in headers.items()]


def flow(body: bytes | None = None, received: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """A flow of mitmproxy 11 with the fields that matter."""
    request = {
        "method": b"POST",
        "scheme": b"https",
        "host": "203.0.113.7",
        "port": 443,
        "authority": b"",
        "path": f"/v1/messages?beta=true&api_key={OPAQUE}".encode(),
        "headers": pairs(HEADERS),
        "content": wire() if body is None else body,
        "timestamp_start": 1795168800.5,
        "timestamp_end": 1795168800.6,
    }
    response = {
        "status_code": 200,
        "headers": pairs({"request-id": "req_1", "Set-Cookie": OPAQUE}),
        "content": sse() if received is None else received,
        "timestamp_start": 1795168801.0,
        "timestamp_end": 1795168803.0,
    }
    fields = {"websocket": None, "response": response, "request": request, "type": "http", "version": 21}
    return {**fields, **changes}


def tap_record(**changes: Any) -> dict[str, Any]:
    """A record of claude-tap."""
    return {
        "timestamp": "2026-11-20T10:00:02.500+00:00",
        "request_id": "req_abc",
        "turn": 1,
        "duration_ms": 2000,
        "request": {
            "method": "POST",
            "path": "/v1/messages?beta=true",
            "headers": {**HEADERS, "X-Claude-Code-Session-Id": "s1"},
            "body": BODY,
        },
        "response": {"status": 200, "headers": {"request-id": "req_1"}, "body": MESSAGE},
        "upstream_base_url": "https://api.anthropic.com",
        **changes,
    }


def tap_bundle() -> dict[str, Any]:
    """A compact bundle of claude-tap with two records that share their one message."""
    name = "sha256:00"
    ref = {"__claude_tap_blob_ref__": {"version": 1, "kind": "json", "hash": name, "bytes": 600}}
    record = tap_record()
    record = {**record, "request": {**record["request"], "body": {**BODY, "messages": [ref]}}}
    packed = {
        "__claude_tap_compact_record__": {
            "version": 1,
            "encoding": "json-blob-ref",
            "refs": [{"path": "/request/body/messages/0", "hash": name, "bytes": 600}],
        },
        "record": record,
    }
    return {
        "__claude_tap_compact_trace__": {"version": 1, "encoding": "json-blob-ref", "record_count": 2},
        "records": [packed, packed],
        "blobs": {name: {"kind": "json", "bytes": 600, "payload": BODY["messages"][0]}},
    }


def lhar_entry(**changes: Any) -> dict[str, Any]:
    """An entry of LHAR, recorded with everything."""
    return {
        "type": "entry",
        "id": "4bac36b9",
        "trace_id": "6590f363",
        "timestamp": "2026-11-20T10:00:00.500Z",
        "sequence": 1,
        "source": {"tool": "claude", "collector": "context-lens"},
        "gen_ai": {
            "system": "anthropic",
            "request": {"model": "claude-opus-5", "max_tokens": 64},
            "response": {"model": "claude-opus-5", "finish_reasons": ["end_turn"]},
            "usage": {"input_tokens": 7, "output_tokens": 9, "total_tokens": 16},
        },
        "usage_ext": {"cache_read_tokens": 900, "cache_write_tokens": 100, "cost_usd": None},
        "http": {
            "method": "POST",
            "url": "https://api.anthropic.com/v1/messages",
            "status_code": 200,
            "api_format": "anthropic-messages",
            "stream": True,
            "request_headers": HEADERS,
            "response_headers": {"request-id": "req_1"},
        },
        "timings": {"send_ms": 100, "wait_ms": 400, "receive_ms": 2000, "total_ms": 2500},
        "context_lens": {"growth": {"cumulative_tokens": 4321}},
        "raw": {"request_body": BODY, "response_body": sse().decode()},
        **changes,
    }


SESSION = {
    "type": "session",
    "trace_id": "6590f363",
    "started_at": "2026-11-20T10:00:00Z",
    "tool": "claude",
    "model": "claude-opus-5",
}


def lhar_json(*entries: dict[str, Any], version: str = "0.1.0") -> bytes:
    archive = {
        "version": version,
        "creator": {"name": "context-lens", "version": "0.2.1"},
        "sessions": [SESSION],
        "entries": list(entries),
    }
    return json.dumps({"lhar": archive}, indent=2).encode()


PROGRAM = f'''
import anthropic

SYSTEM = "Be brief."
client = anthropic.Anthropic(api_key="{SECRET}")
response = client.messages.create(
    model="claude-opus-5",
    max_tokens=8 * 8,
    system=[{{"type": "text", "text": SYSTEM, "cache_control": {{"type": "ephemeral"}}}}],
    messages=[{{"role": "user", "content": "Hello."}}],
    extra_headers={{"x-api-key": "{SECRET}"}},
)
print(response.usage)
'''


def log_seeds() -> dict[str, bytes]:
    """A file of each format by its name."""
    return {
        "a.flow": netstring(flow()) + netstring(flow(type="tcp")),
        "trace.jsonl": jsonl([tap_record()]),
        "trace.ctap.json": json.dumps(tap_bundle()).encode(),
        "session.lhar": jsonl([SESSION, lhar_entry()]),
        "session.lhar.json": lhar_json(lhar_entry()),
        "program.py": PROGRAM.encode(),
    }
