"""`coldbyte import`: other programs' files as lines of JSONL."""

from __future__ import annotations

import json

from asked import KEY, LONG, Desk, request
from coldbyte.core.capture import read_capture
from coldbyte.core.export.outgoing import outgoing_of_capture

CURL = f"""curl https://api.anthropic.com/v1/messages \\
  -H 'x-api-key: {KEY}' -H 'anthropic-version: 2023-06-01' \\
  --data-binary '{json.dumps(request("Be brief. " + LONG))}'
"""


def test_a_curl_command_becomes_a_line_and_its_key_is_dropped(desk: Desk) -> None:
    path = desk.file("request.sh", CURL)
    answer = desk.ask("import", path)
    assert answer.code == 0
    capture = read_capture(answer.out)
    assert outgoing_of_capture(capture).wire == json.dumps(request("Be brief. " + LONG)).encode()
    assert capture.api_version == "2023-06-01"
    assert "1 exchange read" in answer.words
    assert KEY not in answer.text + answer.words
    assert "x-api-key" in answer.words


def test_a_file_takes_the_lines_and_scripts_get_an_object(desk: Desk) -> None:
    lines = "".join(json.dumps(request(text)) + "\n" for text in ("a", "b", "c"))
    path, out = desk.file("log.jsonl", lines), desk.folder / "out.jsonl"
    value = desk.ask("import", path, "--out", str(out), "--json").value
    assert (value["exchanges"], value["format"] != "") == (3, True)
    assert out.read_bytes().count(b"\n") == 3
    assert {each.name for each in desk.folder.iterdir()} == {"log.jsonl", "out.jsonl"}
    assert desk.ask("lint", f"{out}:2").code in (0, 1)


def test_what_can_not_be_imported_gives_two_and_leaves_no_file(desk: Desk) -> None:
    out = desk.folder / "out.jsonl"
    for arguments, message in (
        ([desk.file("x.bin", b"\x00\x01\x02 nothing"), "--out", str(out)], "of no format"),
        ([str(desk.folder / "no"), "--out", str(out)], "can't be read"),
        (["-", "--out", str(out)], "needs a file"),
        ([desk.file("a.json", request())], "need --out"),
        ([desk.file("a.json", request()), "--out", str(desk.folder / "no" / "x")], "can't be written"),
    ):
        assert message in desk.ask("import", *arguments, "--json").error["message"]
    assert not out.exists()
    assert not list(desk.folder.glob(".coldbyte-*"))
