"""Rules for tool calls and their results in the history: other ids, results that were cleared or cut."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from coldbyte.core.cause import Cause
from coldbyte.core.json.value import Json, is_array
from coldbyte.core.prefix.alignment import Step
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.prefix import PrefixBlock
from coldbyte.core.prefix.version import call_id, without_id
from coldbyte.core.rule.leftover import Leftover
from coldbyte.core.text.text import Text, common_suffix, first_difference

_MARK = re.compile(
    r"\b(?:clear|truncat|omit|elid|remov|prun|trim|redact|compact|snipp?|skipp|drop|delet|shorten|cut|collaps)"
    r"(?:ed|ted|d|ped|med)?\b"
    r"|no longer (?:available|shown)|\d+ (?:more )?(?:lines?|chars?|characters|bytes|tokens)|\.\.\.|…",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s*[\[<({*_-].*[\])>}*_-]\s*", re.DOTALL)
IMAGE_WORD = re.compile(r"image|picture|photo|screenshot|screen shot", re.IGNORECASE)
_PLACEHOLDER = 200  # bytes that a placeholder has at most
_AROUND = 16  # bytes of equal text that may belong to a mark


def tool_id_regenerated(left: Leftover) -> list[Cause]:
    """Calls that are the same but for their ids, with their results."""
    calls = [step for step in left.of("edited") if left.after.blocks[step.after].kind.endswith("tool_use")]
    ids = {step: _ids(left, step) for step in calls}
    other = [step for step in calls if ids[step][0] != ids[step][1]]
    same = [step for step in other if _same_but_id(left, step)]
    if not same:
        return []
    left.renamed = renamed = {str(ids[step][0]): str(ids[step][1]) for step in other}
    results = [
        step
        for step in left.of("edited")
        if left.after.blocks[step.after].kind.endswith("tool_result") and _follows(left, step, renamed)
    ]
    taken = [*same, *(step for step in results if _same_but_id(left, step))]
    left.take([step.before for step in taken], [step.after for step in taken])
    first = same[0]
    old, new = (str(name) for name in ids[first])
    count = len(renamed)
    say = f"The id of a tool call became “{new}” instead of “{old}”; the call is the same."
    if count > 1:
        say = f"{count:,} tool calls have other ids, the first “{new}” instead of “{old}”."
    paths = tuple(f"{block_path(block.where)}.id" for block in _blocks(left, first))
    cause = left.inside(
        "tool-id-regenerated",
        first,
        say,
        texts=(Text.from_str(old), Text.from_str(new)),
        paths=(paths[0], paths[1]),
        count=count,
    )
    return [cause]


def tool_result_cleared(left: Leftover) -> list[Cause]:
    """Results that became a placeholder or the beginning of themselves."""
    found: list[tuple[Step, str]] = []
    for step in left.of("edited"):
        before, after = _blocks(left, step)
        if after.kind.endswith("tool_result"):
            label = _cleared(before, after)
            if label:
                found.append((step, label))
    if not found:
        return []
    left.take([step.before for step, _ in found], [step.after for step, _ in found])
    step, label = found[0]
    before, after = _blocks(left, step)
    if label == "cleared" and _stood_already(left, after):
        label = "sliding clear"
    old, new = result_text(before), result_text(after)
    how = "cut" if label == "cut" else "cleared"
    say = f"The tool result in message {left.messages[1][step.after] + 1} was {how} after it had been sent"
    if len(found) > 1:
        say = f"{len(found):,} tool results were {how} after they had been sent, the first in message"
        say += f" {left.messages[1][step.after] + 1}"
    say += f": {old.size:,} bytes became {new.size:,}."
    texts = None if before.structured or after.structured else (old, new)
    paths = _content_path(before), _content_path(after)
    return [
        left.inside("tool-result-cleared", step, say, texts=texts, paths=paths, count=len(found), label=label)
    ]


def result_items(block: PrefixBlock) -> Sequence[Json]:
    """The blocks in a tool's result, with a string as a text block."""
    if not block.structured:
        return [{"type": "text", "text": str(block.content)}]
    content = block.fields.get("content")
    return content if is_array(content) else []


def result_text(block: PrefixBlock) -> Text:
    """All text in a tool's result."""
    if not block.structured:
        return block.content
    texts = (item.get("text") for item in result_items(block) if isinstance(item, Mapping))
    return Text.from_str("".join(text for text in texts if isinstance(text, str)))


def is_mark(text: str) -> bool:
    """Whether a short text says that something was left out."""
    return bool(_MARK.search(text))


def _blocks(left: Leftover, step: Step) -> tuple[PrefixBlock, PrefixBlock]:
    return left.before.blocks[step.before], left.after.blocks[step.after]


def _ids(left: Leftover, step: Step) -> tuple[str | None, str | None]:
    before, after = _blocks(left, step)
    return call_id(before), call_id(after)


def _same_but_id(left: Leftover, step: Step) -> bool:
    before, after = _blocks(left, step)
    return without_id(before) == without_id(after)


def _follows(left: Leftover, step: Step, renamed: Mapping[str, str]) -> bool:
    old, new = _ids(left, step)
    return old is not None and renamed.get(old) == new


def _cleared(before: PrefixBlock, after: PrefixBlock) -> str:
    """`cleared` or `cut`; empty where the result is something else."""
    old, new = result_text(before), result_text(after)
    images = sum(isinstance(item, Mapping) and item.get("type") == "image" for item in result_items(before))
    if any(isinstance(item, Mapping) and item.get("type") != "text" for item in result_items(after)):
        return ""
    if old == new or not (old.size or images):
        return ""
    if new.size == 0:
        return "cleared" if old.size else ""
    if new.size <= _PLACEHOLDER:
        words = str(new)
        if images and not old.size and IMAGE_WORD.search(words):
            return ""
        if is_mark(words) and (_BRACKETED.fullmatch(words) or new.size < old.size) and not _starts(old, new):
            return "cleared"
    return "cut" if new.size < old.size and _is_cut(old, new) else ""


def _starts(old: Text, new: Text) -> bool:
    """Whether the beginning of both is the same for more than a few characters."""
    first = first_difference(old, new)
    return first is None or first >= max(_AROUND, new.size // 2) or first == new.size


def _is_cut(old: Text, new: Text) -> bool:
    """Whether the new text is the old one with its end, or its middle, left out; a mark may say so."""
    first = first_difference(old, new)
    if first is None or first == new.size:
        return True
    tail = common_suffix(old, new, new.size - first)
    if new.size - first - tail > _PLACEHOLDER or first == 0:
        return False
    low, high = new.boundary(max(first - _AROUND, 0)), new.boundary(min(new.size - tail + _AROUND, new.size))
    mark = new.slice_bytes(low, high).decode(errors="ignore")
    gone = old.slice_bytes(low, min(high, old.size)).decode(errors="ignore")
    return is_mark(mark) and not is_mark(gone[: len(mark)])


def _stood_already(left: Leftover, after: PrefixBlock) -> bool:
    """Whether an earlier result had been cleared in the same way before."""
    text = result_text(after)
    return any(
        block.kind == after.kind and result_text(block) == text
        for block in left.before.blocks
        if block.kind == after.kind and block.content.size <= 2 * _PLACEHOLDER
    )


def _content_path(block: PrefixBlock) -> str:
    return f"{block.where}.content" if block.structured else block.where
