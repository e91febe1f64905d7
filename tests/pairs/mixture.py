"""Pairs with two or three causes at once: at different places, and in one text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pairs.conversation import Writer
from pairs.history_pair import HISTORY_EDITS
from pairs.place import PLACES, described, hosted
from pairs.request_pair import HEAD, Body, Effect, RequestPair, bare
from pairs.text_change import TextChange, change_of
from pairs.tool_pair import TOOL_EDITS

_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "model": {"model": "claude-sonnet-5"},
    "speed": {"speed": "fast"},
    "tool_choice": {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
}
_SETTING_CAUSES = {"model": "model-changed", "speed": "speed-changed", "tool_choice": "tool-choice-changed"}


@dataclass(frozen=True, slots=True)
class _Mixture:
    """What happens at once: changes of texts (place and names), to a tool, to a setting, to the history."""

    texts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tool: str | None = None
    setting: str | None = None
    history: str | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """One expected cause: its rank in cache order, its id, its path, and what survives it."""

    rank: tuple[int, int]
    cause: str
    where: str | None
    survives: tuple[str, ...]


def _text(place: str, *names: str) -> _Mixture:
    return _Mixture(((place, names),))


_MIXTURES: tuple[_Mixture, ...] = (
    _text("handbook", "whitespace-changed/inner", "typography-changed/apostrophe"),
    _text("handbook", "invisible-char-changed/no-break", "unicode-normalization-changed/decomposed"),
    _text("handbook", "volatile-timestamp/iso", "whitespace-changed/indent"),
    _text(
        "handbook",
        "homoglyph-changed/cyrillic",
        "invisible-char-changed/soft-hyphen",
        "typography-changed/dash",
    ),
    _text("question", "line-endings-changed/lines", "text-edited/words"),
    _text("document", "invisible-char-changed/zero-width", "encoding-damaged/emoji"),
    _text("handbook", "date-rollover/iso", "environment-snapshot/status"),
    _text("rules", "client-version-stamp/cch", "volatile-id/uuid"),
    _text("result", "volatile-counter/tokens", "list-reordered/lines"),
    _text("handbook", "per-user-data/tenant", "retrieved-context-changed/tagged"),
    _text("handbook", "volatile-id/hex", "volatile-counter/turn", "text-edited/sentence"),
    _text("answer", "typography-changed/quotes", "whitespace-changed/trailing"),
    _text(
        "question",
        "invisible-char-changed/bom",
        "line-endings-changed/lines",
        "unicode-normalization-changed/composed",
    ),
    _text("tool", "typography-changed/ellipsis", "homoglyph-changed/greek"),
    _Mixture((("tool", ("volatile-id/uuid",)), ("handbook", ("volatile-timestamp/clock",)))),
    _Mixture((("rules", ("date-rollover/words",)), ("question", ("whitespace-changed/indent",)))),
    _Mixture((("handbook", ("text-edited/words",)), ("result", ("invisible-char-changed/zero-width",)))),
    _Mixture(
        (
            ("handbook", ("typography-changed/apostrophe",)),
            ("document", ("unicode-normalization-changed/decomposed",)),
            ("answer", ("whitespace-changed/inner",)),
        )
    ),
    _Mixture(
        (
            ("rules", ("client-version-stamp/cch",)),
            ("handbook", ("environment-snapshot/branch", "date-rollover/iso")),
        )
    ),
    _Mixture((("handbook", ("whitespace-changed/inner",)),), tool="tool-schema-changed/parameter"),
    _Mixture((("rules", ("text-edited/words",)),), tool="tools-reordered/moved"),
    _Mixture(tool="tool-set-changed/added", history="thinking-dropped"),
    _Mixture((("handbook", ("text-edited/sentence",)),), setting="tool_choice"),
    _Mixture((("question", ("whitespace-changed/inner",)),), setting="tool_choice"),
    _Mixture((("question", ("typography-changed/quotes",)),), "tool-description-changed/reworded", "model"),
    _Mixture((("handbook", ("date-rollover/iso",)),), setting="speed"),
    _Mixture((("handbook", ("environment-snapshot/status",)),), history="tool-id-regenerated"),
    _Mixture(
        (("document", ("invisible-char-changed/soft-hyphen",)),), history="tool-result-cleared/placeholder"
    ),
    _Mixture((("question", ("text-edited/words",)),), history="block-boundaries-changed/split"),
    _Mixture((("rules", ("volatile-id/uuid",)),), history="image-reencoded/level"),
    _Mixture((("tool", ("volatile-timestamp/iso",)),), history="block-inserted/note"),
    _Mixture(
        (("handbook", ("unicode-normalization-changed/decomposed",)),),
        tool="json-key-reordered/schema",
        history="thinking-altered",
    ),
    _Mixture((("handbook", ("date-rollover/iso",)),), history="history-truncated/behind-head"),
    _Mixture(setting="tool_choice", history="block-removed/attachment"),
)


def mixtures(seed: int = 0) -> tuple[RequestPair, ...]:
    """Pairs of which `causes` names every cause, in cache order; in one text in the order of the text."""
    return tuple(_pair(number, mixture, seed) for number, mixture in enumerate(_MIXTURES))


def _pair(number: int, mixture: _Mixture, seed: int) -> RequestPair:
    writer = Writer(f"{seed} mixture {number}")
    history = HISTORY_EDITS.get(mixture.history or "")
    before = writer.body(thinking=history is not None and history.thinking)
    after = history.make(writer, before) if history else writer.grown(before)
    for place, names in mixture.texts:
        _put(writer, place, tuple(map(change_of, names)), before, after)
    if mixture.tool:
        TOOL_EDITS[mixture.tool].edit(after["tools"])
    after.update(_SETTINGS.get(mixture.setting or "", {}))
    found = sorted(_expected(mixture), key=lambda one: one.rank)
    causes, first = tuple(one.cause for one in found), found[0]
    effect: Effect = "partial" if first.survives else "miss"
    name = f"mixture {number}: {' + '.join(causes)}"
    options = next((change.options for change in _changes(mixture) if change.times), {})
    return bare(name, causes, before, after, first.where, effect, first.survives, options=options)


def _put(writer: Writer, at: str, changes: tuple[TextChange, ...], before: Body, after: Body) -> None:
    place = PLACES[at]
    if at == "tool":
        old, new = described(changes, place.text(before))
    else:
        old, new = hosted(writer.shelf, changes, 800)
    place.put(before, old)
    place.put(after, new)
    if any(change.cause == "per-user-data" for change in changes):
        before["metadata"], after["metadata"] = {"user_id": "end-user-17"}, {"user_id": "end-user-52"}


def _changes(mixture: _Mixture) -> Iterator[TextChange]:
    for _, names in mixture.texts:
        yield from map(change_of, names)


def _expected(mixture: _Mixture) -> Iterator[_Found]:
    """The causes with their ranks: settings of the request, tools, system, settings of messages, messages."""
    if mixture.setting:
        cause, late = _SETTING_CAUSES[mixture.setting], mixture.setting == "tool_choice"
        yield _Found((3, 0) if late else (0, 0), cause, mixture.setting, HEAD if late else ())
    if mixture.tool:
        yield _Found((1, 0), mixture.tool.split("/")[0], TOOL_EDITS[mixture.tool].where, ())
    for at, names in mixture.texts:
        place, rank = PLACES[at], (*PLACES,).index(at)
        tier = 1 if at == "tool" else 2 if at in ("rules", "handbook") else 4
        for name in names:
            yield _Found((tier, rank), name.split("/")[0], place.where, place.survives)
    if mixture.history:
        yield _Found((5, 0), mixture.history.split("/")[0], HISTORY_EDITS[mixture.history].where, HEAD)
