"""The command line. Without a command it opens the window; only that imports Qt and the SDK.

Each command is a module of `coldbyte.commands`, imported when it is asked for.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from coldbyte import __version__

_INPUT = "a request body, an exchange, one line of a JSONL file (log.jsonl:12), or - for standard input"

_OTHER_EXITS = (
    "2 when an input can't be read, the result can't be written or the arguments are wrong; "
    "70 for a defect of Coldbyte; 130 when interrupted."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `coldbyte` with these arguments and return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given == ["--search-standard-input"]:  # the window asks, nobody else
        from coldbyte.services.pattern_search import serve as search

        return search()
    as_json = "--json" in given
    options = _parser(as_json=as_json).parse_args(given)
    if options.command == "simulate":
        from coldbyte.services.simulator import serve

        return serve(
            options.host,
            options.port,
            fast=options.fast,
            with_parent=options.with_parent,
            scenario=options.scenario,
            rules=options.rule,
        )
    if options.command is not None:
        from coldbyte.commands.output import perform

        redact = "redact" in options and options.redact
        return perform(lambda: _command(options.command)(options), as_json=as_json, redact=redact)
    from coldbyte.window import run_app, run_story

    return run_app() if has_display(os.environ) else run_story()


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown; a chosen platform plug-in of Qt counts as a display."""
    if sys.platform in ("win32", "darwin") or environment.get("QT_QPA_PLATFORM"):
        return True
    return bool(environment.get("WAYLAND_DISPLAY")) or _x_answers(environment.get("DISPLAY", ""))


def _x_answers(display: str) -> bool:
    """Whether an X server listens at a display of this machine; one of another machine is believed."""
    import socket
    from contextlib import closing

    host, _, number = display.rpartition(":")
    if host not in ("", "unix"):
        return True
    path = f"/tmp/.X11-unix/X{number.partition('.')[0]}"  # noqa: S108  (where X servers have their sockets)
    for address in (path, f"\0{path}"):
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            if probe.connect_ex(address) == 0:
                return True
    return False


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    match name:
        case "explain":
            from coldbyte.commands.explain import run
        case "prefix":
            from coldbyte.commands.prefix import run
        case "tokens":
            from coldbyte.commands.tokens import run
        case "lock":
            from coldbyte.commands.lock import run
        case "check":
            from coldbyte.commands.check import run
        case "export":
            from coldbyte.commands.export import run
        case "import":
            from coldbyte.commands.import_file import run
        case _:
            from coldbyte.commands.lint import run
    return run


class _JsonParser(argparse.ArgumentParser):
    """A parser that complains by an object on standard output."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and end."""
        from coldbyte.commands.output import tell
        from coldbyte.commands.trouble import InputTrouble

        self.exit(tell(InputTrouble(f"{self.prog}: {message}"), as_json=True))


def _parser(*, as_json: bool) -> argparse.ArgumentParser:
    kind = _JsonParser if as_json else argparse.ArgumentParser
    parser = kind(
        prog="coldbyte",
        description="Find the byte that turned a Claude prompt cache cold. Without a command: the window.",
        allow_abbrev=False,
        formatter_class=_formatter,
    )
    parser.add_argument("--version", action="version", version=f"coldbyte {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="coldbyte")
    for name, (add_arguments, words) in _COMMANDS.items():
        add_arguments(
            commands.add_parser(
                name, help=words, description=words, allow_abbrev=False, formatter_class=_formatter
            )
        )
    return parser


def _formatter(prog: str) -> argparse.HelpFormatter:
    """The layout of the help. It has its width, as asking the terminal for it makes every command slower."""
    return argparse.HelpFormatter(prog, width=98)


def _add_explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("before", metavar="BEFORE", help=_INPUT)
    explain.add_argument("after", metavar="AFTER", help="the same")
    explain.add_argument("--before-at", metavar="T", help="when BEFORE was sent: ISO 8601 or epoch seconds")
    explain.add_argument("--after-at", metavar="T", help="when AFTER was sent")
    explain.add_argument("--usage", metavar="FILE", help="the usage that the API reported for AFTER")
    explain.add_argument("--fix", metavar="OUT", help="write AFTER, repaired as far as that can be done")
    _add_judging(explain)
    explain.epilog = f"Exit code: 0 for a hit; 1 for anything else that is judged; {_OTHER_EXITS}"


def _add_lint(lint: argparse.ArgumentParser) -> None:
    lint.add_argument("request", metavar="REQUEST", help=_INPUT)
    _add_judging(lint)
    lint.epilog = f"Exit code: 0 where no cause is a loss; 1 where one is; {_OTHER_EXITS}"


def _add_judging(command: argparse.ArgumentParser) -> None:
    """Options of the commands that name causes."""
    command.add_argument("--catalogue", metavar="FILE", help="models and prices instead of the built-in ones")
    command.add_argument("--api-version", metavar="V", help="judge under this version of the API")
    command.add_argument("--redact", action="store_true", help="show no text of the prompt: for sharing")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="default %(default)s"
    )


def _add_prefix(prefix: argparse.ArgumentParser) -> None:
    prefix.add_argument("request", metavar="REQUEST", help=_INPUT)
    prefix.add_argument("--out", metavar="FILE", help="write the bytes into a file")
    prefix.add_argument(
        *("--map", "--json"), dest="json", action="store_true", help="print the map of the blocks as JSON"
    )


def _add_tokens(tokens: argparse.ArgumentParser) -> None:
    tokens.add_argument("request", metavar="REQUEST", help=_INPUT)
    tokens.add_argument(
        "--count", action="store_true", help="ask the API, which is free and uploads the prompt"
    )
    tokens.add_argument("--json", action="store_true", help="print one JSON object")


def _add_lock(lock: argparse.ArgumentParser) -> None:
    lock.add_argument("request", metavar="REQUEST", help=_INPUT)
    lock.add_argument("--out", metavar="FILE", help="write the lock into a file")
    lock.add_argument(
        "--until-breakpoint",
        type=int,
        metavar="N",
        help="agree on what stands before this breakpoint, counted from 1 (default: the last one)",
    )
    lock.add_argument(
        "--with-text", action="store_true", help="keep the request in the lock, so that check names the byte"
    )
    lock.add_argument("--json", action="store_true", help="say what is wrong as one JSON object")


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("request", metavar="REQUEST", help=_INPUT)
    check.add_argument("--lock", metavar="FILE", required=True, help="what coldbyte lock wrote")
    check.add_argument("--before", metavar="REQUEST", help="the agreed request, for naming the very byte")
    _add_judging(check)
    check.epilog = f"Exit code: 0 where the agreed prefix is there; 1 where it is broken; {_OTHER_EXITS}"


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("input", metavar="INPUT", help=f"{_INPUT}; for csv, har and jsonl also a JSONL file")
    export.add_argument(
        "--as",
        dest="format",
        required=True,
        metavar="FORMAT",
        choices=("body", "pretty", "curl", "python", "typescript", "jsonl", "har", "csv", "html", "markdown"),
        help="body, pretty, curl, python, typescript, jsonl, har, csv; html or markdown: a report of a miss",
    )
    export.add_argument("--against", metavar="BEFORE", help="for a report: the request that was sent before")
    export.add_argument("--with-text", action="store_true", help="let a report show text of the prompt")
    export.add_argument("--out", metavar="FILE", help="write into a file")
    export.add_argument("--json", action="store_true", help="say what is wrong as one JSON object")


def _add_import(import_: argparse.ArgumentParser) -> None:
    import_.add_argument(
        "file", metavar="FILE", help="a file with requests, of any format that Coldbyte reads"
    )
    import_.add_argument("--out", metavar="FILE", help="write the exchanges into a file, one a line")
    import_.add_argument("--json", action="store_true", help="print what was found as one JSON object")


def _add_simulate(simulate: argparse.ArgumentParser) -> None:
    simulate.add_argument("--host", default="127.0.0.1", help="a loopback address (default %(default)s)")
    simulate.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    simulate.add_argument("--fast", action="store_true", help="answer at once, without modelled waiting")
    simulate.add_argument("--scenario", metavar="FILE", help="what goes wrong, and when")
    simulate.add_argument(
        "--rule",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change what the documentation leaves open, as in cache.lookback=10; may be repeated",
    )
    simulate.add_argument("--with-parent", action="store_true", help="end when standard input ends")


_COMMANDS = {
    "explain": (
        _add_explain,
        "say why a request does not read from the prompt cache what another one stored",
    ),
    "prefix": (_add_prefix, "write the canonical prefix of a request: all that the cache key depends on"),
    "lint": (_add_lint, "say what keeps one request from being cached well"),
    "tokens": (_add_tokens, "say how many tokens each block of a request takes"),
    "lock": (_add_lock, "write down the agreed prefix, block by block, for check"),
    "check": (_add_check, "fail where a request no longer begins with the agreed prefix: for CI"),
    "export": (_add_export, "write a request or an exchange in the words of other programs"),
    "import": (_add_import, "turn a capture of another program into JSONL of exchanges"),
    "simulate": (_add_simulate, "run the built-in simulator of the Messages API"),
}
