"""Facts §3, §4 and §9, model by model, through the socket with the real SDK: limits, ends, refusals."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest

from services.fact_table import Fact, FactTable
from services.simulator_world import LONG, World, text, user

FACTS = FactTable()
fact = FACTS.fact

SMALL = ("opus-4-5", "sonnet-4-5", "haiku-4-5")  # 200k tokens, of which 64k are the longest answer
LARGE = (
    *("fable-5-2", "mythos-5-2", "fable-5-1", "mythos-5-1", "fable-5", "mythos-5", "opus-5-5", "opus-5"),
    *("opus-4-8", "opus-4-7", "opus-4-6", "sonnet-5-5", "sonnet-5", "sonnet-4-6", "haiku-5-5"),
)
RETIRED = (
    *("claude-opus-4-1-20250805", "claude-sonnet-4-20250514", "claude-opus-4-20250514"),
    *("claude-3-haiku-20240307", "claude-3-7-sonnet-20250219", "claude-3-5-haiku-20241022"),
    *("claude-3-opus-20240229", "claude-3-5-sonnet-20241022"),
)
DATED = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")

FORCED: dict[str, Any] = {
    "tools": [{"name": "f", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "any"},
}
BEGUN: dict[str, Any] = {"messages": [user("Hi"), {"role": "assistant", "content": "The answer"}]}
BUDGET: dict[str, Any] = {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000}
SYSTEM: dict[str, Any] = {"messages": [user("Hi"), {"role": "system", "content": "Now in French."}]}

OLD = (*SMALL, "opus-4-6", "sonnet-4-6")  # those before 4.7


async def _refusing(world: World, more: dict[str, Any]) -> set[str]:
    """The models that answer a request with 400."""
    found = set()
    for name in (*SMALL, *LARGE):
        ask: dict[str, Any] = {"model": f"claude-{name}", "messages": [user("Hi")], **more}
        try:
            await world.ask(**ask)
        except anthropic.BadRequestError:
            found.add(name)
    return found


@fact("§4", "the context and the longest answer of each model")
async def _(world: World) -> None:
    client = await world.client()
    found = {model.id: (model.max_input_tokens, model.max_tokens) async for model in client.models.list()}
    assert found == {
        **{f"claude-{name}": (200_000, 64_000) for name in SMALL},
        **{f"claude-{name}": (1_000_000, 128_000) for name in LARGE},
    }


@fact("§4", "one model of those that answer is deprecated")
async def _(world: World) -> None:
    client = await world.client()
    deprecated = [model.id async for model in client.models.list(lifecycle=["deprecated"])]
    assert deprecated == ["claude-sonnet-4-5"]


@fact("§4", "each retired model is 404, when asked and when described")
async def _(world: World) -> None:
    client = await world.client()
    for model in RETIRED:
        with pytest.raises(anthropic.NotFoundError, match=f"model: {model}"):
            await world.ask(model=model, messages=[user("When?")])
        with pytest.raises(anthropic.NotFoundError):
            await client.messages.count_tokens(model=model, messages=[user("When?")])  # type: ignore[list-item]


@fact("§4", "a dated id is the model without the date, and has its minimum")
async def _(world: World) -> None:
    for model in DATED:
        ask = {"model": model, "system": [text(LONG * 8, "5m")], "messages": [user("When?")]}
        _, written, _ = await world.usage(**ask)
        assert written > 4096
        assert (await world.usage(**ask))[0] == written
        short = {**ask, "system": [text(LONG * 2, "5m")]}  # between 1,024 and 4,096
        assert ((await world.usage(**short))[1] > 0) == ("sonnet" in model)


@fact("§9", "an answer that is begun is refused from 4.6 on")
async def _(world: World) -> None:
    assert await _refusing(world, BEGUN) == set(LARGE)


@fact("§9", "a budget for thinking is refused from 4.7 on")
async def _(world: World) -> None:
    assert await _refusing(world, BUDGET) == {*SMALL, *LARGE} - set(OLD)


@fact("§9", "a forced tool is refused by Fable from 5.1 on, and by Opus 5.5")
async def _(world: World) -> None:
    assert await _refusing(world, FORCED) == {"fable-5-1", "fable-5-2", "opus-5-5"}


@fact("§3", "a message of the role system is refused by Sonnet 5 and all up to 4.7, and taken by those named")
async def _(world: World) -> None:
    refusing = await _refusing(world, SYSTEM)
    assert refusing == {*OLD, "opus-4-7", "sonnet-5"}
    named = {"fable-5", "fable-5-1", "mythos-5", "mythos-5-1", "opus-4-8", "opus-5", "opus-5-5"}
    assert not refusing & named


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")  # the SDK knows it, too
@pytest.mark.filterwarnings("ignore:Using Claude with .*thinking.*:UserWarning")  # of a budget
@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_the_fact_shows(fact: Fact) -> None:
    fact.show()
