"""The ledger follows the prompt cache by what is sent and by what usage tells, also where counts are off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, entry_key, plan_request, settle
from coldbyte.core.cache.ledger import as_reported, begin, finish, take_back
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.text.text import Text

NOW = 1_795_435_200.0
SIZES = (2000, 1500, 900, 2500, 1200, 700)


def prefix_of(names: Sequence[int], points: Sequence[tuple[int, Ttl]]) -> Prefix:
    """A prefix of blocks by number; breakpoints stand behind the blocks at these indexes."""
    ttls = dict(points)
    model = PrefixBlock("model", "request", "setting", b"setting", Text.from_str("claude-opus-5"))
    blocks = [
        PrefixBlock(
            f"system[{i}]", "system", "text", b"system text", Text.from_str(f"text {name}"), ttls.get(i)
        )
        for i, name in enumerate(names)
    ]
    return Prefix((model, *blocks))


def plan_of(
    prefix: Prefix, tokens: Sequence[int], entries: dict[bytes, Entry], now: float, scope: str = "s"
) -> CachePlan:
    return plan_request(
        prefix, (0, *tokens), minimum=0, scope=scope, entries=entries, now=now, rules=CacheRules()
    )


def key(prefix: Prefix, index: int) -> bytes:
    return entry_key("s", prefix.keys[index + 1])


TWO = prefix_of([0, 1, 2], [(0, "1h"), (1, "5m")])
"""Three blocks of 2,000, 1,500 and 900 tokens, with breakpoints behind the first two."""
TOKENS = SIZES[:3]
FIRST, SECOND = key(TWO, 0), key(TWO, 1)


def written(now: float = NOW) -> dict[bytes, Entry]:
    """The entries after the first request with `TWO`."""
    plan = plan_of(TWO, TOKENS, {}, now)
    return finish(begin({}, plan, started_at=now), plan, plan.usage, started_at=now, available_at=now + 1)


def test_what_went_as_planned_is_the_plan_itself() -> None:
    plan = plan_of(TWO, TOKENS, {}, NOW)
    assert as_reported({}, plan, replace(plan.usage, output=77)) is plan


def test_what_is_written_has_the_tokens_that_were_reported() -> None:
    plan = plan_of(TWO, TOKENS, {}, NOW)
    usage = Usage(written_1h=2200, written_5m=1650, uncached=990)
    entries = finish({}, plan, usage, started_at=NOW, available_at=NOW + 1)
    assert {k: (entry.tokens, entry.ttl) for k, entry in entries.items()} == {
        FIRST: (2200, "1h"),
        SECOND: (3850, "5m"),
    }


def test_what_was_written_for_5_minutes_only_lives_5_minutes_whatever_was_asked_for() -> None:
    plan = plan_of(TWO, TOKENS, {}, NOW)
    entries = finish({}, plan, Usage(written_5m=3500, uncached=900), started_at=NOW, available_at=NOW + 1)
    assert {entry.ttl for entry in entries.values()} == {"5m"}


def test_without_usage_the_plan_is_believed() -> None:
    plan = plan_of(TWO, TOKENS, {}, NOW)
    assert finish({}, plan, None, started_at=NOW, available_at=NOW + 1) == written()


def test_what_is_read_lives_anew_and_counts_as_reported() -> None:
    entries = written()
    plan = plan_of(TWO, TOKENS, entries, NOW + 100)
    entries = begin(entries, plan, started_at=NOW + 100)
    assert entries[SECOND].started_at == NOW + 100
    assert entries[FIRST].started_at == NOW
    usage = Usage(read=3600, uncached=900)
    entries = finish(entries, plan, usage, started_at=NOW + 100, available_at=NOW + 101)
    assert (entries[SECOND].started_at, entries[SECOND].tokens) == (NOW + 100, 3600)
    assert entries[SECOND].available_at == NOW + 1


def test_less_was_read_so_the_longer_entry_is_gone_and_the_shorter_one_lives() -> None:
    entries = written()
    plan = plan_of(TWO, TOKENS, entries, NOW + 100)
    usage = Usage(read=2000, written_5m=1500, uncached=900)
    went = as_reported(entries, plan, usage)
    assert [point.outcome for point in went.breakpoints] == ["read", "written"]
    entries = finish(entries, plan, usage, started_at=NOW + 100, available_at=NOW + 103)
    assert entries[FIRST].started_at == NOW + 100
    assert entries[SECOND].available_at == NOW + 103, "it was written anew"


def test_nothing_was_read_so_all_that_could_have_been_is_gone() -> None:
    entries = written()
    plan = plan_of(TWO, TOKENS, entries, NOW + 100)
    assert not finish(entries, plan, Usage(uncached=4400), started_at=NOW + 100, available_at=NOW + 101)


@pytest.mark.parametrize("read", [3500, 2600, 5200])
def test_all_was_read_although_no_entry_was_known(read: int) -> None:
    plan = plan_of(TWO, TOKENS, {}, NOW)
    entries = finish({}, plan, Usage(read=read, uncached=900), started_at=NOW, available_at=NOW + 1)
    assert list(entries) == [SECOND], "nothing was written, so the last breakpoint was read"
    assert entries[SECOND] == Entry(SECOND, "claude-opus-5", "s", read, "5m", "system[1]", NOW, 0.0)


def test_a_part_was_read_although_no_entry_was_known() -> None:
    plan = plan_of(TWO, TOKENS, {}, NOW)
    usage = Usage(read=2600, written_5m=1950, uncached=1170)
    went = as_reported({}, plan, usage)
    assert went.hit is not None
    assert went.hit.key == FIRST
    assert [(point.outcome, point.tokens) for point in went.breakpoints] == [
        ("read", 2600),
        ("written", 4550),
    ]


def test_an_entry_that_had_ended_was_read_all_the_same() -> None:
    entries = written()
    plan = plan_of(TWO, TOKENS, entries, NOW + 400)
    assert plan.hit is not None
    assert plan.hit.key == FIRST
    usage = Usage(read=3500, uncached=900)
    found = finish(entries, plan, usage, started_at=NOW + 400, available_at=NOW + 401)
    assert found[SECOND].started_at == NOW + 400


def test_where_nothing_was_written_no_entry_comes() -> None:
    plan = plan_of(TWO, TOKENS, {}, NOW)
    assert not finish({}, plan, Usage(uncached=4400), started_at=NOW, available_at=NOW + 1)


def test_an_entry_that_was_read_nearly_to_the_token_stays_the_same_entry() -> None:
    entries = written()
    plan = plan_of(TWO, TOKENS, entries, NOW + 100)
    usage = Usage(read=3300, uncached=900)
    found = finish(entries, plan, usage, started_at=NOW + 100, available_at=NOW + 101)
    assert found[SECOND] == replace(entries[SECOND], tokens=3300, started_at=NOW + 100)


def test_a_prompt_that_was_thought_too_short_and_was_written_has_an_entry_at_its_last_breakpoint() -> None:
    plan = plan_request(TWO, (0, *TOKENS), minimum=4096, scope="s", entries={}, now=NOW, rules=CacheRules())
    assert {point.outcome for point in plan.breakpoints} == {"below_minimum"}
    usage = Usage(written_5m=4100, uncached=900)
    assert list(finish({}, plan, usage, started_at=NOW, available_at=NOW + 1)) == [SECOND]


def test_shorter_entries_live_anew_where_the_rules_say_so() -> None:
    entries = written()
    rules = CacheRules(refresh_shorter=True)
    plan = plan_request(TWO, (0, *TOKENS), minimum=0, scope="s", entries=entries, now=NOW + 100, rules=rules)
    usage = Usage(read=3510, uncached=900)
    found = finish(entries, plan, usage, started_at=NOW + 100, available_at=NOW + 101)
    assert {entry.started_at for entry in found.values()} == {NOW + 100}


def test_ended_entries_stay_for_a_day() -> None:
    entries = written()
    other = plan_of(prefix_of([5], [(0, "5m")]), [700], {}, NOW)
    for later, stays in ((NOW + 300 + 86_399, True), (NOW + 300 + 86_400, False)):
        found = finish(entries, other, other.usage, started_at=later, available_at=later)
        assert (SECOND in found) == stays
        assert FIRST in found


def test_what_was_touched_can_be_taken_back() -> None:
    entries = written()
    plan = plan_of(TWO, TOKENS, entries, NOW + 100)
    before = {SECOND: entries[SECOND]}
    begun = begin(entries, plan, started_at=NOW + 100)
    assert take_back(begun, before, started_at=NOW + 100) == entries
    used = begin(begun, plan, started_at=NOW + 150)
    assert take_back(used, before, started_at=NOW + 100) == used
    assert take_back({}, before, started_at=NOW + 100) == {}


NAMES = st.builds(
    lambda upto, changed: [5 if index == changed else index for index in range(upto)],
    st.integers(1, 5),
    st.sampled_from([None, None, None, 0, 2, 4]),
)
POINTS = st.sets(st.integers(0, 5), max_size=3)
STEPS = st.tuples(NAMES, POINTS, st.integers(0, 2), st.sampled_from([1, 60, 299, 301, 3601]), st.booleans())


@given(st.lists(STEPS, max_size=12), st.sampled_from([0.72, 0.97, 1.0, 1.04, 1.3]), st.booleans())
def test_the_client_believes_what_the_server_has(
    steps: list[tuple[list[int], set[int], int, int, bool]], off: float, forgets: bool
) -> None:
    """The server counts otherwise than the client, by one ratio, and may forget all at any time; the client
    sees usage only.
    """
    server: dict[bytes, Entry] = {}
    client: dict[bytes, Entry] = {}
    now = NOW
    for names, marks, long, wait, forget in steps:
        now += wait
        if forget and forgets:
            server = {}
        order: list[tuple[int, Ttl]] = [
            (index, "1h" if rank < long else "5m")
            for rank, index in enumerate(sorted(mark for mark in marks if mark < len(names)))
        ]
        prefix = prefix_of(names, order)
        tokens = [SIZES[name] for name in names]
        truth = plan_of(prefix, [round(each * off) for each in tokens], server, now)
        planned = plan_of(prefix, tokens, client, now)
        server = settle(server, truth, started_at=now, available_at=now)
        client = begin(client, planned, started_at=now)
        client = finish(client, planned, truth.usage, started_at=now, available_at=now)
        live = {key: entry for key, entry in client.items() if entry.live(now)}
        for point in truth.breakpoints:
            if point.outcome in ("read", "written"):
                assert live[point.key].expires_at == server[point.key].expires_at
                assert live[point.key].tokens == pytest.approx(server[point.key].tokens, abs=6)
        if not forgets:
            assert live.keys() == server.keys()
