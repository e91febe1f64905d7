"""A child that shares the history's file with others: it does what it is told, a line for a line.

`open`, `keep TITLE`, `look` (which says how many exchanges there are) and `close`; a second `open` after a
`close` is another run of the app.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from coldbyte.core.history.query import Query
from coldbyte.services.history.history_store import HistoryStore
from services.history.kept import NOON, kept


async def obey(path: Path) -> None:
    """Until there are no more orders."""
    store = HistoryStore(path)
    while order := await asyncio.to_thread(sys.stdin.readline):
        word, *rest = order.split()
        answer: object = None
        if word == "open":
            store = HistoryStore(path)
            answer = await store.open()
        elif word == "keep":
            answer = await store.keep(kept(f"shared by {rest[0]}", at=NOON, title=rest[0]))
        elif word == "look":
            answer = await store.count(Query())
        elif word == "close":
            await store.close()
        print(answer, flush=True)


if __name__ == "__main__":
    asyncio.run(obey(Path(sys.argv[1])))
