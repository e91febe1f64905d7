"""The prefix engine: the first difference, a keystroke, the command `explain`, and the worst cases.

Each table is a bench of its own, too.
"""

from __future__ import annotations

import subprocess
import sys
import time

TABLES = ("comparison", "keystroke", "explain", "extreme")


def main() -> None:
    """Print all tables."""
    start = time.perf_counter()
    for name in TABLES:
        print(f"\n{name}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}"], check=True)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
