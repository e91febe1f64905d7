"""Exchanges as tests keep them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from coldbyte.core.body import RequestBody
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.services.history.history_store import HistoryStore

T = TypeVar("T")
NOON = 1_795_435_200.0


def run(story: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(story, 120))


def visit(path: Path, story: Callable[[HistoryStore], Awaitable[T]]) -> T:
    """One run of the app: open without trouble, do, close."""

    async def whole() -> T:
        store = HistoryStore(path)
        try:
            assert await store.open() is None
            return await story(store)
        finally:
            await store.close()

    return run(whole())


def body(*texts: str, model: str = "claude-opus-5", escaped: bool = False, **fields: Any) -> bytes:
    """A request whose turns say these texts."""
    roles = ("user", "assistant")
    messages = [{"role": roles[turn % 2], "content": text} for turn, text in enumerate(texts)]
    fields = {"model": model, "max_tokens": 16, "messages": messages, **fields}
    return json.dumps(fields, ensure_ascii=escaped, separators=(",", ":")).encode()


def kept(*texts: str, at: float | None = NOON, **fields: Any) -> KeptExchange:
    """An exchange that was sent `at`, with these turns."""
    return KeptExchange(body(*texts), "sent", "claude-opus-5", scope="key", started_at=at, **fields)


def prefix(wire: bytes, betas: tuple[str, ...] = ()) -> Prefix:
    fields = read_json(wire)
    assert isinstance(fields, dict)
    return prefix_of(RequestBody(fields), betas=betas)
