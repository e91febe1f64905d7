"""Masks: classes of characters instead of text, with the same bytes."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.json.value import compact, steps_of
from coldbyte.core.rule.mask import known_words, masked, masked_json, masked_path
from coldbyte.core.text.invisible import is_invisible

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
SHOWN = masked("".join(EVERY))
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_every_character_takes_as_many_bytes_as_before() -> None:
    wrong = [one for one, two in zip(EVERY, SHOWN, strict=True) if len(one.encode()) != len(two.encode())]
    assert not wrong


def test_masking_twice_changes_nothing() -> None:
    assert masked(SHOWN) == SHOWN


def test_no_letter_and_no_digit_but_the_neutral_ones_is_left() -> None:
    left = {char for char in set(SHOWN) if unicodedata.category(char)[0] in "LN" and not is_invisible(char)}
    assert len(left) < 60
    assert set("xX9éÉ文") <= left
    assert not set("abcABC012ñя好") & left


def test_what_a_finding_is_about_stays() -> None:
    signs = " \t\r\n\u00a0\u200b\u202e\ufeff\u0301\u2019\u201c\u2026\u2014\ufffd.,;{}"
    assert masked(signs) == signs


def test_a_hidden_text_of_tag_characters_is_hidden_too() -> None:
    assert masked("\U000e0068\U000e0049\U000e0031") == "\U000e0078\U000e0058\U000e0039"


def test_a_decomposed_letter_stays_decomposed_and_a_composed_one_composed() -> None:
    assert masked("cafe\u0301 café") == "xxxx\u0301 xxxé"
    assert unicodedata.normalize("NFC", masked("각")) == masked("각")


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("", ""),
        ("model", "model"),
        ("output_config.effort", "output_config.effort"),
        ("messages[4].content[0].text", "messages[4].content[0].text"),
        ('tools[2].input_schema.properties["max items"]', 'tools[2].input_schema.properties["xxx xxxxx"]'),
        ("tools[2].input_schema.properties.city.type", "tools[2].input_schema.properties.xxxx.type"),
        ("tools[2].input_schema.properties.type", "tools[2].input_schema.properties.xxxx"),
        ("messages[1].content[0].input.name.text[3]", "messages[1].content[0].input.xxxx.xxxx[3]"),
        ("my_own.text", "xx_xxx.xxxx"),
        ('["é b"].model', '["é x"].xxxxx'),
        ("not a path", "xxx x xxxx"),
    ],
)
def test_of_a_path_only_the_names_of_the_api_stay(where: str, shown: str) -> None:
    assert masked_path(where) == shown


@given(st.lists(st.text(min_size=1) | st.integers(0, 99), max_size=5))
def test_a_masked_path_has_the_same_steps(steps: list[str | int]) -> None:
    from coldbyte.core.json.value import path_below

    path = ""
    for step in steps:
        path = f"{path}[{step}]" if isinstance(step, int) else path_below(path, step)
    shown = masked_path(path)
    assert len(shown.encode()) == len(path.encode())
    assert [step if isinstance(step, int) else len(step) for step in steps_of(shown)] == [
        step if isinstance(step, int) else len(step) for step in steps_of(path)
    ]


@given(trees)
def test_masked_json_has_the_same_structure_and_size(tree: object) -> None:
    text = compact(tree)  # type: ignore[arg-type]
    shown = masked_json(text)
    assert len(shown.encode()) == len(text.encode())
    assert shape(json.loads(shown, object_pairs_hook=list)) == shape(json.loads(text, object_pairs_hook=list))


def shape(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [shape(item) for item in value]
    return len(value) if isinstance(value, str) else isinstance(value, (int, float))


def test_json_keeps_the_words_of_the_api_and_nothing_else() -> None:
    text = '{"type":"object","properties":{"secret":{"description":"Zürich \\"1\\"\\n"}},"n":12.5}'
    assert masked_json(text) == (
        '{"type":"object","properties":{"xxxxxx":{"description":"Xéxxxx \\"9\\"\\n"}},"x":99.9}'
    )


def test_known_words_stay_in_a_line() -> None:
    assert known_words("setting output_config.effort json frob") == "setting output_config.effort json xxxx"
