"""A table of facts: each row names a rule with its section of the fact sheet, and a story that shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.simulator_world import World, run

Story = Callable[[World], Awaitable[None]]


@dataclass(frozen=True)
class Fact:
    """A rule of the fact sheet, and how it shows. `rules` are switches that the story sets."""

    section: str
    says: str
    story: Story
    rules: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.section} {self.says}"

    def show(self) -> None:
        """Tell the story to a simulator."""
        run(self.story, *self.rules, **self.more)


class FactTable(list[Fact]):
    """The rows, in their order."""

    def fact(self, section: str, says: str, *rules: str, **more: Any) -> Callable[[Story], Story]:
        """Put a story into the table; `more` is what a scenario says besides its rules."""

        def noted(story: Story) -> Story:
            self.append(Fact(section, says, story, rules, more))
            return story

        return noted
