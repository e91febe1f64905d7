"""Observed traffic for tests: drafts that were asked, and trails made of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path

from coldbyte.core.body import request_body
from coldbyte.core.cache.cache import CacheRules, Entry, plan_request, settle
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Document, Draft, Question, SystemBlock, Ttl
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.text.text import Text
from coldbyte.core.traffic.receipt import Receipt, Step
from coldbyte.core.traffic.replay import Breakpoints
from coldbyte.core.traffic.trail import skeleton, tokens_of

RESOURCES = Path(__file__).parents[3] / "resources"
CATALOGUE = read_catalogue((RESOURCES / "catalogue.json").read_text(encoding="utf-8"))
SONNET, FABLE = "claude-sonnet-5-5", "claude-fable-5-2"
RULES = "Answer in one sentence. " * 400
NOTES = "The article says much. " * 3000
START = 1_795_000_000.0
SYSTEM, DOCUMENT = "system[0].text", "messages[0].content[0].source.data"


def draft(
    question: object = "Why?",
    *,
    rules: str = RULES,
    notes: str = NOTES,
    ttls: tuple[Ttl | None, Ttl | None] = (None, "5m"),
    model: str = SONNET,
) -> Draft:
    return Draft(
        model,
        100,
        (SystemBlock("s", Text.from_str(rules), ttls[0]),),
        (Document("d", "notes.txt", Text.from_str(notes), ttls[1]),),
        (Question("q", Text.from_str(str(question))),),
    )


def prefix_for(asked: Draft) -> tuple[Prefix, tuple[int, ...]]:
    prefix = prefix_of(request_body(asked, "q"))
    return prefix, block_tokens(prefix, CATALOGUE.tokenizer(asked.model))


def receipt(asked: Draft, at: float) -> Receipt:
    prefix, tokens = prefix_for(asked)
    rows = zip(prefix.keys, prefix.blocks, tokens, strict=True)
    return of_trail(
        [Step(key, one.where, one.tier, one.kind, n, one.ttl) for key, one, n in rows], at, asked.model
    )


def of_trail(trail: Sequence[Step], at: float, model: str = SONNET, scope: str = "a") -> Receipt:
    return Receipt("c", "question", model, scope, at, Usage(), Usage(), first_event_s=1.0, trail=tuple(trail))


def asked_every(gap_s: float, drafts: Iterable[Draft]) -> list[Receipt]:
    return [receipt(one, START + number * gap_s) for number, one in enumerate(drafts)]


def trail_of(
    blocks: Sequence[tuple[int, int]],
    question: int,
    ttls: Mapping[int, Ttl] | None = None,
    kinds: Mapping[int, str] | None = None,
) -> list[Step]:
    """A model, a system block for each (version, tokens), and a question."""
    rows: list[tuple[str, str, int, int]] = [("model", "setting", 0, 0)]
    rows += [(f"system[{n}].text", (kinds or {}).get(n, "text"), *row) for n, row in enumerate(blocks)]
    rows.append(("messages[0].content[0].text", "text", question, 20))
    steps, key = [], b""
    for number, (where, kind, version, tokens) in enumerate(rows):
        key = blake2b(key + f"{where} {version}".encode(), digest_size=16).digest()
        tier = "request" if kind == "setting" else "system" if where.startswith("system") else "messages"
        ttl = (ttls or {}).get(number - 1)
        steps.append(Step(key, where, tier, kind, tokens, ttl))  # type: ignore[arg-type]
    return steps


def prefix_like(trail: Sequence[Step], model: str = SONNET) -> Prefix:
    """A draft whose blocks are those of a trail."""
    text = Text.from_str("text")
    return Prefix(
        tuple(
            PrefixBlock(one.where, one.tier, one.kind, b"system text", text, one.ttl)
            for one in skeleton(trail, model).blocks
        )
    )


def plain_cost(
    traffic: Sequence[Receipt], breakpoints: Breakpoints, rules: CacheRules | None = None
) -> Decimal:
    """The cost of the whole trails, block for block, with breakpoints at exactly these paths."""
    ttls = dict(breakpoints)
    points = [
        {n: ttls[one.where] for n, one in enumerate(each.trail) if one.where in ttls} for each in traffic
    ]
    return cost_at(traffic, points, rules)


def cost_at(
    traffic: Sequence[Receipt], points_of_each: Sequence[Mapping[int, Ttl]], rules: CacheRules | None = None
) -> Decimal:
    """The cost of the whole trails, each with breakpoints behind these of its steps."""
    entries: dict[bytes, Entry] = {}
    cost = Decimal(0)
    for one, points in zip(traffic, points_of_each, strict=True):
        known = CATALOGUE.model(one.model)
        assert known is not None
        plan = plan_request(
            skeleton(one.trail, one.model, points),
            tokens_of(one.trail),
            minimum=512,
            scope=one.scope,
            entries=entries,
            now=one.started_at,
            rules=rules or CacheRules(),
        )
        at = one.started_at
        entries = settle(entries, plan, started_at=at, available_at=at + (one.first_event_s or 0))
        prices = known.prices_at(one.day, plan.usage.input)
        assert prices is not None
        cost += price_of(plan.usage, prices)
    return cost
