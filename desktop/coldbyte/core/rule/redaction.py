"""Redaction: a report without the user's text, so that a finding can be shared (see `core.rule.mask`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coldbyte.core.body import RequestBody
from coldbyte.core.capture import Capture
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.block_name import capital
from coldbyte.core.prefix.comparison import Break, Comparison, Side
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.rule.mask import is_known, known_words, masked, masked_json, masked_path
from coldbyte.core.rule.report import Report
from coldbyte.core.text.text import Text


def redacted(report: Report) -> Report:
    """The report without the user's text: prefixes and causes are masked, requests and answers are gone."""
    comparison = report.comparison
    prefixes = comparison.before, comparison.after
    before, after = map(_prefix, prefixes)
    return replace(
        report,
        before=Capture(RequestBody({})),
        after=Capture(RequestBody({})),
        comparison=Comparison(before, after, comparison.shared, _break(comparison.first, before, after)),
        causes=redacted_causes(report.causes),
        harmless=redacted_causes(report.harmless),
    )


def redacted_causes(causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """The causes without the user's text: their sentences, which quote it, become plain names."""
    return tuple(_cause(cause) for cause in causes)


def _cause(cause: Cause) -> Cause:
    return replace(
        cause,
        where=masked_path(cause.where),
        where_before=None if cause.where_before is None else masked_path(cause.where_before),
        say=_say(cause),
        code_points_before=tuple(map(_point, cause.code_points_before)),
        code_points_after=tuple(map(_point, cause.code_points_after)),
    )


def _say(cause: Cause) -> str:
    """What the cause is, in words that are ours alone."""
    label = f" ({cause.label})" if cause.label else ""
    places = f", {cause.count:,} places" if cause.count > 1 else ""
    return f"{capital(cause.id.replace('-', ' '))}{label}{places}."


def _point(point: str) -> str:
    return f"U+{ord(masked(chr(int(point[2:], 16)))):04X}"


def _prefix(prefix: Prefix) -> Prefix:
    return Prefix(tuple(map(_block, prefix.blocks)))


def _block(block: PrefixBlock) -> PrefixBlock:
    kind = known_words(block.kind)
    head, where = _head(block.head.decode()).encode(), masked_path(block.where)
    if block.where == "model":
        return block
    chars = str(block.content)
    content = masked_json(chars) if block.structured else _value(chars)
    return PrefixBlock(where, block.tier, kind, head, Text.from_str(content), block.ttl)


def _value(chars: str) -> str:
    return chars if is_known(chars) else masked(chars)


def _head(head: str) -> str:
    """The words of a head, and the JSON behind them."""
    words, brace, rest = head.partition("{")
    return known_words(words) + masked_json(brace + rest)


def _break(first: Break | None, before: Prefix, after: Prefix) -> Break | None:
    if first is None:
        return None
    return replace(first, before=_side(first.before, before), after=_side(first.after, after))


def _side(side: Side | None, prefix: Prefix) -> Side | None:
    return side and replace(side, block=prefix.blocks[side.index])
