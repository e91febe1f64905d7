"""Imports point inwards, and what the house forbids is not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import coldbyte

PACKAGE = Path(coldbyte.__file__).parent
ROOMS = {"core", "services", "commands", "state", "ui", "flows"}
MAY_IMPORT = {
    "core": {"core"},
    "services": {"core", "services"},
    "commands": {"core", "services", "commands"},
    "state": {"core", "state"},
    "ui": {"core", "state", "ui"},
    "flows": {"core", "services", "state", "ui", "flows"},
}
CORE_ROOMS = (
    "text",
    "json",
    "finding",
    "prefix",
    "cache",
    "rule",
    "repair",
    "traffic",
    "account",
    "warming",
    "advice",
    "verdict",
    "history",
    "export",
    "project",
)
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50


def modules() -> dict[str, ast.Module]:
    """Dotted name inside the package -> syntax tree."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: str) -> str:
    return module.split(".")[0]


def test_rooms_import_only_inwards() -> None:
    wrong = []
    for module, tree in modules().items():
        if (room := room_of(module)) not in ROOMS:
            continue
        for name in imports(tree):
            parts = name.split(".")
            if parts[0] == "coldbyte" and len(parts) > 1 and parts[1] not in MAY_IMPORT[room]:
                if parts[1] == "__version__":
                    continue
                wrong.append(f"{module} imports {name}")
    assert not wrong


def test_the_rooms_of_core_import_only_those_below_them() -> None:
    wrong = []
    for module, tree in modules().items():
        match module.split("."):
            case ["core", room, _] if room in CORE_ROOMS:
                above = set(CORE_ROOMS[CORE_ROOMS.index(room) + 1 :])
                targets = [name.split(".") for name in imports(tree) if name.startswith("coldbyte.core.")]
                wrong += [f"{module} imports {'.'.join(parts)}" for parts in targets if parts[2] in above]
    assert not wrong


def test_qt_stays_where_it_belongs() -> None:
    wrong = []
    for module, tree in modules().items():
        for name in imports(tree):
            qt = name.startswith(("PySide6", "shiboken6"))
            if qt and room_of(module) in ("core", "services", "commands"):
                wrong.append(f"{module} imports {name}")
            if name.startswith("PySide6.QtWidgets") and room_of(module) == "state":
                wrong.append(f"{module} imports {name}")
    assert not wrong


def test_core_knows_no_outside_world() -> None:
    forbidden = {"asyncio", "anthropic", "aiohttp", "keyring", "httpx2", "socket", "subprocess", "os"}
    wrong = [
        f"{module} imports {name}"
        for module, tree in modules().items()
        if room_of(module) == "core"
        for name in imports(tree)
        if name.split(".")[0] in forbidden
    ]
    assert not wrong


def test_commands_know_neither_the_sdk_nor_the_keyring() -> None:
    forbidden = {"asyncio", "anthropic", "aiohttp", "keyring", "httpx2", "socket", "subprocess"}
    wrong = [
        f"{module} imports {name}"
        for module, tree in modules().items()
        if room_of(module) == "commands"
        for name in imports(tree)
        if name.split(".")[0] in forbidden
    ]
    assert not wrong


def test_only_the_event_loop_imports_qasync() -> None:
    importers = {module for module, tree in modules().items() if "qasync" in set(imports(tree))}
    assert importers == {"event_loop"}


def test_widgets_never_await() -> None:
    wrong = [
        f"{module}:{node.lineno}"
        for module, tree in modules().items()
        if room_of(module) == "ui"
        for node in ast.walk(tree)
        if isinstance(node, (ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith))
    ]
    assert not wrong


def test_tasks_are_made_in_one_place() -> None:
    makers = {
        module
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("create_task", "ensure_future")
    }
    assert makers == {"state.tasks", "services.anthropic_api"}, "the latter reads ahead of the SDK's pauses"


def test_nothing_modal_blocks_and_no_text_is_taken_from_qt() -> None:
    forbidden = {"exec", "exec_", "toPlainText", "getOpenFileName", "getSaveFileName", "processEvents"}
    wrong = [
        f"{module}:{node.lineno} {node.func.attr}"
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in forbidden
    ]
    assert not wrong


def test_there_is_no_cycle() -> None:
    graph = {
        module: {
            name.removeprefix("coldbyte.")
            for name in imports(tree)
            if name.startswith("coldbyte.") and name.removeprefix("coldbyte.") in modules_by_name
        }
        for modules_by_name in [modules()]
        for module, tree in modules_by_name.items()
    }
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for target in graph[module]:
                visit(target, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_modules_and_functions_stay_small() -> None:
    wrong = []
    for module, tree in modules().items():
        last = max((node.end_lineno or 0 for node in tree.body), default=0)
        if last > MOST_LINES:
            wrong.append(f"{module}: {last} lines")
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > MOST_LINES_OF_A_FUNCTION:
                    wrong.append(f"{module}.{node.name}: {size} lines")
    assert not wrong


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "common", "helpers", "misc", "base", "manager"}
    assert not [module for module in modules() if empty & set(module.split("."))]


def test_no_group_is_repeated_possessively() -> None:
    """Python 3.11.2, that of Debian 12, matches such groups wrongly; an atomic group says the same."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"\(\?.*\)[*+?]\+", line):
                wrong.append(f"{path.name}:{number}")
    assert not wrong
