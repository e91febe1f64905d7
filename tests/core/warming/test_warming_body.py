"""The request that warms a breakpoint: the same prefix up to it, and next to nothing behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody, request_body
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.json.value import Json, is_array
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.text.text import Text
from coldbyte.core.warming.warming_body import PLACEHOLDER, WarmingRefused, warming_body
from core.request_tree import BODIES

MARK = {"cache_control": {"type": "ephemeral"}}
HOUR = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
TTLS = st.sampled_from([None, "5m", "1h"])
CHARS = st.text('ab \n"é😀', max_size=6).map(Text.from_str)
DRAFTS = st.builds(
    Draft,
    model=st.sampled_from(["claude-sonnet-5-5", "claude-opus-4-1"]),
    max_tokens=st.integers(1, 9),
    system=st.lists(st.builds(SystemBlock, st.uuids().map(str), CHARS, TTLS), max_size=3).map(tuple),
    documents=st.lists(
        st.builds(Document, st.uuids().map(str), st.text("ab", max_size=3), CHARS, TTLS), max_size=3
    ).map(tuple),
    questions=st.builds(Question, st.just("q"), CHARS).map(lambda question: (question,)),
)


def text(chars: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": chars, **more}


def asked(**fields: Any) -> RequestBody:
    given: dict[str, Any] = {
        "model": "claude-sonnet-5-5",
        "max_tokens": 64,
        "messages": [{"role": "user", "content": "Why?"}],
    }
    return RequestBody({**given, **fields})


def warmed(body: RequestBody, index: int = -1, **options: Any) -> dict[str, Any]:
    """The fields of the request that warms one of the breakpoints of a body, the last by default."""
    return warming_body(body, prefix_of(body).breakpoints[index], **options).plain()


def warms_the_same(body: RequestBody, index: int, made: RequestBody) -> bool:
    before, after = prefix_of(body), prefix_of(made)
    return after.keys[after.breakpoints[-1]] == before.keys[index]


def warming_or_reason(body: RequestBody, index: int, tokens: Any) -> RequestBody | WarmingRefused:
    try:
        return warming_body(body, index, tokens=tokens)
    except WarmingRefused as refused:
        return refused


def markers_in(value: Json) -> int:
    if isinstance(value, Mapping):
        return ("cache_control" in value) + sum(markers_in(inner) for inner in value.values())
    return sum(markers_in(inner) for inner in value) if is_array(value) else 0


@given(DRAFTS)
def test_the_last_breakpoint_of_a_warming_has_the_key_of_the_one_it_warms(draft: Draft) -> None:
    body = request_body(draft, "q")
    prefix = prefix_of(body)
    for count, index in enumerate(prefix.breakpoints, 1):
        made = warming_body(body, index)
        assert warms_the_same(body, index, made)
        found = prefix_of(made)
        assert found.breakpoints == prefix.breakpoints[:count]
        assert found.blocks[: index + 1] == prefix.blocks[: index + 1]
        assert str(found.blocks[-1].content) == PLACEHOLDER
        assert len(found.blocks) == index + 2


@given(BODIES, st.sampled_from([0, 1]))
def test_a_warming_of_any_body_has_the_same_key_or_a_plain_reason(
    fields: dict[str, Json], tokens: Any
) -> None:
    body = RequestBody(fields)
    try:
        prefix = prefix_of(body)
    except BodyError:
        return
    for count, index in enumerate(prefix.breakpoints, 1):
        made = warming_or_reason(body, index, tokens)
        if isinstance(made, WarmingRefused):
            options = ("thinking", "output_config", "output_format", "tool_choice")
            assert any(fields.get(name) is not None for name in options), made.say
            assert not (tokens and made.old_way)
            continue
        assert warms_the_same(body, index, made)
        found = prefix_of(made)
        assert found.breakpoints[-1] <= index
        assert found.blocks[found.breakpoints[-1]].ttl == prefix.blocks[index].ttl
        assert len(found.breakpoints) <= count
        assert made.fields["max_tokens"] == tokens
        assert not {"stream", "diagnostics", "stop_sequences", "cache_control"} & made.fields.keys()
        for name in ("thinking", "model", "speed", "betas"):
            assert made.fields.get(name) == fields.get(name)


def test_what_follows_in_the_same_turn_gives_way_to_the_placeholder() -> None:
    first = {"role": "user", "content": [text("the law", **MARK), text("Who?"), text("And when?", **MARK)]}
    body = asked(messages=[first, {"role": "assistant", "content": "We."}], system="Be brief.", stream=True)
    assert warmed(body, 0) == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 0,
        "messages": [{"role": "user", "content": [text("the law", **MARK), text(PLACEHOLDER)]}],
        "system": "Be brief.",
    }


def test_what_follows_in_other_turns_gives_way_to_a_turn_of_the_user() -> None:
    turns = [
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": [text("We.", **MARK)]},
        {"role": "user", "content": "When?"},
    ]
    assert warmed(asked(messages=turns))["messages"] == [*turns[:2], {"role": "user", "content": PLACEHOLDER}]


def test_a_breakpoint_at_the_very_end_needs_no_placeholder() -> None:
    turns = [{"role": "user", "content": [text("Who?", **MARK)]}]
    assert warmed(asked(messages=turns))["messages"] == turns


def test_in_front_of_the_messages_nothing_of_them_is_sent() -> None:
    tools = [{"name": "a", "input_schema": {}, **MARK}, {"name": "b", "input_schema": {}}]
    system = [text("long", **MARK), text("short")]
    body = asked(tools=tools, system=system)
    placeholder = [{"role": "user", "content": PLACEHOLDER}]
    kept = {"model": "claude-sonnet-5-5", "max_tokens": 0, "messages": placeholder}
    assert warmed(body, 0) == {**kept, "tools": tools[:1]}
    assert warmed(body, 1) == {**kept, "tools": tools, "system": system[:1]}


@pytest.mark.parametrize("mark", [MARK, HOUR])
def test_an_automatic_marker_becomes_one_on_the_block_where_it_lay(mark: dict[str, Any]) -> None:
    turns = [{"role": "user", "content": "Who?"}]
    made = warmed(asked(messages=turns, system=[text("long", **HOUR)], **mark))
    assert made["messages"] == [{"role": "user", "content": [text("Who?", **mark)]}]
    assert "cache_control" not in made
    assert made["system"] == [text("long", **HOUR)]
    own = warmed(asked(messages=[{"role": "user", "content": [text("Who?", **mark)]}], **mark))
    assert own["messages"] == [{"role": "user", "content": [text("Who?", **mark)]}]


def test_an_earlier_breakpoint_leaves_the_automatic_one_behind() -> None:
    made = warmed(asked(system=[text("long", **HOUR)], **MARK), 0)
    assert markers_in(made) == 1
    assert made["messages"] == [{"role": "user", "content": PLACEHOLDER}]


def test_a_call_keeps_its_result_and_the_result_loses_its_marker() -> None:
    call = {"type": "tool_use", "id": "1", "name": "read", "input": {"cache_control": 1}, **MARK}
    result = {"type": "tool_result", "tool_use_id": "1", "content": [text("ok", **MARK)]}
    turns = [
        {"role": "user", "content": "Read."},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result, text("Well?", **MARK)]},
    ]
    made = warmed(asked(messages=turns), 0)["messages"]
    assert made[:2] == turns[:2]
    assert made[2]["content"] == [{**result, "content": [text("ok")]}, text("Well?")]
    after = warmed(asked(messages=turns), 1)["messages"]
    assert after[2]["content"] == [result, text(PLACEHOLDER)]


def test_an_image_further_on_stays_where_the_entry_depends_on_it() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}}
    turns = [{"role": "user", "content": [text("the law", **MARK), image, text("Who?", **MARK)]}]
    body = asked(messages=turns, system=[text("long", **MARK)])
    assert warmed(body, 1)["messages"] == [
        {"role": "user", "content": [text("the law", **MARK), image, text("Who?")]}
    ]
    assert warmed(body, 0)["messages"] == [{"role": "user", "content": PLACEHOLDER}]


def test_toolsets_of_servers_stay_together() -> None:
    tools = [
        {"name": "a", "input_schema": {}, **MARK},
        {"type": "mcp_toolset", "mcp_server_name": "s", **MARK},
    ]
    made = warmed(asked(tools=tools, mcp_servers=[{"url": "https://x", "name": "s", "type": "url"}]), 0)
    assert made["tools"] == [tools[0], {"type": "mcp_toolset", "mcp_server_name": "s"}]


def test_effort_and_thinking_stay_and_what_only_shapes_the_answer_goes() -> None:
    body = asked(
        system=[text("long", **MARK)],
        thinking={"type": "adaptive"},
        output_config={"effort": "low"},
        diagnostics={"previous_message_id": None},
        stop_sequences=["x"],
        stream=True,
    )
    made = warmed(body)
    assert made["thinking"] == {"type": "adaptive"}
    assert made["output_config"] == {"effort": "low"}
    assert list(made) == ["model", "max_tokens", "messages", "system", "thinking", "output_config"]


FORCED = {"tool_choice": {"type": "tool", "name": "a"}}
FORMAT = {"output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {}}}}


def test_an_option_that_the_api_refuses_is_left_out_in_front_of_what_it_acts_on() -> None:
    tools = [{"name": "a", "input_schema": {}, **MARK}]
    body = asked(tools=tools, system=[text("long", **MARK)], **FORCED, **FORMAT)
    made = warmed(body, 0)
    assert "tool_choice" not in made
    assert made["output_config"] == {"effort": "low"}
    only_forced = asked(tools=tools, system=[text("long", **MARK)], **FORCED)
    assert "tool_choice" not in warmed(only_forced, 1)


@pytest.mark.parametrize("option", [FORCED, FORMAT, {"output_format": {"type": "json_schema"}}])
def test_an_option_that_is_part_of_the_key_can_only_be_warmed_in_the_old_way(option: dict[str, Any]) -> None:
    turns = [{"role": "user", "content": [text("the law", **MARK), text("Who?")]}]
    body = asked(messages=turns, tools=[{"name": "a", "input_schema": {}}], **option)
    with pytest.raises(WarmingRefused, match="part of this entry's key") as refused:
        warmed(body)
    assert refused.value.old_way
    assert option.items() <= warmed(body, tokens=1).items()


@pytest.mark.parametrize("tokens", [0, 1])
def test_a_thinking_budget_can_not_be_warmed_at_all(tokens: int) -> None:
    thinking = {"type": "enabled", "budget_tokens": 1024}
    body = asked(system=[text("long", **MARK)], thinking=thinking, max_tokens=2048)
    with pytest.raises(WarmingRefused, match="thinking budget") as refused:
        warmed(body, tokens=tokens)
    assert not refused.value.old_way


def test_only_a_breakpoint_can_be_warmed() -> None:
    with pytest.raises(WarmingRefused, match="before a breakpoint"):
        warming_body(asked(), 1)
