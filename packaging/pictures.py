"""Make the pictures of the README: the main story on a real window, after each of its steps."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

PICTURES = Path(__file__).resolve().parent / "pictures"


def main() -> int:
    """Play the story once in each theme; an empty home folder keeps the user's settings out of it."""
    for theme in ("light", "dark"):
        with tempfile.TemporaryDirectory() as home:
            os.environ.update(HOME=home, XDG_CONFIG_HOME=home, QT_SCALE_FACTOR="1")
            make(theme)
    return 0


def make(theme: str) -> None:
    """Write asked-, read-, break- and verdict- pictures of one theme."""
    from coldbyte.app import App
    from coldbyte.story import Story
    from coldbyte.window import run

    async def play(app: App) -> int:
        story = Story(app)
        app.window.action(f"theme_{theme}").trigger()
        await story.open()
        for name, step in (
            ("asked", lambda: story.ask(0)),
            ("read", lambda: story.ask(1)),
            ("break", story.break_prefix),
            ("verdict", lambda: story.ask(1)),
        ):
            await step()
            await story.settle()
            story.grab(PICTURES / f"{name}-{theme}.png")
        await story.close()
        return 0

    PICTURES.mkdir(exist_ok=True)
    run(play)
    for name in ("asked", "read", "break", "verdict"):
        print(PICTURES / f"{name}-{theme}.png")


if __name__ == "__main__":
    sys.exit(main())
