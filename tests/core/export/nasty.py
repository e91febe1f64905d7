"""Bodies that a careless exporter sends in another way."""

from __future__ import annotations

import json
from typing import Any

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.export.outgoing import Outgoing, outgoing_of_body
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.record import an_object

MODEL = "claude-sonnet-5-5"

TEXTS = {
    "quotes": 'it\'s "so" \'\'\' """ \\\' \\" \\\\ \\n',
    "shell": "$(touch x) `id` ${HOME} $HOME !! !$ % %s %% ; & | > < * ? ~ # EOF",
    "lines": "one\ntwo\r\nthree\rfour\n\n\tfive \n",
    "invisible": "a\u00a0b\u200bc\u202ed\u2028e\u2029f\ufeffg\u00adh\x85i",
    "controls": "\x00\x01\x08\x0b\x0c\x1b[31m\x7f",
    "forms": "é e\u0301 \u212b \u1112\u1161\u11ab ﬁ ﬀ",
    "wide": "漢字 😀 👩‍👩‍👧 \U000e0041 𐀀",
    "code": "#{x} {{y}} {z} `${w}` </script> <!-- */ // \\u0041 \\x41 \\N{DASH}",
    "long": "A line of law, § 1; “quoted” – and on.\n" * 6_000,
    "one line": "0123456789abcdef" * 14_000,
}


def body(text: str, **more: Any) -> dict[str, Any]:
    """A request that carries a text in all places that matter."""
    source = {"type": "text", "media_type": "text/plain", "data": f"D{text}"}
    document = {"type": "document", "source": source, "title": text[:40], **marker()}
    schema = {
        "type": "object",
        "properties": {text[:60] or "x": {"type": "string", "description": text[:900]}},
    }
    return {
        "max_tokens": 20,
        "messages": [{"role": "user", "content": [document, {"type": "text", "text": f"Q{text[:2000]}"}]}],
        "model": MODEL,
        "stream": True,
        "system": [{"type": "text", "text": f"S{text}", **marker()}],
        "tools": [{"name": "look", "description": f"T{text[:500]}", "input_schema": schema}],
        **more,
    }


def marker() -> dict[str, Any]:
    return {"cache_control": {"type": "ephemeral"}}


def wire(value: object, *, ascii_only: bool = False) -> bytes:
    """Compact JSON as the SDK writes it."""
    return json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":")).encode()


def outgoing(data: bytes, **more: Any) -> Outgoing:
    """What is exported of these bytes."""
    return outgoing_of_body(RequestBody(an_object(read_json(data), ""), Source(data)), **more)


_SHORT = wire({**body("x"), "system": "S"})

WIRES: dict[str, bytes] = {
    **{name: wire(body(text)) for name, text in TEXTS.items()},
    "escaped": wire(body(TEXTS["invisible"] + TEXTS["forms"]), ascii_only=True),
    "spaced": json.dumps(body(TEXTS["lines"]), indent="\t").replace("\n", "\r\n").encode(),
    "numbers": _SHORT.replace(b'"type":"string"', b'"type":"string","minimum":1.0e3,"maximum":1.10,"x":-0'),
    "large numbers": _SHORT.replace(
        b'"type":"string"', b'"minimum":12345678901234567890,"x":1.0,"y":1e-7,"z":0.1'
    ),
    "repeated keys": _SHORT.replace(b'"type":"string"', b'"type":"string","type":"number"'),
    "number keys": _SHORT.replace(b'"type":"string"', b'"b":1,"2":2,"1":3,"__proto__":{"a":1}'),
    "whole": _SHORT.replace(b'"stream":true,', b"").replace(b'"type":"string"', b'"maximum":1.10'),
    "deep": _SHORT.replace(b'"type":"string"', b'"x":' + b"[" * 150 + b"]" * 150),
    "unknown fields": wire(body("x", future_field={"b": 1, "a": [None, True, "é"]})),
    "settings": wire(
        body(
            "x",
            thinking={"type": "adaptive"},
            output_config={"effort": "low"},
            tool_choice={"type": "auto", "disable_parallel_tool_use": True},
            metadata={"user_id": "u"},
            stop_sequences=["\u2028E", "END"],
            service_tier="auto",
            cache_control={"type": "ephemeral"},
            diagnostics={"previous_message_id": None},
        )
    ),
    "warming": wire({**body("x" * 3000), "max_tokens": 0, "stream": False}),
    "a string system": wire(
        {**body("x"), "system": "S\u00a0", "messages": [{"role": "user", "content": "Q"}]}
    ),
}
