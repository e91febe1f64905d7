"""The working copy on disk: what was typed is found again, whatever ended the process or spoilt the file."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.draft_file import read_draft
from coldbyte.core.journal.frame import framed
from coldbyte.core.journal.record import Chosen, encode
from coldbyte.core.journal.work import Work
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Steps
from coldbyte.services.text_file import FileTrouble
from coldbyte.services.working_copy import KEPT_ASIDE, Opened, WorkingCopy
from coldbyte.services.working_copy_file import trouble_of, why_unwritable
from core.journal.random_work import HANDS, Author, Hand, a_draft
from services.working_copy_child import after, edit

CHILD = Path(__file__).with_name("working_copy_child.py")
DRAFT = Draft("m", 1, (SystemBlock("s", Text.from_str("a\r\nb\u00a0")),))
FILE = "working-copy.journal"
Deed = Callable[[WorkingCopy, Opened], Awaitable[None]]


def visit(folder: Path, deed: Deed, short: int = 256_000) -> Opened:
    """One run of the app, as far as it concerns the disk."""

    async def run() -> Opened:
        store = WorkingCopy(folder / "work", folder / "draft.json", short=short)
        opened = store.open()
        await deed(store, opened)
        await store.close()
        return opened

    return asyncio.run(run())


async def nothing(_store: WorkingCopy, _opened: Opened) -> None:
    """Only look."""


async def start(store: WorkingCopy, _opened: Opened) -> None:
    await store.begin(())
    await store.rewrite(after(0))


def found(folder: Path) -> Work:
    opened = visit(folder, nothing)
    assert not opened.troubles
    assert opened.work is not None
    return opened.work


def said(opened: Opened) -> FileTrouble:
    """The one thing that is wrong."""
    (trouble,) = opened.troubles
    return trouble


def in_folder(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def keep(store: WorkingCopy, opened: Opened) -> None:
    """Keep what is open anew, as the app does with what the file does not hold as it is."""
    assert opened.work is not None
    assert not opened.is_kept
    await store.begin(())
    await store.rewrite(opened.work)


def test_what_was_appended_is_found_again(tmp_path: Path) -> None:
    assert visit(tmp_path, start) == Opened()

    async def edits(store: WorkingCopy, opened: Opened) -> None:
        assert opened == Opened(after(0), is_kept=True)
        await store.append([edit(0), edit(1)])
        await store.append([edit(2)])
        assert store.is_grown

    visit(tmp_path, edits)
    assert found(tmp_path) == after(3)
    assert [path.name for path in (tmp_path / "work").iterdir()] == [FILE]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its own lists of who may read")
def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    async def all_of_it(store: WorkingCopy, opened: Opened) -> None:
        await start(store, opened)
        await store.append([edit(0)])
        store.put_aside(DRAFT, "")

    before = os.umask(0)
    try:
        visit(tmp_path, all_of_it)
    finally:
        os.umask(before)
    (tmp_path / "work" / FILE).write_bytes((tmp_path / "work" / FILE).read_bytes()[:-400])
    visit(tmp_path, nothing)
    for path in (tmp_path / "work").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE((tmp_path / "work").stat().st_mode) == 0o700


def test_what_is_appended_while_all_is_written_anew_stands_behind_it(tmp_path: Path) -> None:
    async def story(store: WorkingCopy, opened: Opened) -> None:
        await start(store, opened)
        await store.begin([edit(0)])
        rewriting = asyncio.ensure_future(store.rewrite(after(1)))  # noqa: TID251 (no app here)
        for number in range(1, 4):
            await store.append([edit(number)])
        await rewriting
        await store.append([edit(4)])

    visit(tmp_path, story)
    assert found(tmp_path) == after(5)


def test_a_long_journal_wants_to_be_written_anew_and_is_short_then(tmp_path: Path) -> None:
    async def story(store: WorkingCopy, opened: Opened) -> None:
        await start(store, opened)
        number = 0
        while not store.is_long:
            await store.append([edit(number)])
            number += 1
        assert 9_000 < (tmp_path / "work" / FILE).stat().st_size - 9_000 < 11_000
        await store.begin(())
        await store.rewrite(after(number))
        assert [store.is_long, store.is_grown] == [False, False]
        assert (tmp_path / "work" / FILE).stat().st_size < 9_000 + 100 * number

    visit(tmp_path, story, short=100)


def several_edits(folder: Path) -> Path:
    """Three edits behind the beginning; the path of the file."""

    async def story(store: WorkingCopy, opened: Opened) -> None:
        await start(store, opened)
        await store.append([edit(0)])
        await store.append([edit(1), edit(2)])

    visit(folder, story)
    return folder / "work" / FILE


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_torn_end_loses_only_what_was_torn_and_is_gone_on_from(tmp_path: Path, cut: int) -> None:
    path = several_edits(tmp_path)
    torn = path.read_bytes()[:-cut]
    path.write_bytes(torn)
    opened = visit(tmp_path, keep)
    assert opened.work == after(2)
    assert "can't be read (from byte" in said(opened).say
    assert found(tmp_path) == after(2)
    assert (path.parent / "working-copy-damaged-1.journal").read_bytes() == torn


def test_damage_behind_the_beginning_is_said_and_the_damaged_file_kept(tmp_path: Path) -> None:
    path = several_edits(tmp_path)
    damaged = bytearray(path.read_bytes())
    damaged[-len(b"".join(framed(encode(edit(2))))) - 5] ^= 1
    path.write_bytes(damaged)
    for deed in (nothing, keep):  # ended before it was written anew, it is still there and said again
        opened = visit(tmp_path, deed)
        assert opened.work == after(1)
        assert "can't be read" in said(opened).say
        assert "working-copy-damaged-1.journal" in said(opened).remedy
    assert found(tmp_path) == after(1), "it is said no more"
    names = {file.name for file in path.parent.iterdir()}
    assert names == {FILE, "working-copy-damaged-1.journal"}
    assert (path.parent / "working-copy-damaged-1.journal").read_bytes() == damaged


@given(st.lists(HANDS, max_size=12), st.booleans(), st.data())
def test_wherever_the_file_is_cut_or_spoilt_it_opens_says_so_and_keeps_the_bytes(
    tmp_path: Path, hands: list[Hand], flip: bool, data: st.DataObject
) -> None:
    author = Author(a_draft())
    author.do(hands)
    ends = [0, *accumulate(sum(map(len, framed(encode(record)))) for record in author.records)]
    whole = b"".join(run for record in author.records for run in framed(encode(record)))
    place = data.draw(st.integers(0, len(whole) - 1))
    spoilt = whole[:place] + (bytes([whole[place] ^ 0x11]) + whole[place + 1 :] if flip else b"")
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    (folder / "work").mkdir()
    (folder / "work" / FILE).write_bytes(spoilt)
    opened = visit(folder, nothing)
    stages = [work for count, work in author.stages if ends[count] <= place]
    if stages:
        assert opened.work is not None
        assert opened.work.draft == stages[-1].draft
        assert {k: v for k, v in opened.work.steps.items() if v != Steps()} == stages[-1].steps
    if flip or place not in ends:
        assert said(opened).say
        assert spoilt in in_folder(folder / "work").values(), "what can't be read now is not thrown away"


def test_zeros_behind_the_end_as_a_power_cut_leaves_them_are_written_over(tmp_path: Path) -> None:
    path = several_edits(tmp_path)
    path.write_bytes(path.read_bytes() + bytes(5_000))

    async def go_on(store: WorkingCopy, opened: Opened) -> None:
        assert opened == Opened(after(3), is_kept=True)
        await store.append([edit(3)])

    visit(tmp_path, go_on)
    assert found(tmp_path) == after(4)


def test_of_a_damaged_beginning_the_rest_is_open_and_the_file_kept(tmp_path: Path) -> None:
    two = Draft(
        "m", 1, (SystemBlock("a", Text.from_str("x" * 99)), SystemBlock("b", Text.from_str("y" * 99)))
    )

    async def story(store: WorkingCopy, _opened: Opened) -> None:
        await store.begin(())
        await store.rewrite(Work(two, ""))

    visit(tmp_path, story)
    path = tmp_path / "work" / FILE
    damaged = path.read_bytes().replace(b"xxx", b"xzx", 1)
    path.write_bytes(damaged)
    opened = visit(tmp_path, nothing)
    assert opened.work is not None
    assert "What could be read" in said(opened).say
    assert not opened.is_kept
    assert [str(part.text) for part in opened.work.draft.system] == ["", "y" * 99]
    assert path.read_bytes() == damaged, "nothing is lost before a new one takes its place"
    assert (tmp_path / "work" / "working-copy-damaged-1.journal").read_bytes() == damaged


@pytest.mark.parametrize("data", [b"", b"{", b"\xff" * 999])
def test_a_file_without_anything_is_set_aside_and_a_new_one_begun(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "work" / FILE
    path.parent.mkdir()
    path.write_bytes(data)
    opened = visit(tmp_path, start)
    assert opened.work is None
    assert "working-copy-damaged-1.journal" in said(opened).remedy
    assert (tmp_path / "work" / "working-copy-damaged-1.journal").read_bytes() == data
    assert found(tmp_path) == after(0)


OLD_FILE = Path(__file__).parents[1] / "data" / "draft-1.json"
"""Written by the last version that kept the draft in one file."""


def old_draft(folder: Path) -> Work:
    """Put the file of an earlier version there; what it holds."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "draft.json").write_bytes(OLD_FILE.read_bytes())
    fields = json.loads(OLD_FILE.read_bytes())
    draft = Draft(
        fields["model"],
        fields["max_tokens"],
        tuple(SystemBlock(row["key"], Text.from_str(row["text"]), "1h") for row in fields["system"]),
        tuple(
            Document(row["key"], row["title"], Text.from_str(row["text"]), "5m")
            for row in fields["documents"]
        ),
        tuple(Question(row["key"], Text.from_str(row["text"])) for row in fields["questions"]),
    )
    return Work(draft, fields["question"])


def test_the_draft_of_an_earlier_version_is_taken_over_once(tmp_path: Path) -> None:
    wanted = old_draft(tmp_path)
    assert "Typed in the old version." in str(wanted.draft.system[0].text)
    opened = visit(tmp_path, nothing)
    assert opened == Opened(wanted)
    assert (tmp_path / "draft.json").read_bytes() == OLD_FILE.read_bytes(), "not before it is safe"
    visit(tmp_path, keep)
    assert not (tmp_path / "draft.json").exists()
    assert found(tmp_path) == wanted


def test_the_draft_of_an_earlier_version_stays_where_it_can_not_be_kept_anew(tmp_path: Path) -> None:
    wanted = old_draft(tmp_path)
    (tmp_path / "work").write_text("in the way")

    async def try_it(store: WorkingCopy, opened: Opened) -> None:
        with pytest.raises(FileTrouble, match="can't be kept"):
            await keep(store, opened)

    visit(tmp_path, try_it)
    assert (tmp_path / "draft.json").read_bytes() == OLD_FILE.read_bytes()
    (tmp_path / "work").unlink()
    visit(tmp_path, keep)
    assert found(tmp_path) == wanted


def test_a_damaged_draft_of_an_earlier_version_is_set_aside_and_said_so(tmp_path: Path) -> None:
    for number, data in enumerate((b"{", b"\xff", b'{"schema": "other"}'), 1):
        (tmp_path / "draft.json").write_bytes(data)
        opened = visit(tmp_path, nothing)
        assert f"draft-damaged-{number}.json" in said(opened).remedy
        assert (tmp_path / f"draft-damaged-{number}.json").read_bytes() == data
    assert visit(tmp_path, nothing) == Opened()


def test_a_draft_that_an_earlier_version_wrote_later_is_put_aside_and_said_so(tmp_path: Path) -> None:
    visit(tmp_path, start)
    wanted = old_draft(tmp_path)
    opened = visit(tmp_path, nothing)
    assert (opened.work, opened.is_kept) == (after(0), True)
    aside = tmp_path / "work" / "put-aside" / "draft-1.json"
    assert said(opened).say == "An earlier version of Coldbyte left another draft."
    assert str(aside) in said(opened).remedy
    assert not (tmp_path / "draft.json").exists()
    assert read_draft(aside.read_bytes().decode()) == (wanted.draft, wanted.question)
    (tmp_path / "draft.json").write_bytes(b"{")
    assert "draft-damaged-1.json" in said(visit(tmp_path, nothing)).remedy
    assert (tmp_path / "draft-damaged-1.json").read_bytes() == b"{"
    assert found(tmp_path) == after(0)


def test_a_frozen_one_shows_what_was_kept_and_touches_nothing(tmp_path: Path) -> None:
    def look() -> Opened:
        return WorkingCopy(tmp_path / "work", tmp_path / "draft.json", frozen=True).open()

    assert look() == Opened(can_keep=False)
    wanted = old_draft(tmp_path)
    assert look() == Opened(wanted, can_keep=False)
    (tmp_path / "draft.json").write_bytes(b"{")
    assert "stays as it is" in said(look()).remedy
    path = several_edits(tmp_path)
    (path.parent / "left.new").touch()
    old_draft(tmp_path)
    for cut, number in ((0, 3), (5, 2)):
        path.write_bytes(path.read_bytes()[: path.stat().st_size - cut])
        before = in_folder(tmp_path)
        opened = look()
        assert (opened.work, opened.is_kept, opened.can_keep) == (after(number), False, False)
        assert [trouble.remedy for trouble in opened.troubles] == [STAYS] * (cut > 0)
        assert in_folder(tmp_path) == before


STAYS = "The file stays as it is, and what you type now is not kept."


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_on_a_full_disk_a_damaged_file_is_open_and_stays(tmp_path: Path) -> None:
    path = several_edits(tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    script = f"""
import resource
from pathlib import Path
from coldbyte.services.working_copy import WorkingCopy
from core.journal.random_work import HANDS, Author, Hand, a_draft
from services.working_copy_child import after

resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
opened = WorkingCopy(Path({str(path.parent)!r})).open()
assert opened.work == after(2), opened
assert opened.can_keep and not opened.is_kept
print(*[trouble.remedy for trouble in opened.troubles])
"""
    told = child("-c", script)
    assert told.returncode == 0, told.stderr
    assert "damaged-1" in told.stdout
    assert found_again(tmp_path) == after(2)


def found_again(folder: Path) -> Work | None:
    return visit(folder, keep).work


def test_drafts_that_gave_way_are_kept_the_newest_of_them(tmp_path: Path) -> None:
    store = WorkingCopy(tmp_path)
    for number in range(KEPT_ASIDE + 5):
        path = store.put_aside(replace(DRAFT, max_tokens=number), "")
        assert read_draft(path.read_bytes().decode()) == (replace(DRAFT, max_tokens=number), "")
    kept = sorted(store.put_aside_folder.iterdir())
    assert len(kept) == KEPT_ASIDE
    tokens = {read_draft(path.read_bytes().decode())[0].max_tokens for path in kept}
    assert tokens == set(range(5, KEPT_ASIDE + 5))


def test_drafts_that_give_way_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    store = WorkingCopy(tmp_path)
    drafts = [replace(DRAFT, max_tokens=number) for number in range(KEPT_ASIDE)]
    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(lambda draft: store.put_aside(draft, ""), drafts))
    assert [read_draft(path.read_bytes().decode())[0] for path in paths] == drafts


def test_where_nothing_can_be_written_it_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("in the way")

    async def story(store: WorkingCopy, _opened: Opened) -> None:
        await store.begin(())
        with pytest.raises(FileTrouble, match="can't be kept"):
            await store.rewrite(after(0))
        with pytest.raises(FileTrouble, match="can't be kept"):
            await store.append([Chosen("q")])
        with pytest.raises(FileTrouble, match="can't be kept"):
            store.put_aside(DRAFT, "")

    visit(tmp_path, story)
    assert (tmp_path / "work").read_text() == "in the way"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the folder is write-protected"),
        (errno.EACCES, "the folder is write-protected"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_what_the_system_says_is_said_in_words_of_the_user(number: int, reason: str) -> None:
    trouble = trouble_of(OSError(number, os.strerror(number)))
    assert trouble.say == f"What you type can't be kept: {reason}."


def test_why_a_folder_takes_no_file_is_said(tmp_path: Path) -> None:
    assert why_unwritable(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert why_unwritable(tmp_path / "file") != ""


@pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be removed there")
def test_a_file_that_was_removed_meanwhile_is_written_anew(tmp_path: Path) -> None:
    async def story(store: WorkingCopy, opened: Opened) -> None:
        await start(store, opened)
        (tmp_path / "work" / FILE).unlink()
        with pytest.raises(FileTrouble, match="the file is gone"):
            await store.append([edit(0)])
        await store.begin(())
        await store.rewrite(after(1))
        await store.append([edit(1)])

    visit(tmp_path, story)
    assert found(tmp_path) == after(2)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    """Files of this process can't grow beyond a limit, as on a disk that is full."""
    script = f"""
import asyncio, resource, sys
from pathlib import Path
from coldbyte.services.text_file import FileTrouble
from coldbyte.services.working_copy import WorkingCopy
from core.journal.random_work import HANDS, Author, Hand, a_draft
from services.working_copy_child import after, edit

async def story():
    path = Path({str(tmp_path)!r}) / "work" / {FILE!r}
    store = WorkingCopy(path.parent)
    store.open()
    await store.begin(())
    await store.rewrite(after(0))
    await store.append([edit(0)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 30, hard))
    try:
        await store.append([edit(1)])
        sys.exit("the limit did nothing")
    except FileTrouble as trouble:
        print(trouble.say)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        await store.begin(())
        await store.rewrite(after(2))
        sys.exit("the limit did nothing")
    except FileTrouble as trouble:
        print(trouble.say)
    assert [file.name for file in path.parent.iterdir()] == [path.name], "no half-written file stays"
    other = WorkingCopy(path.parent)
    opened = other.open()
    assert opened.work == after(1), opened
    await other.close()
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await store.begin(())
    await store.rewrite(after(2))
    await store.append([edit(2)])
    await store.close()

asyncio.run(story())
"""
    told = child("-c", script)
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("What you type can't be kept") == 2
    assert found(tmp_path) == after(3)


def child(*arguments: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(CHILD.parents[1]), *sys.path])
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_before_any_call_while_an_old_draft_is_taken_over_it_is_there(tmp_path: Path) -> None:
    call, told, left = 0, child("-c", ""), set()
    wanted = old_draft(tmp_path)
    while call == 0 or told.returncode != 0:
        call += 1
        shutil.rmtree(tmp_path)
        old_draft(tmp_path)
        told = child(str(CHILD), str(tmp_path / "work"), str(call), str(tmp_path / "draft.json"))
        assert told.returncode in (0, -9), told.stderr
        left.add(tuple(sorted(file.suffix for file in tmp_path.rglob("*") if file.is_file())))
        opened = visit(tmp_path, nothing)
        assert (opened.work, opened.troubles) == (wanted, ())
    assert left >= {(".json",), (".journal", ".json"), (".journal",)}, "each moment was met"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_before_any_call_of_the_system_it_has_what_it_said_is_kept(tmp_path: Path) -> None:
    kept = call = 0
    while True:
        call += 1
        told = child(str(CHILD), str(tmp_path / "work"), str(call))
        lines = [line.split() for line in told.stdout.splitlines()]
        if lines:
            assert lines[0][0] == "found"
            assert int(lines[0][1]) in (kept, kept + 1), "one that was not acknowledged may be there"
            kept = max(kept, *(int(number) for _, number in lines))
        opened = visit(tmp_path, nothing)
        assert not opened.troubles
        number = 0 if opened.work is None else opened.work.draft.part("s").text.size - 9_000
        assert kept <= number <= kept + 1
        assert opened.work in ((None, after(0)) if number == 0 else (after(number),))
        kept = number
        if told.returncode == 0:
            break
        assert told.returncode == -9, told.stderr
    assert call > 12
