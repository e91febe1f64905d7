"""The receipts, and what they teach of token counts: each kind of counter by itself, the newest most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from coldbyte.core.cache.calibration import MOST_KNOWN, NO_EXPERIENCE, UNCALIBRATED, Known
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.state.connection import SIMULATOR_SCOPE
from coldbyte.state.receipt_book import ReceiptBook, counter_of
from state.world import NOON, heard

MODEL = "claude-sonnet-5-5"


class Shelf:
    """A store that keeps all in memory."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.known: dict[str, dict[bytes, Known]] = {}

    def keep_receipt(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)

    def keep_known(self, counter: str, known: Mapping[bytes, Known]) -> None:
        self.known.setdefault(counter, {}).update(known)


def receipt(estimated: int, reported: int, scope: str = "one key", model: str = MODEL) -> Receipt:
    usage = Usage(uncached=reported)
    return Receipt("c", "question", model, scope, NOON, usage, usage, estimated)


def test_an_empty_book_has_no_experience() -> None:
    assert ReceiptBook().receipts == ()
    assert ReceiptBook().experience("one key") == NO_EXPERIENCE


def test_a_receipt_is_listed_told_and_kept() -> None:
    shelf = Shelf()
    book = ReceiptBook(shelf)
    with heard(book.changed) as changes:
        book.add(receipt(1000, 1100))
    assert len(changes) == 1
    assert book.receipts == tuple(shelf.receipts) == (receipt(1000, 1100),)


def test_what_was_reported_calibrates_the_model_under_every_key() -> None:
    book = ReceiptBook()
    assert book.experience("one key").calibration(MODEL) == UNCALIBRATED
    book.add(receipt(1000, 1100))
    assert book.experience("one key").calibration(MODEL).ratio == pytest.approx(1.1)
    assert book.experience("another key").calibration(MODEL).count == 1
    assert book.experience("one key").calibration("claude-opus-5") == UNCALIBRATED


def test_the_simulator_teaches_nothing_about_the_api_and_is_not_corrected() -> None:
    book = ReceiptBook()
    book.add(receipt(1000, 1000, SIMULATOR_SCOPE), {b"k": Known(0, "measured")})
    assert book.experience("one key") == NO_EXPERIENCE
    book.add(receipt(1000, 1500), {b"k": Known(500, "measured")})
    simulator = book.experience(SIMULATOR_SCOPE)
    assert (simulator.calibration(MODEL).ratio, simulator.calibration(MODEL).count) == (1.0, 1)
    assert simulator.known == {b"k": Known(0, "measured")}
    book.add(receipt(1000, 1300, SIMULATOR_SCOPE), {b"k": Known(300, "measured")})
    simulator = book.experience(SIMULATOR_SCOPE)
    assert simulator.calibration(MODEL).ratio == 1.0
    assert simulator.calibration(MODEL).large_error == pytest.approx(300 / 13)
    assert simulator.known == {b"k": Known(0, "measured")}
    assert book.experience("one key").known == {b"k": Known(500, "measured")}


def test_a_receipt_without_tokens_teaches_nothing() -> None:
    book = ReceiptBook()
    for _ in range(30):
        book.add(receipt(1000, 1100))
    for _ in range(30):
        book.add(receipt(0, 700))
        book.add(receipt(700, 0))
    assert book.experience("one key").calibration(MODEL).ratio == pytest.approx(1.1)
    assert len(book.receipts) == 90


def test_what_was_measured_is_not_replaced_by_what_was_counted() -> None:
    shelf = Shelf()
    book = ReceiptBook(shelf)
    with heard(book.changed) as changes:
        book.learn("one key", {b"a": Known(5, "counted"), b"b": Known(6, "counted")})
    assert len(changes) == 1
    book.learn("one key", {b"a": Known(7, "measured")})
    book.learn("one key", {b"a": Known(8, "counted"), b"b": Known(9, "counted")})
    assert book.experience("one key").known == {b"a": Known(7, "measured"), b"b": Known(9, "counted")}
    assert shelf.known == {counter_of("one key"): dict(book.experience("one key").known)}


def test_the_newest_lessons_stay() -> None:
    book = ReceiptBook()
    for first in range(0, MOST_KNOWN + 10, 10):
        book.learn("one key", {n.to_bytes(16): Known(n, "counted") for n in range(first, first + 10)})
    known = book.experience("one key").known
    assert len(known) == MOST_KNOWN
    assert min(each.more for each in known.values()) == 10
    book.learn("one key", {(10).to_bytes(16): Known(-1, "counted"), b"one more": Known(7, "counted")})
    known = book.experience("one key").known
    assert (10).to_bytes(16) in known, "it was learned anew"
    assert (11).to_bytes(16) not in known


def test_an_experience_that_was_handed_out_does_not_change() -> None:
    book = ReceiptBook()
    book.add(receipt(1000, 1100), {b"k": Known(1, "measured")})
    before = book.experience("one key")
    assert book.experience("one key") is before
    known = dict(before.known)
    book.add(receipt(1000, 1200), {b"l": Known(2, "measured")})
    assert before.known == known
    assert book.experience("one key") is not before


def test_earlier_runs_come_before_this_one_and_are_not_kept_again() -> None:
    shelf = Shelf()
    book = ReceiptBook(shelf)
    book.add(receipt(1000, 1300), {b"k": Known(3, "measured")})
    before = list(shelf.receipts)
    with heard(book.changed) as changes:
        book.restore(
            [receipt(1000, 1100), receipt(1000, 1200)],
            {counter_of("one key"): {b"k": Known(1, "measured"), b"l": Known(2, "counted")}},
        )
    assert len(changes) == 1
    assert [each.usage.input for each in book.receipts] == [1100, 1200, 1300]
    assert shelf.receipts == before
    experience = book.experience("one key")
    assert experience.calibration(MODEL).count == 3
    assert experience.known == {b"k": Known(3, "measured"), b"l": Known(2, "counted")}


def test_a_warming_calibrates_as_a_question_does() -> None:
    book = ReceiptBook()
    book.add(replace(receipt(1000, 1100), kind="warming"))
    assert book.experience("one key").calibration(MODEL).count == 1
