"""A path of the body leads back to the part, and inside one that is JSON to the same value."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from coldbyte.core.body import part_paths, request_body
from coldbyte.core.draft import Document, Draft, Media, Question, SystemBlock, Tool, Turn
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import compact, value_at
from coldbyte.core.part_place import PartPlace, PartPlaces
from coldbyte.core.text.text import Text
from core.any_draft import drafts
from core.json_spelling import places


@given(drafts(sound=True))
def test_every_path_of_a_part_leads_to_it_and_to_the_same_value(draft: Draft) -> None:
    body: Any = request_body(draft, "question-last").fields
    at = PartPlaces.of(draft, "question-last")
    paths = part_paths(draft, "question-last")
    assert {key: at.find(path) for key, path in paths.items()} == {key: PartPlace(key) for key in paths}
    for path, value in places(body):
        found = at.find(path) if path else None
        if found is None or "cache_control" in path:
            continue
        if found.inside:
            inner = value_at(read_json(draft.part(found.key).text.encode()), found.inside)
            assert compact(inner) == compact(value), path


def test_places_of_each_kind_are_found() -> None:
    blocks = Text.from_str('[{"type": "text", "text": "a"}]')
    draft = Draft(
        "m",
        1,
        (SystemBlock("s", Text.from_str("rules")),),
        (Document("d", "law.txt", Text.from_str("law")), Document("i", "", media=Media("image/png", b"x"))),
        (Question("q", Text.from_str("Why?")),),
        (Tool("t", Text.from_str('{"name": "f", "input_schema": {}}')),),
        (Turn("u", "user", blocks, "blocks"), Turn("a", "assistant", Text.from_str("b"))),
    )
    at = PartPlaces.of(draft, "q")
    assert [at.find(where) for where in ("tools[0]", "tools[0].input_schema", "tools[1]", "model")] == [
        PartPlace("t"),
        PartPlace("t", "input_schema"),
        None,
        None,
    ]
    assert at.find("system[0].text") == at.find("system[0]") == PartPlace("s")
    assert at.find("messages[0].content[0].title") == PartPlace("d")
    assert at.find("messages[0].content[1].source.data") == PartPlace("i")
    assert at.find("messages[0].content[2].text") == PartPlace("u", "[0].text")
    assert at.find("messages[1].content") == PartPlace("a")
    assert at.find("messages[2].content[0].text") == PartPlace("q")
    assert at.find("messages[9].content") is None
