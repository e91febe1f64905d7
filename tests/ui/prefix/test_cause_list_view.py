"""The list of causes: in order, named, told apart without colour, changed only where something changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from coldbyte.core.cause import FIXES, CauseId, Severity
from coldbyte.core.insight import Insight
from coldbyte.ui.prefix.cause_delegate import CauseDelegate
from coldbyte.ui.prefix.cause_item_model import CauseItemModel
from coldbyte.ui.prefix.cause_list_view import CauseListView
from coldbyte.ui.prefix.cause_row import GROUP
from coldbyte.ui.prefix.cause_words import title_of
from coldbyte.ui.theme import current_theme
from ui.prompts import dress, first_look, sample, send, system_changed, with_long_system

LEFT = Qt.MouseButton.LeftButton
NBSP = system_changed(sample(), "You are", "You\u00a0are")
THREE = system_changed(system_changed(NBSP, "don't", "don’t"), "fifty", "sixty")


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> CauseListView:
    dress(qapp)
    view = CauseListView()
    qtbot.addWidget(view)
    view.resize(660, 200)
    view.show()
    return view


def titles(view: CauseListView) -> list[str]:
    return [row.title for row in view.rows]


def chosen(view: CauseListView) -> str:
    """The id of the chosen cause; empty without one."""
    return view.cause.id if view.cause else ""


def other_question() -> Insight:
    return send(sample()).look(THREE, "question-2")


class Changes:
    """What a view is told by its model."""

    def __init__(self, view: CauseListView) -> None:
        self.seen: list[str] = []
        model = view.model()
        assert isinstance(model, CauseItemModel)
        model.rowsInserted.connect(lambda _, first, last: self.seen.append(f"+{first}..{last}"))
        model.rowsRemoved.connect(lambda _, first, last: self.seen.append(f"-{first}..{last}"))
        model.dataChanged.connect(lambda first, last: self.seen.append(f"~{first.row()}..{last.row()}"))
        model.modelReset.connect(lambda: self.seen.append("reset"))


def test_causes_stand_in_cache_order_with_place_sentence_and_marks(view: CauseListView) -> None:
    view.show_insight(send(sample()).look(THREE))
    assert titles(view) == ["No-break space", "Text edited", "Smart punctuation"]
    first = view.rows[0]
    assert first.where == "The system prompt, line 1"
    assert first.say == "A no-break space (U+00A0) stands where a space (U+0020) stood."
    assert [chip.label for chip in first.chips] == ["the break", "loss", "sure", "documented"]
    assert [chip.label for chip in view.rows[1].chips] == ["loss", "sure", "documented"]


def test_the_cause_of_the_break_is_chosen_and_followed(view: CauseListView) -> None:
    sent = send(sample())
    later = system_changed(sample(), "don't", "don’t")
    view.show_insight(sent.look(later))
    assert chosen(view) == "typography-changed"
    view.show_insight(sent.look(system_changed(later, "You are", "You\u00a0are")))
    assert chosen(view) == "invisible-char-changed"


def test_a_cause_that_the_user_chose_stays_chosen_until_it_is_gone(view: CauseListView) -> None:
    sent = send(sample())
    view.show_insight(sent.look(THREE))
    QTest.keyClick(view, Qt.Key.Key_End)
    assert chosen(view) == "typography-changed"
    view.show_insight(sent.look(system_changed(THREE, "sixty", "seventy")))
    assert chosen(view) == "typography-changed"
    view.show_insight(sent.look(NBSP))
    assert chosen(view) == "invisible-char-changed"


def test_the_same_causes_change_nothing_and_another_sentence_one_row(view: CauseListView) -> None:
    sent = send(sample())
    view.show_insight(sent.look(THREE))
    changes = Changes(view)
    view.show_insight(sent.look(THREE))
    assert changes.seen == []
    view.show_insight(sent.look(system_changed(THREE, "sixty", "seventy")))
    assert "~1..1" in changes.seen
    assert all(one.startswith("~") for one in changes.seen)


def test_a_cause_that_comes_or_goes_is_one_row(view: CauseListView) -> None:
    sent = send(sample())
    two = system_changed(NBSP, "don't", "don’t")
    view.show_insight(sent.look(two))
    changes = Changes(view)
    view.show_insight(sent.look(THREE))
    assert changes.seen[0] == "+1..1"
    view.show_insight(sent.look(two))
    assert "-1..1" in changes.seen
    assert "reset" not in changes.seen


def test_what_costs_nothing_is_folded_away_and_opened_by_key_or_click(view: CauseListView) -> None:
    view.show_insight(other_question())
    assert titles(view)[3:] == ["1 difference that costs nothing"]
    QTest.keyClick(view, Qt.Key.Key_End)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert titles(view)[4:] == ["Text edited"]
    assert view.rows[4].chips[-3].label == "harmless"
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert len(titles(view)) == 4
    view.scrollTo(view.model().index(3, 0))
    place = view.visualRect(view.model().index(3, 0))
    QTest.mouseClick(view.viewport(), LEFT, pos=place.center())
    assert len(titles(view)) == 5
    assert view.rows[3].key == GROUP
    assert [row.open for row in view.rows[3:4]] == [True]


def test_the_title_of_the_group_leaves_the_chosen_cause_in_sight(view: CauseListView) -> None:
    view.show_insight(other_question())
    QTest.keyClick(view, Qt.Key.Key_End)
    assert chosen(view) == "invisible-char-changed"


def test_enter_asks_for_the_place(view: CauseListView, qtbot: QtBot) -> None:
    view.show_insight(send(sample()).look(NBSP))
    with qtbot.waitSignal(view.cause_activated):
        QTest.keyClick(view, Qt.Key.Key_Return)


def test_a_screen_reader_hears_title_place_sentence_and_severity(view: CauseListView) -> None:
    view.show_insight(send(sample()).look(NBSP))
    spoken = view.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    for words in ("No-break space", "The system prompt, line 1", "(U+00A0) stands", "loss", "documented"):
        assert words in spoken


@pytest.mark.parametrize("width", [660, 380])
def test_every_chip_explains_itself(view: CauseListView, width: int) -> None:
    view.resize(width, 200)
    view.show_insight(send(sample()).look(NBSP))
    delegate = view.itemDelegate()
    assert isinstance(delegate, CauseDelegate)
    option = QStyleOptionViewItem()
    option.font, option.widget = view.font(), view
    option.rect = view.visualRect(view.model().index(0, 0))
    row = view.rows[0]
    tips = {
        delegate.tip_at(option, row, QPointF(x, y))
        for x in range(0, width, 6)
        for y in range(option.rect.top(), option.rect.bottom(), 4)
    }
    assert {chip.tip for chip in row.chips} <= tips
    assert f"{row.title}\n{row.where}\n{row.say}\ninvisible-char-changed" in tips


def shape(view: CauseListView, row: int) -> QImage:
    """The sign at the start of a row as it is drawn, without its colour."""
    place = view.visualRect(view.model().index(row, 0))
    image = (
        view.viewport()
        .grab(QRect(place.topLeft() + QPoint(4, 2), place.topLeft() + QPoint(24, 22)))
        .toImage()
    )
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_severities_differ_in_shape(view: CauseListView, qapp: QApplication, name: str) -> None:
    dress(qapp, name)
    insight = send(sample()).look(THREE)
    kinds: tuple[Severity, ...] = ("loss", "warning", "expected", "info")
    causes = tuple(
        replace(cause, severity=severity)
        for severity, cause in zip(kinds, (*insight.causes, insight.causes[0]), strict=True)
    )
    causes = (*causes[:3], replace(causes[3], where="x"))
    view.resize(660, 300)
    view.show_insight(replace(insight, causes=causes))
    view.setCurrentIndex(view.model().index(-1, 0))
    ground = current_theme().color("surface")
    covered = []
    for row in range(4):
        image = shape(view, row)
        gray = QColor(ground).lightness()
        pixels = [image.pixelColor(x, y).lightness() for x in range(20) for y in range(20)]
        covered.append(sum(abs(pixel - gray) > 40 for pixel in pixels))
    assert len(set(covered)) == 4, covered
    assert min(covered) > 10


def test_every_cause_has_a_title_of_its_own() -> None:
    insight = send(sample()).look(NBSP)
    names: list[CauseId] = list(FIXES)
    found = [title_of(replace(insight.causes[0], id=name, code_points_after=())) for name in names]
    assert not [title for title in found if "-" in title and title.islower()]
    assert len(set(found)) == len(found)


def test_the_set_up_is_listed_without_a_baseline(view: CauseListView) -> None:
    draft = with_long_system(sample(), "5m")
    draft = replace(draft, documents=(replace(draft.documents[0], ttl="1h"),))
    view.show_insight(first_look(draft))
    assert titles(view) == ["Lifetimes in the wrong order"]
    view.show_insight(None)
    assert titles(view) == []
    assert view.cause is None
