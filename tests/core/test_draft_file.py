"""A draft comes back from its file with every byte; what is no draft is refused with words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Question, SystemBlock, Ttl
from coldbyte.core.draft_file import DraftFileError, read_draft, write_draft
from coldbyte.core.text.text import Text

TEXTS = st.text(st.characters(exclude_categories=["Cs"])).map(Text.from_str)
TTLS: st.SearchStrategy[Ttl | None] = st.sampled_from([None, "5m", "1h"])


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    return Draft(
        model=draw(st.text(max_size=9)),
        max_tokens=draw(st.integers(1, 9_999)),
        system=tuple(SystemBlock(f"s{n}", draw(TEXTS), draw(TTLS)) for n in range(draw(st.integers(0, 2)))),
        documents=tuple(
            Document(f"d{n}", draw(st.text(max_size=9)), draw(TEXTS), draw(TTLS))
            for n in range(draw(st.integers(0, 2)))
        ),
        questions=tuple(Question(f"q{n}", draw(TEXTS)) for n in range(draw(st.integers(0, 2)))),
    )


@given(drafts())
def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    question = draft.questions[-1].key if draft.questions else ""
    assert read_draft(write_draft(draft, question)) == (draft, question)


def test_nasty_bytes_come_back() -> None:
    text = Text.from_str("\ufeffa\r\nb\rc\u00a0\u2028\x00\ufdd0e\u0301😀")
    draft = Draft("m", 1, (SystemBlock("s", text),))
    assert read_draft(write_draft(draft, ""))[0].system[0].text.encode() == text.encode()


def test_a_question_that_is_gone_is_not_chosen() -> None:
    draft = Draft("m", 1, questions=(Question("a"), Question("b")))
    assert read_draft(write_draft(draft, "gone"))[1] == "a"


GOOD = json.loads(write_draft(Draft("m", 1, (SystemBlock("s"),), (), (Question("q"),)), "q"))


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
