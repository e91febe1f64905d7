"""What the simulator answers: pure rules from a request, the entries and a time to a reply with its usage."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Literal

from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, changes, plan_request
from coldbyte.core.cache.catalogue import Model, Tokenizer
from coldbyte.core.cache.diagnosis import Fingerprint, Reason
from coldbyte.core.cache.tokens import block_tokens, estimate_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.json.value import Json, compact
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.text.text import Text

StopReason = Literal["end_turn", "max_tokens", "stop_sequence", "tool_use"]
Diagnosed = Reason | Literal["pending"] | None

_WORD = re.compile(r"\S{1,16}\s*|\s+")
_WORDS_A_PIECE = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the simulated model takes: seconds, and tokens per second.

    With the defaults a book of 187,354 tokens takes 20.4 s to a full short answer when it is written and
    2.9 s when it is read, as in the published run of Anthropic's cookbook on prompt caching.
    """

    start_s: float = 0.4
    prefill: float = 9_400.0
    reading: float = 77_000.0
    output: float = 120.0

    def first_byte_after(self, usage: Usage) -> float:
        """Seconds from the start of the request to the first token."""
        return self.start_s + (usage.written + usage.uncached) / self.prefill + usage.read / self.reading

    def generation(self, usage: Usage) -> float:
        """Seconds that the output takes."""
        return usage.output / self.output


@dataclass(frozen=True, slots=True)
class Thought:
    """What the model thinks before it answers; its text is not `shown` where the request leaves it out."""

    text: str
    signature: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One use of a server's tool: the blocks of its call and of its result.

    `prefix` is the prompt with both behind it and with the API's own breakpoints (§2.1 rule 11); `tokens` are
    those of its blocks.
    """

    prefix: Prefix
    tokens: tuple[int, ...]
    call: Mapping[str, Json]
    result: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid request. `tokens` are those of each block of `prefix`; `reply` is what the model would say.

    `tool` is the tool that it has to call, with `reply` as the JSON of its input; `thought` and `steps` come
    before. `fingerprint` is that of a request which asks for cache diagnostics, `previous` the message that
    it names; `service` is what usage repeats of the request.
    """

    prefix: Prefix
    tokens: tuple[int, ...]
    model: Model
    max_tokens: int
    stream: bool
    reply: str
    tool: str | None = None
    thought: Thought | None = None
    steps: tuple[Step, ...] = ()
    stop_sequences: tuple[str, ...] = ()
    fingerprint: Fingerprint | None = None
    previous: str | None = None
    service: Mapping[str, str] = field(default_factory=dict)

    def served_by(self, model: Model) -> Asked:
        """The same request as another model answers it, which has entries of its own."""

        def served(prefix: Prefix) -> tuple[Prefix, tuple[int, ...]]:
            first, *rest = prefix.blocks
            prefix = Prefix((replace(first, content=Text.from_str(model.id)), *rest))
            return prefix, block_tokens(prefix, model.tokenizer)

        prefix, tokens = served(self.prefix)
        steps = tuple(Step(*served(step.prefix), step.call, step.result) for step in self.steps)
        return replace(self, prefix=prefix, model=model, tokens=tokens, steps=steps)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request: its text, in the pieces that are streamed, and what the cache does.

    `usage` counts all passes over the prompt: that of `plan` and, for each use of a server's tool (`steps`),
    one of `later`. `thinking` are the tokens of the thought, which are part of the output.
    """

    message_id: str
    model: str
    pieces: tuple[str, ...]
    stop_reason: StopReason
    usage: Usage
    plan: CachePlan
    later: tuple[CachePlan, ...] = ()
    thought: Thought | None = None
    thinking: int = 0
    steps: tuple[Step, ...] = ()
    tool: str | None = None
    stop_sequence: str | None = None
    diagnosis: Diagnosed = None
    service: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole reply."""
        return "".join(self.pieces)

    def seconds(self, pace: Pace) -> float:
        """How long it takes from the first token to the last, the later passes over the prompt included."""
        return pace.generation(self.usage) + sum(pace.first_byte_after(plan.usage) for plan in self.later)


def answer(
    asked: Asked,
    entries: Mapping[bytes, Entry],
    *,
    scope: str,
    now: float,
    number: int,
    rules: CacheRules,
    diagnosis: Diagnosed = None,
) -> Answer:
    """Answer a request that started `now`; `number` counts the requests of a run and makes ids differ."""
    known = _Known(entries)

    def planned(prefix: Prefix, tokens: tuple[int, ...]) -> CachePlan:
        minimum = asked.model.minimum or 0
        plan = plan_request(prefix, tokens, minimum=minimum, scope=scope, entries=known, now=now, rules=rules)
        known.add(changes(known, plan, started_at=now, available_at=now))
        return plan

    plan = planned(asked.prefix, asked.tokens)
    said = _say(asked)
    later = tuple(planned(step.prefix, step.tokens) for step in said.steps)
    return Answer(
        _id(number, asked.prefix),
        asked.prefix.model,
        said.pieces,
        said.stop_reason,
        replace(_sum([plan.usage, *(each.usage for each in later)]), output=said.output),
        plan,
        later=later,
        thought=said.thought,
        thinking=said.thinking,
        steps=said.steps,
        tool=asked.tool,
        stop_sequence=said.stopped_by,
        diagnosis=diagnosis,
        service=asked.service,
    )


class _Known(Mapping[bytes, Entry]):
    """The entries, and those that one request adds between its passes over the prompt.

    `get` looks once into what others may change meanwhile.
    """

    def __init__(self, others: Mapping[bytes, Entry]) -> None:
        self._others = others
        self._own: dict[bytes, Entry] = {}

    def add(self, entries: Mapping[bytes, Entry]) -> None:
        """Let the next pass read these."""
        self._own.update(entries)

    def __getitem__(self, key: bytes) -> Entry:
        own = self._own.get(key)
        return self._others[key] if own is None else own

    def __iter__(self) -> Iterator[bytes]:
        return iter({**self._others, **self._own})

    def __len__(self) -> int:
        return len({**self._others, **self._own})


@dataclass(frozen=True, slots=True)
class _Said:
    """What `max_tokens` lets the model say, and the tokens that it takes."""

    pieces: tuple[str, ...] = ()
    output: int = 0
    stop_reason: StopReason = "max_tokens"
    stopped_by: str | None = None
    thought: Thought | None = None
    thinking: int = 0
    steps: tuple[Step, ...] = ()


def _say(asked: Asked) -> _Said:
    """Think, use the server's tools, then answer: as far as the tokens go."""
    left, thought, tokenizer = asked.max_tokens, asked.thought, asked.model.tokenizer
    begun = _Said()
    if thought is not None and left:
        kept, thinking = _generate(thought.text, left, tokenizer)
        cut = replace(thought, text="".join(kept))
        begun = _Said(output=thinking, thought=cut, thinking=thinking)
        left -= thinking
        if cut.text != thought.text or not left:
            return begun
    calls = sum(estimate_tokens(Text.from_str(compact(step.call)), tokenizer) for step in asked.steps)
    if calls and calls >= left:
        return replace(begun, output=asked.max_tokens)
    left -= calls
    reply, stopped_by = _until(asked.reply, asked.stop_sequences)
    pieces, output = _generate(reply, left, tokenizer)
    stop: StopReason = "tool_use" if asked.tool else "end_turn"
    if "".join(pieces) != reply or not left:
        stop, stopped_by = "max_tokens", None
    elif stopped_by is not None:
        stop = "stop_sequence"
    return replace(
        begun,
        pieces=pieces,
        output=begun.output + calls + output,
        stop_reason=stop,
        stopped_by=stopped_by,
        steps=asked.steps,
    )


def _sum(usages: list[Usage]) -> Usage:
    """The tokens of several passes over a prompt, which grow with each (facts §5)."""
    return Usage(
        sum(each.read for each in usages),
        sum(each.written_5m for each in usages),
        sum(each.written_1h for each in usages),
        sum(each.uncached for each in usages),
    )


def pieces_of(text: str) -> tuple[str, ...]:
    """A text cut into pieces of a few words, which joined give the text again."""
    words = _WORD.findall(text)
    return tuple(
        "".join(words[start : start + _WORDS_A_PIECE]) for start in range(0, len(words), _WORDS_A_PIECE)
    )


def _until(reply: str, stop_sequences: tuple[str, ...]) -> tuple[str, str | None]:
    """The reply up to the first of the sequences that stop it, and that one."""
    found = [(reply.find(each), each) for each in stop_sequences if each in reply]
    if not found:
        return reply, None
    at, each = min(found)
    return reply[:at], each


def _generate(reply: str, max_tokens: int, tokenizer: Tokenizer) -> tuple[tuple[str, ...], int]:
    """The pieces of a reply that `max_tokens` allow, at least one unless that is 0, and their tokens."""
    if max_tokens == 0:
        return (), 0

    def upto(count: int) -> int:
        return estimate_tokens(Text.from_str("".join(pieces[:count])), tokenizer)

    pieces = pieces_of(reply)
    whole = upto(len(pieces))
    if whole <= max_tokens:
        return pieces, whole
    fitting = bisect_right(range(len(pieces) + 1), max_tokens, key=upto) - 1
    count = max(fitting, 1)
    return pieces[:count], min(upto(count), max_tokens)


def _id(number: int, prefix: Prefix) -> str:
    seed = number.to_bytes(8, "big") + prefix.keys[-1]
    return f"msg_{blake2b(seed, digest_size=12).hexdigest()}"
