"""Records: one block of a body as it stands in the canonical prefix.

The order of a block's own fields is that of this module, as the API reads them by name; what the sender
composes freely (`input_schema`, `input`, all that is unknown) keeps its own order (facts §2.2). A field that
is null or spells out its default counts as absent: an empty list of citations, citations that are switched
off, a result that is no error, a call by the model itself, a tool that is neither deferred nor strict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from coldbyte.core.draft import Ttl
from coldbyte.core.json.value import Json, compact, is_array
from coldbyte.core.prefix.prefix import STRUCTURED, THINKING_KINDS, PrefixBlock, Tier
from coldbyte.core.text.text import EMPTY, Text

_FIELDS = (
    *("type", "role", "id", "tool_use_id", "name", "media_type", "title", "context", "url", "file_id"),
    *("text", "thinking", "signature", "description", "input_schema", "input", "data", "source", "content"),
)
_RANK = {name: rank for rank, name in enumerate(_FIELDS)}
_PLAIN_WORD = re.compile(r"[a-z][a-z0-9_-]*")
_BARE = {"type", "text", "cache_control"}
_OWN_KINDS = ("setting", "turn", "tool")  # of records that are no content block
_DEEPEST = 8  # blocks inside blocks; the API takes four: an image in a document in a tool's result


class BodyError(ValueError):
    """A body that is not a Messages request: `path` names the place, the text says what was expected."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"{path or 'the body'}: {expected}")
        self.path = path
        self.expected = expected


def block_record(block: Json, path: str, tier: Tier, role: str) -> PrefixBlock:
    """The record of a content block; its text stands verbatim where it has one that fills it."""
    fields = an_object(block, path)
    kind = fields.get("type")
    if not isinstance(kind, str):
        raise BodyError(f"{path}.type", "expected the type of a block")
    if kind == "text" and fields.keys() <= _BARE and isinstance(text := fields.get("text"), (str, Text)):
        content = as_text(text)  # most blocks are like this, and a body may have many
        ttl = ttl_of(fields) if content.size else None
        return PrefixBlock(f"{path}.text", tier, kind, f"{word(role)} text".encode(), content, ttl)
    known = canonical(fields)
    ttl = None if kind in THINKING_KINDS else _ttl_behind(kind, fields)
    verbatim = _verbatim(kind, known)
    own = kind in _OWN_KINDS
    name = f'"{kind}"' if own else word(kind)
    if verbatim is None:
        rest = {key: value for key, value in known.items() if key != "type"}
        head = f"{word(role)} {name}".encode() + STRUCTURED
        return PrefixBlock(path, tier, name if own else kind, head, Text.from_str(compact(rest)), ttl)
    inside, text, said = verbatim
    if kind == "text" and not text.size:
        ttl = None
    attributes = f" {compact(said)}" if said else ""
    head = f"{word(role)} {name}{attributes}".encode()
    return PrefixBlock(f"{path}.{inside}", tier, kind, head, text, ttl)


def text_record(text: str | Text, path: str, tier: Tier, role: str) -> PrefixBlock:
    """The record of a string that stands for one text block."""
    return PrefixBlock(path, tier, "text", f"{word(role)} text".encode(), as_text(text))


def turn_record(message: Mapping[str, Json], path: str, role: str) -> PrefixBlock | None:
    """What a message says besides role and content; None where that is nothing."""
    rest = canonical({key: value for key, value in message.items() if key not in ("role", "content")})
    if not rest:
        return None
    head = f"{word(role)} turn".encode() + STRUCTURED
    return PrefixBlock(path, "messages", "turn", head, Text.from_str(compact(rest)))


def empty_turn_record(path: str, role: str) -> PrefixBlock:
    """A message whose content is an empty array."""
    return PrefixBlock(path, "messages", "turn", f"{word(role)} turn".encode(), EMPTY)


def tool_record(tool: Json, path: str, tier: Tier, head: str) -> PrefixBlock:
    """The record of a tool definition."""
    fields = an_object(tool, path)
    known = canonical(fields)
    if known.get("type") == "custom":
        del known["type"]
    for name in ("defer_loading", "strict"):
        if known.get(name) is False:
            del known[name]
    if known.get("allowed_callers") == ["direct"]:
        del known["allowed_callers"]
    ttl = ttl_of(fields)
    return PrefixBlock(path, tier, "tool", head.encode() + STRUCTURED, Text.from_str(compact(known)), ttl)


def setting_record(name: str, where: str, tier: Tier, value: Json) -> PrefixBlock:
    """The record of a request setting; a string stands verbatim. `name` holds no space."""
    head = f"setting {name}".encode()
    if isinstance(value, (str, Text)):
        return PrefixBlock(where, tier, "setting", head, as_text(value))
    return PrefixBlock(where, tier, "setting", head + STRUCTURED, Text.from_str(compact(value)))


def canonical(fields: Mapping[str, Json], *, marked: bool = True, depth: int = 0) -> dict[str, Json]:
    """An object's fields in the order of this module; nested blocks likewise.

    `marked` says that it can carry a breakpoint, which is then left out.
    """
    names = [
        key
        for key, value in fields.items()
        if not (marked and key == "cache_control") and not _absent(key, value)
    ]
    names.sort(key=lambda name: (_RANK.get(name, len(_RANK)), name))
    return {name: _canonical_member(name, fields[name], depth) for name in names}


def ttl_of(owner: Mapping[str, Json]) -> Ttl | None:
    """The lifetime that a block's `cache_control` asks for; None without one or with an invalid one."""
    control = owner.get("cache_control")
    if not isinstance(control, Mapping) or control.get("type") != "ephemeral":
        return None
    match control.get("ttl", "5m"):
        case "5m" | None:
            return "5m"
        case "1h":
            return "1h"
        case _:
            return None


def as_text(value: str | Text) -> Text:
    """A string as a Text."""
    return value if isinstance(value, Text) else Text.from_str(value)


def an_array(value: Json, path: str) -> Sequence[Json]:
    """The value, which has to be an array. Raise BodyError where it is not."""
    if is_array(value):
        return value
    raise BodyError(path, "expected an array")


def an_object(value: Json, path: str) -> Mapping[str, Json]:
    """The value, which has to be an object. Raise BodyError where it is not."""
    if isinstance(value, (dict, Mapping)):  # the first is found out much faster
        return value
    raise BodyError(path, "expected an object")


def _absent(key: str, value: Json) -> bool:
    if value is None:
        return True
    if key == "is_error":
        return value is False
    if key == "caller":
        return isinstance(value, Mapping) and dict(value) == {"type": "direct"}
    if key != "citations":
        return False
    off = isinstance(value, Mapping) and all(
        given is None or (name == "enabled" and given is False) for name, given in value.items()
    )
    return off or value == []


def _canonical_member(key: str, value: Json, depth: int) -> Json:
    if key in ("source", "citations") and isinstance(value, Mapping):
        return canonical(value, marked=False, depth=depth)
    if key == "content" and is_array(value) and depth < _DEEPEST:
        return [canonical(item, depth=depth + 1) if isinstance(item, Mapping) else item for item in value]
    return value


def _verbatim(kind: str, fields: Mapping[str, Json]) -> tuple[str, Text, Mapping[str, Json]] | None:
    """The path of the text that fills a block, that text, and what else the block says."""
    rest = {key: value for key, value in fields.items() if key != "type"}
    if kind == "text":
        return _taken(rest, "text", "text")
    if kind == "tool_result":
        return _result(rest)
    source = rest.get("source")
    if kind in ("document", "image") and isinstance(source, Mapping):
        data = source.get("data")
        if isinstance(data, (str, Text)):
            rest["source"] = {key: value for key, value in source.items() if key != "data"}
            return "source.data", as_text(data), rest
    return None


def _result(rest: dict[str, Json]) -> tuple[str, Text, Mapping[str, Json]] | None:
    """A tool's result that is a string or one text block, which are the same."""
    content = rest.get("content")
    if is_array(content) and len(content) == 1:
        only = content[0]
        if isinstance(only, Mapping) and only.get("type") == "text" and set(only) == {"type", "text"}:
            rest["content"] = only["text"]
            return _taken(rest, "content", "content[0].text")
    return _taken(rest, "content", "content")


def _taken(rest: dict[str, Json], key: str, inside: str) -> tuple[str, Text, Mapping[str, Json]] | None:
    text = rest.pop(key, None)
    return (inside, as_text(text), rest) if isinstance(text, (str, Text)) else None


def _ttl_behind(kind: str, fields: Mapping[str, Json]) -> Ttl | None:
    """A breakpoint on a block inside a tool's result stands behind that result, which has its own last."""
    inner = fields.get("content")
    ttl = ttl_of(fields)
    if ttl is None and kind == "tool_result" and is_array(inner):
        nested = [ttl_of(item) for item in inner if isinstance(item, Mapping) and not _is_unable(item)]
        ttl = next((one for one in reversed(nested) if one), None)
    return ttl


def _is_unable(block: Mapping[str, Json]) -> bool:
    """Whether a block can't carry a breakpoint (facts §1.2)."""
    text = block.get("text")
    empty = text == "" or (isinstance(text, Text) and not text.size)
    return block.get("type") in THINKING_KINDS or (block.get("type") == "text" and empty)


@lru_cache(maxsize=64)
def word(name: str) -> str:
    """A role, a type or the name of a setting as one word of the head; in quotes unless it is a plain one."""
    if _PLAIN_WORD.fullmatch(name):
        return name
    return compact(name).replace(" ", "\\u0020").replace("{", "\\u007b")
