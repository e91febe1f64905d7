"""Which setting of a request acts on which tier, and what the request shows of itself (facts §3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.canonical_prefix import DOCUMENTED, KeyRules, prefix_of
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock, Tier
from core.request_tree import Object

MARK = {"type": "ephemeral"}
TOOL = {"name": "t", "input_schema": {"type": "object"}}
IMAGE = {"type": "image", "source": {"type": "url", "url": "u"}}
CITED = {
    "type": "document",
    "source": {"type": "text", "media_type": "text/plain", "data": "d"},
    "citations": {"enabled": True},
}


def prefix(body: Mapping[str, Json], **options: Any) -> Prefix:
    return prefix_of(RequestBody(body), **options)


def encode(body: Mapping[str, Json], **options: Any) -> bytes:
    return prefix(body, **options).encode()


def asked(*blocks: Any, **fields: Any) -> Object:
    """A body in every tier, with these blocks as the question and these fields."""
    turn = {"role": "user", "content": [*blocks, {"type": "text", "text": "q"}]}
    return {"model": "claude-opus-5", "tools": [TOOL], "system": "S", "messages": [turn], **fields}


def setting(body: Object, name: str, **options: Any) -> PrefixBlock:
    found = [block for block in prefix(body, **options).blocks if block.head.split(b" ")[1] == name.encode()]
    (block,) = [block for block in found if block.kind == "setting"]
    return block


def first_lost(before: Object, after: Object, **options: Any) -> str:
    """The tier in which two prefixes part."""
    one, two = prefix(before, **options).blocks, prefix(after, **options).blocks
    lost = next(
        index for index, pair in enumerate(zip(one, two, strict=False)) if not pair[0].same_content(pair[1])
    )
    order = ["request", "tools", "system", "messages"]
    return min(one[lost].tier, two[lost].tier, key=order.index)


# Settings: the tier of each, its default, and the switches of what is left open (facts §3).

SETTINGS: list[tuple[str, Object, Tier, str]] = [
    ("speed", {"speed": "fast"}, "request", "fast"),
    ("betas", {"betas": list("edcbae")}, "request", '["a","b","c","d","e"]'),
    ("thinking", {"thinking": {"type": "adaptive"}}, "request", '{"type":"adaptive"}'),
    ("output_config.effort", {"output_config": {"effort": "low"}}, "request", "low"),
    ("output_config.format", {"output_config": {"format": {"type": "x"}}}, "system", '{"type":"x"}'),
    ("output_config.format", {"output_format": {"type": "x"}}, "system", '{"type":"x"}'),
    ("output_config.new", {"output_config": {"new": 1}}, "messages", "1"),
    ("mcp_servers", {"mcp_servers": [{"url": "u"}]}, "tools", '[{"url":"u"}]'),
    ("tool_choice", {"tool_choice": {"type": "any"}}, "messages", '{"type":"any"}'),
    (
        "tool_choice",
        {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
        "messages",
        '{"type":"auto","disable_parallel_tool_use":true}',
    ),
    ("context_management", {"context_management": {"edits": []}}, "messages", '{"edits":[]}'),
    ("brand_new", {"brand_new": "x"}, "messages", "x"),
    ('"images"', {"images": "shown"}, "messages", "shown"),
    ('"citations"', {"citations": "enabled"}, "messages", "enabled"),
    ('"Brand\\u0020new"', {"Brand new": 1}, "messages", "1"),
]


@pytest.mark.parametrize(("name", "fields", "tier", "value"), SETTINGS)
def test_a_setting_stands_in_the_tier_that_it_loses(
    name: str, fields: Object, tier: Tier, value: str
) -> None:
    found = setting(asked(**fields), name)
    assert (found.tier, str(found.content)) == (tier, value)
    assert first_lost(asked(), asked(**fields)) == tier


@pytest.mark.parametrize(
    "fields",
    [
        *({"speed": "standard"}, {"speed": None}, {"betas": []}, {"betas": None}, {"thinking": None}),
        *(
            {"output_config": config}
            for config in (None, {}, {"effort": "high"}, {"effort": None, "format": None})
        ),
        *(
            {"tool_choice": {"type": "auto"}},
            {"tool_choice": None},
            {"output_format": None},
            {"brand_new": None},
        ),
        *({"tool_choice": {"disable_parallel_tool_use": False, "type": "auto"}}, {"mcp_servers": []}),
        *({"mcp_servers": None}, {"cache_control": None}, {"cache_control": MARK}),
    ],
)
def test_a_default_that_is_spelled_out_is_as_if_absent(fields: Object) -> None:
    assert encode(asked()) == encode(asked(**fields))


def test_no_tools_and_an_empty_list_are_the_same() -> None:
    assert encode(asked(tools=[])) == encode(asked(tools=None))
    assert encode(asked(system=[])) == encode(asked(system=None))


RULES: list[tuple[str, str, Object]] = [
    ("speed", "speed", {"speed": "fast"}),
    ("thinking", "thinking", {"thinking": {"type": "disabled"}}),
    ("effort", "output_config.effort", {"output_config": {"effort": "low"}}),
    ("format", "output_config.format", {"output_config": {"format": {"type": "x"}}}),
]


@pytest.mark.parametrize("tier", ["request", "tools", "system", "messages"])
@pytest.mark.parametrize(("rule", "name", "fields"), RULES)
def test_the_tier_of_what_is_left_open_is_a_switch(rule: str, name: str, fields: Object, tier: Any) -> None:
    rules = KeyRules(**{rule: tier})
    assert setting(asked(**fields), name, rules=rules).tier == tier
    assert first_lost(asked(), asked(**fields), rules=rules) == tier


def test_the_documented_rules_are_the_default() -> None:
    assert encode(asked(speed="fast")) == encode(asked(speed="fast"), rules=DOCUMENTED)


def test_beta_features_come_from_the_header_and_from_the_body_and_their_order_is_free() -> None:
    one = encode(asked(betas=["a"]), betas=["b", "c"])
    assert one == encode(asked(betas=["c", "b"]), betas=["a", "c"])
    assert one != encode(asked(), betas=["b", "c"])
    off = KeyRules(betas=False)
    assert encode(asked(betas=["a"]), betas=["b"], rules=off) == encode(asked(), rules=off)


def test_the_key_to_a_server_of_tools_is_no_part_of_the_prompt() -> None:
    one = asked(mcp_servers=[{"url": "u", "authorization_token": "one"}])
    assert encode(one) == encode(asked(mcp_servers=[{"url": "u", "authorization_token": "two"}]))
    assert b"one" not in encode(one)
    assert encode(one) != encode(asked(mcp_servers=[{"url": "v"}]))


@pytest.mark.parametrize(
    "block",
    [
        CITED,
        {"type": "search_result", "source": "s", "title": "t", "content": [], "citations": {"enabled": True}},
        {"type": "tool_result", "tool_use_id": "t", "content": [CITED]},
    ],
)
def test_citing_loses_the_system_part(block: Object) -> None:
    flag = setting(asked(block), "citations")
    assert (flag.tier, str(flag.content)) == ("system", "enabled")
    assert flag.where.endswith(".citations.enabled")
    assert first_lost(asked(), asked(block)) == "system"


@pytest.mark.parametrize("off", [{"enabled": False}, {"enabled": None}, {}, [], None])
def test_citations_that_are_off_are_as_if_absent(off: Any) -> None:
    plain = {key: value for key, value in CITED.items() if key != "citations"}
    assert encode(asked(plain)) == encode(asked({**plain, "citations": off}))


def test_citations_of_an_answer_are_content_and_no_switch() -> None:
    text = {"type": "text", "text": "a", "citations": [{"type": "char_location", "cited_text": "c"}]}
    assert first_lost(asked({"type": "text", "text": "a"}), asked(text)) == "messages"
    assert b"setting citations" not in encode(asked(text))


@pytest.mark.parametrize(
    "block",
    [
        IMAGE,
        {"type": "tool_result", "tool_use_id": "t", "content": [IMAGE]},
        {"type": "document", "source": {"type": "content", "content": [IMAGE]}},
        {
            "type": "tool_result",
            "tool_use_id": "t",
            "content": [{"type": "document", "source": {"type": "content", "content": [IMAGE]}}],
        },
    ],
)
def test_the_first_image_anywhere_loses_the_messages(block: Object) -> None:
    history = [{"role": "user", "content": "q"}, {"role": "user", "content": [block]}]
    flag = setting(asked(messages=history), "images")
    assert (flag.tier, str(flag.content)) == ("messages", "shown")
    assert flag.where.startswith("messages[1].content[0]")
    assert first_lost(asked(messages=history[:1]), asked(messages=history)) == "messages"
    assert str(prefix(asked(messages=history)).blocks[-3].head, "ascii") == "setting images"


def test_the_first_image_and_the_first_cited_document_are_named() -> None:
    body = asked(IMAGE, CITED, IMAGE, CITED)
    assert setting(body, "images").where == "messages[0].content[0]"
    assert setting(body, "citations").where == "messages[0].content[1].citations.enabled"


@pytest.mark.parametrize("kind", ["web_search_20250305", "web_fetch_20250910"])
def test_web_search_and_web_fetch_lose_the_system_part_and_keep_the_tools(kind: str) -> None:
    web = {"type": kind, "name": kind[:-9]}
    assert first_lost(asked(), asked(tools=[TOOL, web])) == "system"
    blocks = prefix(asked(tools=[web, TOOL])).blocks
    assert [(block.tier, block.where) for block in blocks if block.kind == "tool"] == [
        ("tools", "tools[1]"),
        ("system", "tools[0]"),
    ]
    assert encode(asked(tools=[web, TOOL])) != encode(asked(tools=[TOOL, web]))


def test_a_deferred_tool_is_no_part_of_the_prefix() -> None:
    late = {"name": "late", "defer_loading": True}
    assert encode(asked(tools=[late, TOOL])) == encode(asked()) == encode(asked(tools=[TOOL, late]))
    assert encode(asked(tools=[{**late, "defer_loading": False}, TOOL])) != encode(asked())
    assert encode(asked(tools=[{**TOOL, "defer_loading": False}])) == encode(asked())


def test_a_custom_tool_is_one_without_a_type() -> None:
    assert encode(asked(tools=[{"type": "custom", **TOOL}])) == encode(asked())
    assert encode(asked(tools=[{"type": "bash_20250124", **TOOL}])) != encode(asked())


# Thinking of earlier turns (facts §3).

ANSWER = {"type": "text", "text": "a"}
THOUGHT = {
    "role": "assistant",
    "content": [{"type": "thinking", "thinking": "t"}, {"type": "text", "text": "a"}],
}
HIDDEN = {
    "role": "assistant",
    "content": [{"type": "redacted_thinking", "data": "x"}, {"type": "text", "text": "a"}],
}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "r"}]}
QUESTION = {"role": "user", "content": "q"}
FORGETFUL = [
    *("claude-opus-4-1", "claude-opus-4-1-20250805", "claude-opus-4-20250514", "claude-opus-4-0"),
    *("claude-sonnet-4-20250514", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "claude-sonnet-4-0"),
    *(
        "claude-haiku-4-5",
        "claude-haiku-4-5-20251001",
        "claude-3-7-sonnet-20250219",
        "claude-3-5-haiku-latest",
    ),
]
RETENTIVE = [
    *("claude-opus-4-5", "claude-opus-4-5-20251101", "claude-opus-4-6", "claude-opus-5", "claude-opus-5-5"),
    *("claude-sonnet-4-6", "claude-sonnet-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1"),
    *("claude-opus-4-10", "claude-sonnet-4-50", "claude-mythos-5-2", "m"),
]


def thoughts(model: str, *messages: Object) -> list[str]:
    blocks = prefix({"model": model, "messages": list(messages)}).blocks
    return [block.where for block in blocks if block.kind in ("thinking", "redacted_thinking")]


@pytest.mark.parametrize("model", FORGETFUL)
def test_a_model_that_keeps_the_last_turn_only_forgets_at_the_next_question(model: str) -> None:
    assert thoughts(model, QUESTION, THOUGHT, QUESTION) == []
    assert thoughts(model, QUESTION, HIDDEN, QUESTION) == []
    assert thoughts(model, QUESTION, THOUGHT, QUESTION, HIDDEN) == ["messages[3].content[0]"]
    assert thoughts(model, QUESTION, THOUGHT, RESULT) == ["messages[1].content[0]"]
    assert thoughts(model, THOUGHT) == ["messages[0].content[0]"]
    assert thoughts(model, QUESTION, THOUGHT, RESULT, THOUGHT, RESULT, QUESTION) == []


@pytest.mark.parametrize("model", RETENTIVE)
def test_a_newer_model_keeps_all_thinking(model: str) -> None:
    assert len(thoughts(model, QUESTION, THOUGHT, QUESTION, HIDDEN, RESULT, QUESTION)) == 2


# The automatic breakpoint (facts §1.3).


def breakpoints(**fields: Any) -> list[str]:
    made = prefix(asked(cache_control={"type": "ephemeral", "ttl": "1h"}, **fields))
    return [f"{block.where} {block.ttl}" for block in made.blocks if block.ttl]


def test_the_automatic_breakpoint_stands_on_the_last_block() -> None:
    assert breakpoints() == ["messages[0].content[0].text 1h"]


def test_the_automatic_breakpoint_steps_back_over_what_can_not_carry_one() -> None:
    empty = {"role": "user", "content": ""}
    scoped = {"role": "system", "content": "now", "clear_at": "next_user_message"}
    more = {"role": "system", "content": [], "output_config": {"effort": "low"}}
    thought = {"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": "s"}]}
    expected = ["messages[0].content 1h"]
    for tail in ([empty], [scoped], [more], [thought], [thought, empty, scoped, more]):
        assert breakpoints(messages=[QUESTION, *tail]) == expected
    assert breakpoints(messages=[scoped]) == ["system 1h"]
    assert breakpoints(messages=[empty], system=None) == ["tools[0] 1h"]
    assert breakpoints(messages=[], system=None, tools=None) == []


def test_a_system_message_that_stays_can_carry_the_automatic_breakpoint() -> None:
    stays = {"role": "system", "content": "now", "clear_at": None}
    assert breakpoints(messages=[QUESTION, stays]) == ["messages[1].content 1h"]


def test_a_block_with_a_breakpoint_of_its_own_keeps_it() -> None:
    own = {"role": "user", "content": [{"type": "text", "text": "q", "cache_control": MARK}]}
    assert breakpoints(messages=[own]) == ["messages[0].content[0].text 5m"]
