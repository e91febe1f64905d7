"""Exchanges from elsewhere are judged against the nearest one before them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from types import FrameType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.ancestor import Ancestors, capture_of
from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from coldbyte.core.json.value import Json
from coldbyte.core.rule.inquiry import inquire
from coldbyte.services import resources

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
NOW = 1_795_168_800.0
LONG = "All about caches. " * 2_000
COLD = Usage(written_5m=9_000, uncached=10, output=5)
WARM = Usage(read=9_000, uncached=10, output=5)


def kept(system: str, question: str, usage: Usage | None, at: float = 0, **changes: Any) -> KeptExchange:
    body = {
        "model": "claude-opus-5",
        "max_tokens": 9,
        "system": [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": question}],
    }
    fields: dict[str, Any] = {}
    if usage is not None:
        fields = {
            "input_tokens": usage.uncached,
            "cache_read_input_tokens": usage.read,
            "cache_creation_input_tokens": usage.written,
            "output_tokens": usage.output,
        }
    made = KeptExchange(
        json.dumps(body).encode(),
        "imported",
        model="claude-opus-5",
        started_at=NOW + at,
        first_event_at=NOW + at + 1,
        message_id=f"msg_0{at}",
        usage=usage,
        usage_fields=fields,
    )
    return replace(made, **changes)


def judgements(*exchanges: KeptExchange) -> list[Judgement]:
    ancestors = Ancestors(CATALOGUE, NOW)
    found = [ancestors.judged(one).judgement for one in exchanges]
    return [one for one in found if one is not None]


def test_the_first_has_a_price_and_no_cause() -> None:
    (first,) = judgements(kept(LONG, "a", COLD))
    assert (first.effect, first.cause) == ("", "")
    assert first.price == (9_000 * Decimal("6.25") + 10 * 5 + 5 * 25) / 1_000_000
    assert "2026" in first.basis


def test_what_read_everything_is_a_hit_and_an_edit_is_named() -> None:
    _, hit, miss = judgements(
        kept(LONG, "a", COLD), kept(LONG, "b", WARM, 5), kept("x" + LONG, "c", COLD, 10)
    )
    assert (hit.effect, hit.cause) == ("hit", "")
    assert miss.effect == "miss"
    assert miss.cause == "text-edited"
    assert miss.lost is not None
    assert miss.lost > 0


def test_the_nearest_is_taken_and_not_the_last() -> None:
    *_, third = judgements(
        kept(LONG, "a", COLD), kept("Other. " * 3_000, "b", COLD, 5), kept(LONG, "c", WARM, 9)
    )
    assert third.effect == "hit"


def test_another_scope_or_conversation_is_no_ancestor() -> None:
    base = kept(LONG, "a", COLD), kept(LONG, "b", COLD, 5)
    for names in (("scope", ""), ("", "conversation")):
        one, two = (
            replace(each, scope=mark * bool(names[0]), conversation=mark * bool(names[1]))
            for each, mark in zip(base, "12", strict=True)
        )
        assert [judgement.effect for judgement in judgements(one, two)] == ["", ""]


def test_of_a_transcript_only_the_conversation_is_compared_and_that_is_said() -> None:
    def said(turns: int, usage: Usage, at: float, **changes: Any) -> KeptExchange:
        body = {"model": "claude-opus-5", "messages": [{"role": "user", "content": LONG}]}
        body["messages"] += [  # type: ignore[operator]
            {"role": ("assistant", "user")[turn % 2], "content": f"turn {turn}"} for turn in range(turns)
        ]
        made = kept(LONG, "", usage, at, complete=False, wire_known=False, conversation="s", **changes)
        return replace(made, wire=json.dumps(body).encode())

    reason = {"cache_miss_reason": {"type": "tools_changed", "cache_missed_input_tokens": 9}}
    _, hit, miss = judgements(
        said(0, COLD, 0), said(2, WARM, 20), said(4, Usage(written_5m=9_100), 40, diagnostics=reason)
    )
    assert hit.effect == "hit"
    assert miss.effect == "miss"
    assert "tools_changed" in miss.say
    assert "Only the conversation was compared" in miss.say
    assert miss.cause == "no-visible-cause"


def test_a_body_that_is_none_is_left_as_it_is() -> None:
    broken = replace(kept(LONG, "a", COLD), wire=b"{")
    assert Ancestors(CATALOGUE, NOW).judged(broken) is broken


def test_a_failure_is_told_and_is_nobodys_ancestor() -> None:
    failed = kept(LONG, "a", None, failure="overloaded_error: try later", message_id=None)
    first, second = judgements(failed, kept(LONG, "b", COLD, 5))
    assert first == Judgement("failed", say="overloaded_error: try later")
    assert second.effect == ""


def test_headers_and_diagnostics_come_through_into_the_capture() -> None:
    headers = {"anthropic-beta": "a, b", "anthropic-version": "2026-10-21", "host": "h"}
    capture = capture_of(kept(LONG, "a", COLD, headers=headers, scope="s"))
    assert capture.betas == frozenset({"a", "b"})
    assert capture.api_version == "2026-10-21"
    assert (capture.scope, capture.route.host) == ("s", "h")
    assert capture.usage == COLD


USAGES = st.builds(
    Usage,
    st.sampled_from([0, 2_000, 8_500, 8_600, 9_000, 9_500, 20_000]),
    st.sampled_from([0, 100, 9_000]),
    st.sampled_from([0, 400]),
    st.sampled_from([0, 10, 900]),
)
ROWS = st.tuples(USAGES, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([5, 400]))


@given(st.lists(ROWS, min_size=2, max_size=4))
def test_a_hit_that_the_usage_shows_is_what_an_inquiry_would_say(
    rows: list[tuple[Usage, bool, bool, bool, int]],
) -> None:
    ancestors, before, at = Ancestors(CATALOGUE, NOW), None, 0.0
    for usage, edited, split_wrong, diagnosed, seconds in rows:
        at += seconds
        made = kept("x" * edited + LONG, f"question {at}", usage, at)
        split = {"ephemeral_5m_input_tokens": 1 if split_wrong else usage.written_5m}
        fields = {
            **made.usage_fields,
            "cache_creation": {**split, "ephemeral_1h_input_tokens": usage.written_1h},
        }
        reason: Json = {"cache_miss_reason": {"type": "system_changed", "cache_missed_input_tokens": 9}}
        one = replace(made, usage_fields=fields, diagnostics=reason if diagnosed else None)
        judgement = ancestors.judged(one).judgement
        assert judgement is not None
        if before is not None:
            report = inquire(capture_of(before), capture_of(one), CATALOGUE, now=NOW)
            assert judgement.effect == report.effect
            assert judgement.cause == (report.causes[0].id if report.causes else "")
            assert judgement.lost == (report.cost.lost if report.cost else None)
            assert ("system_changed" in judgement.say) == diagnosed
        ancestors, before = Ancestors(CATALOGUE, NOW), one
        ancestors.judged(one)


def test_a_long_conversation_is_judged_with_the_work_of_its_new_turns() -> None:
    """Each request repeats all turns before it: 120 of them have 14,400 turns, of which 240 are new."""
    turns: list[Any] = [{"role": "user", "content": LONG}]
    ancestors, made = Ancestors(CATALOGUE, NOW), 0
    judgement = None
    for number in range(120):
        body = {"model": "claude-opus-5", "messages": turns, "cache_control": {"type": "ephemeral"}}
        one = kept("", "", Usage(read=9_000 + number * 10 - 10, written_5m=10), number)
        with counting() as calls:
            judgement = ancestors.judged(replace(one, wire=json.dumps(body).encode())).judgement
        made = calls()
        turns += [{"role": role, "content": f"turn {number} {role}"} for role in ("assistant", "user")]
    assert judgement is not None
    assert judgement.effect == "hit"
    assert made == 2


@contextmanager
def counting() -> Iterator[Callable[[], int]]:
    """How often a turn's record was made."""
    count = 0

    def look(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += (
            event == "call"
            and frame.f_code.co_name == "text_record"
            and "messages" in repr(frame.f_locals.get("path"))
        )

    sys.setprofile(look)
    try:
        yield lambda: count
    finally:
        sys.setprofile(None)
