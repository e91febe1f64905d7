"""`coldbyte export`: each format on standard output or in a file."""

from __future__ import annotations

import csv
import io
import json

import pytest

from asked import KEY, LONG, Desk, exchange, request
from coldbyte.core.capture import read_capture
from coldbyte.core.export.outgoing import outgoing_of_capture

USAGE = {
    "input_tokens": 5,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 900,
    "output_tokens": 2,
}
ANSWERED = exchange(
    request(), response={"id": "msg_1", "model": "claude-opus-5", "usage": USAGE}, started_at=1_790_000_000
)


def test_the_body_comes_as_it_is(desk: Desk) -> None:
    data = json.dumps(request("Größe \u00a0"), indent=3).encode()
    assert desk.ask("export", desk.file("a.json", data), "--as", "body").out == data
    raw = {"request": request(), "request_raw": data.decode()}
    assert desk.ask("export", desk.file("b.json", raw), "--as", "body").out == data
    assert json.loads(desk.ask("export", desk.file("a.json", data), "--as", "pretty").out) == json.loads(data)


@pytest.mark.parametrize(
    ("name", "start"), [("curl", "curl "), ("python", '"""One request'), ("typescript", "// One request")]
)
def test_programs_hold_no_key(desk: Desk, name: str, start: str) -> None:
    answer = desk.ask("export", desk.file("a.json", ANSWERED), "--as", name)
    assert (answer.code, answer.err) == (0, b"")
    assert answer.text.startswith(start)
    assert "ANTHROPIC_API_KEY" in answer.text
    assert KEY not in answer.text


def test_lines_are_read_back(desk: Desk) -> None:
    answer = desk.ask("export", desk.file("a.json", ANSWERED), "--as", "jsonl")
    capture = read_capture(answer.out)
    assert capture.usage is not None
    assert (capture.usage.read, capture.started_at) == (900, 1_790_000_000)
    assert outgoing_of_capture(capture).fields == json.loads(json.dumps(request()))
    assert KEY not in answer.text


def test_a_whole_file_of_lines_becomes_a_table(desk: Desk) -> None:
    log = desk.file("log.jsonl", "\n".join([json.dumps(ANSWERED), "", json.dumps(request("x")), ""]))
    rows = list(csv.DictReader(io.StringIO(desk.ask("export", log, "--as", "csv").text, newline="")))
    assert [row["read"] for row in rows] == ["900", ""]
    assert len(json.loads(desk.ask("export", log, "--as", "har").out)["log"]["entries"]) == 2
    assert desk.ask("export", log, "--as", "jsonl").out.count(b"\n") == 2
    assert desk.ask("export", f"{log}:1", "--as", "csv").out.count(b"\r\n") == 2


@pytest.mark.parametrize(("name", "start"), [("html", "<!DOCTYPE html>"), ("markdown", "**MISS**")])
def test_a_report_is_redacted_unless_asked_otherwise(desk: Desk, name: str, start: str) -> None:
    before = desk.file("a.json", request("Zebra " + LONG))
    after = desk.file("b.json", request("Gnu " + LONG))
    shut = desk.ask("export", after, "--as", name, "--against", before)
    open_ = desk.ask("export", after, "--as", name, "--against", before, "--with-text")
    assert (shut.code, open_.code) == (0, 0)
    assert shut.text.startswith(start)
    assert "Zebra" not in shut.text
    assert "Zebra" in open_.text


def test_a_file_takes_it(desk: Desk) -> None:
    out = desk.folder / "request.sh"
    answer = desk.ask("export", desk.file("a.json", request()), "--as", "curl", "--out", str(out))
    assert (answer.code, answer.out) == (0, b"")
    assert out.read_text(encoding="utf-8").startswith("curl ")


def test_what_can_not_be_exported_gives_two(desk: Desk) -> None:
    path = desk.file("a.json", request())
    no_tokens = desk.file("n.json", {"model": "m", "messages": []})
    for arguments, message in (
        ([path, "--as", "html"], "needs --against"),
        ([path, "--as", "curl", "--against", path], "nothing else takes it"),
        ([desk.file("x.json", b"{"), "--as", "curl"], "is not JSON"),
        ([no_tokens, "--as", "python"], "lacks model, messages or max_tokens"),
        ([desk.file("y.json", {"model": "m"}), "--as", "curl"], "is not a request"),
    ):
        assert message in desk.ask("export", *arguments, "--json").error["message"]
    assert desk.ask("export", path, "--as", "nothing").code == 2


FORMATS = ("body", "pretty", "curl", "python", "typescript", "jsonl", "har", "csv", "html", "markdown")


@pytest.mark.parametrize("name", FORMATS)
def test_no_export_holds_a_key_from_any_header(desk: Desk, name: str) -> None:
    secrets = [f"sk-ant-api03-{number}-Zq9xw" for number in range(6)]
    headers = {
        "X-Api-Key": secrets[0],
        "authorization": f"Bearer {secrets[1]}",
        "Proxy-Authorization": f"Basic {secrets[2]}",
        "cookie": f"sessionKey={secrets[3]}",
        "x-forwarded-access-token": secrets[4],
        "anthropic-version": "2023-06-01",
        "host": f"user:{secrets[5]}@api.anthropic.com",
    }
    before = desk.file("a.json", exchange(request(), headers=headers))
    after = desk.file("b.json", exchange(request(LONG + " "), headers=headers))
    against = ("--against", before) if name in ("html", "markdown") else ()
    answer = desk.ask("export", after, "--as", name, *against)
    assert (answer.code, answer.err) == (0, b"")
    assert answer.out
    for secret in (*secrets, "Zq9xw", "sk-ant-"):
        assert secret not in answer.text
