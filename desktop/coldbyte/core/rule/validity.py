"""Validity: what else of a request the API certainly answers with a 400 (facts §1.1, §7, §9).

What hangs on the version of the API holds only where that version is known: a bare body is judged under the
newest one that accepts it (contract). Rules for models hold for those that the fact sheet names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Model
from coldbyte.core.cause import Cause, Evidence, Fix
from coldbyte.core.json.value import Json, Spelled, is_array
from coldbyte.core.prefix.model_family import (
    refuses_forced_tool,
    refuses_prefill,
    refuses_system_turn,
    refuses_thinking_budget,
)
from coldbyte.core.rule.set_up_rule import set_up_cause
from coldbyte.core.text.text import Text

_STRICT = date(2026, 10, 21)  # the version that refuses what older ones took
_SAMPLING = ("temperature", "top_p", "top_k")
_ROLES = ("user", "assistant", "system")

_Object = Mapping[str, Json]
_Refusals = Iterator[Cause]


def refusals(body: RequestBody, model: Model | None, api_version: str | None) -> Iterator[Cause]:
    """Why the API refuses the request, besides its breakpoints. Rules for models need one that is known."""
    fields = body.fields
    yield from _limits(fields, model)
    yield from _messages(fields)
    if model is not None:
        for rule in _MODEL_RULES:
            yield from rule(fields, model)
    if api_version is not None and _is_strict(api_version):
        yield from _under_strict_version(fields)


def _is_strict(api_version: str) -> bool:
    try:
        return date.fromisoformat(api_version.strip()) >= _STRICT
    except ValueError:
        return False


def _invalid(where: str, say: str, fix: str, *, evidence: Evidence = "documented") -> Cause:
    cause = set_up_cause("request-invalid", where, say, evidence=evidence)
    return replace(cause, fix=Fix(fix, automatic=False))


def _limits(fields: _Object, model: Model | None) -> _Refusals:
    asked = fields.get("max_tokens")
    if asked is None:
        yield _invalid("max_tokens", "The request does not say `max_tokens`.", "Add `max_tokens`.")
        return
    if isinstance(asked, (float, Spelled)):
        return
    if not isinstance(asked, int) or isinstance(asked, bool) or asked < 0:
        yield _invalid("max_tokens", "`max_tokens` is not a whole number.", "Send a whole number.")
        return
    most = model.max_output if model else None
    if model and most is not None and asked > most:
        say = f"`max_tokens` is {asked:,}, and {model.name} writes at most {most:,}."
        yield _invalid("max_tokens", say, f"Ask for {most:,} or less.", evidence="reported")
    if asked == 0:
        for where, words in _against_warming(fields):
            say = f"`max_tokens` of 0 can't go together with {words}."
            yield _invalid(where, say, "Leave it out of a request that only fills the prompt cache.")


def _against_warming(fields: _Object) -> Iterator[tuple[str, str]]:
    if fields.get("stream") is True:
        yield "stream", "a stream"
    if _member(fields, "thinking", "type") == "enabled":
        yield "thinking.type", "enabled thinking"
    if _member(fields, "output_config", "format") is not None:
        yield "output_config.format", "an answer format"
    if _member(fields, "tool_choice", "type") in ("any", "tool"):
        yield "tool_choice", "a forced tool choice"


def _messages(fields: _Object) -> _Refusals:
    messages = _objects(fields.get("messages"), "messages")
    if fields.get("messages") is None or fields.get("messages") == []:
        yield _invalid("messages", "The request has no message.", "Add a message of the user.")
    for path, message in messages:
        role = message.get("role")
        if role not in _ROLES:
            yield _invalid(f"{path}.role", f"There is no role “{role}”.", "Use `user` or `assistant`.")
        if role == "user" and _is_empty(message.get("content")):
            say = "The message of the user is empty."
            yield _invalid(f"{path}.content", say, "Leave the message out.", evidence="reported")
        if role == "user":
            yield from _empty_texts(message.get("content"), f"{path}.content")
    yield from _empty_texts(fields.get("system"), "system")


def _empty_texts(blocks: Json, path: str) -> _Refusals:
    """Texts without a character; one with a marker is refused for that (`core.prefix.marker`)."""
    for where, block in _objects(blocks, path):
        if block.get("type") == "text" and _is_empty(block.get("text")) and not block.get("cache_control"):
            say = "The text of this block is empty."
            yield _invalid(f"{where}.text", say, "Leave the block out.", evidence="reported")


def _prefill(fields: _Object, model: Model) -> _Refusals:
    """An answer that is begun; one that goes on after a server's tool is none."""
    messages = _objects(fields.get("messages"), "messages")
    if not messages or not refuses_prefill(model.id):
        return
    path, last = messages[-1]
    if last.get("role") != "assistant":
        return
    blocks = _objects(last.get("content"), "")
    if all(block.get("type") == "text" for _, block in blocks):
        say = f"The last message is Claude's, and {model.name} does not go on with one."
        yield _invalid(path, say, "End with a message of the user.")


def _thinking(fields: _Object, model: Model) -> _Refusals:
    if _member(fields, "thinking", "type") == "enabled" and refuses_thinking_budget(model.id):
        say = f"{model.name} does not take a thinking budget (`enabled`)."
        fix = "Use `adaptive`, and `output_config.effort`."
        yield _invalid("thinking.type", say, fix)


def _forced_tool(fields: _Object, model: Model) -> _Refusals:
    kind = _member(fields, "tool_choice", "type")
    if kind in ("any", "tool") and refuses_forced_tool(model.id):
        say = f"{model.name} can't be made to use a tool (`{kind}`)."
        yield _invalid("tool_choice.type", say, "Use `auto`, and ask for the tool in the text.")


def _system_turn(fields: _Object, model: Model) -> _Refusals:
    if not refuses_system_turn(model.id):
        return
    for path, message in _objects(fields.get("messages"), "messages"):
        if message.get("role") == "system":
            say = f"{model.name} takes no message with the role `system`."
            yield _invalid(f"{path}.role", say, "Put the text into `system` or into a message of the user.")
            return


_MODEL_RULES: tuple[Callable[[_Object, Model], _Refusals], ...] = (
    _prefill,
    _thinking,
    _forced_tool,
    _system_turn,
)


def _under_strict_version(fields: _Object) -> _Refusals:
    version = f"Version {_STRICT.isoformat()} of the API"
    for name in _SAMPLING:
        if fields.get(name) is not None:
            yield _invalid(name, f"{version} does not take `{name}`.", f"Remove `{name}`.")
    for path, message in _objects(fields.get("messages"), "messages"):
        for where, block in _objects(message.get("content"), f"{path}.content"):
            if message.get("role") == "assistant" and block.get("type") == "document":
                say = f"{version} takes no document in a message of Claude."
                yield _invalid(where, say, "Move the document to a message of the user.")
            if message.get("role") == "user":
                yield from _citations(block, where, version)


def _citations(block: _Object, where: str, version: str) -> _Refusals:
    """Citations on a text of the user, also inside a search result."""
    parts = [(where, block)]
    if block.get("type") in ("search_result", "tool_result"):
        parts = _objects(block.get("content"), f"{where}.content")
    for path, part in parts:
        if part.get("type") == "search_result":
            yield from _citations(part, path, version)
        citations = part.get("citations")
        if part.get("type") == "text" and isinstance(citations, Sequence) and len(citations):
            say = f"{version} takes no citations on a text of the user."
            yield _invalid(f"{path}.citations", say, "Remove the citations.")


def _member(fields: _Object, name: str, key: str) -> Json:
    value = fields.get(name)
    return value.get(key) if isinstance(value, Mapping) else None


def _is_empty(value: Json) -> bool:
    if isinstance(value, Text):
        return not value.size
    return value == "" or value == []


def _objects(value: Json, path: str) -> list[tuple[str, _Object]]:
    items = value if is_array(value) else ()
    return [(f"{path}[{index}]", item) for index, item in enumerate(items) if isinstance(item, Mapping)]
