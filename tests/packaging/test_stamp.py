"""When an environment is kept, updated or made anew."""

from pathlib import Path

import pytest

from stamp import UNFINISHED, Level, Plan, Stamp, plan, read, write

WANTED = Stamp("3.11 here", "digest", "run")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (WANTED, Plan.KEEP),
        (None, Plan.UPDATE),
        (Stamp("3.11 here", "another digest", "run"), Plan.UPDATE),
        (Stamp("3.12 here", "digest", "run"), Plan.REBUILD),
        (Stamp("3.11 there", "digest", "run"), Plan.REBUILD),
        (Stamp("3.11 here", UNFINISHED, "run"), Plan.REBUILD),
    ],
)
def test_what_changed_decides_what_is_done(found: Stamp | None, expected: Plan) -> None:
    assert plan(found, WANTED) is expected


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [("dev", "run", Plan.KEEP), ("dev", "dev", Plan.KEEP), ("run", "dev", Plan.UPDATE)],
)
def test_an_environment_for_tests_does_for_running_but_not_the_other_way(
    found: Level, wanted: Level, expected: Plan
) -> None:
    assert plan(Stamp("here", "digest", found), Stamp("here", "digest", wanted)) is expected


def test_a_stamp_is_read_as_it_was_written(tmp_path: Path) -> None:
    stamp = Stamp("1 3.11 /home/zoë/my code", "digest", "dev")
    write(tmp_path / "stamp", stamp)
    assert read(tmp_path / "stamp") == stamp


def test_no_stamp_is_none(tmp_path: Path) -> None:
    assert read(tmp_path / "stamp") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"place": "3.11 here"}', '{"other": 1}'])
def test_a_stamp_that_cannot_be_read_has_the_environment_made_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "stamp").write_text(text)
    assert plan(read(tmp_path / "stamp"), WANTED) is Plan.REBUILD
