"""Facts §3, row by row: which tiers are still read after a change, through the socket with the real SDK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from anthropic.types import Message

from services.simulator_world import LONG, MODEL, World, document, run, text, user, words

TIERS = ["none", "tools", "system", "messages"]
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
FETCH = {"type": "web_fetch_20250910", "name": "web_fetch"}
QUESTION = text("When?")
LATER = [{"role": "assistant", "content": [text("At noon.")]}, user("And then?")]
FOUND = [
    {"type": "server_tool_use", "id": "s", "name": "tool_search_tool_regex", "input": {"pattern": "z"}},
    {
        "type": "tool_search_tool_result",
        "tool_use_id": "s",
        "content": {
            "type": "tool_search_tool_search_result",
            "tool_references": [{"type": "tool_reference", "tool_name": "z"}],
        },
    },
    text("Found."),
]
SCHEMA = {"type": "json_schema", "schema": {"type": "object", "properties": {"when": {"type": "string"}}}}


def tool(name: str, says: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": says, "input_schema": {"type": "object", "properties": {}}, **more}


ONE = tool("one", "First.")
TWO = tool("two", words(600), cache_control={"type": "ephemeral"})
DOCUMENT = document(LONG, "5m")


def body(*more_turns: Any, **changed: Any) -> dict[str, Any]:
    """A request with an entry behind each tier. A field of None is left out."""
    whole = {
        "model": MODEL,
        "max_tokens": 20,
        "tools": [ONE, TWO],
        "system": [text(LONG, "5m")],
        "messages": [user(DOCUMENT, QUESTION), *more_turns],
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


def asked(*blocks: Any) -> list[dict[str, Any]]:
    return [user(*blocks)]


@dataclass(frozen=True)
class Row:
    """A change, the last tier that is still read, and the rules under which that holds."""

    section: str
    change: str
    kept: str
    after: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=body)
    rules: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        by = f" ({', '.join(self.rules)})" if self.rules else ""
        return f"{self.section} {self.change}{by}: {self.kept}"


CALL = {"type": "tool_use", "id": "t", "name": "one", "input": {}}
CALLED = [user("Go."), {"role": "assistant", "content": [CALL]}]
RESULT, CLEARED = (
    user({"type": "tool_result", "tool_use_id": "t", "content": said}) for said in ("Found.", "[cleared]")
)
COMPACTED = {"role": "assistant", "content": [{"type": "compaction", "content": "So far: found."}]}

THINKING = {"thinking": {"type": "adaptive"}}
EFFORT = {"output_config": {"effort": "low"}}
OLD_VERSION = {"anthropic-version": "2023-06-01"}

ROWS = [
    Row("§3", "nothing", "messages", body()),
    Row("§3", "a further turn", "messages", body(*LATER)),
    Row("§3", "a tool's description", "none", body(tools=[tool("one", "First!"), TWO])),
    Row("§3", "a tool added in front", "none", body(tools=[tool("zero"), ONE, TWO])),
    Row("§3", "a tool removed", "none", body(tools=[TWO])),
    Row("§3", "tools in another order", "none", body(tools=[TWO, ONE])),
    Row(
        "§2.2",
        "keys of a schema in another order",
        "none",
        body(tools=[{**ONE, "input_schema": {"properties": {}, "type": "object"}}, TWO]),
    ),
    Row(
        "§3", "a deferred tool added", "messages", body(tools=[tool("z", "Z.", defer_loading=True), ONE, TWO])
    ),
    Row(
        "§3",
        "a deferred tool removed",
        "messages",
        body(),
        body(tools=[tool("z", "Z.", defer_loading=True), ONE, TWO]),
    ),
    Row(
        "§3",
        "a deferred tool that was found by a search",
        "messages",
        body(
            {"role": "assistant", "content": FOUND},
            user("Go on."),
            tools=[tool("z", "Z.", defer_loading=True), ONE, TWO],
        ),
        body(tools=[tool("z", "Z.", defer_loading=True), ONE, TWO]),
    ),
    Row("§3", "web search switched on", "tools", body(tools=[ONE, TWO, SEARCH])),
    Row("§3", "web fetch switched on", "tools", body(tools=[ONE, TWO, FETCH])),
    Row(
        "§3",
        "citations switched on",
        "tools",
        body(messages=asked({**DOCUMENT, "citations": {"enabled": True}}, QUESTION)),
    ),
    Row("§3", "speed", "none", body(speed="fast")),
    Row("§3", "speed", "tools", body(speed="fast"), rules=("key.speed=system",)),
    Row("§3", "the system prompt", "tools", body(system=[text(LONG + " ", "5m")])),
    Row(
        "§3",
        "a system message appended",
        "messages",
        body(*LATER, {"role": "system", "content": "Now in French."}, model="claude-opus-5"),
        body(model="claude-opus-5"),
    ),
    Row(
        "§3",
        "tools added by a system message",
        "messages",
        body(
            *LATER,
            {"role": "system", "content": [{"type": "tool_addition", "tool_name": "three"}]},
            model="claude-opus-5",
        ),
        body(model="claude-opus-5"),
    ),
    Row(
        "§3",
        "tools removed by a system message",
        "messages",
        body(
            *LATER,
            {"role": "system", "content": [{"type": "tool_removal", "tool_name": "one"}]},
            model="claude-opus-5",
        ),
        body(model="claude-opus-5"),
    ),
    Row(
        "§3",
        "effort set by a system message",
        "messages",
        body(
            *LATER,
            {"role": "system", "content": [], "output_config": {"effort": "low"}},
            model="claude-opus-5",
        ),
        body(model="claude-opus-5"),
    ),
    Row("§3", "tool_choice", "system", body(tool_choice={"type": "any"})),
    Row("§3", "tool_choice spelled out as its default", "messages", body(tool_choice={"type": "auto"})),
    Row(
        "§3",
        "disable_parallel_tool_use",
        "system",
        body(tool_choice={"type": "auto", "disable_parallel_tool_use": True}),
    ),
    Row("§3", "an image behind everything", "system", body(*LATER, LATER[0], user(IMAGE, "And this?"))),
    Row("§3", "the last image removed", "system", body(), body(*LATER, LATER[0], user(IMAGE, "And this?"))),
    Row(
        "§3",
        "an old result cleared by the client",
        "system",
        body(messages=[*CALLED, CLEARED, user(DOCUMENT, QUESTION)]),
        body(messages=[*CALLED, RESULT, user(DOCUMENT, QUESTION)]),
    ),
    Row(
        "§3",
        "the history summed up in a compaction block",
        "system",
        body(messages=[COMPACTED, user(DOCUMENT, QUESTION)]),
        body(messages=[*CALLED, RESULT, user(DOCUMENT, QUESTION)]),
    ),
    Row("§3", "thinking", "none", body(**THINKING)),
    Row("§3", "thinking", "system", body(**THINKING), rules=("key.thinking=messages",)),
    Row(
        "§3",
        "the budget of thinking",
        "none",
        body(model="claude-sonnet-4-6", thinking={"type": "enabled", "budget_tokens": 3000}),
        body(model="claude-sonnet-4-6", thinking={"type": "enabled", "budget_tokens": 2000}),
    ),
    Row("§3", "effort", "none", body(**EFFORT)),
    Row("§3", "effort", "system", body(**EFFORT), rules=("key.effort=messages",)),
    Row("§3", "effort spelled out as its default", "messages", body(output_config={"effort": "high"})),
    Row("§3", "the answer format", "tools", body(output_config={"format": SCHEMA})),
    Row(
        "§3",
        "the answer format",
        "system",
        body(output_config={"format": SCHEMA}),
        rules=("key.format=messages",),
    ),
    Row("§3", "the container", "messages", body(container="container_1")),
    Row("§3", "the model", "none", body(model="claude-opus-5")),
    Row("§3", "the workspace", "none", body(), headers={"anthropic-workspace-id": "wrkspc_two"}),
    Row(
        "§2.1 rule 10",
        "the workspace, where only organisations are isolated",
        "messages",
        body(),
        headers={"anthropic-workspace-id": "wrkspc_two"},
        rules=("cache.by_workspace=false",),
    ),
    Row("§3", "a beta header", "none", body(), headers={"anthropic-beta": "some-feature-2026-01-01"}),
    Row(
        "§3",
        "a beta header",
        "messages",
        body(),
        headers={"anthropic-beta": "some-feature-2026-01-01"},
        rules=("key.betas=false",),
    ),
    *(
        Row("§3", change, "messages", body(**{change: value}))
        for change, value in [
            ("service_tier", "standard_only"),
            ("inference_geo", "us"),
            ("max_tokens", 21),
            ("stream", False),
            ("metadata", {"user_id": "u"}),
            ("stop_sequences", ["stop"]),
            ("diagnostics", {"previous_message_id": None}),
        ]
    ),
    Row("§2.2", "temperature", "messages", body(temperature=0.5), headers=OLD_VERSION),
    Row(
        "§2.2",
        "temperature",
        "none",
        body(temperature=0.5),
        headers=OLD_VERSION,
        rules=("key.sampling=true",),
    ),
    *(
        Row("§2.2", change, "none", body(**{change: value}), rules=(f"key.{switch}=true",))
        for change, switch, value in [
            ("service_tier", "service_tier", "standard_only"),
            ("inference_geo", "inference_geo", "us"),
            ("metadata", "metadata", {"user_id": "u"}),
            ("user_profile_id", "user_profile", "profile_1"),
        ]
    ),
    Row(
        "§2.2",
        "a string instead of one text block",
        "messages",
        body(system=None, messages=[{"role": "user", "content": "Hello."}, *asked(DOCUMENT)]),
        body(system=None, messages=[user("Hello."), *asked(DOCUMENT)]),
    ),
    Row(
        "§2.2",
        "a string instead of one text block",
        "tools",
        body(system=None, messages=[{"role": "user", "content": "Hello."}, *asked(DOCUMENT)]),
        body(system=None, messages=[user("Hello."), *asked(DOCUMENT)]),
        rules=("key.shorthand=false",),
    ),
    Row(
        "§2.2",
        "one turn cut into two",
        "messages",
        body(messages=[user("Hi."), *asked(DOCUMENT)]),
        body(messages=asked("Hi.", DOCUMENT)),
    ),
    Row(
        "§2.2",
        "one turn cut into two",
        "system",
        body(messages=[user("Hi."), *asked(DOCUMENT)]),
        body(messages=asked("Hi.", DOCUMENT)),
        rules=("key.merge_turns=false",),
    ),
    Row(
        "§2.2",
        "a decomposed accent",
        "tools",
        body(system=[text("Cafe\u0301 " + LONG, "5m")]),
        body(system=[text("Café " + LONG, "5m")]),
    ),
    Row(
        "§2.2",
        "a decomposed accent",
        "messages",
        body(system=[text("Cafe\u0301 " + LONG, "5m")]),
        body(system=[text("Café " + LONG, "5m")]),
        rules=("key.normalise=true",),
    ),
    Row(
        "§2.2",
        "the lifetimes of the markers",
        "messages",
        body(
            tools=[ONE, {**TWO, "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
            system=[text(LONG, "1h")],
        ),
    ),
    Row(
        "§2.2",
        "all markers but the last",
        "messages",
        body(tools=[ONE, tool("two", words(600))], system=LONG),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_change_loses_its_tier_and_those_behind_it(row: Row) -> None:
    async def story(world: World) -> None:
        client = await world.client()

        async def send(whole: Mapping[str, Any], headers: Mapping[str, str]) -> Message:
            return await client.post(
                "/v1/messages", body=dict(whole), cast_to=Message, options={"headers": dict(headers)}
            )

        version = {name: value for name, value in row.headers.items() if name == "anthropic-version"}
        await send(row.before, version)
        entries = (await (await world.http()).get("/_coldbyte/ledger")).json()["entries"]
        upto = {"none": 0} | {
            next(tier for tier in TIERS if entry["where"].startswith(tier)): entry["tokens"]
            for entry in entries
        }
        read = (await send(row.after, row.headers)).usage.cache_read_input_tokens
        # A setting may itself take a few tokens, wherever it acts.
        assert min(upto, key=lambda tier: abs(upto[tier] - (read or 0))) == row.kept
        assert abs(upto[row.kept] - (read or 0)) < (100 if read else 1)

    run(story, *row.rules)


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("model", "kept"),
    [("claude-haiku-4-5", False), ("claude-sonnet-4-5", False), ("claude-sonnet-4-6", True)],
)
def test_older_models_lose_the_thinking_of_earlier_turns(model: str, kept: bool) -> None:
    """§3: a user turn that is no tool result strips the thinking before it on last-turn-only models."""
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    call = {"type": "tool_use", "id": "t", "name": "one", "input": {}}
    result = {
        "type": "tool_result",
        "tool_use_id": "t",
        "content": words(5000),
        "cache_control": {"type": "ephemeral"},
    }
    turns = [
        user("When?"),
        {"role": "assistant", "content": [thought, call]},
        {"role": "user", "content": [result]},
    ]
    begun = {"model": model, "tools": [ONE], "messages": turns}

    async def story(world: World) -> None:
        _, written, _ = await world.usage(**begun)
        assert written > 4096
        read, _, _ = await world.usage(**{**begun, "messages": [*turns, *LATER]})
        assert read == (written if kept else 0)

    run(story)


def test_rows_name_what_they_are_about() -> None:
    assert len({str(row) for row in ROWS}) == len(ROWS)
