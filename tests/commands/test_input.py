"""Inputs: what an argument can name, and where in it something is wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asked import Desk, exchange, request
from coldbyte.commands.input import Input, read_input, read_usage_fields
from coldbyte.commands.trouble import InputTrouble

EARLY = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "eins"}]}
LATE = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "zwölf"}]}
LINES = "\n".join(json.dumps(body, ensure_ascii=False) for body in (EARLY, LATE))


def trouble(name: str) -> InputTrouble:
    with pytest.raises(InputTrouble) as caught:
        read_input(name).capture()
    return caught.value


def test_a_file_holds_a_body(desk: Desk) -> None:
    capture = read_input(desk.file("body.json", EARLY)).capture()
    assert capture.body.fields == EARLY


def test_a_file_holds_an_exchange(desk: Desk) -> None:
    capture = read_input(desk.file("exchange.json", exchange(EARLY))).capture()
    assert capture.body.fields == EARLY


def test_standard_input_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(LATE).encode())))
    assert read_input("-").capture().body.fields == LATE


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_a_line_of_a_jsonl_file_counts_from_1(desk: Desk, ends: str, last: str) -> None:
    path = desk.file("log.jsonl", LINES.replace("\n", ends) + last)
    assert read_input(f"{path}:1").capture().body.fields == EARLY
    assert read_input(f"{path}:2").capture().body.fields == LATE


def test_a_jsonl_file_with_one_line_needs_no_number(desk: Desk) -> None:
    assert read_input(desk.file("log.jsonl", json.dumps(LATE) + "\n")).capture().body.fields == LATE


def test_a_file_whose_name_ends_like_a_line_number_wins(desk: Desk) -> None:
    if os.name == "nt":
        pytest.skip("no such names there")
    desk.file("log.jsonl", LINES)
    path = desk.file("log.jsonl:2", EARLY)
    assert read_input(path).capture().body.fields == EARLY


def test_a_byte_order_mark_is_no_part_of_the_request(desk: Desk) -> None:
    data = b"\xef\xbb\xbf" + json.dumps(EARLY).encode()
    assert read_input(desk.file("bom.json", data)).capture().body.fields == EARLY


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="a pipe with a name")
def test_a_pipe_is_read_to_its_end() -> None:
    reader, writer = os.pipe()
    os.write(writer, json.dumps(EARLY).encode())
    os.close(writer)
    try:
        assert read_input(f"/dev/fd/{reader}").capture().body.fields == EARLY
    finally:
        os.close(reader)


@pytest.mark.parametrize(
    ("number", "say"),
    [
        ("3", "log.jsonl has 2 lines: there is no line 3."),
        ("0", "log.jsonl:0: lines count from 1."),
        ("99999", "log.jsonl has 2 lines: there is no line 99,999."),
    ],
)
@pytest.mark.parametrize("last", ["", "\n"])
def test_a_line_that_is_not_there_is_said(desk: Desk, number: str, say: str, last: str) -> None:
    path = desk.file("log.jsonl", LINES + last)
    assert trouble(f"{path}:{number}").message == f"{Path(path).parent}{os.sep}{say}"


def test_a_line_of_an_empty_file_is_not_there(desk: Desk) -> None:
    path = desk.file("log.jsonl", "")
    assert trouble(f"{path}:1").message == f"{path} has 0 lines: there is no line 1."


def test_an_empty_line_is_said(desk: Desk) -> None:
    path = desk.file("log.jsonl", LINES.replace("\n", "\n \n"))
    error = trouble(f"{path}:2")
    assert error.message == f"Line 2 of {path} is empty: expected a request."
    assert (error.line, error.byte, error.file) == (2, LINES.index("\n") + 1, f"{path}:2")


def test_what_can_not_be_read_is_said(desk: Desk) -> None:
    missing = str(desk.folder / "missing.json")
    assert trouble(missing).message == f"{missing} does not exist."
    assert trouble(missing + ":3").message == f"{missing} does not exist."
    assert trouble(str(desk.folder)).message == f"{desk.folder} is a folder: expected a file."
    assert "is not the name of a file" in trouble("a\0b").message


def test_a_name_that_is_empty_is_said() -> None:
    assert trouble("").message == "The name of an input is empty."


def test_a_very_long_path_is_cut_in_the_sentence_only(desk: Desk) -> None:
    error = trouble(desk.file("deep.json", "[" * 5000))
    assert error.path is not None
    assert len(error.path) > 1000
    assert len(error.message) < 600
    assert "…" in error.message


def test_a_file_without_permission_is_said(desk: Desk) -> None:
    path = desk.file("closed.json", EARLY)
    Path(path).chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert trouble(path).message == f"{path} can't be read: no permission."


def test_bad_json_is_told_with_its_byte_and_line_in_the_file(desk: Desk) -> None:
    error = trouble(desk.file("bad.json", '{"model": "é",\n "messages": [1,]}'))
    assert (error.byte, error.line, error.path) == (32, 2, "messages[1]")
    assert "(line 2, in messages[1]): expected an element" in error.message
    assert "bad.json is not JSON at byte 32 " in error.message


def test_bad_json_in_a_line_of_a_log_counts_in_the_file(desk: Desk) -> None:
    text = LINES + '\n{"model": }'
    error = trouble(desk.file("log.jsonl", text) + ":3")
    assert (error.byte, error.line) == (len(text.encode()) - 1, 3)


def test_bytes_that_are_not_utf_8_are_told(desk: Desk) -> None:
    error = trouble(desk.file("latin.json", '{"model": "é"}'.encode("latin-1")))
    assert (error.byte, error.line) == (11, 1)
    assert "UTF-8" in error.message


def test_bad_json_inside_request_raw_counts_in_the_file(desk: Desk) -> None:
    text = json.dumps({"request": EARLY, "request_raw": '{"model":"\u00e9\n"'})
    error = trouble(desk.file("exchange.json", text))
    assert error.path == "request_raw"
    assert error.byte == text.index("\\n")


def test_an_empty_input_is_told(desk: Desk) -> None:
    assert "expected a value" in trouble(desk.file("empty.json", "")).message


@pytest.mark.parametrize(
    ("content", "path", "at"),
    [
        ([1], None, "["),
        ({"request": 7}, "request", "7"),
        ({"request": EARLY, "started_at": "soon"}, "started_at", '"soon"'),
    ],
)
def test_what_is_no_request_is_told_with_its_place(
    desk: Desk, content: object, path: str | None, at: str
) -> None:
    text = json.dumps(content)
    error = trouble(desk.file("odd.json", text))
    assert (error.path, error.byte, error.line) == (path, text.index(at), 1)
    assert "is not a request: at byte" in error.message


def usage_of(text: str) -> object:
    return read_usage_fields(Input("usage.json", text.encode()))


USAGE = {"input_tokens": 3, "cache_read_input_tokens": 2, "cache_creation_input_tokens": 1}


@pytest.mark.parametrize(
    "value", [USAGE, {"id": "msg", "usage": USAGE}, {"request": EARLY, "response": {"usage": USAGE}}]
)
def test_usage_is_found_by_itself_in_a_response_and_in_an_exchange(value: object) -> None:
    assert usage_of(json.dumps(value)) == USAGE


@pytest.mark.parametrize("value", [[], {}, {"usage": {}}, request(), exchange(EARLY), {"input_tokens": "3"}])
def test_what_holds_no_usage_is_refused(value: object) -> None:
    with pytest.raises(InputTrouble, match="is not a usage: at byte 0 "):
        usage_of(json.dumps(value))


@given(st.binary(max_size=60), st.integers(0, 5))
def test_whatever_the_bytes_are_the_answer_is_a_request_or_a_trouble(data: bytes, line: int) -> None:
    source = Input("x", data, min(line, len(data)))
    error = None
    try:
        source.capture()
    except InputTrouble as found:
        error = found
    if error is not None:
        assert error.file == "x"
        assert error.byte is None or 0 <= error.byte <= len(data)
        assert error.line is None or 1 <= error.line <= 1 + data.count(b"\n")


def test_the_shell_can_name_a_pipe() -> None:
    code = f"import json,sys; sys.stdout.write(json.dumps({EARLY!r}))"
    command = f'{sys.executable} -c "{code}" | {sys.executable} -m coldbyte prefix - --map'
    done = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
