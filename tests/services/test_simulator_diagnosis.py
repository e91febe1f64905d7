"""Facts §6: cache diagnostics in their GA shape, every value of them, through the socket and the real SDK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from anthropic.types import Message, RawMessageStartEvent

from services.simulator_world import LONG, MODEL, World, document, run, text, turns, user

TOOL = {"name": "f", "description": "Does.", "input_schema": {"type": "object"}}
OTHER = {"name": "g", "description": "Does more.", "input_schema": {"type": "object"}}
BODY: dict[str, Any] = {
    "tools": [TOOL],
    "system": [text(LONG, "5m")],
    "messages": turns([text("When?")]),
}
LATER = turns([text("When?")], [text("At noon.")], [text("And then?")])
NOT_FOUND = ("previous_message_not_found", False)


async def ask(world: World, previous: str | None, *, key: str = "one", **changed: Any) -> Message:
    """A request that carries the object; a field of None is left out."""
    body = {name: value for name, value in {**BODY, **changed}.items() if value is not None}
    return await world.ask(key=key, diagnostics={"previous_message_id": previous}, **body)


def told(message: Message) -> tuple[str, bool] | None:
    """The reason and whether it says how many tokens were missed; None for null."""
    if message.diagnostics is None:
        return None
    reason = message.diagnostics.cache_miss_reason
    assert reason is not None
    return reason.type, getattr(reason, "cache_missed_input_tokens", 0) > 0


CHANGES: list[tuple[str, Mapping[str, Any], tuple[str, bool] | None]] = [
    ("nothing", {}, None),
    ("turns appended", {"messages": LATER}, None),
    ("markers moved", {"system": LONG, "cache_control": {"type": "ephemeral"}}, None),
    ("another limit", {"max_tokens": 7, "metadata": {"user_id": "u"}}, None),
    ("the model", {"model": "claude-opus-5"}, ("model_changed", True)),
    ("the speed", {"speed": "fast"}, ("model_changed", True)),
    ("the system prompt", {"system": "Be brief."}, ("system_changed", True)),
    ("no system prompt", {"system": None}, ("system_changed", True)),
    ("a tool added", {"tools": [TOOL, OTHER]}, ("tools_changed", True)),
    ("a tool in another way", {"tools": [{**TOOL, "description": "Does!"}]}, ("tools_changed", True)),
    ("no tools", {"tools": None}, ("tools_changed", True)),
    (
        "web search",
        {"tools": [TOOL, {"type": "web_search_20250305", "name": "web_search"}]},
        ("tools_changed", True),
    ),
    ("tools and system prompt", {"tools": None, "system": "Be brief."}, ("tools_changed", True)),
    ("the first message", {"messages": turns([text("Who?")])}, ("messages_changed", True)),
    (
        "an earlier message",
        {"messages": turns([text("Why?")], *[one["content"] for one in LATER[1:]])},
        ("messages_changed", True),
    ),
    ("tool_choice", {"tool_choice": {"type": "any"}}, ("unavailable", False)),
    ("thinking", {"thinking": {"type": "adaptive"}}, ("unavailable", False)),
    ("effort", {"output_config": {"effort": "low"}}, ("unavailable", False)),
    ("format", {"output_config": {"format": {"type": "json_schema", "schema": {}}}}, ("unavailable", False)),
    ("beta headers", {"extra_headers": {"anthropic-beta": "x"}}, ("unavailable", False)),
    ("context management", {"extra_body": {"context_management": {"edits": []}}}, ("unavailable", False)),
    (
        "model and everything else",
        {"model": "claude-opus-5", "tools": None, "system": None},
        ("model_changed", True),
    ),
    (
        "system prompt and messages",
        {"system": None, "messages": turns([text("Who?")])},
        ("system_changed", True),
    ),
]


@pytest.mark.parametrize(("change", "reason"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_the_earliest_difference_is_reported(
    change: Mapping[str, Any], reason: tuple[str, bool] | None
) -> None:
    async def story(world: World) -> None:
        first = await ask(world, None)
        assert first.diagnostics is None
        assert told(await ask(world, first.id, **change)) == reason

    run(story)


def test_messages_that_are_gone_or_in_another_order_are_changed_ones() -> None:
    async def story(world: World) -> None:
        long = await ask(world, None, messages=LATER)
        assert told(await ask(world, long.id)) == ("messages_changed", True)
        two = turns([text("One."), text("Two.")])
        ordered = await ask(world, None, messages=two)
        assert told(await ask(world, ordered.id, messages=turns([text("Two."), text("One.")]))) == (
            "messages_changed",
            True,
        )

    run(story)


def test_without_the_object_nothing_is_said_and_nothing_recorded() -> None:
    async def story(world: World) -> None:
        silent = await world.ask(**BODY)
        assert silent.to_dict()["diagnostics"] is None
        assert told(await ask(world, silent.id)) == NOT_FOUND
        asked = await world.ask(diagnostics=None, **BODY)
        assert told(await ask(world, asked.id)) == NOT_FOUND

    run(story)


def test_the_header_of_the_beta_alone_stores_nothing() -> None:
    """§6: since 2026-09-09 the object is what counts, and the header is still taken."""

    async def story(world: World) -> None:
        beta = {"anthropic-beta": "cache-diagnosis-2026-04-07"}
        silent = await world.ask(extra_headers=beta, **BODY)
        assert silent.to_dict()["diagnostics"] is None
        assert told(await ask(world, silent.id, extra_headers=beta)) == NOT_FOUND

    run(story)


def test_records_are_those_of_one_organisation_and_workspace() -> None:
    async def story(world: World) -> None:
        first = await ask(world, None)
        assert told(await ask(world, first.id, key="two")) == NOT_FOUND
        assert told(await ask(world, first.id, workspace_id="wrkspc_two")) == NOT_FOUND
        assert told(await ask(world, first.id)) is None
        assert told(await ask(world, "msg_unknown")) == NOT_FOUND

    run(story)


@pytest.mark.parametrize(("rules", "known_s"), [((), 3600), (("diagnosis.retention_s=60",), 60)])
def test_a_record_is_kept_for_a_while(rules: tuple[str, ...], known_s: int) -> None:
    async def story(world: World) -> None:
        first = await ask(world, None)
        world.clock.advance(known_s)
        second = await ask(world, first.id)
        assert told(second) is None
        world.clock.advance(1)
        assert told(await ask(world, first.id)) == NOT_FOUND
        assert told(await ask(world, second.id)) is None

    run(story, *rules)


def test_diagnostics_do_not_depend_on_the_hit() -> None:
    async def story(world: World) -> None:
        first = await ask(world, None)
        world.clock.advance(301)
        expired = await ask(world, first.id)
        assert (told(expired), expired.usage.cache_read_input_tokens) == (None, 0)
        late = await ask(world, expired.id, messages=turns([text("Who?")]))
        assert told(late) == ("messages_changed", True)
        assert late.usage.cache_read_input_tokens

    run(story)


def test_the_missed_tokens_are_estimated_from_the_bytes_behind_the_difference() -> None:
    async def story(world: World) -> None:
        question = "x" * 4000
        first = await ask(world, None, messages=turns([text("Go."), text(question)]))
        other = await ask(world, first.id, messages=turns([text("Go."), text("Who?")]))
        assert other.diagnostics is not None
        reason = other.diagnostics.cache_miss_reason
        assert reason is not None
        assert reason.type == "messages_changed"
        assert 1000 <= reason.cache_missed_input_tokens < 1010

    run(story)


def test_which_of_tools_and_system_is_reported_is_a_switch() -> None:
    async def story(world: World) -> None:
        first = await ask(world, None)
        assert told(await ask(world, first.id, tools=None, system="Be brief.")) == ("system_changed", True)

    run(story, "diagnosis.first=system")


@pytest.mark.parametrize(
    ("at", "reason"), [(2, ("messages_changed", True)), (7, ("unavailable", False)), (None, None)]
)
def test_a_difference_beyond_the_horizon_is_not_found(
    at: int | None, reason: tuple[str, bool] | None
) -> None:
    def talk(other: int | None) -> list[dict[str, Any]]:
        return turns(*([text("Other." if n == other else f"Turn {n}.")] for n in range(11)))

    async def story(world: World) -> None:
        first = await ask(world, None, messages=talk(None))
        assert told(await ask(world, first.id, messages=talk(at))) == reason

    run(story, "diagnosis.horizon=5")


def test_thinking_that_an_old_model_is_not_shown_is_no_change_of_the_request() -> None:
    """§3, §6: the request was only appended to, and yet the prompt cache misses."""
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    call = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": "ok"}
    begun = turns([document(LONG * 5)], [thought, call], [result])

    async def story(world: World) -> None:
        more: dict[str, Any] = {
            "model": "claude-haiku-4-5",
            "cache_control": {"type": "ephemeral"},
            "system": None,
        }
        first = await ask(world, None, messages=begun, **more)
        later = [*begun, {"role": "assistant", "content": [text("At noon.")]}, user("And?")]
        second = await ask(world, first.id, messages=later, **more)
        assert first.usage.cache_creation_input_tokens
        assert (told(second), second.usage.cache_read_input_tokens) == (None, 0)

    run(story)


def test_in_a_stream_they_stand_in_the_first_event() -> None:
    async def story(world: World) -> None:
        first = await ask(world, None)
        client = await world.client()
        events = await client.messages.create(
            model=MODEL,
            max_tokens=9,
            stream=True,
            diagnostics={"previous_message_id": first.id},
            **{**BODY, "system": "Be brief."},
        )
        start, *_ = [event async for event in events]
        assert isinstance(start, RawMessageStartEvent)
        assert told(start.message) == ("system_changed", True)
        async with client.messages.stream(
            model=MODEL, max_tokens=9, diagnostics={"previous_message_id": start.message.id}, **BODY
        ) as stream:
            final = await stream.get_final_message()
        assert told(final) == ("system_changed", True)

    run(story)


@pytest.mark.parametrize("stream", [True, False])
def test_a_comparison_that_is_not_ready_says_nothing(stream: bool) -> None:
    async def story(world: World) -> None:
        first = await ask(world, None)
        assert first.diagnostics is None
        client = await world.client()
        with_previous: Any = {"diagnostics": {"previous_message_id": first.id}, **BODY}
        if stream:
            async with client.messages.stream(model=MODEL, max_tokens=9, **with_previous) as answer:
                message: Any = await answer.get_final_message()
        else:
            message = await client.messages.create(model=MODEL, max_tokens=9, **with_previous)
        assert message.diagnostics is not None
        assert message.diagnostics.cache_miss_reason is None

    run(story, faults=[{"requests": "all", "diagnosis": "pending"}])


def test_a_scenario_can_say_that_it_is_unavailable_or_not_found() -> None:
    async def story(world: World) -> None:
        first = await ask(world, None)
        assert told(await ask(world, first.id)) == ("unavailable", False)
        assert told(await ask(world, first.id)) == NOT_FOUND
        assert told(await ask(world, first.id)) is None

    faults = [
        {"requests": [2], "diagnosis": "unavailable"},
        {"requests": [3], "diagnosis": "previous_message_not_found"},
    ]
    run(story, faults=faults)


@pytest.mark.parametrize("given", [5, "msg", [], {"previous_message_id": 5}])
def test_an_object_of_another_shape_is_refused(given: object) -> None:
    async def story(world: World) -> None:
        body = {"model": MODEL, "max_tokens": 5, **BODY, "diagnostics": given}
        answer = await (await world.http()).post("/v1/messages", json=body, headers={"x-api-key": "one"})
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith("diagnostics")

    run(story)
