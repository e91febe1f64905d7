"""What the view of the money shows. Amounts are USD; None where no price is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from coldbyte.core.account.account import Account
from coldbyte.core.account.accuracy import Accuracy
from coldbyte.core.account.patience import Patience
from coldbyte.core.account.spending import Spending
from coldbyte.core.account.what_if import WhatIf


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One exchange or warming, or the account of many. `at` is the start of the first one, epoch seconds.

    `error` is how far its forecast was off, in per cent of the prompt; `wasted` are tokens. `count` is the
    number of exchanges and warmings in it, `unpriced` of those without a known price.
    """

    at: float
    when: str
    name: str
    model: str
    read: int
    written: int
    uncached: int
    hit_rate: float | None
    price: Decimal | None
    saving: Decimal | None
    lost: Decimal | None
    wasted: int = 0
    error: float | None = None
    count: int = 1
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class WhatIfSheet:
    """A day at `per_day` requests, in the ways of `what_if`. `observed` requests a day were seen.

    `as_it_was` is what such a day cost, measured; `requests` were played again, `left_out` could not be.
    """

    per_day: int
    observed: int
    what_if: WhatIf
    as_it_was: Decimal
    requests: int
    left_out: int


@dataclass(frozen=True, slots=True)
class MoneySheet:
    """All that is shown of the money of one kind, `simulated` or real; `kinds` are those that there are.

    Rows are in the order on screen. `names` are those of models, by id; `remarks` are said of the catalogue.
    """

    simulated: bool
    kinds: tuple[bool, ...]
    account: Account
    spending: Spending
    patience: Patience
    accuracies: tuple[Accuracy, ...]
    exchanges: tuple[MoneyRow, ...]
    conversations: tuple[MoneyRow, ...]
    days: tuple[MoneyRow, ...]
    what_if: WhatIfSheet | None
    names: Mapping[str, str]
    prices_line: str
    prices_tip: str
