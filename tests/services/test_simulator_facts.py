"""The fact sheet, section by section, shown through the socket with the real SDK.

Each row of the table names a rule with its section. What §3 says of each change stands in
`test_simulator_tiers.py`, the texts of §1.3 in `test_simulator_validation.py`, the reasons of §6 in
`test_simulator_diagnosis.py`, faults on demand in `test_simulator_scenario.py`, thinking and server tools in
`test_simulator_thinking.py` and `test_simulator_server_tool.py`, and what §4 and §9 say of each model in
`test_simulator_models.py`.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import anthropic
import pytest
from anthropic.types import Message, RawMessageDeltaEvent, RawMessageStartEvent, TextBlock

from services.fact_table import Fact, FactTable
from services.simulator_world import (
    LONG,
    MODEL,
    Gate,
    World,
    brief,
    document,
    marker,
    simulator,
    text,
    turns,
    user,
    words,
)

BODY: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
AUTOMATIC = {"type": "ephemeral"}


FACTS = FactTable()
fact = FACTS.fact


def row(count: int, *marked: int) -> list[dict[str, Any]]:
    """One message of so many blocks, of which those with these numbers carry a marker."""
    texts = [LONG, *(f"Block {number}." for number in range(2, count + 1))]
    return [user(*(text(each, "5m" if n in marked else None) for n, each in enumerate(texts, 1)))]


def rounds(count: int, calls: int = 6) -> list[dict[str, Any]]:
    """A long text, then rounds of parallel calls and their results, the last of which is marked."""
    called = [[{"type": "tool_use", "id": f"t{n}", "name": "f", "input": {}} for n in range(calls)]]
    answered = [[{"type": "tool_result", "tool_use_id": f"t{n}", "content": "ok"} for n in range(calls)]]
    told = (called + answered) * count
    told[-1] = [*told[-1][:-1], {**told[-1][-1], **marker("5m")}]
    return turns([text(LONG)], *told)


# §1 Requests


@fact("§1.1", "both ways of sending the key are the same caller")
async def _(world: World) -> None:
    _, written, _ = await world.usage(**BODY)
    headers: Any = {"x-api-key": "one", "Authorization": anthropic.omit}
    client = (await world.client()).with_options(default_headers=headers)
    raw = await client.messages.with_raw_response.create(model=MODEL, max_tokens=9, **BODY)
    assert raw.http_request.headers.get("authorization") is None
    assert (await raw.parse()).usage.cache_read_input_tokens == written


@fact("§1.1", "a path in front of the API is none of its routes")
async def _(world: World) -> None:
    client = anthropic.AsyncAnthropic(api_key="one", base_url=f"{world.url}/x", max_retries=0)
    async with client:
        with pytest.raises(anthropic.NotFoundError):
            await client.messages.create(model=MODEL, max_tokens=9, **BODY)


@fact("§1.2", "the lifetime is 5 minutes unless the marker says an hour")
async def _(world: World) -> None:
    usage = (
        await world.ask(system=[{**text(LONG), "cache_control": {"type": "ephemeral"}}], messages=[user("?")])
    ).usage
    assert usage.cache_creation is not None
    assert usage.cache_creation.ephemeral_5m_input_tokens == usage.cache_creation_input_tokens


@fact("§1.2", "tools, system, content and a tool's result take a marker")
async def _(world: World) -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": [text("ok", "5m")]}
    call = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    tool = {"name": "f", "description": LONG, "input_schema": {"type": "object"}, **marker("1h")}
    await world.ask(
        tools=[tool],
        system=[text("Be brief.", "1h")],
        messages=turns([document("The law.", "5m")], [call], [result]),
    )
    entries = (await (await world.http()).get("/_coldbyte/ledger")).json()["entries"]
    assert [entry["where"] for entry in entries] == [
        "tools[0]",
        "system[0].text",
        "messages[0].content[0].source.data",
        "messages[2].content[0].content[0].text",
    ]


@fact("§1.3", "a fifth marker is refused, and the automatic one takes a place")
async def _(world: World) -> None:
    for more in (
        {"messages": row(5, 1, 2, 3, 4, 5)},
        {"messages": row(5, 1, 2, 3, 4), "cache_control": AUTOMATIC},
    ):
        with pytest.raises(anthropic.BadRequestError, match=r"A maximum of 4 .* Found 5\."):
            await world.ask(**more)
    await world.ask(messages=row(4, 1, 2, 3, 4), cache_control=AUTOMATIC)  # the last block has its own


@fact("§1.3", "the automatic breakpoint walks back to a block that can carry it")
async def _(world: World) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    call = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    begun = [user(LONG), {"role": "assistant", "content": [thought, call, thought]}]
    assert (await world.usage(messages=begun, cache_control=AUTOMATIC))[1] > 1000
    entries = (await (await world.http()).get("/_coldbyte/ledger")).json()["entries"]
    assert [entry["where"] for entry in entries] == ["messages[1].content[1]"]


@fact("§1.3", "without any block that can carry it nothing is cached, and nothing is refused")
async def _(world: World) -> None:
    thought = {"type": "redacted_thinking", "data": "x" * 9000}
    assert (await world.usage(messages=[{"role": "user", "content": [thought]}], cache_control=AUTOMATIC))[
        1
    ] == 0


KINDS: list[dict[str, Any]] = [
    text("The law."),
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
    document("The law."),
    {"type": "search_result", "source": "https://example.org", "title": "Law", "content": [text("The law.")]},
    {"type": "tool_result", "tool_use_id": "t", "content": "ok"},
    {"type": "container_upload", "file_id": "file_1"},
    {"type": "browser_state", "tabs": []},
]
SAID: list[dict[str, Any]] = [
    {"type": "tool_use", "id": "t", "name": "f", "input": {}},
    {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
    {"type": "web_search_tool_result", "tool_use_id": "s", "content": []},
    {"type": "web_fetch_tool_result", "tool_use_id": "s", "content": {}},
    {"type": "code_execution_tool_result", "tool_use_id": "s", "content": {}},
    {"type": "bash_code_execution_tool_result", "tool_use_id": "s", "content": {}},
    {"type": "tool_search_tool_result", "tool_use_id": "s", "content": {}},
    {"type": "mcp_tool_use", "id": "m", "name": "f", "server_name": "x", "input": {}},
    {"type": "mcp_tool_result", "tool_use_id": "m", "content": []},
    {"type": "compaction", "content": "So far."},
]


@fact("§1.2", "every kind of block that may carry a marker is written behind it")
async def _(world: World) -> None:
    for role, kinds in (("user", KINDS), ("assistant", SAID)):
        for kind in kinds:
            await (await world.http()).post("/_coldbyte/reset")
            marked = {"role": role, "content": [{**kind, **marker("5m")}]}
            messages = [user(LONG), marked, user("When?")]
            client = (await world.client()).with_options(default_headers={"anthropic-version": "2023-06-01"})
            usage = (await client.messages.create(model=MODEL, max_tokens=9, messages=messages)).usage  # type: ignore[arg-type]
            assert brief(usage)[1] > 1000, kind["type"]
            (entry,) = (await (await world.http()).get("/_coldbyte/ledger")).json()["entries"]
            assert entry["where"].startswith("messages[1].content[0]")


@fact("§1.2", "what lies in a tool's result may carry it for the result")
async def _(world: World) -> None:
    for part in KINDS[:4]:
        result = {"type": "tool_result", "tool_use_id": "t", "content": [{**part, **marker("5m")}]}
        messages = [user(words(1200, part["type"]), result), user("When?")]
        written = (await world.usage(messages=messages))[1]
        assert written > 1000
        assert (await world.usage(messages=messages))[0] == written


@fact("§1.2", "tools of the API and toolsets may carry it, too")
async def _(world: World) -> None:
    tools: list[dict[str, Any]] = [
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 3},
        {"type": "mcp_toolset", "mcp_server_name": "x"},
        {"type": "bash_20250124", "name": "bash"},
    ]
    first = {"name": "f", "description": LONG, "input_schema": {"type": "object"}}
    for tool in tools:
        body = {"tools": [first, {**tool, **marker("5m")}], "messages": [user("When?")]}
        written = (await world.usage(**body))[1]
        assert written > 1000
        assert (await world.usage(**body))[0] == written


@fact("§1.2", "a message of the role system takes a marker on its text")
async def _(world: World) -> None:
    messages = [user(LONG), {"role": "system", "content": [text("Be brief.", "5m")]}, user("When?")]
    body = {"model": "claude-opus-5", "messages": messages}
    written = (await world.usage(**body))[1]
    assert written > 1000
    assert (await world.usage(**body))[0] == written


@fact("§1.2", "in a part of a block, or in the settings of a toolset, a marker writes nothing")
async def _(world: World) -> None:
    inner = {"type": "content", "content": [text(LONG, "5m")]}
    toolset = {"type": "mcp_toolset", "mcp_server_name": "x", "configs": {"f": marker("5m")}}
    bodies: list[dict[str, Any]] = [
        {"messages": [user({"type": "document", "source": inner}, "When?")]},
        {"messages": [user({**document(LONG), "citations": {"enabled": True, **marker("5m")}}, "When?")]},
        {"tools": [toolset], "system": LONG, "messages": [user("When?")]},
    ]
    for body in bodies:
        assert (await world.usage(**body))[:2] == (0, 0)


@fact("§1.2", "thinking takes none, but is written with the prefix")
async def _(world: World) -> None:
    thought = {"type": "thinking", "thinking": words(900), "signature": "s"}
    said = {"role": "assistant", "content": [thought, text("Hm.", "5m")]}
    written = (await world.usage(messages=[user("Go."), said, user("And?")]))[1]
    assert written > 900


# §2 Matching


@fact("§2.1 rule 1", "tools, system, messages: a change loses all that stands behind it")
async def _(world: World) -> None:
    tool = {"name": "f", "description": words(600), "input_schema": {"type": "object"}, **marker("5m")}
    body = {"tools": [tool], **BODY}
    await world.usage(**body)
    read, written, _ = await world.usage(**{**body, "system": [text(words(900, "other"), "5m")]})
    assert read > 600
    assert written > 900


@fact("§2.1 rule 2", "only marked positions are written, and the answer is not")
async def _(world: World) -> None:
    answered = await world.ask(messages=row(10, 5))
    assert isinstance(answered.content[0], TextBlock)
    assert (await world.usage(messages=row(10, 4)))[0] == 0
    turn = {"role": "assistant", "content": answered.content[0].text}
    asked = [*row(10, 5, 10), turn, user("And?")]
    read, written, uncached = await world.usage(messages=asked)
    assert read < read + written
    assert uncached > answered.usage.output_tokens


@fact("§2.1 rule 3", "reads look for what was written, not for what is the same")
async def _(world: World) -> None:
    _, written, _ = await world.usage(messages=row(10, 5))
    assert (await world.usage(messages=row(10, 8)))[0] == written
    await (await world.http()).post("/_coldbyte/reset")
    await world.usage(messages=row(10, 8))
    assert (await world.usage(messages=row(10, 5)))[0] == 0


@fact("§2.1 rule 4", "the 20th position from a breakpoint is looked at, the 21st is not")
async def _(world: World) -> None:
    _, written, _ = await world.usage(messages=row(15, 15))
    assert (await world.usage(messages=row(35, 35)))[0] == 0
    assert (await world.usage(messages=row(34, 34)))[0] == written


@fact("§2.1 rule 4", "the number of positions is a switch", "cache.lookback=3")
async def _(world: World) -> None:
    _, written, _ = await world.usage(messages=row(5, 5))
    assert (await world.usage(messages=row(8, 8)))[0] == 0
    await (await world.http()).post("/_coldbyte/reset")
    assert (await world.usage(messages=row(5, 5)))[1] == written
    assert (await world.usage(messages=row(7, 7)))[0] == written


@fact("§2.1 rule 5", "runs of calls and of results are one position each")
async def _(world: World) -> None:
    _, written, _ = await world.usage(messages=turns([text(LONG, "5m")]))
    assert (await world.usage(messages=rounds(10)))[0] == 0  # 21 positions
    assert (await world.usage(messages=rounds(9)))[0] == written


@fact("§2.1 rule 5", "not so where runs are not grouped, as on Bedrock", "cache.group_tool_runs=false")
async def _(world: World) -> None:
    _, written, _ = await world.usage(messages=turns([text(LONG, "5m")]))
    assert (await world.usage(messages=rounds(2)))[0] == 0  # 25 positions
    assert (await world.usage(messages=rounds(1)))[0] == written


@fact("§2.1 rule 6", "the worked example: 10, 15 and 35 blocks, and the second marker that helps")
async def _(world: World) -> None:
    assert (await world.usage(messages=row(10, 10)))[0] == 0
    read, written, _ = await world.usage(messages=row(15, 15))
    assert read > 1000
    assert written > 0
    assert (await world.usage(messages=row(35, 15, 35)))[0] == read + written


@fact("§2.1 rule 7", "one byte of an image is enough")
async def _(world: World) -> None:
    def shown(data: str) -> dict[str, Any]:
        source = {"type": "base64", "media_type": "image/png", "data": data}
        return {"messages": [user({"type": "image", "source": source}, text(LONG, "5m"))]}

    await world.usage(**shown("iVBORw0KGgoA"))
    assert (await world.usage(**shown("iVBORw0KGgoB")))[0] == 0
    assert (await world.usage(**shown("iVBORw0KGgoA")))[0] > 1000


@fact("§2.1 rule 9", "a read refreshes for nothing, on either lifetime, from its start")
async def _(world: World) -> None:
    for ttl, seconds in (("5m", 300), ("1h", 3600)):
        body = {"system": [text(words(900, ttl), ttl)], "messages": [user("When?")]}
        await world.usage(**body)
        for wait, hit in [(seconds - 1, True), (seconds - 1, True), (seconds, False)]:
            world.clock.advance(wait)
            assert ((await world.usage(**body))[0] > 0) == hit


@fact("§2.1 rule 10", "keys, models and speeds have their own entries")
async def _(world: World) -> None:
    await world.usage(**BODY)
    for other in ({"key": "two"}, {"model": "claude-opus-5"}, {"speed": "fast"}):
        assert (await world.usage(**other, **BODY))[0] == 0
    assert (await world.usage(**BODY))[0] > 1000


@fact("§2.1 rule 10", "a workspace has its own entries")
async def _(world: World) -> None:
    client = await world.client()
    reads = []
    for workspace in ("wrkspc_one", "wrkspc_two", "wrkspc_one"):
        answer = await client.messages.create(model=MODEL, max_tokens=9, workspace_id=workspace, **BODY)
        reads.append(bool(answer.usage.cache_read_input_tokens))
    assert reads == [False, False, True]


@fact("§2.1 rule 12", "the answer is the same, cached or not")
async def _(world: World) -> None:
    answers = [await world.ask(max_tokens=500, **BODY) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert brief(answers[0].usage) != brief(answers[1].usage)


@fact("§2.2", "the marker, its lifetime and its place are no part of the key")
async def _(world: World) -> None:
    _, written, _ = await world.usage(messages=row(3, 1, 3))
    for other in (row(3, 3), row(5, 5)):
        assert (await world.usage(messages=other))[0] == written
    assert (await world.usage(messages=row(3)))[0] == 0  # without a marker nothing is read


@fact("§2.2", "the order of the keys of a call's input counts")
async def _(world: World) -> None:
    def called(given: dict[str, int]) -> dict[str, Any]:
        call = {"type": "tool_use", "id": "t", "name": "f", "input": given}
        return {
            "messages": turns(
                [text("Go.")],
                [call],
                [{"type": "tool_result", "tool_use_id": "t", "content": LONG, **marker("5m")}],
            )
        }

    await world.usage(**called({"a": 1, "b": 2}))
    assert (await world.usage(**called({"b": 2, "a": 1})))[0] == 0
    assert (await world.usage(**called({"a": 1, "b": 2})))[0] > 1000


@fact("§2.2", "what only the wire shows is no part of the key: escapes, white space, the order of fields")
async def _(world: World) -> None:
    said = f"Café and naïve. {LONG}"
    body = {"model": MODEL, "max_tokens": 9, "system": [text(said, "5m")], "messages": [user("Où?")]}
    http, key = await world.http(), {"x-api-key": "one"}
    spelled = [
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        json.dumps(body, ensure_ascii=True),
        json.dumps(body, indent=2),
        json.dumps(dict(reversed(body.items()))),
    ]
    reads = []
    for raw in spelled:
        answer = await http.post("/v1/messages", content=raw.encode(), headers=key)
        reads.append(answer.json()["usage"]["cache_read_input_tokens"] > 1000)
    assert reads == [False, True, True, True]
    assert (await world.usage(**{**body, "system": [text(said + "\n", "5m")]}))[0] == 0


@fact("§2.2", "one line end or space more is another prompt")
async def _(world: World) -> None:
    await world.usage(**BODY)
    for other in (LONG.replace(". ", ".\n", 1), LONG + " ", LONG.replace(" ", "\u00a0", 1), "\ufeff" + LONG):
        assert (await world.usage(**{**BODY, "system": [text(other, "5m")]}))[0] == 0
    assert (await world.usage(**BODY))[0] > 1000


@fact("§2.2", "streamed or not, the prefix is the same")
async def _(world: World) -> None:
    client = await world.client()
    async with client.messages.stream(model=MODEL, max_tokens=9, **BODY) as stream:
        written = (await stream.get_final_message()).usage.cache_creation_input_tokens
    assert written
    assert (await world.usage(**BODY))[0] == written


@fact("§2.2", "the user profile, which is a header, is part of the key only by the rules")
async def _(world: World) -> None:
    assert await _read_by_another_profile(world)


@fact("§2.2", "or it is, as the rules say", "key.user_profile=true")
async def _(world: World) -> None:
    assert not await _read_by_another_profile(world)


async def _read_by_another_profile(world: World) -> bool:
    client = await world.client()
    await client.messages.create(model=MODEL, max_tokens=9, user_profile_id="profile_1", **BODY)
    other = await client.messages.create(model=MODEL, max_tokens=9, user_profile_id="profile_2", **BODY)
    return bool(other.usage.cache_read_input_tokens)


@fact("§2.3", "read A, an hour's write B − A, five minutes' write C − B, the rest plain")
async def _(world: World) -> None:
    one, two, three = words(700, "one"), words(800, "two"), words(900, "three")
    _, alone, _ = await world.usage(system=[text(one, "1h")], messages=[user("When?")])
    body: dict[str, Any] = {
        "system": [text(one, "1h"), text(two, "1h")],
        "messages": [user(document(three, "5m"), "When?")],
    }
    whole = await world.count(**body)
    usage = (await world.ask(**body)).usage
    split = usage.cache_creation
    assert split is not None
    assert usage.cache_read_input_tokens == alone
    assert split.ephemeral_1h_input_tokens == await world.own(text(two))
    assert usage.input_tokens == await world.own(text("When?"))
    assert split.ephemeral_5m_input_tokens == whole - sum(
        (alone, split.ephemeral_1h_input_tokens, usage.input_tokens)
    )


@fact("§2.4", "a breakpoint below the minimum is passed over by itself")
async def _(world: World) -> None:
    body = {"system": [text("Be brief.", "5m"), text(LONG, "5m")], "messages": [user("When?")]}
    assert (await world.usage(**body))[1] > 1000


@fact("§2.4", "or it spoils the others", "cache.skip_short=false")
async def _(world: World) -> None:
    body = {"system": [text("Be brief.", "5m"), text(LONG, "5m")], "messages": [user("When?")]}
    assert (await world.usage(**body))[:2] == (0, 0)


@fact("§2.4", "the walk goes on from the messages into the system prompt")
async def _(world: World) -> None:
    _, written, _ = await world.usage(**BODY)
    moved = {"system": LONG, "messages": [user(text("When?", "5m"))]}
    assert (await world.usage(**moved))[0] == written


@fact("§2.4", "or it stays in its tier", "cache.cross_tiers=false")
async def _(world: World) -> None:
    await world.usage(**BODY)
    assert (await world.usage(system=LONG, messages=[user(text("When?", "5m"))]))[0] == 0


def tooled(count: int, *, marked: bool) -> dict[str, Any]:
    """A long first tool and others behind it, with a marker on the first or on the system prompt."""
    tools = [
        {"name": f"f{n}", "description": "Does.", "input_schema": {"type": "object"}} for n in range(count)
    ]
    first = {"name": "first", "description": LONG, "input_schema": {"type": "object"}}
    if marked:
        return {"tools": [{**first, **marker("5m")}, *tools], "messages": [user("When?")]}
    return {"tools": [first, *tools], "system": [text("Be brief.", "5m")], "messages": [user("When?")]}


@fact("§11 item 3", "a tool definition is a position")
async def _(world: World) -> None:
    for count, hit in ((18, True), (19, False)):
        await world.usage(**tooled(count, marked=True))
        assert ((await world.usage(**tooled(count, marked=False)))[0] > 1000) == hit


@fact("§11 item 3", "or all tools are one", "cache.count_tools=false")
async def _(world: World) -> None:
    await world.usage(**tooled(40, marked=True))
    assert (await world.usage(**tooled(40, marked=False)))[0] > 1000


def resulted(marked: int, count: int) -> dict[str, Any]:
    results = [
        {"type": "tool_result", "tool_use_id": f"t{n}", "content": f"{n}: {words(600)}"} for n in range(count)
    ]
    results[marked] = {**results[marked], **marker("5m")}
    calls = [{"type": "tool_use", "id": f"t{n}", "name": "f", "input": {}} for n in range(count)]
    return {"messages": turns([text("Go.")], calls, results)}


@fact("§11 item 3", "an entry inside a run is found")
async def _(world: World) -> None:
    _, written, _ = await world.usage(**resulted(1, 4))
    assert (await world.usage(**resulted(3, 4)))[0] == written


@fact("§11 item 3", "or only one at its end is", "cache.match_inside_runs=false")
async def _(world: World) -> None:
    await world.usage(**resulted(1, 4))
    assert (await world.usage(**resulted(3, 4)))[0] == 0


@fact("§11 item 4", "a read refreshes the one entry that is read")
async def _(world: World) -> None:
    await _read_the_longer(world, shorter_lives=False)


@fact("§11 item 4", "or the shorter ones in it, too", "cache.refresh_shorter=true")
async def _(world: World) -> None:
    await _read_the_longer(world, shorter_lives=True)


async def _read_the_longer(world: World, *, shorter_lives: bool) -> None:
    both = {"system": [text(LONG, "5m")], "messages": [user(document(LONG, "5m"), "When?")]}
    await world.usage(**both)
    world.clock.advance(200)
    await world.usage(**both)
    world.clock.advance(200)
    assert ((await world.usage(**BODY))[0] > 0) == shorter_lives


@fact("§11 item 4", "a marker of an hour does not lengthen an entry of five minutes")
async def _(world: World) -> None:
    assert not await _lives_longer(world)


@fact("§11 item 4", "or it does", "cache.upgrade_ttl=true")
async def _(world: World) -> None:
    assert await _lives_longer(world)


async def _lives_longer(world: World) -> bool:
    await world.usage(**BODY)
    longer = {**BODY, "system": [text(LONG, "1h")]}
    _, written, _ = await world.usage(**longer)
    assert written == 0
    world.clock.advance(3000)
    return (await world.usage(**longer))[0] > 0


# §4 Models


@fact("§4", "the minimum of each model decides, and fewer tokens are no error")
async def _(world: World) -> None:
    client = await world.client()
    minimums = {
        "claude-opus-5-5": 512,
        "claude-opus-4-8": 1024,
        "claude-opus-4-7": 2048,
        "claude-haiku-4-5": 4096,
    }
    for model, minimum in minimums.items():
        enough = [n for n in range(minimum - 40, minimum + 40) if await _caches(client, model, n, minimum)]
        assert enough == [], model


async def _caches(client: anthropic.AsyncAnthropic, model: str, size: int, minimum: int) -> bool:
    """Whether a prompt of about this size breaks the rule of the minimum."""
    if size % 8:
        return False
    said = "a" * round(size / (0.228 * (1 if "haiku-4" in model else 1.3)))
    body: dict[str, Any] = {"model": model, "system": [text(said, "5m")], "messages": [user("?")]}
    counted = (await client.messages.count_tokens(**body)).input_tokens
    behind = (await client.messages.count_tokens(model=model, messages=body["messages"])).input_tokens
    written = (await client.messages.create(max_tokens=5, **body)).usage.cache_creation_input_tokens or 0
    return (written > 0) != (counted - behind >= minimum)


MINIMUMS = {
    512: "fable-5-2 mythos-5-2 fable-5-1 mythos-5-1 fable-5 mythos-5 opus-5-5 opus-5 sonnet-5-5 haiku-5-5",
    1024: "opus-4-8 sonnet-5 sonnet-4-6 sonnet-4-5",
    2048: "opus-4-7",
    4096: "opus-4-6 opus-4-5 haiku-4-5",
}


@fact("§4", "the table of minimums, model by model")
async def _(world: World) -> None:
    for minimum, names in MINIMUMS.items():
        for model in (f"claude-{name}" for name in names.split()):
            ask: dict[str, Any] = {"model": model, "messages": [user("?")]}
            _, _, behind = await world.usage(system=[text("ab " * 8000, "5m")], **ask)
            few, enough = 1, 8000
            while few + 1 < enough:
                middle = (few + enough) // 2
                counted = await world.count(system="ab " * middle, **ask) - behind
                few, enough = (few, middle) if counted >= minimum else (middle, enough)
            assert (await world.usage(system=[text("ab " * few, "5m")], **ask))[:2] == (0, 0), model
            written = (await world.usage(system=[text("ab " * enough, "5m")], **ask))[1]
            assert minimum <= written < minimum + 8, model


@fact("§4", "a model is described with its line, its limits and its end")
async def _(world: World) -> None:
    client = await world.client()
    model = await client.models.retrieve("claude-sonnet-4-5")
    assert (model.lifecycle, model.line, model.max_input_tokens, model.max_tokens) == (
        "deprecated",
        "sonnet",
        200_000,
        64_000,
    )
    assert model.retires_at is not None
    assert model.retires_at.date().isoformat() == "2026-11-30"
    opus = await client.models.retrieve("claude-opus-5-5")
    assert (opus.lifecycle, opus.line, opus.retires_at, opus.deprecated_at) == ("active", "opus", None, None)
    assert opus.created_at.date().isoformat() == "2026-09-22"


@fact("§4", "the list comes in pages, and retired models only when asked for")
async def _(world: World) -> None:
    client = await world.client()
    whole = [model.id async for model in client.models.list()]
    small = [model.id async for model in client.models.list(limit=3)]
    assert small == whole
    assert len(set(whole)) == len(whole) > 10
    page = await client.models.list(limit=3, before_id=whole[5])
    assert [model.id for model in page.data] == whole[2:5]
    assert (page.has_more, page.first_id, page.last_id) == (True, whole[2], whole[4])
    backwards = [model.id async for model in client.models.list(limit=2, before_id=whole[5])]
    assert sorted(backwards) == sorted(whole[:5])
    retired = [model.id async for model in client.models.list(lifecycle=["retired"])]
    assert "claude-3-opus-20240229" in retired
    assert not set(retired) & set(whole)


@fact("§4", "a strange page is refused")
async def _(world: World) -> None:
    client = await world.client()
    strange: list[dict[str, Any]] = [{"limit": 0}, {"limit": 1001}, {"after_id": "x"}, {"lifecycle": ["new"]}]
    for query in strange:
        with pytest.raises(anthropic.BadRequestError):
            await client.models.list(**query)


@fact("§4", "a retired model is 404, by its name")
async def _(world: World) -> None:
    with pytest.raises(anthropic.NotFoundError, match="model: claude-3-opus-20240229"):
        await world.ask(model="claude-3-opus-20240229", messages=[user("When?")])


# §5 Usage


@fact("§5", "the parts of usage add up to the whole prompt")
async def _(world: World) -> None:
    body: dict[str, Any] = {
        "system": [text(LONG, "1h")],
        "messages": [user(document(LONG, "5m"), "When?")],
    }
    for _again in range(2):
        usage = (await world.ask(**body)).usage
        assert sum(brief(usage)) == await world.count(**body)
        assert usage.cache_creation is not None
        split = (
            usage.cache_creation.ephemeral_5m_input_tokens + usage.cache_creation.ephemeral_1h_input_tokens
        )
        assert split == usage.cache_creation_input_tokens
        assert usage.service_tier == "standard"


@fact("§5", "usage repeats speed and place")
async def _(world: World) -> None:
    usage = (await world.ask(speed="fast", inference_geo="us", **BODY)).usage
    assert (usage.speed, usage.inference_geo) == ("fast", "us")


@fact("§5", "a stream starts with all counts, and ends with cumulative ones without the split")
async def _(world: World) -> None:
    client = await world.client()
    whole = (await world.ask(key="two", **BODY)).usage
    events = [
        event
        async for event in await client.messages.create(model=MODEL, max_tokens=100, stream=True, **BODY)
    ]
    start, delta = events[0], events[-2]
    assert isinstance(start, RawMessageStartEvent)
    assert isinstance(delta, RawMessageDeltaEvent)
    assert brief(start.message.usage) == brief(whole)
    assert start.message.usage.cache_creation == whole.cache_creation
    assert start.message.usage.output_tokens == 1
    assert delta.usage.output_tokens == whole.output_tokens
    assert delta.usage.cache_creation_input_tokens == whole.cache_creation_input_tokens
    assert "cache_creation" not in delta.usage.to_dict()


# §7 Warming, §8 Counting


@fact("§7", "one token instead of none warms, too, and is billed")
async def _(world: World) -> None:
    warmed = await world.ask(max_tokens=1, **BODY)
    assert (warmed.stop_reason, warmed.usage.output_tokens) == ("max_tokens", 1)
    assert (await world.usage(**BODY))[0] == brief(warmed.usage)[1]


@fact("§8", "counting takes what a message takes, also by the beta of old")
async def _(world: World) -> None:
    client = await world.client()
    plain = await world.count(**BODY)
    tool = {"name": "f", "description": "Does.", "input_schema": {"type": "object"}}
    more: dict[str, Any] = {
        "tools": [tool],
        "tool_choice": {"type": "auto"},
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "low"},
        **BODY,
    }
    counted = await world.count(**more)
    assert counted > plain
    assert sum(await world.usage(**more)) == counted
    assert (await client.beta.messages.count_tokens(model=MODEL, **more)).input_tokens == counted


@fact("§7", "no output at all: the prompt is written, and warm for the next")
async def _(world: World) -> None:
    warmed = await world.ask(max_tokens=0, **BODY)
    assert (warmed.content, warmed.stop_reason, warmed.usage.output_tokens) == ([], "max_tokens", 0)
    _, written, _ = brief(warmed.usage)
    assert written > 1000
    again = await world.ask(max_tokens=0, **BODY)
    assert brief(again.usage)[:2] == (written, 0)
    assert (await world.usage(**BODY))[0] == written


@fact("§7", "what warming refuses")
async def _(world: World) -> None:
    client = await world.client()
    refused: list[dict[str, Any]] = [
        {"stream": True},
        {"thinking": {"type": "enabled", "budget_tokens": 2000}, "model": "claude-sonnet-4-6"},
        {"output_config": {"format": {"type": "json_schema", "schema": {}}}},
        {"tool_choice": {"type": "any"}, "tools": [{"name": "f", "input_schema": {"type": "object"}}]},
        {
            "tool_choice": {"type": "tool", "name": "f"},
            "tools": [{"name": "f", "input_schema": {"type": "object"}}],
        },
    ]
    for more in refused:
        with pytest.raises(anthropic.BadRequestError, match="max_tokens"):
            await client.messages.create(**{"model": MODEL, "max_tokens": 0, **BODY, **more})
    assert (await world.usage(**BODY))[0] == 0  # nothing was written by what was refused


@fact("§7", "each warming keeps the entry alive, from start to start")
async def _(world: World) -> None:
    await world.ask(max_tokens=0, **BODY)
    for _again in range(3):
        world.clock.advance(290)
        assert brief((await world.ask(max_tokens=0, **BODY)).usage)[1] == 0


@fact("§8", "counting takes markers and does nothing with them")
async def _(world: World) -> None:
    client = await world.client()
    plain = await world.count(system=LONG, messages=[user("When?")])
    assert await world.count(**BODY) == plain
    counted = await client.messages.count_tokens(model=MODEL, cache_control=AUTOMATIC, **BODY)  # type: ignore[arg-type]
    assert counted.input_tokens == plain
    assert (await (await world.http()).get("/_coldbyte/ledger")).json() == {"entries": []}


@fact("§8", "newer models count more tokens for the same text")
async def _(world: World) -> None:
    body: dict[str, Any] = {"messages": [user(LONG)]}
    old, new = [await world.count(model=model, **body) for model in ("claude-sonnet-4-6", "claude-sonnet-5")]
    assert 1.2 < new / old < 1.4


# §9 Headers, versions, refusals


@fact("§9", "every answer has the ids of request, organisation and workspace, and what remains")
async def _(world: World) -> None:
    http = await world.http()
    key = {"x-api-key": "one"}
    body = {"model": MODEL, "max_tokens": 9, **BODY}
    answers = [
        await http.post("/v1/messages", json=body, headers=key),
        await http.post("/v1/messages", json={**body, "stream": True}, headers=key),
        await http.post("/v1/messages", json={}, headers=key),
        await http.get("/v1/models", headers=key),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 200]
    assert len({answer.headers["request-id"] for answer in answers}) == 4
    for name in ("anthropic-organization-id", "anthropic-workspace-id"):
        assert len({answer.headers[name] for answer in answers}) == 1
    for kind in ("requests", "tokens", "input-tokens", "output-tokens"):
        for part in ("limit", "remaining", "reset"):
            assert all(f"anthropic-ratelimit-{kind}-{part}" in answer.headers for answer in answers)
    assert int(answers[1].headers["anthropic-ratelimit-input-tokens-remaining"]) % 1000 == 0
    other = await http.get("/v1/models", headers={"x-api-key": "two"})
    assert other.headers["anthropic-organization-id"] != answers[0].headers["anthropic-organization-id"]


@fact("§9", "no key, or none that can be one, is 401")
async def _(world: World) -> None:
    http = await world.http()
    strange = [
        {},
        {"x-api-key": ""},
        {"x-api-key": "a b"},
        {"Authorization": "Bearer a b"},
        {"Authorization": "Basic a"},
    ]
    for headers in strange:
        answer = await http.post("/v1/messages", json={}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["type"]) == (401, "authentication_error")
    client = anthropic.AsyncAnthropic(api_key="a\tb", base_url=world.url, max_retries=0)
    async with client:
        with pytest.raises(anthropic.AuthenticationError):
            await client.messages.create(model=MODEL, max_tokens=9, **BODY)


@fact("§1.1", "the version has to be named, and has to exist")
async def _(world: World) -> None:
    client = await world.client()
    for version, accepted in (
        ("2023-01-01", True),
        ("2023-06-01", True),
        ("2026-10-21", True),
        ("2024-01-01", False),
    ):
        asked = client.messages.create(
            model=MODEL, max_tokens=9, extra_headers={"anthropic-version": version}, **BODY
        )
        if accepted:
            assert (await asked).content
        else:
            with pytest.raises(anthropic.BadRequestError, match="not a valid version"):
                await asked
    bare = await (await world.http()).post(
        "/v1/messages", json={}, headers={"x-api-key": "one", "anthropic-version": ""}
    )
    assert (bare.status_code, bare.json()["error"]["message"]) == (
        400,
        "anthropic-version: header is required",
    )


STRICT: list[tuple[str, dict[str, Any]]] = [
    ("temperature", {"temperature": 0.5}),
    ("top_p", {"top_p": 0.5}),
    ("top_k", {"top_k": 5}),
    ("document", {"messages": turns([text("Go.")], [document("The law.")], [text("So?")])}),
    (
        "citations",
        {
            "messages": [
                user(
                    {
                        "type": "search_result",
                        "source": "x",
                        "title": "x",
                        "content": [{**text("So."), "citations": [{"type": "char_location"}]}],
                    }
                )
            ]
        },
    ),
    (
        "citations",
        {"messages": [user({**text("So?"), "citations": [{"type": "char_location", "cited_text": "x"}]})]},
    ),
]


@fact("§1.1", "version 2026-10-21 refuses what older ones take")
async def _(world: World) -> None:
    client = await world.client()
    for name, more in STRICT:
        body = {"model": MODEL, "max_tokens": 9, **BODY, **more}

        async def send(version: str, body: dict[str, Any] = body) -> Message:
            headers = {"anthropic-version": version}
            return await client.post("/v1/messages", body=body, cast_to=Message, options={"headers": headers})

        with pytest.raises(anthropic.BadRequestError, match=name):
            await send("2026-10-21")
        assert (await send("2023-06-01")).content


@fact("§10", "beta headers of last year are taken, and are nothing to complain about")
async def _(world: World) -> None:
    client = await world.client()
    for beta in ("prompt-caching-2024-07-31", "extended-cache-ttl-2025-04-11", "cache-diagnosis-2026-04-07"):
        headers = {"anthropic-beta": beta}
        written = (
            await client.messages.create(model=MODEL, max_tokens=9, extra_headers=headers, **BODY)
        ).usage
        assert written.cache_creation_input_tokens
        read = await client.beta.messages.create(model=MODEL, max_tokens=9, betas=[beta], **BODY)
        assert read.usage.cache_read_input_tokens == written.cache_creation_input_tokens


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "claude-sonnet-4-6",
        {"messages": [user("Hi"), {"role": "assistant", "content": "The answer"}]},
        "does not support assistant message prefill",
    ),
    (
        "claude-opus-5",
        {"thinking": {"type": "enabled", "budget_tokens": 2000}},
        r'"thinking.type.enabled" is not supported for this model\.',
    ),
    (
        "claude-opus-5-5",
        {"tool_choice": {"type": "any"}, "tools": [{"name": "f", "input_schema": {"type": "object"}}]},
        "tool_choice",
    ),
    (
        "claude-sonnet-5",
        {"messages": [user("Hi"), {"role": "system", "content": "Now."}]},
        "role 'system' is not supported on this model",
    ),
]


@fact("§9", "prefill, a thinking budget, a forced tool and a system turn, where the model refuses them")
async def _(world: World) -> None:
    for model, more, words_of_api in REFUSED:
        with pytest.raises(anthropic.BadRequestError, match=words_of_api):
            await world.ask(**{"model": model, **BODY, **more})
    assert (await world.ask(model="claude-haiku-4-5", **{**BODY, **REFUSED[0][1]})).content
    assert (await world.ask(model="claude-sonnet-4-6", **BODY, **REFUSED[1][1])).content


@fact("§9", "a stop sequence ends the answer, and is named")
async def _(world: World) -> None:
    whole = await world.ask(max_tokens=500, **BODY)
    stopped = await world.ask(max_tokens=500, stop_sequences=["simulator", "zebra"], **BODY)
    assert (whole.stop_reason, whole.stop_sequence) == ("end_turn", None)
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "simulator")
    assert isinstance(stopped.content[0], TextBlock)
    assert "simulator" not in stopped.content[0].text


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")  # the SDK knows it, too
@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_the_fact_shows(fact: Fact) -> None:
    fact.show()


@pytest.mark.parametrize("ttl", ["5m", "1h"])
def test_a_read_counts_from_its_start_also_while_its_answer_is_awaited(ttl: str) -> None:
    """§2.1 rule 9, §2.4: a request that waits for its first byte has refreshed what it reads."""

    async def told() -> None:
        gate = Gate()
        async with simulator(gate.wait) as world:
            body = {**BODY, "system": [text(LONG, ttl)]}
            life = {"5m": 300, "1h": 3600}[ttl]
            async with asyncio.TaskGroup() as group:
                first = group.create_task(world.ask(**body))
                await gate.until(lambda: gate.came == 1)
                await gate.open()
                await first
            gate.close()
            world.clock.advance(life - 1)
            async with asyncio.TaskGroup() as group:
                group.create_task(world.ask(**body))
                await gate.until(lambda: gate.came > gate.left)
                world.clock.advance(2)
                later = group.create_task(world.ask(**body))
                await gate.until(lambda: gate.came >= gate.left + 2)
                await gate.open()
            assert (await later).usage.cache_read_input_tokens

    asyncio.run(told())
