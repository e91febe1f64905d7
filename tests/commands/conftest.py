"""What the tests of the commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from asked import Desk


@pytest.fixture
def desk(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Desk:
    """A folder of its own and the command line."""
    return Desk(tmp_path, capsysbinary)
