"""Settings of a request that are part of the prompt: model, speed, tool choice, thinking, effort, format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from coldbyte.core.body import Json, compact, path_below
from coldbyte.core.cause import EVIDENCE, Cause, CauseId, fix_of
from coldbyte.core.comparison import Comparison
from coldbyte.core.field import json_object
from coldbyte.core.prefix import Prefix, PrefixBlock, Tier

_ORDER = ("model", "speed", "tools", "system", "tool_choice", "thinking", "output_config", "messages")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A setting: the cause when it changes, why that matters, and what an absent one means (facts §3)."""

    cause: CauseId
    words: str
    why: str
    default: str | None = None


_SETTINGS: Mapping[str, _Rule] = {
    "model": _Rule("model-changed", "The model", "each model has its own prompt cache"),
    "speed": _Rule("speed-changed", "The speed", "each speed has its own prompt cache", "standard"),
    "tool_choice": _Rule(
        "tool-choice-changed",
        "The tool choice",
        "it changes how the messages are rendered",
        '{"type":"auto"}',
    ),
    "thinking": _Rule("thinking-config-changed", "The thinking setting", "it is written into the prompt"),
    "output_config.effort": _Rule(
        "effort-changed", "The effort level", "it is written into the prompt", '"high"'
    ),
    "output_config.format": _Rule(
        "output-format-changed", "The answer format", "it is part of what is compared"
    ),
}


def setting_causes(comparison: Comparison) -> Iterator[Cause]:
    """All settings that differ; one that only spells out its default has severity `info`."""
    before, after = _settings(comparison.before), _settings(comparison.after)
    for name in sorted({*before, *after}, key=lambda name: (_rank(name), name)):
        old, new = before.get(name), after.get(name)
        if old is None or new is None or not old.same_content(new):
            for path, one, two in _changes(name, old, new):
                yield _cause(comparison, name, path, one, two)


def _settings(prefix: Prefix) -> dict[str, PrefixBlock]:
    return {block.where: block for block in prefix.blocks if block.kind == "setting"}


def _changes(
    name: str, old: PrefixBlock | None, new: PrefixBlock | None
) -> Iterator[tuple[str, str | None, str | None]]:
    """Path and both values of what differs; of `output_config` each field by itself."""
    if name != "output_config":
        yield name, str(old.content) if old else None, str(new.content) if new else None
        return
    left = json_object(old.content.encode()) if old else {}
    right = json_object(new.content.encode()) if new else {}
    for key in {**right, **left}:
        if key not in left or key not in right or compact(left[key]) != compact(right[key]):
            yield path_below(name, key), _value(left, key), _value(right, key)


def _value(fields: Mapping[str, Json], key: str) -> str | None:
    return compact(fields[key]) if key in fields else None


def _cause(comparison: Comparison, name: str, path: str, old: str | None, new: str | None) -> Cause:
    rule = _SETTINGS.get(path) or _Rule("output-format-changed", f"The setting {path}", "it may be compared")
    left, right = _place(comparison.before, name), _place(comparison.after, name)
    cause = Cause(
        rule.cause,
        right[1],
        path,
        path if old is not None else None,
        comparison.after.starts[right[0]],
        comparison.before.starts[left[0]],
        f"{rule.words} {_say_change(old, new)}: {rule.why}.",
        fix_of(rule.cause, automatic=rule.cause == "model-changed"),
        evidence=EVIDENCE.get(rule.cause, "documented"),
        blocks=(left[0] if old is not None else None, right[0] if new is not None else None),
    )
    if rule.default is not None and (old or rule.default) == (new or rule.default):
        say = f"{rule.words} is only spelled out: it is the default."
        return replace(cause, severity="info", say=say, fix=None)
    return cause


def _say_change(old: str | None, new: str | None) -> str:
    if old is None:
        return f"was set to {_quoted(new or '')}"
    if new is None:
        return f"was {_quoted(old)} and is no longer set"
    return f"changed from {_quoted(old)} to {_quoted(new)}"


def _quoted(value: str) -> str:
    value = value.strip('"')
    return f"“{value if len(value) <= 60 else value[:59] + '…'}”"


def _place(prefix: Prefix, name: str) -> tuple[int, Tier]:
    """The index of a setting, or of the block before which it would stand, and its tier."""
    rank = _rank(name)
    tier: Tier = "request" if rank < _ORDER.index("tools") else "messages"
    for index, block in enumerate(prefix.blocks):
        if _rank(block.where if block.kind == "setting" else block.tier) >= rank:
            return index, tier
    return len(prefix.blocks), tier


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)
