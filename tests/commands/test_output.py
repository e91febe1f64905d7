"""Output: what is said where, and with which exit code."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from asked import Desk, request
from coldbyte.cli import main
from coldbyte.commands.output import (
    DEFECT,
    INTERRUPTED,
    TROUBLE,
    coloured,
    perform,
    put_file,
    put_json,
    put_text,
)
from coldbyte.commands.trouble import InputTrouble


def fails(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


def test_the_exit_code_is_that_of_the_command() -> None:
    assert perform(lambda: 1, as_json=False, redact=False) == 1


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_as_before_when_a_command_has_ended(collecting: bool) -> None:
    within: list[bool] = []

    def command() -> int:
        within.append(gc.isenabled())
        return 0

    was = gc.isenabled()
    try:
        gc.enable() if collecting else gc.disable()
        perform(command, as_json=False, redact=False)
        perform(fails(RuntimeError("oh")), as_json=False, redact=False)
        assert gc.isenabled() == collecting
    finally:
        gc.enable() if was else gc.disable()
    assert within == [False]


def test_a_trouble_is_a_sentence_or_an_object(desk: Desk) -> None:
    trouble = InputTrouble("It is wrong.", file="a", byte=3, line=1, path="tools")
    assert perform(fails(trouble), as_json=False, redact=False) == TROUBLE
    assert desk.capture.readouterr() == (b"", b"coldbyte: It is wrong.\n")
    assert perform(fails(trouble), as_json=True, redact=False) == TROUBLE
    out, err = desk.capture.readouterr()
    assert (json.loads(out)["error"]["byte"], err) == (3, b"")


def test_in_a_redacted_answer_the_path_is_masked(desk: Desk) -> None:
    trouble = InputTrouble("Wrong in tools[0].secret.", path="tools[0].secret")
    assert perform(fails(trouble), as_json=True, redact=True) == TROUBLE
    assert b"secret" not in desk.capture.readouterr().out


def test_a_defect_does_not_look_like_a_verdict(desk: Desk) -> None:
    assert perform(fails(RuntimeError("oh")), as_json=True, redact=False) == DEFECT
    out, err = desk.capture.readouterr()
    assert out == b""
    assert err.endswith(b"RuntimeError: oh\n")
    assert DEFECT not in (0, 1, 2)


def test_an_interrupt_is_quiet(desk: Desk) -> None:
    assert perform(fails(KeyboardInterrupt()), as_json=False, redact=False) == INTERRUPTED
    assert desk.capture.readouterr() == (b"", b"")


def test_text_is_utf_8_and_a_lone_surrogate_stops_nothing(desk: Desk) -> None:
    put_text("Größe \ud800\n")
    assert desk.capture.readouterr().out == "Größe \\ud800\n".encode()
    put_json({"a": "é"})
    put_json({"a": "é\ud800"})
    one, two = desk.capture.readouterr().out.splitlines()
    assert one == '{"a": "é"}'.encode()
    assert json.loads(two) == {"a": "é\ud800"}


def test_a_file_is_replaced_as_a_whole_and_keeps_its_link(desk: Desk) -> None:
    target, link = desk.folder / "target", desk.folder / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    put_file(str(link), b"\xfe\xff")
    assert link.is_symlink()
    assert target.read_bytes() == b"\xfe\xff"
    assert len(list(desk.folder.iterdir())) == 2


@pytest.mark.parametrize("name", ["", "a\0b", "no/such/folder"])
def test_a_file_that_can_not_be_written_is_a_trouble(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(desk.folder)
    with pytest.raises(InputTrouble):
        put_file(name, b"x")
    assert not list(Path(desk.folder).iterdir())


def test_a_file_in_a_folder_that_is_not_there_is_a_trouble(desk: Desk) -> None:
    folder = desk.folder / "missing"
    with pytest.raises(InputTrouble, match=f"^The folder {folder} does not exist.$"):
        put_file(str(folder / "a"), b"x")
    with pytest.raises(InputTrouble, match=r"^The name of the file to write is empty\.$"):
        put_file("", b"x")


@pytest.mark.parametrize("closed", ["stdin", "stdout", "stderr"])
def test_a_stream_that_was_closed_at_the_start_changes_no_exit_code(
    closed: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = desk.file("a.json", request())
    with monkeypatch.context() as patch:  # what Python makes of `2>&-`
        patch.setattr(sys, closed, None)
        codes = [main(["explain", *pair]) for pair in ([body, body], [body, f"{body}.missing"])]
    assert codes == [0, TROUBLE]


def test_standard_input_that_is_closed_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    answer = desk.ask("prefix", "-")
    assert (answer.code, answer.words) == (TROUBLE, "coldbyte: Standard input is closed.\n")


def test_colour_can_be_chosen() -> None:
    assert coloured("always")
    assert not coloured("never")
    assert not coloured("auto"), "the tests' standard output is no terminal"
