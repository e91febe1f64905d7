"""A request as somebody works on it, and what people do to one: changes by name, each with two numbers.

What the numbers mean depends on the draft at that time, so that each change makes sense in any draft.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Block = dict[str, Any]

MODELS = (
    *("claude-sonnet-5-5", "claude-opus-5", "claude-sonnet-4-5", "claude-opus-4-8", "claude-haiku-5-5"),
    "claude-haiku-4-5",  # caches from 4,096 tokens on
)
SYSTEM_TURNS = ("claude-opus-5", "claude-opus-4-8")  # models that take a message of the role system
BUDGETED = ("claude-sonnet-4-5", "claude-haiku-4-5")  # models that think within a budget
OWNERS = ((("one",)), ("two",), ("one", "wrkspc_b"))
TTLS = ("5m", "1h")
SIZES = (4, 20, 60, 300, 420, 600, 1100, 4300)
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
FORM = {"type": "json_schema", "schema": {"type": "object", "properties": {"when": {"type": "string"}}}}


@lru_cache(maxsize=4096)
def passage(number: int, tokens: int) -> str:
    """A text of about so many tokens, which differs from those of other numbers at its start."""
    return f"{number}: " + "alpha beta gamma delta. " * (tokens // 7)


@dataclass
class Draft:
    """A request as somebody works on it. `fields` are those besides the prompt."""

    tools: list[Block] = field(default_factory=list)
    system: list[Block] = field(default_factory=list)
    messages: list[Block] = field(default_factory=list)
    fields: Block = field(default_factory=dict)
    model: str = MODELS[0]
    owner: tuple[str, ...] = OWNERS[0]
    betas: tuple[str, ...] = ()
    shorthand: bool = False
    made: int = 0

    @classmethod
    def first(cls, kind: int) -> Draft:
        """A request that somebody caches: with an automatic marker, with explicit ones, with both, or a short
        one; for five minutes, for an hour, or both.
        """
        draft = cls()
        draft.tools.append(draft.tool(20 if kind % 2 else 600))
        draft.system.append(draft.text(300 if kind % 5 == 4 else 1100))
        draft.messages.append({"role": "user", "content": [draft.text(60)]})
        if kind % 3 < 2:
            draft.system[0]["cache_control"] = marker(TTLS[kind % 4 > 1])
        if kind % 3:
            draft.last[0]["cache_control"] = marker("5m")
        else:
            draft.fields["cache_control"] = marker("5m")
        if kind % 7 == 6:
            draft.tools[0]["cache_control"] = marker("1h")
        draft.model = MODELS[kind % 11 % 5]
        return draft

    def text(self, tokens: int) -> Block:
        self.made += 1
        return {"type": "text", "text": passage(self.made, tokens)}

    def tool(self, tokens: int) -> Block:
        self.made += 1
        schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
        return {"name": f"f{self.made}", "description": passage(self.made, tokens), "input_schema": schema}

    @property
    def last(self) -> list[Block]:
        """The blocks of the last turn, which is the user's."""
        turn: list[Block] = self.messages[-1]["content"]
        return turn

    def body(self, *, stream: bool = False, max_tokens: int = 8) -> Block:
        """The request body, as far as the model takes what stands in the draft."""
        body: Block = {"model": self.model, "max_tokens": max_tokens, **copy.deepcopy(self.fields)}
        thinks = body.pop("thinks", False)
        if thinks:
            old = self.model in BUDGETED
            body["thinking"] = {"type": "enabled", "budget_tokens": 1024} if old else {"type": "adaptive"}
        if stream:
            body["stream"] = True
        if self.tools:
            body["tools"] = copy.deepcopy(self.tools)
        if self.system:
            body["system"] = copy.deepcopy(self.system)
        body["messages"] = [
            {**message, "content": content}
            for message in copy.deepcopy(self.messages)
            if (message["role"] != "system" or self.model in SYSTEM_TURNS)
            and (content := self._content(message, thinks))
        ]
        if self.shorthand:
            shorten(body)
        return body

    def _content(self, message: Block, thinks: bool) -> list[Block]:
        """Without thinking where the fact sheet does not say what becomes of it."""
        silent = self.model in BUDGETED and not thinks
        content: list[Block] = message["content"]
        return [block for block in content if not (silent and block["type"] == "thinking")]

    def blocks(self) -> list[Block]:
        """All that can be edited or marked, in the order of the prompt."""
        return [*self.tools, *self.system, *(block for each in self.messages for block in each["content"])]

    def markable(self) -> list[Block]:
        return [
            block
            for block in self.blocks()
            if block.get("type") != "thinking" and not block.get("defer_loading")
        ]


def marker(ttl: str) -> Block:
    """A `cache_control`; the default lifetime is not spelled out."""
    return {"type": "ephemeral"} if ttl == "5m" else {"type": "ephemeral", "ttl": ttl}


def shorten(body: Block) -> None:
    """Strings where one text block stands: the same prompt in another spelling (§2.2)."""

    def short(content: list[Block]) -> Any:
        plain = len(content) == 1 and set(content[0]) == {"type", "text"}
        return content[0]["text"] if plain else content

    if "system" in body:
        body["system"] = short(body["system"])
    for message in body["messages"]:
        message["content"] = short(message["content"])


Change = Callable[[Draft, int, int], bool | None]
CHANGES: dict[str, Change] = {}


def change(made: Change) -> Change:
    """Note a change under its name. It gives False where the draft has nothing that it could change."""
    CHANGES[made.__name__] = made
    return made


@change
def go_on(draft: Draft, a: int, b: int) -> None:
    """The answer and the next question; the marker of the last turn moves on to the new one."""
    old = next(
        (block.pop("cache_control") for block in reversed(draft.last) if "cache_control" in block), None
    )
    answer = [draft.text(SIZES[a % 4])]
    if b % 3 == 2:
        answer.insert(0, {"type": "thinking", "thinking": passage(draft.made, 30), "signature": "s"})
    draft.messages.append({"role": "assistant", "content": answer})
    draft.messages.append({"role": "user", "content": [draft.text(SIZES[b % 6])]})
    if old is not None:
        draft.last[-1]["cache_control"] = old


@change
def call_tools(draft: Draft, a: int, b: int) -> None:
    """Parallel calls and their results, several rounds of them."""
    for _ in range(1 + b % 3):
        old = next((x.pop("cache_control") for x in reversed(draft.last) if "cache_control" in x), None)
        ids = [f"t{draft.made}_{number}" for number in range(1 + a % 7)]
        draft.made += 1
        calls = [
            {"type": "tool_use", "id": each, "name": "f", "input": {"a": 1, "b": draft.made}} for each in ids
        ]
        thought = {"type": "thinking", "thinking": passage(draft.made, 30), "signature": "s"}
        results = [{"type": "tool_result", "tool_use_id": each, "content": f"ok {each}"} for each in ids]
        draft.messages.append({"role": "assistant", "content": [*([thought] if a % 2 else []), *calls]})
        draft.messages.append({"role": "user", "content": results})
        if old is not None:
            draft.last[-1]["cache_control"] = old


@change
def say_much(draft: Draft, a: int, _b: int) -> None:
    """Many small blocks at once; around the reach of the look-back. The last marker goes along."""
    old = next(
        (block.pop("cache_control") for block in reversed(draft.last) if "cache_control" in block), None
    )
    draft.last.extend(draft.text(4) for _ in range((1, 17, 18, 19, 20, 21, 22, 5)[a % 8]))
    if old is not None:
        draft.last[-1]["cache_control"] = old


@change
def ask_as_system(draft: Draft, _a: int, _b: int) -> None:
    """A system message in the conversation, behind a turn of the user."""
    draft.messages.append({"role": "system", "content": [draft.text(20)]})
    draft.messages.append({"role": "assistant", "content": [draft.text(4)]})
    draft.messages.append({"role": "user", "content": [draft.text(4)]})


@change
def go_back(draft: Draft, a: int, _b: int) -> bool:
    """Take back the last turns."""
    users = [n for n, message in enumerate(draft.messages) if message["role"] == "user"]
    if len(users) < 2:
        return False
    del draft.messages[users[max(len(users) - 2 - a % 3, 0)] + 1 :]
    return True


@change
def edit(draft: Draft, a: int, b: int) -> bool:
    """One character more in a text, late in the prompt more often than early."""
    texts = [block for block in draft.blocks() if block.get("type") == "text" or "description" in block]
    block = texts[-1 - (a % 7 if b % 3 else a) % len(texts)]
    block["description" if "description" in block else "text"] += "!"
    return True


@change
def replace_text(draft: Draft, a: int, b: int) -> bool:
    """A text of another size."""
    texts = [block for block in draft.blocks() if block.get("type") == "text"]
    if not texts:
        return False
    texts[a % len(texts)]["text"] = draft.text(SIZES[b % len(SIZES)])["text"]
    return True


@change
def insert_block(draft: Draft, a: int, b: int) -> None:
    """A block into the system prompt or the last turn."""
    target = draft.system if a % 3 == 0 else draft.last
    target.insert(a % (len(target) + 1), draft.text(SIZES[b % 7]))


@change
def insert_document(draft: Draft, a: int, b: int) -> None:
    """A document into the first turn or the last, cited or not."""
    draft.made += 1
    source = {"type": "text", "media_type": "text/plain", "data": passage(draft.made, SIZES[b % 7])}
    more = {"citations": {"enabled": True}} if b % 4 == 3 else {}
    target = draft.messages[0]["content"] if a % 2 else draft.last
    target.insert(0, {"type": "document", "source": source, "title": "The law", **more})


@change
def toggle_citations(draft: Draft, a: int, _b: int) -> bool:
    documents = [block for block in draft.blocks() if block.get("type") == "document"]
    if not documents:
        return False
    block = documents[a % len(documents)]
    if block.pop("citations", None) is None:
        block["citations"] = {"enabled": True}
    return True


@change
def toggle_image(draft: Draft, _a: int, _b: int) -> None:
    """An image at the end of the last turn, or none anywhere."""
    held = False
    for message in draft.messages:
        held = held or any(block["type"] == "image" for block in message["content"])
        rest = [block for block in message["content"] if block["type"] != "image"]
        message["content"] = rest or [draft.text(4)]
    if not held:
        draft.last.append(copy.deepcopy(IMAGE))


@change
def delete_block(draft: Draft, a: int, _b: int) -> bool:
    """A block of the system prompt or of a turn with several."""
    lists = [draft.system, *(m["content"] for m in draft.messages if len(m["content"]) > 1)]
    places = [(blocks, n) for blocks in lists for n in range(len(blocks))]
    if not places:
        return False
    blocks, n = places[a % len(places)]
    del blocks[n]
    return True


@change
def add_tool(draft: Draft, a: int, b: int) -> None:
    draft.tools.insert(a % (len(draft.tools) + 1), draft.tool(SIZES[b % 6]))


@change
def drop_tool(draft: Draft, a: int, _b: int) -> bool:
    if not draft.tools:
        return False
    del draft.tools[a % len(draft.tools)]
    if not draft.tools:
        draft.fields.pop("tool_choice", None)
    return True


@change
def swap_tools(draft: Draft, a: int, _b: int) -> bool:
    if len(draft.tools) < 2:
        return False
    draft.tools.insert(0, draft.tools.pop(1 + a % (len(draft.tools) - 1)))
    return True


@change
def toggle_web(draft: Draft, a: int, _b: int) -> None:
    """Web search on or off."""
    rest = [tool for tool in draft.tools if not str(tool.get("type")).startswith("web_")]
    if len(rest) == len(draft.tools):
        rest.append(
            {"type": "web_search_20250305", "name": "web_search", **({"max_uses": 2} if a % 2 else {})}
        )
    draft.tools = rest


@change
def toggle_deferred(draft: Draft, _a: int, _b: int) -> None:
    """A tool that is loaded when it is asked for: no part of the prompt."""
    rest = [tool for tool in draft.tools if not tool.get("defer_loading")]
    if len(rest) == len(draft.tools):
        rest.insert(0, {**draft.tool(60), "defer_loading": True})
    draft.tools = rest


@change
def reorder_input(draft: Draft, a: int, _b: int) -> bool:
    """The keys of a call's input or of a tool's schema in another order."""
    holders = [(block, "input") for block in draft.blocks() if block.get("type") == "tool_use"]
    holders += [(tool, "input_schema") for tool in draft.tools if "input_schema" in tool]
    if not holders:
        return False
    block, name = holders[a % len(holders)]
    block[name] = dict(reversed(block[name].items()))
    return True


@change
def reorder_fields(draft: Draft, a: int, _b: int) -> bool:
    """A block's own fields in another order, which makes no other prompt."""
    blocks = draft.blocks()
    if not blocks:
        return False
    block = blocks[a % len(blocks)]
    turned = dict(reversed(block.items()))
    block.clear()
    block.update(turned)
    return True


@change
def shorthand(draft: Draft, _a: int, _b: int) -> None:
    draft.shorthand = not draft.shorthand


@change
def split_turn(draft: Draft, _a: int, _b: int) -> bool:
    """The last turn as two of the same role, which are one."""
    if len(draft.last) < 2:
        return False
    draft.messages.append({"role": "user", "content": [draft.last.pop()]})
    return True


@change
def mark(draft: Draft, a: int, b: int) -> bool:
    """A marker, late in the prompt more often than early; where there are too many, the first goes."""
    able = draft.markable()
    if not able:
        return False
    place = len(able) - 1 - (a % 9 if b % 3 else a) % len(able)
    able[place]["cache_control"] = marker(TTLS[b % 5 == 4])
    held = [block for block in able if "cache_control" in block]
    if len(held) > (3 if "cache_control" in draft.fields else 4) and a % 5:
        del held[0]["cache_control"]
    return True


@change
def unmark(draft: Draft, a: int, _b: int) -> bool:
    held = [block for block in draft.blocks() if "cache_control" in block]
    if not held:
        return False
    del held[a % len(held)]["cache_control"]
    return True


@change
def move_marker(draft: Draft, a: int, b: int) -> bool:
    """A marker some blocks forwards or backwards."""
    able = draft.markable()
    held = [n for n, block in enumerate(able) if "cache_control" in block]
    if not held:
        return False
    start = held[a % len(held)]
    to = min(max(start + (1, -1, 2, -2, 18, 19, 20, 21)[b % 8], 0), len(able) - 1)
    able[to]["cache_control"] = able[start].pop("cache_control")
    return True


@change
def lifetimes(draft: Draft, a: int, _b: int) -> bool:
    """An hour for the first markers, five minutes for the rest."""
    held = [block for block in draft.blocks() if "cache_control" in block]
    holders = [*held, *([draft.fields] if "cache_control" in draft.fields else [])]
    if not holders:
        return False
    for n, holder in enumerate(holders):
        holder["cache_control"] = marker("1h" if n < a % (len(holders) + 1) else "5m")
    return True


@change
def automatic(draft: Draft, a: int, b: int) -> None:
    """The automatic marker on or off."""
    if draft.fields.pop("cache_control", None) is None or b % 3 == 0:
        draft.fields["cache_control"] = marker(TTLS[a % 4 == 3])


@change
def take_over(draft: Draft, _a: int, _b: int) -> None:
    """An automatic marker instead of all others."""
    for block in draft.blocks():
        block.pop("cache_control", None)
    draft.fields["cache_control"] = marker("5m")


@change
def switch_model(draft: Draft, a: int, _b: int) -> None:
    draft.model = MODELS[a % len(MODELS)]


@change
def switch_owner(draft: Draft, a: int, _b: int) -> None:
    draft.owner = OWNERS[a % len(OWNERS)]


@change
def set_field(draft: Draft, a: int, b: int) -> bool:
    """Speed, thinking, effort, tool choice, the form of the answer: set, or back at the default."""
    choices: list[tuple[str, Any]] = [
        ("speed", "fast"),
        ("thinks", True),
        ("output_config", {"effort": ("low", "high")[b % 2]}),
        ("output_config", {"format": FORM}),
        ("tool_choice", {"type": "auto", "disable_parallel_tool_use": b % 3 > 0}),
        ("tool_choice", {"type": "any"}),
        ("tool_choice", {"type": "none"}),
    ]
    name, value = choices[a % len(choices)]
    if name == "tool_choice" and not draft.tools:
        return False
    if draft.fields.pop(name, None) is None:
        draft.fields[name] = value
    return True


@change
def toggle_betas(draft: Draft, a: int, _b: int) -> None:
    draft.betas = () if draft.betas else ("context-1m-2025-08-07", "files-api-2025-04-14")[: 1 + a % 2]
