"""What the simulator answers: pure rules from a request, the entries and a time to a reply with its usage."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Literal

from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, plan_request
from coldbyte.core.cache.catalogue import Model, Tokenizer
from coldbyte.core.cache.diagnosis import Fingerprint, Reason
from coldbyte.core.cache.tokens import block_tokens, estimate_tokens
from coldbyte.core.cache.usage import Usage
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
class Asked:
    """A valid request. `tokens` are those of each block of `prefix`; `reply` is what the model would say.

    `tool` is the tool that it has to call, with `reply` as the JSON of its input. `fingerprint` is that of a
    request which asks for cache diagnostics, `previous` the message that it names; `service` is what usage
    repeats of the request.
    """

    prefix: Prefix
    tokens: tuple[int, ...]
    model: Model
    max_tokens: int
    stream: bool
    reply: str
    tool: str | None = None
    stop_sequences: tuple[str, ...] = ()
    fingerprint: Fingerprint | None = None
    previous: str | None = None
    service: Mapping[str, str] = field(default_factory=dict)

    def served_by(self, model: Model) -> Asked:
        """The same request as another model answers it, which has entries of its own."""
        first, *rest = self.prefix.blocks
        prefix = Prefix((replace(first, content=Text.from_str(model.id)), *rest))
        return replace(self, prefix=prefix, model=model, tokens=block_tokens(prefix, model.tokenizer))


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request: its text, in the pieces that are streamed, and what the cache does."""

    message_id: str
    model: str
    pieces: tuple[str, ...]
    stop_reason: StopReason
    usage: Usage
    plan: CachePlan
    tool: str | None = None
    stop_sequence: str | None = None
    diagnosis: Diagnosed = None
    service: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole reply."""
        return "".join(self.pieces)


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
    plan = plan_request(
        asked.prefix,
        asked.tokens,
        minimum=asked.model.minimum or 0,
        scope=scope,
        entries=entries,
        now=now,
        rules=rules,
    )
    reply, stopped_by = _until(asked.reply, asked.stop_sequences)
    pieces, output = _generate(reply, asked.max_tokens, asked.model.tokenizer)
    stop: StopReason = "tool_use" if asked.tool else "end_turn"
    if "".join(pieces) != reply or not asked.max_tokens:
        stop, stopped_by = "max_tokens", None
    elif stopped_by is not None:
        stop = "stop_sequence"
    return Answer(
        _id(number, asked.prefix),
        asked.prefix.model,
        pieces,
        stop,
        replace(plan.usage, output=output),
        plan,
        tool=asked.tool,
        stop_sequence=stopped_by,
        diagnosis=diagnosis,
        service=asked.service,
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
