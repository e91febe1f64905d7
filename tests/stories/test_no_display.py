"""On a machine without a display the command plays the story, leaves a picture and says the verdict."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage


def test_without_a_display_the_story_is_played_and_a_picture_is_left(tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "coldbyte"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    *_, verdict, picture = ran.stdout.splitlines()
    assert "no-break space" in verdict
    assert "tokens cold" in verdict
    image = QImage(picture)
    assert image.width() >= 1200
    assert len({image.pixel(x, y) for x in range(0, 1200, 7) for y in range(0, 700, 7)}) > 20
    assert "Traceback" not in ran.stderr
