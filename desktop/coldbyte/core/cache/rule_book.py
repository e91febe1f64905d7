"""All switches: what the documentation leaves open, with the value that it suggests, in one place.

A switch is named `part.name`: `cache.lookback`, `key.thinking`, `diagnosis.first`. § numbers are those of the
fact sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from coldbyte.core.cache.cache import CacheRules
from coldbyte.core.cache.diagnosis import DiagnosisRules
from coldbyte.core.cache.signature import BindingRules
from coldbyte.core.prefix.canonical_prefix import KeyRules

Evidence = Literal["documented", "inferred"]

_YES_NO: Mapping[str, bool] = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}


class RuleError(ValueError):
    """A rule that does not exist or can't have this value; the text says what can."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules by which a prompt cache is simulated."""

    cache: CacheRules = field(default_factory=CacheRules)
    key: KeyRules = field(default_factory=KeyRules)
    diagnosis: DiagnosisRules = field(default_factory=DiagnosisRules)
    binding: BindingRules = field(default_factory=BindingRules)

    def value(self, name: str) -> object:
        """The value of a switch. Raise RuleError for one that does not exist."""
        part, own = _split(name)
        return getattr(getattr(self, part), own)

    def with_value(self, name: str, value: object) -> RuleBook:
        """The same with one switch at another value: a word of the command line, or a JSON value."""
        part, own = _split(name)
        rules = getattr(self, part)
        read = _read(name, value, get_type_hints(type(rules))[own])
        changed: RuleBook = replace(self, **{part: replace(rules, **{own: read})})
        return changed


@dataclass(frozen=True, slots=True)
class Switch:
    """What a switch says, which section it is about, and whether its default is documented or inferred."""

    name: str
    facts: str
    evidence: Evidence
    says: str


def with_words(book: RuleBook, words: Iterable[str]) -> RuleBook:
    """The rules with switches given as `name=value`. Raise RuleError."""
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise RuleError(f"“{word}” is no rule: write name=value, for example cache.lookback=20")
        book = book.with_value(name.strip(), value.strip())
    return book


def values_of(name: str) -> str:
    """The values that a switch can have, in words."""
    part, own = _split(name)
    kind = get_type_hints(type(getattr(RuleBook(), part)))[own]
    if kind is bool:
        return "true or false"
    if get_origin(kind) is Literal:
        return " or ".join(get_args(kind))
    return "a whole number from 1 on"


def _split(name: str) -> tuple[str, str]:
    if name not in _NAMES:
        raise RuleError(f"there is no rule “{name}”; there are {', '.join(sorted(_NAMES))}")
    part, _, own = name.partition(".")
    return part, own


def _read(name: str, value: object, kind: Any) -> object:
    word = value.lower() if isinstance(value, str) else None
    if kind is bool:
        if isinstance(value, bool):
            return value
        if word is not None and word in _YES_NO:
            return _YES_NO[word]
    elif get_origin(kind) is Literal:
        if word in get_args(kind):
            return word
    elif isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    elif word is not None and re.fullmatch(r"0*[1-9]\d{0,9}", word):
        return int(word)
    raise RuleError(f"the rule {name} is {values_of(name)}, not “{value}”")


SWITCHES = (
    Switch(
        "cache.lookback",
        "§2.1 rule 4",
        "documented",
        "positions that are looked at from a breakpoint, itself included",
    ),
    Switch(
        "cache.group_tool_runs",
        "§2.1 rule 5",
        "documented",
        "a run of tool calls, or of tool results, is one position",
    ),
    Switch(
        "cache.match_inside_runs",
        "§11 item 3",
        "inferred",
        "an entry that was written inside such a run is found, too",
    ),
    Switch("cache.count_tools", "§11 item 3", "inferred", "each tool definition is a position"),
    Switch(
        "cache.cross_tiers",
        "§2.4, §11 item 3",
        "inferred",
        "the look-back goes on from the messages into the system prompt and the tools",
    ),
    Switch(
        "cache.skip_short",
        "§2.4",
        "inferred",
        "a breakpoint below the minimum is passed over by itself, and does not spoil the others",
    ),
    Switch(
        "cache.refresh_shorter",
        "§2.4, §11 item 4",
        "inferred",
        "a read also begins the life of shorter entries along the prefix anew",
    ),
    Switch(
        "cache.upgrade_ttl",
        "§2.4, §11 item 4",
        "inferred",
        "a 5m entry that is read by a 1h breakpoint lives an hour from then on",
    ),
    Switch(
        "cache.keep_failed",
        "§2.4, §11 item 9",
        "inferred",
        "a request that fails or is given up before its first byte leaves its entries",
    ),
    Switch(
        "cache.by_workspace",
        "§2.1 rule 10",
        "documented",
        "each workspace has its own entries; false is how Bedrock and Google Cloud do it",
    ),
    Switch("key.speed", "§3", "inferred", "the tier in which a change of speed acts"),
    Switch("key.thinking", "§3, §11 item 5", "inferred", "the tier in which a change of thinking acts"),
    Switch("key.effort", "§3, §11 item 5", "inferred", "the tier in which a change of effort acts"),
    Switch(
        "key.format", "§3, §11 item 6", "inferred", "the tier in which a change of the answer format acts"
    ),
    Switch("key.betas", "§3, §11 item 6", "inferred", "the set of beta headers is part of the key"),
    Switch(
        "key.strip_thinking",
        "§3",
        "documented",
        "models up to Opus 4.1, Sonnet 4.5 and Haiku 4.5 are shown the thinking of the last turn only",
    ),
    Switch(
        "key.shorthand", "§2.2, §11 item 7", "inferred", "a string and one text block are the same prompt"
    ),
    Switch(
        "key.merge_turns",
        "§2.2, §11 item 7",
        "inferred",
        "turns of one role that follow each other are one turn",
    ),
    Switch(
        "key.normalise",
        "§2.2, §11 item 7",
        "inferred",
        "composed and decomposed characters are the same prompt",
    ),
    Switch(
        "key.sampling",
        "§2.2, §11 item 6",
        "inferred",
        "temperature, top_p and top_k are part of the key",
    ),
    Switch("key.service_tier", "§2.2, §11 item 6", "inferred", "service_tier is part of the key"),
    Switch("key.inference_geo", "§2.2, §11 item 6", "inferred", "inference_geo is part of the key"),
    Switch("key.user_profile", "§2.2", "inferred", "user_profile_id is part of the key"),
    Switch("key.metadata", "§2.2, §11 item 6", "inferred", "metadata is part of the key"),
    Switch(
        "diagnosis.first",
        "§6, §11 item 8",
        "inferred",
        "what is reported where both the tools and the system prompt changed",
    ),
    Switch(
        "diagnosis.retention_s",
        "§6, §11 item 8",
        "inferred",
        "seconds for which the record of a request is kept",
    ),
    Switch(
        "diagnosis.horizon",
        "§6, §11 item 8",
        "inferred",
        "blocks of a conversation that are compared; a difference behind them is “unavailable”",
    ),
    Switch(
        "diagnosis.bytes_per_token",
        "§6, §11 item 8",
        "inferred",
        "bytes that count as a token in cache_missed_input_tokens",
    ),
    Switch(
        "binding.new_account",
        "§3",
        "inferred",
        "Fable 5.1, too, refuses edits before its thinking, as for accounts created since 2026-08-31",
    ),
    Switch(
        "binding.whole_prompt",
        "§3",
        "inferred",
        "an edit of the tools or of the system prompt is one before the thinking, too",
    ),
)
"""Every switch there is."""

_NAMES = frozenset(switch.name for switch in SWITCHES)
