"""Token estimates of a request: of each block, and of what the API adds by itself.

Text is weighed (`core.cache.text_weight`), media are measured (`core.cache.media_tokens`), and what the API
renders around them has constants: a turn, a tool's call, the prompt that it adds where there are tools.
Those were fitted to one half of the recorded requests that `tests/bench/tokens.py` measures on the other.
The cache counts what is added with the prefix, as reported writes show: `block_tokens` holds all of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coldbyte.core.cache.catalogue import Tokenizer
from coldbyte.core.cache.media_tokens import MediaHow, media_tokens
from coldbyte.core.cache.text_weight import weight_of
from coldbyte.core.json.value import Json, compact, is_array
from coldbyte.core.prefix.model_family import has_short_tool_prompt
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.text.text import Text

BlockHow = Literal["estimated"] | MediaHow


@dataclass(frozen=True, slots=True)
class BlockTokens:
    """The tokens of one block, and how they were found; `guess` where hardly anything is known."""

    tokens: int
    how: BlockHow = "estimated"


@dataclass(frozen=True, slots=True)
class Framing:
    """What a generation of the tokenizer, and of the API's rendering, adds: tokens, and per cent of JSON."""

    request: int
    turn: int
    tools: int
    forced: int
    tool_json: int
    call: int
    call_json: int
    result: int
    reference: int
    document: int
    thinking: Mapping[str, int]
    output_format: int
    task_budget: int


_FRAMINGS: Mapping[Tokenizer, Framing] = {
    "2023": Framing(
        request=4,
        turn=5,
        tools=495,
        forced=78,
        tool_json=112,
        call=23,
        call_json=127,
        result=16,
        reference=58,
        document=30,
        thinking={"enabled": 28, "adaptive": 18},
        output_format=122,
        task_budget=42,
    ),
    "2026": Framing(
        request=4,
        turn=2,
        tools=400,
        forced=78,
        tool_json=98,
        call=21,
        call_json=120,
        result=16,
        reference=58,
        document=30,
        thinking={"adaptive": 6},
        output_format=122,
        task_budget=42,
    ),
}
_EARLY_TOOLS = 319  # tokens of the prompt for tools, of models before 4.5; forced or not
_SERVER_TOOLS = {"web_search": 1_700, "web_fetch": 500, "code_execution": 1_800, "tool_search": 155}
_SERVER_TOOL = 300
_REDACTED = 6  # characters of encrypted thinking for each token of it
_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
_MEDIA = ("image", "document")
_ID = re.compile(r'(?<=\{)"id":"[^"]*",')
_DEEPEST = 8  # blocks inside blocks


def estimate_tokens(text: Text, tokenizer: Tokenizer) -> int:
    """Estimated number of tokens of a text by itself."""
    return -(-weight_of(text, tokenizer) // 1000)


def block_tokens(prefix: Prefix, tokenizer: Tokenizer) -> tuple[int, ...]:
    """Estimated tokens up to each block, less those before it: the first one holds what the API adds, too.

    Their sum is all that the request takes; settings take none.
    """
    tokens = [each.tokens for each in own_tokens(prefix, tokenizer)]
    first = next((index for index, block in enumerate(prefix.blocks) if block.kind != "setting"), None)
    if first is not None:
        tokens[first] += overhead_tokens(prefix, tokenizer)
    return tuple(tokens)


def own_tokens(prefix: Prefix, tokenizer: Tokenizer) -> tuple[BlockTokens, ...]:
    """Estimated tokens of each block by itself, with the start of the turn that it begins."""
    found = []
    role = b""
    turn = _FRAMINGS[tokenizer].turn
    for block in prefix.blocks:
        own = _of_block(block, tokenizer)
        if block.tier == "messages" and block.kind not in ("setting", "tool"):
            now = block.head.split(b" ", 1)[0]
            if now != role:
                own = BlockTokens(own.tokens + turn, own.how)
            role = now
        found.append(own)
    return tuple(found)


def overhead_tokens(prefix: Prefix, tokenizer: Tokenizer) -> int:
    """Estimated tokens that the API adds to a request by itself, and for its settings."""
    framing = _FRAMINGS[tokenizer]
    total = framing.request
    if any(block.kind == "tool" for block in prefix.blocks):
        early = has_short_tool_prompt(prefix.model)
        total += _EARLY_TOOLS if early else framing.tools
        total += 0 if early or not _is_forced(prefix) else framing.forced
    return total + sum(_of_setting(block, tokenizer) for block in prefix.blocks if block.kind == "setting")


def _is_forced(prefix: Prefix) -> bool:
    """Whether the request demands the call of a tool."""
    settings = (block for block in prefix.blocks if block.kind == "setting" and block.where == "tool_choice")
    return any(block.fields.get("type") in ("any", "tool") for block in settings)


def _of_setting(block: PrefixBlock, tokenizer: Tokenizer) -> int:
    framing = _FRAMINGS[tokenizer]
    match block.where:
        case "thinking":
            return framing.thinking.get(str(block.fields.get("type")), 0)
        case "output_config.format" | "output_format":
            return framing.output_format + estimate_tokens(block.content, tokenizer)
        case "output_config.task_budget":
            return framing.task_budget
        case _:
            return 0


def _of_block(block: PrefixBlock, tokenizer: Tokenizer) -> BlockTokens:
    if block.kind in ("setting", "turn"):
        return BlockTokens(0)
    if block.kind == "tool":
        return _of_tool(block, tokenizer)
    if block.structured:
        return _kept(block, tokenizer)
    framing = _FRAMINGS[tokenizer]
    if block.kind in _MEDIA:
        return _of_media(block.kind, block.attributes, block.content, tokenizer)
    framed = framing.result if block.kind == "tool_result" else 0
    return BlockTokens(framed + estimate_tokens(block.content, tokenizer))


def _of_tool(block: PrefixBlock, tokenizer: Tokenizer) -> BlockTokens:
    """A tool's definition; that of a tool which the API has itself is not in the request."""
    own = -(-weight_of(block.content, tokenizer) * _FRAMINGS[tokenizer].tool_json // 100_000)
    if b'"input_schema":' in block.content.encode():
        return BlockTokens(own)
    kind = str(block.fields.get("type"))
    known = next((tokens for name, tokens in _SERVER_TOOLS.items() if kind.startswith(name)), _SERVER_TOOL)
    return BlockTokens(own + known, "guess")


_HOWS: tuple[BlockHow, ...] = ("estimated", "pixels", "pages", "guess")


def _kept(block: PrefixBlock, tokenizer: Tokenizer) -> BlockTokens:
    """The tokens of a block that stands as JSON, which are kept on its text."""
    name = f"{block.kind} tokens {tokenizer}"
    packed = block.content.derived.get(name)
    if packed is None:
        found = (
            _of_call(str(block.content), tokenizer)
            if block.kind in _CALLS
            else _of_fields(block.kind, block.fields, tokenizer)
        )
        packed = found.tokens * len(_HOWS) + _HOWS.index(found.how)
        block.content.derived[name] = packed
    return BlockTokens(packed // len(_HOWS), _HOWS[packed % len(_HOWS)])


def _of_call(written: str, tokenizer: Tokenizer) -> BlockTokens:
    """A call as JSON, of which the model does not see the id."""
    framing = _FRAMINGS[tokenizer]
    asked = _text(_ID.sub("", written), tokenizer)
    return BlockTokens(framing.call + -(-asked * framing.call_json // 100))


def _of_fields(kind: str, fields: Mapping[str, Json], tokenizer: Tokenizer, depth: int = 0) -> BlockTokens:
    """A block by its fields; those that the model does not see, as ids and signatures, take nothing."""
    framing = _FRAMINGS[tokenizer]
    if kind in _CALLS:
        return _of_call(compact(fields), tokenizer)
    if kind == "thinking":
        return BlockTokens(_text(fields.get("thinking"), tokenizer))
    if kind == "redacted_thinking":
        return BlockTokens(len(str(fields.get("data"))) // _REDACTED, "guess")
    if kind == "tool_reference":
        return BlockTokens(framing.reference)
    if kind in _MEDIA:
        return _of_media(kind, fields, None, tokenizer, depth)
    framed = framing.result if kind.endswith("tool_result") else 0
    content = fields.get("content")
    if is_array(content) and depth < _DEEPEST:
        return _sum(framed, [_of_member(item, tokenizer, depth + 1) for item in content])
    if kind == "text":
        return BlockTokens(_text(fields.get("text"), tokenizer))
    rest = {key: value for key, value in fields.items() if key not in ("id", "tool_use_id")}
    return BlockTokens(framed + _text(compact(rest), tokenizer))


def _of_member(item: Json, tokenizer: Tokenizer, depth: int) -> BlockTokens:
    if not isinstance(item, Mapping):
        return BlockTokens(_text(compact(item), tokenizer))
    return _of_fields(str(item.get("type")), item, tokenizer, depth)


def _of_media(
    kind: str, fields: Mapping[str, Json], data: Text | None, tokenizer: Tokenizer, depth: int = 0
) -> BlockTokens:
    """An image, or a document with its title: a text, a list of blocks, a PDF, or one that lies elsewhere."""
    source = fields.get("source")
    source = source if isinstance(source, Mapping) else {}
    given = source.get("data")
    if data is None and isinstance(given, str):
        data = Text.from_str(given)
    said = sum(_text(fields.get(name), tokenizer) for name in ("title", "context"))
    framed = said + (_FRAMINGS[tokenizer].document if kind == "document" else 0)
    content = source.get("content")
    if source.get("type") == "text" and data is not None:
        return BlockTokens(framed + estimate_tokens(data, tokenizer))
    if is_array(content) and depth < _DEEPEST:
        return _sum(framed, [_of_member(item, tokenizer, depth + 1) for item in content])
    tokens, how = media_tokens(kind, source, data)
    return BlockTokens(said + tokens, how)


def _sum(framed: int, members: Sequence[BlockTokens]) -> BlockTokens:
    """All of them together; the least certain tells how."""
    how: BlockHow = max((member.how for member in members), key=_HOWS.index, default="estimated")
    return BlockTokens(framed + sum(member.tokens for member in members), how)


def _text(value: Json, tokenizer: Tokenizer) -> int:
    if isinstance(value, Text):
        return estimate_tokens(value, tokenizer)
    return estimate_tokens(Text.from_str(value), tokenizer) if isinstance(value, str) and value else 0
