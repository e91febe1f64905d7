"""Requests that the real API answered, with the tokens that it reported, against our estimates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Catalogue, Tokenizer, read_catalogue
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.services import resources

_DATA = Path(__file__).parent / "data" / "recorded-exchanges.jsonl"
_COUNTS = (
    *("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"),
    "counted_input_tokens",
)
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{400,}")
_UNKNOWN: Tokenizer = "2023"  # of the models that the catalogue no longer knows


@dataclass(frozen=True)
class Recorded:
    """One request; `line` counts from 1."""

    line: int
    session: str
    model: str
    request: Mapping[str, Any]
    usage: Mapping[str, Any]

    @property
    def measured(self) -> int:
        """The tokens of the prompt, as the API counted them."""
        return sum(self.usage.get(name) or 0 for name in _COUNTS)

    @cached_property
    def prefix(self) -> Prefix:
        return prefix_of(RequestBody(self.request))

    @property
    def tokenizer(self) -> Tokenizer:
        known = _catalogue().model(self.model)
        return known.tokenizer if known else _UNKNOWN

    @property
    def estimated(self) -> int:
        return sum(block_tokens(self.prefix, self.tokenizer))

    @property
    def naive(self) -> float:
        """Characters / 4 of everything that stands in the prompt, without the base64 of media."""
        seen = [str(block.content) for block in self.prefix.blocks if block.kind != "setting"]
        return sum(len(_BASE64.sub("", chars)) for chars in seen) / 4

    @property
    def bare(self) -> bool:
        """Whether it is a text of some length, without tools, media or settings."""
        kinds = {block.kind for block in self.prefix.blocks if block.where != "model"}
        return kinds <= {"text", "setting"} and self.measured > 200 and "output_config" not in self.request


def error(estimate: float, measured: int) -> float:
    """How far off an estimate is, in per cent."""
    return abs(estimate / measured - 1) * 100


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Median and 90th percentile."""
    return median(values), percentile(values, 0.9)


@cache
def recorded() -> tuple[Recorded, ...]:
    """All of them."""
    rows = [json.loads(line) for line in _DATA.read_text(encoding="utf-8").splitlines()]
    return tuple(
        Recorded(number, row["session"], row["model"], row["request"], row["usage"])
        for number, row in enumerate(rows, 1)
    )


_LOOKED_AT = (  # what single constants rest on: digits, words, a page of a PDF
    "test_inline_system_prompt_cache_prefix_is_reused",
    "test_anthropic_model_thinking_part_from_other_model",
    "document",
)


@cache
def aside() -> frozenset[str]:
    """Every other session, of each kind and model: those on which nothing was tuned.

    Other sessions of the same test suite resemble them, so their error is that of like requests.
    """
    first = {name: next(rows) for name, rows in groupby(recorded(), key=lambda one: one.session)}

    def kind(name: str) -> tuple[str, str, bool, bool, str]:
        one = first[name]
        kinds = {block.kind for block in one.prefix.blocks}
        return one.tokenizer, one.model, "tool" in kinds, "tool_use" in kinds, name

    chosen = sorted(first, key=kind)[1::2]
    return frozenset(name for name in chosen if not any(part in name for part in _LOOKED_AT))


@cache
def _catalogue() -> Catalogue:
    return read_catalogue(resources.text("catalogue.json"))
