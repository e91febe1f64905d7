"""Results as JSON values, as the contract of the command line spells them (`resources/schema`)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.cache.money import Cost
from coldbyte.core.cause import Cause, Pair
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.rule.diagnosis_rule import Diagnosed
from coldbyte.core.rule.report import Report

Value = dict[str, Any]


def explain_value(report: Report) -> Value:
    """`coldbyte.explain/1`."""
    usage = report.usage
    return {
        "schema": "coldbyte.explain/1",
        "effect": report.effect,
        "survives": list(report.survives),
        "model": report.model,
        "tokens": {
            "read": usage.read,
            "written": usage.written,
            "uncached": usage.uncached,
            "how": report.how,
        },
        "cost": _cost_value(report.cost) if report.cost else None,
        "causes": [cause_value(cause) for cause in report.causes],
        "harmless": [cause_value(cause) for cause in report.harmless],
        "diagnostics": _diagnosed_value(report.diagnosed) if report.diagnosed else None,
    }


def lint_value(model: str, causes: Sequence[Cause]) -> Value:
    """`coldbyte.lint/1`."""
    return {
        "schema": "coldbyte.lint/1",
        "model": model,
        "causes": [cause_value(cause) for cause in causes],
    }


def map_value(prefix: Prefix) -> Value:
    """`coldbyte.prefix-map/1`; `stop` is the first byte behind a block."""
    starts = prefix.starts
    return {
        "schema": "coldbyte.prefix-map/1",
        "size": prefix.size,
        "blocks": [
            {
                "where": block.where,
                "tier": block.tier,
                "kind": block.kind,
                "start": starts[index],
                "stop": starts[index + 1],
            }
            for index, block in enumerate(prefix.blocks)
        ],
        "breakpoints": [
            {
                "where": prefix.blocks[index].where,
                "ttl": prefix.blocks[index].ttl,
                "byte": starts[index + 1],
            }
            for index in prefix.breakpoints
        ],
    }


def error_value(trouble: InputTrouble) -> Value:
    """`coldbyte.error/1`."""
    return {
        "schema": "coldbyte.error/1",
        "error": {
            "message": trouble.message,
            "file": trouble.file,
            "byte": trouble.byte,
            "line": trouble.line,
            "path": trouble.path,
        },
    }


def cause_value(cause: Cause) -> Value:
    """One cause."""
    return {
        "id": cause.id,
        "where": cause.where,
        "where_before": cause.where_before,
        "tier": cause.tier,
        "cache_byte": cause.cache_byte,
        "block_byte": list(cause.block_byte),
        "wire_byte": _pair(cause.wire_byte),
        "line": list(cause.line),
        "column": list(cause.column),
        "code_points": {"before": list(cause.code_points_before), "after": list(cause.code_points_after)},
        "severity": cause.severity,
        "confidence": cause.confidence,
        "evidence": cause.evidence,
        "say": cause.say,
        "fix": {"say": cause.fix.say, "automatic": cause.fix.automatic} if cause.fix else None,
    }


def _diagnosed_value(diagnosed: Diagnosed) -> Value:
    return {"type": diagnosed.type, "agrees": diagnosed.agrees}


def _pair(pair: Pair | None) -> list[int | None]:
    return list(pair) if pair else [None, None]


def _cost_value(cost: Cost) -> Value:
    return {
        "now": decimal(cost.now),
        "if_warm": decimal(cost.if_warm),
        "without_cache": decimal(cost.without_cache),
        "lost": decimal(cost.lost),
    }


def decimal(amount: Decimal) -> str:
    """An amount in digits, never in exponents, without zeros at its end."""
    digits = f"{amount:f}"
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) or "0"
