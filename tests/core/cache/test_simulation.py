"""What the simulator answers, as pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import CacheRules, settle
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances, forecast
from coldbyte.core.cache.simulation import Answer, Asked, Pace, answer, pieces_of
from coldbyte.core.cache.tokens import block_tokens, estimate_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.text.text import Text
from coldbyte.services import resources

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
MODEL = CATALOGUE.by_id["claude-sonnet-5-5"]
PREFIX = prefix_of(
    RequestBody(
        {
            "model": MODEL.id,
            "cache_control": {"type": "ephemeral"},
            "messages": [{"role": "user", "content": "Some words. " * 500}],
        }
    )
)
REPLY = "A reply of several words, " * 20


def ask(max_tokens: int = 1000, reply: str = REPLY, number: int = 1) -> Answer:
    asked = Asked(PREFIX, block_tokens(PREFIX, MODEL.tokenizer), MODEL, max_tokens, False, reply)
    return answer(asked, {}, scope="one", now=0.0, number=number, rules=CacheRules())


@given(st.text(max_size=300))
def test_the_pieces_of_a_text_give_the_text_again(text: str) -> None:
    pieces = pieces_of(text)
    assert "".join(pieces) == text
    assert all(pieces)


def test_pieces_are_small_also_without_any_space() -> None:
    assert max(map(len, pieces_of("字" * 500))) <= 32


def test_a_whole_reply_ends_by_itself() -> None:
    whole = ask()
    assert (whole.text, whole.stop_reason) == (REPLY, "end_turn")
    assert whole.usage.output == estimate_tokens(Text.from_str(REPLY), MODEL.tokenizer)


@given(st.integers(1, 300))
def test_a_reply_is_cut_where_its_tokens_end(most: int) -> None:
    cut = ask(max_tokens=most)
    assert REPLY.startswith(cut.text)
    assert cut.text
    assert 0 < cut.usage.output <= most
    assert (cut.stop_reason == "end_turn") == (cut.text == REPLY)
    assert len(cut.text) >= min(len(REPLY), most * 2) - 20


def test_nothing_is_said_where_no_tokens_are_allowed() -> None:
    silent = ask(max_tokens=0)
    assert (silent.pieces, silent.stop_reason, silent.usage.output) == ((), "max_tokens", 0)
    assert silent.usage.written_5m > 0


def test_ids_depend_on_the_number_and_the_prompt_alone() -> None:
    assert ask(number=1).message_id == ask(number=1, reply="Other").message_id
    assert ask(number=1).message_id != ask(number=2).message_id


def test_usage_is_what_the_forecast_says() -> None:
    entries = settle({}, ask().plan, started_at=0, available_at=1)
    asked = Asked(PREFIX, block_tokens(PREFIX, MODEL.tokenizer), MODEL, 10, False, REPLY)
    answered = answer(asked, entries, scope="one", now=2.0, number=2, rules=CacheRules())
    foreseen = forecast(PREFIX, None, CATALOGUE, Circumstances(entries, "one", 2.0))
    assert answered.plan == foreseen.plan
    assert answered.usage.read > 0


BOOK = 187_354
TITLE = 8  # tokens of the answer in the published run, which is the title of the book


@pytest.mark.parametrize(
    ("usage", "seconds"),
    [
        (Usage(written_5m=BOOK, output=TITLE), 20.4),
        (Usage(written_1h=BOOK, output=TITLE), 20.4),
        (Usage(uncached=BOOK, output=TITLE), 20.4),
        (Usage(read=BOOK, output=TITLE), 2.9),
    ],
)
def test_the_published_run_on_a_book_takes_as_long_cold_and_warm(usage: Usage, seconds: float) -> None:
    pace = Pace()
    whole = pace.first_byte_after(usage) + pace.generation(usage)
    assert whole == pytest.approx(seconds, abs=0.05)


def test_a_short_prompt_is_answered_soon() -> None:
    assert Pace().first_byte_after(Usage(uncached=20)) < 0.5


def test_output_takes_its_time() -> None:
    assert Pace().generation(Usage(output=240)) == 2
