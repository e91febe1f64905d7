from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import Json, compact
from coldbyte.core.field import changed_fields, json_object

VALUES: st.SearchStrategy[Json] = st.one_of(
    st.text(max_size=5),
    st.integers(),
    st.none(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
OBJECTS = st.dictionaries(st.sampled_from(["name", "b c", "é", 'q"', ""]), VALUES, max_size=5)


def test_a_changed_string_says_where_it_starts() -> None:
    (change,) = changed_fields({"name": "a", "description": "old"}, {"name": "a", "description": "odd"})
    assert (change.key, change.before, change.after) == ("description", "old", "odd")
    assert compact({"name": "a", "description": "old"})[change.before_start :].startswith("old")
    assert change.texts is not None
    assert [str(text) for text in change.texts] == ["old", "odd"]


def test_an_object_in_another_order_of_keys_is_reordered() -> None:
    (change,) = changed_fields({"s": {"a": 1, "b": 2}}, {"s": {"b": 2, "a": 1}})
    assert change.reordered
    (other,) = changed_fields({"s": {"a": 1, "b": 2}}, {"s": {"b": 2, "a": 3}})
    assert not other.reordered


def test_a_null_field_is_not_an_absent_one() -> None:
    assert [change.key for change in changed_fields({"a": None}, {})] == ["a"]
    assert [change.key for change in changed_fields({}, {"a": None})] == ["a"]


def test_what_is_no_json_object_counts_as_empty() -> None:
    assert json_object(b"[1]") == {}
    assert json_object(b"{") == {}
    assert json_object(b'{"a":1}') == {"a": 1}


@given(OBJECTS, OBJECTS)
def test_the_starts_are_those_of_the_values_in_compact_json(
    before: dict[str, Json], after: dict[str, Json]
) -> None:
    changes = list(changed_fields(before, after))
    differing = {
        key
        for key in {*before, *after}
        if (key in before) != (key in after) or compact(before[key]) != compact(after[key])
    }
    assert {change.key for change in changes} == differing
    for change in changes:
        for side, start, value in (
            (before, change.before_start, change.before),
            (after, change.after_start, change.after),
        ):
            data = compact(side).encode()
            if change.key not in side:
                assert data[start:] == b"}"
            else:
                place = data[start - isinstance(value, str) :].decode()
                assert json.JSONDecoder().raw_decode(place)[0] == value
