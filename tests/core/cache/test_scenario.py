"""Scenario files: what they say, and that a mistake is told with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.rule_book import RuleBook
from coldbyte.core.cache.scenario import Fault, ScenarioError, read_scenario


def test_everything_that_a_scenario_can_say() -> None:
    told = {
        "about": "All of it.",
        "rules": {"cache.lookback": 5, "key.thinking": "messages"},
        "limits": {"requests": 5},
        "faults": [
            {
                "requests": [1, 3],
                "model": "m",
                "key": "k",
                "status": 429,
                "type": "t",
                "message": "w",
                "error_code": "c",
                "retry_after_s": 1.5,
                "delay_s": 2,
            },
            {
                "after_events": 2,
                "cut": True,
                "evict": True,
                "searches": 3,
                "answered_by": "n",
                "diagnosis": "pending",
            },
        ],
    }
    scenario = read_scenario(json.dumps(told))
    assert scenario.about == "All of it."
    assert (scenario.rules.cache.lookback, scenario.rules.key.thinking) == (5, "messages")
    assert scenario.limits is not None
    assert scenario.limits.buckets["requests"].limit == 5
    first, second = scenario.faults
    assert first == Fault(frozenset({1, 3}), "m", "k", 429, "t", "w", "c", 1.5, 2.0)
    assert (second.after_events, second.cut, second.evict, second.searches) == (2, True, True, 3)
    assert (second.answered_by, second.diagnosis) == ("n", "pending")


def test_the_first_fault_that_meets_a_request_counts() -> None:
    faults = [{"requests": [2], "status": 500}, {"key": "k", "status": 401}, {"model": "m", "status": 404}]
    scenario = read_scenario(json.dumps({"faults": faults}))
    assert scenario.fault(2, "m", "k").status == 500
    assert scenario.fault(1, "m", "k").status == 401
    assert scenario.fault(1, "m", "x").status == 404
    assert scenario.fault(1, "n", "x") == Fault()


def test_rules_that_are_given_are_changed_by_those_of_the_file() -> None:
    given_rules = RuleBook().with_value("cache.lookback", 3).with_value("cache.skip_short", "no")
    rules = read_scenario('{"rules": {"cache.lookback": 7}}', given_rules).rules
    assert (rules.cache.lookback, rules.cache.skip_short) == (7, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is no JSON: Expecting property name enclosed in double quotes: line 1 column 2"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "the file: expected an object"),
        ('{"fault": []}', "fault: there is no such key; there are about, rules, limits, faults"),
        ('{"about": 5}', "about: expected a string"),
        ('{"faults": {}}', "faults: expected a list of faults"),
        ('{"faults": [5]}', "faults[0]: expected an object"),
        ('{"faults": [{}, {"state": 5}]}', "faults[1].state: there is no such key"),
        ('{"faults": [{"requests": 2}]}', "faults[0].requests: expected a list of numbers from 1 on, or"),
        ('{"faults": [{"requests": []}]}', "faults[0].requests: expected a list"),
        ('{"faults": [{"requests": [1, 0]}]}', "faults[0].requests[1]: expected a whole number from 1 on"),
        ('{"faults": [{"status": 200}]}', "faults[0].status: expected one of 400, 401"),
        ('{"faults": [{"status": "500"}]}', "faults[0].status: expected one of"),
        ('{"faults": [{"delay_s": -1}]}', "faults[0].delay_s: expected seconds from 0 to 3600"),
        ('{"faults": [{"delay_s": NaN}]}', "faults[0].delay_s: expected seconds"),
        ('{"faults": [{"cut": 1}]}', "faults[0].cut: expected true or false"),
        ('{"faults": [{"cut": true}]}', "faults[0].after_events: expected the number of events"),
        ('{"faults": [{"diagnosis": "late"}]}', "faults[0].diagnosis: expected one of pending, unavailable"),
        ('{"limits": {"request": 5}}', "limits.request: there is no such key; there are requests"),
        ('{"limits": {"requests": 0}}', "limits.requests: expected a whole number from 1 on"),
        ('{"rules": {"cache.lookback": 0}}', 'rules["cache.lookback"]: the rule cache.lookback is a whole'),
        ('{"rules": {"lookback": 5}}', "rules.lookback: there is no rule “lookback”"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text)
    assert str(caught.value).startswith(said)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 600) | st.floats() | st.text(max_size=3),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(
            st.sampled_from(["about", "rules", "limits", "faults", "requests", "status", "cut", "delay_s"]),
            part,
        )
    ),
)


@given(VALUES)
def test_no_file_whatever_is_more_than_refused(value: object) -> None:
    try:
        read_scenario(json.dumps(value))
    except ScenarioError as error:
        assert str(error)  # noqa: PT017  (that it is nothing else is the point)
