"""The cache rules, against the published examples and against a second, naive implementation of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, changes, plan_request, settle
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix

MODEL = "claude-sonnet-5-5"


@dataclass(frozen=True)
class Block:
    """A content block: what it says, how many tokens it takes, its marker."""

    says: str
    tokens: int = 10
    ttl: Ttl | None = None
    kind: str = "text"

    def json(self) -> dict[str, Json]:
        content: dict[str, Json] = {"type": self.kind}
        match self.kind:
            case "text":
                content["text"] = self.says
            case "tool_use":
                content |= {"id": self.says, "name": "f", "input": {}}
            case _:
                content |= {"tool_use_id": self.says, "content": "ok"}
        return content | ({"cache_control": {"type": "ephemeral", "ttl": self.ttl}} if self.ttl else {})


def prefix(blocks: Sequence[Block], model: str = MODEL) -> Prefix:
    return prefix_of(
        RequestBody({"model": model, "messages": [{"role": "user", "content": [b.json() for b in blocks]}]})
    )


@dataclass
class Cache:
    """The rules under test, with what they remember."""

    minimum: int = 0
    rules: CacheRules = field(default_factory=CacheRules)
    entries: Mapping[bytes, Entry] = field(default_factory=dict)

    def plan(
        self, blocks: Sequence[Block], now: float = 0, scope: str = "one", model: str = MODEL
    ) -> CachePlan:
        return plan_request(
            prefix(blocks, model),
            [0, *(block.tokens for block in blocks)],  # the model's name stands first and takes none
            minimum=self.minimum,
            scope=scope,
            entries=self.entries,
            now=now,
            rules=self.rules,
        )

    def send(self, blocks: Sequence[Block], now: float = 0, delay: float = 0, **more: str) -> Usage:
        plan = self.plan(blocks, now, **more)
        self.entries = settle(self.entries, plan, started_at=now, available_at=now + delay)
        return plan.usage


def row(count: int, *marked: int) -> list[Block]:
    """So many blocks, counted from 1, of which some are marked."""
    return [Block(f"{number}", ttl="5m" if number in marked else None) for number in range(1, count + 1)]


def test_nothing_is_cached_without_a_marker() -> None:
    cache = Cache()
    for _ in range(2):
        assert cache.send(row(5)) == Usage(uncached=50)


def test_only_marked_positions_are_written() -> None:
    cache = Cache()
    assert cache.send(row(10, 5)) == Usage(written_5m=50, uncached=50)
    assert [entry.tokens for entry in cache.entries.values()] == [50]


def test_moving_the_breakpoint_forward_keeps_the_hit_and_backward_loses_it() -> None:
    cache = Cache()
    cache.send(row(10, 5))
    assert cache.plan(row(10, 8)).usage == Usage(read=50, written_5m=30, uncached=20)
    assert cache.plan(row(10, 4)).usage == Usage(written_5m=40, uncached=60)


def test_the_published_example_of_the_walk_back() -> None:
    cache = Cache()
    assert cache.send(row(10, 10)) == Usage(written_5m=100)
    assert cache.send(row(15, 15)) == Usage(read=100, written_5m=50)
    assert cache.plan(row(34, 34)).usage == Usage(read=150, written_5m=190)
    assert cache.plan(row(35, 35)).usage == Usage(written_5m=350)
    assert cache.plan(row(35, 15, 35)).usage == Usage(read=150, written_5m=200)


def test_the_length_of_the_walk_is_a_switch() -> None:
    cache = Cache(rules=CacheRules(lookback=3))
    cache.send(row(10, 10))
    assert cache.plan(row(12, 12)).usage.read == 100
    assert cache.plan(row(13, 13)).usage.read == 0


@pytest.mark.parametrize(("grouped", "read"), [(True, 10), (False, 0)])
def test_a_run_of_tool_blocks_is_one_position_if_so_switched(grouped: bool, read: int) -> None:
    start = Block("start")
    calls = [Block(f"call {n}", kind="tool_use") for n in range(15)]
    results = [Block(f"call {n}", kind="tool_result") for n in range(15)]
    cache = Cache(rules=CacheRules(group_tool_runs=grouped))
    cache.send([replace(start, ttl="5m")])
    assert cache.plan([start, *calls, *results, Block("end", ttl="5m")]).usage.read == read


def test_an_entry_inside_a_run_is_found() -> None:
    results = [Block(f"call {n}", kind="tool_result") for n in range(30)]
    cache = Cache()
    cache.send([*results[:4], replace(results[4], ttl="5m")])
    assert cache.plan([*results[:29], replace(results[29], ttl="5m")]).usage.read == 50


def test_runs_of_calls_and_of_results_are_two_positions() -> None:
    pair = [Block("call", kind="tool_use"), Block("call", kind="tool_result")]
    start = Block("start", ttl="5m")
    cache = Cache()
    cache.send([start])
    assert cache.plan([start, *pair * 9, Block("end", ttl="5m")]).usage.read == 10
    assert cache.plan([replace(start, ttl=None), *pair * 9, Block("end", ttl="5m")]).usage.read == 10
    assert cache.plan([replace(start, ttl=None), *pair * 10, Block("end", ttl="5m")]).usage.read == 0


def test_a_prefix_of_exactly_the_minimum_is_cached_and_one_token_less_is_not() -> None:
    cache = Cache(minimum=50)
    assert cache.plan(row(5, 5)).usage == Usage(written_5m=50)
    short = [*row(4), Block("5", 9, "5m")]
    assert cache.plan(short).usage == Usage(uncached=49)
    assert [point.outcome for point in cache.plan(row(6, 4, 6)).breakpoints] == ["below_minimum", "written"]


def test_a_short_part_is_not_said_to_be_held_by_a_longer_entry() -> None:
    cache = Cache(minimum=50)
    cache.send(row(6, 4, 6))
    assert [point.outcome for point in cache.plan(row(6, 4, 6)).breakpoints] == ["below_minimum", "read"]


def test_two_lifetimes_are_billed_up_to_a_b_and_c() -> None:
    one, two, three, rest = Block("1", 100), Block("2", 200), Block("3", 300), Block("4", 7)
    cache = Cache()
    cache.send([replace(one, ttl="1h")])
    mixed = [replace(one, ttl="1h"), replace(two, ttl="1h"), replace(three, ttl="5m"), rest]
    assert cache.plan(mixed).usage == Usage(read=100, written_1h=200, written_5m=300, uncached=7)
    assert Cache().plan(mixed).usage == Usage(written_1h=300, written_5m=300, uncached=7)
    whole = [one, two, replace(three, ttl="5m")]
    cache.send(whole)
    assert cache.plan([*mixed[:3], rest]).usage == Usage(read=600, uncached=7)


def test_what_is_read_is_what_was_written_also_where_settings_make_the_prompt_longer() -> None:
    cache = Cache()
    cache.send(row(3, 3))
    longer = plan_request(
        prefix(row(3, 3)),
        [7, 10, 10, 10],
        minimum=0,
        scope="one",
        entries=cache.entries,
        now=1,
        rules=CacheRules(),
    )
    assert longer.usage == Usage(read=30, uncached=7)


def test_before_the_first_byte_a_request_has_refreshed_what_it_reads_and_written_nothing() -> None:
    cache = Cache()
    cache.send(row(3, 3), now=0)
    plan = cache.plan(row(5, 3, 5), now=299)
    (changed,) = changes(cache.entries, plan, started_at=299, available_at=None).values()
    assert (changed.expires_at, changed.tokens) == (599, 30)
    assert len(changes(cache.entries, plan, started_at=299, available_at=310)) == 2


@pytest.mark.parametrize(("ttl", "lifetime"), [("5m", 300), ("1h", 3600)])
def test_the_lifetime_runs_from_the_start_of_the_request_that_wrote_or_read(ttl: Ttl, lifetime: int) -> None:
    cache = Cache()
    blocks = [Block("1", ttl=ttl)]
    cache.send(blocks, now=0, delay=200)
    assert cache.plan(blocks, now=lifetime - 1).usage.read == 10
    assert cache.plan(blocks, now=lifetime).usage.read == 0
    cache.send(blocks, now=lifetime - 1)
    assert cache.plan(blocks, now=2 * lifetime - 2).usage.read == 10
    assert cache.plan(blocks, now=2 * lifetime - 1).usage.read == 0


def test_reading_with_a_longer_lifetime_does_not_lengthen_an_entry() -> None:
    cache = Cache()
    cache.send([Block("1", ttl="5m")])
    assert cache.send([Block("1", ttl="1h")], now=10) == Usage(read=10)
    assert cache.plan([Block("1", ttl="1h")], now=310).usage.read == 0


def test_an_entry_can_be_read_once_the_first_response_began() -> None:
    cache = Cache()
    blocks = row(3, 3)
    cache.send(blocks, now=0, delay=2)
    assert cache.plan(blocks, now=1).usage.read == 0
    assert cache.plan(blocks, now=2).usage.read == 30


def test_scopes_and_models_do_not_share_entries() -> None:
    cache = Cache()
    cache.send(row(3, 3))
    assert cache.plan(row(3, 3), scope="two").usage.read == 0
    assert cache.plan(row(3, 3), model="claude-opus-5-5").usage.read == 0
    assert cache.plan(row(3, 3)).usage.read == 30


def test_the_marker_is_no_part_of_the_key() -> None:
    cache = Cache()
    cache.send(row(3, 1, 2, 3))
    assert cache.plan(row(3, 3)).usage.read == 30
    assert cache.plan([*row(2), Block("3", ttl="1h")]).usage.read == 30


def test_a_slow_request_does_not_shorten_the_life_of_an_entry_that_a_later_one_read() -> None:
    cache = Cache()
    blocks = row(3, 3)
    cache.send(blocks, now=0)
    slow, quick = cache.plan(blocks, now=100), cache.plan(blocks, now=200)
    for plan, started in [(quick, 200), (slow, 100)]:
        cache.entries = settle(cache.entries, plan, started_at=started, available_at=210)
    assert cache.plan(blocks, now=499).usage.read == 30


def test_of_two_requests_that_wrote_at_once_the_longer_life_and_the_earlier_beginning_count() -> None:
    long, short = [Block("1", ttl="1h")], [Block("1", ttl="5m")]
    for first, second in [(long, short), (short, long)]:
        cache = Cache()
        plans = cache.plan(first, now=0), cache.plan(second, now=1)
        cache.entries = settle(cache.entries, plans[0], started_at=0, available_at=2)
        cache.entries = settle(cache.entries, plans[1], started_at=1, available_at=9)
        assert cache.plan(short, now=2).usage.read == 10
        assert cache.plan(short, now=3000).usage.read == 10


def test_dead_entries_are_forgotten() -> None:
    cache = Cache()
    for number in range(5):
        cache.send([Block(f"{number}", ttl="5m")], now=number * 400)
    assert len(cache.entries) == 1


# A second implementation of the published rules, slow and without any of the code under test.


@dataclass
class Remembered:
    """What one marker wrote."""

    says: tuple[tuple[str, str], ...]
    ttl: Ttl
    since: float


LIFE = {"5m": 300, "1h": 3600}


@dataclass
class Oracle:
    """Rules 1 to 9 of the published text, one after the other."""

    minimum: int
    memory: list[Remembered] = field(default_factory=list)

    def send(self, blocks: Sequence[Block], now: float) -> Usage:
        marked = [i for i, block in enumerate(blocks) if block.ttl and total(blocks, i) >= self.minimum]
        hit = self._hit(blocks, marked, now)
        behind = [i for i in marked if i > hit]
        a = total(blocks, hit)
        b = max((total(blocks, i) for i in behind if blocks[i].ttl == "1h"), default=a)
        c = max((total(blocks, i) for i in behind), default=a)
        for known in self.memory:
            if known.says == said(blocks, hit):
                known.since = now
        for i in behind:
            self.memory = [known for known in self.memory if known.says != said(blocks, i)]
            self.memory.append(Remembered(said(blocks, i), blocks[i].ttl or "5m", now))
        rest = total(blocks, len(blocks) - 1) - c
        return Usage(read=a, written_1h=b - a, written_5m=c - b, uncached=rest)

    def _hit(self, blocks: Sequence[Block], marked: list[int], now: float) -> int:
        """The last block of what is read; -1 where nothing is."""
        alive = {known.says for known in self.memory if now < known.since + LIFE[known.ttl]}
        for mark in reversed(marked):
            for position in positions(blocks, mark)[:20]:
                for i in position:
                    if said(blocks, i) in alive:
                        return i
        return -1


def said(blocks: Sequence[Block], last: int) -> tuple[tuple[str, str], ...]:
    return tuple((block.kind, block.says) for block in blocks[: last + 1])


def total(blocks: Sequence[Block], last: int) -> int:
    return sum(block.tokens for block in blocks[: last + 1])


def positions(blocks: Sequence[Block], mark: int) -> list[list[int]]:
    """Positions from a marker backwards; a run of calls or of results is one."""
    found: list[list[int]] = []
    for i in range(mark, -1, -1):
        if i < mark and blocks[i].kind == blocks[i + 1].kind != "text":
            found[-1].append(i)
        else:
            found.append([i])
    return found


KINDS = st.sampled_from(["text", "text", "tool_use", "tool_result"])
TOKENS = {"a": 1, "b": 7, "c": 20}
BLOCKS = st.builds(lambda says, kind: Block(says, TOKENS[says], kind=kind), st.sampled_from("abc"), KINDS)
EDITS = st.sampled_from(["append", "append", "append", "cut", "replace", "insert"])
LIVES = st.sampled_from(["5m", "1h"])
MARKERS = st.dictionaries(st.integers(0, 40), LIVES, max_size=3)
STEPS = st.lists(
    st.tuples(
        EDITS,
        st.integers(0, 60),
        st.lists(BLOCKS, min_size=1, max_size=4) | st.lists(BLOCKS, min_size=18, max_size=28),
        MARKERS | st.builds(lambda some, last: {**some, 0: last}, MARKERS, LIVES),
        st.sampled_from([0, 1, 100, 299, 300, 3599, 3600]),
    ),
    max_size=8,
)


def edited(blocks: list[Block], edit: str, at: int, new: list[Block]) -> list[Block]:
    at %= len(blocks) + 1
    match edit:
        case "append":
            return [*blocks, *new]
        case "cut":
            return blocks[: max(at, 1)]
        case "replace":
            return [*blocks[:at], *new[:1], *blocks[at + 1 :]]
        case _:
            return [*blocks[:at], *new[:1], *blocks[at:]]


def with_markers(blocks: list[Block], markers: Mapping[int, Ttl]) -> list[Block]:
    """The markers count from the end; where 1h would stand behind 5m, it becomes 5m."""
    marked, shorter = [], False
    for index, block in enumerate(blocks):
        ttl = markers.get(len(blocks) - 1 - index)
        shorter = shorter or ttl == "5m"
        marked.append(replace(block, ttl="5m" if ttl and shorter else ttl))
    return marked


@given(STEPS, st.sampled_from([0, 8, 40]))
@settings(max_examples=300, deadline=None)
def test_whole_sessions_go_as_in_the_naive_implementation(
    steps: list[tuple[str, int, list[Block], dict[int, Ttl], int]], minimum: int
) -> None:
    cache, oracle = Cache(minimum), Oracle(minimum)
    blocks: list[Block] = [Block("a", 1)]
    now = 0.0
    for edit, at, new, markers, wait in steps:
        blocks = edited(blocks, edit, at, new)
        now += wait
        request = with_markers(blocks, markers)
        expected = oracle.send(request, now)
        assert cache.send(request, now) == expected
        assert expected.input == sum(block.tokens for block in request)
