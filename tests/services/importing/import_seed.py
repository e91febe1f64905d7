"""Files of every format, as their programs write them, with a secret planted where secrets stand."""

from __future__ import annotations

import io
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.importer import Importer

SECRET = "sk-ant-api03-PLANTED_0123456789-abc"
OPAQUE = "0paque-PLANTED-value"
BODY: dict[str, Any] = {
    "model": "claude-opus-5",
    "max_tokens": 64,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [{"role": "user", "content": "Is é the same as e\u0301? “quoted” \\ 100% ^ $x `y` 😀\n"}],
}
USAGE = {
    "input_tokens": 7,
    "cache_creation_input_tokens": 100,
    "cache_read_input_tokens": 900,
    "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40},
    "output_tokens": 1,
}
DIAGNOSTICS = {"cache_miss_reason": {"type": "tools_changed", "cache_missed_input_tokens": 42}}


def wire(body: Any = None) -> bytes:
    return json.dumps(body or BODY, ensure_ascii=False, separators=(",", ":")).encode()


def sse(text: str = "Yes.", *, whole: bool = True) -> bytes:
    message = {
        "id": "msg_01A",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-5",
        "content": [],
        "usage": USAGE,
        "diagnostics": DIAGNOSTICS,
    }
    events: list[tuple[str, Any]] = [
        ("message_start", {"type": "message_start", "message": message}),
        (
            "content_block_start",
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text"}},
        ),
    ]
    for part in (text[:1], text[1:]):
        delta = {"type": "text_delta", "text": part}
        events.append(("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}))
    if whole:
        end = {"stop_reason": "end_turn"}
        events.append(
            ("message_delta", {"type": "message_delta", "delta": end, "usage": {"output_tokens": 9}})
        )
        events.append(("message_stop", {"type": "message_stop"}))
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events).encode()


def bash(chars: str) -> str:
    """As Chromium's “Copy as cURL (bash)” quotes a text that has a character beyond ASCII or a quote."""
    units = chars.encode("utf-16-be")
    found = []
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = high * 256 + low
        char = chr(code)
        if char in "\\'":
            found.append(f"\\{char}")
        elif char == "\n":
            found.append("\\n")
        elif code < 32 or code > 126 or char == "!":
            found.append(f"\\u{code:04x}")
        else:
            found.append(char)
    return f"$'{''.join(found)}'"


def cmd(chars: str) -> str:
    """As Chromium's “Copy as cURL (cmd)” quotes a text; characters beyond ASCII are lost there."""
    chars = chars.replace("\\", "\\\\").replace('"', '\\"')
    chars = re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]", r"^\g<0>", chars)
    chars = re.sub(r"%(?=[a-zA-Z0-9_])", "%^", chars)
    return '^"' + re.sub(r"\r?\n", "^\n\n", chars) + '^"'


def power(chars: str) -> str:
    """As Chromium's “Copy as PowerShell” quotes a text."""
    found = []
    for high, low in zip(*[iter(chars.encode("utf-16-be"))] * 2, strict=True):
        code = high * 256 + low
        char = chr(code)
        if char in '`$"':
            found.append(f"`{char}")
        else:
            found.append(char if 32 <= code < 127 else f"$([char]{code})")
    return f'"{"".join(found)}"'


def curl_bash(body: bytes) -> bytes:
    return (
        "curl 'https://api.anthropic.com/v1/messages?beta=true' \\\n  -H 'accept: */*' \\\n"
        f"  -H 'x-api-key: {SECRET}' \\\n  -H 'anthropic-version: 2023-06-01' \\\n  -b 's={OPAQUE}' \\\n"
        f"  --data-raw {bash(body.decode())} \\\n  --compressed"
    ).encode()


def curl_cmd(body: bytes) -> bytes:
    return (
        'curl ^"https://api.anthropic.com/v1/messages?beta=true^" ^\n  -H ^"accept: */*^" ^\n'
        f'  -H ^"x-api-key: {SECRET}^" ^\n  -H ^"anthropic-version: 2023-06-01^" ^\n'
        f"  --data-raw {cmd(body.decode())}"
    ).encode()


def powershell(body: bytes) -> bytes:
    return (
        "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n"
        f'$session.Cookies.Add((New-Object System.Net.Cookie("a", "{OPAQUE}", "/", "x")))\n'
        'Invoke-WebRequest -UseBasicParsing -Uri "https://api.anthropic.com/v1/messages" `\n'
        '-Method "POST" `\n'
        f'-WebSession $session `\n-Headers @{{\n"accept"="*/*"\n  "x-api-key"="{SECRET}"\n'
        '  "anthropic-version"="2023-06-01"\n} `\n-ContentType "application/json" `\n'
        f"-Body ([System.Text.Encoding]::UTF8.GetBytes({power(body.decode())}))"
    ).encode()


def har_entry(body: bytes, **changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "startedDateTime": "2026-11-20T10:00:00.500Z",
        "time": 2500,
        "request": {
            "method": "POST",
            "url": f"https://api.anthropic.com/v1/messages?beta=true&api_key={OPAQUE}",
            "headers": [
                {"name": "x-api-key", "value": SECRET},
                {"name": "Cookie", "value": f"a={OPAQUE}"},
                {"name": "Anthropic-Version", "value": "2023-06-01"},
            ],
            "bodySize": len(body),
            "postData": {"mimeType": "application/json", "text": body.decode()},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "request-id", "value": "req_1"}, {"name": "Set-Cookie", "value": OPAQUE}],
            "content": {"size": len(sse()), "mimeType": "text/event-stream", "text": sse().decode()},
        },
        "timings": {
            "blocked": 10,
            "dns": -1,
            "connect": -1,
            "ssl": -1,
            "send": 10,
            "wait": 480,
            "receive": 2000,
        },
    }
    return {**entry, **changes}


def har(entries: Iterable[dict[str, Any]]) -> bytes:
    log = {
        "version": "1.2",
        "creator": {"name": "WebInspector"},
        "pages": [{"id": "p"}],
        "entries": [*entries],
    }
    return json.dumps({"log": log}, indent=2, ensure_ascii=False).encode()


def foreign_entry(url: str) -> dict[str, Any]:
    return {"startedDateTime": "", "request": {"method": "GET", "url": url, "headers": []}, "response": {}}


def line(kind: str, key: str, above: str | None, message: Any, second: int, **more: Any) -> dict[str, Any]:
    return {
        "parentUuid": above,
        "isSidechain": False,
        "sessionId": "s1",
        "version": "2.1.200",
        "type": kind,
        "message": message,
        "uuid": key,
        "timestamp": f"2026-11-20T10:00:{second:02}.000Z",
        **more,
    }


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def block(id_: str, content: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-5",
        "content": [content],
        "stop_reason": None,
        "usage": USAGE,
        **more,
    }


def tool_result(call: str) -> dict[str, Any]:
    return user([{"tool_use_id": call, "type": "tool_result", "content": f"of {call}"}])


def transcript() -> list[dict[str, Any]]:
    """Two calls beside each other: the way up from the second response passes by the first result."""
    call = {"type": "tool_use", "name": "Read", "input": {}}
    ended = {"stop_reason": "tool_use", "usage": {**USAGE, "output_tokens": 33}}
    return [
        {"type": "summary", "summary": "A title", "leafUuid": "a4"},
        line("user", "u1", None, user("Read both files."), 1),
        line(
            "assistant", "a1", "u1", block("msg_1", {"type": "text", "text": "Both."}), 2, requestId="req_1"
        ),
        line("assistant", "a2", "a1", block("msg_1", {**call, "id": "t1"}), 3, requestId="req_1"),
        line("assistant", "a3", "a2", block("msg_1", {**call, "id": "t2"}, **ended), 4, requestId="req_1"),
        line("user", "r1", "a2", tool_result("t1"), 5, toolUseResult={"big": "x" * 50}),
        line("user", "r2", "a3", tool_result("t2"), 6),
        line(
            *("assistant", "a4", "r2"),
            block(
                "msg_2", {"type": "text", "text": "Done."}, stop_reason="end_turn", diagnostics=DIAGNOSTICS
            ),
            *(8,),
            requestId="req_2",
        ),
    ]


def jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def exchange(**changes: Any) -> dict[str, Any]:
    return {
        "request": BODY,
        "request_raw": wire().decode(),
        "response": {"id": "msg_01A", "model": "claude-opus-5", "usage": USAGE, "diagnostics": DIAGNOSTICS},
        "headers": {
            "x-api-key": SECRET,
            "anthropic-version": "2023-06-01",
            "Authorization": f"Bearer {OPAQUE}",
        },
        "started_at": "2026-11-20T10:00:00Z",
        **changes,
    }


def seeds() -> dict[str, bytes]:
    """A file of each format by its name."""
    return {
        "body.json": json.dumps(BODY, indent=1).encode(),
        "exchange.json": json.dumps(exchange()).encode(),
        "log.jsonl": jsonl([BODY, exchange(), {"no": "request"}]),
        "bash.sh": curl_bash(wire()),
        "cmd.bat": curl_cmd(wire()),
        "power.ps1": powershell(wire()),
        "page.har": har([har_entry(wire()), foreign_entry("https://example.org/a")]),
        "session.jsonl": jsonl(transcript()),
    }


def read(importer: Importer, data: bytes, name: str = "file") -> tuple[list[KeptExchange], list[Remark]]:
    return parted(importer.read(io.BytesIO(data), name))


def parted(found: Iterator[KeptExchange | Remark]) -> tuple[list[KeptExchange], list[Remark]]:
    all_ = list(found)
    exchanges = [one for one in all_ if isinstance(one, KeptExchange)]
    return exchanges, [one for one in all_ if isinstance(one, Remark)]


def base64_content(data: bytes) -> dict[str, Any]:
    return {"text": b64encode(data).decode(), "encoding": "base64", "size": len(data)}
