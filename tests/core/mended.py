"""Repairing a small pair of bodies, and what is in a body."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import Catalogue, read_catalogue
from coldbyte.core.capture import read_capture
from coldbyte.core.repair.remedy import repairable
from coldbyte.core.repair.repair import Repair, repair
from coldbyte.core.rule.inquiry import inquire
from coldbyte.services import resources
from core.json_spelling import SPACE, spellings

NOW = 1_795_430_000.0  # 2026-11-23
CATALOGUE: Catalogue = read_catalogue(resources.text("catalogue.json"))
LONG = "Answer from the documents only. Quote the paragraph. " * 60
MARK: dict[str, Any] = {"cache_control": {"type": "ephemeral"}}
HOUR: dict[str, Any] = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
Body = dict[str, Any]


def text(words: str, **more: Any) -> Body:
    return {"type": "text", "text": words, **more}


def turns(*contents: Any) -> list[Body]:
    """Messages of the user and of Claude in turn."""
    return [
        {"role": "assistant" if number % 2 else "user", "content": content}
        for number, content in enumerate(contents)
    ]


def body(*contents: Any, **more: Any) -> Body:
    """A conversation with a long system prompt and the automatic breakpoint."""
    fields = {"model": "claude-opus-5", "max_tokens": 9, **MARK, "system": [text(LONG)], **more}
    return {**fields, "messages": turns(*contents)}


def wired(value: Body | bytes) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()


def repaired(before: Body | bytes, after: Body | bytes) -> Repair:
    report = inquire(read_capture(wired(before)), read_capture(wired(after)), CATALOGUE, now=NOW)
    return repair(report, CATALOGUE, now=NOW)


def offered(before: Body, after: Body) -> list[str]:
    """The ids of the causes for which there is a plan."""
    report = inquire(read_capture(wired(before)), read_capture(wired(after)), CATALOGUE, now=NOW)
    return [cause.id for cause in repairable(report)]


def words(value: Any) -> Counter[str]:
    """All words of the strings of a body."""
    return Counter(word for chars in strings(value) for word in re.findall(r"\S+", chars))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@st.composite
def spelled(draw: st.DrawFn, value: Any) -> bytes:
    """A body in one of the ways in which senders write JSON."""
    space, escapes = draw(SPACE), draw(st.booleans())
    pick = draw(st.randoms(use_true_random=False))

    def chars(words: str) -> str:
        if not escapes:
            return json.dumps(words, ensure_ascii=False)
        return '"' + "".join(pick.choice(spellings(char)) for char in words) + '"'

    def printed(value: Any) -> str:
        if isinstance(value, dict):
            pairs = (f"{space}{chars(key)}{space}:{space}{printed(item)}" for key, item in value.items())
            return "{" + f"{space},".join(pairs) + space + "}"
        if isinstance(value, list):
            return "[" + f"{space},{space}".join(map(printed, value)) + space + "]"
        return chars(value) if isinstance(value, str) else json.dumps(value)

    return printed(value).encode()
