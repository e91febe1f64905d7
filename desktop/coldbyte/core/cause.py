"""A cause: the named reason for a break, with everything that is known about its place and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from coldbyte.core.text.hunk import Hunk

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
    # Beyond the named causes: what has no cost or is not known.
    "request-invalid",
    "setting-outside-key",
    "unknown-setting-changed",
]
CauseTier = Literal["request", "tools", "system", "messages", "time", "scope"]
Severity = Literal["loss", "warning", "expected", "info"]
Confidence = Literal["high", "medium", "low"]
Evidence = Literal["documented", "reported", "assumed"]
Pair: TypeAlias = tuple[int | None, int | None]

ABOUT_BREAKPOINTS: frozenset[CauseId] = frozenset(
    {
        "no-cache-control",
        "below-min-tokens",
        "too-many-breakpoints",
        "lookback-window-exceeded",
        "breakpoint-moved",
        "breakpoint-not-allowed",
        "ttl-downgraded",
        "ttl-order-wrong",
    }
)
"""Causes that lie in the breakpoints alone, which are no part of the text."""

VOLATILE: frozenset[CauseId] = frozenset(
    {
        "volatile-timestamp",
        "date-rollover",
        "volatile-id",
        "client-version-stamp",
        "volatile-counter",
        "environment-snapshot",
        "per-user-data",
        "retrieved-context-changed",
    }
)
"""Causes of which the text is another one in each request, or soon."""

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
    "json-number-format-changed": "assumed",
    "json-escaping-changed": "assumed",
    "json-whitespace-changed": "assumed",
    "content-shape-changed": "reported",
    "unicode-normalization-changed": "assumed",
}

FIXES: Mapping[CauseId, str] = {
    "no-cache-control": "Add `cache_control` to the request, or to the last block that stays the same.",
    "below-min-tokens": "Mark more text, up to the minimum of the model, or go without caching.",
    "too-many-breakpoints": "Keep at most four breakpoints: remove those in older messages first.",
    "breakpoint-on-volatile-block": "Put a breakpoint on the last block that is the same in every request.",
    "lookback-window-exceeded": "Keep a breakpoint near the old end as well, or set one every 15 blocks.",
    "breakpoint-moved": "Keep the old breakpoints where they are; move only the last one, and only forward.",
    "ttl-downgraded": "Ask for 1 hour in every request, and see that nothing on the way removes it.",
    "ttl-order-wrong": "Give the breakpoints before it 1 hour too, or this one 5 minutes.",
    "breakpoint-not-allowed": "Move the breakpoint to the nearest block before it that can carry one.",
    "model-retired": "Name its successor; the first request to that model writes everything anew.",
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
    "block-boundaries-changed": "Send blocks as they were first cut; neither merge nor split them later.",
    "empty-block-dropped": "Leave empty blocks out before the first request, not later.",
    "thinking-dropped": "Send Claude's answers back whole, with their thinking.",
    "tool-id-regenerated": "Keep the ids of the response, or derive them from the call itself.",
    "assistant-echo-altered": "Store the content of each response and send it back as it came.",
    "tool-result-cleared": "Shorten a result before it is first sent; clear old ones seldom.",
    "image-evicted": "Remove images only near the limit, and many at once.",
    "injected-block-moved": "Leave helper text where it was sent, or keep it out of the history.",
    "context-behind-history": "Put the document into system or the first message, with a breakpoint there.",
    "history-truncated": "Drop many messages at once and seldom, or sum them up.",
    "history-compacted": "Nothing, if it is rare; a breakpoint behind tools and system keeps those stored.",
    "block-inserted": "Put new blocks at the end.",
    "block-removed": "Remove blocks seldom, and many at once.",
    "blocks-reordered": "Keep one order, and put new documents at the end.",
    "served-by-other-model": "Watch for fallbacks, and name a dated model id where an alias may move.",
    "context-management-changed": "Clear old content seldom, and much of it at once.",
    "beta-header-changed": "Send the same set of beta features for the whole conversation.",
    "images-toggled": "Expect one rewrite at the first image; keep images in the conversation from then on.",
    "json-number-format-changed": "Write JSON with one library from end to end.",
    "volatile-timestamp": "Put the time into the newest user message, or freeze it for the conversation.",
    "date-rollover": "Freeze the date when a conversation starts; tell a new one in a later message.",
    "volatile-id": "Derive the identifier from the content, or keep it out of the prompt.",
    "client-version-stamp": "Switch the client's stamp off, or remove it in the gateway.",
    "volatile-counter": "Tell counters in the newest user message.",
    "environment-snapshot": "Take one snapshot for a conversation, or put it behind the fixed breakpoints.",
    "per-user-data": "Put what all users share first, then a breakpoint, then what belongs to one user.",
    "retrieved-context-changed": "Append what was retrieved to the newest user message.",
    "list-reordered": "Sort the items before they are written into the prompt.",
    "json-escaping-changed": "Escape in one way everywhere: raw UTF-8 with the necessary escapes only.",
    "json-whitespace-changed": "Write JSON with the same separators and indent in every request.",
    "content-shape-changed": "Send content as an array of blocks in every request.",
    "ttl-expired": "Ask for 1 hour on what stays the same, or send again before the entry expires.",
    "concurrent-cold-start": "Send one request, wait for its first token, then send the others.",
    "cache-scope-changed": "Keep one key and workspace for a conversation.",
    "backend-changed": "Pin the provider and the region for a conversation.",
    "no-visible-cause": "Nothing to change; if it happens often, report the request ids.",
    "gateway-rewrote-request": "Capture the request behind the gateway as well, and compare the two.",
    "vertex-body-order": "Write system and tools before the messages in the body.",
    "api-dropped-thinking": "Expect it on this model, or use one that keeps the thinking of earlier turns.",
    "wrong-predecessor": "Compare with the earlier request whose beginning is most like this one.",
    "usage-misreported": "Read the usage of the raw response, before the library or the gateway.",
    "unknown-setting-changed": "Keep the setting for the whole conversation.",
}


def fix_of(name: CauseId, *, automatic: bool = False) -> Fix | None:
    """The fix for a cause, None where nothing helps."""
    say = FIXES.get(name)
    return Fix(say, automatic) if say else None
