"""The simulator's replies quote what fits the question."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.services import resources
from coldbyte.services.simulator.reply import compose
from services.simulator_world import document, text, turns, user

CLOSING = "*This is Coldbyte's simulator and no model: it only quotes what fits the words of the question.*"
BAKERY = (
    "Bakeries open at five in the morning, when the first loaves have cooled. The baker keeps a sourdough "
    "alive for many years, and feeds it every day. Flour must be stored where it is dry. Customers pay at "
    "the counter."
)


def reply(*blocks: dict[str, Any] | str, **more: Any) -> str:
    return compose({"messages": [user(*blocks)], **more})


def test_the_sentence_that_fits_is_quoted_with_its_title() -> None:
    said = reply(document(BAKERY, title="On bread"), "How long does a sourdough stay alive?")
    assert "> The baker keeps a sourdough alive for many years, and feeds it every day." in said
    assert "— *On bread*" in said
    assert said.endswith(CLOSING)


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        (
            "How many hours after a breach must the controller notify it, without delay?",
            "not later than 72 hours",
        ),
        ("Can I have my personal data erased?", "personal data have to be erased"),
    ],
)
def test_a_real_regulation_is_quoted_to_the_point(question: str, quoted: str) -> None:
    law = resources.text("sample/gdpr.txt")
    assert quoted in reply(document(law, title="Regulation (EU) 2016/679"), question)


def test_equal_prompts_get_equal_replies() -> None:
    asked = (document(BAKERY), "When do bakeries open?")
    assert reply(*asked) == reply(*asked)


def test_accents_soft_hyphens_and_case_do_not_hide_a_word() -> None:
    said = reply(
        document("The café is closed. Tea is served in the gar\u00adden behind."), "Is the CAFE\u0301 closed?"
    )
    assert "> The café is closed." in said
    assert "gar\u00adden" in reply(document("Tea is served in the gar\u00adden."), "Where is the garden?")


def test_what_is_said_twice_is_quoted_once() -> None:
    said = reply(document("A sourdough lives long.\n" * 5), "Does a sourdough live long?")
    assert said.count("> A sourdough lives long.") == 1


def test_documents_are_quoted_before_anything_else() -> None:
    said = reply("Sourdough is alive.", document(BAKERY), "Is sourdough alive?", system="Sourdough is alive.")
    assert said.count("\n>\n> — *") == said.count("— *The law*") == 1


def test_without_documents_system_prompt_and_earlier_turns_are_quoted_as_such() -> None:
    question = turns(
        [text("Pizza needs a hot oven.")], [text("Bread needs time.")], [text("What needs time?")]
    )
    assert "— *an earlier answer*" in compose({"messages": question})
    assert "— *the system prompt*" in reply("Who is Zoé?", system="You are Zoé, who bakes.")


def test_a_long_sentence_is_cut_behind_a_word() -> None:
    quote = reply(document("bread " + "and more " * 200), "bread?").split("\n")[0]
    assert len(quote) < 420
    assert quote.endswith(("more …", "and …"))


@pytest.mark.parametrize("question", ["Quo vadis?", "???", " "])
def test_where_nothing_fits_that_is_said(question: str) -> None:
    said = reply(document(BAKERY), question)
    assert said.startswith("Nothing else in the prompt shares its words with")
    assert said.endswith(CLOSING)


def test_scripts_without_spaces_are_searched_too() -> None:
    assert "> 面包店五点开门。" in reply(document("面包店五点开门。\n顾客在柜台付款。"), "面包店几点开门？")


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5), st.text(max_size=60))
def test_any_texts_get_a_reply_that_ends_honestly(texts: list[str], question: str) -> None:
    assert reply(*map(document, texts), text(question)).endswith(CLOSING)
