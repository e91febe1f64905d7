"""The ribbon: to scale, in cache order, with the break where it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Document
from coldbyte.core.text.text import Text
from coldbyte.ui.prefix.ribbon import Place, RibbonLabels, Segment, ribbon_of, widths
from coldbyte.ui.prefix.ribbon_layout import Drawn
from coldbyte.ui.prefix.ribbon_view import RibbonView
from coldbyte.ui.theme import current_theme
from ui.prompts import dress, first_look, sample, send, system_changed, with_document, with_long_system

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> RibbonView:
    dress(qapp)
    view = RibbonView()
    qtbot.addWidget(view)
    view.resize(640, view.sizeHint().height())
    view.show()
    return view


def drawn(view: RibbonView, label: str) -> Drawn:
    return next(one for one in view.picture.drawn if one.segment.label == label)


def middle(one: Drawn) -> QPoint:
    return one.rect.center().toPoint()


@given(
    st.lists(st.integers(1, 5_000_000), min_size=1, max_size=60),
    st.floats(50, 4_000),
    st.floats(1, 120),
)
def test_widths_fill_the_space_and_nobody_gets_less_than_the_least(
    sizes: list[int], width: float, minimum: float
) -> None:
    shares = widths(sizes, width, minimum)
    assert sum(shares) == pytest.approx(width)
    least = min(minimum, width / len(sizes))
    assert all(share >= least * 0.999 for share in shares)
    ordered = sorted(zip(sizes, shares, strict=True))
    assert all(one[1] <= two[1] * 1.001 for one, two in pairwise(ordered))


def test_large_blocks_are_drawn_to_scale() -> None:
    assert widths([100, 300, 600], 1_000, 10) == pytest.approx([100, 300, 600])


def test_a_place_counts_from_the_start_of_the_content() -> None:
    block = Segment("system[0].text", "System", "system", "read", 500, 100, 20, 7)
    assert [block.place(share).byte for share in (0, 0.1, 0.5, 1)] == [0, 0, 30, 79]


def test_blocks_stand_in_cache_order_under_their_titles(view: RibbonView) -> None:
    view.show_insight(first_look(with_document(sample(), "Some notes.")))
    labels = [one.segment.label for one in view.picture.drawn]
    assert labels == ["model", "System", "gdpr.txt", "notes.md", "Question"]
    lefts = [one.rect.left() for one in view.picture.drawn]
    assert lefts == sorted(lefts)
    assert view.picture.drawn[-1].rect.right() == pytest.approx(view.width())


def test_segments_cover_the_prefix_and_count_its_tokens() -> None:
    insight = first_look(sample())
    ribbon = ribbon_of(insight, RibbonLabels())
    assert ribbon.size == insight.prefix.size
    assert sum(segment.tokens for segment in ribbon.segments) == insight.forecast.plan.usage.input


def test_fates_say_what_is_read_written_and_sent_uncached(view: RibbonView) -> None:
    sent = send(with_long_system(sample(), "1h"))
    draft = with_document(with_long_system(sample(), "1h"), "Some notes. " * 2_000)
    view.show_insight(sent.look(draft))
    fates = [(segment.label, segment.fate) for segment in view.ribbon.segments]
    assert fates == [
        ("model", "read"),
        ("System", "read"),
        ("gdpr.txt", "read"),
        ("notes.md", "written"),
        ("Question", "uncached"),
    ]
    outcomes = [segment.outcome for segment in view.ribbon.segments if segment.ttl]
    assert outcomes == ["held", "read", "written"]


def test_nothing_is_read_behind_a_break_in_the_system_prompt(view: RibbonView) -> None:
    view.show_insight(send(sample()).look(system_changed(sample(), "You are", "You  are")))
    assert [segment.fate for segment in view.ribbon.segments] == ["written"] * 3 + ["uncached"]


def test_the_break_stands_at_its_byte_of_its_block(view: RibbonView) -> None:
    draft = sample()
    text = draft.documents[0].text
    half = text.boundary(text.size // 2)
    offset = text.utf16_at(half)
    view.show_insight(send(draft).look(draft.with_text("document-1", text.replace(offset, offset, "\u200b"))))
    document = drawn(view, "gdpr.txt")
    assert view.picture.break_x == pytest.approx(document.rect.center().x(), abs=1)
    assert view.ribbon.break_place == Place("messages[0].content[0].source.data", half)


def test_a_removed_end_breaks_at_the_end(view: RibbonView) -> None:
    draft = with_document(sample(), "Some notes. " * 2_000)
    view.show_insight(send(draft).look(replace(draft, documents=draft.documents[:1])))
    assert view.picture.break_x == pytest.approx(drawn(view, "Question").rect.left(), abs=8)


def test_a_change_behind_the_last_breakpoint_is_no_break(view: RibbonView) -> None:
    view.show_insight(send(sample()).look(sample(), "question-2"))
    assert view.picture.break_x is None


def test_a_click_asks_to_go_to_the_byte_under_the_pointer(view: RibbonView, qtbot: QtBot) -> None:
    view.show_insight(first_look(sample()))
    document = drawn(view, "gdpr.txt")
    with qtbot.waitSignal(view.place_requested) as asked:
        QTest.mouseClick(view, LEFT, pos=middle(document))
    place = asked.args[0]
    assert place.where == "messages[0].content[0].source.data"
    assert place.byte == pytest.approx(document.segment.size / 2, rel=0.02)


def test_a_click_on_the_break_asks_for_its_exact_byte(view: RibbonView, qtbot: QtBot) -> None:
    view.show_insight(send(sample()).look(system_changed(sample(), "than fifty", "than\u00a0fifty")))
    x = view.picture.break_x
    assert x is not None
    with qtbot.waitSignal(view.place_requested) as asked:
        QTest.mouseClick(view, LEFT, pos=QPoint(round(x) + 4, 30))
    byte = str(sample().system[0].text).encode().index(b" fifty")
    assert asked.args[0] == Place("system[0].text", byte)


def test_keys_walk_through_the_blocks_and_go_there(view: RibbonView, qtbot: QtBot) -> None:
    view.show_insight(first_look(sample()))
    for key in (Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(view, key)
    assert "gdpr.txt" in view.accessibleDescription()
    with qtbot.waitSignal(view.place_requested) as asked:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert asked.args[0] == Place("messages[0].content[0].source.data", 0)


def test_a_tip_names_block_bytes_tokens_and_breakpoint(view: RibbonView) -> None:
    insight = send(sample()).look(sample())
    view.show_insight(insight)
    document = drawn(view, "gdpr.txt")
    tip = view.tip_at(QPointF(middle(document)))
    start = insight.prefix.starts[2]
    assert "gdpr.txt · messages[0].content[0].source.data" in tip
    assert f"bytes {start:,} to {insight.prefix.starts[3]:,} (cache view)" in tip
    assert f"≈ {insight.forecast.tokens[2]:,} tokens (estimated) are read" in tip
    assert "5m · read" in tip


def test_the_tip_of_the_break_names_its_byte(view: RibbonView) -> None:
    insight = send(sample()).look(system_changed(sample(), "You are", "You  are"))
    view.show_insight(insight)
    x = view.picture.break_x
    assert x is not None
    assert insight.comparison is not None
    assert f"byte {insight.comparison.shared:,} of {insight.prefix.size:,}" in view.tip_at(QPointF(x, 30))


def test_many_blocks_are_drawn_as_fewer_and_pins_stay(view: RibbonView) -> None:
    documents = tuple(
        Document(f"d{n}", f"{n}.txt", Text.from_str(f"{n} words " * 400), "5m" if n in (700, 999) else None)
        for n in range(1_000)
    )
    insight = first_look(replace(sample(), documents=documents))
    view.show_insight(insight)
    segments = view.ribbon.segments
    assert len(segments) < 100
    assert [segment.label for segment in segments if segment.ttl] == ["700.txt", "999.txt"]
    assert view.ribbon.size == insight.prefix.size
    assert sum(segment.count for segment in segments) == len(insight.prefix.blocks)
    assert all(one.rect.width() >= 3 for one in view.picture.drawn)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_break_is_painted_in_its_colour(view: RibbonView, qapp: QApplication, name: str) -> None:
    dress(qapp, name)
    view.show_insight(send(sample()).look(system_changed(sample(), "You are", "You  are")))
    x = view.picture.break_x
    assert x is not None
    image = view.grab().toImage()
    y = round((view.picture.bar_top + view.picture.bar_bottom) / 2)
    assert image.pixelColor(round(x), y) == current_theme().color("cold")


def test_no_draft_is_an_empty_ribbon(view: RibbonView, qtbot: QtBot) -> None:
    view.show_insight(None)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.mouseClick(view, LEFT, pos=QPoint(100, 30))
    assert view.grab().width() == view.width()
    assert view.tip_at(QPointF(100, 30)) == ""
