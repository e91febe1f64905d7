"""The reply pane shows one exchange: what came, what it meant, what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QTextBrowser, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import look_at
from coldbyte.core.reply import SendFailure
from coldbyte.core.text.text import Text
from coldbyte.core.verdict.verdict import Effect, judge
from coldbyte.services import resources
from coldbyte.state.exchange_log import Record
from coldbyte.ui.reply_pane import ReplyPane

NOON = 1_795_435_200.0
CATALOGUE = read_catalogue(resources.text("catalogue.json"))
DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=1024,
    system=(SystemBlock("system", Text.from_str("Name the article.")),),
    documents=(Document("document", "gdpr.txt", Text.from_str("Article 17\n" * 2000), "5m"),),
    questions=(Question("question", Text.from_str("Who may ask?")),),
)
INSIGHT = look_at(DRAFT, "question", None, CATALOGUE, Circumstances({}, "simulator", NOON))
WROTE = Usage(written_5m=12_000, uncached=10, output=25)
SENT = Exchange(1, "Who may ask?", INSIGHT.body, "simulator", NOON)
BEGUN = replace(SENT, first_event_at=NOON + 2.5, usage=WROTE)
ENDED = replace(BEGUN, ended_at=NOON + 4, reply="The **data subject**.", stop_reason="end_turn")
LIMITED = SendFailure("rate_limited", "Too many requests.", remedy="Try again in 12 seconds.", status=429)


@pytest.fixture
def pane(qtbot: QtBot) -> ReplyPane:
    pane = ReplyPane()
    qtbot.addWidget(pane)
    pane.resize(600, 300)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def judged(exchange: Exchange) -> Record:
    return Record(exchange, INSIGHT, judge(exchange, INSIGHT, CATALOGUE))


def shown(pane: ReplyPane, exchange: Exchange, count: int = 1) -> ReplyPane:
    pane.show_record(judged(exchange) if not exchange.running else Record(exchange, INSIGHT), count)
    return pane


def view(pane: ReplyPane) -> QTextBrowser:
    (found,) = pane.findChildren(QTextBrowser)
    return found


def verdict_frame(pane: ReplyPane) -> QFrame:
    found = pane.findChild(QFrame, "verdict_frame")
    assert isinstance(found, QFrame)
    return found


def badge(pane: ReplyPane) -> str:
    """The word of the verdict; empty where none is seen."""
    label = next(one for one in verdict_frame(pane).findChildren(QLabel) if one.property("role") == "badge")
    return label.text() if label.isVisible() else ""


def arrow(pane: ReplyPane, name: str) -> QToolButton:
    found = pane.findChild(QToolButton, f"{name}_button")
    assert isinstance(found, QToolButton)
    return found


def lines(count: int) -> str:
    return "".join(f"Line {number}.\n\n" for number in range(count))


def test_before_the_first_exchange_the_pane_says_what_to_do(pane: ReplyPane) -> None:
    assert "Ctrl+Enter" in view(pane).placeholderText()
    assert (pane.reply_text, pane.verdict_text, pane.usage_text, badge(pane)) == ("", "", "", "")
    assert not arrow(pane, "back").isVisible()


def test_a_request_that_left_says_that_it_waits(pane: ReplyPane) -> None:
    shown(pane, SENT)
    assert "waiting for the first token" in pane.usage_text
    assert badge(pane) == ""
    assert pane.verdict_text == ""


def test_a_reply_is_shown_as_it_grows(pane: ReplyPane) -> None:
    for reply in ("The", "The **data", "The **data subject**."):
        shown(pane, replace(BEGUN, reply=reply))
        assert pane.reply_text == reply
    assert view(pane).document().toRawText() == "The data subject."
    assert badge(pane) == ""
    assert pane.verdict_text == ""


def test_a_complete_exchange_has_its_verdict_and_what_was_measured(pane: ReplyPane) -> None:
    shown(pane, ENDED)
    verdict = judged(ENDED).verdict
    assert verdict is not None
    assert badge(pane) == "● WRITTEN"
    assert pane.verdict_text == verdict.say
    assert pane.usage_text == (
        "Measured: 0 read · 12,000 written · 10 uncached · 25 output tokens · hit rate 0 %"
        " · $0.030 · first token after 2.5 s · 4.0 s in all · as forecast"
    )


def test_every_effect_has_a_word_and_a_sign_of_its_own(pane: ReplyPane) -> None:
    verdict = judged(ENDED).verdict
    assert verdict is not None
    effects: list[Effect] = ["hit", "first", "partial", "miss", "none"]
    badges = set()
    for effect in effects:
        pane.show_record(Record(ENDED, INSIGHT, replace(verdict, effect=effect)), 1)
        assert verdict_frame(pane).property("effect") == effect
        badges.add(badge(pane))
    assert len(badges) == len({badge[0] for badge in badges}) == len(effects)


def test_a_forecast_that_was_wrong_is_called_so(pane: ReplyPane) -> None:
    shown(pane, replace(ENDED, usage=Usage(read=12_000, uncached=10, output=25)))
    assert "12,000 read" in pane.usage_text
    assert "hit rate >99 %" in pane.usage_text
    assert "not as forecast" in pane.usage_text


def test_a_failure_is_told_with_its_remedy_beside_what_came(pane: ReplyPane) -> None:
    shown(pane, replace(ENDED, failure=LIMITED, reply="The data", stop_reason=None))
    assert badge(pane) == "✕ FAILED"
    assert pane.verdict_text == "Too many requests. Try again in 12 seconds."
    assert verdict_frame(pane).property("effect") == "failed"
    assert pane.reply_text == "The data"
    assert "12,000 written" in pane.usage_text


def test_a_failure_before_anything_came_measures_nothing(pane: ReplyPane) -> None:
    shown(pane, replace(SENT, failure=LIMITED, ended_at=NOON + 1))
    assert badge(pane) == "✕ FAILED"
    assert "Measured" not in pane.usage_text
    assert "1.0 s in all" in pane.usage_text


def test_an_exchange_that_was_cancelled_says_so(pane: ReplyPane) -> None:
    shown(pane, replace(SENT, cancelled=True, ended_at=NOON + 1))
    assert badge(pane) == "○ CANCELLED"
    assert pane.verdict_text
    shown(pane, replace(ENDED, cancelled=True, stop_reason=None, reply="The data"))
    assert badge(pane) == "● WRITTEN"
    assert pane.verdict_text.startswith("Cancelled.")
    assert pane.reply_text == "The data"


def test_a_reply_that_was_cut_at_its_limit_says_why_it_ends(pane: ReplyPane) -> None:
    shown(pane, replace(ENDED, stop_reason="max_tokens"))
    assert "max_tokens" in pane.usage_text
    shown(pane, ENDED)
    assert "stopped" not in pane.usage_text


def test_the_verdict_of_the_exchange_before_does_not_stay(pane: ReplyPane) -> None:
    shown(pane, replace(ENDED, failure=LIMITED))
    shown(pane, replace(SENT, number=2), 2)
    assert badge(pane) == ""
    assert pane.verdict_text == ""
    assert pane.reply_text == ""
    assert view(pane).document().isEmpty()


def test_an_unknown_price_is_left_out(pane: ReplyPane) -> None:
    record = judged(ENDED)
    assert record.verdict is not None
    pane.show_record(replace(record, verdict=replace(record.verdict, price=None)), 1)
    assert "$" not in pane.usage_text


def test_the_arrows_lead_to_the_exchanges_before_and_after(pane: ReplyPane) -> None:
    shown(pane, replace(ENDED, number=2), 3)
    steps: list[int] = []
    pane.step_requested.connect(steps.append)
    QTest.mouseClick(arrow(pane, "back"), Qt.MouseButton.LeftButton)
    QTest.keyClick(arrow(pane, "forward"), Qt.Key.Key_Space)
    assert steps == [-1, 1]
    assert "2 / 3" in [label.text() for label in pane.findChildren(QLabel)]


@pytest.mark.parametrize(("number", "back", "forward"), [(1, False, True), (2, True, True), (3, True, False)])
def test_there_is_no_arrow_beyond_the_ends(pane: ReplyPane, number: int, back: bool, forward: bool) -> None:
    shown(pane, replace(ENDED, number=number), 3)
    assert arrow(pane, "back").isEnabled() is back
    assert arrow(pane, "forward").isEnabled() is forward


def test_one_exchange_needs_no_arrows(pane: ReplyPane) -> None:
    shown(pane, ENDED, 1)
    assert not arrow(pane, "back").isVisible()
    shown(pane, ENDED, 2)
    assert arrow(pane, "forward").isVisible()


def test_the_view_follows_a_reply_whose_end_is_in_sight(pane: ReplyPane) -> None:
    bar = view(pane).verticalScrollBar()
    for count in (1, 5, 40, 80, 3000):
        shown(pane, replace(BEGUN, reply=lines(count)))
        assert bar.value() == bar.maximum()
    assert bar.maximum() > 20_000
    shown(pane, replace(ENDED, reply=lines(3001)))
    assert bar.value() == bar.maximum()


def test_the_view_stays_where_the_user_reads(pane: ReplyPane) -> None:
    bar = view(pane).verticalScrollBar()
    for count in (1, 40, 3000):
        shown(pane, replace(BEGUN, reply=lines(count)))
    QTest.keyClick(view(pane), Qt.Key.Key_PageUp)
    QTest.keyClick(view(pane), Qt.Key.Key_PageUp)
    place = bar.value()
    assert 20_000 < place < bar.maximum()
    shown(pane, replace(BEGUN, reply=lines(3200)))
    assert bar.value() == place
    shown(pane, replace(ENDED, reply=lines(3201)))
    assert bar.value() == place


def test_another_exchange_is_shown_from_its_start(pane: ReplyPane) -> None:
    for count in (1, 40, 80):
        shown(pane, replace(BEGUN, reply=lines(count)))
    shown(pane, replace(ENDED, number=2, reply=lines(90)), 2)
    assert view(pane).verticalScrollBar().value() == 0


def test_a_question_and_a_failure_are_shown_as_they_are(pane: ReplyPane) -> None:
    odd = replace(
        ENDED, title="Is <b>this</b> allowed?", failure=SendFailure("server", "<h1>502 Bad Gateway</h1>")
    )
    shown(pane, odd)
    labels = {label.text(): label for label in pane.findChildren(QLabel)}
    for say in ("Is <b>this</b> allowed?", "<h1>502 Bad Gateway</h1>"):
        assert labels[say].textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    "reply",
    [
        "![a]({path})",
        "![a](file://{path})",
        '<img src="{path}">',
        '<img src="file://{path}" width=40>',
    ],
)
def test_a_reply_can_not_make_the_app_open_a_file(pane: ReplyPane, tmp_path: Path, reply: str) -> None:
    path = tmp_path / "red.png"
    red = QImage(40, 40, QImage.Format.Format_RGB32)
    red.fill(QColor("#ff0000"))
    assert red.save(str(path))
    shown(pane, replace(ENDED, reply=reply.format(path=path)))
    seen = view(pane).viewport().grab().toImage()
    colours = {seen.pixel(x, y) for x in range(0, seen.width(), 3) for y in range(0, seen.height(), 3)}
    assert QColor("#ff0000").rgb() not in colours


def test_a_link_in_a_reply_is_not_followed(pane: ReplyPane) -> None:
    shown(pane, replace(ENDED, reply="[here](https://example.org)"))
    assert not view(pane).openLinks()
    assert not view(pane).openExternalLinks()


def test_a_screen_reader_can_name_view_and_arrows(pane: ReplyPane) -> None:
    assert view(pane).accessibleName() == "Reply"
    assert arrow(pane, "back").accessibleName() == "The exchange before"
    assert arrow(pane, "forward").accessibleName() == "The exchange after"
