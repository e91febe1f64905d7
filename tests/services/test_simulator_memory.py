"""What the simulator remembers does not grow for ever, and costs a request the same however much it is."""

from __future__ import annotations

from coldbyte.core.cache.cache import BreakpointPlan, CachePlan, Entry
from coldbyte.core.cache.diagnosis import DiagnosisRules, Fingerprint, fingerprint_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.services.simulator.entry_store import EntryStore
from coldbyte.services.simulator.memory import Memory
from services.simulator_world import HandClock

NOTHING: Fingerprint = fingerprint_of(Prefix(()))


def writing(number: int, ttl: Ttl = "5m") -> CachePlan:
    point = BreakpointPlan(0, "system", ttl, 1000, number.to_bytes(16, "big"), "written")
    return CachePlan("one", "m", Usage(), (point,), None)


def reading(entry: Entry) -> CachePlan:
    return CachePlan("one", "m", Usage(), (), entry, (entry,))


def test_entries_go_some_time_after_their_end() -> None:
    store = EntryStore()
    for second in range(3000):
        store.change(writing(second), started_at=second, available_at=second, now=second)
    assert 900 <= len(store.entries) <= 901  # 300 s of life and 600 s of grace
    assert sum(entry.live(2999) for entry in store.entries.values()) == 300


def test_an_entry_that_is_read_again_and_again_stays_and_leaves_nothing_behind() -> None:
    store = EntryStore()
    store.change(writing(1), started_at=0, available_at=0, now=0)
    for second in range(0, 1_000_000, 100):
        (entry,) = store.entries.values()
        assert entry.live(second)
        store.change(reading(entry), started_at=second, available_at=None, now=second)
    assert len(store._ends) < 2000


def test_a_read_before_the_first_byte_refreshes_and_writes_nothing() -> None:
    store = EntryStore()
    store.change(writing(1), started_at=0, available_at=0, now=0)
    (entry,) = store.entries.values()
    plan = CachePlan("one", "m", Usage(), writing(2).breakpoints, entry, (entry,))
    store.change(plan, started_at=299, available_at=None, now=299)
    assert [each.expires_at for each in store.entries.values()] == [599]
    store.change(plan, started_at=299, available_at=310, now=310)
    assert [each.available_at for each in store.entries.values()] == [0, 310]


def test_an_ended_entry_lends_nothing_to_one_that_is_written_anew() -> None:
    store = EntryStore()
    store.change(writing(1, "1h"), started_at=0, available_at=0, now=0)
    store.change(writing(1), started_at=3700, available_at=3720, now=3720)
    (entry,) = store.entries.values()
    assert (entry.available_at, entry.expires_at) == (3720, 4000)


def test_records_and_limits_are_those_of_the_last_thousands() -> None:
    memory = Memory(HandClock())
    for number in range(5000):
        memory.record("one", f"msg_{number}", NOTHING, DiagnosisRules())
        memory.spend(f"{number}", memory.limits(f"{number}").spent(None, memory.clock.now()))
    assert memory.recorded("one", "msg_0", DiagnosisRules()) is None
    assert memory.recorded("one", "msg_4999", DiagnosisRules()) is NOTHING
    assert len(memory._records) == 4096
    assert len(memory._limits) == 1024
    memory.reset()
    assert memory.recorded("one", "msg_4999", DiagnosisRules()) is None
