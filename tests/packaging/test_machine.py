"""What is asked of the machine, and what is found missing."""

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest

from machine import QT, SCREEN, SECRETS, is_there, missing, packages, remedy

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux leaves libraries to the machine")

# What Debian's base system has, C and C++ runtimes included.
BASE = {
    *("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2"),
    *("libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libzstd.so.1"),
}
MODULES = ("QtCore", "QtGui", "QtWidgets", "QtSvg", "QtDBus")
PLUGINS = (
    *("platforms/libqoffscreen.so", "platforms/libqxcb.so", "platforms/libqwayland.so"),
    *("iconengines/libqsvgicon.so", "imageformats/libqsvg.so"),
)


@linux
def test_a_library_is_there_when_it_loads() -> None:
    assert is_there("libc.so.6")
    assert not is_there("libnothing-like-this.so.0")


def test_a_command_is_there_when_it_is_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_there("coldbyte-probe")
    (tmp_path / "coldbyte-probe").write_text("#!/bin/sh\n")
    (tmp_path / "coldbyte-probe").chmod(0o755)
    assert is_there("coldbyte-probe")


def test_a_file_is_there_when_it_exists(tmp_path: Path) -> None:
    assert is_there(str(tmp_path))
    assert not is_there(str(tmp_path / "font.ttf"))


@linux
def test_only_what_is_absent_is_missing() -> None:
    needs = {"libc.so.6": "libc6", "libnothing-like-this.so.0": "libnothing0", "sh": "dash"}
    assert missing(needs) == {"libnothing-like-this.so.0": "libnothing0"}


@linux
def test_this_machine_lacks_nothing_that_the_tests_need() -> None:
    assert missing({**QT, **SCREEN, **SECRETS}) == {}


def test_a_package_with_two_libraries_is_installed_once() -> None:
    glib = {"libglib-2.0.so.0": "libglib2.0-0", "libgthread-2.0.so.0": "libglib2.0-0"}
    assert packages(glib) == ["libglib2.0-0"]


def test_the_remedy_is_a_command_where_there_is_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "apt-get").write_text("")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    absent = {"libEGL.so.1": "libegl1", "Xvfb": "xvfb"}
    assert remedy(absent) == "sudo apt-get install --no-install-recommends libegl1 xvfb"


def test_the_remedy_names_the_libraries_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "libEGL.so.1" in remedy({"libEGL.so.1": "libegl1"})


@linux
def test_every_library_that_qt_is_linked_against_is_asked_for() -> None:
    folder = Path(PySide6.__path__[0])
    brought = {path.name for path in folder.parent.glob("*/**/*.so*")}
    todo = [folder / f"{name}.abi3.so" for name in MODULES]
    todo += [folder / "Qt" / "plugins" / name for name in PLUGINS]
    seen: set[str] = set()
    foreign: set[str] = set()
    while todo:
        for soname in linked_libraries(todo.pop()):
            if soname in seen or soname in BASE or soname.startswith("ld-linux"):
                continue
            seen.add(soname)
            if soname in brought:
                todo += folder.parent.glob(f"*/**/{soname}")
            else:
                foreign.add(soname)
    assert foreign == foreign & QT.keys()
    assert foreign >= {"libEGL.so.1", "libxcb-cursor.so.0", "libfontconfig.so.1"}


def linked_libraries(path: Path) -> Iterator[str]:
    """The names in the dynamic section (DT_NEEDED) of a 64-bit little-endian ELF file."""
    data = path.read_bytes()
    assert data[:6] == b"\x7fELF\x02\x01"
    (table,) = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQII", data, table + size * index) for index in range(count)]
    for _, kind, _, _, offset, length, link, _ in sections:
        if kind != 6:  # SHT_DYNAMIC
            continue
        names = sections[link][4]
        for entry in range(offset, offset + length, 16):
            tag, value = struct.unpack_from("<qQ", data, entry)
            if tag == 1:  # DT_NEEDED
                start = names + value
                yield data[start : data.index(0, start)].decode()
