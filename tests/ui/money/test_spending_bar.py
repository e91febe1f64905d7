"""The bar of the spending, as it is painted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from coldbyte.core.account.spending import Spending
from coldbyte.ui.money.spending_bar import PARTS, Part, SpendingBar, fill_part
from coldbyte.ui.theme import current_theme
from ui.stage import Stage

WHITE = QColor("white")


@pytest.fixture
def bar(stage: Stage) -> SpendingBar:
    return stage.show(SpendingBar(), 600, 50)


def dollars_of(**parts: str) -> Spending:
    return Spending(**{name: Decimal(amount) for name, amount in parts.items()})


def grey(part: Part) -> list[int]:
    """How light the pixels of a part are."""
    image = QImage(60, 18, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    painter = QPainter(image)
    fill_part(painter, QRectF(image.rect()), part, current_theme())
    painter.end()
    return [image.pixelColor(x, y).lightness() for x in range(60) for y in range(18)]


def test_the_parts_are_as_wide_as_what_they_cost(bar: SpendingBar) -> None:
    bar.show_spending(dollars_of(read="3", uncached="1"))
    image, theme = bar.grab().toImage(), current_theme()
    width = image.width()
    read = sum(image.pixelColor(x, 9) == theme.color("warm") for x in range(width))
    assert abs(read / width - 0.75) < 0.01


def test_a_part_that_costs_next_to_nothing_can_be_seen(bar: SpendingBar) -> None:
    bar.show_spending(dollars_of(read="0.000001", written="100"))
    image = bar.grab().toImage()
    assert sum(image.pixelColor(x, 9) == current_theme().color("warm") for x in range(image.width())) >= 1


def test_parts_differ_without_their_colours(bar: SpendingBar) -> None:
    looks = {part: grey(part) for part in PARTS}
    assert len({tuple(look) for look in looks.values()}) == len(PARTS)
    flat = {part for part, look in looks.items() if len(set(look)) == 1}
    assert flat == {"read", "uncached"}
    assert abs(looks["read"][0] - looks["uncached"][0]) > 40


def test_the_legend_names_what_cost_something(bar: SpendingBar) -> None:
    bar.show_spending(dollars_of(read="0.012", output="0.5"))
    assert bar.text == "Read $0.012 · Answers $0.50"
    assert bar.accessibleName().endswith("Read $0.012 · Answers $0.50")


def test_nothing_spent_is_an_empty_bar(bar: SpendingBar) -> None:
    bar.show_spending(dollars_of(read="1"))
    bar.show_spending(Spending())
    assert bar.text == ""
    assert not bar.grab().isNull()
