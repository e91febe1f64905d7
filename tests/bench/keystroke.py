"""From one typed character to the new body, prefix, comparison, causes and forecast.

`==` is comparing the same two prefixes as bytes. A sentence is typed, character by character, in a document
that has one difference (what is typed) or several more. The target: the 99th percentile within 16 ms, the
time of one picture on the screen. `first` is the first look at a text that was just loaded, with and without
`prepare`, which the window calls in a thread.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from bench._material import LAW, grown, middle, seconds, several
from coldbyte.core.body import request_body
from coldbyte.core.cache.catalogue import Catalogue, read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import look_at, prepare
from coldbyte.core.text.text import Text
from coldbyte.services import resources
from coldbyte.services.sample import read_sample

SIZES = (40_000, 400_000, 4_000_000)
KEYS = "The quick brown fox jumps over the lazy dog. " * 5
PLACES = (("start", 0.0), ("middle", 0.5), ("end", 1.0))
QUESTION = "question-1"


class Desk:
    """A draft and the request with which it is compared."""

    def __init__(self, size: int) -> None:
        self.catalogue: Catalogue = read_catalogue(resources.text("catalogue.json"))
        self.chars = grown(LAW, size)
        draft = read_sample()
        self.draft = replace(draft, documents=(replace(draft.documents[0], text=Text.from_str(self.chars)),))
        self.sent = Exchange(1, "", request_body(self.draft, QUESTION), "bench", time.time())
        self.circumstances = Circumstances({}, "bench", time.time())
        self.look(self.draft)

    def look(self, draft: Draft) -> None:
        """What the window does after a change."""
        look_at(draft, QUESTION, self.sent, self.catalogue, self.circumstances)

    def typed(self, text: Text, share: float) -> list[float]:
        """Seconds from each key to all that follows from it, sorted."""
        times = []
        at = round(text.utf16 * share * 0.999) + 10
        for key in KEYS:
            start = time.perf_counter()
            text = text.replace(at, at, key)
            self.look(self.draft.with_text("document-1", text))
            times.append(time.perf_counter() - start)
            at += 1
        return sorted(times)

    def plain(self) -> float:
        """Seconds that comparing the two prefixes as bytes takes."""
        same = self.sent.prefix.encode()
        data = bytes(bytearray(same))
        return middle(seconds(lambda: same == data, 21))

    def first(self, *, prepared: bool) -> Iterator[float]:
        """Seconds of the first look at a fresh text."""
        for number in range(7):
            text = Text.from_str(f"{self.chars}{number}")
            if prepared:
                prepare(text)
            draft = self.draft.with_text("document-1", text)
            start = time.perf_counter()
            self.look(draft)
            yield time.perf_counter() - start


def measure(size: int) -> None:
    """Print a line for each place and number of differences, and for the first look."""
    desk = Desk(size)
    plain = desk.plain()
    one = desk.draft.documents[0].text
    more = Text.from_str(several(desk.chars))
    desk.look(desk.draft.with_text("document-1", more))
    for count, text in (("one", one), ("several", more)):
        for place, share in PLACES:
            show(size, place, count, desk.typed(text, share), plain)
    for words, prepared in (("first", False), ("prepared", True)):
        show(size, words, "one", sorted(desk.first(prepared=prepared)), plain)


def show(size: int, place: str, count: str, times: list[float], plain: float) -> None:
    """One line."""
    slow, usual = times[int(len(times) * 0.99)], middle(times)
    print(
        f"{size:>10,}{place:>10}{count:>12}{usual * 1e3:>9.2f} ms{slow * 1e3:>9.2f} ms"
        f"{plain * 1e6:>10.1f} µs{usual / plain:>9.1f}×",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    print(f"{'bytes':>10}{'place':>10}{'differences':>12}{'median':>12}{'p99':>12}{'==':>13}{'ratio':>10}")
    for size in SIZES:
        measure(size)


if __name__ == "__main__":
    main()
