"""The nearest ancestor is the one that a scan of all exchanges finds, whatever came and went before."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import Nearest
from coldbyte.core.text.text import first_differing_byte
from coldbyte.services.history import prefix_trie
from coldbyte.services.history.history_file import HistoryFile
from coldbyte.services.history.preparation import prepare
from services.history.kept import body, kept, prefix

WORDS = st.lists(st.sampled_from(["", "a", "ab", "abc", "b", "é", "ê", "a" * 30, "a" * 29 + "b"]), max_size=4)
SCOPES = st.sampled_from(["", "key", "kez", "k"])
MODELS = st.sampled_from(["claude-opus-5", "claude-opus-5-1", "m"])
TIMES = st.none() | st.integers(1, 6).map(float)
SENT = st.builds(
    lambda texts, scope, model, at: KeptExchange(
        body("x", *texts, model=model), "sent", scope=scope, started_at=at
    ),
    WORDS,
    SCOPES,
    MODELS,
    TIMES,
)


def scan(there: dict[int, KeptExchange], wanted: KeptExchange, before: float | None) -> Nearest | None:
    """By comparing with each: the longest, one that is all shared, the newest."""
    path = prefix(wanted.wire).encode()
    best = None
    for number, each in there.items():
        at = each.started_at or 0.0
        other = prefix(each.wire)
        if each.scope != wanted.scope or other.model != prefix(wanted.wire).model:
            continue
        if before is not None and at >= before:
            continue
        shared = first_differing_byte(path, other.encode())
        rank = (shared, shared == other.size, at, number)
        best = rank if best is None else max(best, rank)
    return None if best is None else Nearest(best[3], best[0], best[1])


def check_sums(database: sqlite3.Connection) -> None:
    """Each node is needed, stands at its place, and knows the newest and the oldest below it."""
    rows = database.execute(
        "SELECT id, parent, depth, newest_at, newest, oldest_at, oldest FROM nodes"
    ).fetchall()
    below: dict[int, set[tuple[float, int]]] = {row[0]: set() for row in rows}
    children: dict[int, int] = dict.fromkeys(below, 0)
    parents = {row[0]: row[1] for row in rows}
    own = set()
    for at, number, node in database.execute("SELECT at, id, node FROM exchanges WHERE node IS NOT NULL"):
        own.add(node)
        while node is not None:
            below[node].add((at, number))
            node = parents[node]
    depths = {row[0]: row[2] for row in rows}
    for number, parent, depth, *sums in rows:
        if parent is not None:
            children[parent] += 1
            assert depths[parent] < depth
        expected = [*max(below[number]), *min(below[number])] if below[number] else [None] * 4
        assert sums == expected
    for number in below:
        assert number == 1 or number in own or children[number] > 1, "a node that nobody needs"


@given(st.data())
def test_the_nearest_is_that_of_a_scan_after_any_coming_and_going(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = HistoryFile(tmp_path_factory.mktemp("trie") / "history.sqlite")
    there: dict[int, KeptExchange] = {}
    for _ in range(data.draw(st.integers(1, 5))):
        new = data.draw(st.lists(SENT, max_size=5))
        there.update(zip(file.keep([prepare(each) for each in new]), new, strict=True))
        gone = data.draw(st.lists(st.sampled_from(sorted(there)), max_size=4)) if there else []
        file.delete(gone)
        for number in gone:
            there.pop(number, None)
        check_sums(file.database)
        wanted = data.draw(SENT)
        before = data.draw(TIMES)
        assert file.nearest(prefix(wanted.wire), wanted.scope, before) == scan(there, wanted, before)
    file.close()


@given(st.lists(SENT, min_size=1, max_size=6), SENT, TIMES)
def test_what_is_in_memory_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory,
    new: list[KeptExchange],
    wanted: KeptExchange,
    before: float | None,
) -> None:
    path = tmp_path_factory.mktemp("trie") / "history.sqlite"
    file = HistoryFile(path)
    numbers = file.keep([prepare(each) for each in new[:3]])
    file.close()
    file = HistoryFile(path)
    numbers += file.keep([prepare(each) for each in new[3:]])
    file.close()
    file = HistoryFile(path, only_read=True)
    there = dict(zip(numbers, new, strict=True))
    assert file.nearest(prefix(wanted.wire), wanted.scope, before) == scan(there, wanted, before)
    file.close()


def test_beta_features_are_part_of_the_path(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path / "history.sqlite")
    plain, beta = file.keep(
        [prepare(kept("hello")), prepare(kept("hello", headers={"anthropic-beta": "context-1, fast-2"}))]
    )
    found = file.nearest(prefix(body("hello", "more"), ("fast-2", "context-1")), "key", None)
    assert found is not None
    assert (found.id, found.whole) == (beta, True)
    found = file.nearest(prefix(body("hello", "more")), "key", None)
    assert found is not None
    assert (found.id, found.whole) == (plain, True)
    file.close()


def test_a_body_that_is_no_request_is_kept_and_is_nobodys_ancestor(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path / "history.sqlite")
    odd = [b"", b"\xff\x00", b"[1]", b'"x"', b'{"model":1}', b'{"model":"m","messages":{}}', b'{"a":1,"a":2}']
    numbers = file.keep([prepare(KeptExchange(wire, "imported", scope="key")) for wire in odd])
    assert [file.load(number).wire for number in numbers] == odd
    assert file.nearest(prefix(body("x")), "key", None) is None
    file.close()


def test_the_newest_before_a_moment_is_found_among_very_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefix_trie, "_MOST_STEPS", 12)
    file = HistoryFile(tmp_path / "history.sqlite")
    new = [kept("same start", f"{number * 7919 % 1000:03}", at=float(number)) for number in range(300)]
    numbers = file.keep([prepare(each) for each in new])
    found = file.nearest(prefix(body("same start", "none of them")), "key", 150.0)
    assert found is not None
    assert found.id == numbers[149]
    file.close()


def test_a_way_down_that_agrees_again_behind_the_break_is_not_followed(tmp_path: Path) -> None:
    """Behind the break all share the same, so that the newest counts and not the one that ends alike."""
    file = HistoryFile(tmp_path / "history.sqlite")
    alike, newest = file.keep([prepare(kept("a X c 1", at=1.0)), prepare(kept("a X c 2", at=2.0))])
    found = file.nearest(prefix(body("a Y c 1")), "key", None)
    assert found is not None
    assert found.id == newest
    found = file.nearest(prefix(body("a Y c 2")), "key", 2.0)
    assert found is not None
    assert found.id == alike
    file.close()
