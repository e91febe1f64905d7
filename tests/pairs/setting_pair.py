"""Pairs of group B of the causes: a setting of the request that is part of the prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from pairs.conversation import Writer, assistant, text, user
from pairs.exchange import cold, exchange, warm
from pairs.picture import image_block
from pairs.request_pair import ALL, HEAD, Body, Effect, RequestPair, bare, sound
from pairs.tool_list import WEB_SEARCH

_BETAS = ("interleaved-thinking-2025-05-14", "context-1m-2025-08-07", "files-api-2025-04-14")
_NOW = {"--before-at": "2026-11-23T12:00:00Z", "--after-at": "2026-11-23T12:00:40Z"}
_ANSWER = {
    "type": "json_schema",
    "schema": {
        "type": "object",
        "properties": {"passage": {"type": "string"}, "agrees": {"type": "boolean"}},
        "required": ["passage", "agrees"],
        "additionalProperties": False,
    },
}
_CLEARING = {
    "edits": [{"type": "clear_tool_uses_20250919", "trigger": {"type": "input_tokens", "value": 90_000}}]
}


@dataclass(frozen=True, slots=True)
class _Setting:
    """Fields that the two bodies have beside what they share."""

    name: str
    where: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    effect: Effect | None = None
    survives: tuple[str, ...] | None = None

    @property
    def cause(self) -> str:
        return self.name.split("/")[0]


_CHANGED = (
    _Setting("model-changed", "model", {"model": "claude-opus-5"}, {"model": "claude-sonnet-5"}, "miss", ()),
    _Setting(
        "tool-choice-changed/forced",
        "tool_choice",
        {"tool_choice": {"type": "auto"}},
        {"tool_choice": {"type": "tool", "name": "read_file"}},
        "partial",
        HEAD,
    ),
    _Setting(
        "tool-choice-changed/parallel",
        "tool_choice",
        {},
        {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
        "partial",
        HEAD,
    ),
    _Setting(
        "thinking-config-changed/off",
        "thinking",
        {"thinking": {"type": "adaptive"}},
        {"thinking": {"type": "disabled"}},
    ),
    _Setting(
        "effort-changed/level",
        "output_config.effort",
        {"output_config": {"effort": "low"}},
        {"output_config": {"effort": "max"}},
    ),
    _Setting("effort-changed/absent", "output_config.effort", {}, {"output_config": {"effort": "low"}}),
    _Setting("speed-changed", "speed", {}, {"speed": "fast"}, "miss", ()),
    _Setting("output-format-changed", "output_config", {}, {"output_config": {"format": _ANSWER}}),
    _Setting("context-management-changed", "context_management", {}, {"context_management": _CLEARING}),
)
_EQUAL = (
    _Setting("model-changed", "model", {"temperature": 1, "max_tokens": 4096}, {"max_tokens": 8192}),
    _Setting("tool-choice-changed", "tool_choice", {}, {"tool_choice": {"type": "auto"}}),
    _Setting(
        "thinking-config-changed",
        "thinking",
        {"thinking": {"type": "adaptive"}},
        {"thinking": {"type": "adaptive"}},
    ),
    _Setting("effort-changed", "output_config.effort", {}, {"output_config": {"effort": "high"}}),
    _Setting("speed-changed", "speed", {}, {"speed": "standard"}),
    _Setting(
        "output-format-changed",
        "output_config",
        {"output_config": {"format": _ANSWER}},
        {"output_config": {"format": _ANSWER}},
    ),
    _Setting(
        "context-management-changed",
        "context_management",
        {"context_management": _CLEARING},
        {"context_management": _CLEARING},
    ),
)


def setting_pairs(seed: int) -> Iterator[RequestPair]:
    for setting in _CHANGED:
        before, after = _set(setting, seed)
        cause, where = (setting.cause,), setting.where
        yield bare(setting.name, cause, before, after, where, setting.effect, setting.survives)
    yield from _retired(seed)
    yield _unknown_model(Writer(f"{seed} unknown"))
    yield _served_by_another(Writer(f"{seed} served"), "claude-opus-4-8")
    yield _other_betas(Writer(f"{seed} betas"))
    yield _searching(Writer(f"{seed} search"))
    yield _citing(Writer(f"{seed} citing"))
    yield _first_image(Writer(f"{seed} image"))


def setting_twins(seed: int) -> Iterator[RequestPair]:
    for setting in _EQUAL:
        before, after = _set(setting, seed)
        yield sound(f"twin: {setting.name}", before, after)
    writer = Writer(f"{seed} deprecated")
    before = writer.body(model="claude-sonnet-4-5-20250929")
    yield sound("twin: model-retired", before, writer.grown(before), options=_NOW)
    writer = Writer(f"{seed} alias")
    before = writer.body(model="claude-sonnet-4-6")
    yield sound("twin: model-unknown", before, writer.grown(before))
    yield _served_by_the_same(Writer(f"{seed} same model"))
    yield _same_betas(Writer(f"{seed} same betas"))
    yield _always_searching(Writer(f"{seed} always"))
    yield _second_image(Writer(f"{seed} second image"))


def _set(setting: _Setting, seed: int) -> tuple[Body, Body]:
    writer = Writer(f"{seed} {setting.name}")
    before = writer.body()
    after = writer.grown(before)
    return {**before, **deepcopy(dict(setting.before))}, {**after, **deepcopy(dict(setting.after))}


def _retired(seed: int) -> Iterator[RequestPair]:
    """The example that everybody copied names a model which no longer answers."""
    cause = ("model-retired",)
    writer = Writer(f"{seed} retired")
    before = writer.body(model="claude-sonnet-4-20250514")
    after = writer.grown(before)
    yield bare("model-retired/both", cause, before, after, "model", "rejected", options=_NOW)
    writer = Writer(f"{seed} back to retired")
    before = writer.body()
    after = {**writer.grown(before), "model": "claude-opus-4-1-20250805"}
    name, also = "model-retired/one", ("model-changed",)
    yield bare(name, cause, before, after, "model", "rejected", options=_NOW, tolerated=also)


def _unknown_model(writer: Writer) -> RequestPair:
    before = writer.body(model="claude-opus-9")
    return bare("model-unknown", (), before, writer.grown(before), effect="hit", harmless=("model-unknown",))


def _served_by_another(writer: Writer, model: str) -> RequestPair:
    """The API fell back to another model, which had nothing stored."""
    before = writer.body()
    after = writer.grown(before)
    first = exchange(before, cold(before))
    second = exchange(after, cold(after), after=30, served_by=model, message_id="msg_01Second")
    cause = "served-by-other-model"
    return RequestPair(cause, (cause,), None, first, second, effect="miss", survives=())


def _served_by_the_same(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    first = exchange(before, cold(before))
    second = exchange(after, warm(before, after), after=30, message_id="msg_01Second")
    name = "twin: served-by-other-model"
    return RequestPair(name, (), None, first, second, effect="hit", survives=ALL)


def _other_betas(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    first = exchange(before, headers={"anthropic-beta": _BETAS[0]})
    second = exchange(after, headers={"anthropic-beta": ",".join(_BETAS[:2])}, after=30)
    return RequestPair("beta-header-changed", ("beta-header-changed",), None, first, second)


def _same_betas(writer: Writer) -> RequestPair:
    """The same set, in another order."""
    before = writer.body()
    after = writer.grown(before)
    first = exchange(before, headers={"anthropic-beta": ",".join(_BETAS)})
    second = exchange(after, headers={"anthropic-beta": ", ".join(reversed(_BETAS))}, after=30)
    name = "twin: beta-header-changed"
    return RequestPair(name, (), None, first, second, effect="hit", survives=ALL)


def _searching(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    after["tools"].append(dict(WEB_SEARCH))
    cause = ("server-feature-toggled",)
    return bare(f"{cause[0]}/search", cause, before, after, "tools[12]", "partial", ("tools",))


def _citing(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    after["messages"][0]["content"][0]["citations"] = {"enabled": True}
    cause, where = ("server-feature-toggled",), "messages[0].content[0]"
    return bare(f"{cause[0]}/citations", cause, before, after, where, "partial", ("tools",))


def _always_searching(writer: Writer) -> RequestPair:
    before = writer.body()
    before["tools"].append(dict(WEB_SEARCH))
    before["messages"][0]["content"][0]["citations"] = {"enabled": True}
    return sound("twin: server-feature-toggled", before, writer.grown(before))


def _with_image(writer: Writer, before: Body) -> Body:
    after = deepcopy(before)
    newest = user(text("What does this picture show?"), image_block(writer.rng.randrange(1_000)))
    after["messages"] += [assistant(text(writer.shelf.cut(300))), newest]
    return after


def _first_image(writer: Writer) -> RequestPair:
    before = writer.body()
    after = _with_image(writer, before)
    return bare("images-toggled", ("images-toggled",), before, after, None, "partial", HEAD)


def _second_image(writer: Writer) -> RequestPair:
    before = writer.body()
    before["messages"][4]["content"].append(image_block(writer.rng.randrange(1_000)))
    return sound("twin: images-toggled", before, _with_image(writer, before))
