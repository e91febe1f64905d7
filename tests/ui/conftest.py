"""What the tests of widgets share."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.prompts import dress
from ui.stage import Stage


@pytest.fixture(params=["light", "dark"])
def stage(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest) -> Stage:
    """A stage in each theme."""
    dress(qapp, request.param)
    return Stage(qtbot)
