"""The history: what was kept is there again, byte for byte; it is found, and gone when it is deleted."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import stat
import sys
import zlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KEPT_HEADERS, Judgement, KeptExchange
from coldbyte.core.history.query import HistoryRow, Query, Retention
from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import Json
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.services.text_file import FileTrouble
from services.history.kept import NOON, body, kept, prefix, run, visit

TURNS = 500 if os.environ.get("COLDBYTE_LONG") == "1" else 120
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
COUNTS = st.integers(0, 2**40)
TIMES = st.none() | st.floats(0, 4e9, allow_nan=False)
USAGES = st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
MONEY = st.none() | st.decimals(-1000, 1000, allow_nan=False, places=6)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
EXCHANGES = st.builds(
    KeptExchange,
    st.binary(max_size=200) | st.lists(WORDS, min_size=1, max_size=3).map(lambda texts: body(*texts)),
    st.sampled_from(["sent", "captured", "imported"]),
    *[WORDS] * 6,
    *[TIMES] * 3,
    st.none() | st.integers(100, 599),
    WORDS,
    *[st.none() | WORDS] * 4,
    st.dictionaries(st.sampled_from(sorted(KEPT_HEADERS)), WORDS, max_size=3),
    st.binary(max_size=200),
    WORDS,
    st.none() | USAGES,
    st.dictionaries(WORDS, JSONS, max_size=3),
    JSONS,
    st.none() | st.builds(Judgement, *[WORDS] * 4, st.none() | USAGES, MONEY, MONEY, WORDS),
    st.booleans(),
    st.booleans(),
    WORDS,
    WORDS,
    st.booleans(),
)
SNAPSHOTS = st.builds(
    Snapshot,
    st.floats(0, 4e9),
    WORDS,
    WORDS,
    COUNTS,
    WORDS,
    WORDS,
    st.binary(max_size=16),
    st.booleans(),
    st.none() | COUNTS,
    WORDS,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "coldbyte" / "history.sqlite"


async def names(store: HistoryStore, query: Query) -> list[str]:
    """The titles of what fits, as many as are counted."""
    found = await store.find(query)
    assert await store.count(query) == len(found.rows)
    return [row.title for row in found.rows]


@given(st.lists(EXCHANGES, max_size=4), st.lists(SNAPSHOTS, max_size=3), EXCHANGES)
def test_exchanges_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory,
    many: list[KeptExchange],
    edits: list[Snapshot],
    last: KeptExchange,
) -> None:
    path = tmp_path_factory.mktemp("store") / "history.sqlite"

    async def put(store: HistoryStore) -> list[int]:
        return [*await store.keep_many(many), await store.keep(last, edits)]

    numbers = visit(path, put)
    assert len(set(numbers)) == len(many) + 1

    async def get(store: HistoryStore) -> list[KeptExchange]:
        assert await store.snapshots(numbers[-1]) == tuple(edits)
        return [await store.load(number) for number in numbers]

    expected = [replace(each, id=number) for each, number in zip([*many, last], numbers, strict=True)]
    assert visit(path, get) == expected


def test_only_headers_without_secrets_are_kept(path: Path) -> None:
    headers = {
        "X-Api-Key": "sk-ant-1",
        "authorization": "Bearer sk-2",
        "cookie": "c=3",
        "Anthropic-Version": "v",
    }

    async def story(store: HistoryStore) -> KeptExchange:
        return await store.load(await store.keep(kept("x", headers=headers)))

    assert visit(path, story).headers == {"anthropic-version": "v"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_its_user_can_read_the_file_and_what_lies_beside_it(path: Path) -> None:
    async def story(store: HistoryStore) -> None:
        await store.keep(kept("x"))
        rights = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
        assert rights == dict.fromkeys(("history.sqlite", "history.sqlite-wal", "history.sqlite-shm"), 0o600)

    before = os.umask(0)
    try:
        visit(path, story)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_long_conversation_costs_little_more_than_its_document(path: Path) -> None:
    """500 turns with COLDBYTE_LONG=1."""
    rnd = random.Random(1)
    vocabulary = ["".join(rnd.choices("abcdefghijklmnoprstuvw", k=rnd.randint(2, 9))) for _ in range(5000)]

    def text(size: int) -> str:
        return " ".join(rnd.choices(vocabulary, k=size // 6))

    document = text(400_000)
    turns = [document]
    sent = 0

    async def story(store: HistoryStore) -> None:
        nonlocal sent
        await store.keep(kept(*turns))
        for turn in range(1, TURNS):
            turns.extend((text(300), text(100)))
            exchange = kept(*turns, at=NOON + turn, reply=turns[-2], conversation="c", title=turns[-1][:40])
            sent += len(exchange.wire)
            await store.keep(exchange)

    visit(path, story)
    one = path.with_name("one.sqlite")

    async def alone(store: HistoryStore) -> None:
        await store.keep(kept(document))

    visit(one, alone)
    assert sent > TURNS * 400_000
    assert path.stat().st_size < one.stat().st_size + TURNS * 3_500


def test_what_is_asked_for_is_found_by_column_money_and_time(path: Path) -> None:
    def judged(effect: str, cause: str, price: str | None, lost: str | None) -> Judgement:
        money = [None if each is None else Decimal(each) for each in (price, lost)]
        return Judgement(effect, cause, price=money[0], lost=money[1])

    rows = [
        kept(
            "a", at=NOON, title="one", project="p", judgement=judged("missed", "text-edited", "0.50", "0.30")
        ),
        kept(
            "b",
            at=NOON + 5,
            title="two",
            project="q",
            conversation="c",
            judgement=judged("hit", "", "0.05", "-0.1"),
        ),
        replace(kept("c", at=None, title="three", pinned=True), origin="imported", model="m", scope="other"),
    ]
    asked = {
        Query(): ["two", "one", "three"],
        Query(projects=("p", "q")): ["two", "one"],
        Query(projects=("q",), causes=("text-edited",)): [],
        Query(models=("m", "none")): ["three"],
        Query(causes=("text-edited",)): ["one"],
        Query(effects=("hit", "missed")): ["two", "one"],
        Query(origins=("imported",)): ["three"],
        Query(conversation="c"): ["two"],
        Query(scope="other"): ["three"],
        Query(since=NOON + 1): ["two"],
        Query(until=NOON + 5): ["one"],
        Query(least_price=Decimal("0.50")): ["one"],
        Query(lossy=True): ["one"],
        Query(pinned=True): ["three"],
        Query("a", effects=("missed",)): ["one"],
    }

    async def story(store: HistoryStore) -> None:
        await store.keep_many(rows)
        for query, expected in asked.items():
            assert await names(store, query) == expected, query
        row = (await store.find(Query(projects=("p",)))).rows[0]
        assert (row.effect, row.cause, row.price, row.lost) == (
            "missed",
            "text-edited",
            Decimal("0.50"),
            Decimal("0.30"),
        )
        stock = await store.stock()
        assert (stock.exchanges, stock.projects, stock.causes) == (3, ("p", "q"), ("text-edited",))
        assert stock.models == ("claude-opus-5", "m")
        assert stock.body_bytes == sum(len(each.wire) for each in rows)

    visit(path, story)


def test_pages_follow_each_other_without_gap_or_repetition(path: Path) -> None:
    times = [NOON + number // 3 if number % 4 else None for number in range(30)]

    async def story(store: HistoryStore) -> None:
        await store.keep_many([kept("x", at=at, title=str(number)) for number, at in enumerate(times)])
        whole = (await store.find(Query())).rows
        pages: list[HistoryRow] = []
        more = True
        while more:
            found = await store.find(Query(), pages[-1] if pages else None, 7)
            pages += found.rows
            more = found.more
        assert tuple(pages) == whole
        assert sorted(int(row.title) for row in whole) == list(range(30))
        ordered = [(row.started_at or 0, row.id) for row in whole]
        assert ordered == sorted(ordered, reverse=True)

    visit(path, story)


SEARCHED = {
    "english": kept('The naïve café said:\n“Hello”\tagain "quoted" C:\\newest', title="english"),
    "chinese": kept("提示缓存的前缀必须完全相同。", "是的", title="chinese"),
    "thai": kept("สวัสดีชาวโลก", title="thai"),
    "escaped": replace(
        kept(title="escaped"), wire=body("Grüße aus Köln\nmorgen 缓存 \U0001f600 Zoë", escaped=True)
    ),
    "replied": kept(
        "nothing", title="replied", reply="A walrus answers", name="Named thing", note="an annotation"
    ),
}
FOUND = {
    "naive": {"english"},
    "NAÏVE": {"english"},
    "hello": {"english"},
    "hel": {"english"},
    "hel ": set(),
    "hell again": set(),
    '"hello again"': {"english"},
    '"again hello"': set(),
    '"said hello"': {"english"},
    "quoted newest": {"english"},
    "newest cafe": {"english"},
    "缓存": {"chinese", "escaped"},
    "缓": {"chinese", "escaped"},
    "前缀必须": {"chinese"},
    "前缀相同": set(),
    "必须 完全": {"chinese"},
    "ชาวโลก": {"thai"},
    "grusse": {"escaped"},
    "koln morgen": {"escaped"},
    "nmorgen": set(),
    "zoe": {"escaped"},
    "walrus": {"replied"},
    "named annot": {"replied"},
    "walrus hello": set(),
    "nothing": {"replied"},
}


@pytest.mark.parametrize("asked", FOUND)
def test_words_are_found_where_they_stand(asked: str, searched: Path) -> None:
    async def story(store: HistoryStore) -> list[str]:
        return await names(store, Query(asked))

    assert set(visit(searched, story)) == FOUND[asked]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("searched") / "history.sqlite"

    async def story(store: HistoryStore) -> None:
        await store.keep_many(list(SEARCHED.values()))

    visit(path, story)
    return path


@given(asked=st.text(max_size=12) | st.text('"*^:()-+ANDORNEAR{}\\\x00 ab', max_size=20))
def test_no_question_is_too_odd(searched: Path, asked: str) -> None:
    async def story(store: HistoryStore) -> None:
        await names(store, Query(asked))

    visit(searched, story)


def test_the_excerpt_shows_the_hit_and_its_surroundings(path: Path) -> None:
    filler = "lorem ipsum " * 2000

    async def story(store: HistoryStore) -> str:
        await store.keep(kept(f"{filler}\nhere the Größe\nstands {filler}"))
        return (await store.find(Query("grösse"))).rows[0].excerpt

    excerpt = visit(path, story)
    assert "here the Größe stands lorem" in excerpt
    assert excerpt.endswith("…")
    assert len(excerpt) < 160


@given(st.integers(0, 300), st.integers(20_000, 60_000))
def test_words_that_stand_together_are_found_across_a_cut(
    tmp_path_factory: pytest.TempPathFactory, seed: int, size: int
) -> None:
    rnd = random.Random(seed)
    words = ["".join(rnd.choices("abcdefghimopqrstuvwy", k=rnd.randint(2, 8))) for _ in range(size // 6)]
    text = " ".join(words)
    path = tmp_path_factory.mktemp("cut") / "history.sqlite"

    async def story(store: HistoryStore) -> None:
        await store.keep(kept(text))
        for _ in range(20):
            at = rnd.randrange(len(words) - 2)
            assert await store.count(Query(f'"{" ".join(words[at : at + 3])}"')) == 1

    visit(path, story)


def test_notes_pins_and_judgements_change_and_are_found(path: Path) -> None:
    async def story(store: HistoryStore) -> None:
        number = await store.keep(kept("x", name="before", reply="same"))
        await store.annotate(number, name="after", note="zebra")
        await store.annotate(number, pinned=True)
        await store.judge(number, Judgement("missed", "text-edited", "say", "sure", Usage(1), Decimal("0.1")))
        found = await store.load(number)
        assert (found.name, found.note, found.pinned) == ("after", "zebra", True)
        assert found.judgement == Judgement("missed", "text-edited", "say", "sure", Usage(1), Decimal("0.1"))
        assert [await store.count(Query(word)) for word in ("before", "after", "zebra", "same")] == [
            0,
            1,
            1,
            1,
        ]
        await store.annotate(99, name="nobody")
        await store.judge(99, Judgement("missed"))
        assert await store.count(Query("nobody")) == 0

    visit(path, story)


def noise(seed: int) -> str:
    """A text that compression makes little smaller."""
    return "".join(random.Random(seed).choices("abcdefghij klmnop", k=30_000))


def raw(path: Path) -> bytes:
    """All bytes of the file and of what lies beside it."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.iterdir()))


def test_what_is_deleted_is_gone_from_every_page_and_from_the_index(path: Path) -> None:
    secret = "Qzxkwv7Jpq"
    others = [kept(f"other question {number}", "lorem " * 300, at=NOON + number) for number in range(60)]
    gone = kept(
        f"shared start {secret}one " * 9, "lorem " * 300, title=f"{secret}two", name=f"{secret}three",
        note=f"{secret}four", reply=f"{secret}five", received=f"data: {secret}six\n".encode(),
        project=f"{secret}seven", failure=f"{secret}8",
        usage_fields={f"{secret}nine": 1}, judgement=Judgement(say=f"{secret}ten", cause=f"{secret}11"),
    )  # fmt: skip
    edit = Snapshot(NOON, f"{secret}k", "part", 1, f"{secret}removed", f"{secret}inserted", b"x", True)

    async def story(store: HistoryStore) -> None:
        await store.keep_many(others[:30])
        number = await store.keep(gone, [edit])
        await store.keep_many(others[30:])
        await store.annotate(number, note=f"{secret}later")
        assert await store.count(Query(f"{secret}one")) == 1
        database = sqlite3.connect(path)
        streams = [data for (data,) in database.execute("SELECT data FROM pieces")]
        mine = [data for data in streams if data[:1] == b"x" and secret.encode() in zlib.decompress(data)]
        blobs = database.execute(
            "SELECT reply, rest, snapshots FROM exchanges WHERE id = ?", (number,)
        ).fetchone()
        database.close()
        forms = [secret.encode(), secret.lower().encode(), secret.lower().encode()[3:], *mine, *blobs]
        assert len(mine) >= 1
        assert all(form in raw(path) for form in forms), "else this test would see nothing"
        await store.delete([number])
        assert [form for form in forms if form in raw(path)] == []
        for word in ("one", "two", "three", "four", "five", "later"):
            assert await store.count(Query(secret + word)) == 0
        assert await store.count(Query("lorem")) == 60
        with pytest.raises(KeyError):
            await store.load(number)
        assert await store.snapshots(number) == ()
        await store.delete([number])

    visit(path, story)


def test_a_file_of_which_all_was_deleted_is_as_small_as_a_new_one(path: Path) -> None:
    async def story(store: HistoryStore) -> None:
        empty = (await store.stock()).disk_bytes
        numbers = await store.keep_many([kept(noise(number), at=NOON + number) for number in range(50)])
        full = (await store.stock()).disk_bytes
        await store.delete(numbers)
        stock = await store.stock()
        assert stock.exchanges == stock.body_bytes == 0
        assert stock.disk_bytes < empty + 10_000 < full / 10
        database = sqlite3.connect(path)
        for table in ("pieces", "shelves", "piece_shelves", "shelf_exchanges"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM nodes").fetchone() == (1,)
        database.close()

    visit(path, story)


def test_what_others_share_stays(path: Path) -> None:
    async def story(store: HistoryStore) -> None:
        first, second = await store.keep_many([kept("a " * 9000, "b"), kept("a " * 9000, "b", "c")])
        await store.delete([first])
        assert (await store.load(second)).wire == body("a " * 9000, "b", "c")
        assert await store.count(Query("a")) == 1

    visit(path, story)


def test_retention_takes_the_old_and_spares_the_pinned(path: Path) -> None:
    day = 86_400.0

    async def story(store: HistoryStore) -> None:
        await store.keep_many(
            [kept(str(age), at=NOON - age * day, title=str(age), pinned=age == 9) for age in range(10)]
        )
        await store.keep(kept("x", at=None, title="unknown"))
        assert await store.retain(Retention(), NOON) == 0
        assert await store.retain(Retention(days=4), NOON) == 4
        assert await names(store, Query()) == ["0", "1", "2", "3", "4", "9", "unknown"]

    visit(path, story)


def test_retention_by_size_takes_the_oldest_until_it_fits(path: Path) -> None:
    async def story(store: HistoryStore) -> None:
        await store.keep_many(
            [
                kept(noise(number), at=NOON + number, title=str(number), pinned=number == 3)
                for number in range(100)
            ]
        )
        before = (await store.stock()).disk_bytes
        assert before > 2_000_000
        gone = await store.retain(Retention(megabytes=1), NOON)
        stock = await store.stock()
        assert 700_000 < stock.disk_bytes < 1_100_000
        assert stock.exchanges == 100 - gone
        kept_ones = sorted(int(name) for name in await names(store, Query()))
        assert kept_ones == [3, *range(gone + 1, 100)]
        assert await store.retain(Retention(megabytes=0), NOON) == stock.exchanges - 1

    visit(path, story)


def test_many_are_deleted_in_steps_between_which_others_write(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("history_file", "history_store"):
        monkeypatch.setattr(f"coldbyte.services.history.{module}.AT_ONCE", 7)

    async def story(store: HistoryStore) -> None:
        numbers = await store.keep_many([kept(str(at), at=at, title=str(at)) for at in range(1, 101)])
        await store.delete(numbers[:30])
        await store.delete([])
        assert (await store.stock()).exchanges == 70
        assert await store.retain(Retention(days=0), 61.0) == 30
        assert await names(store, Query()) == [str(at) for at in range(100, 60, -1)]
        assert await store.retain(Retention(megabytes=0), 61.0) == 40

    visit(path, story)


def test_two_instances_write_one_file(path: Path) -> None:
    async def story() -> None:
        one, two = HistoryStore(path), HistoryStore(path)
        assert await one.open() is None
        assert await two.open() is None
        numbers = await asyncio.gather(
            *[
                store.keep(kept(f"{number}", "same", at=NOON + number))
                for number in range(30)
                for store in (one, two)
            ]
        )
        assert len(set(numbers)) == 60
        assert await one.count(Query("same")) == await two.count(Query("same")) == 60
        await asyncio.gather(one.delete(numbers[:10]), two.delete(numbers[5:20]))
        assert await one.count(Query()) == 40
        found = await two.nearest(prefix(body("29", "same", "x")), "key")
        assert found is not None
        assert (found.id in numbers[-2:], found.whole) == (True, True)
        await asyncio.gather(one.close(), two.close())

    run(story())


def test_a_search_that_nobody_waits_for_ends_and_what_is_kept_is_kept(path: Path) -> None:
    async def story(store: HistoryStore) -> None:
        await store.keep_many([kept(f"word {number}", at=NOON + number) for number in range(300)])
        search = asyncio.ensure_future(store.count(Query("word")))  # noqa: TID251
        keep = asyncio.ensure_future(store.keep(kept("late", title="late")))  # noqa: TID251
        await asyncio.sleep(0)
        search.cancel()
        keep.cancel()
        await asyncio.gather(search, keep, return_exceptions=True)
        assert search.cancelled()
        assert await store.count(Query("word")) == 300
        await store.keep(kept("after"))
        assert await store.count(Query("late")) == 1

    visit(path, story)


def test_what_cannot_be_written_is_told_and_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coldbyte.services.history.history_file.BUSY_S", 0.05)

    async def story(store: HistoryStore) -> None:
        first = await store.keep(kept("first"))
        with pytest.raises(FileTrouble):
            await store.keep_many([kept("good"), kept("bad", usage=Usage(2**70))])
        assert await store.count(Query("good")) == 0
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FileTrouble, match="locked"):
            await store.keep(kept("second"))
        assert await store.count(Query()) == 1
        other.execute("ROLLBACK")
        other.close()
        second = await store.keep(kept("first", "second"))
        found = await store.nearest(prefix(body("first", "second", "x")), "key")
        assert found is not None
        assert found.id == second
        await store.delete([first])

    visit(path, story)


def test_before_it_is_opened_and_after_it_is_closed_it_says_so(path: Path) -> None:
    async def story() -> None:
        store = HistoryStore(path)
        with pytest.raises(FileTrouble, match="not open"):
            await store.keep(kept("x"))
        await store.open()
        await store.close()
        await store.close()
        with pytest.raises(FileTrouble, match="closed"):
            await store.keep(kept("x"))
        with pytest.raises(FileTrouble, match="closed"):
            await store.find(Query())

    run(story())


def test_halves_of_characters_do_no_harm(path: Path) -> None:
    async def story(store: HistoryStore) -> KeptExchange:
        return await store.load(
            await store.keep(
                kept("x", title="a\ud800b", reply="c\udfffd", diagnostics={"e": "\ud83d"}, source="\udc80")
            )
        )

    found = visit(path, story)
    assert (found.title, found.reply, found.source) == ("a?b", "c?d", "?")
    assert read_json(body("x")) == read_json(found.wire)


def test_numbers_and_objects_are_told_as_they_were_spelled(path: Path) -> None:
    told = read_json(b'{"a":1.5,"b":1.0e3,"c":-0,"d":[1e400,1.10,12345678901234567890123],"x":{"k":1,"k":2}}')
    assert isinstance(told, dict)

    async def story(store: HistoryStore) -> KeptExchange:
        return await store.load(await store.keep(kept("x", usage_fields=told, diagnostics=told)))

    found = visit(path, story)
    assert found.usage_fields == found.diagnostics == told


@pytest.mark.parametrize("depth", [499, 501, 3000])
def test_however_deep_a_value_is_the_exchange_is_kept(path: Path, depth: int) -> None:
    deep: Json = None
    for _ in range(depth):
        deep = [deep]
    wire = b'{"model":"m","messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    async def story(store: HistoryStore) -> KeptExchange:
        return await store.load(await store.keep(KeptExchange(wire, "sent", diagnostics=deep)))

    found = visit(path, story)
    assert found.wire == wire
    assert (found.diagnostics is not None) == (depth < 3000)


def test_while_somebody_still_reads_the_log_is_emptied_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coldbyte.services.history.history_file.BUSY_S", 0.05)

    async def story(store: HistoryStore) -> None:
        number = await store.keep(kept("x", project="Qzxkwv7Jpq"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM exchanges").fetchone()
        await store.delete([number])
        assert b"Qzxkwv7Jpq" in raw(path)
        other.close()
        await store.keep(kept("y"))
        assert b"Qzxkwv7Jpq" not in raw(path)

    visit(path, story)
