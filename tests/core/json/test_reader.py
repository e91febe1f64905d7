"""The reader against the standard library's, in all spellings, whole and broken, small and long."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coldbyte.core.json import reader as json_reader
from coldbyte.core.json import string as json_string
from coldbyte.core.json.reader import DEEPEST, JsonError, read_json
from coldbyte.core.json.string import LONG
from coldbyte.core.json.value import Json, Pairs, Spelled, compact, steps_of
from coldbyte.core.text.text import Text
from core.json_spelling import DOCUMENTS, EDITS, edited, oracle, plain, small_sizes

NOVEL = 'Der Fluß war kalt, and nobody said „no“.\nNobody 😀 \\ "asked" either. 漢字\t' * 2_000


@pytest.fixture(params=["small sizes", "real sizes"], autouse=True)
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "small sizes":
        small_sizes(monkeypatch)


def trouble(data: bytes) -> JsonError:
    with pytest.raises(JsonError) as caught:
        read_json(data)
    return caught.value


@given(DOCUMENTS)
def test_a_document_holds_what_the_standard_library_reads_in_it(document: str) -> None:
    data = document.encode()
    assert plain(read_json(data)) == oracle(data)


@given(DOCUMENTS)
def test_compact_json_with_the_shortest_escapes_is_printed_as_it_was_sent(document: str) -> None:
    sent = compact(read_json(document.encode()))
    assert compact(read_json(sent.encode())) == sent


@given(DOCUMENTS, EDITS)
@example("[1 , 2]", [])
@example('["\\\\ud83d", "\\\\\\ud83d\\ude00"]', [])
@example('{"a":"\\ud83d', [(1.0, 0, b'\\ud83d\\ude00"}')])
def test_damaged_bytes_are_read_as_the_standard_library_reads_them_or_refused(
    document: str, edits: list[tuple[float, int, bytes]]
) -> None:
    data = edited(document.encode(), edits)
    try:
        wanted = oracle(data)
    except ValueError:
        error = trouble(data)
        assert 0 <= error.byte <= len(data)
        assert error.line == 1 + data[: error.byte].count(b"\n")
        assert error.expected in str(error)
        steps_of(error.path)
    else:
        assert plain(read_json(data)) == wanted


@given(st.binary(max_size=40) | st.text('[]{}":,\\u0\n-eé', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused_and_nothing_else_happens(data: bytes) -> None:
    try:
        tree = read_json(data)
    except JsonError:
        return
    assert plain(tree) == oracle(data)


def test_a_document_that_was_cut_off_is_refused_where_it_ends() -> None:
    data = '{"é":[1.5e3,{"b":"\\n\\u00e9\\ud83d\\ude00 漢"},true],"c":-0}'.encode()
    for stop in range(len(data)):
        with pytest.raises(JsonError) as caught:
            read_json(data, 0, stop)
        if not data[:stop].endswith((b"t", b"tr", b"tru")):
            assert "the input ends here" in caught.value.expected, data[:stop]
            assert caught.value.byte == stop


def test_keys_keep_their_order_and_repeated_ones_are_all_kept() -> None:
    tree = read_json(b'{"b":1,"a":{"x":1,"y":2,"x":3},"B":[]}')
    assert tree == {"b": 1, "a": Pairs([("x", 1), ("y", 2), ("x", 3)]), "B": []}
    assert isinstance(tree, dict)
    assert list(tree) == ["b", "a", "B"]


@pytest.mark.parametrize(
    "spelling", ["0", "-1", "12345678901234567890", "1.5", "-0.0", "1e-07", "1e+16", "9" * 600]
)
def test_a_number_that_prints_as_it_is_spelled_is_a_number(spelling: str) -> None:
    for tree in (read_json(spelling.encode()), read_json(f"[{spelling}]".encode())[0]):  # type: ignore[index]
        assert isinstance(tree, (int, float))
        assert compact(tree) == spelling


@pytest.mark.parametrize("spelling", ["-0", "1.0e3", "1E5", "1.10", "1e400", "0.1000", "1e16", "9" * 5_000])
def test_a_number_that_would_print_otherwise_keeps_its_spelling(spelling: str) -> None:
    assert read_json(spelling.encode()) == Spelled(spelling)
    assert read_json(f'{{"n":[{spelling},1]}}'.encode()) == {"n": [Spelled(spelling), 1]}


def wrapped_in_nothing(string: str) -> bytes:
    return string.encode()


def wrapped_in_a_message(string: str) -> bytes:
    return f'{{"messages":[{{"role":"user","content":{string}}}]}}'.encode()


def content_of(tree: Json) -> Json:
    return tree["messages"][0]["content"] if isinstance(tree, dict) else tree


@pytest.mark.parametrize("wrapped", [wrapped_in_nothing, wrapped_in_a_message])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("shift", range(8))
def test_a_long_string_becomes_a_text_in_its_usual_pieces(
    wrapped: Callable[[str], bytes], ascii_only: bool, shift: int
) -> None:
    chars = "x" * shift + NOVEL
    text = content_of(read_json(wrapped(json.dumps(chars, ensure_ascii=ascii_only))))
    assert isinstance(text, Text)
    assert [piece.chars for piece in text.pieces] == [piece.chars for piece in Text.from_str(chars).pieces]
    assert text.encode() == chars.encode()


@pytest.mark.parametrize("wrapped", [wrapped_in_nothing, wrapped_in_a_message])
def test_a_string_is_a_text_when_more_bytes_than_a_limit_stand_between_its_quotes(
    wrapped: Callable[[str], bytes],
) -> None:
    limit = json_string.LONG
    for raw, kind in [("\\n" * (limit // 2), str), ("\\n" * (limit // 2) + "a", Text), ("é" * limit, Text)]:
        read = content_of(read_json(wrapped(f'"{raw}"')))
        assert type(read) is kind
        assert str(read) == json.loads(f'"{raw}"')


def test_strings_that_are_read_at_once_are_short() -> None:
    assert json_reader._WINDOW < json_string.LONG


def test_a_long_key_is_a_plain_string() -> None:
    assert read_json(json.dumps({"k" * 3 * LONG: 1}).encode()) == {"k" * 3 * LONG: 1}


@pytest.mark.parametrize(
    ("string", "byte"),
    [
        (r'"\ud83d"', 1),
        (r'"\ude00"', 1),
        (r'"ab\ude00\ud83d"', 3),
        (r'"\ud83dx\ude00"', 1),
        (r'"\ud83d\ud83d\ude00"', 1),
        (r'"\ud83d\ude00\ude00"', 13),
        (r'"\\ud83d\ude00"', 8),
        (r'"\ud83d\\ude00"', 1),
        (r'"\uD83D\u0041"', 1),
    ],
)
@pytest.mark.parametrize("filler", ["", "y" * 1_000, "\\u4f60" * 4_000])
def test_half_a_surrogate_pair_is_refused_at_its_escape(string: str, byte: int, filler: str) -> None:
    data = f'{{"a":["b",{{"c":"{filler}{string[1:]}}}]}}'.encode()
    error = trouble(data)
    assert error.byte == data.index(filler.encode() + string[1:].encode()) + len(filler) + byte - 1
    assert error.path == "a[1].c"
    assert "surrogate" in error.expected


def test_what_only_looks_like_half_a_pair_is_text() -> None:
    assert read_json(rb'["\\ud83d", "\\\\ude00", "\\\ud83d\ude00"]') == ["\\ud83d", "\\\\ude00", "\\😀"]


@pytest.mark.parametrize("before", [0, 1, LONG - 1, LONG + 1, 3 * LONG, 70_000, 140_000])
@pytest.mark.parametrize("wrong", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\x80", b"\xc0\xaf"])
def test_a_byte_that_is_not_utf_8_is_named_wherever_it_stands(before: int, wrong: bytes) -> None:
    error = trouble(b'{"k":"' + b"z" * before + wrong + b'"}')
    assert (error.byte, error.path) == (6 + before, "k")
    assert f"{wrong[0]:02X}" in error.expected


@pytest.mark.parametrize("before", [0, LONG, 70_000])
@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (b"\n", "\\n for U+000A"),
        (b"\x1f", "\\u001f for U+001F"),
        (b"\\x", "\\\\ for a backslash"),
        (b"\\u12g4", "four hexadecimal digits"),
    ],
)
def test_what_a_string_cannot_hold_is_refused_where_it_stands(
    before: int, wrong: bytes, expected: str
) -> None:
    error = trouble(b'["' + "é".encode() * before + wrong + b'"]')
    assert (error.byte, error.line, error.path) == (2 + 2 * before, 1, "[0]")
    assert expected in error.expected


@pytest.mark.parametrize(
    ("data", "byte", "path", "expected"),
    [
        ("", 0, "", "a value, but the input ends here"),
        (" \n", 2, "", "a value, but the input ends here"),
        ("[1,2,]", 5, "[2]", "an element; remove the comma"),
        ('{"a":1,}', 7, "", "a member; remove the comma"),
        ("[1,,2]", 3, "[1]", "remove a comma"),
        ("[1 2]", 3, "", "a comma or ]"),
        ('{"a":1 "b":2}', 7, "", "a comma or }"),
        ("[1}", 2, "", "a comma or ]"),
        ('{"a" 1}', 5, "a", "a colon"),
        ('{"a":}', 5, "a", "a value"),
        ("{a:1}", 1, "", "double quotes"),
        ("{'a':1}", 1, "", "double quotes"),
        ("['a']", 1, "[0]", "double quotes"),
        ("[NaN]", 1, "[0]", "no NaN"),
        ('{"x y":-Infinity}', 7, '["x y"]', "no Infinity"),
        ("[True]", 1, "[0]", "true, false and null"),
        ("[tru]", 1, "[0]", "a value"),
        ("[truex]", 5, "", "a comma or ]"),
        ("[1] // x", 4, "", "the end"),
        ("[/* x */ 1]", 1, "[0]", "no comments"),
        ("01", 1, "", "without leading zeros"),
        ("[-01]", 3, "[0]", "without leading zeros"),
        ("[1.]", 3, "[0]", "a digit after the decimal point"),
        ("[1.e5]", 3, "[0]", "a digit after the decimal point"),
        ("[1.5e+]", 6, "[0]", "a digit in the exponent"),
        ("[-]", 2, "[0]", "a digit after the minus"),
        ("[.5]", 1, "[0]", "begins with a digit"),
        ("[+1]", 1, "[0]", "begins with a digit"),
        ("{} {}", 3, "", "another value follows"),
        ("[1]]", 3, "", "the end"),
        ("[\u00a01]", 1, "[0]", "U+00A0, a space"),
        ("{“a”:1}", 1, "", "U+201C, a typographic quote"),
        ("\ufeff\ufeff1", 3, "", "U+FEFF, which is invisible"),
        ("[1,é]", 3, "[1]", "U+00E9"),
    ],
)
def test_an_error_names_the_byte_the_path_and_what_should_stand_there(
    data: str, byte: int, path: str, expected: str
) -> None:
    error = trouble(data.encode())
    assert (error.byte, error.path) == (byte, path)
    assert expected in error.expected


@pytest.mark.parametrize("before", [0, 1, 40, 5_000])
def test_the_path_of_an_error_leads_to_the_value_that_was_being_read(before: int) -> None:
    fine = json.dumps({"role": "user", "content": "x" * 50})
    data = f'{{"a":[1],"messages":[{(fine + ",") * before}{{"content":[{{"text":"\t"}}]}}]}}'.encode()
    error = trouble(data)
    assert error.path == f"messages[{before}].content[0].text"
    assert error.byte == data.index(b"\t")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_utf_16_is_called_by_its_name(encoding: str) -> None:
    for document in ('{"a":"é"}', "1", "[]"):
        error = trouble(document.encode(encoding))
        assert error.byte == 0
        assert "UTF-16" in error.expected


def test_zeros_are_not_taken_for_utf_16() -> None:
    assert trouble(bytes(8)).expected == "a value"


def test_a_byte_order_mark_in_front_is_skipped_and_counted() -> None:
    assert read_json(b'\xef\xbb\xbf {"a":1}') == {"a": 1}
    assert trouble(b"\xef\xbb\xbf[x]").byte == 4


def test_one_value_is_read_out_of_many_and_counted_from_the_start_of_all() -> None:
    data = b'{"a":1}\n{"b":[2]}\n{"c":[3,]}\n'
    assert read_json(data, 8, 17) == {"b": [2]}
    with pytest.raises(JsonError) as caught:
        read_json(data, 18, 28)
    assert (caught.value.byte, caught.value.line, caught.value.path) == (26, 3, "c[1]")
    with pytest.raises(JsonError) as caught:
        read_json(data, 8, 16)
    assert (caught.value.byte, caught.value.line) == (16, 2)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[0, {"a": [1, ', "]}]")])
def test_values_nest_as_deeply_as_allowed_and_no_deeper(opening: str, closing: str) -> None:
    each = opening.count("[") + opening.count("{")
    times = DEEPEST // each
    rest = "[" * (DEEPEST - times * each)
    deepest = opening * times + rest + "1" + "]" * len(rest) + closing * times
    tree, depth = read_json(deepest.encode()), 0
    while isinstance(tree, (list, dict)):
        tree, depth = list(tree.values() if isinstance(tree, dict) else tree)[-1], depth + 1
    assert depth == DEEPEST
    beyond = opening * times + rest + "[1]" + "]" * len(rest) + closing * times
    assert f"at most {DEEPEST}" in trouble(beyond.encode()).expected
    assert f"at most {DEEPEST}" in trouble(opening.encode() * 100_000).expected


def test_a_deep_value_is_refused_also_when_it_is_short_and_others_follow() -> None:
    for outer in range(1, 26):
        inner = DEEPEST - outer
        rest = ",1" + "]" * outer
        fine = "[" * outer + "[" * inner + "]" * inner + rest
        assert compact(read_json(fine.encode())) == fine
        too_deep = "[" * outer + "[" * inner + "[]" + "]" * inner + rest
        assert trouble(too_deep.encode()).byte == DEEPEST
