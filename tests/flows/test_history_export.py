"""Exports of exchanges that are kept, from the menu of the history and from that of the window."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from coldbyte.core.capture import read_capture
from coldbyte.core.export.outgoing import outgoing_of_capture
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.flows.export_desk import ExportDesk
from coldbyte.flows.export_flow import ExportFlow
from coldbyte.flows.history_export import HistoryExport
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.state.history import History
from coldbyte.state.history_list import HistoryItemModel
from coldbyte.ui.history.history_menu import ExportWish, HistoryMenu
from coldbyte.ui.main_window import MainWindow
from core.export.kept import kept
from core.export.nasty import body, wire
from state.world import World

WORDS = "Answer from the documents only, please. " * 200
NOON = 1_790_000_000.0


def exchange(number: int, text: str = WORDS, **more: object) -> KeptExchange:
    found = kept(wire({**body("x"), "system": [marked(text)]}), title=f"question {number}", usage=None)
    return replace(found, usage_fields={}, started_at=NOON + number, received=b"", **more)  # type: ignore[arg-type]


def marked(text: str) -> dict[str, object]:
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


class Desk:
    """A window over a history on the disk."""

    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot, folder: Path) -> None:
        self.world, self.folder = World(loop), folder
        self.window = MainWindow([("claude-sonnet-5-5", "Sonnet")])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        self.store = HistoryStore(folder / "history.sqlite")
        self.history = History(self.store, self.world.books, self.world.tasks)
        desk = ExportDesk(self.window, self.world.tasks)
        self.view = self.window.history_view
        self.model = HistoryItemModel(self.history, self.world.tasks)
        self.view.show_model(self.model)
        self.export = HistoryExport(self.view, self.world.books, self.history, desk)
        self.flow = ExportFlow(self.window, self.world.live, self.world.books, desk, self.export)
        self.world.run(self.store.open())
        self.history.is_open = True

    def keep(self, *exchanges: KeptExchange) -> list[int]:
        ids = self.world.run(self.store.keep_many(exchanges))
        self.world.run(self.listed())
        return ids

    async def listed(self) -> None:
        self.model.refresh()
        while self.model.busy:
            await self.world.until(self.model.found)

    def write(self, name: str, *ids: int) -> bytes:
        """What an export of these exchanges writes; of none of them: of all that are found."""
        path = self.folder / name
        path.unlink(missing_ok=True)

        async def written() -> None:
            export = self.export.export(ExportWish(name, ids), path) if ids else self.flow.export(name, path)
            assert export is not None
            await export

        self.world.run(written())
        return path.read_bytes() if path.exists() else b""

    def press(self, words: str) -> None:
        buttons = self.window.notice_bar.findChildren(QPushButton)
        next(button for button in buttons if button.text() == words).click()

    @property
    def notices(self) -> str:
        return " ".join(self.window.notice_bar.texts)

    @property
    def dialog(self) -> QFileDialog | None:
        return self.window.findChild(QFileDialog)


@pytest.fixture
def desk(loop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    asyncio.set_event_loop(loop)  # for what a click starts
    desk = Desk(loop, qtbot, tmp_path)
    yield desk
    desk.world.run(desk.world.tasks.close())
    desk.world.run(desk.store.close())
    asyncio.set_event_loop(None)


def test_one_exchange_goes_out_as_it_was_sent(desk: Desk) -> None:
    (id_,) = desk.keep(exchange(1))
    assert desk.write("export_body", id_) == exchange(1).wire
    assert b"x-api-key: $ANTHROPIC_API_KEY" in desk.write("export_curl", id_)
    assert b"with client.beta.messages.stream(" in desk.write("export_python", id_)
    assert b'from "@anthropic-ai/sdk"' in desk.write("export_typescript", id_)
    assert outgoing_of_capture(read_capture(desk.write("export_jsonl", id_))).wire == exchange(1).wire


def test_chosen_exchanges_are_counted(desk: Desk) -> None:
    first, _, third = desk.keep(*map(exchange, range(3)))
    entries = json.loads(desk.write("export_har", third, first))["log"]["entries"]
    assert [entry["startedDateTime"][17:] for entry in entries] == ["22.000000Z", "20.000000Z"]
    assert "Exported export_har: 2 exchanges" in desk.notices
    desk.write("export_csv", first)
    assert "Exported export_csv: 1 exchange," in desk.notices


def test_the_commands_of_the_window_write_all_that_the_history_finds(desk: Desk) -> None:
    desk.keep(*map(exchange, range(5)))
    rows = list(csv.DictReader(io.StringIO(desk.write("export_csv").decode(), newline="")))
    assert [row["title"] for row in rows] == [f"question {number}" for number in (4, 3, 2, 1, 0)]
    desk.view.filter_bar.search_field.setText('"question 2"')
    (line,) = desk.write("export_jsonl").splitlines()
    assert json.loads(line)["title"] == "question 2"
    assert "1 exchange" in desk.notices


def test_of_more_than_a_page_none_is_lost_and_it_can_be_cancelled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coldbyte.flows.exchange_file._PAGE", 7)
    monkeypatch.setattr("coldbyte.flows.exchange_file._MANY", 10)
    desk.keep(*map(exchange, range(30)))
    assert len(desk.write("export_jsonl").splitlines()) == 30
    assert "Exporting" not in desk.notices
    path = desk.folder / "old.har"
    path.write_bytes(b"what was there before")

    async def cancelled() -> None:
        task = desk.flow.export("export_har", path)
        assert task is not None
        await desk.world.until(desk.window.notice_bar.shown, lambda say: "Exporting" in say)
        desk.press("Cancel")
        await task

    desk.world.run(cancelled())
    assert "was cancelled" in desk.notices
    assert path.read_bytes() == b"what was there before"
    assert sorted(each.name for each in desk.folder.glob("*.tmp")) == []


def test_what_a_format_cannot_hold_is_left_out_and_said(desk: Desk) -> None:
    desk.keep(exchange(1), exchange(2, wire=b"no json"), exchange(3))
    assert len(desk.write("export_jsonl").splitlines()) == 2
    said = " ".join(label.text() for label in desk.window.notice_bar.findChildren(QLabel))
    assert "1 were left out, the first one because: The body of this exchange can't be read" in said
    assert len(json.loads(desk.write("export_har"))["log"]["entries"]) == 3


def test_a_body_goes_out_whatever_it_is(desk: Desk) -> None:
    wire = b'{"system":"a\\ud800b\xff"'
    (id_,) = desk.keep(exchange(1, wire=wire))
    assert desk.write("export_body", id_) == wire


def test_what_was_deleted_meanwhile_is_said(desk: Desk) -> None:
    (id_,) = desk.keep(exchange(1))
    desk.world.run(desk.history.delete([id_]))
    assert desk.write("export_body", id_) == b""
    assert "no longer in the history" in desk.notices
    assert desk.write("export_jsonl", id_) == b""


def test_a_report_has_the_nearest_ancestor_beside_it_and_shows_no_text(desk: Desk) -> None:
    desk.keep(exchange(0, "Another prompt altogether. " * 200))
    changed = WORDS.replace("documents", "document\u00a0s", 1)
    _, id_ = desk.keep(exchange(1), exchange(2, changed))
    page = desk.write("export_html", id_).decode()
    assert "NO-BREAK SPACE" in page
    for word in ("Answer", "documents", "please"):
        assert word not in page

    async def accepted() -> None:
        desk.press("Write it with the text")
        await desk.world.until(desk.window.notice_bar.shown)

    desk.world.run(accepted())
    assert "Answer" in (desk.folder / "export_html").read_text(encoding="utf-8")


def test_a_report_of_two_compares_these_whatever_their_order(desk: Desk) -> None:
    first, _, third = desk.keep(
        exchange(1, WORDS + "a"), exchange(2), exchange(3, WORDS.replace("only", "ONLY"))
    )
    texts = {desk.write("export_markdown", *pair) for pair in ((first, third), (third, first))}
    assert len(texts) == 1
    assert b"MISS" in texts.pop()


def test_an_exchange_that_shares_nothing_is_compared_with_the_one_before(desk: Desk) -> None:
    alone = exchange(1, wire=wire({**body("x"), "tools": [], "system": "S", "messages": []}))
    (id_,) = desk.keep(alone)
    assert desk.write("export_markdown", id_) == b""
    assert "Select two exchanges" in desk.notices


def test_the_menu_offers_what_fits_the_selection(desk: Desk) -> None:
    desk.keep(exchange(1), exchange(2), exchange(3))
    able = {}
    menu = desk.view.findChild(HistoryMenu)
    assert menu is not None
    for count in (1, 2, 3):
        rows = desk.model.rows[:count]
        menu.show_rows(rows)
        names = ("export_body", "export_har", "export_html")
        able[count] = [desk.view.action(name).isEnabled() for name in names]
    assert able == {1: [True, True, True], 2: [False, True, True], 3: [False, True, False]}


def test_an_entry_of_the_menu_asks_for_a_file(desk: Desk) -> None:
    (id_,) = desk.keep(exchange(1))
    desk.view.list.select_id(id_)
    desk.view.action("export_python").trigger()
    dialog = desk.dialog
    assert dialog is not None
    assert [Path(path).name for path in dialog.selectedFiles()] == ["request.py"]
    dialog.reject()
