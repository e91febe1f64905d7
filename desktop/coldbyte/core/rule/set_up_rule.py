"""Set-up: breakpoints that store nothing, or that find nothing again, and models that do not answer.

The rules are those of causes §2 A; what a breakpoint may be is said by `core.prefix.marker`, how far a search
goes by `core.cache.cache`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Model
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.cause import Cause, CauseId, CauseTier, Confidence, Evidence, Fix, Severity, fix_of
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.marker import (
    AUTOMATIC,
    MOST_BREAKPOINTS,
    Marker,
    Problem,
    contested,
    counted,
    markers_of,
    out_of_order,
)
from coldbyte.core.prefix.prefix import Prefix

_CLEARLY = 0.8  # of the minimum; the estimate of a text is seldom further off
_TOOLS_PROMPT = 200  # tokens by which the API's own prompt for tools may be longer than estimated
_NEAR = 1.25  # of the minimum, where the usage says that nothing was stored

_PROBLEMS: Mapping[Problem, tuple[str, Evidence]] = {
    "not-object": ("`cache_control` is not an object", "reported"),
    "wrong-type": ("`cache_control` has a type that does not exist: only `ephemeral` does", "reported"),
    "wrong-ttl": ("the lifetime is neither `5m` nor `1h`", "reported"),
    "empty-text": ("an empty text can't carry a breakpoint", "documented"),
    "thinking": ("a thinking block can't carry a breakpoint", "documented"),
    "deferred": ("a tool with `defer_loading` can't carry a breakpoint", "documented"),
    "turn-scoped": ("a system message for one turn can't carry a breakpoint", "documented"),
    "message": ("a message can't carry a breakpoint, only a block of its content can", "documented"),
    "sub-block": ("a part of a block can't carry a breakpoint, only the whole block can", "documented"),
}


def set_up_causes(
    body: RequestBody,
    prefix: Prefix,
    model: Model | None,
    day: date,
    *,
    markers: Sequence[Marker] | None = None,
    before: Prefix | None = None,
    usage: Usage | None = None,
    offered: Sequence[Model] = (),
) -> Iterator[Cause]:
    """What one body shows by itself. `model` is the catalogue's, None for one that it does not know.

    Where they are known, `markers` are those of the body, `before` is the prefix of an earlier request and
    `usage` what the API reported; of the `offered` models one is named as successor of a retired one.
    """
    markers = markers_of(body) if markers is None else markers
    yield from model_causes(prefix, model, day, offered)
    refused = list(_refused(prefix, markers))
    yield from refused
    if not markers:
        if usage is None or not usage.read + usage.written:
            yield _no_cache_control(before)
    elif model is not None and not any(cause.severity == "loss" for cause in refused):
        yield from _below_minimum(prefix, markers, model, usage)


def model_causes(
    prefix: Prefix, model: Model | None, day: date, offered: Sequence[Model] = ()
) -> Iterator[Cause]:
    """That the model does not answer any more, or that nothing is known of it."""
    name = prefix.model
    if model is None:
        say = f"The catalogue does not know the model {name}: what depends on it can't be said."
        yield set_up_cause("model-unknown", "model", say, severity="info", evidence="assumed")
        return
    gone = model.gone(day)
    if gone is not None or (model.retired is None and model.lifecycle == "retired"):
        how = f"stopped answering on {gone.isoformat()}" if gone is not None else "no longer answers"
        cause = set_up_cause("model-retired", "model", f"The model {name} {how}.")
        heir = _successor(model, offered)
        if heir is not None:
            say = f"Use {heir.id}; the first request to it writes everything anew."
            cause = replace(cause, fix=Fix(say, automatic=False))
        yield cause


def set_up_cause(
    name: CauseId,
    where: str,
    say: str,
    *,
    tier: CauseTier = "request",
    cache_byte: int = 0,
    cache_byte_before: int = 0,
    where_before: str | None = None,
    severity: Severity = "loss",
    confidence: Confidence = "high",
    evidence: Evidence = "documented",
    label: str = "",
    count: int = 1,
    block: int | None = None,
) -> Cause:
    """A cause that lies in one body; `block` is the index of the block in its prefix."""
    return Cause(
        name,
        tier,
        where,
        where_before,
        cache_byte,
        cache_byte_before,
        say,
        fix_of(name),
        severity=severity,
        confidence=confidence,
        evidence=evidence,
        label=label,
        count=count,
        blocks=(None, block),
    )


def block_indexes(prefix: Prefix) -> dict[str, int]:
    """For the path of each block its index in the prefix; settings and whole turns are none."""
    return {
        block_path(block.where): index
        for index, block in enumerate(prefix.blocks)
        if block.kind not in ("setting", "turn")
    }


def place_of(prefix: Prefix, path: str) -> tuple[int | None, int]:
    """The index of the block at a path, None where the prefix has none, and the byte at which it starts."""
    index = block_indexes(prefix).get(path)
    return index, prefix.starts[index] if index is not None else 0


def _refused(prefix: Prefix, markers: Sequence[Marker]) -> Iterator[Cause]:
    for marker in markers:
        if marker.problem is not None:
            yield _not_allowed(prefix, marker, marker.problem)
    conflict = contested(markers)
    if conflict is not None:
        say = "The last block has a breakpoint of its own with another lifetime than that of the request."
        yield _of_marker(prefix, "breakpoint-not-allowed", conflict, conflict.lifetime, say)
    taken = counted(markers)
    if len(taken) > MOST_BREAKPOINTS:
        extra = taken[MOST_BREAKPOINTS]
        say = f"The request has {len(taken)} breakpoints, and the API takes {MOST_BREAKPOINTS}."
        yield _of_marker(prefix, "too-many-breakpoints", extra, extra.control, say)
    late = out_of_order([marker.ttl for marker in taken])
    if late is not None:
        say = "A breakpoint of 1 hour stands behind one of 5 minutes: the API takes the longer ones first."
        yield _of_marker(prefix, "ttl-order-wrong", taken[late], taken[late].lifetime, say)


def _not_allowed(prefix: Prefix, marker: Marker, problem: Problem) -> Cause:
    """A marker where none can stand; whether the API refuses one in a part of a block is not known."""
    words, evidence = _PROBLEMS[problem]
    where = marker.control
    if problem in ("wrong-type", "wrong-ttl"):
        where = f"{where}.type" if problem == "wrong-type" else f"{where}.ttl"
    words = words if words.startswith("`") else words[0].upper() + words[1:]
    cause = _of_marker(prefix, "breakpoint-not-allowed", marker, where, f"{words}.")
    if problem == "sub-block":
        return replace(cause, severity="warning", confidence="medium", label=problem)
    return replace(cause, evidence=evidence, label=problem)


def _of_marker(prefix: Prefix, name: CauseId, marker: Marker, where: str, say: str) -> Cause:
    index, byte = place_of(prefix, marker.block)
    return set_up_cause(name, where, say, cache_byte=byte, block=index)


def _no_cache_control(before: Prefix | None) -> Cause:
    say = "The request asks for no caching: nothing is stored and nothing is read."
    lost = before is not None and bool(before.breakpoints)
    if lost:
        say = "The breakpoints of the earlier request are gone: nothing is stored and nothing is read."
    return set_up_cause("no-cache-control", AUTOMATIC, say, label="lost" if lost else "")


def _below_minimum(
    prefix: Prefix, markers: Sequence[Marker], model: Model, usage: Usage | None
) -> Iterator[Cause]:
    """Every breakpoint stands before the minimum; the tokens are estimated unless the usage decides."""
    points = prefix.breakpoints
    if model.minimum is None or not points or (usage is not None and usage.read + usage.written):
        return
    tokens = sum(block_tokens(prefix, model.tokenizer)[: points[-1] + 1])
    nothing = usage is not None
    if tokens >= (model.minimum * _NEAR if nothing else model.minimum):
        return
    overhead = _TOOLS_PROMPT if any(block.tier == "tools" for block in prefix.blocks) else 0
    clear = tokens < _CLEARLY * model.minimum and tokens + overhead < model.minimum
    last = _marker_at(prefix, markers, points[-1])
    control = last.control if last else AUTOMATIC
    yield set_up_cause(
        "below-min-tokens",
        control,
        f"About {tokens:,} tokens stand before the last breakpoint, and {model.name} stores none below "
        f"{model.minimum:,}.",
        tier=prefix.blocks[points[-1]].tier,
        cache_byte=prefix.starts[points[-1]],
        severity="loss" if clear or nothing else "warning",
        confidence="high" if clear or (nothing and tokens < model.minimum) else "medium",
        block=points[-1],
    )


def _marker_at(prefix: Prefix, markers: Sequence[Marker], index: int) -> Marker | None:
    """The marker of the breakpoint behind a block; its own before the automatic one."""
    path = block_path(prefix.blocks[index].where)
    return next((marker for marker in markers if marker.block == path and marker.problem is None), None)


def marker_at(prefix: Prefix, markers: Sequence[Marker], index: int) -> str:
    """The path of the `cache_control` of the breakpoint behind a block."""
    found = _marker_at(prefix, markers, index)
    return found.control if found else f"{block_path(prefix.blocks[index].where)}.cache_control"


def _successor(model: Model, offered: Sequence[Model]) -> Model | None:
    """The newest general model of the same family, which the catalogue lists first."""
    families = [part for part in model.id.split("-") if part.isalpha() and part != "claude"]
    return next((one for one in offered if families and families[0] in one.id.split("-")), None)
