"""All switches in one place: each field of the rules is listed, and can be set by its name."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from coldbyte.core.cache.rule_book import SWITCHES, RuleBook, RuleError, values_of, with_words
from coldbyte.services import resources

NAMES = [switch.name for switch in SWITCHES]


def test_every_field_of_the_rules_is_listed_once() -> None:
    book = RuleBook()
    found = [f"{part.name}.{each.name}" for part in fields(book) for each in fields(getattr(book, part.name))]
    assert sorted(NAMES) == sorted(found)


@pytest.mark.parametrize("switch", SWITCHES, ids=NAMES)
def test_a_switch_says_what_it_does_and_from_where(switch: object) -> None:
    assert re.fullmatch(r"§\d.*", switch.facts)  # type: ignore[attr-defined]
    assert len(switch.says) > 20  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_a_switch_can_be_set_by_a_word_and_by_its_own_value(name: str) -> None:
    default = RuleBook().value(name)
    if isinstance(default, bool):
        words = {"true": True, "No": False, "on": True, "off": False, "FALSE": False, "yes": True}
        assert {word: RuleBook().with_value(name, word).value(name) for word in words} == words
        changed: object = not default
    elif isinstance(default, int):
        changed = default + 1
    else:
        changed = next(value for value in values_of(name).split(" or ") if value != default)
    by_value = RuleBook().with_value(name, changed)
    assert by_value.value(name) == changed
    assert with_words(RuleBook(), [f"{name}={str(changed).lower()}"]) == by_value
    others = [other for other in NAMES if other != name]
    assert all(by_value.value(other) == RuleBook().value(other) for other in others)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("lookback=3", "there is no rule “lookback”; there are binding.new_account, "),
        ("cache.lookback", "write name=value"),
        ("cache.lookback=0", "the rule cache.lookback is a whole number from 1 on, not “0”"),
        ("cache.lookback=many", "a whole number"),
        ("cache.lookback=-3", "a whole number"),
        ("cache.upgrade_ttl=maybe", "the rule cache.upgrade_ttl is true or false, not “maybe”"),
        ("key.thinking=question", "the rule key.thinking is request or tools or system or messages"),
        ("cache.=1", "there is no rule"),
        ("=", "there is no rule"),
    ],
)
def test_what_can_not_be_set_is_said_with_what_can(word: str, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        with_words(RuleBook(), ["cache.count_tools=true", word])
    assert said in str(caught.value)


@pytest.mark.parametrize("value", [None, 1.5, [], True, {}])
def test_a_value_of_another_kind_is_refused(value: object) -> None:
    with pytest.raises(RuleError):
        RuleBook().with_value("cache.lookback", value)


def test_the_later_of_two_words_counts() -> None:
    assert with_words(RuleBook(), ["cache.lookback=3", " cache.lookback = 4"]).cache.lookback == 4


def test_the_help_lists_every_switch_with_its_default() -> None:
    told = resources.text("help/simulator.md")
    for switch in SWITCHES:
        default = str(RuleBook().value(switch.name)).lower()
        assert f"| `{switch.name}` | {default} | {switch.says} |" in told
