"""What the machine itself must have: system libraries and programs, and how Debian-likes get them."""

import ctypes
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from console import quietly, say

ON_LINUX: bool = sys.platform == "linux"

# Each need is a library's soname, a command or a file, with the Debian package that brings it. The sonames
# are those that PySide6-Essentials 6.10 to 6.12 is linked against and does not bring itself.
DRAWING: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
X11: Mapping[str, str] = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND: Mapping[str, str] = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
QT: Mapping[str, str] = {**DRAWING, **X11, **WAYLAND}
SCREEN: Mapping[str, str] = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core",
}
SECRETS: Mapping[str, str] = {"dbus-daemon": "dbus", "gnome-keyring-daemon": "gnome-keyring"}


def missing(needs: Mapping[str, str]) -> Mapping[str, str]:
    """The needs that this machine does not meet; none where PySide6 brings everything (macOS, Windows)."""
    if not ON_LINUX:
        return {}
    return {need: package for need, package in needs.items() if not is_there(need)}


def is_there(need: str) -> bool:
    """Whether a library loads, a command is found, a file exists."""
    if need.startswith("/"):
        return Path(need).exists()
    if ".so." in need:
        return loads(need)
    return shutil.which(need) is not None


def loads(soname: str) -> bool:
    """Whether the dynamic linker finds the library and everything that it needs itself."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def provide(needs: Mapping[str, str]) -> Mapping[str, str]:
    """Install what is missing, where that is possible without asking; give back what is missing still."""
    absent = missing(needs)
    if not absent or not may_install():
        return absent
    install(packages(absent))
    return missing(absent)


def packages(needs: Mapping[str, str]) -> list[str]:
    """The Debian packages of these needs, each once."""
    return sorted(set(needs.values()))


def remedy(absent: Mapping[str, str]) -> str:
    """What the user can do about it."""
    if shutil.which("apt-get"):
        return f"sudo apt-get install --no-install-recommends {' '.join(packages(absent))}"
    return f"install the packages of your system that hold {', '.join(absent)}"


def may_install() -> bool:
    """Whether this is root on a system with apt-get."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(names: list[str]) -> bool:
    """apt-get install, with a fresh package list only if the one at hand does not do."""
    say(f"Installing system packages: {' '.join(names)} …")
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-y", "-qq"]
    command = [*apt, "install", "--no-install-recommends", *names]
    extra = {"DEBIAN_FRONTEND": "noninteractive"}
    if quietly(command, extra=extra, shown=False):
        return True
    say("Fetching the list of packages …")
    return quietly([*apt, "update"], extra=extra) and quietly(command, extra=extra)
