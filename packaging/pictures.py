"""Make the pictures of the README, among them one for each of its five questions, in both themes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

_PAUSE_S = 0.5  # after which the panel has worked out what restoring regains
PICTURES = Path(__file__).resolve().parent / "pictures"


def main() -> int:
    """Play the story once in each theme."""
    os.environ["QT_SCALE_FACTOR"] = "1"
    PICTURES.mkdir(exist_ok=True)
    for theme in ("light", "dark"):
        make(theme)
    return 0


def make(theme: str) -> None:
    """Write the pictures of one theme."""
    from coldbyte.app import App
    from coldbyte.story import Story
    from coldbyte.window import show_off

    async def play(app: App) -> int:
        story = Story(app)
        app.window.action(f"theme_{theme}").trigger()

        async def take(name: str, step: Callable[[], Awaitable[object]]) -> None:
            await step()
            await story.settle()
            await asyncio.sleep(_PAUSE_S)
            story.grab(PICTURES / f"{name}-{theme}.png")
            print(PICTURES / f"{name}-{theme}.png")

        await take("sample", story.open)
        await story.ask(0)
        await take("break", story.break_prefix)
        await take("mended", partial(_trigger, app.window.action("restore")))
        await story.break_prefix()
        await take("verdict", lambda: story.ask(1))
        for row in (0, 2, 3, 1):
            await story.ask(row)
        for view in ("ledger", "money", "history"):
            await take(view, partial(_trigger, app.window.action(f"show_{view}")))
        await story.close()
        return 0

    show_off(play)


async def _trigger(action: QAction) -> None:
    action.trigger()


if __name__ == "__main__":
    sys.exit(main())
