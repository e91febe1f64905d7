"""Signatures of thinking hold for the conversation behind which it was thought, and for no other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.signature import BindingRules, is_bound, misplaced, sign
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix

RULES = BindingRules()
TURNS = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=7).filter(
    lambda said: len(said) % 2 == 1
)


def prefix(
    said: list[str], *thought: str, at: int = -1, model: str = "claude-fable-5-2", **more: Any
) -> Prefix:
    """Turns of the user and the model in turn; the signatures stand in front of the model's turn `at`."""
    messages: list[dict[str, Any]] = [
        {"role": ("user", "assistant")[index % 2], "content": [{"type": "text", "text": each}]}
        for index, each in enumerate(said)
    ]
    blocks = [{"type": "thinking", "thinking": "Hm.", "signature": each} for each in thought]
    if blocks:
        messages[at]["content"] = [*blocks, *messages[at]["content"]]
    return prefix_of(RequestBody({"model": model, "messages": messages, **more}))


@given(TURNS, st.text(min_size=1, max_size=8), st.data())
def test_thinking_is_misplaced_exactly_where_something_before_it_was_edited(
    said: list[str], other: str, data: st.DataObject
) -> None:
    signature = sign(prefix(said), RULES)
    index = data.draw(st.integers(0, len(said)))
    after = [*said, "Answer.", "And?"]
    edited = [*after[:index], other, *after[index + 1 :]]
    strange = list(misplaced(prefix(edited, signature, at=len(said)), RULES))
    assert bool(strange) == (edited[: len(said)] != said)


@pytest.mark.parametrize("rules", [RULES, BindingRules(whole_prompt=True)])
def test_a_system_prompt_counts_only_by_the_rules(rules: BindingRules) -> None:
    signature = sign(prefix(["When?"], system="Be brief."), rules)
    for system, strange in (("Be brief.", False), ("Be long.", rules.whole_prompt)):
        asked = prefix(["When?", "At noon.", "And?"], signature, at=1, system=system)
        assert bool(list(misplaced(asked, rules))) == strange


def test_markers_settings_and_other_thinking_do_not_count() -> None:
    signature = sign(prefix(["When?"]), RULES)
    marked: dict[str, Any] = {
        "cache_control": {"type": "ephemeral"},
        "output_config": {"effort": "low"},
        "tool_choice": {"type": "none"},  # which stands in front of the messages
    }
    assert not list(misplaced(prefix(["When?", "At noon."], "", signature, at=1, **marked), RULES))


@pytest.mark.parametrize("signature", ["", "s", "EqoBCkgIARABGAIiQL", "Y29sZGJ5dGUvMSA=", "é"])
def test_what_is_not_of_this_make_is_not_judged(signature: str) -> None:
    assert not list(misplaced(prefix(["Who?", "Me."], signature, at=1), RULES))


def test_nor_is_that_of_another_model() -> None:
    signature = sign(prefix(["When?"], model="claude-opus-5-5"), RULES)
    assert not list(misplaced(prefix(["Who?", "Me."], signature, at=1), RULES))


@pytest.mark.parametrize(
    ("model", "new", "old"),
    [
        ("claude-fable-5-2", True, True),
        ("claude-opus-5-5", True, True),
        ("claude-fable-5-1", True, False),
        ("claude-mythos-5-1", False, False),
        ("claude-sonnet-5-5", False, False),
        ("a-model", False, False),
    ],
)
def test_which_models_refuse(model: str, new: bool, old: bool) -> None:
    assert is_bound(model, RULES) == new
    assert is_bound(model, BindingRules(new_account=False)) == old
