"""Rules for whole messages: a conversation that was rewound, summarised, or cut at its old end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coldbyte.core.cause import Cause
from coldbyte.core.prefix.alignment import Step
from coldbyte.core.prefix.version import are_alike
from coldbyte.core.rule.leftover import Leftover, counted
from coldbyte.core.text.text import Text

_SUMMARY = re.compile(
    r"summar(?:y|ies|i[sz])|\bcompact(?:ed|ion)\b|conversation so far|(?:earlier|previous) conversation"
    r"|zusammenfass|résum|resumen|摘要|总结|要約|まとめ",
    re.IGNORECASE,
)
_READ = 8_192  # bytes of a message in which a summary says that it is one
_MUCH = 0.75  # part of the messages that is left at most when a history is much shorter
_HALF = 0.5  # the same, of the bytes
_FORKED = 2  # messages that are gone at least where others took their place
_PINNED = 2  # messages at the start that a client keeps when it drops the oldest
_LATER = 4  # of so many messages after a gap one may be pinned before it


def rewound(left: Leftover) -> list[Cause]:
    """The messages are the first ones of the earlier request, and no others."""
    gone = [step for step in left.gone.values() if _in_messages(left, step)]
    if not gone or any(step.kind != "removed" for step in gone) or _has_new(left):
        return []
    first = min(step.before for step in gone)
    numbers = left.messages[0]
    if first + len(gone) != len(left.before.blocks) or numbers[first] in (0, numbers[first - 1]):
        return []
    left.take(range(first, first + len(gone)))
    count = len(set(numbers[first:]))
    how = "message is" if count == 1 else f"{count:,} messages are"
    say = f"The last {how} no longer there: the conversation went back to an earlier point."
    path = f"messages[{numbers[first]}]"
    return [
        left.cause("history-rewound", first, None, say, paths=(path, path), count=count, severity="expected")
    ]


def forked(left: Leftover) -> list[Cause]:
    """The last messages are gone, and others that are no versions of them stand in their places."""
    lost = _lost_messages(left)
    numbers, others = left.messages
    new = [index for index in left.new if others[index] >= 0]
    if len(lost) < _FORKED or not new or numbers[-1] != lost[-1]:
        return []
    first = min(index for index in left.gone if numbers[index] >= 0)
    start, there = numbers[first], others[min(new)]
    whole = numbers[first - 1] != start and others[min(new) - 1] != there
    if start != there or start == 0 or not whole or len(left.gone) < len(numbers) - first:
        return []
    edits = [left.gone[index] for index in range(first, len(numbers)) if left.gone[index].kind != "removed"]
    if any(step.kind == "moved" or _alike(left, step) for step in edits):
        return []
    left.take(range(first, len(numbers)))
    count = numbers[-1] - start + 1
    path = f"messages[{start}]"
    say = f"The last {count:,} messages are gone and others follow: the conversation went back."
    places = first, min(new)
    return [
        left.cause(
            "history-rewound",
            first,
            None,
            say,
            places=places,
            paths=(path, path),
            count=count,
            label="fork",
            severity="expected",
        )
    ]


def compacted(left: Leftover) -> list[Cause]:
    """The history is much shorter, and what stands in its place says that it is a summary."""
    lost = _lost_messages(left)
    if len(lost) < 2:
        lost = _all_changed(left)
    if len(lost) < 2 or not _much_shorter(left):
        return []
    gone = sorted(index for index in left.gone if left.messages[0][index] >= 0)
    new = sorted(index for index in left.new if left.messages[1][index] >= 0)
    reach = left.gap(0, next(index for index in gone if left.messages[0][index] == lost[0]))
    first = next((index for index in new if _is_summary(left, index)), None)
    if first is None or left.gap(1, first) > reach:
        return []
    place = left.gap(1, first)
    gone = [index for index in gone if left.gap(0, index) >= place]
    new = [index for index in new if left.gap(1, index) >= place]
    old = gone[0]
    if left.gap(0, old) != place:
        return []
    end_old, end_new = _end_of_region(left, lost[-1])
    sizes = [len(set(numbers) - {-1}) for numbers in left.messages]
    left.take([index for index in gone if index < end_old], [index for index in new if index < end_new])
    paths = tuple(f"messages[{left.messages[side][index]}]" for side, index in enumerate((old, new[0])))
    return [
        left.cause(
            "history-compacted",
            old,
            new[0],
            f"The conversation was summarised: {counted(sizes[0], 'message')} became {sizes[1]:,}.",
            paths=(paths[0], paths[1]),
            count=len(lost),
            severity="expected",
        )
    ]


def truncated(left: Leftover) -> list[Cause]:
    """Messages behind the first ones are missing, and what followed them still stands."""
    lost = _lost_messages(left)
    run = lost[: next((n for n, number in enumerate(lost) if number != lost[0] + n), len(lost))]
    if not run:
        return []
    numbers = left.messages[0]
    rest = numbers[-1] - run[-1]
    if run[0] > _PINNED and (len(run) < 2 or run[0] > max(len(run), rest // _LATER)):
        return []
    first = numbers.index(run[0])
    stop = next((index for index in range(first, len(numbers)) if numbers[index] > run[-1]), len(numbers))
    if not any(left.gone.get(index) is None for index in range(stop, len(numbers))):
        return []
    while stop in left.gone and left.gone[stop].kind == "removed":
        stop += 1
    steps = [left.gone[index] for index in range(first, stop)]
    left.take(range(first, stop))
    return [_truncated(left, steps, run)]


def mentions_summary(text: Text) -> bool:
    """Whether the beginning of a message says that it sums up what came before."""
    return _SUMMARY.search(text.slice_bytes(0, _READ).decode(errors="ignore")) is not None


def _truncated(left: Leftover, steps: Sequence[Step], run: Sequence[int]) -> Cause:
    first = steps[0].before
    there = left.new_place(first)
    pinned = run[0]
    how = "was" if len(run) == 1 else "were"
    which = f"The oldest {counted(len(run), 'message')} {how} dropped"
    if pinned:
        which = f"{counted(len(run), 'message')} after the first {pinned:,} {how} dropped"
    say = f"{which}; the rest of the conversation moved up."
    number = left.messages[1][there] if there < len(left.after.blocks) else pinned
    return left.cause(
        "history-truncated",
        first,
        None,
        say,
        places=(first, there),
        paths=(f"messages[{pinned}]", f"messages[{number}]"),
        count=len(run),
        label=f"after {pinned}" if pinned else "",
    )


def _in_messages(left: Leftover, step: Step) -> bool:
    return left.before.blocks[step.before].tier == "messages"


def _alike(left: Leftover, step: Step) -> bool:
    return are_alike(left.before.blocks[step.before], left.after.blocks[step.after])


def _has_new(left: Leftover) -> bool:
    return any(left.after.blocks[index].tier == "messages" for index in left.new)


def _lost_messages(left: Leftover) -> list[int]:
    """Numbers of the old messages of which no block is left."""
    numbers = left.messages[0]
    gone = {numbers[step.before] for step in left.gone.values() if step.kind == "removed"}
    there = {
        number
        for index, number in enumerate(numbers)
        if index not in left.gone or left.gone[index].kind != "removed"
    }
    return sorted(gone - there - {-1}) if gone else []


def _all_changed(left: Leftover) -> list[int]:
    """Numbers of the old messages if no block of them stands unchanged."""
    numbers = left.messages[0]
    if any(number >= 0 and index not in left.gone for index, number in enumerate(numbers)):
        return []
    return sorted({*numbers} - {-1})


def _much_shorter(left: Leftover) -> bool:
    counts = [len(set(numbers) - {-1}) for numbers in left.messages]
    sizes = [
        sum(prefix.blocks[index].size for index, number in enumerate(numbers) if number >= 0)
        for prefix, numbers in zip((left.before, left.after), left.messages, strict=True)
    ]
    return counts[1] <= counts[0] * _MUCH or sizes[1] <= sizes[0] * _HALF


def _is_summary(left: Leftover, first: int) -> bool:
    """Whether the message of a new block is a summary; of its blocks the new ones are read."""
    numbers = left.messages[1]
    for index in range(first, len(numbers)):
        if numbers[index] > numbers[first] + 1 or index not in left.new:
            return False
        block = left.after.blocks[index]
        if block.kind == "compaction":
            return True
        same = numbers[index] == numbers[first]
        if same and mentions_summary(block.content):
            return True
    return False


def _end_of_region(left: Leftover, last: int) -> tuple[int, int]:
    """The first old block behind the last lost message that stands unchanged, and where it stands now."""
    numbers = left.messages[0]
    for index in range(len(numbers)):
        if numbers[index] > last and index not in left.gone:
            return index, left.partner(index)
    return len(left.before.blocks), len(left.after.blocks)
