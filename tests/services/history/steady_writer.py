"""A child that keeps, deletes, annotates and retains until it is killed, and says what is done."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import Retention
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.services.history.history_store import HistoryStore
from services.history.kept import NOON, kept, prefix

START = "a document that all share " * 400


def exchange(number: int) -> KeptExchange:
    """The exchange of a number; those of a hundred are turns of one conversation."""
    rnd = random.Random(number // 100)
    turns = [START, *(f"turn {rnd.getrandbits(30)} " * 20 for _ in range(number % 100)), f"unique{number}"]
    return kept(*turns, at=NOON + number, title=str(number), reply=f"answer {number}", received=b"x" * 300)


def prefix_of_number(number: int) -> Prefix:
    """The prefix of that exchange."""
    return prefix(exchange(number).wire)


def steps(number: int, rnd: random.Random) -> Iterator[tuple[str, list[int]]]:
    """What is done, and with which exchanges, for ever; new ones have numbers from `number` on."""
    mine: list[int] = []
    while True:
        group = [*range(number, number + (7 if number % 7 == 0 and rnd.random() < 0.5 else 1))]
        number = group[-1] + 1
        mine += group
        yield "keep", group
        if rnd.random() < 0.3:
            gone = rnd.sample(mine, min(len(mine), 3))
            mine = [each for each in mine if each not in gone]
            yield "delete", gone
        if mine and rnd.random() < 0.2:
            yield "annotate", [rnd.choice(mine)]
        if rnd.random() < 0.05:
            mine = [each for each in mine if each > number - 20]
            yield "retain", [number - 20]


async def write(path: Path, number: int, seed: int) -> None:
    """Go on for ever, and say each step before it is begun and when it is done."""
    store = HistoryStore(path)
    print("open", flush=True)
    assert await store.open() is None
    mine: dict[int, int] = {}
    for word, group in steps(number, random.Random(seed)):
        print("begin", word, *group, flush=True)
        if word == "retain":
            await store.retain(Retention(days=1), NOON + group[0] + 1 + 86_400)
        elif word == "delete":
            await store.delete([mine[each] for each in group])
        elif word == "annotate":
            await store.annotate(mine[group[0]], note="seen", pinned=True)
        elif len(group) > 1:
            ids = await store.keep_many([exchange(each) for each in group])
            mine.update(zip(group, ids, strict=True))
        else:
            mine[group[0]] = await store.keep(exchange(group[0]))
        print("done", word, *group, flush=True)


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
