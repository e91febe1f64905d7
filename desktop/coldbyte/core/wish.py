"""A wish: which bytes or breakpoints of the baseline a draft is to get back, and the draft that has them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from coldbyte.core.block_list import marks_of, with_marks, with_value
from coldbyte.core.body import part_paths
from coldbyte.core.cause import ABOUT_BREAKPOINTS, Cause, CauseId
from coldbyte.core.draft import Document, Draft, Media, Part, Question, SystemBlock, Tool, Ttl, Turn
from coldbyte.core.insight import Insight
from coldbyte.core.json.value import Json, steps_of
from coldbyte.core.part_place import PartPlace, PartPlaces
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.marker import AUTOMATIC
from coldbyte.core.repair.restore import Restoration, restorable, restorations
from coldbyte.core.text.text import Text

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
            return _with_breakpoint(insight)
        case "breakpoints" if sent is not None:
            return _with_breakpoints(draft, sent, insight.question)
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
    return (Wish("breakpoint", cause),) if lost and _last_part(insight) else ()


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
    at = PartPlaces.of(draft, insight.question)
    for option in options:
        place = at.find(option.where)
        if option.where == "model":
            draft = replace(draft, model=str(option.text))
            continue
        new = (
            _with_setting(draft, option.where, option.text)
            if place is None
            else _with_value(draft, place, option.where, option.text)
        )
        if new is None:
            return None
        draft = new
    return draft


def _with_value(draft: Draft, place: PartPlace, where: str, text: Text) -> Draft | None:
    """The draft with a value put back that lies in a part."""
    part = draft.part(place.key)
    if isinstance(part, Document) and where == f"{block_path(where)}.title":
        return draft.with_part(replace(part, title=str(text)))
    if isinstance(part, Document) and part.media is not None:
        try:
            data = b64decode(str(text), validate=True)
        except ValueError:
            return None
        return draft.with_part(replace(part, media=Media(part.media.media_type, data)))
    if place.inside:
        text = with_value(part.text, place.inside, text)
    return draft.with_text(part.key, text)


def _with_setting(draft: Draft, where: str, text: Text) -> Draft | None:
    settings = _put(draft.settings, steps_of(where), str(text))
    return None if settings is None else replace(draft, settings=settings)


def _put(tree: Json, steps: Sequence[str | int], value: str) -> dict[str, Json] | None:
    """An object with another value at a path; None where it has no such place."""
    if not isinstance(tree, Mapping) or steps[0] not in tree:
        return None
    name = str(steps[0])
    new: Json = value if len(steps) == 1 else _put(tree[name], steps[1:], value)
    return None if new is None else {**tree, name: new}


def _with_parts(draft: Draft, sent: Draft) -> Draft:
    """Everything before the question as it was sent; turns that were added behind it stay."""
    had = {turn.key for turn in sent.turns}
    added = takewhile(lambda turn: turn.key not in had, reversed(draft.turns))
    return replace(
        draft,
        model=sent.model,
        system=sent.system,
        documents=sent.documents,
        tools=sent.tools,
        turns=(*sent.turns, *reversed(tuple(added))),
        settings=sent.settings,
    )


def _with_breakpoints(draft: Draft, sent: Draft, question: str) -> Draft:
    """Each part with the breakpoint that it had when it was sent (new ones none), and the automatic one."""
    old = sent.parts
    for part in draft.parts.values():
        before = old.get(part.key)
        if isinstance(part, Question | Turn):
            asked = isinstance(part, Turn) or part.key == question
            draft = _with_marks(draft, part, before) if asked else draft
        elif part.ttl != (ttl := _ttl_of(before)):
            draft = draft.with_part(replace(part, ttl=ttl))
    automatic = {name: value for name, value in sent.settings.items() if name == AUTOMATIC}
    others = {name: value for name, value in draft.settings.items() if name != AUTOMATIC}
    return replace(draft, settings={**others, **automatic})


def _with_marks(draft: Draft, part: Question | Turn, before: Part | None) -> Draft:
    if not _is_json(part):
        return draft
    marks = marks_of(before.text) if isinstance(before, Question | Turn) and _is_json(before) else {}
    text = with_marks(part.text, marks)
    return draft if text is part.text else draft.with_text(part.key, text)


def _is_json(part: Question | Turn) -> bool:
    return part.form == "blocks" and part.text.size > 0


def _ttl_of(part: Part | None) -> Ttl | None:
    return None if part is None or isinstance(part, Question | Turn) else part.ttl


def _with_breakpoint(insight: Insight) -> Draft:
    """A breakpoint behind the last document that is sent, else the last system block, else the last tool."""
    last = _last_part(insight)
    return insight.draft if last is None else insight.draft.with_part(replace(last, ttl="5m"))


def _last_part(insight: Insight) -> Tool | SystemBlock | Document | None:
    draft = insight.draft
    paths = part_paths(draft, insight.question)
    able = {block.where for block in insight.prefix.blocks}  # a tool that is loaded later has no record
    parts: Sequence[Tool | SystemBlock | Document] = (*draft.tools, *draft.system, *draft.documents)
    return next((part for part in reversed(parts) if paths.get(part.key) in able), None)
