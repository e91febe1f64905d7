"""Reuse: what a request shares with those before it, and since when."""

from __future__ import annotations

from coldbyte.core.traffic.reuse import Reuse, gaps_of, reuses_of
from core.traffic.observed import START, of_trail, trail_of

ABLE = ("system[0].text", "system[1].text")


def test_the_most_that_any_earlier_request_shares_counts_with_its_last_use() -> None:
    one = trail_of([(0, 600), (0, 900)], 0)
    other = trail_of([(0, 600), (1, 900)], 1)
    traffic = [of_trail(one, START), of_trail(other, START + 60), of_trail(one, START + 200)]
    assert reuses_of(traffic, ABLE) == (Reuse(ABLE[0], 600, 60.0), Reuse(ABLE[1], 1500, 200.0))


def test_what_cannot_be_marked_is_no_reuse() -> None:
    trail = trail_of([(0, 600)], 0, kinds={0: "thinking"})
    assert reuses_of([of_trail(trail, START)] * 2, ABLE) == (Reuse(),)


def test_another_prompt_cache_shares_nothing() -> None:
    trail = trail_of([(0, 600)], 0)
    assert reuses_of([of_trail(trail, START), of_trail(trail, START + 9, scope="b")], ABLE) == (Reuse(),)


def test_gaps_are_those_of_the_same_prefix() -> None:
    versions = [0, 1, 0, 0]
    traffic = [of_trail(trail_of([(v, 600), (0, 30)], n), START + 10 * n) for n, v in enumerate(versions)]
    tokens, gaps = gaps_of(traffic, ABLE[1])
    assert tokens == (630,) * 4
    assert gaps == (None, None, 20.0, 10.0)
