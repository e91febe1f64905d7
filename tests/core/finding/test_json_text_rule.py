from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.sample_text import causes, found, hosted, restored

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
).map(lambda value: {"value": value})


def compact(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), **options)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ('{"name":"你好 <b>"}', '{"name":"\\u4f60\\u597d \\u003cb\\u003e"}', ["json-escaping-changed"]),
        ('{"path":"a/b"}', '{"path":"a\\/b"}', ["json-escaping-changed"]),
        ('{"a":1,"b":2}', '{"a": 1, "b": 2}', ["json-whitespace-changed"]),
        ('{"a":1,"b":[2]}', '{\n  "a": 1,\n  "b": [\n    2\n  ]\n}', ["json-whitespace-changed"]),
        ('{"a":1,"b":2}', '{"b":2,"a":1}', ["json-key-reordered"]),
        ('[{"a":1,"b":1}]', '[{"b":1,"a":1}]', ["json-key-reordered"]),
        ('{"a":1,"b":1e3}', '{"a":1.0,"b":1000}', ["json-number-format-changed"]),
        ('{"a":"é","b":1}', '{"a": "\\u00e9", "b": 1}', ["json-escaping-changed", "json-whitespace-changed"]),
        ('{"a":"tea","b":1}', '{"a": "rice", "b": 1}', ["json-whitespace-changed", "text-edited"]),
        (
            '{"a":"x y","b":1}',
            '{"a": "x\u00a0y", "b": 1}',
            ["json-whitespace-changed", "invisible-char-changed"],
        ),
        (
            '{"a":"10:15:00","b":"é"}',
            '{"a":"10:15:41","b":"\\u00e9"}',
            ["volatile-timestamp", "json-escaping-changed"],
        ),
        ('{"a":"x y"}', '{"a":"x\u00a0y"}', ["invisible-char-changed"]),
        ('{\n"a": 1\n}', '{\r\n"a": 1\r\n}', ["line-endings-changed"]),
        ('{"a":1}', '{"a":true}', ["text-edited"]),
        ('{"a":[1,2]}', '{"a":[2,1]}', ["list-reordered"]),
    ],
)
def test_each_way_to_spell_json_has_its_name(before: str, after: str, names: list[str]) -> None:
    groups = found(before, after)
    assert sorted(one.id for one in groups) == sorted(names)
    assert restored(before, after, groups) == before


def test_what_is_said_quotes_both_spellings() -> None:
    says = [
        found(*pair)[0].say
        for pair in (
            ('{"name":"é"}', '{"name":"\\u00e9"}'),
            ('{"a":1}', '{"a": 1}'),
            ('{"a":1}', '{"a":1.0}'),
            ('{"a":1,"b":2}', '{"b":2,"a":1}'),
        )
    ]
    assert says == [
        'The same JSON string is escaped in another way: “"é"” became “"\\u00e9"”.',
        "The same JSON is laid out with other white space: 1 space was added.",
        "The number 1 is written as 1.0.",
        'The same JSON keys stand in another order: “"b"” stands where “"a"” stood.',
    ]


def test_json_between_fences_is_json_and_the_text_around_is_not() -> None:
    text = "Answer {{like}}  this:\n```json\n{}\n```\nBe brief."
    before, after = (hosted(text.replace("{}", part)) for part in ('{"a":1,"b":2}', '{"b":2,"a":1}'))
    assert causes(before, after) == ["json-key-reordered"]
    assert causes(before, after.replace("Be brief", "Be kind")) == ["json-key-reordered", "text-edited"]


def test_json_that_fills_a_line_is_json() -> None:
    assert causes(hosted('{"a":"é"}'), hosted('{"a":"\\u00e9"}')) == ["json-escaping-changed"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("{braces} around words", "{braces}  around words"), ("[1, 2", "[1,  2"), ("a, b", "a,  b")],
)
def test_white_space_outside_json_is_white_space(before: str, after: str) -> None:
    assert causes(before, after) == ["whitespace-changed"]


def test_a_key_that_stands_twice_makes_the_order_count() -> None:
    assert "json-key-reordered" not in causes('{"a":1,"a":2}', '{"a":2}')


def test_json_that_nests_too_deeply_is_read_as_text() -> None:
    deep = "[" * 20_000 + "]" * 20_000
    assert causes(deep, deep.replace("[]", "[ ]")) == ["whitespace-changed"]


@given(VALUES)
def test_pretty_print_differs_by_white_space_only(value: Any) -> None:
    before, after = compact(value), json.dumps(value, ensure_ascii=False, indent=2)
    groups = found(before, after)
    assert [one.id for one in groups] == ["json-whitespace-changed"]
    assert restored(before, after, groups) == before


@given(VALUES)
def test_escapes_differ_by_escaping_only(value: Any) -> None:
    before, after = compact(value), json.dumps(value, separators=(",", ":"))
    assume(before != after)
    groups = found(before, after)
    assert [one.id for one in groups] == ["json-escaping-changed"]
    assert restored(before, after, groups) == before


@given(VALUES)
def test_sorted_keys_differ_by_their_order_only(value: Any) -> None:
    before, after = compact(value), compact(value, sort_keys=True)
    assume(before != after)
    groups = found(before, after)
    assert [one.id for one in groups] == ["json-key-reordered"]
    assert restored(before, after, groups) == before


@given(VALUES, VALUES)
def test_whatever_differs_in_json_is_covered(one: Any, two: Any) -> None:
    before, after = compact(one), json.dumps(two, indent=1)
    assert restored(before, after, found(before, after)) == before
