"""Token estimates: additive, monotonic, near to what is known about real texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Tokenizer
from coldbyte.core.cache.tokens import block_tokens, estimate_tokens, overhead_tokens, own_tokens
from coldbyte.core.json.value import Json, Spelled
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.text.text import Text
from coldbyte.services import resources
from recorded import aside, error, recorded, spread

CHARS = st.text(max_size=200)


def tokens(chars: str, tokenizer: Tokenizer = "2023") -> int:
    return estimate_tokens(Text.from_str(chars), tokenizer)


def test_an_empty_text_has_no_tokens_and_any_other_has_some() -> None:
    assert tokens("") == 0
    assert all(tokens(chr(point)) >= 1 for point in (*range(0x80), 0xE9, 0x416, 0x5B57, 0x1F600))


@given(CHARS, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400), CHARS), max_size=6))
def test_the_estimate_does_not_depend_on_how_a_text_was_typed(
    chars: str, edits: list[tuple[int, int, str]]
) -> None:
    text = Text.from_str(chars)
    for start, length, new in edits:
        start = min(start, text.utf16)
        text = text.replace(start, min(start + length, text.utf16), new)
    assert estimate_tokens(text, "2026") == tokens(str(text), "2026")


@given(CHARS, CHARS)
def test_more_text_never_takes_fewer_tokens(one: str, two: str) -> None:
    both = tokens(one + two)
    assert max(tokens(one), tokens(two)) <= both <= tokens(one) + tokens(two)


@given(st.text(st.characters(exclude_characters="0123456789"), max_size=100))
def test_the_newer_tokenizer_takes_thirty_per_cent_more(chars: str) -> None:
    old, new = tokens(chars * 20, "2023"), tokens(chars * 20, "2026")
    assert abs(new - old * 1.3) <= 2 + old / 100


def test_a_real_regulation_takes_about_as_many_tokens_as_by_the_public_table() -> None:
    text = resources.text("sample/gdpr.txt")
    assert tokens(text) == pytest.approx(83_944, rel=0.05)
    assert tokens(text, "2026") == pytest.approx(83_944 * 1.3, rel=0.05)


def test_dense_scripts_and_emoji_take_more_tokens_a_character_than_english() -> None:
    english = tokens("the quick brown fox ") / 20
    assert english < tokens("d1g1ts 12345 and {code}") / 23 < 1
    assert (
        english
        < tokens("Grüße aus Köln") / 14
        < tokens("день") / 4
        <= tokens("数据保护条例") / 6
        < tokens("😀")
    )


def estimated(body: dict[str, Json], tokenizer: Tokenizer = "2026") -> dict[str, int]:
    prefix = prefix_of(RequestBody({"model": "m", "messages": [], **body}))
    own = [each.tokens for each in own_tokens(prefix, tokenizer)]
    blocks = dict(zip([block.where for block in prefix.blocks], own, strict=True))
    blocks["added"] = overhead_tokens(prefix, tokenizer)
    if len(own) > 1:
        assert sum(block_tokens(prefix, tokenizer)) == sum(blocks.values())
    return blocks


def user(*content: Json) -> dict[str, Json]:
    return {"messages": [{"role": "user", "content": list(content)}]}


def of_block(block: Json, tokenizer: Tokenizer = "2026") -> int:
    """What a block takes behind another one of the same turn."""
    *_, (_, found), _ = estimated(user({"type": "text", "text": "Why?"}, block), tokenizer).items()
    return found


def test_every_block_is_estimated_and_settings_take_none() -> None:
    said: list[Json] = [{"type": "text", "text": "abc " * 100}, {"type": "text", "text": "Why?"}]
    asked: dict[str, Json] = {"thinking": {"type": "adaptive"}, "system": "Be brief.", **user(*said)}
    found = estimated(asked)
    turn = found["messages[0].content[0].text"] - tokens("abc " * 100, "2026")
    assert 0 < turn < 8
    del found["messages[0].content[0].text"]
    assert found == {
        "model": 0,
        "system": tokens("Be brief.", "2026"),
        "thinking": 0,
        "messages[0].content[1].text": tokens("Why?", "2026"),
        "added": estimated({})["added"] + 6,
    }


def test_what_the_api_adds_lies_before_the_first_breakpoint() -> None:
    tool: Json = {"name": "f", "input_schema": {}}
    asked: dict[str, Json] = {"tools": [tool], **user({"type": "text", "text": "Why?"})}
    prefix = prefix_of(RequestBody({"model": "claude-opus-5", **asked}))
    own = [each.tokens for each in own_tokens(prefix, "2026")]
    first, *rest = [index for index, block in enumerate(prefix.blocks) if block.kind != "setting"]
    placed = block_tokens(prefix, "2026")
    assert placed[first] == own[first] + overhead_tokens(prefix, "2026") > 400
    assert [placed[index] for index in rest] == [own[index] for index in rest]


def test_a_turn_costs_once_however_many_messages_make_it() -> None:
    one: dict[str, Json] = {"role": "user", "content": "Why?"}
    other: dict[str, Json] = {"role": "assistant", "content": "So."}
    single = sum(estimated({"messages": [one]}).values())
    assert sum(estimated({"messages": [one, one]}).values()) == single + tokens("Why?", "2026")
    assert sum(estimated({"messages": [one, other]}).values()) > single + tokens("So.", "2026")


def test_tools_add_a_prompt_which_is_longer_where_one_is_forced() -> None:
    tool: Json = {"name": "get_weather", "description": "x", "input_schema": {"type": "object"}}

    def added(model: str, choice: str) -> int:
        asked: dict[str, Json] = {"model": model, "tools": [tool], "tool_choice": {"type": choice}}
        return estimated(asked, "2023")["added"]

    plain = estimated({}, "2023")["added"]
    assert added("claude-sonnet-4-5", "auto") - plain == 495
    assert added("claude-sonnet-4-5", "any") > added("claude-sonnet-4-5", "none") == plain + 495
    assert added("claude-sonnet-4-0", "auto") == added("claude-opus-4-20250514", "any") == plain + 319


def test_what_the_model_does_not_see_takes_nothing() -> None:
    call: dict[str, Json] = {"type": "tool_use", "name": "f", "input": {"city": "Paris"}}
    short, long = {**call, "id": "a"}, {**call, "id": "toolu_" + "x9" * 200}
    assert of_block(short) == of_block(long) > tokens('{"city":"Paris"}', "2026") + 10
    thought: dict[str, Json] = {"type": "thinking", "thinking": "Let me see. " * 9}
    assert of_block({**thought, "signature": "Eo4D" * 400}) == tokens("Let me see. " * 9, "2026")


def test_a_result_takes_the_same_as_a_string_and_as_blocks() -> None:
    result: dict[str, Json] = {"type": "tool_result", "tool_use_id": "t"}
    text: dict[str, Json] = {"type": "text", "text": "Sunny and warm."}
    assert of_block({**result, "content": "Sunny and warm."}) == of_block({**result, "content": [text]})
    pair = of_block({**result, "content": [text, text]})
    assert pair == of_block({**result, "content": [text]}) + tokens("Sunny and warm.", "2026")


def test_media_are_measured_wherever_they_lie() -> None:
    data = "iVBORw0KGgoAAAANSUhEUgAAAu4AAABkCAIAAAD" + "A" * 4001  # 750 x 100 pixels
    image: dict[str, Json] = {"type": "image", "source": {"type": "base64", "data": data}}
    nested: dict[str, Json] = {"type": "tool_result", "tool_use_id": "t", "content": [image]}
    assert of_block(image) == 100
    assert of_block(nested) == 100 + of_block({**nested, "content": ""})
    text: dict[str, Json] = {"type": "document", "source": {"type": "text", "data": "So be it. " * 40}}
    assert of_block(text) > tokens("So be it. " * 40, "2026")
    assert of_block({**text, "title": "A long title"}) == of_block(text) + tokens("A long title", "2026")


def test_what_can_not_be_known_says_so() -> None:
    blocks: list[Json] = [
        {"type": "text", "text": "x"},
        {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
        {"type": "redacted_thinking", "data": "x" * 600},
    ]
    tools: list[Json] = [{"type": "web_search_20250305", "name": "web_search"}]
    prefix = prefix_of(RequestBody({"model": "m", "tools": tools, **user(*blocks)}))
    found = [each for each in own_tokens(prefix, "2026") if each.tokens]
    assert [each.how for each in found] == ["guess", "estimated", "guess", "guess"]


def test_blocks_in_blocks_without_end_are_no_trouble() -> None:
    deep: dict[str, Json] = {"type": "tool_result", "content": []}
    for _ in range(450):
        deep = {"type": "tool_result", "tool_use_id": "t", "content": [deep, deep["type"]]}
    assert of_block(deep) > 0


def test_numbers_that_python_does_not_read_are_no_trouble() -> None:
    number = Spelled("1" * 5000)
    call: dict[str, Json] = {"type": "tool_use", "id": "a", "name": "f", "input": {"n": number}}
    assert of_block(call) > 4000
    assert of_block({"type": "tool_result", "content": [{"type": "text", "text": "x", "n": number}]}) > 0
    tool: Json = {"name": "f", "type": number}
    settings: dict[str, Json] = {"thinking": {"type": number}, "tool_choice": {"type": number}}
    assert estimated({**settings, "tools": [tool]})["added"] > 400


def test_a_marker_takes_no_tokens() -> None:
    image: dict[str, Json] = {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    assert of_block({**image, "cache_control": {"type": "ephemeral"}}) == of_block(image) > 0


def test_recorded_requests_take_about_what_the_api_reported() -> None:
    held = [one for one in recorded() if one.session in aside()]
    ours = spread([error(one.estimated, one.measured) for one in held])
    naive = spread([error(one.naive, one.measured) for one in held])
    assert len(held) > 50
    assert ours[0] < 3
    assert ours[1] < 12
    assert naive[0] > 10 * ours[0]
    bare = spread([error(one.estimated, one.measured) for one in recorded() if one.bare])
    assert bare[0] < 8
    assert bare[1] < 15


def test_a_novel_takes_about_as_many_tokens_as_were_counted() -> None:
    novel = (Path(__file__).parents[2] / "pairs" / "novel.txt").read_text(encoding="utf-8")
    counted = 737_525 / 187_354
    assert len(novel) / tokens(novel) == pytest.approx(counted, rel=0.03)
    assert len(novel) / tokens(novel, "2026") == pytest.approx(counted / 1.3, rel=0.03)
