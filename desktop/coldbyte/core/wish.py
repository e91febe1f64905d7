"""A wish: which bytes or breakpoints of the baseline a draft is to get back, and the draft that has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coldbyte.core.body import part_paths
from coldbyte.core.cause import ABOUT_BREAKPOINTS, Cause, CauseId
from coldbyte.core.draft import Document, Draft, Part, Question, SystemBlock
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.repair.restore import Restoration, restorable, restorations

Scope = Literal["cause", "text", "parts", "breakpoints", "breakpoint", "everything"]

_MENDED: frozenset[CauseId] = ABOUT_BREAKPOINTS - {"below-min-tokens", "breakpoint-not-allowed"}
"""Causes that the breakpoints of the baseline take away."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to put back: the places of one cause, a whole text or value, all parts before the questions, the
    breakpoints; or a new breakpoint behind the last part; or all that there is to restore.

    `count` says how many causes would be gone.
    """

    scope: Scope
    cause: Cause | None = None
    count: int = 1


def wishes_of(insight: Insight, cause: Cause) -> tuple[Wish, ...]:
    """What can be done about a cause, the narrowest first; empty where only the user can help."""
    comparison, explanation = insight.comparison, insight.explanation
    if comparison is None or explanation is None or cause not in explanation.causes:
        return _about_breakpoints(insight, cause)
    if not restorable(comparison, cause):
        return (Wish("parts", cause),)
    together = sum(one.where == cause.where for one in explanation.causes)
    if together > 1:
        return Wish("cause", cause), Wish("text", cause, together)
    if len(explanation.causes) > 1:
        return Wish("cause", cause), Wish("everything", cause, len(explanation.causes))
    return (Wish("cause", cause),)


def restored(insight: Insight, wish: Wish, sent: Draft | None) -> Draft:
    """The draft after a wish; the same draft where it can't be met. `sent` is the draft of the baseline."""
    draft = insight.draft
    match wish.scope:
        case "breakpoint":
            return _with_breakpoint(draft)
        case "breakpoints" if sent is not None:
            return _with_breakpoints(draft, sent)
        case "parts" if sent is not None:
            return _with_parts(draft, sent)
        case "everything" if sent is not None:
            return _with_everything(insight, sent)
        case "cause" | "text" if wish.cause is not None:
            found = [one for one in _options(insight) if wish.cause in one.causes]
            wanted = [one for one in found if (len(one.causes) > 1) == (wish.scope == "text")]
            return _with_values(insight, wanted[:1]) or draft
    return draft


def _about_breakpoints(insight: Insight, cause: Cause) -> tuple[Wish, ...]:
    marked = insight.baseline is not None and bool(insight.baseline.prefix.breakpoints)
    lost = cause.id == "no-cache-control"
    if marked and cause.id in _MENDED:
        return (Wish("breakpoints", cause),)
    parts: Sequence[Part] = (*insight.draft.system, *insight.draft.documents)
    has_place = any(part.text.size for part in parts)
    return (Wish("breakpoint", cause),) if lost and has_place else ()


def _options(insight: Insight) -> Sequence[Restoration]:
    if insight.comparison is None or insight.explanation is None:
        return ()
    return restorations(insight.comparison, insight.explanation)


def _with_everything(insight: Insight, sent: Draft) -> Draft:
    """The old text of each part that has a cause; all parts where one is about something else."""
    options = _options(insight)
    causes = insight.explanation.causes if insight.explanation else ()
    largest = {}
    for cause in causes:
        found = [one for one in options if one.where == cause.where]
        if not found:
            return _with_parts(insight.draft, sent)
        largest[cause.where] = max(found, key=lambda one: len(one.causes))
    return _with_values(insight, list(largest.values())) or _with_parts(insight.draft, sent)


def _with_values(insight: Insight, options: Sequence[Restoration]) -> Draft | None:
    """The draft with these values put back; None where it has no such place."""
    draft = insight.draft
    keys = {path: key for key, path in part_paths(draft, insight.question).items()}
    keys |= {f"{block_path(path)}.title": key for path, key in keys.items()}
    for option in options:
        if option.where == "model":
            draft = replace(draft, model=str(option.text))
            continue
        part = draft.parts.get(keys.get(option.where, ""))
        if part is None:
            return None
        if option.where.endswith(".title") and isinstance(part, Document):
            draft = draft.with_part(replace(part, title=str(option.text)))
        else:
            draft = draft.with_text(part.key, option.text)
    return draft


def _with_parts(draft: Draft, sent: Draft) -> Draft:
    return replace(draft, model=sent.model, system=sent.system, documents=sent.documents)


def _with_breakpoints(draft: Draft, sent: Draft) -> Draft:
    """Each part with the breakpoint that it had when it was sent; new parts have none."""
    old = sent.parts
    for part in draft.parts.values():
        before = old.get(part.key)
        if not isinstance(part, Question):
            draft = draft.with_part(replace(part, ttl=None if before is None else _ttl_of(before)))
    return draft


def _ttl_of(part: Part) -> Literal["5m", "1h"] | None:
    return None if isinstance(part, Question) else part.ttl


def _with_breakpoint(draft: Draft) -> Draft:
    """A breakpoint behind the last document that is sent, else behind the last system block."""
    parts: Sequence[SystemBlock | Document] = (*draft.system, *draft.documents)
    last = next((part for part in reversed(parts) if part.text.size), None)
    return draft if last is None else draft.with_part(replace(last, ttl="5m"))
