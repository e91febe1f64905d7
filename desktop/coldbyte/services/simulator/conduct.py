"""How a simulator answers: which models, by which rules, how fast, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.rule_book import RuleBook
from coldbyte.core.cache.scenario import Scenario
from coldbyte.core.cache.simulation import Pace

Wait = Callable[[float], Awaitable[None]]


async def at_once(_seconds: float) -> None:
    """Wait for nothing, but let other requests go on."""
    await asyncio.sleep(0)


@dataclass(frozen=True)
class Conduct:
    """How a simulator answers. `wait` is how it lets modelled time pass."""

    catalogue: Catalogue
    wait: Wait = asyncio.sleep
    pace: Pace = field(default_factory=Pace)
    scenario: Scenario = field(default_factory=Scenario)

    @property
    def rules(self) -> RuleBook:
        """The rules, which a scenario may change."""
        return self.scenario.rules
