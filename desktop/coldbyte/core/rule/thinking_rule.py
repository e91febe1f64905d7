"""Rules for Claude's thinking that a client sends back: left out, or changed."""

from __future__ import annotations

from coldbyte.core.cause import Cause
from coldbyte.core.json.value import path_below
from coldbyte.core.prefix.alignment import Step
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.model_family import keeps_thinking
from coldbyte.core.prefix.prefix import THINKING_KINDS
from coldbyte.core.rule.leftover import Leftover, counted
from coldbyte.core.text.text import Text

_FIELDS = ("thinking", "signature", "data")


def thinking_dropped(left: Leftover) -> list[Cause]:
    """Thinking is gone from an answer of which the rest is still there."""
    gone = [
        step
        for step in left.of("removed")
        if left.before.blocks[step.before].kind in THINKING_KINDS and _stands(left, step)
    ]
    if not gone:
        return []
    left.take([step.before for step in gone])
    model = left.after.model
    keeps = keeps_thinking(model)
    why = f"{model} reads the thinking of every turn" if keeps else ""
    if keeps is False:
        why = f"{model} itself reads only the thinking of the last turn"
    how = "is" if len(gone) == 1 else "are"
    number = left.messages[0][gone[0].before] + 1
    say = f"{counted(len(gone), 'thinking block')} of Claude's answers, first in message {number}, {how}"
    say += f" no longer sent back{f'; {why}' if why else ''}."
    return [
        left.cause("thinking-dropped", gone[0].before, None, say, count=len(gone), label=_kept_label(keeps))
    ]


def thinking_altered(left: Leftover) -> list[Cause]:
    """Thinking that is sent back changed: its text or its signature."""
    found = [step for step, _, _ in left.edited(*THINKING_KINDS)]
    if not found:
        return []
    left.take([step.before for step in found], [step.after for step in found])
    return [_altered(left, found)]


def _stands(left: Leftover, step: Step) -> bool:
    return left.turns[0][step.before] in left.standing


def _kept_label(keeps: bool | None) -> str:
    return {True: "kept by the model", False: "not kept by the model", None: ""}[keeps]


def _altered(left: Leftover, found: list[Step]) -> Cause:
    step = found[0]
    before, after = left.before.blocks[step.before], left.after.blocks[step.after]
    fields = before.fields, after.fields
    field = next((name for name in _FIELDS if fields[0].get(name) != fields[1].get(name)), "")
    old, new = fields[0].get(field), fields[1].get(field)
    texts = None
    if isinstance(old, str) and isinstance(new, str):
        texts = Text.from_str(old), Text.from_str(new)
    paths = (block_path(before.where), block_path(after.where))
    if field:
        paths = path_below(paths[0], field), path_below(paths[1], field)
    what = {"thinking": "the text", "signature": "the signature", "data": "the data"}.get(field, "a field")
    how = "is empty now" if new == "" else "is missing now" if new is None else "was changed"
    part = f"The thinking block in message {left.messages[1][step.after] + 1}"
    say = f"{part}: {what} {how}."
    if field == "thinking" and new == "" and fields[0].get("signature") == fields[1].get("signature"):
        say = f"{part}: the text is empty now, under the signature of the full one."
    if len(found) > 1:
        say += f" {counted(len(found) - 1, 'more thinking block')} changed."
    return left.inside("thinking-altered", step, say, texts=texts, paths=paths, count=len(found), label=field)
