"""Breakpoints of a draft: the places that it has for them, and the draft with others."""

from __future__ import annotations

from dataclasses import replace

from coldbyte.core.advice.placement import is_allowed
from coldbyte.core.body import part_paths
from coldbyte.core.draft import Draft, Question
from coldbyte.core.traffic.replay import Breakpoints


def draft_places(draft: Draft, question: str) -> tuple[str, ...]:
    """The paths in the body that asks a question (its key) behind which a part can have a breakpoint."""
    return tuple(where for key, where in part_paths(draft, question).items() if key != question)


def with_breakpoints(draft: Draft, question: str, breakpoints: Breakpoints) -> Draft:
    """The draft with exactly these breakpoints; parts that are not sent lose theirs, as it would move.

    Raise ValueError where the API would refuse them, or where the draft has no such place.
    """
    if not is_allowed(breakpoints, draft_places(draft, question)):
        raise ValueError("the draft can't have these breakpoints")
    paths, ttls = part_paths(draft, question), dict(breakpoints)
    for key, part in draft.parts.items():
        if not isinstance(part, Question):
            ttl = ttls.get(paths.get(key, ""))
            draft = draft if part.ttl == ttl else draft.with_part(replace(part, ttl=ttl))
    return draft
