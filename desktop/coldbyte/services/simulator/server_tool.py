"""What a tool that the API runs itself does here: it finds two pages that do not exist (facts §2.1 rule 11).

Before the next pass over the prompt the API puts a breakpoint of five minutes on the result, if the request
has any marker.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from coldbyte.core.cache.simulation import Step
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.services.simulator.reply import question_of

Object = Mapping[str, Json]
Read = Callable[[Object], tuple[Prefix, tuple[int, ...]]]

_TOOLS = ("web_search", "web_fetch")
_MOST_USES = 20
_PAGE = "This page does not exist: Coldbyte's simulator made it up, and nothing left this computer. "
_PAGES = 2
_BREAKPOINT: Object = {"cache_control": {"type": "ephemeral"}}


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a use depends on besides the request: `before` is what the answer has said, `seed` stands for the
    prompt, `marked` is whether the request has a marker; `read` gives the prefix and the tokens of a body.
    """

    before: tuple[Json, ...]
    seed: bytes
    marked: bool
    read: Read


def steps_of(fields: Object, scripted: int | None, occasion: Occasion) -> tuple[Step, ...]:
    """The uses of the request's server tool: one where it is forced, or so many as a scenario wants."""
    tool = forced_server_tool(fields)
    if tool is None and scripted is not None:
        tool = next(_server_tools(fields), None)
    if tool is None:
        return ()
    most = tool.get("max_uses")
    times = min(scripted or 1, most if isinstance(most, int) and most > 0 else _MOST_USES, _MOST_USES)
    messages, steps, said = fields["messages"], [], list(occasion.before)
    assert isinstance(messages, list)
    for number in range(times):
        call, result = _use(str(tool["name"]), question_of(fields), occasion.seed + bytes([number]))
        said += [call, {**result, **_BREAKPOINT} if occasion.marked else result]
        longer = {**fields, "messages": [*messages, {"role": "assistant", "content": list(said)}]}
        steps.append(Step(*occasion.read(longer), call, result))
    return tuple(steps)


def forced_server_tool(fields: Object) -> Object | None:
    """The server tool that the model has to use: by its name, or where there are no tools of the client."""
    choice = fields.get("tool_choice")
    kind = choice.get("type") if isinstance(choice, Mapping) else None
    if kind == "tool":
        assert isinstance(choice, Mapping)
        return next((tool for tool in _server_tools(fields) if tool["name"] == choice.get("name")), None)
    tools = fields.get("tools")
    own = isinstance(tools, list) and any(isinstance(one, Mapping) and "input_schema" in one for one in tools)
    return next(_server_tools(fields), None) if kind == "any" and not own else None


def uses(steps: tuple[Step, ...]) -> dict[str, int]:
    """How often each tool was used, as usage says it (facts §5)."""
    return {f"{name}_requests": sum(step.call["name"] == name for step in steps) for name in _TOOLS}


def _server_tools(fields: Object) -> Iterator[Object]:
    tools = fields.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        kind = tool.get("type") if isinstance(tool, Mapping) else None
        if isinstance(kind, str) and kind.startswith(_TOOLS) and tool.get("name") in _TOOLS:
            yield tool


def _use(name: str, question: str, seed: bytes) -> tuple[Object, Object]:
    """A call and its result; equal prompts get equal ones."""
    call_id = f"srvtoolu_{blake2b(seed, digest_size=12).hexdigest()}"
    if name == "web_search":
        given: Object = {"query": question}
        found: Json = [_hit(number) for number in range(1, _PAGES + 1)]
    else:
        given = {"url": "https://example.org/1"}
        found = _page()
    call: Object = {"type": "server_tool_use", "id": call_id, "name": name, "input": given}
    return call, {"type": f"{name}_tool_result", "tool_use_id": call_id, "content": found}


def _hit(number: int) -> Json:
    return {
        "type": "web_search_result",
        "title": f"Simulated page {number}",
        "url": f"https://example.org/{number}",
        "encrypted_content": b64encode((_PAGE * 4).encode()).decode(),
        "page_age": None,
    }


def _page() -> Json:
    source = {"type": "text", "media_type": "text/plain", "data": _PAGE * 8}
    return {
        "type": "web_fetch_result",
        "url": "https://example.org/1",
        "content": {"type": "document", "source": source, "title": "Simulated page 1"},
        "retrieved_at": None,
    }
