"""Token estimates against what the API reported, and against characters / 4: median and 90th percentile.

The recorded requests are split by session: the constants were tuned on one half, the other was kept aside.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from coldbyte.core.cache.tokens import estimate_tokens
from coldbyte.core.text.text import Text
from recorded import Recorded, aside, error, recorded, spread

NOVEL = 737_525 / 187_354  # characters for each token that Anthropic's cookbook counted in the whole novel
PIECE = 65_536


def line(name: str, rows: Sequence[Recorded]) -> str:
    """One line of the table."""
    ours = spread([error(one.estimated, one.measured) for one in rows])
    naive = spread([error(one.naive, one.measured) for one in rows])
    return f"{name:28} {len(rows):>4} {ours[0]:>8.1f} {ours[1]:>7.1f} {naive[0]:>12.1f} {naive[1]:>7.1f}"


def table(rows: Sequence[Recorded]) -> None:
    """A line for each model, then for all."""
    for model in sorted({one.model for one in rows}):
        print(line(model, [one for one in rows if one.model == model]))
    print(line("all", rows))


def main() -> None:
    """Print everything."""
    print(f"{'error in per cent':28} {'n':>4} {'median':>8} {'p90':>7} {'chars/4: median':>12} {'p90':>4}")
    rows = recorded()
    table(rows)
    print(line("tuned on", [one for one in rows if one.session not in aside()]))
    print(line("kept aside", [one for one in rows if one.session in aside()]))
    print(line("long texts, no tools", [one for one in rows if one.bare]))
    if "--each" in sys.argv:
        for one in rows:
            mark = "aside" if one.session in aside() else ""
            print(
                f"{one.line:>4} {one.model:20} {one.measured:>6} {one.estimated:>6} {one.naive:>8.0f} {mark}"
            )
    text = Text.from_str((Path(__file__).parents[1] / "pairs" / "novel.txt").read_text(encoding="utf-8"))
    older, newer = (text.code_points / estimate_tokens(text, each) for each in ("2023", "2026"))
    print(
        f"\nnovel: {NOVEL:.2f} characters a token were counted, {older:.2f} are estimated; newer: {newer:.2f}"
    )
    pieces = [Text.from_str(str(text)[number : PIECE + number]) for number in range(40)]
    times = []
    for piece in pieces:
        start = time.perf_counter()
        estimate_tokens(piece, "2026")
        times.append((time.perf_counter() - start) * 1000)
    print(f"weighing {PIECE:,} characters: {median(times):.2f} ms")


if __name__ == "__main__":
    main()
