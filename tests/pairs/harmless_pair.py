"""Generated pairs in which nothing is lost: growth, with whatever else the prompt cache does not mind."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from pairs.conversation import NEWEST, Marks, Writer, mark, text
from pairs.harmless_twin import harmless_twins
from pairs.picture import image_block
from pairs.request_pair import Body, RequestPair, files, sound
from pairs.tool_list import SEARCH_TOOL, further_tool

__all__ = ["harmless_pairs", "harmless_twins"]

Change = Callable[[Writer, Body], None]
"""Changes the later body in place, after it grew; it costs nothing."""

_ALONE = 2  # rounds in which each change comes by itself


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How a body is written down; all spellings mean the same."""

    escaped: bool = False
    indent: int | None = None
    spaced: bool = False
    shuffled: bool = False

    def wire(self, body: Body, rng: Random) -> bytes:
        if self.shuffled:
            keys = rng.sample(list(body), len(body))
            body = {key: body[key] for key in keys}
        separators = (" , ", " : ") if self.spaced else (",", ":")
        if self.indent is not None:
            separators = (",", ": ")
        printed = json.dumps(body, ensure_ascii=self.escaped, indent=self.indent, separators=separators)
        return printed.encode() + (b"\n" if self.indent is not None else b"")


_SPELLINGS = {
    "escaped": _Spelling(escaped=True),
    "indented": _Spelling(indent=2),
    "spaced": _Spelling(spaced=True),
    "shuffled": _Spelling(shuffled=True),
    "escaped-and-indented": _Spelling(escaped=True, indent=4),
    "escaped-and-shuffled": _Spelling(escaped=True, shuffled=True),
}


def harmless_pairs(count: int = 240, seed: int = 0) -> tuple[RequestPair, ...]:
    """Each harmless change by itself, in several conversations, then up to four of them together."""
    names = [*_CHANGES, *_SPELLINGS]
    alone = [[name] for name in names * _ALONE]
    rng = Random(f"{seed} harmless")
    together = [_drawn(rng, names) for _ in range(max(count - len(alone), 0))]
    return tuple(_pair(number, chosen, seed) for number, chosen in enumerate((alone + together)[:count]))


def _drawn(rng: Random, names: list[str]) -> list[str]:
    """Some changes that go together: of each family one, and of the spellings."""
    chosen: list[str] = []
    families: set[str] = set()
    size = rng.randint(2, 4)
    for name in rng.sample(names, len(names)):
        family = "spelling" if name in _SPELLINGS else name.split("/")[0]
        family = "growth" if name == "temperature" else family  # thinking excludes a temperature
        if family not in families and len(chosen) < size:
            families.add(family)
            chosen.append(name)
    return chosen


def _pair(number: int, chosen: list[str], seed: int) -> RequestPair:
    writer = Writer(f"{seed} harmless {number}")
    before = _start(writer, chosen)
    after = writer.grown(before, 1 + number % 3)
    for name in filter(chosen.__contains__, _CHANGES):
        _CHANGES[name](writer, after)
    pair = sound(f"harmless {number}: {' + '.join(chosen)}", before, after)
    for name in filter(chosen.__contains__, _SPELLINGS):
        spelled = _SPELLINGS[name].wire(after, writer.rng)
        return replace(pair, before_raw=files(pair)[0], after_raw=spelled)
    return pair


def _start(writer: Writer, chosen: list[str]) -> Body:
    """A conversation in which all the chosen changes are possible."""
    behind = any(name.startswith("behind/") for name in chosen)
    marks: Marks = "early" if behind else "tail"
    thinking = "growth/thinking" in chosen or writer.rng.random() < 0.3
    before = writer.body(marks, thinking=thinking and "temperature" not in chosen)
    if "growth/image" in chosen:
        before["messages"][0]["content"].insert(0, image_block(writer.rng.randrange(1_000)))
    if "tools/deferred" in chosen:
        before["tools"].insert(0, dict(SEARCH_TOOL))
    if "history/one-block" in chosen:
        before["messages"][3]["content"] = before["messages"][3]["content"][0]["text"]
    if "history/parted-turn" in chosen:
        before["messages"][4]["content"].append(text(writer.shelf.cut(150)))
    return before


def _setting(**fields: Any) -> Change:
    def change(_: Writer, after: Body) -> None:
        after.update(deepcopy(fields))

    return change


def _calls(count: int) -> Change:
    def change(writer: Writer, after: Body) -> None:
        after["messages"] = writer.looped(after, count)["messages"]

    return change


def _image(writer: Writer, after: Body) -> None:
    after["messages"][-1]["content"].append(image_block(writer.rng.randrange(1_000)))


def _thought(writer: Writer, after: Body) -> None:
    """The new answer comes with its thinking."""
    after["messages"][-2]["content"].insert(0, writer.thinking())


def _system_message(writer: Writer, after: Body) -> None:
    """An instruction that comes late stands in the messages."""
    after["messages"].append({"role": "system", "content": "From now on, answer in one sentence."})


def _as_string(_: Writer, after: Body) -> None:
    after["messages"][7]["content"] = after["messages"][7]["content"][0]["text"]


def _as_block(_: Writer, after: Body) -> None:
    after["messages"][3]["content"] = [text(after["messages"][3]["content"])]


def _parted(_: Writer, after: Body) -> None:
    """One turn is sent as two messages of the same role, which the API joins again."""
    first, *rest = after["messages"][4]["content"]
    after["messages"][4:5] = [{"role": "user", "content": [first]}, {"role": "user", "content": rest}]


def _typed_fields(writer: Writer, after: Body) -> None:
    """Fields with a fixed meaning in another order; what a tool is called with stays as it is."""
    for holder in (after["messages"], after["tools"]):
        index = writer.rng.randrange(len(holder))
        holder[index] = dict(reversed(holder[index].items()))
    document = after["messages"][0]["content"]
    document[-1] = dict(reversed(document[-1].items()))


def _deferred(_: Writer, after: Body) -> None:
    after["tools"].append({**further_tool(), "defer_loading": True})


def _spelled_ttl(_: Writer, after: Body) -> None:
    after["tools"][-1].get("cache_control", {}).update(ttl="5m")
    after["system"][-1]["cache_control"]["ttl"] = "5m"


def _another_mark(_: Writer, after: Body) -> None:
    after["system"][0]["cache_control"] = mark()


def _explicit_tail(_: Writer, after: Body) -> None:
    """The automatic breakpoint gives way to one on the newest block."""
    after.pop("cache_control", None)
    newest = after["messages"][-1]
    if isinstance(newest["content"], str):
        newest["content"] = [text(newest["content"])]
    newest["content"][-1]["cache_control"] = mark()


def _edited_behind(writer: Writer, after: Body) -> None:
    after["messages"][NEWEST]["content"][0]["text"] = writer.question()


def _cleared_behind(_: Writer, after: Body) -> None:
    after["messages"][6]["content"][0]["content"] = "[Old tool result content cleared]"


def _inserted_behind(writer: Writer, after: Body) -> None:
    after["messages"][NEWEST]["content"].insert(0, text(writer.shelf.cut(120)))


_CHANGES: dict[str, Change] = {  # in the order in which they are made: first those that count messages
    "growth": lambda *_: None,
    "growth/image": _image,
    "growth/thinking": _thought,
    "behind/edited": _edited_behind,
    "behind/cleared": _cleared_behind,
    "behind/inserted": _inserted_behind,
    "history/string": _as_string,
    "history/one-block": _as_block,
    "history/parted-turn": _parted,
    "fields": _typed_fields,
    "tail/three-calls": _calls(3),
    "tail/twenty-five-calls": _calls(25),
    "tail/system-message": _system_message,
    "tools/deferred": _deferred,
    "marks/ttl": _spelled_ttl,
    "marks/another": _another_mark,
    "marks/explicit": _explicit_tail,
    "temperature": _setting(temperature=0.2),
    "max_tokens": _setting(max_tokens=16_000),
    "stream": _setting(stream=True),
    "metadata": _setting(metadata={"user_id": "user-71c0a5"}),
    "stop_sequences": _setting(stop_sequences=["</note>"]),
    "effort": _setting(output_config={"effort": "high"}),
    "tool_choice": _setting(tool_choice={"type": "auto"}),
    "service_tier": _setting(service_tier="auto"),
    "speed": _setting(speed="standard"),
}
