"""The command line. Without a command it opens the window; only that imports Qt and the SDK."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing

from coldbyte import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `coldbyte` with these arguments and return the exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "simulate":
        from coldbyte.services.simulator import serve

        return serve(options.host, options.port, fast=options.fast, with_parent=options.with_parent)
    from coldbyte.window import run_app, run_story

    return run_app() if has_display(os.environ) else run_story()


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown; a chosen platform plug-in of Qt counts as a display."""
    if sys.platform in ("win32", "darwin") or environment.get("QT_QPA_PLATFORM"):
        return True
    return bool(environment.get("WAYLAND_DISPLAY")) or _x_answers(environment.get("DISPLAY", ""))


def _x_answers(display: str) -> bool:
    """Whether an X server listens at a display of this machine; one of another machine is believed."""
    host, _, number = display.rpartition(":")
    if host not in ("", "unix"):
        return True
    path = f"/tmp/.X11-unix/X{number.partition('.')[0]}"  # noqa: S108  (where X servers have their sockets)
    for address in (path, f"\0{path}"):
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            if probe.connect_ex(address) == 0:
                return True
    return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coldbyte", description="Find the byte that turned a Claude prompt cache cold."
    )
    parser.add_argument("--version", action="version", version=f"coldbyte {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    simulate = commands.add_parser("simulate", help="run the built-in simulator of the Messages API")
    simulate.add_argument("--host", default="127.0.0.1", help="a loopback address (default %(default)s)")
    simulate.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    simulate.add_argument("--fast", action="store_true", help="answer at once, without modelled waiting")
    simulate.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    return parser
