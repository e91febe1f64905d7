"""The request that warms one breakpoint of a body: its prefix as it is, and next to nothing behind it (§7).

Up to the breakpoint everything stays, markers included. What follows gives way to a placeholder where the
request can do without it; where it can't, as a call needs its result, it stays and carries no marker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from coldbyte.core.body import RequestBody
from coldbyte.core.draft import Ttl
from coldbyte.core.json.value import Json, is_array, steps_of
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix

PLACEHOLDER = "."
"""Stands for what follows the breakpoint: any text that is not blank will do (§7)."""

_Object = Mapping[str, Json]
_LEFT_OUT = ("stream", "diagnostics", "stop_sequences", "cache_control")
_TURNS = ("user", "assistant")


class WarmingRefused(ValueError):
    """Why a breakpoint can't be warmed, in plain words. `old_way`: with `max_tokens: 1` it can."""

    def __init__(self, say: str, *, old_way: bool = False) -> None:
        super().__init__(say)
        self.say = say
        self.old_way = old_way


def warming_body(body: RequestBody, breakpoint_index: int, *, tokens: Literal[0, 1] = 0) -> RequestBody:
    """The request that reads or writes the entry of one breakpoint, by its index in the prefix of `body`.

    `tokens` is its `max_tokens`: 0, or 1 for an endpoint that refuses 0. Its last breakpoint has the same key
    as that of `body`. Raise WarmingRefused, and BodyError for a body that is no request.
    """
    prefix = prefix_of(body)
    if breakpoint_index not in prefix.breakpoints:
        raise WarmingRefused("Only what stands before a breakpoint can be warmed.")
    if _member(body.fields, "thinking", "type") == "enabled":
        raise WarmingRefused("A request with a thinking budget can't be warmed: the API refuses it (§7).")
    fields = {name: value for name, value in body.fields.items() if name not in _LEFT_OUT}
    fields["max_tokens"] = tokens
    spot = _Spot(body, prefix, breakpoint_index)
    for whole in (False, True):
        shaped = spot.shaped(fields, whole=whole)
        if shaped is not None and spot.is_met_by(shaped):
            return RequestBody(_without_options(shaped, spot, tokens))
    raise WarmingRefused("What follows this breakpoint can't be replaced without changing its prompt.")


class _Spot:
    """The place of a breakpoint in a body, and the key that its entry has."""

    def __init__(self, body: RequestBody, prefix: Prefix, index: int) -> None:
        block = prefix.blocks[index]
        steps = steps_of(block.where)
        numbers = [step for step in steps if isinstance(step, int)]
        self.key = prefix.keys[index]
        self.section = steps[0]
        self.first = numbers[0] if numbers else None
        self.second = numbers[1] if self.section == "messages" and len(numbers) > 1 else None
        self._control: _Object | None = None
        if body.fields.get("cache_control") is not None:
            own = prefix_of(RequestBody({**body.fields, "cache_control": None}))
            self._control = None if own.blocks[index].ttl else _control(block.ttl)

    def is_met_by(self, fields: _Object) -> bool:
        """Whether the last breakpoint of a request has this key."""
        made = prefix_of(RequestBody(fields))
        return bool(made.breakpoints) and made.keys[made.breakpoints[-1]] == self.key

    def shaped(self, fields: _Object, *, whole: bool) -> dict[str, Json] | None:
        """The request with a placeholder behind the breakpoint, or with all that follows, unmarked.

        None where a part can't do without what follows.
        """
        made = dict(fields)
        if self.section == "messages":
            turns = self._turns(fields["messages"], whole=whole)
            if turns is None:
                return None
            made["messages"] = turns
            return made
        if self.section == "tools":
            keep = whole or _is_interlocked(fields)
            made["tools"] = self._up_to(fields["tools"], self.first, keep=keep)
            if whole and made.get("system") is not None:
                made["system"] = _unmarked_all(made["system"])
            elif not whole:
                made.pop("system", None)
        else:
            made["system"] = self._up_to(fields["system"], self.first, keep=whole)
        made["messages"] = _unmarked_turns(fields["messages"]) if whole else [_turn(PLACEHOLDER)]
        return made

    def _turns(self, messages: Json, *, whole: bool) -> list[Json] | None:
        assert is_array(messages)
        assert self.first is not None
        turn = messages[self.first]
        assert isinstance(turn, Mapping)
        content = turn.get("content")
        last = self.second is None or (is_array(content) and self.second == len(content) - 1)
        kept = {**turn, "content": self._up_to(content, self.second, keep=whole)}
        before, after = messages[: self.first], messages[self.first + 1 :]
        if whole:
            return [*before, kept, *_unmarked_turns(after)]
        if turn.get("role") not in _TURNS or not _stands_alone([*before, kept]):
            return None
        if turn["role"] == "assistant":
            return [*before, kept, _turn(PLACEHOLDER)]
        if not last or after:
            kept["content"] = [*_blocks(kept["content"]), {"type": "text", "text": PLACEHOLDER}]
        return [*before, kept]

    def _up_to(self, blocks: Json, at: int | None, *, keep: bool) -> Json:
        """The blocks up to the marked one, which is marked if it was not; those behind it only to `keep`."""
        if at is None:
            if self._control is None:
                return blocks
            return [{"type": "text", "text": blocks, "cache_control": self._control}]
        assert is_array(blocks)
        marked = blocks[at]
        if self._control is not None and isinstance(marked, Mapping):
            marked = {**marked, "cache_control": self._control}
        after = [_unmarked(block) for block in blocks[at + 1 :]] if keep else []
        return [*blocks[:at], marked, *after]


def _without_options(fields: dict[str, Json], spot: _Spot, tokens: int) -> dict[str, Json]:
    """The request without the options that the API refuses with `max_tokens: 0`, where the key bears that."""
    for without, name in _forbidden(fields):
        if spot.is_met_by(without(fields)):
            fields = without(fields)
        elif not tokens:
            say = f"The API does not warm a request with {name}, which is part of this entry's key (§7)."
            raise WarmingRefused(say, old_way=True)
    return fields


class _Without:
    """Leaves out a field, or a member of one."""

    def __init__(self, name: str, member: str | None = None) -> None:
        self.name = name
        self.member = member

    def __call__(self, fields: _Object) -> dict[str, Json]:
        inner = fields[self.name]
        rest = {name: value for name, value in fields.items() if name != self.name}
        if self.member is None or not isinstance(inner, Mapping):
            return rest
        left = {name: value for name, value in inner.items() if name != self.member}
        return {name: left if name == self.name else value for name, value in fields.items()}


def _forbidden(fields: _Object) -> Iterator[tuple[_Without, str]]:
    if _member(fields, "output_config", "format") is not None:
        yield _Without("output_config", "format"), "an output format"
    if fields.get("output_format") is not None:
        yield _Without("output_format"), "an output format"
    if _member(fields, "tool_choice", "type") in ("any", "tool"):
        yield _Without("tool_choice"), "a forced tool"


def _member(fields: _Object, name: str, member: str) -> Json:
    value = fields.get(name)
    return value.get(member) if isinstance(value, Mapping) else None


def _is_interlocked(fields: _Object) -> bool:
    """Whether tools need each other: servers their toolsets, deferred tools the one that finds them."""
    if fields.get("mcp_servers"):
        return True
    tools = fields.get("tools")
    return is_array(tools) and any(
        isinstance(tool, Mapping) and tool.get("defer_loading") is True for tool in tools
    )


def _stands_alone(turns: Iterable[Json]) -> bool:
    """Whether each call in the turns has its result there, and nothing lasts until the next turn only."""
    called, answered = set[str](), set[str]()
    for turn in turns:
        if not isinstance(turn, Mapping) or turn.get("clear_at") is not None:
            return False
        for block in _blocks(turn.get("content")):
            if isinstance(block, Mapping):
                answered.add(str(block.get("tool_use_id")))
                if str(block.get("type")).endswith("tool_use"):
                    called.add(str(block.get("id")))
    return called <= answered


def _blocks(content: Json) -> Sequence[Json]:
    return content if is_array(content) else [{"type": "text", "text": content}]


def _turn(text: str) -> dict[str, Json]:
    return {"role": "user", "content": text}


def _control(ttl: Ttl | None) -> dict[str, Json]:
    return {"type": "ephemeral", "ttl": "1h"} if ttl == "1h" else {"type": "ephemeral"}


def _unmarked_turns(messages: Json) -> list[Json]:
    assert is_array(messages)
    return [
        {**turn, "content": _unmarked_all(turn.get("content"))} if isinstance(turn, Mapping) else turn
        for turn in messages
    ]


def _unmarked_all(content: Json) -> Json:
    return [_unmarked(block) for block in content] if is_array(content) else content


def _unmarked(block: Json) -> Json:
    """A block without its marker and those inside it."""
    if not isinstance(block, Mapping):
        return block
    return {
        name: _unmarked_all(value) if name == "content" else value
        for name, value in block.items()
        if name != "cache_control"
    }
