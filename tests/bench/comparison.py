"""The first difference of two prefixes that share no memory, against `==` of the same bytes.

Medians of one run. The targets: within twice the time of `==` from 4 MB on, under 50 µs below.
"""

from __future__ import annotations

from functools import partial
from operator import eq
from pathlib import Path

from bench._material import LAW, NOVEL, grown, middle, request, seconds, text_block
from coldbyte.core.body import RequestBody
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import compare
from coldbyte.core.prefix.prefix import Prefix

SIZES = (40_000, 400_000, 4_000_000, 16_000_000)
ROUNDS = 41


def prefix(text: str) -> Prefix:
    """The prefix of a request with this text, measured once so that only comparing is timed."""
    found = prefix_of(RequestBody(request(text_block(text))))
    assert found.starts
    return found


def other(text: str, at: int) -> str:
    """The text with another character in one place."""
    return f"{text[:at]}{'#' if text[at] != '#' else '+'}{text[at + 1 :]}"


def measure(source: Path, size: int) -> None:
    """Print a line for each place of the difference."""
    text = grown(source, size)
    before = prefix(text)
    same = before.encode()
    for place, at in (("middle", size // 2), ("end", size - 2), ("nowhere", None)):
        after = prefix(text if at is None else other(text, at))
        data = bytes(bytearray(after.encode()))
        ours = middle(seconds(partial(compare, before, after), ROUNDS))
        plain = middle(seconds(partial(eq, same, data), ROUNDS))
        print(
            f"{source.name:>10}{len(same):>12,}{place:>10}{ours * 1e6:>11,.1f} µs{plain * 1e6:>11,.1f} µs"
            f"{ours / plain:>8.1f}×",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    print(f"{'text':>10}{'bytes':>12}{'differ at':>10}{'compare':>14}{'==':>14}{'ratio':>9}")
    for source in (LAW, NOVEL):
        for size in SIZES:
            measure(source, size)


if __name__ == "__main__":
    main()
