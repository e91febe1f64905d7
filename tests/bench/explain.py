"""`coldbyte explain BEFORE AFTER` as a whole process, against `cmp` and `git diff` on the same files.

Medians of three runs, from the start of the process to its end, with compiled modules as after the first
start. Memory is the peak above that of a bare Python, as a multiple of the size of both files. The targets:
1 MB in 0.25 s, an image of 4 MB in 0.5 s, 16 MB in 1.5 s; less than 6 times the files from 4 MB on.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench._material import (
    NOVEL,
    Body,
    encoded,
    grown,
    image_block,
    middle,
    no_break_space,
    picture,
    request,
    scattered,
    text_block,
    trailing_space,
)

ROUNDS = 3
SIZES = (("40 KB", 40_000), ("1 MB", 1_000_000), ("4 MB", 4_000_000), ("16 MB", 16_000_000))
IMAGE = 4_000_000
EDITS = (("trailing space", trailing_space), ("NBSP", no_break_space), ("50 edits", scattered))
# A process of its own starts the commands: what they need is told apart from what the bench itself needs.
LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
child.stdout.read()
peak = None
if hasattr(os, "wait4"):
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([time.perf_counter() - start, peak, child.wait()]))
"""


def pairs() -> Iterator[tuple[str, Body, Body]]:
    """What is compared: a name, BEFORE and AFTER."""
    for name, size in SIZES:
        text = grown(NOVEL, size)
        for edit, edited in EDITS:
            yield f"{name}, {edit}", request(text_block(text)), request(text_block(edited(text)))
    before, after = picture(IMAGE), picture(IMAGE, IMAGE // 2)
    yield "4 MB image, a bit", request(image_block(before)), request(image_block(after))


def write(folder: Path) -> None:
    """All pairs as files, and their names."""
    names = []
    for number, (name, before, after) in enumerate(pairs()):
        names.append(name)
        (folder / f"{number}.before.json").write_bytes(encoded(before))
        (folder / f"{number}.after.json").write_bytes(encoded(after))
    (folder / "names.json").write_text(json.dumps(names))


def measured(command: Sequence[str | Path], env: Mapping[str, str], wanted: int) -> tuple[float, int | None]:
    """Seconds (the median) and, where the system tells, the peak in bytes; it has to end as wanted."""
    launch = [sys.executable, "-I", "-S", "-c", LAUNCHER, *map(str, command)]
    times, peaks = [], []
    for _ in range(ROUNDS):
        done = subprocess.run(launch, env=env, capture_output=True, text=True, check=True)
        taken, peak, code = json.loads(done.stdout)
        assert code == wanted, f"{command} ended with {code}"
        times.append(taken)
        peaks.append(peak)
    return middle(times), max(peaks) if None not in peaks else None


def show(name: str, before: Path, after: Path, env: Mapping[str, str], bare: int | None) -> None:
    """One line."""
    taken, peak = measured([sys.executable, "-m", "coldbyte", "explain", before, after], env, 1)
    line = f"{name:>22}{taken * 1e3:>9,.0f} ms"
    for program, command in RIVALS.items():
        if shutil.which(program):
            theirs, _ = measured([*command, before, after], env, 1)
            line += f"{theirs * 1e3:>9,.0f} ms{taken / theirs:>7.2f}×"
        else:
            line += f"{'not here':>20}"
    size = before.stat().st_size + after.stat().st_size
    more = None if peak is None or bare is None else (peak - bare) / size
    print(line + (f"{'?':>9}" if more is None else f"{more:>8.1f}×"), flush=True)


RIVALS = {"cmp": ["cmp"], "git": ["git", "diff", "--no-index", "--word-diff"]}


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        if sys.argv[1:2] == ["--write"]:
            write(Path(sys.argv[2]))
            return
        compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env = {**compiled, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "HOME": home}
        subprocess.run([sys.executable, "-m", "bench.explain", "--write", home], check=True)
        names = json.loads((folder / "names.json").read_text())
        files = [
            (folder / f"{number}.before.json", folder / f"{number}.after.json")
            for number in range(len(names))
        ]
        measured([sys.executable, "-m", "coldbyte", "explain", *files[0]], env, 1)  # compiles the modules
        _, bare = measured([sys.executable, "-c", "pass"], env, 0)
        print(f"{'pair':>22}{'explain':>12}{'cmp':>12}{'ratio':>8}{'git diff':>12}{'ratio':>8}{'memory':>9}")
        for name, (before, after) in zip(names, files, strict=True):
            show(name, before, after, env, bare)


if __name__ == "__main__":
    main()
