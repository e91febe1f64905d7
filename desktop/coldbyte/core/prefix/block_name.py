"""The words and the path for a block: what people and bodies call the part of the prompt that it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coldbyte.core.prefix.prefix import Prefix, PrefixBlock

_MESSAGE = re.compile(r"messages\[(\d+)\]")
_BLOCK = re.compile(r"tools\[\d+\]|system\[\d+\]|messages\[\d+\]\.content\[\d+\]")
_LONGEST_NAME = 48  # characters of a title in a sentence


def part_name(prefix: Prefix, index: int) -> str:
    """The words for a block: `the system prompt`, `document 2 (“gdpr.txt”)`, `the question`."""
    block = prefix.blocks[index]
    if block.kind == "setting":
        return f"the setting {block.where}"
    if block.kind == "tool":
        return f"tool “{_one_line(tool_name(block))}”"
    if block.tier == "system":
        system = [
            place
            for place, one in enumerate(prefix.blocks)
            if one.tier == "system" and one.kind not in ("tool", "setting")
        ]
        return "the system prompt" if len(system) == 1 else f"system block {system.index(index) + 1}"
    if block.kind == "document":
        number = sum(one.kind == "document" for one in prefix.blocks[: index + 1])
        title = block.attributes.get("title")
        return f"document {number} (“{_one_line(str(title))}”)" if title else f"document {number}"
    role = block.role.removeprefix("turn-")
    if block.kind == "text" and role == "user" and index == len(prefix.blocks) - 1:
        return "the question"
    message = _MESSAGE.match(block.where)
    whose = {"user": "the user's", "assistant": "Claude's"}.get(role, f"the {role}'s")
    return f"{whose} {block.kind} in message {int(message[1]) + 1 if message else 1}"


def message_numbers(prefix: Prefix, indexes: Iterable[int]) -> list[int]:
    """The numbers of the messages in which blocks stand, counted from 1; none where one stands elsewhere."""
    found = [_MESSAGE.match(prefix.blocks[index].where) for index in indexes]
    return [] if None in found else sorted({int(place[1]) + 1 for place in found if place})


def _one_line(name: str) -> str:
    """A name as it stands in a sentence: without line feeds and direction marks, its middle left out."""
    shown = "".join(char if char.isprintable() else "·" for char in name)
    half = _LONGEST_NAME // 2
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:half]}…{shown[1 - half :]}"


def tool_name(block: PrefixBlock) -> str:
    """The name of a tool; its type where it has none."""
    fields = block.fields
    return str(fields.get("name") or fields.get("type") or "?")


def block_path(where: str) -> str:
    """The path of a block, from the path of a place in it."""
    block = _BLOCK.match(where)
    return block[0] if block else where


def capital(words: str) -> str:
    """The words as they begin a sentence."""
    return words[:1].upper() + words[1:]
