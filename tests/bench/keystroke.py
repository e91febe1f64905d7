"""From one typed character to the new insight, against comparing the same two prefixes with `==`.

Medians of one run; texts are the sample's regulation, repeated. `edit` changes the text, `look` is everything
that the window computes: body, prefix, comparison, causes, forecast.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from coldbyte.core.body import request_body
from coldbyte.core.catalogue import Catalogue, read_catalogue
from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.forecast import Circumstances
from coldbyte.core.insight import look_at
from coldbyte.core.text import Text
from coldbyte.services import resources
from coldbyte.services.sample import read_sample

SIZES = (40_000, 400_000, 4_000_000)
ROUNDS = 60


def grown(size: int) -> Draft:
    """The sample with a document of about this many bytes."""
    draft = read_sample()
    data = resources.text("sample/gdpr.txt")
    text = (data * (size // len(data) + 1))[:size]
    return replace(draft, documents=(replace(draft.documents[0], text=Text.from_str(text)),))


def median_ms(work: Callable[[int], object]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds."""
    times = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), sorted(times)[int(len(times) * 0.99)]


def measure(size: int, catalogue: Catalogue) -> None:
    """Print a line for each place of the document at which a character is typed."""
    draft = grown(size)
    circumstances = Circumstances({}, "bench", time.time())
    sent = Exchange(1, "", request_body(draft, "question-1"), "bench", time.time())
    same = sent.prefix.encode()
    other = bytes(bytearray(same))
    compare_ms, _ = median_ms(lambda _: same == other)
    text = draft.documents[0].text
    for place, at in (("start", 10), ("middle", text.utf16 // 2), ("end", text.utf16 - 10)):
        edits = [
            draft.with_text("document-1", text.replace(at, at, "x" * (number + 1)))
            for number in range(ROUNDS)
        ]
        edit_ms, _ = median_ms(partial(type_at, text, at))
        look_ms, slow_ms = median_ms(partial(look, edits, sent, catalogue, circumstances))
        print(
            f"{size:>10,} {place:>8} {edit_ms:>6.2f} ms {look_ms:>6.2f} ms {slow_ms:>6.2f} ms"
            f" {compare_ms:>6.3f} ms {look_ms / compare_ms:>8.1f}×"
        )


def type_at(text: Text, at: int, _number: int) -> Text:
    """The keystroke."""
    return text.replace(at, at, "x")


def look(
    edits: list[Draft], sent: Exchange, catalogue: Catalogue, circumstances: Circumstances, number: int
) -> None:
    """What follows a keystroke."""
    look_at(edits[number], "question-1", sent, catalogue, circumstances)


def main() -> None:
    """Print the table."""
    catalogue = read_catalogue(resources.text("catalogue.json"))
    print(f"{'prompt':>10} {'place':>8} {'edit':>9} {'look':>9} {'p99':>9} {'==':>9} {'look / =='}")
    for size in SIZES:
        measure(size, catalogue)


if __name__ == "__main__":
    main()
