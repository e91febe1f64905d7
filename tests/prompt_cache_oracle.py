"""Anthropic's prompt cache once more, naive and slow: the oracle for the rules of the project.

It is written from the fact sheet alone (§ numbers) and imports nothing of the project, so that a rule which
is misread there is not misread here, too. A prompt is a list of JSON texts, an entry holds its whole prompt
as a tuple, and every look-up walks through all entries. It counts no tokens: the tokens of each block come
with the request. What the fact sheet leaves open follows the inference that it names (§2.4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Body = Mapping[str, Any]
Owner = tuple[str, ...]

LIFETIMES = {"5m": 5 * 60, "1h": 60 * 60}
LOOKBACK = 20
THOUGHTS = ("thinking", "redacted_thinking")
LAST_TURN_ONLY = {"opus": (4, 1), "sonnet": (4, 5), "haiku": (4, 5)}  # §3: up to these versions
FORGOTTEN_AFTER = 4 * 60 * 60


@dataclass(frozen=True)
class Usage:
    """What the API reports of a prompt, in tokens (§5)."""

    read: int
    written_5m: int
    written_1h: int
    uncached: int


@dataclass(frozen=True)
class Piece:
    """What stands in the prompt at one place. `path` is "" for a setting, which is no position (§2.1)."""

    path: str
    kind: str
    said: str
    ttl: str | None = None
    able: bool = True  # can carry a marker


@dataclass
class Entry:
    """What a marker wrote: the prompt up to there (§2.1 rule 2)."""

    owner: Owner
    prompt: tuple[str, ...]
    tokens: int
    ttl: str
    started: float
    begun: float

    @property
    def end(self) -> float:
        return self.started + LIFETIMES[self.ttl]

    def live(self, now: float) -> bool:
        return self.begun <= now < self.end


@dataclass
class Asked:
    """A request that started, and what it will leave when its response begins. `why` explains its usage."""

    usage: Usage
    owner: Owner
    at: float
    prompt: tuple[str, ...]
    writes: list[tuple[int, int, str]]  # index of the piece, tokens up to it, lifetime
    why: set[str] = field(default_factory=set)


class Oracle:
    """The entries of all callers. `minimums` holds the shortest prompt of each model that is cached (§4)."""

    def __init__(self, minimums: Mapping[str, int]) -> None:
        self.minimums = minimums
        self.entries: list[Entry] = []
        self.flying: list[Asked] = []

    def ask(
        self, body: Body, sizes: Mapping[str, int], *, owner: Owner, at: float, betas: Sequence[str] = ()
    ) -> Asked:
        """A request starts. `sizes` are the tokens of each block by its path."""
        self.entries = [entry for entry in self.entries if entry.end > at - FORGOTTEN_AFTER]
        pieces = render(body, betas)
        prompt = tuple(piece.said for piece in pieces)
        upto = [sum(sizes.get(piece.path, 0) for piece in pieces[: n + 1]) for n in range(len(pieces))]
        marked = [n for n, piece in enumerate(pieces) if piece.ttl]
        able = [n for n in marked if upto[n] >= self.minimums[body["model"]]]
        place, hit = self._read(pieces, prompt, able, owner, at)
        total = upto[-1]
        a = min(hit.tokens, total) if hit else 0
        behind = [n for n in able if n > place]
        b = max([a, *(upto[n] for n in behind if pieces[n].ttl == "1h")])
        c = max([b, *(upto[n] for n in behind)])
        usage = Usage(read=a, written_1h=b - a, written_5m=c - b, uncached=total - c)
        asked = Asked(usage, owner, at, prompt, [(n, upto[n], str(pieces[n].ttl)) for n in behind])
        asked.why = self._why(asked, pieces, marked, able, place)
        if hit:
            hit.started = max(hit.started, at)  # §2.1 rule 9: a read refreshes, from its start
        self.flying.append(asked)
        return asked

    def begin(self, asked: Asked, at: float) -> None:
        """The first byte of the response: from now on its entries can be read (§2.1 rule 8)."""
        self.flying.remove(asked)
        for index, tokens, ttl in asked.writes:
            new = Entry(asked.owner, asked.prompt[: index + 1], tokens, ttl, asked.at, at)
            old = self._find(new.owner, new.prompt)
            if old is not None:
                self.entries.remove(old)
                if old.end > new.started:  # two writers of one entry: it lives to the later of both ends
                    new.begun = min(old.begun, new.begun)
                    if old.end >= new.end:
                        old.begun = new.begun
                        new = old
            self.entries.append(new)

    def give_up(self, asked: Asked) -> None:
        """The request failed or was cancelled before its first byte: it writes nothing (§2.4)."""
        self.flying.remove(asked)

    def _find(self, owner: Owner, prompt: tuple[str, ...]) -> Entry | None:
        for entry in self.entries:
            if entry.owner == owner and len(entry.prompt) == len(prompt) and entry.prompt == prompt:
                return entry
        return None

    def _read(
        self, pieces: Sequence[Piece], prompt: tuple[str, ...], able: Sequence[int], owner: Owner, at: float
    ) -> tuple[int, Entry | None]:
        """The last marker first, each with its own 20 positions (§2.1 rules 3 and 4)."""
        for marker in reversed(able):
            for index in positions(pieces, marker):
                entry = self._find(owner, prompt[: index + 1])
                if entry is not None and entry.live(at):
                    return index, entry
        return -1, None

    def _why(
        self, asked: Asked, pieces: Sequence[Piece], marked: Sequence[int], able: Sequence[int], place: int
    ) -> set[str]:
        """Words for what happened, and for what else could have been read."""
        read, written = asked.usage.read, asked.usage.written_5m + asked.usage.written_1h
        said = {"partial" if written else "hit"} if read else {"miss"}
        if not marked:
            return {"unmarked"}
        if len(able) < len(marked):
            said.add("below minimum")
        near = {index for marker in able for index in positions(pieces, marker) if index > place}
        for entry in self.entries:
            index = len(entry.prompt) - 1
            if index <= place or entry.prompt != asked.prompt[: index + 1]:
                continue
            if entry.owner != asked.owner:
                said |= {"other owner"} if index in near else set()
            elif not entry.live(asked.at):
                said |= {"expired"} if index in near else set()
            elif able and index < able[-1]:
                said.add("out of reach")
        for other in self.flying:
            prompts = [other.prompt[: index + 1] for index, _, _ in other.writes]
            if other.owner == asked.owner and any(asked.prompt[: index + 1] in prompts for index in near):
                said.add("raced")
        return said


def positions(pieces: Sequence[Piece], marker: int) -> Iterator[int]:
    """The places at which an entry is looked for: the marker's own is the first of 20 positions, and a run of
    calls, or of results, is one (§2.1 rules 4 and 5).
    """
    count, before = 0, ""
    for index in range(marker, -1, -1):
        if not pieces[index].path:
            continue
        kind = pieces[index].kind
        if kind not in ("tool_use", "tool_result") or kind != before:
            count += 1
        before = kind
        if count > LOOKBACK:
            return
        yield index


def render(body: Body, betas: Sequence[str] = ()) -> list[Piece]:
    """The prompt in its order: what loses everything, then tools, system and messages, each behind the
    settings that act on it (§2.1 rule 1, §3).
    """
    tools: list[Piece] = []
    web: list[Piece] = []
    for number, tool in enumerate(body.get("tools") or ()):
        if str(tool.get("type")).startswith(("web_search", "web_fetch")):
            said = ["web", len(tools), _said(tool)]  # acts on the system prompt; its place is part of it
            web.append(_piece(f"tools[{number}]", "tool", said, tool))
        elif not tool.get("defer_loading"):
            tools.append(_piece(f"tools[{number}]", "tool", ["tool", _said(tool)], tool))
    pieces = [
        *_settings(_whole(body, betas)),
        *tools,
        *_settings(_of_system(body)),
        *web,
        *_blocks(body.get("system") or (), "system", "system"),
        *_settings(_of_messages(body)),
    ]
    for number, message in enumerate(_shown(body)):
        if message is not None:
            pieces += _blocks(message["content"], f"messages[{number}].content", message["role"])
    automatic = body.get("cache_control")
    if automatic:
        last = max((n for n, piece in enumerate(pieces) if piece.able), default=None)
        if last is not None:
            pieces[last] = _marked(pieces[last], pieces[last].ttl or _ttl(automatic))
    return pieces


def refusal(body: Body) -> str | None:
    """Why the API answers with 400 (§1.2, §1.3, §7); None where it does not."""
    explicit = [piece for piece in render({**body, "cache_control": None}) if piece.ttl]
    for piece in explicit:
        if not piece.able:
            return "a marker on a block that can't have one"
    marked = [piece for piece in render(body) if piece.ttl]
    automatic, last = body.get("cache_control"), [piece for piece in render(body) if piece.able][-1:]
    if automatic and any(piece.path == last[0].path and piece.ttl != _ttl(automatic) for piece in explicit):
        return "two lifetimes for the last block"
    if len(marked) > 4:
        return "more than four markers"
    lifetimes = [piece.ttl for piece in sorted(marked, key=_place_in_body)]
    if "5m" in lifetimes and "1h" in lifetimes[lifetimes.index("5m") :]:
        return "1h behind 5m"
    if body["max_tokens"] == 0:
        forced = (body.get("tool_choice") or {}).get("type") in ("tool", "any")
        thinks = (body.get("thinking") or {}).get("type") == "enabled"
        form = (body.get("output_config") or {}).get("format")
        if body.get("stream") or forced or thinks or form:
            return "no such warming"
    return None


def _place_in_body(piece: Piece) -> int:
    """Tools stand first in a body, in their order, also those that act on the system prompt."""
    number = re.fullmatch(r"tools\[(\d+)\]", piece.path)
    return int(number[1]) if number else 1_000_000


def _whole(body: Body, betas: Sequence[str]) -> Iterator[Any]:
    """What loses everything: §3 on thinking and effort, speed, model, and betas."""
    yield "model", body["model"]
    yield "speed", body.get("speed") or "standard"
    yield "betas", sorted(set(betas))
    yield "thinking", body.get("thinking")
    yield "effort", (body.get("output_config") or {}).get("effort") or "high"


def _of_system(body: Body) -> Iterator[Any]:
    """What keeps the tools: citations, structured outputs (§3)."""
    yield "citations", any((block.get("citations") or {}).get("enabled") for block in _all_blocks(body))
    yield "format", (body.get("output_config") or {}).get("format")


def _of_messages(body: Body) -> Iterator[Any]:
    """What keeps tools and system: tool_choice, parallel use, images anywhere (§3)."""
    choice = dict(body.get("tool_choice") or {"type": "auto"})
    if not choice.get("disable_parallel_tool_use"):
        choice.pop("disable_parallel_tool_use", None)
    yield "tool_choice", sorted(choice.items())
    yield "images", any(block["type"] == "image" for block in _all_blocks(body))


def _settings(settings: Iterable[Any]) -> list[Piece]:
    return [Piece("", "setting", json.dumps(["setting", setting])) for setting in settings]


def _all_blocks(body: Body) -> Iterator[Body]:
    for message in body["messages"]:
        yield from (block for block in message["content"] if isinstance(block, Mapping))


def _shown(body: Body) -> list[dict[str, Any] | None]:
    """The messages as the model sees them: older models only the thinking of the last turn (§3)."""
    messages = [dict(message) for message in body["messages"]]
    family = re.fullmatch(r"claude-(\w+)-(\d+)(?:-(\d{1,2}))?(?:-\d{8})?", body["model"])
    assert family
    line, version = family[1], (int(family[2]), int(family[3] or 0))
    if version > LAST_TURN_ONLY.get(line, (0, 0)):
        return list(messages)
    last = 0
    for number, message in enumerate(messages):
        content = message["content"]
        if message["role"] == "user" and (
            isinstance(content, str) or any(block["type"] != "tool_result" for block in content)
        ):
            last = number
    for message in messages[:last]:
        if not isinstance(message["content"], str):
            message["content"] = [
                block if block["type"] not in THOUGHTS else None for block in message["content"]
            ]
    return list(messages)


def _blocks(content: Any, path: str, role: str) -> list[Piece]:
    """A string is short for one text block; turns of one role are one turn (§2.2)."""
    if isinstance(content, str):
        block = {"type": "text", "text": content}
        return [_piece(path, "text", [role, _said(block)], block)]
    return [
        _piece(f"{path}[{n}]", block["type"], [role, _said(block)], block)
        for n, block in enumerate(content)
        if block is not None
    ]


def _piece(path: str, kind: str, said: Any, owner: Body) -> Piece:
    control = owner.get("cache_control")
    able = kind not in THOUGHTS and not (kind == "text" and not owner["text"])
    return Piece(path, kind, json.dumps(said), _ttl(control) if control else None, able)


def _marked(piece: Piece, ttl: str) -> Piece:
    return Piece(piece.path, piece.kind, piece.said, ttl, piece.able)


def _ttl(control: Body) -> str:
    return control.get("ttl") or "5m"


def _said(block: Body) -> list[Any]:
    """A block without its marker (§2.2). Its own fields are known by name; what they hold keeps its order."""
    fields = {name: value for name, value in block.items() if name != "cache_control"}
    if fields.get("type") == "tool_result" and isinstance(fields.get("content"), str):
        fields["content"] = [{"type": "text", "text": fields["content"]}]
    return sorted(fields.items())
