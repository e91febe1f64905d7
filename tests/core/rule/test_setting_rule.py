from __future__ import annotations

from typing import Any

import pytest

from core.stored_body import of_bodies, only, stored


@pytest.mark.parametrize(
    ("before", "after", "name", "where"),
    [
        ({"model": "m"}, {"model": "n"}, "model-changed", "model"),
        ({}, {"speed": "fast"}, "speed-changed", "speed"),
        ({"tool_choice": {"type": "any"}}, {}, "tool-choice-changed", "tool_choice"),
        (
            {"thinking": {"type": "adaptive"}},
            {"thinking": {"type": "disabled"}},
            "thinking-config-changed",
            "thinking",
        ),
        (
            {"output_config": {"effort": "low"}},
            {"output_config": {"effort": "max"}},
            "effort-changed",
            "output_config.effort",
        ),
        (
            {},
            {"output_config": {"format": {"type": "json_schema"}}},
            "output-format-changed",
            "output_config.format",
        ),
        ({"betas": ["a"]}, {"betas": ["a", "b"]}, "beta-header-changed", "betas"),
        ({}, {"context_management": {"edits": []}}, "context-management-changed", "context_management"),
        ({"mcp_servers": [{"url": "u"}]}, {}, "tool-set-changed", "mcp_servers"),
        ({}, {"brand new": 1}, "unknown-setting-changed", '["brand new"]'),
        ({}, {"images": "shown"}, "unknown-setting-changed", "images"),
        ({}, {"output_config": {"x y": 1}}, "unknown-setting-changed", 'output_config["x y"]'),
    ],
)
def test_a_changed_setting_has_its_own_cause(
    before: dict[str, Any], after: dict[str, Any], name: str, where: str
) -> None:
    cause = only(of_bodies(stored(**before), stored(**after)))
    assert (cause.id, cause.where) == (name, where)


@pytest.mark.parametrize(
    "fields",
    [{"tool_choice": {"type": "auto"}}, {"output_config": {"effort": "high"}}, {"speed": "standard"}],
)
def test_a_default_that_is_only_spelled_out_makes_no_difference(fields: dict[str, Any]) -> None:
    found = of_bodies(stored(), stored(**fields))
    assert (found.causes, found.harmless) == ((), ())


def test_a_changed_model_says_both_names_and_why() -> None:
    cause = only(of_bodies(stored(), stored(model="n")))
    assert cause.say == "The model changed from “m” to “n”: each model has its own prompt cache."
    assert (cause.tier, cause.blocks) == ("request", (0, 0))


def test_several_fields_of_one_setting_are_several_causes() -> None:
    found = of_bodies(
        stored(output_config={"effort": "low"}), stored(output_config={"format": {"type": "x"}})
    )
    assert sorted(cause.id for cause in found.causes) == ["effort-changed", "output-format-changed"]


def test_citations_that_are_switched_on_or_off_are_said_so() -> None:
    def cited(on: bool) -> dict[str, Any]:
        source = {"type": "text", "media_type": "text/plain", "data": "d"}
        document = {"type": "document", "source": source, "citations": {"enabled": on}}
        mark = {"cache_control": {"type": "ephemeral"}}
        return stored(
            messages=[{"role": "user", "content": [document, {"type": "text", "text": "q", **mark}]}]
        )

    for on, how in ((True, "on"), (False, "off")):
        said = [cause.say for cause in of_bodies(cited(not on), cited(on)).causes]
        assert f"The citing of documents was switched {how}: it rewrites the system part." in said


def test_a_setting_that_vanished_lies_where_it_stood() -> None:
    before, after = stored(system="S", thinking={"type": "adaptive"}), stored(system="S")
    cause = only(of_bodies(before, after))
    assert cause.say.endswith("and is no longer set: it is written into the prompt.")
    assert cause.blocks == (1, None)
