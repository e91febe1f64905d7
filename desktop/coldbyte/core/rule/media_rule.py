"""Rules for images, and documents that are no text: left out, or encoded in another way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from coldbyte.core.cause import Cause
from coldbyte.core.json.value import Json, compact
from coldbyte.core.prefix.alignment import Step
from coldbyte.core.prefix.block_name import block_path, capital, part_name
from coldbyte.core.prefix.prefix import PrefixBlock
from coldbyte.core.rule.block_rule import Edited
from coldbyte.core.rule.leftover import Leftover, counted
from coldbyte.core.rule.tool_call_rule import IMAGE_WORD, is_mark, result_items

_ENCODED = ("base64", "url", "file")
_PLACEHOLDER = 300  # bytes that the text has at most that stands for an image


def image_evicted(left: Leftover) -> list[Cause]:
    """Images that are gone from a message that is still there; a text may stand in their place."""
    found: list[tuple[Step, int | None, int]] = []
    used: set[int] = set()
    for step in left.of("removed"):
        if left.before.blocks[step.before].kind == "image":
            place = _placeholder(left, step, used)
            used |= {place} if place is not None else set()
            if place is not None or left.turns[0][step.before] in left.standing:
                left.take([step.before], [] if place is None else [place])
                found.append((step, place, 1))
    for step in left.of("edited"):
        count = _lost_in_result(left, step)
        if count:
            left.take([step.before], [step.after])
            found.append((step, step.after, count))
    if not found:
        return []
    step, place, _ = min(found, key=lambda one: one[0].before)
    number = sum(count for _, _, count in found)
    replaced = sum(place is not None for _, place, _ in found)
    how = "was" if number == 1 else "were"
    message = left.messages[0][step.before] + 1
    first = "" if number == 1 else ", the first"
    say = f"{counted(number, 'image')} {how} removed{first} from message {message}"
    say += "; text stands in its place." if replaced and number == 1 else "."
    label = "replaced by text" if replaced else "missing"
    return [left.cause("image-evicted", step.before, place, say, count=number, label=label)]


def image_reencoded(left: Leftover, limit: int) -> list[Cause]:
    """Images and encoded documents whose source is another one."""
    causes = []
    for step in left.of("edited"):
        after = left.after.blocks[step.after]
        if after.kind in ("image", "document"):
            causes += _another_source(left, step, limit)
        elif after.kind.endswith("tool_result"):
            causes += _sources_in_result(left, step)
    return causes


def _placeholder(left: Leftover, step: Step, used: set[int]) -> int | None:
    """The new text that stands where an image stood."""
    place = left.new_place(step.before)
    while place in used:
        place += 1
    new = left.new.get(place)
    if new is None:
        return None
    block = left.after.blocks[place]
    same = block.kind == "text" and block.role == left.before.blocks[step.before].role
    if not same or block.content.size > _PLACEHOLDER:
        return None
    words = str(block.content)
    says = is_mark(words) or IMAGE_WORD.search(words) is not None
    return place if new.kind == "inserted" or (new.kind == "edited" and says) else None


def _lost_in_result(left: Leftover, step: Step) -> int:
    """How many images a tool's result lost while all else in it stands; texts may stand in their places."""
    before, after = left.before.blocks[step.before], left.after.blocks[step.after]
    if not (after.kind.endswith("tool_result") and before.structured):
        return 0
    old, new = result_items(before), result_items(after)
    lost = sum(map(_is_image, old)) - sum(map(_is_image, new))
    if lost <= 0:
        return 0
    rest = [compact(item) for item in old if not _is_image(item)]
    kept = [compact(item) for item in new if not _is_image(item)]
    for item in rest:
        if item not in kept:
            return 0
        kept.remove(item)
    return lost if len(kept) <= lost else 0


def _is_image(item: Json) -> bool:
    return isinstance(item, Mapping) and item.get("type") == "image"


def _another_source(left: Leftover, step: Step, limit: int) -> list[Cause]:
    """The cause for one image or document, and the causes in what else it says."""
    before, after = left.before.blocks[step.before], left.after.blocks[step.after]
    sources = _source(before), _source(after)
    kinds = [str(source.get("type")) for source in sources]
    if not {*kinds} & {*_ENCODED} or not _differ(before, after, sources):
        return []
    left.take([step.before], [step.after])
    label = _label(*sources)
    part = capital(part_name(left.after, step.after))
    sizes = f"{before.content.size:,} bytes became {after.content.size:,}"
    say = f"{part} is encoded in another way ({label})"
    say += f": {sizes}." if kinds[0] == kinds[1] == "base64" else "."
    inside = label == "bytes"
    paths = tuple(block.where if inside else f"{block_path(block.where)}.source" for block in (before, after))
    texts = (before.content, after.content) if inside else None
    cause = left.inside("image-reencoded", step, say, texts=texts, paths=(paths[0], paths[1]), label=label)
    if not inside:
        cause = replace(cause, block_byte=(None, None), line=(None, None), column=(None, None))
    if before.structured != after.structured or _rest(before) == _rest(after):
        return [cause]
    others = Edited(left.comparison, step.before, step.after).causes(limit)[0]
    return [cause, *(other for other in others if other.id != "image-reencoded")]


def _source(block: PrefixBlock) -> Mapping[str, Json]:
    source = (block.fields if block.structured else block.attributes).get("source")
    return source if isinstance(source, Mapping) else {}


def _rest(block: PrefixBlock) -> str:
    """What a block says besides its source."""
    fields = block.fields if block.structured else block.attributes
    return compact({key: value for key, value in fields.items() if key != "source"})


def _differ(
    before: PrefixBlock, after: PrefixBlock, sources: tuple[Mapping[str, Json], Mapping[str, Json]]
) -> bool:
    if compact(sources[0]) != compact(sources[1]) or before.structured != after.structured:
        return True
    return not before.structured and before.content != after.content


def _label(before: Mapping[str, Json], after: Mapping[str, Json]) -> str:
    """In which way two sources differ."""
    old, new = before.get("type"), after.get("type")
    if old != new:
        return f"{old} to {new}"
    if before.get("media_type") != after.get("media_type"):
        return "media type"
    return {"url": "url", "file": "file"}.get(str(new), "bytes")


def _sources_in_result(left: Leftover, step: Step) -> list[Cause]:
    """Images in a tool's result of which only the sources are others."""
    before, after = left.before.blocks[step.before], left.after.blocks[step.after]
    old, new = result_items(before), result_items(after)
    if not (before.structured and after.structured) or len(old) != len(new):
        return []
    places = [
        place for place, (one, two) in enumerate(zip(old, new, strict=True)) if compact(one) != compact(two)
    ]
    if not places or not all(_is_image(old[place]) and _is_image(new[place]) for place in places):
        return []
    left.take([step.before], [step.after])
    sources = [item.get("source") for item in (old[places[0]], new[places[0]]) if isinstance(item, Mapping)]
    label = _label(*(source if isinstance(source, Mapping) else {} for source in sources))
    say = f"{counted(len(places), 'image')} in the tool result of message {left.messages[1][step.after] + 1}"
    say += f" {'is' if len(places) == 1 else 'are'} encoded in another way ({label})."
    paths = tuple(f"{block_path(block.where)}.content[{places[0]}].source" for block in (before, after))
    cause = left.inside(
        "image-reencoded", step, say, paths=(paths[0], paths[1]), count=len(places), label=label
    )
    return [replace(cause, block_byte=(None, None), line=(None, None), column=(None, None))]
