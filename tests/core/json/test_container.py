from __future__ import annotations

import pytest

from coldbyte.core.json.container import OpenArray, OpenObject, whole_value
from coldbyte.core.json.value import Pairs, Spelled

DEEP = 100


def test_an_array_takes_the_elements_that_have_a_comma_and_no_others() -> None:
    array = OpenArray()
    assert array.take('1 , "a", {"b": 2}\n,  12', DEEP) == 21
    assert array.value() == [1, "a", {"b": 2}]
    assert array.path("x") == "x[3]"


def test_an_object_takes_the_members_that_have_a_comma_and_no_others() -> None:
    members = OpenObject()
    assert members.take('"a" : 1,"b":[], "c":12', DEEP) == 16
    assert members.value() == {"a": 1, "b": []}
    assert members.path("x") == "x"


@pytest.mark.parametrize("rest", ['"cut o', "[1, 2", '{"a"', "NaN,", "01,", '"\t",', "tru,", "1 2,", ""])
def test_what_is_cut_off_or_wrong_is_left_to_the_reader(rest: str) -> None:
    array, members = OpenArray(), OpenObject()
    assert array.take(f"1,{rest}", DEEP) == 2
    assert members.take(f'"k":1,"l":{rest}', DEEP) == 6
    assert (array.value(), members.value()) == ([1], {"k": 1})


def test_the_next_element_is_known_to_be_longer_than_the_window() -> None:
    array = OpenArray()
    array.take('1,{"a":', DEEP)
    assert array.cut
    array.take("1,2", DEEP)
    assert not array.cut


def test_nothing_is_taken_that_may_nest_too_deeply() -> None:
    assert OpenArray().take("[[1]],[[[1]]],1", 2) == 6
    assert OpenObject().take('"a":[[1]],"b":[[[1]]],"c":1', 2) == 10
    assert whole_value("[[[]]]", 3) == ([[[]]], 6)
    assert whole_value("[[[]]]", 2) is None


def test_a_container_is_whole_when_its_end_is_there() -> None:
    assert whole_value('{"a":1,"a":-0} ,', DEEP) == (Pairs([("a", 1), ("a", Spelled("-0"))]), 14)
    assert whole_value("[1,2", DEEP) is None
    assert whole_value("[" * 100_000, DEEP) is None
