"""Facts §3 and §5: thinking, its signatures, and what was thought behind another conversation."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest
from anthropic.types import Message, TextBlock, ThinkingBlock

from services.fact_table import Fact, FactTable
from services.simulator_world import LONG, World, document, marker, text, user

FACTS = FactTable()
fact = FACTS.fact

BOUND = ["claude-fable-5-2", "claude-mythos-5-2", "claude-opus-5-5", "claude-fable-5-1"]
FREE = ["claude-opus-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5"]
ADAPTIVE: dict[str, Any] = {"thinking": {"type": "adaptive"}, "max_tokens": 500}
DROPPED: dict[str, Any] = {
    "thinking": {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}},
    "max_tokens": 500,
}
MISPLACED = r"messages\.1\.content\.0: .*drop_block"


def said(message: Message) -> dict[str, Any]:
    return {"role": "assistant", "content": [block.to_dict() for block in message.content]}


async def talk(
    world: World, model: str, before: list[Any], after: list[Any], **options: Any
) -> tuple[Message, Message]:
    """An answer to some messages, and the answer to a question behind others that are to pass for them."""
    asked: dict[str, Any] = {"model": model, **ADAPTIVE, **options}
    first = await world.ask(messages=before, **asked)
    second = await world.ask(messages=[*after, said(first), user("And then?")], **asked, **marker("5m"))
    return first, second


@fact("§5", "where it is switched on, a signed block comes first, and its tokens are part of the output")
async def _(world: World) -> None:
    message = await world.ask(messages=[user("When?")], **ADAPTIVE)
    thought, answer = message.content
    assert isinstance(thought, ThinkingBlock)
    assert isinstance(answer, TextBlock)
    assert "When?" in thought.thinking
    assert thought.signature
    details = message.usage.output_tokens_details
    assert details is not None
    assert 0 < details.thinking_tokens < message.usage.output_tokens
    silent = await world.ask(messages=[user("When?")], max_tokens=500)
    assert silent.content == [answer]
    assert silent.usage.output_tokens == message.usage.output_tokens - details.thinking_tokens
    off = await world.ask(messages=[user("When?")], thinking={"type": "disabled"})
    assert [block.type for block in off.content] == ["text"]


@fact("§9", "thinking is streamed with its signature, which is all that is left where it is not shown")
async def _(world: World) -> None:
    client = await world.client()
    ask: Any = {"model": "claude-opus-5", "max_tokens": 500, "messages": [user("When?")]}
    thinkings: list[Any] = [{"type": "adaptive"}, {"type": "adaptive", "display": "omitted"}]
    for thinking in thinkings:
        whole = await client.messages.create(thinking=thinking, **ask)
        async with client.messages.stream(thinking=thinking, **ask) as stream:
            streamed = await stream.get_final_message()
        assert [block.to_dict() for block in streamed.content] == [one.to_dict() for one in whole.content]
        thought = whole.content[0]
        assert isinstance(thought, ThinkingBlock)
        assert bool(thought.thinking) == ("display" not in thinking)
        assert thought.signature


@fact("§5", "it takes of the tokens that are allowed, up to all of them")
async def _(world: World) -> None:
    message = await world.ask(messages=[user("When?")], **{**ADAPTIVE, "max_tokens": 8})
    assert [block.type for block in message.content] == ["thinking"]
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens <= 8
    for most in (30, 40):
        both = await world.ask(messages=[user("When?")], **{**ADAPTIVE, "max_tokens": most})
        assert [block.type for block in both.content] == ["thinking", "text"]
        assert (both.stop_reason, both.usage.output_tokens <= most) == ("max_tokens", True)


@fact("§3", "an unchanged conversation goes on, also where only turns and markers were added")
async def _(world: World) -> None:
    for model in (*BOUND, *FREE):
        asked = [user(document(LONG, "5m"), "When?")]
        first, second = await talk(world, model, asked, [user(document(LONG), "When?")])
        assert second.usage.cache_read_input_tokens == first.usage.cache_creation_input_tokens
        third = [*asked, said(first), user("And then?"), said(second), user("And?")]
        more = await world.ask(model=model, messages=third, **ADAPTIVE)
        assert more.usage.cache_read_input_tokens


@fact("§3", "an edit before thinking is 400 on models that preserve it, and a plain miss on others")
async def _(world: World) -> None:
    for model in BOUND:
        with pytest.raises(anthropic.BadRequestError, match=MISPLACED):
            await talk(world, model, [user("When?")], [user("Who?")])
        more = [user("Hi."), {"role": "assistant", "content": "Hello."}, user("When?")]
        with pytest.raises(anthropic.BadRequestError, match=r"messages\.3\.content\.0"):
            await talk(world, model, more[2:], more)
    for model in FREE:
        _, second = await talk(world, model, [user("When?")], [user("Who?")])
        assert second.content


@fact("§3", "Fable 5.1 does so for newer accounts only", "binding.new_account=false")
async def _(world: World) -> None:
    assert (await talk(world, "claude-fable-5-1", [user("When?")], [user("Who?")]))[1].content
    with pytest.raises(anthropic.BadRequestError, match=MISPLACED):
        await talk(world, "claude-fable-5-2", [user("When?")], [user("Who?")])


@fact("§3", "another system prompt is no edit of the history")
async def _(world: World) -> None:
    assert await _with_other_system(world)


@fact("§3", "or it is one", "binding.whole_prompt=true")
async def _(world: World) -> None:
    with pytest.raises(anthropic.BadRequestError, match=MISPLACED):
        await _with_other_system(world)


async def _with_other_system(world: World) -> Message:
    model, asked = "claude-fable-5-2", [user("When?")]
    first = await world.ask(model=model, messages=asked, system="Be brief.", **ADAPTIVE)
    messages = [*asked, said(first), user("And?")]
    return await world.ask(model=model, messages=messages, system="Be long.", **ADAPTIVE)


@fact("§3", "“drop_block” drops it instead: the prompt cache is lost from its place on, not before")
async def _(world: World) -> None:
    model, fixed = "claude-fable-5-2", user(document(LONG, "5m"))
    when, who = [fixed, user("When?")], [fixed, user("Who?")]
    first, second = await talk(world, model, when, who, **DROPPED)
    assert second.usage.cache_read_input_tokens == first.usage.cache_creation_input_tokens
    bare = {"role": "assistant", "content": said(first)["content"][1:]}
    same = await world.ask(model=model, messages=[*who, bare, user("And then?")], **DROPPED, **marker("5m"))
    assert same.usage.cache_creation_input_tokens == 0
    whole = (second.usage.cache_read_input_tokens or 0) + (second.usage.cache_creation_input_tokens or 0)
    assert same.usage.cache_read_input_tokens == whole


@fact("§3", "signatures of another make, or of another model, are not judged")
async def _(world: World) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "EqoBCkgIARABGAIiQL"}
    foreign = [user("Who?"), {"role": "assistant", "content": [thought, text("Hm.")]}, user("And?")]
    assert (await world.ask(model="claude-fable-5-2", messages=foreign, **ADAPTIVE)).content
    first = await world.ask(model="claude-opus-5-5", messages=[user("When?")], **ADAPTIVE)
    moved = [user("Who?"), said(first), user("And?")]
    assert (await world.ask(model="claude-fable-5-2", messages=moved, **ADAPTIVE)).content


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_the_fact_shows(fact: Fact) -> None:
    fact.show()
