"""The model catalogue: minimums, prices by date, lifecycle. Data with sources, never a guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

Tokenizer = Literal["2023", "2026"]

STALE_DAYS = 90
"""Days after which a catalogue counts as stale."""

_NEWEST: Tokenizer = "2026"


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per million tokens, from `since` on (None: since release), for prompts up to `up_to` tokens."""

    since: date | None
    up_to: int | None
    input: Decimal
    write_5m: Decimal
    write_1h: Decimal
    read: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class Model:
    """One Claude model. `minimum` is the shortest prefix that is cached, in tokens; None where unknown.

    `retires` is announced, `retired` has come; `checked` is when its row was last compared with its source.
    """

    id: str
    name: str
    lifecycle: str
    tokenizer: Tokenizer
    minimum: int | None
    max_output: int | None
    retired: date | None
    prices: tuple[Prices, ...]
    source: str
    context: int | None = None
    since: date | None = None
    deprecated: date | None = None
    retires: date | None = None
    checked: date | None = None
    fast_prices: tuple[Prices, ...] = ()

    def gone(self, today: date) -> date | None:
        """The day on which it stopped answering, as far as the catalogue knew; None while it answers."""
        end = self.retired or self.retires
        return end if end is not None and end <= today else None

    def prices_at(self, day: date, prompt_tokens: int, *, fast: bool = False) -> Prices | None:
        """The prices that hold on a day for a prompt of this size; None where none is known."""
        rows = self.fast_prices if fast else self.prices
        held = [row for row in rows if row.since is None or row.since <= day]
        newest = max((row.since or date.min for row in held), default=None)
        for row in held:
            if (row.since or date.min) == newest and (row.up_to is None or prompt_tokens <= row.up_to):
                return row
        return None


@dataclass(frozen=True)
class Catalogue:
    """All models that are known, as of a day."""

    as_of: date
    models: tuple[Model, ...]
    by_id: Mapping[str, Model]

    def model(self, name: str) -> Model | None:
        """The model with this id or alias; None for one that the catalogue does not know."""
        return self.by_id.get(name)

    def is_other(self, asked: str, answered: str | None) -> bool:
        """Whether a model answered that was not asked for; a name that is not known decides nothing."""
        one, two = self.model(asked), self.model(answered or "")
        return one is not None and two is not None and one.id != two.id

    def prices(self, name: str, time: float, prompt_tokens: int) -> Prices | None:
        """What a model costs for a prompt of this size at a time (epoch seconds), by its day in UTC; None
        where the model or its price is not known.
        """
        model = self.model(name)
        return model.prices_at(datetime.fromtimestamp(time, UTC).date(), prompt_tokens) if model else None

    def tokenizer(self, name: str) -> Tokenizer:
        """The tokenizer of the model with this id or alias; an unknown model counts as one of today's."""
        model = self.model(name)
        return model.tokenizer if model else _NEWEST

    @property
    def offered(self) -> tuple[Model, ...]:
        """The models that still answer, in the catalogue's order."""
        return tuple(model for model in self.models if model.lifecycle != "retired")

    def age_days(self, today: date) -> int:
        """Days since the catalogue was compared with its sources; 0 where the clock is before that."""
        return max((today - self.as_of).days, 0)

    def stale(self, today: date) -> bool:
        """Whether its prices may well have changed."""
        return self.age_days(today) > STALE_DAYS

    def remarks(self, today: date) -> tuple[str, ...]:
        """What is to be said of it today, in plain words: its age, and models whose end has come since."""
        said = []
        if self.stale(today):
            age = self.age_days(today)
            said.append(f"Models and prices are {age} days old (as of {self.as_of}); some may have changed.")
        for model in self.offered:
            end = model.gone(today)
            if end is not None:
                said.append(f"{model.name} was to be retired on {end}; requests to it may fail.")
        return tuple(said)


def read_catalogue(text: str) -> Catalogue:
    """Read `resources/catalogue.json`. Raise ValueError or KeyError where it is not well formed."""
    data = json.loads(text)
    models, by_id = [], {}
    for row in data["models"]:
        model = _model(row)
        models.append(model)
        by_id.update(dict.fromkeys((model.id, *row.get("aliases", ())), model))
    return Catalogue(date.fromisoformat(data["as_of"]), tuple(models), by_id)


def _model(row: Mapping[str, Any]) -> Model:
    return Model(
        id=row["id"],
        name=row["name"],
        lifecycle=row["lifecycle"],
        tokenizer=row["tokenizer"],
        minimum=row.get("minimum_tokens"),
        max_output=row.get("max_output_tokens"),
        retired=_day(row.get("retired")),
        prices=tuple(_prices(prices) for prices in row["prices"]),
        fast_prices=tuple(_prices(prices) for prices in row.get("fast_prices", ())),
        source=row["source"],
        context=row.get("context_tokens"),
        since=_day(row.get("since")),
        deprecated=_day(row.get("deprecated")),
        retires=_day(row.get("retires")),
        checked=_day(row.get("checked")),
    )


def _prices(row: Mapping[str, Any]) -> Prices:
    return Prices(
        since=_day(row["since"]),
        up_to=row.get("up_to_tokens"),
        input=Decimal(row["input"]),
        write_5m=Decimal(row["write_5m"]),
        write_1h=Decimal(row["write_1h"]),
        read=Decimal(row["read"]),
        output=Decimal(row["output"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
