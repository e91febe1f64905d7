"""The project that is open: what is unsaved, what others changed, who may save."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from coldbyte.core.draft import Draft, Question, SystemBlock
from coldbyte.core.text.text import Text
from coldbyte.services.project_folder import BrokenProjectError, ChangedOutsideError, ProjectFolder
from coldbyte.services.project_lock import ProjectLocks
from coldbyte.services.text_file import FileTrouble
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.open_project import OpenProject
from coldbyte.state.tasks import Tasks

T = TypeVar("T")


def text(chars: str) -> Text:
    return Text.from_str(chars)


class Window:
    """A draft with its project, on the real disk."""

    def __init__(self, loop: asyncio.AbstractEventLoop, base: Path) -> None:
        self.loop = loop
        blocks = (SystemBlock("s", text("one\n")),)
        self.draft = OpenDraft(Draft("m", 1, blocks, (), (Question("q", text("Why?")), Question("r"))))
        self.tasks = Tasks()
        self.project = OpenProject(self.draft, ProjectFolder(), ProjectLocks(base / "locks"), self.tasks)
        self.changed: list[tuple[str, ...]] = []
        self.troubles: list[OSError] = []
        self.project.changed_outside.connect(self.changed.append)
        self.project.troubled.connect(self.troubles.append)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns, when all that it set going has ended, too."""

        async def whole() -> T:
            result = await work
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(others)
            return result

        return self.loop.run_until_complete(whole())

    def file(self, key: str) -> Path:
        home, folder = self.project.home, self.project.folder
        assert home is not None
        assert folder is not None
        return folder / home.paths[key]

    def is_unsaved(self) -> bool:
        return self.project.unsaved

    def barred(self) -> str:
        return self.project.bar

    def close(self) -> None:
        self.project.close()
        self.run(self.tasks.close())


@pytest.fixture
def window(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Window]:
    window = Window(loop, tmp_path)
    yield window
    window.close()


def test_unsaved_follows_undo_back_to_what_was_saved(window: Window, tmp_path: Path) -> None:
    assert not window.is_unsaved()
    window.run(window.project.save_as(tmp_path / "bot"))
    assert not window.is_unsaved()
    window.draft.edit_text("s", text("one\nx"))
    assert window.is_unsaved()
    window.draft.edit_text("s", text("one\n"))
    assert not window.is_unsaved()
    window.draft.select_question("r")
    assert not window.is_unsaved()


def test_what_is_typed_while_saving_is_unsaved(window: Window, tmp_path: Path) -> None:
    window.run(window.project.save_as(tmp_path / "bot"))
    window.draft.edit_text("s", text("two\n"))

    async def type_meanwhile() -> None:
        saving = window.tasks.start("save", window.project.save())
        await asyncio.sleep(0)
        window.draft.edit_text("s", text("three\n"))
        await saving

    window.run(type_meanwhile())
    assert window.file("s").read_bytes() == b"two\n"
    assert window.is_unsaved()


def test_a_change_by_another_program_is_told_once_and_not_overwritten(window: Window, tmp_path: Path) -> None:
    window.run(window.project.save_as(tmp_path / "bot"))
    window.file("s").write_bytes(b"theirs\n")
    assert window.run(window.project.look()) == ("system/01-one.md",)
    window.run(window.project.look())
    assert window.changed == [("system/01-one.md",)]
    window.draft.edit_text("s", text("mine\n"))
    with pytest.raises(ChangedOutsideError):
        window.run(window.project.save())
    assert window.file("s").read_bytes() == b"theirs\n"
    window.project.settle(window.run(window.project.read()), window.draft.draft)
    assert window.is_unsaved()
    window.run(window.project.save())
    assert window.file("s").read_bytes() == b"mine\n"
    assert window.run(window.project.look()) == ()


def test_the_system_tells_of_a_change(window: Window, tmp_path: Path) -> None:
    window.run(window.project.save_as(tmp_path / "bot"))
    told = window.loop.create_future()
    window.project.changed_outside.connect(told.set_result)
    window.file("s").write_bytes(b"theirs\n")
    assert window.run(asyncio.wait_for(told, 60)) == ("system/01-one.md",)


def test_a_project_that_was_broken_outside_can_be_replaced(window: Window, tmp_path: Path) -> None:
    window.run(window.project.save_as(tmp_path / "bot"))
    window.file("s").unlink()
    (tmp_path / "bot" / "coldbyte.json").write_bytes(b"<<<<<<<")
    with pytest.raises(BrokenProjectError):
        window.run(window.project.read())
    with pytest.raises(ChangedOutsideError):
        window.run(window.project.save())
    window.run(window.project.keep())
    assert window.is_unsaved()
    window.run(window.project.save())
    assert not window.is_unsaved()
    assert window.file("s").read_bytes() == b"one\n"


def test_the_second_window_reads_and_the_first_one_keeps_the_lock(
    window: Window, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    window.run(window.project.save_as(tmp_path / "bot"))
    second = Window(loop, tmp_path)
    second.run(second.project.open(tmp_path / "bot"))
    assert second.barred() == "elsewhere"
    assert not window.barred()
    window.project.leave()
    second.run(second.project.open(tmp_path / "bot"))
    assert not second.barred()
    second.close()


def test_a_project_that_cannot_be_opened_leaves_the_draft(window: Window, tmp_path: Path) -> None:
    before = window.draft.draft
    with pytest.raises(FileTrouble):
        window.run(window.project.open(tmp_path / "none"))
    assert window.draft.draft is before
    assert window.project.folder is None


def test_another_project_is_not_overwritten_by_saving_into_its_folder(
    window: Window, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    window.run(window.project.save_as(tmp_path / "bot"))
    window.project.leave()
    other = Window(loop, tmp_path)
    other.draft.edit_text("s", text("other\n"))
    with pytest.raises(ChangedOutsideError):
        other.run(other.project.save_as(tmp_path / "bot"))
    assert other.project.folder is None
    other.close()


def test_after_a_restart_the_project_is_compared_with_what_was_known(
    window: Window, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    window.run(window.project.save_as(tmp_path / "bot"))
    home, file = window.project.home, window.file("s")
    assert home is not None
    window.project.leave()
    file.write_bytes(b"theirs\n")
    later = Window(loop, tmp_path)
    told = loop.create_future()
    later.project.changed_outside.connect(told.set_result)

    async def restore() -> object:
        later.project.restore(home)
        return await asyncio.wait_for(told, 60)

    assert later.run(restore()) == ("system/01-one.md",)
    assert later.project.base is None
    later.close()


def test_a_folder_that_vanished_is_told_once_and_again_when_it_vanishes_again(
    window: Window, tmp_path: Path
) -> None:
    folder = tmp_path / "bot"
    window.run(window.project.save_as(folder))
    folder.rename(tmp_path / "away")
    window.run(window.project.look())
    window.run(window.project.look())
    assert len(window.troubles) == 1
    (tmp_path / "away").rename(folder)
    assert window.run(window.project.look()) == ()
    folder.rename(tmp_path / "away")
    window.run(window.project.look())
    assert len(window.troubles) == 2


def test_the_folder_is_only_touched_in_worker_threads(
    loop: asyncio.AbstractEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, gui = tmp_path / "bot", threading.get_ident()
    first = Window(loop, tmp_path)
    first.run(first.project.save_as(folder))
    home = first.project.home
    assert home is not None
    first.close()
    touched: list[str] = []
    watching = [True]

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if watching[0] and threading.get_ident() == gui and str(folder) in map(str, arguments):
            touched.append(event)

    sys.addaudithook(note)

    def told(name: str, real: Callable[..., object], path: object, *more: object, **named: object) -> object:
        note(name, (path,))
        return real(path, *more, **named)

    for name in ("stat", "lstat", "access"):  # which Python does not tell of
        monkeypatch.setattr(os, name, partial(told, name, getattr(os, name)))
    window = Window(loop, tmp_path)
    window.project.restore(home)
    window.run(window.project.save())
    window.run(window.project.save_as(tmp_path / "other"))
    window.run(window.project.open(folder))
    watching[0] = False
    window.close()
    assert window.project.name == "bot"
    assert not touched


def test_a_project_that_gave_way_while_it_was_looked_at_has_no_lock(window: Window, tmp_path: Path) -> None:
    window.run(window.project.save_as(tmp_path / "bot"))
    home = window.project.home
    assert home is not None
    window.project.leave()

    async def change_mind() -> None:
        window.project.restore(home)
        await asyncio.sleep(0)
        window.project.leave()

    window.run(change_mind())
    assert window.project.name == ""
    other = Window(window.loop, tmp_path)
    other.run(other.project.open(tmp_path / "bot"))
    assert other.barred() == ""
    other.close()
