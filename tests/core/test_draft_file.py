"""A draft comes back from its file with every byte; what is no draft is refused with words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Media, Question, SystemBlock, Tool, Turn
from coldbyte.core.draft_file import DraftFileError, read_draft, write_draft
from coldbyte.core.json.value import Pairs, Spelled, compact
from coldbyte.core.text.text import EMPTY, Text
from core.any_draft import drafts


@given(drafts())
def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    question = draft.questions[-1].key
    assert read_draft(write_draft(draft, question)) == (draft, question)


def test_nasty_bytes_come_back() -> None:
    text = Text.from_str("\ufeffa\r\nb\rc\u00a0\u2028\x00\ufdd0e\u0301😀")
    draft = Draft("m", 1, (SystemBlock("s", text),))
    assert read_draft(write_draft(draft, ""))[0].system[0].text.encode() == text.encode()


def test_a_question_that_is_gone_is_not_chosen() -> None:
    draft = Draft("m", 1, questions=(Question("a"), Question("b")))
    assert read_draft(write_draft(draft, "gone"))[1] == "a"


GOOD = json.loads(write_draft(Draft("m", 1, (SystemBlock("s"),), (), (Question("q"),)), "q"))


OLDER = """{"schema":"coldbyte.draft/1","model":"m","max_tokens":7,"question":"q",
"system":[{"key":"s","text":"rules","breakpoint":"1h"}],
"documents":[{"key":"d","text":"law","title":"law.txt","breakpoint":null}],
"questions":[{"key":"p","text":""},{"key":"q","text":"Why?"}]}"""


def test_the_file_of_an_older_version_is_read() -> None:
    draft, question = read_draft(OLDER)
    assert draft == Draft(
        "m",
        7,
        (SystemBlock("s", Text.from_str("rules"), "1h"),),
        (Document("d", "law.txt", Text.from_str("law")),),
        (Question("p"), Question("q", Text.from_str("Why?"))),
    )
    assert question == "q"


def test_settings_keep_the_spelling_of_numbers_and_keys_that_stand_twice() -> None:
    settings = {"thinking": {"budget_tokens": Spelled("1.0e3")}, "x": Pairs([("a", 1), ("a", Spelled("-0"))])}
    kept = read_draft(write_draft(Draft("m", 1, settings=settings), ""))[0].settings
    assert compact(kept) == '{"thinking":{"budget_tokens":1.0e3},"x":{"a":1,"a":-0}}'


def test_media_are_base64_in_the_file() -> None:
    draft = Draft("m", 1, documents=(Document("d", "a.png", EMPTY, None, Media("image/png", b"\x89PNG")),))
    assert json.loads(write_draft(draft, ""))["documents"] == [
        {
            "key": "d",
            "text": "",
            "title": "a.png",
            "media": {"media_type": "image/png", "data": "iVBORw=="},
            "breakpoint": None,
        }
    ]


FULL = Draft(
    "m",
    1,
    tools=(Tool("t"),),
    turns=(Turn("u", "user"),),
    documents=(Document("d", "", EMPTY, None, Media("image/png", b"x")),),
)
REST = json.loads(write_draft(FULL, ""))
BARE = REST["documents"][0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        json.dumps(GOOD | {"schema": "coldbyte.draft/9"}),
        json.dumps(GOOD | {"max_tokens": "many"}),
        json.dumps(GOOD | {"system": [{"key": "s", "text": 5, "breakpoint": None}]}),
        json.dumps(GOOD | {"system": [{"key": "s", "text": "", "breakpoint": "2h"}]}),
        json.dumps(GOOD | {"system": [{"key": "q", "text": "", "breakpoint": None}]}),
        json.dumps(GOOD | {"system": [{"key": "s", "text": "\ud800", "breakpoint": None}]}),
        json.dumps(GOOD | {"system": {}}),
        json.dumps({name: value for name, value in GOOD.items() if name != "system"}),
        json.dumps(GOOD | {"settings": []}),
        json.dumps(REST | {"tools": [{"key": "u", "text": "", "breakpoint": None}]}),
        json.dumps(REST | {"turns": [{"key": "u", "text": "", "role": "tool"}]}),
        json.dumps(REST | {"turns": [{"key": "u", "text": "", "role": "user", "form": "json"}]}),
        json.dumps(REST | {"turns": [{"key": "u", "text": "", "role": "user", "extra": 1}]}),
        json.dumps(
            REST | {"documents": [REST["documents"][0] | {"media": {"media_type": "a", "data": "eA==!"}}]}
        ),
        json.dumps(REST | {"documents": [REST["documents"][0] | {"media": "x"}]}),
    ],
)
def test_what_is_no_draft_is_refused(text: str) -> None:
    with pytest.raises(DraftFileError):
        read_draft(text)


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_no_other_json_makes_it_raise_anything_else(value: object) -> None:
    with pytest.raises(DraftFileError):
        read_draft(json.dumps(value))
