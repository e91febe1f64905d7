"""What the simulator answers: pure rules from a request, the entries and a time to a reply with its usage."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Literal

from coldbyte.core.cache import CachePlan, CacheRules, Entry, plan_request
from coldbyte.core.catalogue import Model, Tokenizer
from coldbyte.core.prefix import Prefix
from coldbyte.core.text import Text
from coldbyte.core.tokens import estimate_tokens
from coldbyte.core.usage import Usage

StopReason = Literal["end_turn", "max_tokens"]

_WORD = re.compile(r"\S{1,16}\s*|\s+")
_WORDS_A_PIECE = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the simulated model takes: seconds, and tokens per second.

    With the defaults 120,000 tokens take about 2.5 s to the first byte when written and 0.4 s when read.
    """

    start_s: float = 0.25
    prefill: float = 53_000.0
    reading: float = 800_000.0
    output: float = 120.0

    def first_byte_after(self, usage: Usage) -> float:
        """Seconds from the start of the request to the first token."""
        return self.start_s + (usage.written + usage.uncached) / self.prefill + usage.read / self.reading

    def generation(self, usage: Usage) -> float:
        """Seconds that the output takes."""
        return usage.output / self.output


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid request. `tokens` are those of each block of `prefix`; `reply` is what the model would say."""

    prefix: Prefix
    tokens: tuple[int, ...]
    model: Model
    max_tokens: int
    stream: bool
    reply: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request: its text, in the pieces that are streamed, and what the cache does."""

    message_id: str
    model: str
    pieces: tuple[str, ...]
    stop_reason: StopReason
    usage: Usage
    plan: CachePlan

    @property
    def text(self) -> str:
        """The whole reply."""
        return "".join(self.pieces)


def answer(
    asked: Asked, entries: Mapping[bytes, Entry], *, scope: str, now: float, number: int, rules: CacheRules
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
    pieces, output = _generate(asked.reply, asked.max_tokens, asked.model.tokenizer)
    stop: StopReason = "end_turn" if "".join(pieces) == asked.reply else "max_tokens"
    usage = replace(plan.usage, output=output)
    return Answer(_id(number, asked.prefix), asked.prefix.model, pieces, stop, usage, plan)


def pieces_of(text: str) -> tuple[str, ...]:
    """A text cut into pieces of a few words, which joined give the text again."""
    words = _WORD.findall(text)
    return tuple(
        "".join(words[start : start + _WORDS_A_PIECE]) for start in range(0, len(words), _WORDS_A_PIECE)
    )


def _generate(reply: str, max_tokens: int, tokenizer: Tokenizer) -> tuple[tuple[str, ...], int]:
    """The pieces of a reply that `max_tokens` allow, at least one unless that is 0, and their tokens."""
    if max_tokens == 0:
        return (), 0

    def upto(count: int) -> int:
        return estimate_tokens(Text.from_str("".join(pieces[:count])), tokenizer)

    pieces = pieces_of(reply)
    fitting = bisect_right(range(len(pieces) + 1), max_tokens, key=upto) - 1
    count = max(fitting, 1)
    return pieces[:count], min(upto(count), max_tokens)


def _id(number: int, prefix: Prefix) -> str:
    seed = number.to_bytes(8, "big") + prefix.keys[-1]
    return f"msg_{blake2b(seed, digest_size=12).hexdigest()}"
