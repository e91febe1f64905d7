"""Requests that would take an unguarded comparison hours or gigabytes: what an inquiry into them takes.

Each case is a process of its own. `read` is reading both files, `inquire` all that follows; memory is what
the peak adds to both bodies as they were read, also as a multiple of the files. `extreme NAME` runs one case.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from bench._material import LAW, NOVEL, Body, encoded, grown, request, scattered, text_block
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.capture import read_capture
from coldbyte.core.rule.inquiry import inquire
from coldbyte.services import resources

SIZE = 4_000_000
BLOCKS = 100_000
SPACES = 62_794
LINES = 160_000
STATUS, PEAK_RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
Pair = tuple[Body, Body]


def texts(before: str, after: str) -> Pair:
    """Two requests with one text each."""
    return request(text_block(before)), request(text_block(after))


def blocks(before: Sequence[str], after: Sequence[str]) -> Pair:
    """Two requests with many texts each."""
    return request(*map(text_block, before)), request(*map(text_block, after))


def sentences() -> list[str]:
    """Many short texts, each another."""
    text = grown(NOVEL, SIZE)
    return [f"{number}: {text[at : at + 40]}" for number, at in enumerate(range(0, 40 * BLOCKS, 40))]


def one_line() -> str:
    """A long text without a line break."""
    return grown(NOVEL, SIZE).replace("\n", " ")


def prose(seed: int) -> str:
    """A long text of made-up words."""
    random = Random(seed)
    words = [
        "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(2, 9))) for _ in range(5_000)
    ]
    return " ".join(random.choices(words, k=SIZE // 6))


def one_edit() -> Pair:
    """One edit in a text without a line break."""
    text = one_line()
    return texts(text, f"{text[: SIZE // 2]}X{text[SIZE // 2 :]}")


def thousand_edits() -> Pair:
    """A thousand edits in a text without a line break."""
    text = one_line()
    return texts(text, scattered(text, 1_000))


def removed() -> Pair:
    """One of many blocks is gone."""
    some = sentences()
    return blocks(some, some[: BLOCKS // 2] + some[BLOCKS // 2 + 1 :])


def edited() -> Pair:
    """One of many blocks was edited."""
    some = sentences()
    return blocks(some, [*some[: BLOCKS // 2], "another text", *some[BLOCKS // 2 + 1 :]])


def all_edited() -> Pair:
    """Every block was edited."""
    some = sentences()
    return blocks(some, [f"{text} {number}" for number, text in enumerate(some)])


def unrelated() -> Pair:
    """Two texts that have nothing in common."""
    return texts(prose(1), prose(2))


def other_work() -> Pair:
    """Two real texts that have words in common."""
    return texts(grown(NOVEL, SIZE), grown(LAW, SIZE))


def shifted() -> Pair:
    """One character inserted at the start."""
    text = grown(NOVEL, SIZE)
    return texts(text, f"X{text}")


def one_more_mark() -> Pair:
    """A letter with many combining marks gets one more."""
    text = "e" + "\u0301" * 100_000
    return texts(text, f"{text}\u0301")


def composed() -> Pair:
    """Many letters with a combining mark are composed."""
    return texts("e\u0301" * 100_000, "\u00e9" * 100_000)


def no_break_spaces() -> Pair:
    """Many spaces are no-break spaces."""
    text = grown(NOVEL, SIZE)
    return texts(text, text.replace(" ", "\u00a0", SPACES))


def json_lines() -> Pair:
    """A number changed in every line of JSON."""
    sides = [
        "\n".join(
            f'{{"id": {at}, "name": "item {at}", "score": {(7 * at + add) % 999}}}' for at in range(LINES)
        )
        for add in (0, 1)
    ]
    return texts(sides[0], sides[1])


def line_ends() -> Pair:
    """All line ends are CRLF."""
    text = grown(NOVEL, SIZE)
    return texts(text, text.replace("\n", "\r\n"))


CASES: Sequence[Callable[[], Pair]] = (
    *(one_edit, thousand_edits, removed, edited, all_edited, unrelated, other_work, shifted),
    *(one_more_mark, composed, no_break_spaces, json_lines, line_ends),
)


def memory(field: str) -> int:
    """Bytes of resident memory: `VmRSS` now, `VmHWM` at most; 0 where the system does not tell."""
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)


def run(case: Callable[[], Pair]) -> None:
    """Print the line of a case."""
    files = [encoded(body) for body in case()]
    size = sum(map(len, files))
    catalogue = read_catalogue(resources.text("catalogue.json"))
    gc.collect()
    gc.disable()  # as the command does
    start = time.perf_counter()
    before, after = (read_capture(data) for data in files)
    reading = time.perf_counter() - start
    if PEAK_RESET.exists():
        PEAK_RESET.write_text("5")
    held = memory("VmRSS")
    start = time.perf_counter()
    report = inquire(before, after, catalogue, now=time.time())
    taken = time.perf_counter() - start
    more = memory("VmHWM") - held
    first = report.causes[0].id if report.causes else report.effect
    print(
        f"{case.__name__:>17}{size / 1e6:>7.1f} MB{reading:>7.2f} s{taken:>7.2f} s"
        f"{more / 1e6:>7.0f} MB{more / size:>6.1f}×  {len(report.causes):,} causes, {first} first",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    named = [case for case in CASES if case.__name__ in sys.argv[1:]]
    if len(named) == 1:
        run(named[0])
        return
    print(f"{'case':>17}{'files':>10}{'read':>9}{'inquire':>9}{'memory':>10}", flush=True)
    for case in named or CASES:
        subprocess.run([sys.executable, "-m", "bench.extreme", case.__name__], check=True)


if __name__ == "__main__":
    main()
