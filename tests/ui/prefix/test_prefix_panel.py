"""The prefix panel: every state in words, the break on both sides, and what can be asked for."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from coldbyte.core.cache.money import dollars
from coldbyte.core.draft import Draft
from coldbyte.core.insight import Insight
from coldbyte.core.text.text import Text
from coldbyte.core.wish import Wish
from coldbyte.ui.prefix.cause_list_view import CauseListView
from coldbyte.ui.prefix.fix_bar import FixBar
from coldbyte.ui.prefix.forecast_view import ForecastView
from coldbyte.ui.prefix.microscope_view import MicroscopeView
from coldbyte.ui.prefix.overview_panel import OverviewPanel
from coldbyte.ui.prefix.prefix_panel import PrefixPanel
from coldbyte.ui.prefix.ribbon import Place
from coldbyte.ui.prefix.ribbon_view import RibbonView
from coldbyte.ui.prefix.snippet_view import SnippetView
from coldbyte.ui.verdict_card import VerdictCard
from ui.prompts import NOW, dress, first_look, sample, send, system_changed, with_document, with_long_system

LEFT = Qt.MouseButton.LeftButton
NBSP = system_changed(sample(), "You are", "You\u00a0are")

W = TypeVar("W", bound=QWidget)


class Evidence(PrefixPanel):
    """The prefix panel below an overview that shows the same insight, as in the window."""

    def __init__(self, overview: OverviewPanel, parent: QWidget) -> None:
        self._overview = overview
        super().__init__(parent)
        overview.place_requested.connect(self.place_requested)

    def show_insight(self, insight: Insight | None) -> None:
        self._overview.show_insight(insight)
        super().show_insight(insight)


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    host = QWidget()
    qtbot.addWidget(host)
    return host


@pytest.fixture
def panel(qapp: QApplication, host: QWidget) -> PrefixPanel:
    dress(qapp)
    overview = OverviewPanel(host)
    panel = Evidence(overview, host)
    overview.setGeometry(0, 0, 1264, 150)
    panel.setGeometry(0, 150, 640, 430)
    host.show()
    return panel


def child(panel: PrefixPanel, kind: type[W], name: str = "") -> W:
    host = panel.window()
    found = host.findChild(kind, name) if name else host.findChild(kind)
    assert found is not None
    return found


def title(panel: PrefixPanel) -> str:
    return child(panel, VerdictCard).title


def about(panel: PrefixPanel) -> str:
    return child(panel, VerdictCard).about


def say(panel: PrefixPanel) -> str:
    return child(panel, VerdictCard).say


def seen(panel: PrefixPanel) -> str:
    """All words in labels that are shown."""
    return "\n".join(label.text() for label in panel.window().findChildren(QLabel) if label.isVisible())


def written(insight: Insight) -> str:
    return f"{insight.forecast.plan.usage.written:,}"


def test_without_a_question_there_is_nothing_to_say(panel: PrefixPanel) -> None:
    panel.show_insight(None)
    assert panel.state == "no_question"
    assert "Choose a question" in say(panel)
    assert not child(panel, RibbonView).isVisible()
    assert not child(panel, QPushButton, "restore_button").isVisible()


def test_before_the_first_send_it_says_what_will_be_written(panel: PrefixPanel) -> None:
    insight = first_look(sample())
    panel.show_insight(insight)
    assert panel.state == "first"
    assert title(panel) == "Nothing sent yet"
    assert f"writes ≈ {written(insight)} tokens" in say(panel)
    assert not child(panel, MicroscopeView).isVisible()


def test_an_unchanged_draft_is_read(panel: PrefixPanel) -> None:
    insight = send(sample()).look(sample())
    panel.show_insight(insight)
    assert panel.state == "intact"
    assert title(panel) == "The prefix is intact"
    assert f"all {insight.prefix.size:,} bytes are the same" in about(panel)
    assert f"reads ≈ {insight.forecast.plan.usage.read:,} tokens" in say(panel)
    assert "lost" not in seen(panel)


def test_another_question_costs_nothing_extra(panel: PrefixPanel) -> None:
    insight = send(sample()).look(sample(), "question-2")
    panel.show_insight(insight)
    assert panel.state == "harmless"
    assert "behind the last breakpoint" in say(panel)
    assert "costs nothing extra" in say(panel)
    assert "No cause of a loss" in seen(panel)
    assert [row.title for row in child(panel, CauseListView).rows] == ["1 difference that costs nothing"]
    assert not child(panel, SnippetView).isVisible()


def test_growth_is_read_up_to_its_start_and_written_behind(panel: PrefixPanel) -> None:
    insight = send(sample()).look(with_document(sample(), "Some notes. " * 2_000))
    panel.show_insight(insight)
    assert panel.state == "harmless"
    usage = insight.forecast.plan.usage
    assert "so nothing is lost" in say(panel)
    assert "costs nothing" not in say(panel)
    assert f"reads ≈ {usage.read:,} tokens from the prompt cache and writes ≈ {usage.written:,} more" in say(
        panel
    )
    assert f"behind document 2 (“notes.md”): ≈ {usage.written:,} tokens will be written" in seen(panel)


def test_entries_that_are_gone_are_not_called_a_break(panel: PrefixPanel) -> None:
    insight = send(sample()).look(sample(), now=NOW + 600)
    panel.show_insight(insight)
    assert panel.state == "expired"
    assert "its entries are gone" in title(panel)
    assert f"writes ≈ {written(insight)} tokens again" in say(panel)


def test_without_a_breakpoint_nothing_is_cached(panel: PrefixPanel) -> None:
    draft = replace(sample(), documents=(replace(sample().documents[0], ttl=None),))
    panel.show_insight(first_look(draft))
    assert panel.state == "no_breakpoint"
    assert title(panel) == "No breakpoint: nothing is cached"


def test_too_short_a_prompt_names_the_minimum(panel: PrefixPanel) -> None:
    draft = sample().with_text("document-1", Text.from_str("Short."))
    insight = first_look(draft)
    panel.show_insight(insight)
    assert panel.state == "below_minimum"
    assert f"caches nothing below {insight.forecast.minimum:,} tokens" in say(panel)
    assert "nothing is cached: 302 tokens of 512 needed" in seen(panel)


def test_an_entry_without_a_breakpoint_that_leads_to_it_is_out_of_reach(panel: PrefixPanel) -> None:
    before = with_long_system(sample(), None)
    after = replace(with_long_system(sample(), "5m"), documents=(replace(sample().documents[0], ttl=None),))
    insight = send(before).look(after)
    panel.show_insight(insight)
    assert panel.state == "unreached"
    assert "out of reach" in title(panel)
    assert f"≈ {insight.forecast.missed:,} tokens lie in the prompt cache" in say(panel)
    assert "If unchanged" not in seen(panel)
    assert "lost" in seen(panel)


def test_a_break_whose_entries_are_gone_loses_nothing(panel: PrefixPanel) -> None:
    panel.show_insight(send(sample()).look(NBSP, now=NOW + 600))
    assert panel.state == "broken"
    assert "Nothing is lost" in say(panel)
    assert "≈ $" in seen(panel)
    assert " lost\n" not in seen(panel)


def test_a_no_break_space_is_named_placed_and_priced(panel: PrefixPanel) -> None:
    insight = send(sample()).look(NBSP)
    panel.show_insight(insight)
    assert panel.state == "broken"
    start = insight.prefix.starts[1] + len("system text") + 1
    cost = insight.forecast.cost
    assert cost is not None
    tokens, lost = f"≈ {insight.forecast.missed:,} tokens turn cold", f"≈ {dollars(cost.lost)} lost"
    place = f"breaks at byte {start + 3} of {insight.prefix.size:,} · cache view"
    assert title(panel) == f"No-break space: {tokens}, {lost}"
    assert about(panel) == f"The next send, compared with exchange 1 · {place}"
    assert "no-break space (U+00A0)" in say(panel)
    words = seen(panel)
    wire = insight.body.encode().index("You\u00a0".encode()) + 3
    place = f"cache view byte {start + 3} · wire view byte {wire:,} · block byte 3 · line 1, column 4"
    assert f"Baseline: {place}" in words
    assert f"Draft: {place}" in words
    assert (
        f"Breakpoint 5m behind document 1 (“gdpr.txt”): ≈ {written(insight)} tokens will be written again"
        in words
    )
    cost = insight.forecast.cost
    assert cost is not None
    for amount in (cost.now, cost.if_warm, cost.lost):
        assert f"≈ {dollars(amount)}" in words
    assert "NO-BREAK SPACE" in panel.microscope_text
    assert "C2 A0" in panel.microscope_text


@pytest.mark.parametrize(
    ("draft", "said", "row"),
    [
        pytest.param(
            system_changed(sample(), "Forêt", unicodedata.normalize("NFD", "Forêt")),
            "decomposed",
            "COMBINING CIRCUMFLEX ACCENT",
            id="decomposed",
        ),
        pytest.param(
            sample().with_text(
                "system-1", Text.from_bytes(sample().system[0].text.encode().replace(b"\n", b"\r\n"))
            ),
            "line ends are CRLF",
            "CARRIAGE RETURN (CR) 0D",
            id="line ends",
        ),
        pytest.param(
            system_changed(sample(), "don't", "don’t"), "’", "RIGHT SINGLE QUOTATION MARK", id="quote"
        ),
        pytest.param(
            replace(sample(), model="claude-opus-5"), "The model changed", "LATIN SMALL", id="model"
        ),
    ],
)
def test_each_kind_of_change_is_said_and_shown(panel: PrefixPanel, draft: Draft, said: str, row: str) -> None:
    panel.show_insight(send(sample()).look(draft))
    assert said in say(panel)
    assert row in panel.microscope_text


def test_all_causes_are_listed_and_counted(panel: PrefixPanel) -> None:
    panel.show_insight(send(sample()).look(system_changed(NBSP, "don't", "don’t")))
    assert "2 causes" in seen(panel)
    rows = child(panel, CauseListView).rows
    assert [row.title for row in rows] == ["No-break space", "Smart punctuation"]
    assert "U+2019" in rows[1].say


def test_several_breakpoints_are_summed_up(panel: PrefixPanel) -> None:
    draft = with_document(with_long_system(sample(), "1h"), "Some notes. " * 2_000)
    insight = send(draft).look(
        draft.with_text("document-1", Text.from_str("Other." + str(draft.documents[0].text)))
    )
    panel.show_insight(insight)
    assert f"2 of 3 breakpoints are not read: ≈ {written(insight)} tokens" in seen(panel)
    tip = child(panel, QLabel, "cold_label").toolTip()
    assert "Breakpoint 1h behind the system prompt: ≈ " in tip
    assert tip.count("will be written again") == 2


def test_an_unknown_model_has_no_price(panel: PrefixPanel) -> None:
    draft = replace(sample(), model="claude-unheard-of")
    panel.show_insight(first_look(draft))
    assert "no known price" in seen(panel)
    assert "$" not in seen(panel)


def test_every_number_of_the_forecast_is_marked_as_estimated(panel: PrefixPanel) -> None:
    panel.show_insight(send(sample()).look(NBSP))
    view = child(panel, ForecastView)
    labels = [label for label in view.findChildren(QLabel) if label.objectName().endswith("figure")]
    figures = [label.text() for label in labels if label.text()]
    assert len(figures) == 6
    assert all(figure.startswith("≈ ") for figure in figures)
    assert "≈ estimated" in seen(panel)


def test_every_way_of_paying_is_told_where_there_is_room(panel: PrefixPanel) -> None:
    draft = with_long_system(sample(), "1h")
    insight = send(draft).look(system_changed(sample(), "You are", "You  are"))
    cost, unchanged = insight.forecast.cost, insight.forecast.unchanged
    assert cost is not None
    assert unchanged is not None
    overview = child(panel, OverviewPanel)
    overview.resize(1900, 150)
    panel.show_insight(insight)
    for caption, amount in (
        ("Sends for", cost.now),
        ("If unchanged", unchanged),
        ("All warm", cost.if_warm),
        ("Without cache", cost.without_cache),
    ):
        assert f"{caption}\n≈ {dollars(amount)}" in seen(panel)
    overview.resize(900, 150)
    assert "Without cache" not in seen(panel)
    assert f"Without cache: ≈ {dollars(cost.without_cache)}" in child(panel, QLabel, "now_figure").toolTip()


def test_shares_are_not_rounded_to_all_or_nothing(panel: PrefixPanel) -> None:
    panel.show_insight(send(sample()).look(NBSP))
    text = child(panel, ForecastView).text
    assert "Read 0 %" in text
    assert "Written >99 %" in text
    assert "Uncached <1 %" in text


def test_the_button_asks_for_the_old_bytes(panel: PrefixPanel, qtbot: QtBot) -> None:
    insight = send(sample()).look(NBSP)
    panel.show_insight(insight)
    with qtbot.waitSignal(panel.wish_requested) as asked:
        QTest.mouseClick(child(panel, QPushButton, "restore_button"), LEFT)
    assert asked.args == [Wish("cause", insight.primary)]


def test_a_removed_document_can_be_put_back(panel: PrefixPanel) -> None:
    draft = with_document(sample(), "Some notes. " * 2_000)
    panel.show_insight(send(draft).look(replace(draft, documents=draft.documents[1:])))
    assert panel.state == "broken"
    assert child(panel, QPushButton, "restore_button").isEnabled()
    assert child(panel, QPushButton, "go_button").isEnabled()


def test_a_newcomer_is_told_what_to_try_until_something_breaks(panel: PrefixPanel) -> None:
    hint = child(panel, QLabel, "hint_label")
    panel.show_insight(send(sample()).look(sample()))
    assert "trailing space" in hint.text()
    panel.show_insight(send(sample()).look(NBSP))
    assert not hint.text()


def test_going_to_the_place_names_path_and_byte(panel: PrefixPanel, qtbot: QtBot) -> None:
    panel.show_insight(send(sample()).look(NBSP))
    with qtbot.waitSignal(panel.place_requested) as asked:
        QTest.mouseClick(child(panel, QPushButton, "go_button"), LEFT)
    assert asked.args[0] == Place("system[0].text", 3)


def test_a_row_of_the_microscope_and_the_ribbon_lead_to_their_places(
    panel: PrefixPanel, qtbot: QtBot
) -> None:
    panel.show_insight(send(sample()).look(NBSP))
    microscope = child(panel, MicroscopeView)
    with qtbot.waitSignal(panel.place_requested) as asked:
        microscope.byte_requested.emit(5)
    assert asked.args[0] == Place("system[0].text", 5)
    ribbon = child(panel, RibbonView)
    x = ribbon.picture.break_x
    assert x is not None
    with qtbot.waitSignal(panel.place_requested) as asked:
        QTest.keyClick(ribbon, Qt.Key.Key_Return)
    assert asked.args[0] == Place("model", 0)


def test_mending_the_break_takes_the_evidence_away(panel: PrefixPanel) -> None:
    sent = send(sample())
    panel.show_insight(sent.look(NBSP))
    panel.show_insight(sent.look(sample()))
    assert panel.state == "intact"
    assert panel.microscope_text == ""
    for name in ("restore_button", "go_button"):
        assert not child(panel, QPushButton, name).isVisible()


def test_every_control_has_a_name_and_can_be_reached_by_keys(panel: PrefixPanel) -> None:
    panel.resize(900, 700)
    panel.show_insight(send(sample()).look(system_changed(NBSP, "don't", "don’t")))
    focusable = [
        widget
        for widget in panel.window().findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()
    ]
    controls = [widget for widget in focusable if not widget.objectName().startswith("qt_")]
    nameless = [
        widget
        for widget in controls
        if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and not isinstance(widget, QLabel)
    ]
    assert not nameless
    reached = {widget.objectName() for widget in controls if widget.focusPolicy() & Qt.FocusPolicy.TabFocus}
    assert {
        *("ribbon_view", "cause_list", "fold_button", "microscope_view"),
        *("go_button", "restore_button", "restore_all_button"),
    } <= reached


@pytest.mark.parametrize("size", [(560, 400), (640, 430), (900, 600)])
@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_panel_can_be_drawn_in_every_state(
    panel: PrefixPanel, qapp: QApplication, size: tuple[int, int], name: str
) -> None:
    dress(qapp, name)
    panel.resize(*size)
    sent = send(sample())
    for insight in (None, first_look(sample()), sent.look(sample()), sent.look(NBSP)):
        panel.show_insight(insight)
        assert panel.width() == size[0]
        assert panel.grab().width() == size[0]
        overview = child(panel, OverviewPanel)
        overview.resize(2 * size[0], 150)
        assert overview.width() == 2 * size[0]
        assert overview.grab().width() == 2 * size[0]


class GuardedText(Text):
    """A text that refuses to be taken as a whole while it is guarded."""

    __slots__ = ()
    guarded = False

    def encode(self) -> bytes:
        self._refuse(self.size)
        return super().encode()

    def __str__(self) -> str:
        self._refuse(self.size)
        return super().__str__()

    def slice(self, start: int, stop: int) -> str:
        self._refuse(stop - start)
        return super().slice(start, stop)

    def slice_bytes(self, start: int, stop: int) -> bytes:
        self._refuse(stop - start)
        return super().slice_bytes(start, stop)

    def _refuse(self, size: int) -> None:
        if GuardedText.guarded and size > 100_000:
            raise AssertionError(f"the panel asked for {size:,} bytes")


def calls_of(work: Callable[[], None]) -> int:
    """How many functions, Python's and built-in ones, are called by some work."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("place", ["start", "middle", "system"])
def test_showing_does_not_take_the_prompt_as_a_whole(
    panel: PrefixPanel, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    text = Text.from_str((str(sample().documents[0].text) * 12)[:4_000_000])
    draft = sample().with_text("document-1", GuardedText(text.pieces))
    sent = send(draft)
    panel.show_insight(sent.look(system_changed(draft, "fifty", "sixty")))
    if place == "system":
        changed = system_changed(draft, "You are", "You\u00a0are")
    else:
        offset = 10 if place == "start" else 2_000_000
        changed = draft.with_text("document-1", GuardedText(text.replace(offset, offset, "é").pieces))
    insight = sent.look(changed)
    monkeypatch.setattr(GuardedText, "guarded", True)
    calls = calls_of(lambda: panel.show_insight(insight))
    assert panel.state == "broken"
    assert calls < 40_000


THREE = system_changed(system_changed(NBSP, "don't", "don’t"), "fifty", "sixty")


@pytest.mark.parametrize("size", [(700, 530), (1_060, 720)])
@pytest.mark.parametrize("name", ["dark", "light"])
def test_choosing_a_cause_shows_its_own_place(
    panel: PrefixPanel, qapp: QApplication, size: tuple[int, int], name: str
) -> None:
    dress(qapp, name)
    panel.resize(*size)
    insight = send(sample()).look(THREE)
    panel.show_insight(insight)
    listed = child(panel, CauseListView)
    QTest.keyClick(listed, Qt.Key.Key_End)
    last = insight.causes[-1]
    assert panel.cause == last
    assert f"Draft: cache view byte {last.cache_byte:,} · wire view byte " in seen(panel)
    assert child(panel, SnippetView).lines[1].count("⟦’⟧") == 1
    assert "RIGHT SINGLE QUOTATION MARK" in panel.microscope_text
    assert child(panel, FixBar).place == Place("system[0].text", last.block_byte[1] or 0)
    assert panel.grab().width() == size[0]


def test_the_wire_bytes_are_those_of_the_body(panel: PrefixPanel) -> None:
    insight = send(sample()).look(THREE)
    panel.show_insight(insight)
    QTest.keyClick(child(panel, CauseListView), Qt.Key.Key_End)
    before = insight.baseline.body.encode().index(b"don't") + 3 if insight.baseline else 0
    after = insight.body.encode().index("don’t".encode()) + 3
    words = seen(panel).splitlines()
    assert any(line.startswith("Baseline") and f"wire view byte {before:,} ·" in line for line in words)
    assert any(line.startswith("Draft") and f"wire view byte {after:,} ·" in line for line in words)


def test_the_table_gives_way_where_there_is_little_room_and_comes_back_when_asked(panel: PrefixPanel) -> None:
    panel.show_insight(send(sample()).look(THREE))
    table, fold = child(panel, MicroscopeView), child(panel, QToolButton, "fold_button")
    panel.resize(640, 800)
    assert table.isVisible()
    panel.resize(640, 170)
    assert not table.isVisible()
    QTest.mouseClick(fold, LEFT)
    assert table.isVisible()
    panel.resize(640, 800)
    QTest.mouseClick(fold, LEFT)
    assert not table.isVisible()


def test_a_model_has_a_place_and_an_expired_entry_has_none(panel: PrefixPanel, qtbot: QtBot) -> None:
    panel.show_insight(send(sample()).look(replace(sample(), model="claude-opus-5")))
    with qtbot.waitSignal(panel.place_requested) as asked:
        QTest.mouseClick(child(panel, QPushButton, "go_button"), LEFT)
    assert asked.args == [Place("model", 0)]
    panel.show_insight(send(sample()).look(sample(), now=NOW + 600))
    assert [row.title for row in child(panel, CauseListView).rows] == ["Entry expired"]
    assert not child(panel, QPushButton, "go_button").isVisible()
    assert not child(panel, QPushButton, "restore_button").isVisible()
    assert "Ask for 1 hour" in seen(panel)


def test_a_breakpoint_leads_to_the_box_in_which_it_is_chosen(panel: PrefixPanel, qtbot: QtBot) -> None:
    draft = with_long_system(sample(), "5m")
    draft = replace(draft, documents=(replace(draft.documents[0], ttl="1h"),))
    panel.show_insight(first_look(draft))
    with qtbot.waitSignal(panel.place_requested) as asked:
        QTest.mouseClick(child(panel, QPushButton, "go_button"), LEFT)
    assert asked.args == [Place("messages[0].content[0].cache_control", 0)]


def test_steps_go_round_the_causes_and_ask_for_their_places(panel: PrefixPanel) -> None:
    insight = send(sample()).look(THREE)
    panel.show_insight(insight)
    places: list[Place] = []
    panel.place_requested.connect(places.append)
    for step in (1, 1, 1, -1):
        panel.step_cause(step)
    bytes_ = [cause.block_byte[1] for cause in insight.causes]
    assert [place.byte for place in places] == [bytes_[0], bytes_[1], bytes_[2], bytes_[1]]
    QTest.keyClick(child(panel, CauseListView), Qt.Key.Key_End)
    panel.step_cause(1)
    panel.step_cause(1)
    assert [place.byte for place in places[4:]] == [bytes_[2], bytes_[0]]


def test_steps_unfold_what_costs_nothing_where_there_is_nothing_else(panel: PrefixPanel) -> None:
    panel.show_insight(send(sample()).look(sample(), "question-2"))
    assert child(panel, FixBar).isHidden()
    panel.step_cause(1)
    assert panel.cause is not None
    assert panel.cause.severity == "info"
    assert not child(panel, QPushButton, "restore_button").isVisible()


def test_the_panel_says_what_it_is_about(panel: PrefixPanel) -> None:
    panel.show_insight(first_look(sample()))
    assert "The next send" in seen(panel).splitlines()
    panel.show_insight(send(sample()).look(NBSP))
    assert "The next send, compared with exchange 1" in seen(panel)
    assert child(panel, VerdictCard).accessibleName().startswith("The next send, compared")


def test_what_the_api_will_refuse_is_said_first(panel: PrefixPanel) -> None:
    draft = sample()
    question = draft.questions[0]
    empty = draft.with_text(question.key, Text())
    panel.show_insight(send(draft).look(empty))
    assert panel.state == "refused"
    assert child(panel, QLabel, "title_label").text() == "The API will refuse this"
    assert "type a question" in child(panel, QLabel, "verdict_label").text()
