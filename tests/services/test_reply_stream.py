"""From decoded events to a reply, whatever they hold."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import Diagnosis
from coldbyte.core.reply import Ended, Started, TextPart
from coldbyte.services.reply_stream import ReplyStream, usage_of

counts = st.integers(0, 10**9)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
names = st.sampled_from(
    ["type", "message", "delta", "usage", "text", "content_block", "id", "stop_reason", "input_tokens"]
)
kinds = st.sampled_from(
    [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "message_delta",
        "message_stop",
        "text_delta",
    ]
)
values = st.recursive(
    scalars | kinds,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)


@given(st.lists(values, max_size=5))
def test_any_json_gives_events_of_a_reply_or_a_value_error(data: list[Any]) -> None:
    reply = ReplyStream()
    for event in data:
        with contextlib.suppress(ValueError):
            for said in reply.take(event):
                assert isinstance(said, Started | TextPart | Ended)
                if isinstance(said, TextPart):
                    assert said.text


@given(total=counts, for_5m=counts, for_1h=counts)
def test_what_was_written_adds_up_to_the_total(total: int, for_5m: int, for_1h: int) -> None:
    split = {"ephemeral_5m_input_tokens": for_5m, "ephemeral_1h_input_tokens": for_1h}
    usage = usage_of({"cache_creation_input_tokens": total, "cache_creation": split})
    assert usage.written == total
    assert usage.written_1h <= for_1h
    if for_5m + for_1h == total:
        assert (usage.written_5m, usage.written_1h) == (for_5m, for_1h)


def test_a_total_without_a_split_counts_as_five_minutes_and_a_split_without_a_total_as_it_is() -> None:
    assert usage_of({"cache_creation_input_tokens": 9}) == Usage(written_5m=9)
    assert usage_of({"cache_creation": {"ephemeral_1h_input_tokens": 4}}) == Usage(written_1h=4)
    assert usage_of({"input_tokens": "many", "output_tokens": -1, "cache_creation": []}) == Usage()


def started(**message: Any) -> Started:
    """The start of a reply whose first event holds this."""
    (event,) = ReplyStream().take({"type": "message_start", "message": {"id": "msg_1", **message}})
    assert isinstance(event, Started)
    return event


def test_the_start_tells_what_the_diagnostics_say() -> None:
    reason = {"type": "tools_changed", "cache_missed_input_tokens": 900}
    assert started(diagnostics={"cache_miss_reason": reason}).diagnosis == Diagnosis(
        "reason", "tools_changed", 900
    )
    assert started(diagnostics=None).diagnosis.state == "null"
    assert started(diagnostics={"cache_miss_reason": None}).diagnosis.state == "pending"
    assert started().diagnosis.state == "absent"


def test_usage_is_kept_in_the_words_of_the_api() -> None:
    reply = ReplyStream()
    usage = {
        "input_tokens": 5,
        "cache_read_input_tokens": 7,
        "cache_creation": {"ephemeral_5m_input_tokens": 0},
    }
    list(reply.take({"type": "message_start", "message": {"usage": usage}}))
    list(
        reply.take(
            {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 3, "input_tokens": None}}
        )
    )
    (ended,) = reply.take({"type": "message_stop"})
    assert isinstance(ended, Ended)
    assert ended.usage_fields == {**usage, "output_tokens": 3}
