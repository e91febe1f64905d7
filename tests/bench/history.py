"""What the history costs: exchanges of many conversations, kept, opened again, searched, deleted.

`history [EXCHANGES]`; 10,000 without an argument, 100,000 is what is promised. Conversations have up
to 40 turns over a document, in 20 projects; one in four has an id in front of everything, so that it shares
nothing. The words are drawn as in a natural text, a rare one here and there. Beside a figure stands what it
is to be compared with.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from coldbyte.core.history.query import Query, Retention
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.text.text import first_differing_byte
from coldbyte.services.history.history_store import HistoryStore

EXCHANGES = 10_000
TURNS = 40
AT_ONCE = 200
NOON = 1_795_435_200.0
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]


class Writer:
    """Texts of words that are as unequally frequent as those of a language."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._words = [
            "".join(self.random.choices(_SYLLABLES, k=self.random.randint(1, 4))) for _ in range(20_000)
        ]
        self._weights = [1 / (rank + 3) for rank in range(len(self._words))]
        total = 0.0
        self._sums = [total := total + weight for weight in self._weights]

    def text(self, words: int) -> str:
        """Sentences and paragraphs."""
        drawn = self.random.choices(self._words, cum_weights=self._sums, k=words)
        for at in range(11, words, 12):
            drawn[at] += ".\n\n" if at % 5 == 0 else "."
        return " ".join(drawn)


def exchanges(writer: Writer) -> Iterator[KeptExchange]:
    """Conversations, a dozen of them at a time, without end."""
    systems = [writer.text(writer.random.randint(200, 1500)) for _ in range(20)]
    documents = [writer.text(writer.random.randint(500, 6000)) for _ in range(60)]
    running: list[Iterator[KeptExchange]] = []
    number = 0
    while True:
        while len(running) < 12:
            number += 1
            running.append(conversation(writer, number, systems, documents))
        one = writer.random.choice(running)
        kept = next(one, None)
        if kept is None:
            running.remove(one)
        else:
            yield kept


def conversation(
    writer: Writer, number: int, systems: list[str], documents: list[str]
) -> Iterator[KeptExchange]:
    """The exchanges of one conversation."""
    project = writer.random.randrange(20)
    system = systems[project]
    if number % 4 == 0:
        system = f"Session {number}-{writer.random.getrandbits(64):x}\n{system}"
    first = [
        {"type": "text", "text": writer.random.choice(documents)},
        {"type": "text", "text": writer.text(30)},
    ]
    messages: list[dict[str, object]] = [{"role": "user", "content": first}]
    model = ("claude-opus-5", "claude-sonnet-5-5")[number % 2]
    for turn in range(writer.random.randint(1, TURNS)):
        reply = writer.text(writer.random.randint(20, 200))
        body = {"model": model, "max_tokens": 1024, "stream": True, "system": system, "messages": messages}
        wire = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        at = NOON + number * 1000 + turn * 60
        yield KeptExchange(
            wire, "sent", model, project=f"project {project}", conversation=f"c{number}", scope="key",
            title=f"question {turn}", started_at=at, first_event_at=at + 1, ended_at=at + 9, status=200,
            message_id=f"msg_{number}_{turn}", received=events(reply), reply=reply,
            usage=Usage(len(wire) // 4, 200, 0, 3, 200), headers={"anthropic-version": "2023-06-01"},
            judgement=judgement(writer.random, len(wire)),
        )  # fmt: skip
        question = writer.text(writer.random.randint(10, 60))
        if writer.random.random() < 0.01:
            question += f" needle{number}x{turn}"
        messages = [
            *messages,
            {"role": "assistant", "content": reply},
            {"role": "user", "content": [{"type": "text", "text": question}]},
        ]


def judgement(rnd: random.Random, size: int) -> Judgement:
    """A verdict: one in ten missed."""
    price = Decimal(size) / 4_000_000
    if rnd.random() < 0.9:
        return Judgement("hit", price=price, basis="bench")
    cause = rnd.choice(["text-edited", "ttl-expired", "tool-order-changed"])
    return Judgement("missed", cause, "The text was edited.", "sure", price=price * 10, lost=price * 9)


def events(reply: str) -> bytes:
    """A reply as it is streamed."""
    words = reply.split(" ")
    parts = (" ".join(words[at : at + 5]) for at in range(0, len(words), 5))
    deltas = (
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}
        for part in parts
    )
    return b"".join(
        b"event: content_block_delta\ndata: %b\n\n" % json.dumps(each).encode() for each in deltas
    )


def prefix(wire: bytes) -> Prefix:
    """The canonical prefix of a body."""
    fields = read_json(wire)
    assert isinstance(fields, dict)
    return prefix_of(RequestBody(fields))


async def timed(calls: list[Callable[[], Awaitable[object]]]) -> tuple[float, float]:
    """Median and worst milliseconds."""
    times = []
    for call in calls:
        start = time.perf_counter()
        await call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), max(times)


def span(figures: tuple[float, float]) -> str:
    """Median and worst in words."""
    return "{:.1f} ms, worst {:.1f}".format(*figures)


def line(name: str, figure: str, beside: str = "") -> None:
    """Print one result."""
    print(f"{name:34}{figure:>34}   {beside}", flush=True)


async def fill(path: Path, number: int) -> tuple[int, list[KeptExchange]]:
    """Keep so many; the sum of their bodies, and some of them."""
    store = HistoryStore(path)
    assert await store.open() is None
    source = exchanges(Writer(1))
    total, sample, took = 0, [], 0.0
    for done in range(0, number, AT_ONCE):
        batch = list(islice(source, min(AT_ONCE, number - done)))
        total += sum(len(each.wire) + len(each.received) for each in batch)
        sample.append(batch[0])
        start = time.perf_counter()
        await store.keep_many(batch)
        took += time.perf_counter() - start
    alone = list(islice(source, 100))
    one, worst = await timed([partial(store.keep, each) for each in alone])
    total += sum(len(each.wire) + len(each.received) for each in alone)
    bare = bare_insert(path.with_name("bare.sqlite"), alone)
    line("keep, 200 together, each", f"{took / number * 1000:.2f} ms")
    line("keep, one at a time", f"{one:.2f} ms, worst {worst:.1f}", f"bare INSERT of the body: {bare:.2f} ms")
    await store.close()
    return total, sample


def bare_insert(path: Path, batch: list[KeptExchange]) -> float:
    """Median milliseconds of keeping a body as it is, in a table of bodies."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE bodies (wire BLOB, received BLOB)")
    times = []
    for each in batch:
        start = time.perf_counter()
        database.execute("INSERT INTO bodies VALUES (?, ?)", (each.wire, each.received))
        times.append((time.perf_counter() - start) * 1000)
    database.close()
    return statistics.median(times)


async def measure(path: Path, number: int, total: int, sample: list[KeptExchange]) -> None:
    """Open, look up, search, delete."""
    size = path.stat().st_size  # noqa: ASYNC240
    line("bodies and responses", f"{total / 1e6:,.0f} MB")
    line("file", f"{size / 1e6:,.0f} MB, 1 to {total / size:.1f}", f"{size / number / 1000:.1f} KB each")
    zipped = sum(len(zlib.compress(part, 6)) for each in sample for part in (each.wire, each.received))
    plain = sum(len(each.wire) + len(each.received) for each in sample)
    line("", "", f"each body gzipped: {total * zipped / plain / 1e6:,.0f} MB, 1 to {plain / zipped:.1f}")
    store = HistoryStore(path)
    start = time.perf_counter()
    assert await store.open() is None
    line("open", f"{(time.perf_counter() - start) * 1000:.1f} ms")
    line("stock", span(await timed([store.stock] * 3)))
    drafts = [
        prefix(each.wire.replace(b'"}]', b' and then"}]', 1)) for each in sample[:: max(1, len(sample) // 60)]
    ]
    paths = [each.encode() for each in drafts[:20]]
    start = time.perf_counter()
    for one in paths:
        for other in paths:
            first_differing_byte(one, other)
    naive = (time.perf_counter() - start) / len(paths) ** 2 * 1000 * number
    for name, before in (("nearest ancestor", None), ("nearest before a moment", NOON + number * 1000 / 45)):
        figures = await timed([partial(store.nearest, each, "key", before=before) for each in drafts])
        line(name, span(figures), f"comparing with all in memory: {naive:.0f} ms")
    rows = (await store.find(Query())).rows
    line("load", span(await timed([partial(store.load, row.id) for row in rows[:50]])))
    await search(store, sample, number)
    await change(store, [row.id for row in rows])
    line("memory, at most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    await store.close()


async def search(store: HistoryStore, sample: list[KeptExchange], number: int) -> None:
    """Find by words and by columns."""
    frequent = Writer(1).text(1).strip(".")
    for name, query in {
        "the newest 200": Query(),
        "of a project": Query(projects=("project 3",)),
        "of a model": Query(models=("claude-opus-5",)),
        "of a cause": Query(causes=("ttl-expired",)),
        "of a project and a cause": Query(projects=("project 3",), causes=("ttl-expired",)),
        "what cost 0.20 or more": Query(least_price=Decimal("0.20")),
        "what lost money": Query(lossy=True),
        "of a day": Query(since=NOON + 100_000, until=NOON + 186_400),
        "a rare word": Query("needle40"),
        "a frequent word": Query(frequent),
        "two frequent words": Query(f"{frequent} {Writer(2).text(1)}"),
        "words that stand together": Query(f'"{" ".join(sample[0].reply.split()[:3])}"'),
        "a word that is not there": Query("nowhere"),
    }.items():
        hits = await store.count(query)
        found = await timed([partial(store.find, query)] * 3)
        counted = await timed([partial(store.count, query)])
        line(f"find {name}", span(found), f"count ({hits:,}): {counted[0]:.0f} ms")
    start = time.perf_counter()
    assert not any(b"nowhere" in each.wire.lower() for each in sample)
    scan = (time.perf_counter() - start) * 1000 * number / len(sample)
    line("", "", f"looking through all bodies in memory: {scan:,.0f} ms")


async def change(store: HistoryStore, ids: list[int]) -> None:
    """Pin, annotate, delete."""
    line("pin", span(await timed([partial(store.annotate, each, pinned=True) for each in ids[:5]])))
    line("note", span(await timed([partial(store.annotate, each, note="seen") for each in ids[:5]])))
    line("judge", span(await timed([partial(store.judge, each, Judgement("hit")) for each in ids[:5]])))
    line("delete one", span(await timed([partial(store.delete, [each]) for each in ids[5:8]])))
    start = time.perf_counter()
    await store.delete(ids[8:])
    line(f"delete {len(ids) - 8}", f"{(time.perf_counter() - start) * 1000:.1f} ms")
    start = time.perf_counter()
    before = (await store.stock()).disk_bytes
    gone = await store.retain(Retention(megabytes=int(before * 0.95) // 10**6), 0.0)
    took = time.perf_counter() - start
    line(f"retain 95 % ({gone:,} go)", f"{took:.1f} s, {took / max(1, gone) * 1000:.1f} ms each")


async def main(number: int) -> None:
    """Print a line for each measurement."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.sqlite"
        total, sample = await fill(path, number)
        await measure(path, number, total, sample)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1].replace(",", "")) if sys.argv[1:] else EXCHANGES))
