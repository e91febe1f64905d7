"""The card of a verdict shows who says what, and what speaks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import Diagnosis
from coldbyte.core.insight import Insight
from coldbyte.core.verdict.verdict import Verdict, judge
from coldbyte.ui.verdict_card import VerdictCard
from ui.prompts import CATALOGUE, NOW, dress, sample, send, system_changed

BEFORE = send(sample())
BEFORE = replace(BEFORE, exchange=replace(BEFORE.exchange, message_id="msg_1"))
WHOLE = BEFORE.exchange.usage or Usage()
MISS = Usage(written_5m=WHOLE.written, uncached=WHOLE.uncached, output=9)


def verdict(insight: Insight, usage: Usage, diagnosis: Diagnosis) -> Verdict:
    exchange = replace(
        BEFORE.exchange,
        number=2,
        body=insight.body,
        started_at=NOW,
        first_event_at=NOW + 1,
        ended_at=NOW + 2,
        usage=usage,
        diagnosis=diagnosis,
    )
    found = judge(exchange, insight, CATALOGUE)
    assert found is not None
    return found


def told(kind: str | None) -> Diagnosis:
    """What the API says when it was asked to compare with the first exchange."""
    if kind is None:
        return Diagnosis(asked=True, previous="msg_1", state="null")
    return Diagnosis(asked=True, previous="msg_1", state="reason", type=kind, missed=90_000)


EDITED = BEFORE.look(system_changed(sample(), "You are", "You\u00a0are"))
SAME = BEFORE.look(sample())


@pytest.fixture
def card(qapp: QApplication, qtbot: QtBot) -> VerdictCard:
    dress(qapp)
    card = VerdictCard()
    qtbot.addWidget(card)
    card.resize(680, 120)
    return card


def test_witnesses_that_agree_carry_a_tick_each(card: VerdictCard) -> None:
    card.show_verdict(verdict(EDITED, MISS, told("system_changed")))
    assert card.word == "✕ MISS"
    assert card.witnesses == (
        "✓ Comparison: miss expected",
        "✓ Diagnostics: changed",
        "✓ Usage: not read",
    )
    assert card.evidence.startswith("The witnesses agree.")


def test_witnesses_that_contradict_each_other_are_shown_as_such(card: VerdictCard) -> None:
    card.show_verdict(verdict(SAME, MISS, told(None)))
    assert card.witnesses == (
        "≠ Comparison: read expected",
        "≠ Diagnostics: no change",
        "≠ Usage: not read",
    )
    assert "The witnesses contradict each other." in card.evidence
    assert "Comparison (≠ Usage)" in card.evidence
    assert "the provider's side is suspected" in card.evidence


def test_one_that_has_nothing_to_say_is_no_agreement(card: VerdictCard) -> None:
    card.show_verdict(verdict(EDITED, MISS, Diagnosis()))
    assert "– Diagnostics: nothing to say" in card.witnesses


def test_the_evidence_unfolds_with_the_mouse_and_gets_its_height(card: VerdictCard) -> None:
    card.show_verdict(verdict(EDITED, MISS, told("system_changed")))
    button, scroll = card.findChild(QToolButton, "evidence_button"), card.findChild(QScrollArea)
    assert button is not None
    assert scroll is not None
    assert not scroll.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert scroll.isVisible()
    assert 60 < scroll.height() <= 132
    assert f"{WHOLE.written:,} tokens" in card.evidence


def test_what_has_no_verdict_has_no_witnesses(card: VerdictCard) -> None:
    card.show_verdict(verdict(EDITED, MISS, told("system_changed")))
    card.show_words("✕ FAILED", "The API is overloaded.", "failed")
    assert card.witnesses == ()
    assert (card.word, card.say) == ("✕ FAILED", "The API is overloaded.")
    card.show_words("", "", "")
    assert not card.isVisible()
