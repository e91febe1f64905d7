"""Settings of a request that are part of the prompt: model, speed, thinking, effort, tool choice, more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coldbyte.core.cause import EVIDENCE, Cause, CauseId, Confidence, Evidence, fix_of
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import STRUCTURED, Prefix, PrefixBlock, Tier
from coldbyte.core.text.text import first_differing_byte

_SWITCHES: Mapping[str, tuple[str, str]] = {  # settings that are no fields of a request: on, off
    "citations": ("was switched on", "was switched off"),
    "images": ("came into the request", "is gone, and no other is left"),
}
_TIERS: tuple[Tier, ...] = ("request", "tools", "system", "messages")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A setting: the cause when it changes, its words, and why that matters (facts §3)."""

    cause: CauseId
    words: str
    why: str
    evidence: Evidence = "documented"
    confidence: Confidence = "high"


_SETTINGS: Mapping[str, _Rule] = {
    "model": _Rule("model-changed", "The model", "each model has its own prompt cache"),
    "speed": _Rule("speed-changed", "The speed", "each speed has its own prompt cache"),
    "betas": _Rule(
        "beta-header-changed", "The set of beta features", "it may act on the prompt", "assumed", "medium"
    ),
    "thinking": _Rule("thinking-config-changed", "The thinking setting", "it is written into the prompt"),
    "output_config.effort": _Rule("effort-changed", "The effort level", "it is written into the prompt"),
    "output_config.format": _Rule(
        "output-format-changed", "The answer format", "it is written into the prompt"
    ),
    "mcp_servers": _Rule(
        "tool-set-changed", "The list of MCP servers", "their tools stand in front", "assumed"
    ),
    "citations": _Rule("server-feature-toggled", "The citing of documents", "it rewrites the system part"),
    "images": _Rule("images-toggled", "The first image", "it changes how the messages are rendered"),
    "tool_choice": _Rule(
        "tool-choice-changed", "The tool choice", "it changes how the messages are rendered"
    ),
    "context_management": _Rule(
        "context-management-changed", "The context management", "the API may edit what came before"
    ),
}


def setting_causes(comparison: Comparison) -> Iterator[Cause]:
    """All settings that differ; one that only spells out its default is the same as none."""
    before, after = _settings(comparison.before), _settings(comparison.after)
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if (
            old is None
            or new is None
            or not _block(comparison.before, old).same_content(_block(comparison.after, new))
        ):
            yield _cause(comparison, name, old, new)


def _settings(prefix: Prefix) -> dict[str, int]:
    """The name of each setting and the index of its record."""
    return {
        block.head.removesuffix(STRUCTURED).decode().removeprefix("setting "): index
        for index, block in enumerate(prefix.blocks)
        if block.kind == "setting"
    }


def _block(prefix: Prefix, index: int) -> PrefixBlock:
    return prefix.blocks[index]


def _cause(comparison: Comparison, name: str, old: int | None, new: int | None) -> Cause:
    rule = _SETTINGS.get(name) or _Rule(
        "unknown-setting-changed", f"The setting {name}", "it may act on the prompt", "assumed", "low"
    )
    left = comparison.before.blocks[old] if old is not None else None
    right = comparison.after.blocks[new] if new is not None else None
    given = right or left
    assert given is not None
    before = old if old is not None else _place(comparison.before, given.tier)
    after = new if new is not None else _place(comparison.after, given.tier)
    byte = _byte(left, right)
    return Cause(
        rule.cause,
        given.tier,
        given.where,
        left.where if left else None,
        comparison.after.starts[after],
        comparison.before.starts[before],
        f"{rule.words} {_say_change(name, left, right)}: {rule.why}.",
        fix_of(rule.cause),
        block_byte=(byte if left else None, byte if right else None),
        confidence=rule.confidence,
        evidence=EVIDENCE.get(rule.cause, rule.evidence),
        blocks=(old, new),
    )


def _byte(left: PrefixBlock | None, right: PrefixBlock | None) -> int:
    if left is None or right is None:
        return 0
    return first_differing_byte(left.content.encode(), right.content.encode())


def _say_change(name: str, left: PrefixBlock | None, right: PrefixBlock | None) -> str:
    if name in _SWITCHES:
        return _SWITCHES[name][right is None]
    if left is None:
        return f"was set to {_quoted(right)}"
    if right is None:
        return f"was {_quoted(left)} and is no longer set"
    return f"changed from {_quoted(left)} to {_quoted(right)}"


def _quoted(block: PrefixBlock | None) -> str:
    value = str(block.content).strip('"') if block else ""
    return f"“{value if len(value) <= 60 else value[:59] + '…'}”"


def _place(prefix: Prefix, tier: Tier) -> int:
    """The index of the first block that is no setting of this tier or an earlier one."""
    rank = _TIERS.index(tier)
    for index, block in enumerate(prefix.blocks):
        place = _TIERS.index(block.tier)
        if place > rank or (place == rank and block.kind != "setting"):
            return index
    return len(prefix.blocks)
