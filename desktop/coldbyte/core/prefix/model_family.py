"""Model ids: which family of models an id names, in the spelling of any provider, and what that family does.

Each rule stands here once, with its section of the fact sheet. Of an id that names no known family nothing is
known, and no rule applies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

Line = Literal["opus", "sonnet", "haiku", "fable", "mythos"]

_ID = re.compile(
    r"(?:\S*[./])?claude-"  # a region, a provider or a path before it
    r"(?:(?P<old>3)(?:[-.](?P<old_minor>\d))?-(?P<old_line>opus|sonnet|haiku)"
    r"|(?P<line>opus|sonnet|haiku|fable|mythos)-(?P<major>\d{1,2})(?:[-.](?P<minor>\d{1,2}))?)"
    r"(?:-latest)?(?:-v\d)?(?:[-@]20\d{6}|@(?:default|latest))?"  # a date, behind @ on Vertex
    r"(?:-v\d(?::\d)?)?(?::\d{1,4}k)?"  # the version of a model on Bedrock, and its context
    r"(?:\[1m\])?",  # as clients ask for the long context
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class ModelFamily:
    """A line of models and its version: (4, 5) of 4.5, (4, 0) of 4."""

    line: Line
    version: tuple[int, int]


def family_of(model: str) -> ModelFamily | None:
    """The family that an id names: bare, dated, or as Vertex, Bedrock or a gateway spell it; None if none."""
    found = _ID.fullmatch(model)
    if found is None:
        return None
    if found["old"]:
        return ModelFamily(cast(Line, found["old_line"]), (int(found["old"]), int(found["old_minor"] or 0)))
    return ModelFamily(cast(Line, found["line"]), (int(found["major"]), int(found["minor"] or 0)))


_KEPT_FROM = {"opus": (4, 5), "sonnet": (4, 6), "haiku": (4, 6), "fable": (0, 0), "mythos": (0, 0)}


def keeps_thinking(model: str) -> bool | None:
    """Whether a model sees the thinking of all turns, not of the last alone (facts §3); None if unknown."""
    family = family_of(model)
    return None if family is None else family.version >= _KEPT_FROM[family.line]


def preserves_thinking(model: str) -> bool:
    """Whether a model refuses a conversation whose thinking was edited, for every account (facts §3)."""
    family = family_of(model)
    return family is not None and (
        (family.line in ("fable", "mythos") and family.version == (5, 2))
        or (family.line == "opus" and family.version == (5, 5))
    )


def refuses_prefill(model: str) -> bool:
    """Whether a model does not go on with an answer that is begun: 4.6 and later (facts §9)."""
    family = family_of(model)
    return family is not None and family.version >= (4, 6)


def refuses_thinking_budget(model: str) -> bool:
    """Whether a model thinks only as much as it chooses to: 4.7 and later (facts §9)."""
    family = family_of(model)
    return family is not None and family.version >= (4, 7)


def refuses_forced_tool(model: str) -> bool:
    """Whether a model can't be made to use a tool (facts §9)."""
    family = family_of(model)
    return family is not None and (
        (family.line == "fable" and (5, 1) <= family.version < (6, 0))
        or (family.line == "opus" and family.version == (5, 5))
    )


def refuses_system_turn(model: str) -> bool:
    """Whether a model takes no message with the role `system`: up to 4.7, and Sonnet 5 (facts §3)."""
    family = family_of(model)
    return family is not None and (
        family.version <= (4, 7) or (family.line == "sonnet" and family.version == (5, 0))
    )


def has_short_tool_prompt(model: str) -> bool:
    """Whether the API adds the shorter prompt for tools: before 4.5 (its length: `core.cache.tokens`)."""
    family = family_of(model)
    return family is not None and family.version < (4, 5)
