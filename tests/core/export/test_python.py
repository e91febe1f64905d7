"""The exported Python program, run by a real interpreter with the real SDK."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.export.outgoing import ExportError, Outgoing
from coldbyte.core.export.python import python_program
from coldbyte.core.export.source_text import PYTHON, SourceText, is_faithful
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from core.export.nasty import WIRES, body, outgoing, wire
from core.export.recorder import Recorder, recorder
from services.test_simulator_command import simulate


@pytest.fixture(scope="module")
def world() -> Iterator[Recorder]:
    with simulate("--fast") as (_, url), recorder(url) as kept:
        yield kept


def run(programs: list[str], folder: Path, url: str) -> list[str]:
    """What each of the programs prints; one interpreter runs them all, as importing the SDK takes long."""
    paths = []
    for number, program in enumerate(programs):
        path = folder / f"program_{number}.py"
        path.write_text(program, encoding="utf-8")
        paths.append(str(path))
    driver = "import runpy, sys\nfor path in sys.argv[1:]:\n    runpy.run_path(path); print('\\n----')\n"
    environment = {**os.environ, "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "one"}
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", "-c", driver, *paths],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split("\n----\n")[:-1]


def prefix(request: Outgoing) -> bytes:
    return prefix_of(RequestBody(request.fields), betas=request.betas).encode()


def test_the_programs_send_the_same_prefix(world: Recorder, tmp_path: Path) -> None:
    start = len(world.received)
    requests = [outgoing(data) for data in WIRES.values()]
    run([python_program(request) for request in requests], tmp_path, world.url)
    received = world.received[start:]
    assert [each.status for each in received] == [200] * len(WIRES)
    for name, request, came in zip(WIRES, requests, received, strict=True):
        assert came.prefix == prefix(request), name


def test_usage_is_read_right(world: Recorder, tmp_path: Path) -> None:
    data = wire(body("Tell it as it is. " * 300))
    first, second = run([python_program(outgoing(data))] * 2, tmp_path, world.url)
    one, two = figures(first), figures(second)
    assert one["read"] == 0 < one["written"] == one["5m"] == two["read"]
    assert one["prompt"] == one["written"] + one["rest"] == two["prompt"] == two["read"] + two["rest"]
    assert two["written"] == two["1h"] == 0


def figures(printed: str) -> dict[str, int]:
    rows = re.findall(r"^ *(prompt|read|written|5m|1h|rest|answer) +([0-9,]+)", printed, re.MULTILINE)
    return {name: int(count.replace(",", "")) for name, count in rows}


def test_features_go_through_the_beta_client(world: Recorder, tmp_path: Path) -> None:
    request = outgoing(
        wire(body("x", context_management={"edits": []})), betas=["context-management-2025-06-27"]
    )
    program = python_program(request)
    assert "client.beta.messages.stream(" in program
    run([program], tmp_path, world.url)
    came = world.received[-1]
    assert (came.prefix, came.status) == (prefix(request), 200)


def test_an_old_version_and_sampling_are_kept(world: Recorder, tmp_path: Path) -> None:
    data = wire({**body("x", temperature=0.5), "model": "claude-sonnet-4-6"})
    run([python_program(outgoing(data))], tmp_path, world.url)
    came = world.received[-1]
    assert came.headers["anthropic-version"] == "2023-06-01"
    assert b'"temperature":0.5' in came.body
    assert came.status == 200


def test_diagnostics_are_printed_where_they_were_asked_for(world: Recorder, tmp_path: Path) -> None:
    (printed,) = run([python_program(outgoing(WIRES["settings"]))], tmp_path, world.url)
    assert "diagnostics None" in printed
    assert re.search(r"ask next time with msg_\w+", printed)
    assert "diagnostics" not in python_program(outgoing(WIRES["quotes"]))


def test_long_texts_are_constants_and_the_call_can_be_read() -> None:
    program = python_program(outgoing(WIRES["long"]))
    call = program[program.index("with client.") :]
    assert len(call) < 4000
    assert re.search(r"^DOCUMENT_1 = \($", program, re.MULTILINE)
    assert re.search(r"^SYSTEM_1 = \($", program, re.MULTILINE)


def test_a_program_holds_nothing_that_an_editor_would_change() -> None:
    for name in ("invisible", "controls", "forms", "lines"):
        program = python_program(outgoing(WIRES[name]))
        assert "é" in program or name != "forms"
        assert not set(program) & set("\r\t\u00a0\u200b\u2028\u2029\ufeff\u0301\u212b\x00\x1b\x85"), name


def test_what_is_no_request_is_said() -> None:
    with pytest.raises(ExportError, match="no Messages request"):
        python_program(outgoing(b'{"model":"x"}'))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4)
    ),
)


@given(value=JSON)
def test_a_literal_gives_back_its_value(value: object) -> None:
    tree = read_json(wire(value))
    if not is_faithful(tree, PYTHON):
        return
    source = SourceText(PYTHON)
    literal = source.value(tree)
    literal.encode()
    assert wire(ast.literal_eval(literal)) == wire(value)


@given(chars=st.text(st.characters(exclude_categories=["Cs"]), min_size=1001, max_size=1500))
def test_a_constant_gives_back_its_text(chars: str) -> None:
    source = SourceText(PYTHON)
    name = source.value(chars)
    assert ast.literal_eval(source.constants[name]) == chars
