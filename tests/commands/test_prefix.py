"""`coldbyte prefix`: the bytes, the map, the file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from asked import KEY, Desk, exchange, request
from coldbyte.core.body import RequestBody
from coldbyte.core.prefix.canonical_prefix import prefix_of


def prefix_bytes(body: dict[str, object]) -> bytes:
    return prefix_of(RequestBody(json.loads(json.dumps(body)))).encode()


def test_the_prefix_is_written_byte_for_byte(desk: Desk) -> None:
    body = request("Größe\r\n漢字\u00a0")
    answer = desk.ask("prefix", desk.file("a.json", body))
    assert (answer.code, answer.err) == (0, b"")
    assert answer.out == prefix_bytes(body)
    assert "Größe\r\n漢字\u00a0".encode() in answer.out


def test_equivalent_spellings_give_equal_bytes(desk: Desk) -> None:
    blocks = [{"type": "text", "text": "Why?"}]
    one = desk.ask("prefix", desk.file("a.json", request("S", question="Why?")))
    two = desk.ask(
        "prefix", desk.file("b.json", request("S", messages=[{"role": "user", "content": blocks}]))
    )
    assert one.out == two.out


def test_the_map_tells_where_each_block_stands(desk: Desk) -> None:
    path = desk.file("a.json", request("Sé"))
    data, answer = desk.ask("prefix", path).out, desk.ask("prefix", path, "--map")
    value = answer.value
    assert (answer.code, value["size"]) == (0, len(data))
    assert [block["where"] for block in value["blocks"]] == ["model", "system[0].text", "messages[0].content"]
    assert [block["tier"] for block in value["blocks"]] == ["request", "system", "messages"]
    assert "Sé".encode() in data[value["blocks"][1]["start"] : value["blocks"][1]["stop"]]
    assert value["blocks"][0]["start"] == 0
    assert value["blocks"][-1]["stop"] == len(data)
    (point,) = value["breakpoints"]
    assert point == {"where": "system[0].text", "ttl": "5m", "byte": value["blocks"][1]["stop"]}


def test_out_writes_a_file_and_nothing_else(desk: Desk) -> None:
    path, out = desk.file("a.json", request()), desk.folder / "a.prefix"
    out.write_bytes(b"old")
    answer = desk.ask("prefix", path, "--out", str(out))
    assert (answer.code, answer.out, answer.err) == (0, b"", b"")
    assert out.read_bytes() == prefix_bytes(request())
    assert {path.name for path in desk.folder.iterdir()} == {"a.json", "a.prefix"}


def test_out_and_map_give_both(desk: Desk) -> None:
    path, out = desk.file("a.json", request()), desk.folder / "a.prefix"
    answer = desk.ask("prefix", path, "--map", "--out", str(out))
    assert answer.value["size"] == out.stat().st_size


def test_a_file_that_can_not_be_written_is_said(desk: Desk) -> None:
    path, out = desk.file("a.json", request()), str(desk.folder / "no" / "a.prefix")
    answer = desk.ask("prefix", path, "--out", out)
    assert (answer.code, answer.out) == (2, b"")
    assert answer.words == f"coldbyte: The folder {desk.folder / 'no'} does not exist.\n"
    error = desk.ask("prefix", path, "--out", out, "--json").error
    assert (error["message"], error["file"]) == (answer.words[10:-1], out)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there is no such device")
def test_a_device_takes_the_bytes(desk: Desk) -> None:
    answer = desk.ask("prefix", desk.file("a.json", request()), "--out", os.devnull)
    assert (answer.code, answer.err) == (0, b"")
    assert not Path(os.devnull).is_file()


def test_a_body_that_is_no_request_is_told_with_its_place(desk: Desk) -> None:
    body = request(messages=[{"role": "user"}])
    text = json.dumps(body, indent=1)
    error = desk.ask("prefix", desk.file("a.json", text), "--json").error
    assert error["path"] == "messages[0].content"
    assert error["byte"] == text.index('{\n   "role"')
    assert error["line"] == text[: error["byte"]].count("\n") + 1


def test_in_an_exchange_the_place_counts_in_the_file_and_the_path_in_the_body(desk: Desk) -> None:
    text = json.dumps(exchange(request(system=7)))
    error = desk.ask("prefix", desk.file("x.json", text), "--json").error
    assert (error["path"], error["byte"]) == ("system", text.index("7,"))
    raw = '{"model": "\\u00e9", "system": 7, "messages": []}'
    text = json.dumps(exchange(request(), request_raw=raw))
    error = desk.ask("prefix", desk.file("y.json", text), "--json").error
    assert (error["path"], error["byte"]) == ("system", text.index("7, "))


def test_the_key_of_an_exchange_is_not_in_the_prefix(desk: Desk) -> None:
    path = desk.file("x.json", exchange(request()))
    for arguments in (["prefix", path], ["prefix", path, "--map"]):
        assert KEY.encode() not in desk.ask(*arguments).out


def test_the_beta_features_of_an_exchange_are_part_of_the_prefix(desk: Desk) -> None:
    body = exchange(request())
    body["headers"] = {"anthropic-beta": "context-1m-2025-08-07"}
    answer = desk.ask("prefix", desk.file("x.json", body))
    assert b"context-1m-2025-08-07" in answer.out
