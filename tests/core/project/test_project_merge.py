"""Merging projects takes over both sides' changes of parts, fields and order, and asks where they collide."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Media, Question, SystemBlock
from coldbyte.core.project.project import Project
from coldbyte.core.project.project_merge import Disagreement, merge_projects
from coldbyte.core.text.text import Text

KEYS = ("a", "b", "c", "d")


def text(chars: str) -> Text:
    return Text.from_str(chars)


def project(
    system: dict[str, str], model: str = "m", documents: tuple[Document, ...] = (), **settings: int
) -> Project:
    blocks = tuple(SystemBlock(key, text(chars)) for key, chars in system.items())
    draft = Draft(model, 10, blocks, documents, (Question("q", text("Why?")),), settings=settings)
    return Project(draft, "q", {key: f"{key}.md" for key in draft.parts})


BASE = project({"a": "one\n", "b": "two\n"})
PROJECTS = st.builds(
    lambda order, chars, model: project({key: chars.get(key, key) for key in order}, model),
    st.lists(st.sampled_from(KEYS), unique=True),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["x", "x\ny", "", "é\n"])),
    st.sampled_from(["m", "n"]),
)


def keys(merged: Project) -> list[str]:
    return [part.key for part in merged.draft.system]


@given(PROJECTS, PROJECTS)
def test_with_a_side_that_changed_nothing_the_other_is_the_result(base: Project, other: Project) -> None:
    for merge in (merge_projects(base, other, base), merge_projects(base, base, other)):
        assert merge.project.draft == other.draft
        assert not merge.disagreements


@given(PROJECTS, PROJECTS)
def test_the_same_changes_on_both_sides_are_no_conflict(base: Project, other: Project) -> None:
    merge = merge_projects(base, other, other)
    assert merge.project.draft == other.draft
    assert not merge.disagreements


@given(PROJECTS, PROJECTS, PROJECTS)
def test_nothing_that_a_side_added_is_lost(base: Project, mine: Project, theirs: Project) -> None:
    merged = keys(merge_projects(base, mine, theirs).project)
    added = (set(keys(mine)) | set(keys(theirs))) - set(keys(base))
    assert added <= set(merged)
    assert len(merged) == len(set(merged))


def test_changes_of_different_parts_and_fields_are_both_taken_over() -> None:
    mine = project({"a": "ONE\n", "b": "two\n"}, speed=1)
    theirs = project({"a": "one\n", "b": "TWO\n", "c": "three\n"}, model="n", effort=2)
    merged = merge_projects(BASE, mine, theirs)
    assert not merged.disagreements
    both = project({"a": "ONE\n", "b": "TWO\n", "c": "three\n"}, "n", speed=1, effort=2)
    assert merged.project.draft == both.draft


def test_a_conflict_of_texts_is_decided_by_the_choice() -> None:
    mine, theirs = project({"a": "mine\n", "b": "two\n"}), project({"a": "theirs\n", "b": "two\n"})
    (found,) = merge_projects(BASE, mine, theirs).disagreements
    assert found == Disagreement("a.md", "text", text("one\n"), text("mine\n"), text("theirs\n"), 1)
    assert merge_projects(BASE, mine, theirs, ["mine"]).project.draft == mine.draft
    assert merge_projects(BASE, mine, theirs, ["theirs"]).project.draft == theirs.draft


def test_a_part_removed_on_one_side_and_changed_on_the_other_is_asked_about() -> None:
    mine, theirs = project({"b": "two\n"}), project({"a": "changed\n", "b": "two\n"})
    (found,) = merge_projects(BASE, mine, theirs).disagreements
    assert (found.where, found.what, str(found.mine), str(found.theirs)) == ("a.md", "part", "", "changed\n")
    assert keys(merge_projects(BASE, mine, theirs, ["mine"]).project) == ["b"]
    assert keys(merge_projects(BASE, mine, theirs, ["theirs"]).project) == ["a", "b"]


def test_two_new_orders_are_asked_about() -> None:
    base = project(dict.fromkeys("abc", "x"))
    mine, theirs = project(dict.fromkeys("bac", "x")), project(dict.fromkeys("cab", "x"))
    (found,) = merge_projects(base, mine, theirs).disagreements
    assert (found.what, str(found.mine)) == ("order", "b.md\na.md\nc.md")
    assert keys(merge_projects(base, mine, theirs, ["theirs"]).project) == ["c", "a", "b"]


def test_a_moved_part_and_an_added_one_are_both_there() -> None:
    base = project(dict.fromkeys("abc", "x"))
    mine, theirs = project(dict.fromkeys("bca", "x")), project(dict.fromkeys("abdc", "x"))
    assert keys(merge_projects(base, mine, theirs).project) == ["b", "d", "c", "a"]


def test_two_models_and_two_pictures_are_asked_about() -> None:
    def picture(data: bytes) -> tuple[Document, ...]:
        return (Document("p", "", media=Media("image/png", data)),)

    base = project({}, documents=picture(b"0"))
    mine = project({}, "mine", picture(b"11"))
    theirs = project({}, "theirs", picture(b"222"))
    merge = merge_projects(base, mine, theirs)
    assert [(found.where, str(found.theirs)) for found in merge.disagreements] == [
        ("model", "theirs"),
        ("p.md", "image/png, 3 bytes"),
    ]
    decided = merge_projects(base, mine, theirs, ["theirs", "mine"]).project.draft
    assert decided.model == "theirs"
    assert decided.documents == mine.draft.documents


def test_the_chosen_question_stays_mine() -> None:
    more = (Question("q", text("Why?")), Question("r", text("Who?")))
    both = replace(BASE, draft=replace(BASE.draft, questions=more), paths={**BASE.paths, "r": "r.md"})
    merged = merge_projects(both, replace(both, question="r"), both).project
    assert merged.question == "r"
