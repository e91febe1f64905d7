"""The words and the path for a block: what people and bodies call the part of the prompt that it is."""

from __future__ import annotations

import re

from coldbyte.core.field import json_object
from coldbyte.core.prefix import Prefix, PrefixBlock

_MESSAGE = re.compile(r"messages\[(\d+)\]")
_INSIDE = re.compile(r"\.(text|source\.data)\Z")
_LONGEST_NAME = 48  # characters of a title in a sentence


def part_name(prefix: Prefix, index: int) -> str:
    """The words for a block: `the system prompt`, `document 2 (“gdpr.txt”)`, `the question`."""
    block = prefix.blocks[index]
    if block.kind == "setting":
        return f"the setting {block.where}"
    if block.tier == "tools":
        return f"tool “{_one_line(tool_name(block))}”"
    if block.tier == "system":
        system = [place for place, one in enumerate(prefix.blocks) if one.tier == "system"]
        return "the system prompt" if len(system) == 1 else f"system block {system.index(index) + 1}"
    if block.kind == "document":
        number = sum(one.kind == "document" for one in prefix.blocks[: index + 1])
        title = json_object(block.head.split(b" ", 2)[-1]).get("title")
        return f"document {number} (“{_one_line(str(title))}”)" if title else f"document {number}"
    role = block.head.split(b" ", 1)[0].decode()
    if block.kind == "text" and role == "user" and index == len(prefix.blocks) - 1:
        return "the question"
    message = _MESSAGE.match(block.where)
    whose = {"user": "the user's", "assistant": "Claude's"}.get(role, f"the {role}'s")
    return f"{whose} {block.kind} in message {int(message[1]) + 1 if message else 1}"


def _one_line(name: str) -> str:
    """A name as it stands in a sentence: without line feeds and direction marks, its middle left out."""
    shown = "".join(char if char.isprintable() else "·" for char in name)
    half = _LONGEST_NAME // 2
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:half]}…{shown[1 - half :]}"


def tool_name(block: PrefixBlock) -> str:
    """The name of a tool; its type where it has none."""
    fields = json_object(block.content.encode())
    return str(fields.get("name") or fields.get("type") or "?")


def block_path(where: str) -> str:
    """The path of a block, from the path of its content."""
    return _INSIDE.sub("", where)


def capital(words: str) -> str:
    """The words as they begin a sentence."""
    return words[:1].upper() + words[1:]
