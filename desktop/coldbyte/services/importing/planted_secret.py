"""Secrets in what is imported: which headers and fields hold them, and how they are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from coldbyte.core.json.member import members
from coldbyte.core.json.place import value_start
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import Json, compact, is_array, pairs_of
from coldbyte.core.text.text import Text

REMOVED = "removed"
"""What stands where a secret stood in a body."""

_SECRET_NAME = re.compile(r"key|token|secret|authoriz|authentic|cookie|password|credential|signature", re.I)
_NO_SECRETS = ("max_tokens", "max_tokens_to_sample", "budget_tokens", "signature", "task_budget")
_KEY = re.compile(r"sk-[a-z]+-[A-Za-z0-9_\-]{4,}|\bBearer\s+[A-Za-z0-9._~+/\-]{8,}=*")
_HARMLESS = ("anthropic-ratelimit-", "x-ratelimit-")  # counts of tokens
_PROMPT = (
    *("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "output_format"),
    *("cache_control", "context_management", "stop_sequences"),
)


def is_secret_name(name: str) -> bool:
    """Whether a header, a field or a parameter of this name holds a secret."""
    if name in _NO_SECRETS or name.startswith(_HARMLESS):
        return False
    return bool(_SECRET_NAME.search(name))


def holds_key(text: str) -> bool:
    """Whether a key or a bearer token stands in a text."""
    return bool(_KEY.search(text))


def without_keys(text: str) -> str:
    """A text with every key in it taken out."""
    return _KEY.sub(REMOVED, text)


def secrets_of_url(url: str) -> Iterator[str]:
    """The names of what is secret in an address; the address itself is never kept."""
    try:
        parts = urlsplit(url)
        named = parse_qsl(parts.query, keep_blank_values=True)
        if "@" in parts.netloc:
            yield "the user name and password in the address"
    except ValueError:
        return
    for name, value in named:
        if is_secret_name(name) or holds_key(value):
            yield f"the parameter {without_keys(name)[:60]} of the address"


def holds_secret(body: Mapping[str, Json]) -> bool:
    """Whether a body has secrets beside its prompt: something that `clean_body` takes out."""
    found: list[str] = []
    try:
        for name, value in pairs_of(body):
            if name not in _PROMPT:
                _clean(name, value, name, found)
    except RecursionError:
        return True
    return bool(found)


def clean_body(wire: bytes) -> tuple[bytes, tuple[str, ...]]:
    """A sound body without the secrets beside the prompt (in `metadata`, `mcp_servers` and the like).

    The names of what was taken out; with none the bytes are those given. The prompt itself is never touched.
    """
    start = value_start(wire, 0)
    if wire[start : start + 1] != b"{":
        return wire, ()
    parts: list[bytes] = []
    names: list[str] = []
    place = 0
    for one in members(wire, start):
        if one.key in _PROMPT:
            continue
        value = read_json(wire, one.value, one.stop)
        found: list[str] = []
        try:
            clean = _clean(one.key, value, one.key, found)
        except RecursionError:  # nobody nests metadata so deep: it is not looked through, and not kept
            clean, found = REMOVED, [one.key]
        if found:
            names += found
            parts += [wire[place : one.value], compact(clean).encode()]
            place = one.stop
    return (b"".join([*parts, wire[place:]]) if names else wire), tuple(names)


def _clean(name: str, value: Json, path: str, found: list[str]) -> Json:
    """A value without its secrets; the paths of what was taken out are appended."""
    if isinstance(value, (str, Text)):
        chars = str(value)
        if chars and is_secret_name(name):
            found.append(path)
            return REMOVED
        if holds_key(chars):
            found.append(path)
            return without_keys(chars)
        return value
    if isinstance(value, Mapping):
        return {key: _clean(key, item, f"{path}.{key}", found) for key, item in pairs_of(value)}
    if is_array(value):
        return [_clean(name, item, f"{path}[{index}]", found) for index, item in enumerate(value)]
    return value
