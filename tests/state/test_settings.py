"""Settings survive the end of the app, and what makes no sense in their file counts as absent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings

from coldbyte.core.history.query import Retention
from coldbyte.state.settings import Settings, ThemeChoice

Open = Callable[[], Settings]
NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), min_size=1, max_size=12
).filter(str.strip)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "coldbyte.ini"


@pytest.fixture
def start(file: Path) -> Open:
    """Start the app: settings that know nothing but their file."""

    def start() -> Settings:
        return Settings(QSettings(str(file), QSettings.Format.IniFormat))

    return start


def test_a_new_user_has_sensible_settings(start: Open) -> None:
    settings = start()
    assert settings.theme == "system"
    assert settings.show_invisibles
    assert settings.profile == "default"
    assert settings.profiles == ("default",)
    assert settings.layout("window").isEmpty()


def test_reading_writes_nothing(start: Open, file: Path) -> None:
    settings = start()
    for name in ("theme", "profile", "profiles", "show_invisibles"):
        getattr(settings, name)
    settings.layout("window")
    del settings
    assert not file.exists()


@pytest.mark.parametrize("choice", ["light", "dark", "system"])
def test_the_theme_is_remembered(start: Open, choice: ThemeChoice) -> None:
    start().theme = choice
    assert start().theme == choice


@pytest.mark.parametrize("shows", [True, False])
def test_whether_invisible_characters_are_drawn_is_remembered(start: Open, shows: bool) -> None:
    settings = start()
    settings.show_invisibles = shows
    assert settings.show_invisibles is shows
    assert start().show_invisibles is shows


@pytest.mark.parametrize("wanted", [True, False])
def test_whether_syntax_has_colours_is_remembered(start: Open, wanted: bool) -> None:
    assert start().syntax_colours
    start().syntax_colours = wanted
    assert start().syntax_colours is wanted


def test_the_profile_is_remembered_and_listed_once(start: Open) -> None:
    settings = start()
    settings.profile = "work"
    settings.profile = "home"
    settings.profile = "work"
    assert start().profile == "work"
    assert start().profiles == ("default", "home", "work")


@given(st.lists(NAMES, max_size=4))
def test_any_name_of_a_profile_comes_back_as_it_is(file: Path, names: list[str]) -> None:
    file.unlink(missing_ok=True)
    store = QSettings(str(file), QSettings.Format.IniFormat)
    for name in names:
        Settings(store).profile = name
    store.sync()
    settings = Settings(QSettings(str(file), QSettings.Format.IniFormat))
    assert settings.profile == (names[-1] if names else "default")
    assert set(settings.profiles) == {"default", *names}
    assert len(settings.profiles) == len(set(settings.profiles))


def test_a_layout_comes_back_byte_for_byte(start: Open) -> None:
    state = QByteArray(bytes(range(256)))
    start().save_layout("main_splitter", state)
    assert start().layout("main_splitter") == state
    assert start().layout("prompt_splitter").isEmpty()


@pytest.mark.parametrize(
    "line",
    ["theme=purple", "theme=light, dark", "theme=@ByteArray(dark)", "theme=1"],
)
def test_a_theme_that_there_is_not_counts_as_absent(start: Open, file: Path, line: str) -> None:
    file.write_text(f"[window]\n{line}\n", encoding="utf-8")
    assert start().theme == "system"


def test_a_file_that_somebody_spoilt_gives_a_usable_start(start: Open, file: Path) -> None:
    file.write_text(
        "[connection]\nprofile=a, b\nprofiles=@Invalid()\n"
        "[layout]\nwindow=wide\n[editor]\nshow_invisibles=maybe\n",
        encoding="utf-8",
    )
    settings = start()
    assert settings.profile == "default"
    assert settings.profiles == ("default",)
    assert settings.layout("window").isEmpty()
    assert settings.show_invisibles


def test_the_names_of_profiles_hold_no_key(start: Open, file: Path) -> None:
    settings = start()
    settings.profile = "work"
    settings.theme = "dark"
    del settings
    written = file.read_text(encoding="utf-8")
    assert "work" in written
    assert "key" not in written.lower()


@pytest.mark.parametrize("kept", [Retention(), Retention(90), Retention(None, 2000), Retention(7, 1)])
def test_how_long_exchanges_are_kept_is_remembered(start: Open, kept: Retention) -> None:
    assert start().retention == Retention()
    start().retention = kept
    assert start().retention == kept


@pytest.mark.parametrize("line", ["days=-3", "days=0", "days=soon", "days=1e9", "days=@Invalid()", "days=٣"])
def test_a_limit_that_makes_no_sense_deletes_nothing(file: Path, start: Open, line: str) -> None:
    file.write_text(f"[history]\n{line}\n", encoding="utf-8")
    assert start().retention == Retention()
