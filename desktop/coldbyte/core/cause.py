"""A cause: the named reason for a break, with everything that is known about its place and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from coldbyte.core.hunk import Hunk

CauseId = Literal[
    "no-cache-control",
    "below-min-tokens",
    "too-many-breakpoints",
    "breakpoint-on-volatile-block",
    "lookback-window-exceeded",
    "breakpoint-moved",
    "ttl-downgraded",
    "ttl-order-wrong",
    "breakpoint-not-allowed",
    "model-changed",
    "model-retired",
    "model-unknown",
    "served-by-other-model",
    "tool-choice-changed",
    "thinking-config-changed",
    "effort-changed",
    "speed-changed",
    "output-format-changed",
    "context-management-changed",
    "beta-header-changed",
    "server-feature-toggled",
    "images-toggled",
    "tools-reordered",
    "tool-set-changed",
    "tool-description-changed",
    "tool-schema-changed",
    "json-key-reordered",
    "json-number-format-changed",
    "volatile-timestamp",
    "date-rollover",
    "volatile-id",
    "client-version-stamp",
    "volatile-counter",
    "environment-snapshot",
    "per-user-data",
    "retrieved-context-changed",
    "list-reordered",
    "text-edited",
    "whitespace-changed",
    "line-endings-changed",
    "unicode-normalization-changed",
    "invisible-char-changed",
    "typography-changed",
    "homoglyph-changed",
    "encoding-damaged",
    "json-escaping-changed",
    "json-whitespace-changed",
    "content-shape-changed",
    "block-boundaries-changed",
    "empty-block-dropped",
    "thinking-dropped",
    "thinking-altered",
    "tool-id-regenerated",
    "assistant-echo-altered",
    "tool-result-cleared",
    "image-evicted",
    "image-reencoded",
    "injected-block-moved",
    "block-inserted",
    "block-removed",
    "blocks-reordered",
    "context-behind-history",
    "history-truncated",
    "history-compacted",
    "history-rewound",
    "ttl-expired",
    "concurrent-cold-start",
    "cache-scope-changed",
    "backend-changed",
    "no-visible-cause",
    "gateway-rewrote-request",
    "vertex-body-order",
    "api-dropped-thinking",
    "wrong-predecessor",
    "cold-start",
    "usage-misreported",
]
CauseTier = Literal["request", "tools", "system", "messages", "time", "scope"]
Severity = Literal["loss", "warning", "expected", "info"]
Confidence = Literal["high", "medium", "low"]
Evidence = Literal["documented", "reported", "assumed"]
Pair: TypeAlias = tuple[int | None, int | None]

_CODE_POINTS = 16


@dataclass(frozen=True, slots=True)
class Fix:
    """What helps; `automatic` where the program can do it."""

    say: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason. Pairs are (before, after), None where a side has none.

    `where` is a JSON path of the new body, of the old one where only that has the place. `block_byte`, `line`
    and `column` count in the value at that path, `cache_byte` in the new prefix and `cache_byte_before` in
    the old one. `wire_byte` is None until it was asked for. `count` is the number of places in the block that
    have the same cause; the place is that of the first, and `hunks` are all of them. `blocks` are the indexes
    of the block in both prefixes.
    """

    id: CauseId
    tier: CauseTier
    where: str
    where_before: str | None
    cache_byte: int
    cache_byte_before: int
    say: str
    fix: Fix | None
    block_byte: Pair = (None, None)
    wire_byte: Pair | None = None
    line: Pair = (None, None)
    column: Pair = (None, None)
    code_points_before: tuple[str, ...] = ()
    code_points_after: tuple[str, ...] = ()
    severity: Severity = "loss"
    confidence: Confidence = "high"
    evidence: Evidence = "documented"
    count: int = 1
    label: str = ""
    blocks: Pair = (None, None)
    hunks: tuple[Hunk, ...] = ()


def code_points(chars: str) -> tuple[str, ...]:
    """The first 16 characters as `U+0041`."""
    return tuple(f"U+{ord(char):04X}" for char in chars[:_CODE_POINTS])


# What is not documented as such: facts §2.2 and §3 say where each mark comes from.
EVIDENCE: Mapping[CauseId, Evidence] = {
    "unicode-normalization-changed": "assumed",
}

FIXES: Mapping[CauseId, str] = {
    "model-changed": "Keep one model for a conversation; try the other one in a conversation of its own.",
    "speed-changed": "Change the speed only where a conversation begins.",
    "tool-choice-changed": "Keep the tool choice; steer by text, or put a breakpoint before the messages.",
    "thinking-config-changed": "Keep one thinking setting for the whole conversation.",
    "effort-changed": "Keep one effort level, or change it by a system message on the models that allow it.",
    "output-format-changed": "Keep one answer format; ask for the structured answer in a call of its own.",
    "server-feature-toggled": "Keep the feature switched on all the time.",
    "tools-reordered": "Sort the tools by name just before sending.",
    "tool-set-changed": "Keep the tools constant; forbid one by the tool choice, or defer its loading.",
    "tool-description-changed": "Move what changes out of the description.",
    "tool-schema-changed": "Keep the parameters as they are for the whole conversation.",
    "json-key-reordered": "Write JSON with one serializer that keeps or sorts the keys.",
    "text-edited": "Restore the old text, or put the new one behind the last breakpoint.",
    "whitespace-changed": "Restore the old white space; trim a text before it is first sent, or never.",
    "line-endings-changed": "Restore the old line ends; convert them when a file is read.",
    "unicode-normalization-changed": "Restore the old form; convert text to NFC when it comes in.",
    "invisible-char-changed": "Restore the old characters; remove invisible ones when text comes in.",
    "typography-changed": "Restore the old punctuation; switch off smart punctuation for prompts.",
    "homoglyph-changed": "Restore the old letters, or type the word again.",
    "encoding-damaged": "Restore the old characters; decode a file once, in its own encoding.",
    "image-reencoded": "Encode an image once and keep its bytes.",
    "thinking-altered": "Store thinking blocks and send them back unchanged.",
    "block-inserted": "Put new blocks at the end.",
    "block-removed": "Remove blocks seldom, and many at once.",
    "blocks-reordered": "Keep one order, and put new documents at the end.",
}


def fix_of(name: CauseId, *, automatic: bool) -> Fix | None:
    """The fix for a cause, None where nothing helps."""
    say = FIXES.get(name)
    return Fix(say, automatic) if say else None
