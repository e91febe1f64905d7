"""`coldbyte tokens REQUEST`: how many tokens each block takes, estimated here or counted by the API."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coldbyte.commands.input import prefix_of_input, read_input
from coldbyte.commands.judgement import catalogue_of
from coldbyte.commands.output import put_json, put_text
from coldbyte.commands.terminal import COLUMNS, cut, cut_start, printable
from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.body import RequestBody
from coldbyte.core.cache.calibration import Calibration, calibrated
from coldbyte.core.cache.tokens import overhead_tokens, own_tokens
from coldbyte.core.prefix.prefix import Prefix, Tier

_TIERS: tuple[Tier, ...] = ("tools", "system", "messages")
_HOWS = {
    "estimated": "",
    "pixels": "by its pixels",
    "pages": "by its pages",
    "guess": "a guess",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A block with its tokens."""

    where: str
    tier: Tier
    tokens: int
    how: str


@dataclass(frozen=True, slots=True)
class _Bill:
    """The tokens of a request; the parts of a counted one are shared out by the estimate."""

    model: str
    how: str
    overhead: int
    rows: tuple[_Row, ...]

    @property
    def total(self) -> int:
        return self.overhead + sum(row.tokens for row in self.rows)

    def tier(self, tier: Tier) -> int:
        """The tokens of the blocks of a tier."""
        return sum(row.tokens for row in self.rows if row.tier == tier)


def run(options: Namespace) -> int:
    """Print the tokens. Exit code 0. Raise InputTrouble."""
    source = read_input(options.request)
    capture = source.capture()
    prefix = prefix_of_input(source, capture)
    bill = _bill(prefix, _count(capture.body) if options.count else None)
    if options.json:
        put_json(_value(bill))
    else:
        put_text("\n".join(_lines(bill)) + "\n")
    return 0


def _count(body: RequestBody) -> int:
    from coldbyte.core.reply import SendFailure
    from coldbyte.services.token_count import count_tokens

    try:
        return count_tokens(body)
    except SendFailure as failure:
        raise InputTrouble(f"{failure.say} {failure.remedy}".strip()) from None


def _bill(prefix: Prefix, counted: int | None) -> _Bill:
    tokenizer = catalogue_of(None).tokenizer(prefix.model)
    own = own_tokens(prefix, tokenizer)
    overhead, *tokens = overhead_tokens(prefix, tokenizer), *(each.tokens for each in own)
    if counted is not None:
        share = Calibration(counted / (overhead + sum(tokens)))
        overhead, *tokens = calibrated([overhead, *tokens], share)
    rows = tuple(
        _Row(block.where, block.tier, count, each.how)
        for block, count, each in zip(prefix.blocks, tokens, own, strict=True)
        if block.kind != "setting"
    )
    return _Bill(prefix.model, "estimated" if counted is None else "counted", overhead, rows)


def _value(bill: _Bill) -> dict[str, Any]:
    """`coldbyte.tokens/1`."""
    return {
        "schema": "coldbyte.tokens/1",
        "model": bill.model,
        "how": bill.how,
        "total": bill.total,
        "overhead": bill.overhead,
        "tiers": {tier: bill.tier(tier) for tier in _TIERS},
        "blocks": [{"where": row.where, "tokens": row.tokens, "how": row.how} for row in bill.rows],
    }


def _lines(bill: _Bill) -> Iterator[str]:
    total = bill.total

    def line(tokens: int, name: str, remark: str = "") -> str:
        room = COLUMNS - 21 - (len(remark) + 2 if remark else 0)
        name = cut_start(printable(name), room)
        share = f"{100 * tokens / total:.1f} %" if total else ""
        return f"{tokens:>11,} {share:>7}  {name}{f'  {remark}' if remark else ''}"

    yield line(bill.overhead, "added by the API")
    for row in bill.rows:
        yield line(row.tokens, row.where, _HOWS[row.how])
    yield ""
    for tier in _TIERS:
        yield line(bill.tier(tier), tier)
    yield line(total, f"in all, {bill.how} for {cut(printable(bill.model), 50)}")
    if bill.how == "counted":
        yield ""
        yield "The API counts a request as a whole; the parts are shared out by the estimate."
