"""What is in the history already is known by its start, its usage and its body."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from coldbyte.core.cache.usage import Usage
from coldbyte.services.history.history_store import HistoryStore
from services.history.kept import NOON, body, kept, visit

USED = Usage(read=5, uncached=2, output=1)


def test_an_exchange_is_held_that_has_the_same_start_usage_and_body(tmp_path: Path) -> None:
    first = kept("a", usage=USED)
    untimed = kept("a", at=None)

    async def story(store: HistoryStore) -> list[bool]:
        await store.keep_many([first, untimed])
        return await store.held(
            [
                first,
                replace(first, origin="imported", source="log.jsonl:3", title="another"),
                untimed,
                kept("a", at=NOON + 1, usage=USED),
                kept("a", usage=replace(USED, output=2)),
                kept("a"),
                replace(first, wire=body("b")),
                replace(untimed, usage=USED),
            ]
        )

    found = visit(tmp_path / "history.sqlite", story)
    assert found == [True, True, True, False, False, False, False, False]


def test_only_what_was_kept_before_an_exchange_counts_and_nothing_that_was_deleted(tmp_path: Path) -> None:
    one, two = kept("a"), kept("b", at=NOON + 1)

    async def story(store: HistoryStore) -> list[list[bool]]:
        (first,), (second,) = await store.keep_many([one]), await store.keep_many([two])
        found = [await store.held([one, two], below) for below in (None, second, first)]
        await store.delete([first])
        return [*found, await store.held([one, two])]

    held = visit(tmp_path / "history.sqlite", story)
    assert held == [[True, True], [True, False], [False, False], [False, True]]


def test_nothing_is_held_of_nothing(tmp_path: Path) -> None:
    assert visit(tmp_path / "history.sqlite", lambda store: store.held([])) == []
