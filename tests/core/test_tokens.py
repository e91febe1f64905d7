"""Token estimates: additive, monotonic, near to what is known about real texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import Json, RequestBody
from coldbyte.core.catalogue import Tokenizer
from coldbyte.core.prefix import prefix_of
from coldbyte.core.text import Text
from coldbyte.core.tokens import block_tokens, estimate_tokens
from coldbyte.services import resources

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
def test_more_text_never_takes_fewer_tokens_and_parts_take_at_most_one_more(one: str, two: str) -> None:
    both = tokens(one + two)
    assert max(tokens(one), tokens(two)) <= both <= tokens(one) + tokens(two) <= both + 1


@given(CHARS)
def test_the_newer_tokenizer_takes_thirty_per_cent_more(chars: str) -> None:
    old, new = tokens(chars * 20, "2023"), tokens(chars * 20, "2026")
    assert abs(new - old * 1.3) <= 2


@pytest.mark.parametrize(("tokenizer", "least", "most"), [("2023", 3.5, 4.5), ("2026", 2.5, 3.5)])
def test_a_real_regulation_has_about_as_many_characters_a_token_as_is_published(
    tokenizer: Tokenizer, least: float, most: float
) -> None:
    text = resources.text("sample/gdpr.txt")
    assert least < len(text) / tokens(text, tokenizer) < most


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


def test_every_block_is_estimated_and_settings_take_none() -> None:
    content: list[Json] = [{"type": "text", "text": "abc " * 100}, {"type": "text", "text": "Why?"}]
    body: dict[str, Json] = {
        "model": "m",
        "thinking": {"type": "adaptive"},
        "system": "Be brief.",
        "messages": [{"role": "user", "content": content}],
    }
    prefix = prefix_of(RequestBody(body))
    estimated = dict(zip([block.where for block in prefix.blocks], block_tokens(prefix, "2026"), strict=True))
    assert estimated == {
        "model": 0,
        "system": tokens("Be brief.", "2026"),
        "thinking": 0,
        "messages[0].content[0].text": tokens("abc " * 100, "2026"),
        "messages[0].content[1].text": tokens("Why?", "2026"),
    }


def test_a_marker_takes_no_tokens() -> None:
    def estimate(block: dict[str, Json]) -> int:
        turn: dict[str, Json] = {"role": "user", "content": [block]}
        return sum(block_tokens(prefix_of(RequestBody({"model": "m", "messages": [turn]})), "2026"))

    image: dict[str, Json] = {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    assert estimate({**image, "cache_control": {"type": "ephemeral"}}) == estimate(image) > 0
