"""Conversations for tests, and the causes between two of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from coldbyte.core.body import RequestBody
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import Comparison, compare
from coldbyte.core.rule.sequence_rule import block_causes

Turn = dict[str, Any]
Turns = list[Turn]
MARK = {"cache_control": {"type": "ephemeral"}}


def text(chars: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": chars, **more}


def user(*blocks: Any) -> Turn:
    return {"role": "user", "content": [text(block) if isinstance(block, str) else block for block in blocks]}


def claude(*blocks: Any) -> Turn:
    return {**user(*blocks), "role": "assistant"}


def thinking(chars: str, signature: str = "sig") -> dict[str, Any]:
    return {"type": "thinking", "thinking": chars, "signature": signature}


def call(name: str, **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": name, "name": "read", "input": given or {"path": "a"}}


def result(name: str, content: Any = "ok") -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": name, "content": content}


def image(data: str = "iVBORw0A", media: str = "image/png") -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": media, "data": data}}


def agent(steps: int = 20) -> Turns:
    """An agent's conversation: a task, then calls and results; many results and calls are the same."""
    turns = [user("Find the bug in the parser and mend it, please.")]
    for number in range(steps):
        name = f"toolu_{number:04}"
        turns.append(
            claude(
                thinking(f"Step {number} of the search.", f"sig{number}"),
                f"Let me look at file {number}.",
                call(name, path=f"src/{number % 3}.py"),
            )
        )
        turns.append(user(result(name, f"def parse_{number}():\n" * 12 if number % 2 else "ok")))
    return turns


def grown(turns: Turns) -> Turns:
    return [*turns, claude("That was it, all tests pass now."), user("Thanks, now the documentation.")]


def comparison(before: Turns, after: Turns, system: Any = None, new_system: Any = None) -> Comparison:
    bodies = (
        {
            "model": "claude-opus-5",
            "max_tokens": 9,
            **MARK,
            "system": deepcopy(parts if parts is not None else [text("You are an agent. " * 9)]),
            "messages": deepcopy(turns),
        }
        for turns, parts in ((before, system), (after, system if new_system is None else new_system))
    )
    one, two = (prefix_of(RequestBody(body)) for body in bodies)
    return compare(one, two)


def found(before: Turns, after: Turns, **system: Any) -> list[Cause]:
    """All causes in cache order, without what was added at the end."""
    causes, complete = block_causes(comparison(before, after, **system), 200)
    assert complete
    causes.sort(key=lambda cause: (cause.cache_byte_before, cause.cache_byte))
    return [cause for cause in causes if cause.label != "growth"]


def names(before: Turns, after: Turns, **system: Any) -> list[str]:
    return [cause.id for cause in found(before, after, **system)]


def only(before: Turns, after: Turns, **system: Any) -> Cause:
    """The one cause; it is the same when the conversation has grown since."""
    (cause,) = found(before, after, **system)
    assert names(before, grown(after), **system) == [cause.id]
    return cause


def changed(turns: Turns, turn: int, place: int, **fields: Any) -> Turns:
    """The turns with some fields of one block set to other values."""
    turns = deepcopy(turns)
    turns[turn]["content"][place].update(fields)
    return turns


def replaced(turns: Turns, turn: int, place: int, *blocks: Any) -> Turns:
    """The turns with others in the place of one block."""
    turns = deepcopy(turns)
    turns[turn]["content"][place : place + 1] = user(*blocks)["content"]
    return turns
