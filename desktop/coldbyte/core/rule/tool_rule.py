"""The list of tools: which were added, removed or moved, and which were changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from coldbyte.core.cause import EVIDENCE, Cause, CauseId, fix_of
from coldbyte.core.prefix.block_name import capital, tool_name
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock, Tier
from coldbyte.core.rule.block_rule import Edited

_SERVER_TOOLS = ("web_search", "web_fetch", "code_execution", "bash_code", "text_editor_code")
_NAMED = 3  # tools that a sentence names


@dataclass(frozen=True, slots=True)
class _Tool:
    index: int
    block: PrefixBlock
    name: str


def tool_causes(comparison: Comparison, limit: int) -> Iterator[Cause]:
    """All causes in the tools; those that act on the system tier by themselves (facts §3)."""
    yield from _causes(comparison, "tools", limit)
    yield from _causes(comparison, "system", limit)


def _causes(comparison: Comparison, tier: Tier, limit: int) -> Iterator[Cause]:
    """Causes in the tools of one tier. Tools of one name are versions of each other."""
    before, after = _blocks(comparison.before, tier), _blocks(comparison.after, tier)
    if len(before) == len(after) and all(
        left is right or left.same_content(right) for (_, left), (_, right) in zip(before, after, strict=True)
    ):
        return
    left, right = _named(before), _named(after)
    names_left, names_right = [tool.name for tool in left], [tool.name for tool in right]
    if Counter(names_left) != Counter(names_right):
        yield _set_changed(comparison, tier, left, right)
    elif names_left != names_right:
        yield _reordered(comparison, tier, left, right)
    unseen = {(tool.name, number): tool for tool, number in _numbered(left)}
    for tool, number in _numbered(right):
        old = unseen.get((tool.name, number))
        if old is not None and not old.block.same_content(tool.block):
            yield from Edited(comparison, old.index, tool.index).causes(limit)[0]


def _blocks(prefix: Prefix, tier: Tier) -> list[tuple[int, PrefixBlock]]:
    return [
        (index, block)
        for index, block in enumerate(prefix.blocks)
        if block.kind == "tool" and block.tier == tier
    ]


def _named(blocks: Sequence[tuple[int, PrefixBlock]]) -> list[_Tool]:
    return [_Tool(index, block, tool_name(block)) for index, block in blocks]


def _numbered(tools: Sequence[_Tool]) -> Iterator[tuple[_Tool, int]]:
    """Each tool and how many of its name stand before it."""
    seen: Counter[str] = Counter()
    for tool in tools:
        yield tool, seen[tool.name]
        seen[tool.name] += 1


def _set_changed(comparison: Comparison, tier: Tier, left: Sequence[_Tool], right: Sequence[_Tool]) -> Cause:
    old, new = Counter(tool.name for tool in left), Counter(tool.name for tool in right)
    added, removed = list((new - old).elements()), list((old - new).elements())
    changed = [tool for tool in [*right, *left] if tool.name in added + removed]
    done = [f"{_listed(names)} {how}" for names, how in ((added, "added"), (removed, "removed")) if names]
    name: CauseId = "tool-set-changed"
    if all(_is_server_tool(tool.block) for tool in changed):
        name = "server-feature-toggled"
        say = f"Server {' and '.join(done)}: this rewrites the system part."
    else:
        say = f"{capital(' and '.join(done))}: tools stand in front of everything."
    return _cause(comparison, tier, name, left, right, say, len(added) + len(removed))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{'tool' if len(names) == 1 else 'tools'} {shown}{more} {'was' if len(names) == 1 else 'were'}"


def _is_server_tool(block: PrefixBlock) -> bool:
    return str(block.fields.get("type", "")).startswith(_SERVER_TOOLS)


def _reordered(comparison: Comparison, tier: Tier, left: Sequence[_Tool], right: Sequence[_Tool]) -> Cause:
    moved = [(one.name, two.name) for one, two in zip(left, right, strict=True) if one.name != two.name]
    old, new = moved[0]
    say = f"The same tools stand in another order: “{new}” stands where “{old}” stood, and order counts."
    return _cause(comparison, tier, "tools-reordered", left, right, say, len(moved))


def _cause(
    comparison: Comparison,
    tier: Tier,
    name: CauseId,
    left: Sequence[_Tool],
    right: Sequence[_Tool],
    say: str,
    count: int,
) -> Cause:
    """A cause that lies where the two lists of names part."""
    at = next(index for index, pair in enumerate(zip_longest(left, right)) if not _same_name(*pair))
    old, new = _at(left, at), _at(right, at)
    where = new or old
    assert where is not None
    return Cause(
        name,
        tier,
        where.block.where,
        old.block.where if old else None,
        comparison.after.starts[new.index if new else _end(right, tier, comparison.after)],
        comparison.before.starts[old.index if old else _end(left, tier, comparison.before)],
        say,
        fix_of(name),
        evidence=EVIDENCE.get(name, "documented"),
        count=count,
        blocks=(old.index if old else None, new.index if new else None),
    )


def _same_name(left: _Tool | None, right: _Tool | None) -> bool:
    return left is not None and right is not None and left.name == right.name


def _at(tools: Sequence[_Tool], place: int) -> _Tool | None:
    return tools[place] if place < len(tools) else None


def _end(tools: Sequence[_Tool], tier: Tier, prefix: Prefix) -> int:
    """The index of the block behind the tools of a tier."""
    if tools:
        return tools[-1].index + 1
    later = ("system", "messages") if tier == "tools" else ("messages",)
    return next(
        (index for index, block in enumerate(prefix.blocks) if block.tier in later or _is_system(block)),
        len(prefix.blocks),
    )


def _is_system(block: PrefixBlock) -> bool:
    return block.tier == "system" and block.kind != "setting"
