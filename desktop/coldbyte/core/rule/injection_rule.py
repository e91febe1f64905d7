"""Rules for what a client hangs on its newest message and takes away from it in the next request."""

from __future__ import annotations

import re

from coldbyte.core.cause import Cause
from coldbyte.core.prefix.alignment import Step
from coldbyte.core.prefix.block_name import capital, part_name
from coldbyte.core.prefix.prefix import PrefixBlock
from coldbyte.core.rule.leftover import Leftover

_NAMES = ("system-reminder", "environment_details", "turn-context", "context")
_OPENS = tuple(f"<{name}".encode() for name in _NAMES)
_OPEN = re.compile(rf"\s*<({'|'.join(_NAMES)})\b")
_WRAPPED = re.compile(rf"<({'|'.join(_NAMES)})\b[^>]*>.*?</\1>", re.DOTALL)
_SHORTEST = len("<context></context>")
_LARGE = 2_048  # bytes from which on a text counts as context and not as a note
_READ = 1 << 20  # bytes of a text in which a wrapper is looked for


def context_behind_history(left: Leftover) -> list[Cause]:
    """A large block with a breakpoint that travels with the newest message."""
    found = [step for step in _carried(left) if _travels(left, step)]
    left.take([step.before for step in found], [step.after for step in found])
    return [_travelling(left, step) for step in found]


def injected_block_moved(left: Leftover) -> list[Cause]:
    """A block, or a wrapped part of a text, that an earlier message no longer holds."""
    carried = _carried(left)
    left.take([step.before for step in carried], [step.after for step in carried])
    gone = [step for step in left.of("removed") if _is_wrapped_block(left, step)]
    left.take([step.before for step in gone])
    inside = [step for step, before, after in left.edited("text") if _lost_wrapped(before, after)]
    left.take([step.before for step in inside], [step.after for step in inside])
    causes = [_carried_on(left, step) for step in carried]
    causes += [_vanished(left, step) for step in gone]
    return causes + [_cut_out(left, step) for step in inside]


def _carried(left: Leftover) -> list[Step]:
    """The moves from a message to a later one."""
    return [step for step in left.of("moved") if _to_later_message(left, step)]


def _to_later_message(left: Leftover, step: Step) -> bool:
    block = left.before.blocks[step.before]
    if (
        block.tier != "messages"
        or block.role == "assistant"
        or block.kind not in ("text", "image", "document")
    ):
        return False
    numbers, turns = left.messages[1], left.turns[1]
    place = left.new_place(step.before)
    if place >= step.after:
        return False
    between = numbers[step.after] > numbers[place] and turns[step.after] > turns[place]
    return between and (_is_wrapper(block) or _was_attached(left, step))


def _was_attached(left: Leftover, step: Step) -> bool:
    """Whether the message that held the block is still there, or the block went to the newest one."""
    return left.turns[0][step.before] in left.standing or _in_newest(left, step)


def _in_newest(left: Leftover, step: Step) -> bool:
    turns = left.turns[1]
    last = len(turns) - 1
    return turns[step.after] == turns[last] > 0


def _travels(left: Leftover, step: Step) -> bool:
    old, new = left.before.blocks[step.before], left.after.blocks[step.after]
    if not _in_newest(left, step) or not (new.ttl or old.ttl):
        return False
    if new.kind == "document" or new.content.size >= _LARGE:
        return True
    # The last block of a request may be marked by the automatic breakpoint alone.
    last = step.after == len(left.after.blocks) - 1
    return new.ttl is not None and not last and not _is_wrapper(new)


def _is_wrapper(block: PrefixBlock) -> bool:
    if block.kind != "text":
        return False
    return _OPEN.match(block.content.slice_bytes(0, 64).decode(errors="ignore")) is not None


def _is_wrapped_block(left: Leftover, step: Step) -> bool:
    block = left.before.blocks[step.before]
    if block.role == "assistant" or block.tier != "messages" or not _is_wrapper(block):
        return False
    return left.turns[0][step.before] in left.standing


def _lost_wrapped(before: PrefixBlock, after: PrefixBlock) -> bool:
    """Whether two versions of a text differ by wrapped parts only, of which the new one has fewer."""
    one, two = before.content, after.content
    if one.size - two.size < _SHORTEST or one.size > _READ or before.role in ("assistant", "system"):
        return False
    data = one.encode()
    if not any(name in data for name in _OPENS):
        return False
    old, new = data.decode(), str(two)
    if len(_WRAPPED.findall(old)) <= len(_WRAPPED.findall(new)):
        return False
    return _WRAPPED.sub("", old).split() == _WRAPPED.sub("", new).split()


def _travelling(left: Leftover, step: Step) -> Cause:
    """The block stands in the newest message; the loss begins where it stood before."""
    size = left.before.blocks[step.before].content.size
    say = (
        f"A block of {size:,} bytes with a breakpoint travels with the newest question: it stood in message"
        f" {left.messages[0][step.before] + 1} and now stands in message {left.messages[1][step.after] + 1},"
        " so it is written again each time and never read."
    )
    places = step.before, left.new_place(step.before)
    return left.cause("context-behind-history", step.before, step.after, say, places=places)


def _carried_on(left: Leftover, step: Step) -> Cause:
    part = capital(part_name(left.before, step.before))
    size = left.before.blocks[step.before].content.size
    number = left.messages[1][step.after] + 1
    say = f"{part} ({size:,} bytes) is gone from there and stands in message {number} instead."
    return _gone(left, step, say)


def _vanished(left: Leftover, step: Step) -> Cause:
    size = left.before.blocks[step.before].content.size
    number = left.messages[0][step.before] + 1
    say = f"A helper text of {size:,} bytes was attached to message {number} and is gone from it."
    return _gone(left, step, say)


def _gone(left: Leftover, step: Step, say: str) -> Cause:
    return left.cause("injected-block-moved", step.before, None, say)


def _cut_out(left: Leftover, step: Step) -> Cause:
    """A wrapped part that was cut out of a text; the cause lies where the two versions part."""
    before, after = left.before.blocks[step.before], left.after.blocks[step.after]
    cut = before.content.size - after.content.size
    number = left.messages[1][step.after] + 1
    say = f"A helper text of {cut:,} bytes was attached to the text of message {number} and is gone from it."
    return left.inside("injected-block-moved", step, say)
