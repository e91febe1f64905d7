"""The view “History”: found by words and filters, one exchange in full, and what can be done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton, QToolButton

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from coldbyte.core.history.query import Query, Retention, Stock
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.state.history import History
from coldbyte.state.history_list import HistoryItemModel
from coldbyte.ui.history.history_detail import SHOWN_BYTES
from coldbyte.ui.history.history_view import HistoryView
from coldbyte.ui.history.retention_dialog import RetentionDialog
from state.world import World, heard
from ui.stage import Stage

NOW = 1_795_435_200.0
USAGE = Usage(100_000, 0, 0, 300, 42)
STOCK = Stock(3, 4_200_000, 61_000, ("desk",), ("claude-haiku-4-5", "claude-sonnet-5-5"), ("ttl-expired",))


def kept(number: int, effect: str = "hit", **fields: object) -> KeptExchange:
    lost = Decimal("0.25") if effect == "miss" else None
    base = KeptExchange(
        wire=b'{"max_tokens":1,"messages":[{"role":"user","content":"question %d"}],"model":"m"}' % number,
        origin="sent",
        model="claude-sonnet-5-5",
        title=f"question {number}",
        started_at=NOW - 60 * number,
        reply=f"answer {number}",
        received=b"event: ping\n\n",
        usage=USAGE,
        judgement=Judgement(
            effect, "", f"It was a {effect}.", "high", USAGE, Decimal("0.5"), lost, "the list"
        ),
    )
    return replace(base, **fields)  # type: ignore[arg-type]


class Desk:
    """The view over a real file."""

    def __init__(self, stage: Stage, loop: asyncio.AbstractEventLoop, path: Path) -> None:
        self.world = World(loop)
        self.store = HistoryStore(path)
        self.history = History(self.store, self.world.books, self.world.tasks)
        self.model = HistoryItemModel(self.history, self.world.tasks)
        self.view = HistoryView(lambda: NOW)
        self.view.show_model(self.model)
        self.model.found.connect(lambda: self.view.show_found(self.model.total))
        self.view.query_changed.connect(lambda: self.model.ask(self.view.filter_bar.query))
        stage.show(self.view, 680, 480)

    def fill(self, *exchanges: KeptExchange) -> None:
        self.world.run(self.store.keep_many(exchanges))
        self.model.refresh()
        self.settle()

    def settle(self) -> None:
        async def wait() -> None:
            while self.model.busy:
                await self.world.until(self.model.found)

        self.world.run(wait())

    @property
    def titles(self) -> list[str]:
        return [row.title for row in self.model.rows]


@pytest.fixture
def desk(stage: Stage, loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Desk]:
    asyncio.set_event_loop(loop)  # for what a key press starts
    desk = Desk(stage, loop, tmp_path / "history.sqlite")
    desk.world.run(desk.store.open())
    yield desk
    desk.world.run(desk.world.tasks.close())
    desk.world.run(desk.store.close())
    asyncio.set_event_loop(None)


def told(signal: SignalInstance, act: Callable[[], object]) -> list[object]:
    with heard(signal) as values:
        act()
    return values


def test_an_empty_history_says_what_it_is_for(desk: Desk) -> None:
    desk.fill()
    assert desk.view.empty_text.startswith("Nothing is kept yet.")
    desk.view.filter_bar.search_field.setText("xyzzy")
    QTest.keyClick(desk.view.filter_bar.search_field, Qt.Key.Key_Return)
    desk.settle()
    assert desk.view.empty_text.startswith("No exchange fits.")


def test_the_newest_exchange_is_the_current_one_and_asked_for(desk: Desk) -> None:
    with heard(desk.view.load_requested) as ids:
        desk.fill(kept(2), kept(1), kept(3))
    assert desk.titles == ["question 1", "question 2", "question 3"]
    assert ids == [desk.model.rows[0].id]
    assert desk.view.empty_text == ""


def test_arrows_choose_enter_opens_f2_names_and_del_asks_to_delete(desk: Desk) -> None:
    desk.fill(kept(1), kept(2), kept(3))
    view, rows = desk.view, desk.model.rows
    view.list.setFocus()
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    assert told(view.open_requested, lambda: QTest.keyClick(view.list, Qt.Key.Key_Return)) == [rows[1].id]
    assert told(view.name_requested, lambda: QTest.keyClick(view.list, Qt.Key.Key_F2)) == [rows[1].id]
    QTest.keyClick(view.list, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    deleted = told(view.delete_requested, lambda: QTest.keyClick(view.list, Qt.Key.Key_Delete))
    assert deleted == [(rows[1].id, rows[2].id)]


def test_the_chosen_exchange_stays_chosen_when_others_come(desk: Desk) -> None:
    desk.fill(kept(5), kept(6))
    desk.view.list.select_id(desk.model.rows[1].id)
    desk.fill(kept(1, title="newer"))
    current = desk.view.list.current
    assert current is not None
    assert current.title == "question 6"
    assert desk.titles[0] == "newer"


def test_filters_narrow_show_what_is_on_and_go_at_once(desk: Desk) -> None:
    desk.fill(kept(1, "hit"), kept(2, "miss"), kept(3, "miss", model="claude-haiku-4-5"))
    bar = desk.view.filter_bar
    desk.view.show_stock(STOCK)
    bar.buttons[2].choose(["miss"])
    desk.settle()
    assert desk.titles == ["question 2", "question 3"]
    assert "MISS" in bar.buttons[2].text()
    bar.buttons[1].choose(["claude-haiku-4-5"])
    desk.settle()
    assert desk.titles == ["question 3"]
    assert "claude-haiku-4-5" in bar.buttons[1].text()
    clear = bar.findChild(QToolButton, "clear_filters")
    assert clear is not None
    assert clear.isVisible()
    clear.click()
    desk.settle()
    assert len(desk.titles) == 3
    assert bar.query == Query()
    assert not clear.isVisible()
    assert bar.buttons[2].text() == "Verdict"


def test_money_lost_pins_and_time_are_filters_too(desk: Desk) -> None:
    desk.fill(kept(1, "miss"), kept(2), kept(3, pinned=True), kept(60 * 24 * 40))
    bar = desk.view.filter_bar
    for name, expected in (("lossy_filter", ["question 1"]), ("pinned_filter", ["question 3"])):
        toggle = bar.findChild(QToolButton, name)
        assert toggle is not None
        toggle.click()
        desk.settle()
        assert desk.titles == expected
        toggle.click()
    bar.buttons[5].choose(["30"])
    desk.settle()
    assert len(desk.titles) == 3


def test_what_an_exchange_cost_is_a_filter(desk: Desk) -> None:
    cheap = Judgement("hit", price=Decimal("0.009"))
    desk.fill(kept(1), kept(2, judgement=cheap), kept(3, judgement=None))
    cost = desk.view.filter_bar.buttons[6]
    cost.choose(["0.01"])
    desk.settle()
    assert desk.titles == ["question 1"]
    assert cost.text() == "$0.01 and more"


def test_one_exchange_is_shown_in_full(desk: Desk) -> None:
    exchange = kept(1, "miss", note="shown to the team", source="log.jsonl:12", status=200)
    desk.view.show_exchange(exchange, edits=True)
    text = desk.view.detail.text
    for words in (
        "✕ MISS",
        "It was a miss.",
        "100,000 read",
        "hit rate >99 %",
        "as forecast",
        "$0.50 · $0.25 lost · prices: the list",
        "HTTP 200",
        "log.jsonl:12",
        "Note: shown to the team",
    ):
        assert words in text
    detail = desk.view.detail
    assert detail.shown_text == "answer 1"
    detail.show_choice("body")
    assert detail.shown_text == exchange.wire.decode()
    detail.show_choice("events")
    assert detail.shown_text == "event: ping\n\n"
    edits = detail.findChild(QPushButton, "history_edits")
    assert edits is not None
    assert edits.isVisibleTo(detail)
    desk.view.show_exchange(exchange, edits=False)
    assert not edits.isVisibleTo(detail)


def test_of_a_long_body_the_start_is_shown_and_all_of_it_is_saved(desk: Desk) -> None:
    wire = b'{"x":"' + b"\xc3\xa9" * SHOWN_BYTES + b'"}'
    desk.view.show_exchange(kept(1, wire=wire), edits=False)
    desk.view.detail.show_choice("body")
    assert len(desk.view.detail.shown_text.encode()) <= SHOWN_BYTES + 3
    assert desk.view.detail.data("body") == wire


def test_what_an_import_does_not_know_is_said(desk: Desk) -> None:
    unknown = kept(1, origin="imported", judgement=None, wire_known=False, complete=False, usage=None)
    desk.view.show_exchange(unknown, edits=False)
    text = desk.view.detail.text
    assert "It was imported, and nothing was judged." in text
    assert "Its bytes are not known" in text
    assert "Parts of the request are not known." in text


def test_details_stand_below_the_list_or_beside_it(desk: Desk) -> None:
    desk.fill(kept(1))
    desk.view.show_exchange(kept(1), edits=False)
    QApplication.processEvents()
    assert desk.view.detail.y() > desk.view.list.y()
    desk.view.resize(1000, 480)
    QApplication.processEvents()
    assert desk.view.detail.x() > desk.view.list.x()


def test_the_search_has_the_keyboard_when_it_is_asked_for(desk: Desk) -> None:
    desk.fill(kept(1), kept(2, reply="A xyzzy, of course."))
    desk.view.focus_search()
    assert QApplication.focusWidget() is desk.view.filter_bar.search_field
    QTest.keyClicks(desk.view.filter_bar.search_field, "xyz")
    QTest.keyClick(desk.view.filter_bar.search_field, Qt.Key.Key_Return)
    desk.settle()
    assert desk.titles == ["question 2"]


def test_the_limits_are_chosen_and_nothing_is_before_the_button(stage: Stage) -> None:
    dialog = stage.show(RetentionDialog(Retention(None, 500), STOCK), 480, 260)
    assert dialog.retention == Retention(None, 500)
    with heard(dialog.retention_chosen) as chosen:
        check = dialog.findChild(QPushButton, "apply_button")
        assert check is not None
        days = dialog.findChild(QCheckBox, "days_check")
        assert days is not None
        days.setChecked(True)
        assert chosen == []
        check.click()
    assert chosen == [Retention(90, 500)]
