"""Pairs of group D of the causes: a text of the conversation is another one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from pairs.conversation import Marks, Writer
from pairs.place import PLACES, described, hosted
from pairs.request_pair import Body, RequestPair, bare, sound
from pairs.text_change import TEXT_CHANGES, TextChange

_FURTHER = ("question", "result", "tool", "document")
_UNFIT = {  # what a place would make of a change is another cause, or not said by the rules
    ("text-edited", "tool"),
    ("text-edited", "document"),
    ("text-edited", "result"),
    ("client-version-stamp", "question"),
    ("client-version-stamp", "result"),
    ("client-version-stamp", "document"),
}


def text_pairs(seed: int) -> Iterator[RequestPair]:
    """Every change of a text in the system, and in one more place."""
    for number, change in enumerate(TEXT_CHANGES):
        yield changed_text(change, "rules" if change.cause == "client-version-stamp" else "handbook", seed)
        further = _FURTHER[number % len(_FURTHER)]
        if change.spot == "middle" and (change.cause, further) not in _UNFIT:
            yield changed_text(change, further, seed)
    yield whole_text_in_crlf(seed)
    yield trimmed_answer(seed)
    yield from (json_pair(cause, seed) for cause in _SPELLINGS)


def text_twins(seed: int) -> Iterator[RequestPair]:
    """The same changes in the newest message, behind the last breakpoint."""
    for change in TEXT_CHANGES:
        before, after = _changed("early", change, "newest", seed)
        yield sound(
            f"twin: {change.name}", before, after, options=change.options, harmless=_named(change.cause)
        )
    for cause in _SPELLINGS:
        before, after = _respelled("early", cause, "late-result", seed)
        yield sound(f"twin: {cause}/result", before, after, harmless=(cause,))


def changed_text(change: TextChange, at: str, seed: int) -> RequestPair:
    """A conversation that grew by a turn, with one text changed."""
    before, after = _changed("tail", change, at, seed)
    place = PLACES[at]
    return bare(
        f"{change.name}@{at}",
        (change.cause,),
        before,
        after,
        place.where,
        place.effect,
        place.survives,
        options=change.options,
    )


def _changed(marks: Marks, change: TextChange, at: str, seed: int) -> tuple[Body, Body]:
    writer = Writer(f"{seed} {change.name} {at} {marks}")
    before = writer.body(marks)
    after = writer.grown(before)
    place = PLACES[at]
    if at == "tool":
        old, new = described((change,), place.text(before))
    else:
        old, new = hosted(writer.shelf, (change,), 600 if at in ("newest", "rules") else 2_500)
    place.put(before, old)
    place.put(after, new)
    if change.cause == "per-user-data":
        before["metadata"], after["metadata"] = {"user_id": "end-user-17"}, {"user_id": "end-user-52"}
    return before, after


def _named(cause: str) -> tuple[str, ...]:
    return (cause,)


def whole_text_in_crlf(seed: int) -> RequestPair:
    """A template that was read on another system: every line of it ends otherwise."""
    writer = Writer(f"{seed} crlf")
    before = writer.body()
    after = writer.grown(before)
    place = PLACES["handbook"]
    place.put(after, place.text(before).replace("\n", "\r\n"))
    cause = "line-endings-changed"
    return bare(f"{cause}/whole@handbook", (cause,), before, after, place.where, "partial", place.survives)


def trimmed_answer(seed: int) -> RequestPair:
    """The answer lost its last line feed when it was sent back."""
    writer = Writer(f"{seed} trimmed")
    before = writer.body()
    after = writer.grown(before)
    place = PLACES["answer"]
    place.put(before, place.text(before) + "\n")
    cause = "whitespace-changed"
    return bare(f"{cause}/trimmed@answer", (cause,), before, after, place.where, "partial", place.survives)


_SPELLINGS = ("json-escaping-changed", "json-whitespace-changed", "json-key-reordered")


def json_pair(cause: str, seed: int, at: str = "result") -> RequestPair:
    """A tool result that is a JSON document, spelled otherwise."""
    before, after = _respelled("tail", cause, at, seed)
    place = PLACES[at]
    return bare(f"{cause}/{at}", (cause,), before, after, place.where, "partial", place.survives)


def _respelled(marks: Marks, cause: str, at: str, seed: int) -> tuple[Body, Body]:
    writer = Writer(f"{seed} {cause} {at} {marks}")
    before = writer.body(marks)
    after = writer.grown(before)
    old, new = respellings(cause, writer.rng)
    PLACES[at].put(before, old)
    PLACES[at].put(after, new)
    return before, after


def respellings(cause: str, rng: Random) -> tuple[str, str]:
    """A document of about 3 KB, spelled in two ways."""
    rows = [_row(number, rng) for number in range(30)]
    plain = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    if cause == "json-escaping-changed":
        escaped = json.dumps(rows, separators=(",", ":"))
        return plain, escaped.replace("<", "\\u003c").replace(">", "\\u003e")
    if cause == "json-whitespace-changed":
        return plain, json.dumps(rows, ensure_ascii=False, indent=2)
    turned = [dict(reversed(row.items())) for row in rows]
    return plain, json.dumps(turned, ensure_ascii=False, separators=(",", ":"))


def _row(number: int, rng: Random) -> dict[str, Any]:
    title = rng.choice(("你好 <b>世界</b>", "Größe & Maß", "plain <i>words</i>"))
    return {"number": number, "title": title, "pages": rng.randrange(20, 900), "lent": rng.random() < 0.5}
