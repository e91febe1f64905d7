"""What the API reports about the tokens of one exchange."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as measured by the API (facts §5). `uncached` is its `input_tokens`."""

    read: int = 0
    written_5m: int = 0
    written_1h: int = 0
    uncached: int = 0
    output: int = 0

    @property
    def written(self) -> int:
        """Tokens written to the prompt cache, with either TTL."""
        return self.written_5m + self.written_1h

    @property
    def input(self) -> int:
        """All tokens of the prompt."""
        return self.read + self.written + self.uncached

    @property
    def hit_rate(self) -> float | None:
        """read / (read + written + uncached); None for an empty prompt."""
        return self.read / self.input if self.input else None
