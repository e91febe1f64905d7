"""The bars of what if, as they are painted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coldbyte.ui.money.money_sheet import WhatIfSheet
from coldbyte.ui.money.what_if_bars import WhatIfBars
from coldbyte.ui.theme import current_theme
from ui.money.sheets import replayable, sheet_of
from ui.prompts import dress


@pytest.fixture
def bars(qtbot: QtBot, qapp: QApplication) -> WhatIfBars:
    dress(qapp)
    bars = WhatIfBars()
    qtbot.addWidget(bars)
    bars.resize(640, 200)
    bars.show()
    return bars


@pytest.fixture(scope="module")
def day() -> WhatIfSheet:
    sheet = sheet_of(*replayable()).what_if
    assert sheet is not None
    return sheet


def test_only_the_cheapest_bar_is_solid_and_it_is_the_shorter(bars: WhatIfBars, day: WhatIfSheet) -> None:
    bars.show_sheet(day)
    image, theme = bars.grab().toImage(), current_theme()
    rows = range(image.height())
    solid = max(sum(image.pixelColor(x, y) == theme.color("warm") for x in range(640)) for y in rows)
    hollow = max(sum(image.pixelColor(x, y) == theme.color("uncached") for x in range(640)) for y in rows)
    share = float(day.what_if.cheapest.cost / day.what_if.way("without").cost)
    assert abs(solid / hollow - share) < 0.03


def test_as_it_was_is_marked_only_at_the_rate_that_was_observed(bars: WhatIfBars, day: WhatIfSheet) -> None:
    bars.show_sheet(day)
    marked = bars.sizeHint().height()
    bars.show_sheet(replace(day, per_day=500))
    assert bars.sizeHint().height() < marked


def test_each_way_is_said_with_its_cost(bars: WhatIfBars, day: WhatIfSheet) -> None:
    bars.show_sheet(day)
    names = [line.split("$")[0].strip() for line in bars.text.splitlines()]
    assert names == ["Without caching", "✓ 5 minutes", "1 hour", "5 minutes, kept warm"]
    assert bars.accessibleDescription() == bars.text
