"""The exported TypeScript module, run as JavaScript by Node with the SDK from npm."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.export.outgoing import ExportError
from coldbyte.core.export.typescript import typescript_program
from coldbyte.core.prefix.canonical_prefix import prefix_of
from core.export.nasty import WIRES, body, outgoing, wire
from core.export.recorder import Recorder, recorder
from services.test_simulator_command import simulate
from services.test_typescript_sdk import SDKS, installed, shelf


@pytest.fixture(scope="module")
def sdk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(SDKS[0], shelf(request, tmp_path_factory, SDKS[0]))


@pytest.fixture(scope="module")
def world() -> Iterator[Recorder]:
    if shutil.which("node") is None:
        pytest.skip("there is no node on this machine")
    with simulate("--fast") as (_, url), recorder(url) as kept:
        yield kept


def run(programs: list[str], folder: Path, sdk: Path, url: str) -> str:
    (folder / "node_modules").symlink_to(sdk / "node_modules")
    for number, program in enumerate(programs):
        (folder / f"program_{number}.mjs").write_text(program, encoding="utf-8")
    names = ", ".join(f'"./program_{number}.mjs"' for number in range(len(programs)))
    (folder / "all.mjs").write_text(f"for (const name of [{names}]) await import(name);\n", encoding="utf-8")
    environment = {**os.environ, "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "one"}
    done = subprocess.run(
        ["node", str(folder / "all.mjs")], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_modules_send_the_same_prefix(world: Recorder, sdk: Path, tmp_path: Path) -> None:
    start = len(world.received)
    requests = [outgoing(data) for data in WIRES.values()]
    run([typescript_program(request) for request in requests], tmp_path, sdk, world.url)
    received = world.received[start:]
    assert [each.status for each in received] == [200] * len(WIRES)
    for name, request, came in zip(WIRES, requests, received, strict=True):
        assert came.prefix == prefix_of(RequestBody(request.fields)).encode(), name


def test_usage_features_and_version_are_there(world: Recorder, sdk: Path, tmp_path: Path) -> None:
    feature = ["context-management-2025-06-27"]
    data = wire({**body("Tell it. " * 500), "model": "claude-sonnet-4-6", "temperature": 0.5})
    request = outgoing(data, betas=feature)
    printed = run([typescript_program(request)], tmp_path, sdk, world.url)
    came = world.received[-1]
    assert (came.headers["anthropic-beta"], came.headers["anthropic-version"]) == (feature[0], "2023-06-01")
    assert came.prefix == prefix_of(RequestBody(request.fields), betas=feature).encode()
    figures = dict(
        line.split()[-2:] for line in printed.splitlines() if line.strip()[:5] in ("read ", "rest ")
    )
    total = next(line for line in printed.splitlines() if line.startswith("prompt tokens")).split()[-1]
    written = next(line for line in printed.splitlines() if line.startswith("  written")).split()[1]
    assert int(total) == int(figures["read"]) + int(written) + int(figures["rest"]) > 1000


def test_a_module_holds_nothing_that_an_editor_would_change() -> None:
    for name in ("invisible", "controls", "forms", "lines"):
        program = typescript_program(outgoing(WIRES[name]))
        assert not set(program) & set("\r\t\u00a0\u200b\u2028\u2029\ufeff\u0301\u212b\x00\x1b\x85"), name


def test_what_is_no_request_is_said() -> None:
    with pytest.raises(ExportError, match="no Messages request"):
        typescript_program(outgoing(b'{"model":"x"}'))
