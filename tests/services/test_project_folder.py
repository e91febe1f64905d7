"""A project in a folder: saved all or nothing, and nothing of others is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.project.project import Project
from coldbyte.core.text.text import Text
from coldbyte.services.project_folder import BrokenProjectError, ChangedOutsideError, ProjectFolder
from coldbyte.services.project_journal import STAGE
from coldbyte.services.text_file import FileTrouble

DISK = ProjectFolder()
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def text(chars: str) -> Text:
    return Text.from_str(chars)


def a_project(
    system: str = "You are\r\n", contract: str = "§ 1\n", paths: dict[str, str] | None = None
) -> Project:
    draft = Draft(
        "claude-sonnet-5",
        1024,
        (SystemBlock("s", text(system), "5m"),),
        (Document("d", "contract.txt", text(contract)),),
        (Question("q", text("Why?")),),
    )
    return Project(
        draft, "q", {"s": "system/01.md", "d": "documents/contract.txt", "q": "q.md"} | (paths or {})
    )


def bytes_of(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith(".git"))
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bot"


def test_what_was_saved_is_loaded_again_byte_for_byte(folder: Path) -> None:
    project = a_project(system="a\r\nb\rc\u2028\ufeffé e\u0301", contract="")
    saved = DISK.save(folder, project, {})
    loaded = DISK.load(folder)
    assert loaded.project == project
    assert loaded.fingerprints == saved.fingerprints
    assert (folder / "system/01.md").read_bytes() == "a\r\nb\rc\u2028\ufeffé e\u0301".encode()
    assert not list(folder.glob(f"{STAGE}*"))


@given(chars=st.text(max_size=30).filter(lambda chars: chars.isprintable() or chars.isspace()))
def test_any_text_comes_back(chars: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    DISK.save(folder, a_project(system=chars), {})
    assert str(DISK.load(folder).project.draft.system[0].text) == chars


def test_files_that_did_not_change_are_not_written(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    before = {path: (folder / path).stat() for path in saved.fingerprints}
    DISK.save(folder, a_project(contract="§ 2\n"), saved.fingerprints)
    other = {path for path, old in before.items() if (folder / path).stat().st_ino != old.st_ino}
    assert other == {"documents/contract.txt"}


def test_the_file_of_a_removed_part_goes_and_files_of_others_stay(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    (folder / "notes.md").write_bytes(b"mine")
    project = a_project()
    less = replace(project, draft=replace(project.draft, documents=()))
    DISK.save(folder, less, saved.fingerprints)
    assert sorted(bytes_of(folder)) == ["coldbyte.json", "notes.md", "q.md", "system/01.md"]
    assert not (folder / "documents").exists()


def test_a_part_without_a_file_gets_one_that_nobody_has(folder: Path) -> None:
    folder.mkdir()
    (folder / "documents").mkdir()
    (folder / "documents" / "Contract.txt").write_bytes(b"of somebody")
    saved = DISK.save(folder, replace(a_project(), paths={}), {})
    assert (folder / "documents/Contract.txt").read_bytes() == b"of somebody"
    assert saved.project.paths["d"] == "documents/contract-2.txt"


def test_a_file_changed_by_another_program_is_named_and_nothing_is_written(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    (folder / "q.md").write_bytes(b"Who?")
    assert DISK.look(folder, saved.fingerprints) == ("q.md",)
    before = bytes_of(folder)
    with pytest.raises(ChangedOutsideError) as caught:
        DISK.save(folder, a_project(system="new"), saved.fingerprints)
    assert caught.value.paths == ("q.md",)
    assert bytes_of(folder) == before


def test_a_file_that_is_missing_was_changed_too(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    (folder / "q.md").unlink()
    assert DISK.look(folder, saved.fingerprints) == ("q.md",)
    with pytest.raises(ChangedOutsideError):
        DISK.save(folder, a_project(), saved.fingerprints)
    with pytest.raises(BrokenProjectError, match=r"q\.md"):
        DISK.load(folder)


def test_a_file_that_the_structure_names_anew_was_changed(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    project = a_project()
    more = replace(project.draft, system=(*project.draft.system, SystemBlock("t", text("more"))))
    DISK.save(folder, Project(more, "q", {**project.paths, "t": "system/02.md"}), saved.fingerprints)
    assert set(DISK.look(folder, saved.fingerprints)) == {"coldbyte.json", "system/02.md"}


def test_the_same_bytes_written_by_another_program_are_no_change(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    (folder / "q.md").write_bytes(b"Who?")
    project = a_project()
    draft = project.draft.with_text("q", text("Who?"))
    DISK.save(folder, replace(project, draft=draft), saved.fingerprints)


def test_a_structure_that_is_no_longer_one_is_a_change(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    (folder / "coldbyte.json").write_bytes(b"<<<<<<< HEAD\n")
    assert DISK.look(folder, saved.fingerprints) == ("coldbyte.json",)
    with pytest.raises(BrokenProjectError) as caught:
        DISK.load(folder)
    assert "coldbyte.json, line 1" in caught.value.say
    assert caught.value.remedy


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_inside_the_folder_stays_and_its_target_is_written(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    (folder / "q.md").rename(folder / "real.md")
    (folder / "q.md").symlink_to("real.md")
    project = a_project()
    DISK.save(folder, replace(project, draft=project.draft.with_text("q", text("New"))), saved.fingerprints)
    assert (folder / "q.md").is_symlink()
    assert (folder / "real.md").read_bytes() == b"New"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_that_leads_out_of_the_folder_is_neither_read_nor_written(folder: Path) -> None:
    DISK.save(folder, a_project(), {})
    secret = folder.parent / "secret.txt"
    secret.write_bytes(b"secret")
    (folder / "q.md").unlink()
    (folder / "q.md").symlink_to(secret)
    with pytest.raises(FileTrouble, match="leads out of the project's folder"):
        DISK.load(folder)
    with pytest.raises(FileTrouble, match="leads out of the project's folder"):
        DISK.save(folder, a_project(), {})
    assert secret.read_bytes() == b"secret"


@pytest.mark.skipif(os.name != "posix", reason="permissions of Unix")
def test_permissions_stay(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    (folder / "q.md").chmod(0o640)
    project = a_project()
    DISK.save(folder, replace(project, draft=project.draft.with_text("q", text("New"))), saved.fingerprints)
    assert (folder / "q.md").stat().st_mode & 0o777 == 0o640


def test_a_folder_without_a_project_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble, match="holds no project"):
        DISK.load(tmp_path)
    assert not DISK.holds(tmp_path)


def test_a_folder_that_vanished_says_so_and_keeps_nothing_from_the_user(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    folder.rename(folder.with_name("unmounted"))
    for attempt in (lambda: DISK.load(folder), lambda: DISK.look(folder, saved.fingerprints)):
        with pytest.raises(FileTrouble, match="is not there") as caught:
            attempt()
        assert "disk" in caught.value.remedy


def test_a_folder_whose_parent_vanished_is_not_made_anew(folder: Path) -> None:
    folder.mkdir()
    saved = DISK.save(folder / "deep", a_project(), {})
    (folder / "deep").rename(folder.parent / "gone")
    folder.rmdir()
    with pytest.raises(FileTrouble, match="no longer there") as caught:
        DISK.save(folder / "deep", a_project(), saved.fingerprints)
    assert "Save the project in another folder" in caught.value.remedy


def test_an_empty_mount_point_is_no_place_for_half_a_project(folder: Path) -> None:
    saved = DISK.save(folder, a_project(), {})
    folder.rename(folder.with_name("unmounted"))
    folder.mkdir()
    with pytest.raises(ChangedOutsideError):
        DISK.save(folder, a_project(system="new"), saved.fingerprints)
    assert bytes_of(folder) == {}


def test_two_files_whose_names_differ_only_in_case_are_refused(folder: Path) -> None:
    with pytest.raises(FileTrouble):
        DISK.save(folder, a_project(paths={"s": "Q.md"}), {})
    assert bytes_of(folder) == {}


def test_a_file_beside_one_of_others_that_differs_only_in_case_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder / "Q.md").write_bytes(b"of somebody")
    with pytest.raises(FileTrouble, match=r"q\.md and Q\.md differ only in case") as caught:
        DISK.save(folder, a_project(), {})
    assert caught.value.remedy
    assert bytes_of(folder) == {"Q.md": b"of somebody"}


def run_apart(script: str, *arguments: str) -> str:
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


FULL = """
import resource, signal, sys
from dataclasses import replace
from pathlib import Path
from coldbyte.core.text.text import Text
from coldbyte.services.project_folder import ProjectFolder
from coldbyte.services.text_file import FileTrouble
folder = Path(sys.argv[1])
there = ProjectFolder().load(folder)
draft = there.project.draft.with_text("d", Text.from_str("x" * 100_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    ProjectFolder().save(folder, replace(there.project, draft=draft), there.fingerprints)
except FileTrouble as trouble:
    print(trouble.say, trouble.remedy)
"""


@pytest.mark.skipif(os.name != "posix", reason="a limit of Unix")
def test_a_full_disk_leaves_the_old_project(folder: Path) -> None:
    DISK.save(folder, a_project(), {})
    before = bytes_of(folder)
    said = run_apart(FULL, str(folder))
    assert "there is no room left" in said
    assert "The project on disk is as it was." in said
    assert bytes_of(folder) == before
    assert not list(folder.glob(f"{STAGE}*"))


READ_ONLY = """
import os, sys
from dataclasses import replace
from pathlib import Path
from coldbyte.core.text.text import Text
from coldbyte.services.project_folder import ProjectFolder
from coldbyte.services.text_file import FileTrouble
folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setuid(65534)
disk = ProjectFolder()
there = disk.load(folder)
draft = there.project.draft.with_text("d", Text.from_str("x"))
print(disk.is_read_only(folder))
try:
    disk.save(folder, replace(there.project, draft=draft), there.fingerprints)
except FileTrouble as trouble:
    print(trouble.say, trouble.remedy)
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions of Unix")
def test_a_read_only_folder_is_read_and_says_that_it_can_not_be_written(folder: Path) -> None:
    DISK.save(folder, a_project(), {})
    for each in (*folder.parents,)[:3] if ROOT else ():
        each.chmod(each.stat().st_mode | 0o055)
    for each in (folder, folder / "documents", folder / "system"):
        each.chmod(0o555)
    try:
        said = run_apart(READ_ONLY, str(folder))
    finally:
        for each in (folder, folder / "documents", folder / "system"):
            each.chmod(0o755)
    assert said.startswith("True\n")
    assert "is write-protected" in said
    assert "Save the project in another folder" in said


def test_ten_thousand_blocks_are_saved_and_loaded(folder: Path) -> None:
    blocks = tuple(SystemBlock(f"s{n}", text(f"block {n}\n")) for n in range(10_000))
    draft = replace(a_project().draft, system=blocks)
    saved = DISK.save(folder, Project(draft, "q", {}), {})
    loaded = DISK.load(folder)
    assert loaded.project.draft == draft
    less = replace(saved.project, draft=replace(draft, system=blocks[:9_000]))
    DISK.save(folder, less, saved.fingerprints)
    assert len(DISK.load(folder).project.draft.system) == 9_000
