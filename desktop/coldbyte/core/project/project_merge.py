"""Two changed versions of one project brought together, part by part and field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from coldbyte.core.draft import Document, Draft, Media, Question, SystemBlock, Tool, Turn
from coldbyte.core.json.value import Json, compact
from coldbyte.core.project.merge import Side, merge
from coldbyte.core.project.project import Project
from coldbyte.core.text.text import EMPTY, Text

P = TypeVar("P", Tool, SystemBlock, Document, Turn, Question)
V = TypeVar("V")
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that both sides changed, each in another way, as texts that people can compare.

    `where` is a file of the project or a setting of it, `what` the field (`text`, `title`, `part`, `order`);
    `line` counts from 1 in the common text, 0 where it is not about lines.
    """

    where: str
    what: str
    base: Text
    mine: Text
    theirs: Text
    line: int = 0


@dataclass(frozen=True, slots=True)
class ProjectMerge:
    """The merged project, and what had to be decided for it."""

    project: Project
    disagreements: tuple[Disagreement, ...]


def merge_projects(
    base: Project, mine: Project, theirs: Project, choices: Sequence[Side] = ()
) -> ProjectMerge:
    """Take over what each side changed of `base`.

    `choices` decide the disagreements, in their order; `mine` is taken where there are fewer.
    """
    judge = _Judge(choices, {**mine.paths, **theirs.paths})
    one, two, old = mine.draft, theirs.draft, base.draft
    draft = Draft(
        judge.pick("model", "", old.model, one.model, two.model),
        judge.pick("max_tokens", "", old.max_tokens, one.max_tokens, two.max_tokens),
        tools=_merge_parts(judge, "tools", old.tools, one.tools, two.tools),
        system=_merge_parts(judge, "system", old.system, one.system, two.system),
        documents=_merge_parts(judge, "documents", old.documents, one.documents, two.documents),
        turns=_merge_parts(judge, "turns", old.turns, one.turns, two.turns),
        questions=_merge_parts(judge, "questions", old.questions, one.questions, two.questions),
        settings=_merge_settings(judge, old.settings, one.settings, two.settings),
    )
    parts = draft.parts
    first = draft.questions[0].key if draft.questions else ""
    question = next((key for key in (mine.question, theirs.question) if key in parts), first)
    had = set(theirs.paths.values())
    ours = {key: path for key, path in mine.paths.items() if path not in had}
    paths = {key: path for key, path in {**ours, **theirs.paths}.items() if key in parts}
    return ProjectMerge(Project(draft, question, paths), tuple(judge.found))


class _Judge:
    """Decides by the user's choices, and notes what there was to decide."""

    def __init__(self, choices: Sequence[Side], paths: Mapping[str, str]) -> None:
        self.found: list[Disagreement] = []
        self.paths = paths
        self._choices = choices

    def decide(self, disagreement: Disagreement) -> Side:
        index = len(self.found)
        self.found.append(disagreement)
        return self._choices[index] if index < len(self._choices) else "mine"

    def pick(
        self, where: str, what: str, base: V, mine: V, theirs: V, show: Callable[[V], str] | None = None
    ) -> V:
        """The changed value of the two; the chosen one where both changed."""
        if mine in (theirs,) or theirs == base:
            return mine
        if mine == base:
            return theirs
        shown = [Text.from_str((show or _shown)(value)) for value in (base, mine, theirs)]
        side = self.decide(Disagreement(where, what, shown[0], shown[1], shown[2]))
        return mine if side == "mine" else theirs

    def merge_text(self, where: str, base: Text, mine: Text, theirs: Text) -> Text:
        if mine == theirs or theirs == base:
            return mine
        if mine == base:
            return theirs
        merged = merge(base, mine, theirs)
        sides = []
        for conflict in merged.conflicts:
            old, one, two = (
                Text.from_bytes(data) for data in (conflict.base, conflict.mine, conflict.theirs)
            )
            line = base.spot(conflict.start).line
            sides.append(self.decide(Disagreement(where, "text", old, one, two, line)))
        return merged.text(sides)


def _merge_parts(
    judge: _Judge, kind: str, base: tuple[P, ...], mine: tuple[P, ...], theirs: tuple[P, ...]
) -> tuple[P, ...]:
    old: dict[str, P] = _by_key(base)
    one: dict[str, P] = _by_key(mine)
    two: dict[str, P] = _by_key(theirs)
    kept: dict[str, P] = {}  # without those that are gone
    for key in dict.fromkeys((*one, *two)):
        part = _merge_part(judge, old.get(key), one.get(key), two.get(key))
        if part is not None:
            kept[key] = part
    order = _merge_order(judge, kind, list(old), list(one), list(two))
    return tuple(kept[key] for key in order if key in kept)


def _by_key(parts: tuple[P, ...]) -> dict[str, P]:
    return {part.key: part for part in parts}


def _merge_part(judge: _Judge, base: P | None, mine: P | None, theirs: P | None) -> P | None:
    if mine is None or theirs is None:
        there = mine or theirs
        if there is None or base is None:  # added by one side
            return there
        where = judge.paths.get(there.key, there.key)
        # One that nobody changed goes with the side that removed it.
        return judge.pick(where, "part", base, mine, theirs, lambda part: str(part.text) if part else "")
    where = judge.paths.get(mine.key, mine.key)
    changes: dict[str, Any] = {}
    for field in fields(mine):
        one, two = getattr(mine, field.name), getattr(theirs, field.name)
        if field.name == "text":
            changes["text"] = judge.merge_text(where, base.text if base else EMPTY, one, two)
        elif field.name != "key":
            old = getattr(base, field.name) if base else _ABSENT
            changes[field.name] = judge.pick(where, field.name, old, one, two)
    return replace(mine, **changes)


def _merge_settings(
    judge: _Judge, base: Mapping[str, Json], mine: Mapping[str, Json], theirs: Mapping[str, Json]
) -> dict[str, Json]:
    settings: dict[str, Json] = {}
    for name in dict.fromkeys((*mine, *theirs)):
        sides = (side.get(name, _ABSENT) for side in (base, mine, theirs))
        value = judge.pick(name, "", *sides)
        if value is not _ABSENT:
            settings[name] = value
    return settings


def _merge_order(judge: _Judge, kind: str, base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """All keys of both sides, in the order of the side that changed it."""
    common = set(base) & set(mine) & set(theirs)
    old, one, two = ([key for key in keys if key in common] for keys in (base, mine, theirs))
    chosen = judge.pick(
        kind, "order", old, one, two, lambda keys: "\n".join(judge.paths.get(key, key) for key in keys)
    )
    return _with_others(theirs, mine) if chosen == two != one else _with_others(mine, theirs)


def _with_others(keys: list[str], others: list[str]) -> list[str]:
    """The keys, with those that only the others have behind the one that stands before them there."""
    result = list(keys)
    places = set(keys)
    before = ""
    for key in others:
        if key not in places:
            result.insert(result.index(before) + 1 if before else 0, key)
            places.add(key)
        before = key
    return result


def _shown(value: object) -> str:
    match value:
        case Media(media_type=kind, data=data):
            return f"{kind}, {len(data):,} bytes"
        case str():
            return value
        case None:
            return "none"
        case _ if value is _ABSENT:
            return "not set"
        case Mapping() | int() | float() | list() | tuple():
            return compact(value)
    return str(value)
