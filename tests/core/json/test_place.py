"""Places in JSON as it was sent, against a walk that takes one escape after the other."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coldbyte.core.json.place import Mark, find_place, find_places, wire_byte
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import value_at
from core.json_spelling import DOCUMENTS, UNITS, oracle, places, plain, small_sizes

PATHS = st.sampled_from(["a", "b[0]", "[1]", "a.b", '["max items"]', '[""]', "0", "[0][0]", "a[2].a", "[5]"])


@pytest.fixture(params=["small sizes", "real sizes"], autouse=True)
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "small sizes":
        small_sizes(monkeypatch)


@given(DOCUMENTS, st.sampled_from([b"", b'{"z": 1}\n', b"\xef\xbb\xbf", b"\n\t "]))
def test_every_value_of_a_document_is_found_as_it_was_sent(document: str, before: bytes) -> None:
    data = before + document.encode()
    start = len(before) if before[:1] == b"{" else 0
    for path, value in places(read_json(data, start)):
        low, high = find_place(data, path, start)
        assert data[low:high] == data[low:high].strip()
        assert oracle(data[low:high]) == plain(value)


@given(DOCUMENTS, PATHS)
@example('{"0":[1]}', "[0][0]")
@example("[]", "[0]")
def test_a_place_is_found_when_the_tree_has_it(document: str, path: str) -> None:
    data = document.encode()
    try:
        value_at(read_json(data), path)
    except KeyError:
        with pytest.raises(KeyError):
            find_place(data, path)
    else:
        find_place(data, path)


def test_of_a_repeated_key_the_last_value_counts_also_when_it_lacks_the_place() -> None:
    data = b'{"a":{"b":1},"c":0,"\\u0061" : {"b": 22}}'
    low, high = find_place(data, "a.b")
    assert data[low:high] == b"22"
    with pytest.raises(KeyError):
        find_place(b'{"a":{"b":1},"a":{}}', "a.b")


@given(DOCUMENTS, st.data())
def test_many_places_are_found_in_one_walk_as_each_by_itself(document: str, draw: st.DataObject) -> None:
    data = document.encode()
    there = [path for path, _ in places(read_json(data))]
    paths = draw.draw(st.lists(st.sampled_from(there) | PATHS, max_size=8))
    wanted = {}
    for path in paths:
        with suppress(KeyError):
            wanted[path] = find_place(data, path)
    assert find_places(data, paths) == wanted


def test_a_repeated_key_takes_back_every_place_below_it() -> None:
    data = b'{"a":{"b":[1,2]},"c":3,"a":{"b":[4]}}'
    assert find_places(data, ["a.b[0]", "a.b[1]", "c", "a"]) == {
        "a.b[0]": (33, 34),
        "c": (21, 22),
        "a": (27, 36),
    }


def test_what_is_no_path_is_called_so() -> None:
    with pytest.raises(ValueError, match="not a path"):
        find_place(b"{}", "a..b")


@pytest.mark.parametrize("depth", [5, 6, 7, 13, 400])
@pytest.mark.parametrize("long", ["", "x" * 70_000, '\\"\\\\' * 5_000])
def test_long_strings_and_deep_nesting_are_skipped(depth: int, long: str) -> None:
    noise = f'{{"]":"{long}","k":[{"[" * depth}"]\\"[",{{}}{"]" * depth},"{long}"]}}'
    data = f'[{noise} , {noise}, {{"n": {noise}, "m": "here"}} ]'.encode()
    low, high = find_place(data, "[2].m")
    assert data[low:high] == b'"here"'
    assert find_place(data, "") == (0, len(data))
    low, high = find_place(data, "[1].k" + "[0]" * depth)
    assert data[low:high] == b'["]\\"[",{}]' if depth == 1 else data[low : low + 1] in (b"[", b'"')


def slow_wire_bytes(units: list[tuple[str, str]], start: int) -> list[int]:
    """The raw byte of every decoded byte, and the closing quote."""
    found, place = [], start + 1
    for char, spelled in units:
        size = len(char.encode())
        found += [place + byte for byte in range(size)] if char == spelled else [place] * size
        place += len(spelled.encode())
    return [*found, place]


@given(
    st.lists(UNITS, max_size=40),
    st.sampled_from([b"", b'{"k" : ', b"[0,"]),
    st.sampled_from([b"", b',"\\\\\\""]']),
)
@example([("\\", "\\\\")] * 12 + [('"', '\\"')] * 9, b"", b"")
@example([("é", "é"), ("😀", "\\ud83d\\ude00"), ("\\", "\\\\")] * 9, b"", b"")
def test_every_byte_of_a_text_is_found_in_its_spelling(
    units: list[tuple[str, str]], before: bytes, behind: bytes
) -> None:
    data = before + b'"' + "".join(spelled for _, spelled in units).encode() + b'"' + behind
    wanted = slow_wire_bytes(units, len(before))
    assert [wire_byte(data, len(before), byte) for byte in range(len(wanted))] == wanted
    marks: list[Mark] = []
    order = sorted(range(len(wanted)), key=lambda byte: byte * 7 % len(wanted))
    assert [wire_byte(data, len(before), byte, marks) for byte in order] == [wanted[byte] for byte in order]
    with pytest.raises(ValueError, match="no byte"):
        wire_byte(data, len(before), len(wanted))


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_byte_far_inside_a_long_text_is_found(ascii_only: bool) -> None:
    chars = 'Zeile mit é, 漢字, "Wort" \\ und 😀.\n' * 2_000
    data = b'{"t": ' + json.dumps(chars, ensure_ascii=ascii_only).encode() + b"}"
    start, stop = find_place(data, "t")
    for at in range(0, len(chars), 6_007):
        byte = len(chars[:at].encode())
        raw = wire_byte(data, start, byte)
        assert json.loads(data[start:raw] + b'"') == chars[:at]
    assert wire_byte(data, start, len(chars.encode())) == stop - 1
