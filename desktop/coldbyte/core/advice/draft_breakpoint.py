"""Breakpoints of a draft: the places that it has for them, and the draft with others."""

from __future__ import annotations

from dataclasses import replace

from coldbyte.core.advice.placement import able_places, is_allowed
from coldbyte.core.block_list import with_marks
from coldbyte.core.body import request_body
from coldbyte.core.draft import Draft, Question, Ttl, Turn
from coldbyte.core.json.value import steps_of
from coldbyte.core.part_place import PartPlaces
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.marker import AUTOMATIC
from coldbyte.core.traffic.replay import Breakpoints


def draft_places(draft: Draft, question: str) -> tuple[str, ...]:
    """The paths in the body that asks a question (its key) behind which the draft can have a breakpoint.

    They are those of tools, system blocks, documents and the blocks of turns that are kept as JSON, in cache
    order. Raise BodyError where the draft can't be sent.
    """
    parts, at = draft.parts, PartPlaces.of(draft, question)
    prefix = prefix_of(request_body(draft, question))
    # What is told for one turn only takes no breakpoint (facts §1.2).
    scoped = tuple(
        f"{one.where}." for one in prefix.blocks if one.kind == "turn" and "clear_at" in one.fields
    )
    places = []
    for where in able_places(prefix):
        found = at.find(where)
        if found is None or found.key == question or where.startswith(scoped):
            continue
        part = parts[found.key]
        if not isinstance(part, Turn) or part.form == "blocks":
            places.append(where)
    return tuple(places)


def with_breakpoints(draft: Draft, question: str, breakpoints: Breakpoints) -> Draft:
    """The draft with exactly these breakpoints; parts that are not sent lose theirs, as it would move.

    The automatic one and those in the JSON of the question go as well. Raise ValueError where the API would
    refuse them, or where the draft has no such place; BodyError where the draft can't be sent.
    """
    if not is_allowed(breakpoints, draft_places(draft, question)):
        raise ValueError("the draft can't have these breakpoints")
    at = PartPlaces.of(draft, question)
    wanted: dict[str, dict[int, Ttl]] = {}
    for where, ttl in breakpoints:
        found = at.find(where)
        assert found is not None
        block = steps_of(found.inside)[0] if found.inside.startswith("[") else 0
        wanted.setdefault(found.key, {})[int(block)] = ttl
    for key, part in draft.parts.items():
        marks = wanted.get(key, {})
        if isinstance(part, Turn | Question):
            sent = part.form == "blocks" and part.text.size and (key == question or isinstance(part, Turn))
            text = with_marks(part.text, marks) if sent else part.text
            draft = draft if text is part.text else draft.with_text(key, text)
        elif part.ttl != marks.get(0):
            draft = draft.with_part(replace(part, ttl=marks.get(0)))
    settings = {name: value for name, value in draft.settings.items() if name != AUTOMATIC}
    return draft if len(settings) == len(draft.settings) else replace(draft, settings=settings)
