from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.prefix.canonical_prefix import strips_thinking
from coldbyte.core.prefix.model_family import (
    ModelFamily,
    family_of,
    has_short_tool_prompt,
    keeps_thinking,
    preserves_thinking,
    refuses_forced_tool,
    refuses_prefill,
    refuses_system_turn,
    refuses_thinking_budget,
)
from coldbyte.services import resources

PREVIEW = "claude-mythos-preview"  # retired, and of no version: the facts name no rule for it
IDS = sorted(set(read_catalogue(resources.text("catalogue.json")).by_id) - {PREVIEW})
RULES: tuple[Callable[[str], bool | None], ...] = (
    strips_thinking,
    keeps_thinking,
    preserves_thinking,
    refuses_prefill,
    refuses_thinking_budget,
    refuses_forced_tool,
    refuses_system_turn,
    has_short_tool_prompt,
)
OLD = ("claude-3-haiku", "claude-3-7-sonnet", "claude-3-5-haiku", "claude-3-opus", "claude-3-5-sonnet")


def spellings(model: str) -> Iterator[str]:
    """A bare or dated id as providers, gateways and clients spell it."""
    bare = re.sub(r"-20\d{6}\Z", "", model)
    date = model.removeprefix(bare).removeprefix("-") or "20260901"
    dated = f"{bare}-{date}"
    yield from (bare, dated, f"{bare}-latest", f"{bare}@{date}", f"{bare}-v2@{date}", f"{bare}@default")
    yield f"publishers/anthropic/models/{bare}@{date}"
    for region in ("", "us.", "eu.", "apac.", "global.", "us-gov."):
        for named in (bare, dated, f"{bare}-v1", f"{dated}-v1:0", f"{dated}-v2:0", f"{dated}-v1:0:200k"):
            yield f"{region}anthropic.{named}"
    yield f"arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.{dated}-v1:0"
    for gateway in ("anthropic", "openrouter/anthropic", "bedrock", "vertex_ai"):
        yield from (f"{gateway}/{bare}", f"{gateway}/{dated}")
    yield f"bedrock/eu.anthropic.{dated}-v1:0"
    yield f"anthropic/{re.sub(r'(?<=[0-9])-(?=[0-9])', '.', bare)}"
    yield f"{bare}[1m]"


def answers(model: str) -> list[bool | None]:
    return [rule(model) for rule in RULES]


@pytest.mark.parametrize("model", IDS)
def test_every_spelling_of_a_model_is_of_its_family_and_under_its_rules(model: str) -> None:
    family, rules = family_of(model), answers(model)
    assert family is not None
    for spelled in spellings(model):
        assert family_of(spelled) == family, spelled
        assert answers(spelled) == rules, spelled


@pytest.mark.parametrize("model", IDS)
def test_thinking_is_stripped_where_it_is_not_kept(model: str) -> None:
    for spelled in spellings(model):
        assert strips_thinking(spelled) is not keeps_thinking(spelled), spelled


def test_the_families_of_the_catalogue_differ_but_for_dates() -> None:
    bare = {re.sub(r"-20\d{6}\Z", "", model) for model in IDS}
    assert len({family_of(model) for model in bare}) == len(bare)


@pytest.mark.parametrize(
    ("model", "line", "version"),
    [
        ("claude-sonnet-4-5", "sonnet", (4, 5)),
        ("claude-sonnet-4-5-20250929", "sonnet", (4, 5)),
        ("claude-sonnet-4-20250514", "sonnet", (4, 0)),
        ("claude-sonnet-4-0", "sonnet", (4, 0)),
        ("claude-3-5-haiku-20241022", "haiku", (3, 5)),
        ("claude-3-opus-latest", "opus", (3, 0)),
        ("claude-sonnet-4-5@20250929", "sonnet", (4, 5)),
        ("claude-opus-4@20250514", "opus", (4, 0)),
        ("claude-3-5-sonnet-v2@20241022", "sonnet", (3, 5)),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "sonnet", (4, 5)),
        ("anthropic.claude-sonnet-4-20250514-v1:0", "sonnet", (4, 0)),
        ("anthropic.claude-opus-5", "opus", (5, 0)),
        ("anthropic/claude-opus-4-1", "opus", (4, 1)),
        ("anthropic/claude-opus-4.1", "opus", (4, 1)),
        ("anthropic/claude-3.7-sonnet", "sonnet", (3, 7)),
        ("claude-fable-5-2", "fable", (5, 2)),
    ],
)
def test_an_id_names_a_line_and_a_version(model: str, line: str, version: tuple[int, int]) -> None:
    family = family_of(model)
    assert family is not None
    assert (family.line, family.version) == (line, version)


@pytest.mark.parametrize(
    "model",
    [
        *("", "m", "claude", "claude-3", "claude-2.1", "claude-instant-1.2", PREVIEW),
        *("claude-nova-9", "claude-opus", "claude-opus-", "claude-opus-4-1-tuned", "claude-opus-4-1x"),
        *("my-claude-opus-4-1", "gpt-5", "claude-opus-4-1\n", " claude-opus-4-1", "Claude Opus 4.1"),
        "claude-opus-٤-١",
    ],
)
def test_no_rule_applies_to_an_unknown_id(model: str) -> None:
    assert family_of(model) is None
    assert answers(model) == [None if rule is keeps_thinking else False for rule in RULES]


PARTS = st.sampled_from([*"claudeopsnthik-.@/:[]0123456789v\n", "claude-", "opus-4"])


@given(st.lists(PARTS, max_size=60).map("".join))
def test_any_text_is_read_without_an_error(model: str) -> None:
    family = family_of(model)
    assert keeps_thinking(model) is None if family is None else isinstance(family, ModelFamily)


def test_a_model_that_is_no_text_strips_nothing() -> None:
    assert not strips_thinking(None)
    assert not strips_thinking(["claude-3-opus-20240229"])


def of_catalogue(rule: Callable[[str], bool | None]) -> set[str]:
    """The ids without a date for which a rule holds."""
    return {re.sub(r"-20\d{6}\Z", "", model) for model in IDS if rule(model)}


UP_TO_4_5 = {
    *OLD,
    *("claude-opus-4", "claude-opus-4-1", "claude-opus-4-5"),
    *("claude-sonnet-4", "claude-sonnet-4-5", "claude-haiku-4-5"),
}
UP_TO_4_6 = {*UP_TO_4_5, "claude-opus-4-6", "claude-sonnet-4-6"}
ALL = {re.sub(r"-20\d{6}\Z", "", model) for model in IDS}


@pytest.mark.parametrize(
    ("rule", "models"),
    [
        (strips_thinking, UP_TO_4_5 - {"claude-opus-4-5"}),
        (preserves_thinking, {"claude-fable-5-2", "claude-mythos-5-2", "claude-opus-5-5"}),
        (refuses_prefill, ALL - UP_TO_4_5),
        (refuses_thinking_budget, ALL - UP_TO_4_6),
        (refuses_forced_tool, {"claude-fable-5-1", "claude-fable-5-2", "claude-opus-5-5"}),
        (refuses_system_turn, {*UP_TO_4_6, "claude-opus-4-7", "claude-sonnet-5"}),
        (has_short_tool_prompt, {*OLD, "claude-opus-4", "claude-opus-4-1", "claude-sonnet-4"}),
    ],
)
def test_a_rule_holds_for_the_models_that_the_facts_name(
    rule: Callable[[str], bool | None], models: set[str]
) -> None:
    assert of_catalogue(rule) == models
