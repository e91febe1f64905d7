"""A damaged file is set aside and said so; what is whole in it is in the new one."""

from __future__ import annotations

import os
import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import Query
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.services.history.salvage import salvage
from coldbyte.services.text_file import FileTrouble
from services.history.kept import NOON, body, kept, prefix, run, visit

DATA = Path(__file__).parents[2] / "data"
LIVES = 200 if os.environ.get("COLDBYTE_LONG") == "1" else 20
EDIT = Snapshot(NOON, "k", "part", 1, "old", "new", b"x", True)


def noise(seed: int, size: int = 6000) -> str:
    return "".join(random.Random(seed).choices("abcdefghij klmnop", k=size))


def exchanges(number: int) -> list[KeptExchange]:
    return [
        kept(noise(each), at=NOON + each, title=str(each), reply=f"reply{each}") for each in range(number)
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history of 60 exchanges, the last one with an edit before it."""
    path = tmp_path / "history.sqlite"

    async def story(store: HistoryStore) -> None:
        await store.keep_many(exchanges(60))
        await store.keep(kept("last", title="60"), [EDIT])

    visit(path, story)
    return path


def reopened(path: Path) -> tuple[FileTrouble | None, list[KeptExchange]]:
    """What opening says, and what is there then; the store works."""

    async def story() -> tuple[FileTrouble | None, list[KeptExchange]]:
        store = HistoryStore(path)
        trouble = await store.open()
        found = [await store.load(row.id) for row in (await store.find(Query(), limit=1000)).rows]
        number = await store.keep(kept("works"))
        nearest = await store.nearest(prefix(body("works", "x")), "key")
        assert nearest is not None
        assert nearest.id == number
        await store.delete([number])
        await store.close()
        return trouble, found

    return run(story())


def same(found: list[KeptExchange]) -> bool:
    """Whether all are as they were kept."""
    known = {each.title: each for each in [*exchanges(60), kept("last", title="60")]}
    return all(replace(each, id=0) == known[each.title] for each in found)


def test_a_file_that_is_no_database_is_set_aside(path: Path) -> None:
    path.write_bytes(b"not a database " * 1000)
    trouble, found = reopened(path)
    assert trouble is not None
    assert "damaged" in trouble.say
    assert "history-damaged-1.sqlite" in trouble.remedy
    assert "No exchange could be saved" in trouble.remedy
    assert found == []
    assert path.with_name("history-damaged-1.sqlite").read_bytes().startswith(b"not a database")
    assert reopened(path) == (None, [])


def test_where_the_pages_of_some_exchanges_are_damaged_the_others_are_saved(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for seed in (0, 30):  # overwrite the compressed pieces of two
        database = sqlite3.connect(path)
        pieces = [
            bytes(piece)
            for (piece,) in database.execute("SELECT data FROM pieces ORDER BY length(data) DESC")
        ]
        database.close()
        place = data.find(pieces[seed][200:260])
        assert place > 0
        data[place : place + 50] = b"\0" * 50
    path.write_bytes(data)

    async def story(store: HistoryStore) -> None:
        troubles = []
        for row in (await store.find(Query())).rows:
            try:
                await store.load(row.id)
            except FileTrouble as trouble:
                troubles.append(trouble)
        assert len(troubles) == 2
        assert "can't be read" in troubles[0].say
        assert "Start Coldbyte again" in troubles[0].remedy

    visit(path, story)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_overwritten_the_app_starts_and_nothing_wrong_is_shown(path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(rnd.randint(1, 3)):
        page = rnd.randrange(0 if seed == 0 else 1, len(data) // 4096)
        data[page * 4096 : page * 4096 + 4096] = rnd.choice([b"\0" * 4096, rnd.randbytes(4096)])
    path.write_bytes(data)
    path.with_name(f"{path.name}-suspect").touch()
    trouble, found = reopened_without_reading(path)
    assert same(found)
    if trouble is not None:
        assert path.with_name("history-damaged-1.sqlite").read_bytes() == data
        assert f"{len(found):,} exchanges were saved" in trouble.remedy or not found


def reopened_without_reading(path: Path) -> tuple[FileTrouble | None, list[KeptExchange]]:
    """As `reopened`; an exchange that can't be read is passed over."""

    async def story() -> tuple[FileTrouble | None, list[KeptExchange]]:
        store = HistoryStore(path)
        trouble = await store.open()
        found = []
        for number in range(1, 70):
            try:
                found.append(await store.load(number))
            except (KeyError, FileTrouble):
                continue
        await store.close()
        return trouble, found

    return run(story())


def test_damage_that_is_met_while_running_is_repaired_at_the_next_start(path: Path) -> None:
    test_where_the_pages_of_some_exchanges_are_damaged_the_others_are_saved(path)
    trouble, found = reopened(path)
    assert trouble is not None
    assert "59 exchanges were saved, 2 could not be" in trouble.remedy
    assert len(found) == 59
    assert same(found)
    assert reopened(path)[0] is None


def test_edits_are_saved_too(path: Path) -> None:
    salvage(path)

    async def story(store: HistoryStore) -> None:
        row = next(row for row in (await store.find(Query())).rows if row.title == "60")
        assert await store.snapshots(row.id) == (EDIT,)

    visit(path, story)


def test_a_salvage_that_was_cut_short_begins_again(path: Path) -> None:
    path.with_name("history-saving.sqlite").write_bytes(b"half of what can be saved")
    trouble, found = reopened(damaged(path))
    assert trouble is not None
    assert "59 exchanges were saved, 2 could not be" in trouble.remedy
    assert len(found) == 59
    assert sorted(each.name for each in path.parent.iterdir()) == [
        *("history-damaged-1.sqlite", "history.sqlite", "history.sqlite-repairing")
    ]


@pytest.mark.parametrize("moved", [False, True])
def test_a_salvage_that_was_cut_short_when_all_was_saved_is_finished(path: Path, *, moved: bool) -> None:
    path.rename(path.with_name("history-saved.sqlite"))
    path.with_name("history.sqlite" if not moved else "history-damaged-1.sqlite").write_bytes(b"damaged")
    trouble, found = reopened(path)
    assert trouble is not None
    assert "set aside" in trouble.remedy
    assert len(found) == 61
    assert path.with_name("history-damaged-1.sqlite").read_bytes() == b"damaged"
    assert reopened(path)[0] is None


def damaged(path: Path) -> Path:
    """The file with the pieces of two exchanges spoilt; it is known to be damaged."""
    test_where_the_pages_of_some_exchanges_are_damaged_the_others_are_saved(path)
    return path


def test_of_an_older_version_is_saved_what_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    database = sqlite3.connect(path)
    database.executescript((DATA / "history-1.sql").read_text(encoding="utf-8"))
    database.execute("UPDATE pieces SET data = x'00' WHERE id = 6")
    database.commit()
    database.close()
    aside, saved, lost = salvage(path)
    assert (aside.name, saved, lost) == ("history-damaged-1.sqlite", 1, 1)
    trouble, (one,) = reopened(path)
    assert trouble is None
    assert one.wire == body("first question")


@pytest.mark.parametrize("seed", range(LIVES))
def test_a_flipped_bit_is_never_shown_as_if_it_had_been_kept(path: Path, seed: int) -> None:
    """Wherever it is: in a text, a number, a piece, a list of pieces, a page that leads to others."""
    rnd = random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(rnd.choice([1, 1, 8])):
        data[rnd.randrange(100, len(data))] ^= 1 << rnd.randrange(8)
    path.write_bytes(data)
    _, found = reopened_without_reading(path)
    assert same(found)
    trouble, again = reopened_without_reading(path)
    assert same(again)
    if len(found) < 61 and trouble is not None:
        assert path.with_name("history-damaged-1.sqlite").exists()


@pytest.mark.parametrize("share", [0, 0.0001, 0.05, 0.5, 0.9, 0.999])
def test_of_a_file_that_was_cut_off_the_rest_is_saved(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    trouble, found = reopened_without_reading(path)
    if share:
        trouble = trouble or reopened_without_reading(path)[0]
        assert trouble is not None
    assert same(found)
    after, found = reopened(path)
    assert after is None
    assert same(found)


def test_who_has_the_file_open_goes_on_in_the_one_that_takes_its_place(path: Path) -> None:
    async def story() -> None:
        store = HistoryStore(path)
        assert await store.open() is None
        assert await store.count(Query()) == 61
        assert salvage(path)[1:] == (61, 0)
        assert await store.count(Query()) == 61
        number = await store.keep(kept("after", title="after"))
        assert (await store.load(number)).title == "after"
        for each in path.parent.iterdir():
            each.unlink()
        await store.keep(kept("anew", title="anew"))
        assert [row.title for row in (await store.find(Query())).rows] == ["anew"]
        await store.close()

    run(story())
    assert [each.title for each in reopened(path)[1]] == ["anew"]


def test_what_is_new_is_kept_although_its_neighbour_is_damaged(path: Path) -> None:
    async def story(store: HistoryStore) -> int:
        damaged_file = sqlite3.connect(path)
        damaged_file.execute("UPDATE exchanges SET title = 'other' WHERE title = '60'")
        damaged_file.commit()
        damaged_file.close()
        with pytest.raises(FileTrouble, match="other values"):
            await store.load(61)
        return await store.keep(kept("last", "new", title="new"))

    visit(path, story)
    trouble, found = reopened(path)
    assert trouble is not None
    assert "61 exchanges were saved, 1 could not be" in trouble.remedy
    assert "new" in [each.title for each in found]


def test_the_file_of_a_newer_version_is_left_as_it_is(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()

    async def story() -> None:
        store = HistoryStore(path)
        trouble = await store.open()
        assert trouble is not None
        assert "newer" in trouble.say
        with pytest.raises(FileTrouble, match="newer"):
            await store.keep(kept("x"))
        with pytest.raises(FileTrouble, match="newer"):
            await store.find(Query())
        await store.close()

    run(story())
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    path.mkdir()

    async def story() -> FileTrouble | None:
        store = HistoryStore(path)
        trouble = await store.open()
        await store.close()
        return trouble

    trouble = run(story())
    assert trouble is not None
    assert "history-damaged-1" in trouble.remedy
