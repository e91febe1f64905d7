"""Every test runs in one part of the suite, and what cannot run is said."""

import sys
from pathlib import Path

import pytest

from checks import NO_TESTS, Check, Outcome, perform, perform_beside, summary
from suite import Surroundings, chosen, parts, stories

PYTHON = Path(sys.executable)
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
ONSCREEN = {"QT_QPA_PLATFORM": "xcb"}
MARKED = """
import pytest

def test_plain(): ...

@pytest.mark.display
def test_display(): ...

@pytest.mark.secret_service
def test_secret(): ...
"""
INI = "[pytest]\nmarkers =\n    display: d\n    secret_service: s\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "tests" / "stories").mkdir(parents=True)
    (tmp_path / "tests" / "test_some.py").write_text(MARKED)
    (tmp_path / "tests" / "stories" / "test_story.py").write_text("def test_story(): ...\n")
    return tmp_path


def around(*gaps: str) -> Surroundings:
    return Surroundings(OFFSCREEN, ONSCREEN, {gap: Outcome(gap, passed=False) for gap in gaps})


def selected(project: Path, check: Check, capfd: pytest.CaptureFixture[str]) -> set[str]:
    """The tests that a part of the suite runs."""
    outcome = perform(Check(check.name, [*check.command, "-v", "-p", "no:cacheprovider"]), project)
    assert outcome.passed, outcome
    return {line.split("::")[1].split()[0] for line in capfd.readouterr().out.splitlines() if "::" in line}


def suite(around: Surroundings) -> list[Check]:
    return [*parts(PYTHON, around), stories(PYTHON, around)]


def test_the_parts_together_run_every_test_once(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    runs = [selected(project, check, capfd) for check in suite(around())]
    assert runs == [{"test_plain", "test_secret"}, {"test_display"}, {"test_story"}]


def test_what_has_no_surroundings_is_left_out(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    runs = [selected(project, check, capfd) for check in suite(around("display", "secret_service"))]
    assert runs == [{"test_plain"}, {"test_story"}]


def test_stories_and_display_tests_are_on_the_screen_and_the_others_are_not() -> None:
    assert [check.settings for check in suite(around())] == [OFFSCREEN, ONSCREEN, ONSCREEN]


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (["tests/core"], OFFSCREEN),
        (["tests/stories/test_main.py", "-x"], ONSCREEN),
        (["-m", "display"], ONSCREEN),
    ],
)
def test_chosen_tests_get_the_surroundings_that_fit(arguments: list[str], settings: dict[str, str]) -> None:
    check = chosen(PYTHON, arguments, around())
    assert check.settings == settings
    assert list(check.command)[-len(arguments) :] == arguments


@pytest.mark.parametrize(
    ("code", "passed", "words"),
    [(0, True, ""), (1, False, "exit code 1"), (NO_TESTS, True, "there are none")],
)
def test_an_exit_code_decides_whether_a_check_passed(
    tmp_path: Path, code: int, passed: bool, words: str
) -> None:
    check = Check(
        "one", [sys.executable, "-c", f"raise SystemExit({code})"], None, {NO_TESTS: "there are none"}
    )
    outcome = perform(check, tmp_path)
    assert (outcome.name, outcome.passed, outcome.words) == ("one", passed, words)


def test_the_summary_has_a_line_for_each_check_and_counts_the_failed() -> None:
    good = Outcome("mypy", passed=True, seconds=12.34)
    bad = Outcome("stories", passed=False, words="exit code 1", seconds=0.5)
    assert summary([good, bad]).splitlines() == [
        "passed  mypy       12.3 s",
        "FAILED  stories     0.5 s  exit code 1",
        "1 of 2 checks failed.",
    ]
    assert summary([good]).splitlines()[-1] == "All 1 checks passed."


def test_a_check_beside_others_speaks_behind_them_and_its_end_counts(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    waits = "import pathlib\nwhile not pathlib.Path('done').exists(): pass\n"
    beside = Check("beside", [PYTHON, "-c", f"print('early', flush=True)\n{waits}raise SystemExit(3)"])
    first = Check("first", [PYTHON, "-c", "print('meanwhile')"])
    last = Check("last", [PYTHON, "-c", "import pathlib; pathlib.Path('done').touch()"])
    outcomes = perform_beside(beside, [first, last], tmp_path)
    ends = [(outcome.name, outcome.passed, outcome.words) for outcome in outcomes]
    assert ends == [("first", True, ""), ("last", True, ""), ("beside", False, "exit code 3")]
    assert capfd.readouterr().out.split() == ["meanwhile", "early"]
