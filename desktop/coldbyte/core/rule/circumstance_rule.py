"""Causes that no body shows: time, scope, route, who answered, usage that can't be (causes §2, F and G)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coldbyte.core.cache.cache import LIFETIME_S, BreakpointPlan, CachePlan
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.capture import Capture
from coldbyte.core.cause import Cause, CauseId, CauseTier, Confidence, Severity, fix_of
from coldbyte.core.draft import Ttl
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.prefix import Prefix

_TOO_SOON_S = 2.0  # seconds after the end of a request in which its entry may not be readable yet
_REPORTED = ("backend-changed", "vertex-body-order", "gateway-rewrote-request", "usage-misreported")
_FAR = 2  # times the minimum from which on a prefix is certainly long enough


@dataclass(frozen=True, slots=True)
class Trial:
    """A request as it was sent after another one: `stored` is the plan of BEFORE, `plan` what AFTER would do
    right after it, in the same scope. Times are epoch seconds.
    """

    before: Capture
    after: Capture
    prefix: Prefix
    stored: CachePlan
    plan: CachePlan
    before_at: float
    after_at: float


def circumstance_causes(trial: Trial, catalogue: Catalogue) -> Iterator[Cause]:
    """All circumstances that keep AFTER from reading what BEFORE stored."""
    yield from _overlap(trial)
    yield from _scope(trial)
    yield from _served_by(trial, catalogue)
    yield from _expired(trial)
    yield from _vertex_order(trial)


def usage_causes(trial: Trial, minimum: int | None) -> Iterator[Cause]:
    """What the reported usage says of the way between the captured body and the API."""
    response = trial.after.response
    if response is None or not response.usage_fields:
        return
    usage = response.usage
    if usage is None:
        say = "The usage lacks the counts of the prompt cache: what was read can't be said."
        yield circumstance_cause("usage-misreported", "scope", say, severity="warning")
        return
    points = trial.plan.breakpoints
    served = _has_server_tool(trial, response.usage_fields)
    marked = max((point.tokens for point in points), default=0)
    if is_split_wrong(response.usage_fields) and not served:
        say = "The tokens written for 5 minutes and for 1 hour don't add up to all that were written."
        yield circumstance_cause("usage-misreported", "scope", say, severity="warning")
    if (usage.written or usage.read) and not points:
        done = (
            f"{usage.written:,} tokens were written" if usage.written else f"{usage.read:,} tokens were read"
        )
        say = f"{done}, and the captured body has no breakpoint."
        yield circumstance_cause("gateway-rewrote-request", "scope", say, severity="warning")
    elif usage.written_1h and all(point.ttl == "5m" for point in points):
        say = (
            f"{usage.written_1h:,} tokens were written for 1 hour, which the captured body does not ask for."
        )
        yield circumstance_cause("gateway-rewrote-request", "scope", say, severity="warning")
    elif points and minimum is not None and not usage.read + usage.written and marked > _FAR * minimum:
        say = f"Nothing was read or written, and about {marked:,} tokens stand before the last breakpoint."
        yield circumstance_cause("gateway-rewrote-request", "scope", say, confidence="low")
    split = usage.written_5m and _is_split(trial.after)
    if split and points and all(point.ttl == "1h" for point in points) and not served:
        say = f"{usage.written_5m:,} tokens were written for 5 minutes, and every breakpoint asks for 1 hour."
        yield circumstance_cause("ttl-downgraded", "time", say, severity="warning")


def circumstance_cause(
    name: CauseId,
    tier: CauseTier,
    say: str,
    *,
    where: str = "",
    confidence: Confidence = "high",
    severity: Severity = "loss",
) -> Cause:
    """A cause that lies in no byte of a body; `where` is the place that it is about, if there is one."""
    return Cause(
        name,
        tier,
        where,
        where or None,
        0,
        0,
        say,
        fix_of(name),
        confidence=confidence,
        severity=severity,
        evidence="reported" if name in _REPORTED else "documented",
    )


def _has_server_tool(trial: Trial, usage: Mapping[str, Json]) -> bool:
    """Whether a server tool may have worked: the API then writes for 5 minutes by itself (§2.1)."""
    counts = usage.get("server_tool_use")
    counted = isinstance(counts, Mapping) and any(counts.values())
    return counted or any(
        block.kind == "server_tool_use" or block.kind.endswith("_tool_result")
        for block in trial.prefix.blocks
    )


def is_split_wrong(usage: Mapping[str, Json]) -> bool:
    """Whether what a usage says was written for each time does not add up to all that was written."""
    split, written = usage.get("cache_creation"), usage.get("cache_creation_input_tokens")
    if not isinstance(split, Mapping):
        return False
    parts = [split.get(f"ephemeral_{ttl}_input_tokens", 0) for ttl in LIFETIME_S]
    counts = [part for part in parts if isinstance(part, int)]
    return len(counts) == len(parts) and sum(counts) != written


def _overlap(trial: Trial) -> Iterator[Cause]:
    before = trial.before
    begun = trial.before_at if before.first_event_at is None else before.first_event_at
    wait = begun - trial.after_at
    if wait > 0:
        what = "the answer to the earlier one began" if before.first_event_at is not None else "the other one"
        yield circumstance_cause(
            "concurrent-cold-start", "time", f"This request started {_span(wait)} before {what}."
        )
    elif _both_wrote(trial) and before.ended_at is not None and trial.after.started_at is not None:
        gap = trial.after.started_at - before.ended_at
        side = "after" if gap >= 0 else "before"
        if gap < _TOO_SOON_S and (gap >= 0 or before.first_event_at is None):
            say = f"This request started {abs(gap):.1f} s {side} the earlier one ended, and both wrote."
            yield circumstance_cause("concurrent-cold-start", "time", say, confidence="medium")


def _both_wrote(trial: Trial) -> bool:
    old, new = trial.before.usage, trial.after.usage
    return bool(old and new and old.written and new.written and not new.read)


def _scope(trial: Trial) -> Iterator[Cause]:
    old, new = trial.before, trial.after
    if old.scope_differs(new):
        say = (
            "The two requests used another organisation, workspace or key, and each has its own prompt cache."
        )
        yield circumstance_cause("cache-scope-changed", "scope", say)
    if old.route.differs(new.route):
        say = f"The earlier request went to {old.route}, this one to {new.route}."
        yield circumstance_cause("backend-changed", "scope", say, confidence="medium")


def _served_by(trial: Trial, catalogue: Catalogue) -> Iterator[Cause]:
    asked = trial.prefix.model
    answered = trial.after.response.model if trial.after.response else None
    earlier = trial.before.response.model if trial.before.response else None
    if answered is None:
        return
    if not _same_model(asked, answered, catalogue):
        say = f"“{answered}” answered where “{asked}” was asked, and each model has its own prompt cache."
        yield circumstance_cause("served-by-other-model", "request", say)
    elif earlier is not None and _asks(trial.before, asked) and not _same_model(earlier, answered, catalogue):
        say = f"“{answered}” answered, and “{earlier}” the time before: each has its own prompt cache."
        yield circumstance_cause("served-by-other-model", "request", say)


def _asks(capture: Capture, model: str) -> bool:
    return capture.body.fields.get("model") == model


def _same_model(one: str, two: str, catalogue: Catalogue) -> bool:
    """Whether two names are of one model: an alias and the dated name that it stands for are."""
    left, right = catalogue.model(one), catalogue.model(two)
    dated = one.startswith(f"{two}-20") or two.startswith(f"{one}-20")
    return one == two or dated or (left is not None and left is right)


def _expired(trial: Trial) -> Iterator[Cause]:
    gap = trial.after_at - trial.before_at
    written = [point for point in trial.stored.breakpoints if point.outcome == "written"]
    dead = [point for point in written if gap >= LIFETIME_S[_lifetime(trial.before, point)]]
    if trial.before.started_at is None or not dead:
        return
    last = dead[-1]
    lived = "5 minutes" if _lifetime(trial.before, last) == "5m" else "1 hour"
    say = (
        f"{_span(gap)} passed since the start of the earlier request, and its entry of {last.tokens:,} "
        f"tokens lived {lived}."
    )
    yield circumstance_cause("ttl-expired", "time", say, where=last.where, confidence="medium")


def _lifetime(capture: Capture, point: BreakpointPlan) -> Ttl:
    """How long the API kept an entry: as it reports, where all that it wrote has one lifetime."""
    usage = capture.usage
    if (
        usage is None
        or not _is_split(capture)
        or not usage.written
        or (usage.written_5m and usage.written_1h)
    ):
        return point.ttl
    return "1h" if usage.written_1h else "5m"


def _is_split(capture: Capture) -> bool:
    """Whether it was reported how much was written for which time."""
    fields = capture.response.usage_fields if capture.response else {}
    return isinstance(fields.get("cache_creation"), Mapping)


def _vertex_order(trial: Trial) -> Iterator[Cause]:
    route = trial.after.route
    if route.provider != "Vertex" and "aiplatform" not in (route.host or ""):
        return
    names = list(trial.after.body.fields)
    late = [
        name for name in ("system", "tools") if name in names and names.index(name) > names.index("messages")
    ]
    read = trial.after.usage.read if trial.after.usage else None
    if late and read == 0:
        say = f"The body has “messages” before “{late[0]}”, which Vertex is reported not to cache."
        yield circumstance_cause("vertex-body-order", "scope", say, where=late[0], confidence="medium")


def _span(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:,.0f} days"
