"""What the prefix panel says about a cause: its title, where it lies, how much it weighs, how sure it is."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from coldbyte.core.cause import Cause, CauseId, Confidence, Evidence, Pair, Severity
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.block_name import capital, part_name
from coldbyte.core.prefix.marker import AUTOMATIC
from coldbyte.core.text.invisible import name_of

translate = QCoreApplication.translate

_TITLES: Mapping[CauseId, str] = {
    "no-cache-control": "No breakpoint",
    "below-min-tokens": "Too short to be cached",
    "too-many-breakpoints": "Too many breakpoints",
    "breakpoint-on-volatile-block": "Breakpoint behind what changes",
    "lookback-window-exceeded": "Stored too far back",
    "breakpoint-moved": "Breakpoint moved",
    "ttl-downgraded": "Shorter lifetime",
    "ttl-order-wrong": "Lifetimes in the wrong order",
    "breakpoint-not-allowed": "Breakpoint where none can stand",
    "model-changed": "Another model",
    "model-retired": "Retired model",
    "model-unknown": "Unknown model",
    "served-by-other-model": "Another model answered",
    "tool-choice-changed": "Another tool choice",
    "thinking-config-changed": "Another thinking setting",
    "effort-changed": "Another effort level",
    "speed-changed": "Another speed",
    "output-format-changed": "Another answer format",
    "context-management-changed": "Context management changed",
    "beta-header-changed": "Other beta features",
    "server-feature-toggled": "Feature switched",
    "images-toggled": "First image, or none left",
    "tools-reordered": "Tools in another order",
    "tool-set-changed": "Other tools",
    "tool-description-changed": "Tool description edited",
    "tool-schema-changed": "Tool parameters edited",
    "json-key-reordered": "Keys in another order",
    "json-number-format-changed": "Number spelled differently",
    "volatile-timestamp": "Clock value",
    "date-rollover": "Date",
    "volatile-id": "Identifier",
    "client-version-stamp": "Stamp of the client",
    "volatile-counter": "Counter",
    "environment-snapshot": "Snapshot of the environment",
    "per-user-data": "Data of one user",
    "retrieved-context-changed": "Other search results",
    "list-reordered": "List in another order",
    "text-edited": "Text edited",
    "whitespace-changed": "White space",
    "line-endings-changed": "Line ends",
    "unicode-normalization-changed": "Composed or decomposed letters",
    "invisible-char-changed": "Invisible character",
    "typography-changed": "Smart punctuation",
    "homoglyph-changed": "Look-alike letter",
    "encoding-damaged": "Damaged character",
    "json-escaping-changed": "Escapes in JSON",
    "json-whitespace-changed": "Spacing in JSON",
    "content-shape-changed": "String or array of blocks",
    "block-boundaries-changed": "Blocks cut differently",
    "empty-block-dropped": "Empty block left out",
    "thinking-dropped": "Thinking left out",
    "thinking-altered": "Thinking changed",
    "tool-id-regenerated": "New ids of tool calls",
    "assistant-echo-altered": "Claude's answer changed",
    "tool-result-cleared": "Tool result cleared",
    "image-evicted": "Image left out",
    "image-reencoded": "Image or file encoded anew",
    "injected-block-moved": "Helper text moved",
    "block-inserted": "Part added",
    "block-removed": "Part removed",
    "blocks-reordered": "Parts in another order",
    "context-behind-history": "Document behind the history",
    "history-truncated": "History cut off",
    "history-compacted": "History summed up",
    "history-rewound": "History rewound",
    "ttl-expired": "Entry expired",
    "concurrent-cold-start": "Sent too soon",
    "cache-scope-changed": "Another account or workspace",
    "backend-changed": "Another provider or region",
    "no-visible-cause": "No visible cause",
    "gateway-rewrote-request": "Rewritten on the way",
    "vertex-body-order": "Order of the body on Vertex",
    "api-dropped-thinking": "Thinking dropped by the API",
    "wrong-predecessor": "Another conversation",
    "cold-start": "Nothing stored before",
    "usage-misreported": "Usage reported wrongly",
    "request-invalid": "Invalid request",
    "setting-outside-key": "Setting without effect",
    "unknown-setting-changed": "Unknown setting",
}
_NARROWER: Mapping[tuple[CauseId, str], str] = {
    ("whitespace-changed", "leading"): "Leading white space",
    ("whitespace-changed", "trailing"): "Trailing white space",
    ("whitespace-changed", "indentation"): "Indentation",
    ("whitespace-changed", "line end"): "White space at a line end",
    ("whitespace-changed", "tabs"): "Tabs",
    ("unicode-normalization-changed", "composed"): "Composed letters",
    ("unicode-normalization-changed", "decomposed"): "Decomposed letters",
    ("text-edited", "added"): "Text added",
    ("text-edited", "removed"): "Text removed",
    ("text-edited", "rewritten"): "Text rewritten",
    ("block-inserted", "growth"): "Part added at the end",
    ("no-cache-control", "lost"): "Breakpoints gone",
}
_SEVERITIES: Mapping[Severity, tuple[str, str]] = {
    "loss": ("loss", "Loss: what stands behind it is not read from the prompt cache."),
    "warning": ("warning", "Warning: it costs something under circumstances that the request does not show."),
    "expected": ("expected", "Expected: it belongs to normal use, as a conversation that grows."),
    "info": ("harmless", "Harmless: it differs and costs nothing."),
}
_CONFIDENCES: Mapping[Confidence, tuple[str, str]] = {
    "high": ("sure", "High confidence: the bytes show it."),
    "medium": ("likely", "Medium confidence: it fits, and something else could look the same."),
    "low": ("possible", "Low confidence: nothing speaks against it."),
}
_EVIDENCES: Mapping[Evidence, tuple[str, str]] = {
    "documented": ("documented", "Documented: Anthropic's documentation says that this matters."),
    "reported": ("reported", "Reported: users have seen this; the documentation does not say it."),
    "assumed": ("assumed", "Assumed: it follows from how the prompt cache works; nobody has confirmed it."),
}


def title_of(cause: Cause) -> str:
    """The short name of a cause for people."""
    if cause.id == "invisible-char-changed":
        named = _character(cause)
        if named:
            return named
    words = _NARROWER.get((cause.id, cause.label))
    return translate("CauseWords", words) if words else title_of_id(cause.id)


def title_of_id(cause: str) -> str:
    """The short name of an id of `causes.md`; one that is not known stays as it is."""
    words = {str(name): title for name, title in _TITLES.items()}.get(cause)
    return translate("CauseWords", words) if words else cause


def where_of(insight: Insight, cause: Cause) -> str:
    """The part of the prompt and the line; the path where it is no part."""
    place = part_of(insight, cause)
    line = next((line for line in reversed(cause.line) if line is not None), None)
    if line is None or cause.where.endswith(".title"):
        return place
    return translate("CauseWords", "{part}, line {line}").format(part=place, line=f"{line:,}")


def part_of(insight: Insight, cause: Cause) -> str:
    """The part of the prompt in which a cause lies; its path where that is none."""
    old, new = cause.blocks
    if new is not None and insight.prefix.blocks[new].kind != "setting":
        return capital(part_name(insight.prefix, new))
    if new is None and old is not None and insight.baseline is not None:
        return capital(part_name(insight.baseline.prefix, old))
    if cause.where in ("", AUTOMATIC):
        return translate("CauseWords", "The whole request")
    return capital(cause.where)


def severity_words(cause: Cause) -> tuple[str, str]:
    """The label of a severity and what it means."""
    return _translated(_SEVERITIES[cause.severity])


def confidence_words(cause: Cause) -> tuple[str, str]:
    """The label of a confidence and what it means."""
    return _translated(_CONFIDENCES[cause.confidence])


def evidence_words(cause: Cause) -> tuple[str, str]:
    """The label of an evidence and what it means."""
    return _translated(_EVIDENCES[cause.evidence])


def place_lines(cause: Cause) -> tuple[str, str]:
    """Where a cause lies on both sides, in every coordinate system; empty for a side without the place.

    Bytes count from 0, lines and columns from 1.
    """
    wire = cause.wire_byte or (None, None)
    caches = cause.cache_byte_before, cause.cache_byte
    lines = []
    for side, name in enumerate((translate("CauseWords", "Baseline"), translate("CauseWords", "Draft"))):
        there = cause.blocks[side] is not None or wire[side] is not None
        words = [
            *_said("cache view byte {n}", caches[side] if there and _has_bytes(cause) else None),
            *_said("wire view byte {n}", wire[side]),
            *_said("block byte {n}", cause.block_byte[side]),
        ]
        line, column = cause.line[side], cause.column[side]
        if line is not None and column is not None:
            spot = translate("CauseWords", "line {line}, column {column}")
            words.append(spot.format(line=f"{line:,}", column=f"{column:,}"))
        lines.append(f"{name}: {' · '.join(words)}" if words else "")
    return lines[0], lines[1]


def harmless_line(count: int) -> str:
    """The title of the group of differences without cost."""
    if count == 1:
        return translate("CauseWords", "1 difference that costs nothing")
    return translate("CauseWords", "{count} differences that cost nothing").format(count=f"{count:,}")


def count_line(count: int, *, complete: bool) -> str:
    """The heading of the list."""
    words = translate("CauseWords", "{count} causes").format(count=f"{count:,}")
    if count == 1:
        words = translate("CauseWords", "1 cause")
    if count == 0:
        words = translate("CauseWords", "No cause of a loss")
    if complete:
        return words
    return words + translate("CauseWords", " and more than were looked at")


def _has_bytes(cause: Cause) -> bool:
    """Whether the cause lies in what the prompt cache sees."""
    return cause.tier not in ("time", "scope") and cause.id != "setting-outside-key"


def _said(words: str, number: int | None) -> list[str]:
    return [] if number is None else [translate("CauseWords", words).format(n=f"{number:,}")]


def _character(cause: Cause) -> str:
    """The name of the one character that came or went."""
    points: Pair | tuple[str, ...] = cause.code_points_after or cause.code_points_before
    odd = [point for point in (*cause.code_points_after, *cause.code_points_before) if point != "U+0020"]
    if not points or len(set(odd)) != 1:
        return ""
    return capital(name_of(chr(int(odd[0][2:], 16))).lower())


def _translated(words: tuple[str, str]) -> tuple[str, str]:
    return translate("CauseWords", words[0]), translate("CauseWords", words[1])
