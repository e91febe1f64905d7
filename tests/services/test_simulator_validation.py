"""What the API refuses, with its status and its words, through the socket."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import anthropic
import pytest

from services.simulator_world import MODEL, World, document, marker, run, text, turns, user

KEY = {"Authorization": "Bearer one"}
ORDER = (
    "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are "
    "processed in the following order: `tools`, `system`, `messages`."
)
FIVE = "A maximum of 4 blocks with cache_control may be provided. Found 5."
EXTRA = "cache_control: Extra inputs are not permitted"
TTL = "cache_control.ttl: "


def ask(*absent: str, **changed: Any) -> dict[str, Any]:
    """A valid body with some fields changed and some left out."""
    body = {"model": MODEL, "max_tokens": 50, "messages": [user("When?")], **changed}
    return {key: value for key, value in body.items() if key not in absent}


def ask_with(*blocks: Any) -> dict[str, Any]:
    return ask(messages=[user(*blocks)])


def told(role: str, content: Any) -> list[dict[str, Any]]:
    return [{"role": role, "content": content}]


NOT_JSON = [
    (b'{\n"model":}', "The request body is not valid JSON: Expecting value: line 2 column 9 (char 10)"),
    (b"", "The request body is not valid JSON: Expecting value: line 1 column 1 (char 0)"),
    (b'{"\xff":1}', "The request body is not valid UTF-8: byte 2"),
    (b'{"a":"\\ud83d"}', "no low surrogate in string: line 1 column 7 (char 6)"),
    (b'{"a":"\\ud83d\\ud83d\\ude00"}', "no low surrogate in string: line 1 column 7 (char 6)"),
    (b'{"a":"\\ude00"}', "no high surrogate in string: line 1 column 7 (char 6)"),
    (b'{"a":NaN}', "The request body is not valid JSON: NaN is no JSON value"),
    (b'{"a":1' + b"0" * 9999 + b"}", "The request body is not valid JSON: Exceeds the limit"),
    (b"[]", "The request body must be a JSON object."),
    (b'{"a":' * 100_000, "The request body is nested too deeply."),
]

FIELDS = [
    (ask("model"), "model: Field required"),
    (ask(model=""), "model: String should have at least 1 character"),
    (ask(model=5), "model: Input should be a valid string"),
    (ask("max_tokens"), "max_tokens: Field required"),
    (ask(max_tokens="9"), "max_tokens: Input should be a valid integer"),
    (ask(max_tokens=True), "max_tokens: Input should be a valid integer"),
    (ask(max_tokens=-1), "max_tokens: Input should be greater than or equal to 0"),
    (ask(max_tokens=128_001), "max_tokens: 128001 > 128000, which is the maximum allowed number"),
    (ask("messages"), "messages: Field required"),
    (ask(messages=[]), "messages: at least one message is required"),
    (ask(messages="Hi"), "messages: Input should be a valid list"),
    (ask(messages=["Hi"]), "messages.0: Input should be an object"),
    (ask(messages=told("x", "Hi")), "messages.0.role: Input should be 'user' or 'assistant'"),
    (ask(messages=[{"role": "user"}]), "messages.0.content: Field required"),
    (ask(messages=told("user", "")), "messages.0: user messages must have non-empty content"),
    (ask(messages=told("user", 5)), "messages.0.content: Input should be a valid list"),
    (ask(stream="yes"), "stream: Input should be a valid boolean"),
    (ask(system=5), "system: Input should be a valid list"),
    (ask(system=[document("x")]), "system.0.type: Input should be 'text'"),
    (ask(tools=[5]), "tools.0: Input should be an object"),
    (ask_with(""), "messages.0.content.0: text content blocks must be non-empty"),
    (ask_with({"text": "Hi"}), "messages.0.content.0.type: Field required"),
    (ask_with({"type": "text"}), "messages.0.content.0.text: Field required"),
    (ask_with({"type": "text", "text": 5}), "messages.0.content.0.text: Input should be a valid string"),
    (ask(speed="slow"), "speed: Input should be 'standard' or 'fast'"),
    (ask(service_tier="best"), "service_tier: Input should be 'auto' or 'standard_only'"),
    (ask(stop_sequences="x"), "stop_sequences: Input should be a valid list"),
    (ask(stop_sequences=["x", 5]), "stop_sequences.1: Input should be a valid string"),
    (ask(stop_sequences=[" "]), "stop_sequences: each stop sequence must contain non-whitespace"),
]

WARMING = [
    (ask(max_tokens=0, stream=True), "max_tokens: 0 cannot be combined with stream"),
    (ask(max_tokens=0, thinking={"type": "enabled"}), "max_tokens: 0 cannot be combined with thinking"),
    (ask(max_tokens=0, output_config={"format": {}}), "max_tokens: 0 cannot be combined with output_config"),
    (ask(max_tokens=0, tool_choice={"type": "any"}), "max_tokens: 0 cannot be combined with a forced"),
]

RESULT = {"type": "tool_result", "tool_use_id": "t", "content": [text("ok", "5m")]}
DEFERRED = {"name": "f", "input_schema": {}, "defer_loading": True, **marker("5m")}
MARKED = text("When?", "5m")
SYSTEM = [text("Be brief.", "5m")]

MARKERS = [
    (ask_with(*[MARKED] * 5), FIVE),
    (ask(messages=[user(*[MARKED] * 3, "Why?")], system=SYSTEM, **marker("5m")), FIVE),
    (ask(messages=turns([MARKED] * 4, [text("Wait.")], [RESULT])), FIVE),
    (ask(messages=[user("Who?", text("When?", "1h"))], system=SYSTEM), f"messages.0.content.1.{TTL}{ORDER}"),
    (ask(system=SYSTEM, **marker("1h")), f"{TTL}{ORDER}"),
    (ask(messages=[user(MARKED)], **marker("1h")), f"{TTL}the last block carries a cache_control with a"),
    (ask(system=[text("", "5m")]), "system.0: cache_control cannot be set for empty text blocks"),
    (
        ask(messages=turns([text("Hi")], [{"type": "thinking", **marker("5m")}], [text("And?")])),
        f"messages.1.content.0.thinking.{EXTRA}",
    ),
    (
        ask(
            messages=turns(
                [text("Hi")],
                [text("Hm."), {"type": "redacted_thinking", "data": "x", **marker("5m")}],
                [text("?")],
            )
        ),
        f"messages.1.content.1.redacted_thinking.{EXTRA}",
    ),
    (ask(messages=[{**user("Hi"), **marker("5m")}]), f"messages.0.{EXTRA}"),
    (ask(tools=[DEFERRED]), "tools.0.cache_control: cannot be set on a tool with defer_loading"),
    (ask_with({**text("Hi"), "cache_control": 5}), "messages.0.content.0.cache_control: Input should be an"),
    (ask(cache_control={"type": "eternal"}), "cache_control.type: Input should be 'ephemeral'"),
    (ask(system=[text("Hi", "2h")]), f"system.0.{TTL}Input should be '5m' or '1h'"),
    (
        ask(messages=[user("Who?"), {**user(MARKED), "role": "system", "clear_at": "next_user_message"}]),
        "messages.1.content.0.cache_control: cannot be set on a message with clear_at",
    ),
    (ask(messages=[user(*[MARKED] * 3, RESULT)], **marker("5m")), FIVE),
]

REFUSED: list[tuple[dict[str, Any] | bytes, str]] = [*NOT_JSON, *FIELDS, *WARMING, *MARKERS]
SECTIONS = ["§9"] * (len(NOT_JSON) + len(FIELDS)) + ["§7"] * len(WARMING) + ["§1.3"] * len(MARKERS)
NAMES = [f"{section} {message}" for section, (_, message) in zip(SECTIONS, REFUSED, strict=True)]


@pytest.mark.parametrize(("body", "message"), REFUSED, ids=NAMES)
def test_a_bad_request_is_refused_in_the_words_of_the_api(body: dict[str, Any] | bytes, message: str) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def story(world: World) -> None:
        answer = await (await world.http()).post("/v1/messages", content=raw, headers=KEY)
        error = answer.json()
        assert (answer.status_code, error["type"]) == (400, "error")
        assert error["error"]["type"] == "invalid_request_error"
        assert message in error["error"]["message"]
        assert error["request_id"] == answer.headers["request-id"]

    run(story)


def test_a_prompt_longer_than_the_context_is_refused() -> None:
    """§4: the contexts; the words are those of reported errors."""

    async def story(world: World) -> None:
        for model, context in (("claude-haiku-4-5", 200_000), ("claude-opus-5-5", 1_000_000)):
            each = (await world.count(model=model, messages=[user("law, " * 10_000)])) / 10_000
            below, above = (user("law, " * int(context / each * share)) for share in (0.99, 1.01))
            assert (await world.ask(model=model, messages=[below])).usage.input_tokens < context
            counted = await world.count(model=model, messages=[above])
            with pytest.raises(anthropic.BadRequestError) as caught:
                await world.ask(model=model, messages=[above])
            assert f"prompt is too long: {counted} tokens > {context} maximum" in caught.value.message

    run(story)


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")  # the SDK knows it too
@pytest.mark.parametrize("model", ["claude-sonnet-9", "claude-sonnet-4-20250514", "claude-3-opus-20240229"])
def test_an_unknown_or_retired_model_is_not_found(model: str) -> None:
    async def story(world: World) -> None:
        with pytest.raises(anthropic.NotFoundError) as caught:
            await world.ask(model=model, messages=[user("When?")])
        assert caught.value.type == "not_found_error"
        assert caught.value.body == {
            "type": "error",
            "error": {"type": "not_found_error", "message": f"model: {model}"},
            "request_id": caught.value.request_id,
        }

    run(story)


def test_a_model_stops_answering_on_its_announced_day() -> None:
    async def story(world: World) -> None:
        end = datetime(2026, 11, 30, tzinfo=UTC).timestamp()
        world.clock.advance(end - world.clock.now() - 1)
        body = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [user("Hello?")]}
        http = await world.http()
        before = await http.post("/v1/messages", json=body, headers=KEY)
        world.clock.advance(1)
        after = await http.post("/v1/messages", json=body, headers=KEY)
        assert (before.status_code, after.status_code) == (200, 404)
        assert after.json()["error"]["type"] == "not_found_error"

    run(story)


@pytest.mark.parametrize(
    "body",
    [
        ask_with(*[MARKED] * 4),
        ask(messages=[user(*[MARKED] * 4)], **marker("5m")),
        ask(messages=[user(MARKED)], system=[text("Be brief.", "1h")]),
        ask(messages=turns([text("Hi")], [text("Hello.")], [text("When?")])),
        ask(messages=told("user", "When?"), system="Be brief."),
        ask(messages=told("user", [{"type": "thinking", "thinking": "…"}]), **marker("5m")),
        ask(cache_control=None, stream=False, max_tokens=128_000),
        ask_with(document("The law.", "1h"), {"type": "image", "source": {}}, "Why?"),
        ask_with("a pair \U0001f600", 'and an escaped backslash \\ud83d "'),
        ask(tools=[{"name": "f", "input_schema": {}, **marker("1h")}], max_tokens=0),
    ],
)
def test_what_the_api_accepts_is_answered(body: dict[str, Any]) -> None:
    async def story(world: World) -> None:
        http = await world.http()
        for raw in (json.dumps(body), json.dumps(body, ensure_ascii=False)):
            answer = await http.post("/v1/messages", content=raw.encode(), headers=KEY)
            assert answer.status_code == 200, answer.text

    run(story)


def test_the_sdk_raises_its_own_error_with_the_request_id() -> None:
    async def story(world: World) -> None:
        with pytest.raises(anthropic.BadRequestError, match=r"Found 5\.") as caught:
            await world.ask(messages=[user(*[MARKED] * 5)])
        assert str(caught.value.request_id).startswith("req_")

    run(story)


def test_counting_needs_no_max_tokens_but_all_the_rest() -> None:
    async def story(world: World) -> None:
        assert await world.count(messages=[user("When?")]) > 0
        with pytest.raises(anthropic.BadRequestError, match=r"Found 5\."):
            await world.count(messages=[user(*[MARKED] * 5)])
        with pytest.raises(anthropic.NotFoundError):
            await world.count(model="claude-1", messages=[user("When?")])

    run(story)
