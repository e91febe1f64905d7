"""Parts of a draft that was read from a body find those that they stand for."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Part, SystemBlock, Tool, Turn
from coldbyte.core.likeness import with_keys_of
from coldbyte.core.text.text import Text
from core.any_draft import drafts


def system(**texts: str) -> Draft:
    return Draft("m", 1, system=tuple(SystemBlock(key, Text.from_str(text)) for key, text in texts.items()))


def keys(parts: tuple[Part, ...]) -> list[str]:
    return [part.key for part in parts]


def test_what_says_the_same_belongs_together_wherever_it_stands() -> None:
    found = with_keys_of(system(a="one", b="two", c="three"), system(x="three", y="new", z="one"))
    assert keys(found.system) == ["z", "y", "x"]
    assert [str(part.text) for part in found.system] == ["one", "two", "three"]


def test_documents_of_one_title_belong_together() -> None:
    sent = Draft("m", 1, documents=(Document("1", "a", Text.from_str("old")), Document("2", "b")))
    own = Draft("m", 1, documents=(Document("p", "c"), Document("q", "a", Text.from_str("new"))))
    assert keys(with_keys_of(sent, own).documents) == ["q", "p"]


def test_kinds_are_not_mixed_and_new_keys_are_not_taken_ones() -> None:
    sent = Draft("m", 1, tools=(Tool("t"),), turns=(Turn("system-1", "user"),))
    found = with_keys_of(sent, Draft("m", 1, system=(SystemBlock("system-1"), SystemBlock("t"))))
    assert keys((*found.tools, *found.turns)) == ["t-1", "system-1-1"]


@given(drafts(), drafts(), st.booleans())
def test_only_keys_change_and_no_two_parts_have_the_same(sent: Draft, own: Draft, same: bool) -> None:
    own = sent if same else own
    found = with_keys_of(sent, own)
    assert len(found.parts) == len(sent.parts)
    for one, two in zip(found.parts.values(), sent.parts.values(), strict=True):
        assert replace(one, key="") == replace(two, key="")
    asked = {question.key for question in sent.questions}
    for key in sent.parts.keys() - asked if same else ():
        assert found.part(key).text.digest == sent.part(key).text.digest
