"""Lines are read for colouring one by one, with what the line before leaves."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.syntax import (
    Kind,
    Language,
    State,
    language_of,
    state_after,
    state_behind,
    state_in_row,
    stretches,
)

PARTS = st.sampled_from(
    [
        *'{}[]:,"\\<>/=#`*-_~ \t',
        "true",
        "12.5e3",
        '"key": ',
        "<doc>",
        "<a b='c'>",
        "```json",
        "😀",
        "é",
        "{{x}}",
    ]
)
LINES = st.lists(PARTS | st.characters(exclude_categories=["Cs"]), max_size=40).map("".join)
LANGUAGES = st.sampled_from(["json", "prompt"])
STATES = st.sampled_from(["", "string", "fence", "json fence"])


def read(
    line: str, language: Language = "prompt", state: State = "", *, continued: bool = False
) -> list[tuple[str, Kind]]:
    """The words with their kinds."""
    units = line.encode("utf-16-le")
    return [
        (units[2 * start : 2 * stop].decode("utf-16-le"), kind)
        for start, stop, kind in stretches(line, language, state, continued=continued)
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            '  "a\\"b": [1, -2.5e+3, true, null, "x"],',
            [
                ('"a\\"b"', "key"),
                ("1", "number"),
                ("-2.5e+3", "number"),
                ("true", "number"),
                ("null", "number"),
                ('"x"', "string"),
            ],
        ),
        ('{"😀": "never closed', [('"😀"', "key"), ('"never closed', "string")]),
        ("{}[],:", []),
    ],
)
def test_json_has_keys_strings_and_numbers(line: str, words: list[tuple[str, Kind]]) -> None:
    assert read(line, "json") == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("## Rules", [("## Rules", "heading")]),
        ("#hashtag", []),
        (
            '<document index="1">',
            [("<document ", "tag"), ("index", "key"), ('"1"', "string"), (">", "tag")],
        ),
        ("text </instructions> more", [("</instructions>", "tag")]),
        ("1 < 2 and 3 > 2", []),
        ("<!-- note --> x", [("<!-- note -->", "quiet")]),
        ("- use `jq` **now**", [("-", "key"), ("`jq`", "code"), ("**now**", "strong")]),
        ("2. two", [("2.", "key")]),
        ("> quoted", [("> ", "quiet")]),
        ("see [the law](https://x.eu)", [("[the law]", "string"), ("(https://x.eu)", "quiet")]),
        ("Dear {{NAME}}, {name} ${x}", [("{{NAME}}", "number"), ("{name}", "number"), ("${x}", "number")]),
        ("```python", [("```python", "code")]),
    ],
)
def test_a_prompt_has_tags_and_markdown(line: str, words: list[tuple[str, Kind]]) -> None:
    assert read(line) == words


def test_a_row_inside_a_line_has_no_start_of_a_line() -> None:
    assert read("# not a heading", continued=True) == []
    assert read("- `x`", continued=True) == [("`x`", "code")]


def test_a_fence_colours_what_is_in_it() -> None:
    lines = ["text", "```json", '{"a": 1}', "```", "# After", "~~~", "# code", "~~~ "]
    state: State = ""
    found = []
    for line in lines:
        found.append(read(line, "prompt", state))
        state = state_after(line, state)
    assert found == [
        [],
        [("```json", "code")],
        [('"a"', "key"), ("1", "number")],
        [("```", "code")],
        [("# After", "heading")],
        [("~~~", "code")],
        [("# code", "code")],
        [("~~~ ", "code")],
    ]
    assert state == ""


@pytest.mark.parametrize(
    ("before", "state"),
    [("", ""), ("a\n```\nb\n", "fence"), ("```json\n{\n", "json fence"), ("```\na\n```\nb\n", "")],
)
def test_what_stands_before_a_line_tells_what_it_begins_in(before: str, state: State) -> None:
    assert state_behind(before) == state


@given(st.lists(st.sampled_from(["```", "```json", "~~~", "text", "  ```", "# a"]), max_size=12))
def test_looking_back_is_the_same_as_reading_on(lines: list[str]) -> None:
    state: State = ""
    for line in lines:
        state = state_after(line, state)
    assert state_behind("".join(f"{line}\n" for line in lines)) == state


@given(LINES, LANGUAGES, STATES, st.booleans())
def test_stretches_stand_in_order_in_the_line(
    line: str, language: Language, state: State, continued: bool
) -> None:
    place, size = 0, len(line.encode("utf-16-le")) // 2
    for start, stop, _ in stretches(line, language, state, continued=continued):
        assert place <= start <= stop <= size
        place = stop


def test_a_line_of_a_thousand_things_is_coloured_so_far() -> None:
    assert len(stretches("[" + "1," * 5_000, "json", "")) == 1_000


@given(st.integers(2, 9), st.data())
def test_a_row_of_a_long_line_of_json_knows_whether_it_begins_in_a_string(
    count: int, data: st.DataObject
) -> None:
    line = json.dumps({f"key {n}": f"some words, and {n}" for n in range(count)})
    at = data.draw(st.integers(0, len(line) - 2))
    inside = line[:at].count('"') % 2 == 1
    assert state_in_row(line[at:]) == ("string" if inside else "")


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ("1, 2, 3, -4.5e6, true]", ""),
        ("plain words without an end", "string"),
        ('", "b": 1', "string"),
        (', "b": 1', ""),
        ('"b": 1', ""),
        ('\\" still inside", 1', "string"),
        ("", ""),
    ],
)
def test_what_a_row_begins_in_is_read_from_its_first_quote(row: str, state: State) -> None:
    assert state_in_row(row) == state


@pytest.mark.parametrize(
    ("start", "language"),
    [
        ('{"name": 1', "json"),
        ('\ufeff [\n  {"a": 1}', "json"),
        ("[]", "json"),
        ("[1, 2]", "json"),
        ("[1] Smith et al.", "prompt"),
        ("{name}, hello", "prompt"),
        ("# Title", "prompt"),
        ("", "prompt"),
    ],
)
def test_the_language_is_told_by_the_start(start: str, language: Language) -> None:
    assert language_of(start) == language
