"""A new part's file is named after what the part is."""

from __future__ import annotations

import pytest

from coldbyte.core.draft import Document, Draft, Media, Part, Question, SystemBlock, Tool, Turn
from coldbyte.core.project.part_file import with_path_for_each
from coldbyte.core.text.text import Text


def path_of(part: Part) -> str:
    rows = {Tool: "tools", SystemBlock: "system", Document: "documents", Turn: "turns", Question: "questions"}
    draft = Draft("m", 1, **{rows[type(part)]: (part,)})  # type: ignore[arg-type]
    return with_path_for_each(draft, {}, ())["k"]


def text(chars: str) -> Text:
    return Text.from_str(chars)


def media(kind: str) -> Media:
    return Media(kind, b"x")


@pytest.mark.parametrize(
    ("part", "path"),
    [
        (Tool("k", text('{"name": "get_weather"}')), "tools/get_weather.json"),
        (Tool("k", text('{"name": "a/b"}')), "tools/a-b.json"),
        (Tool("k", text('{"name": 1}')), "tools/01.json"),
        (Tool("k", text('{"name')), "tools/01.json"),
        (Tool("k"), "tools/01.json"),
        (SystemBlock("k", text("# Your role\nYou are …")), "system/01-your-role.md"),
        (SystemBlock("k"), "system/01.md"),
        (Document("k", "gdpr.txt"), "documents/gdpr.txt"),
        (Document("k", "notes.md"), "documents/notes.md"),
        (Document("k", "The law"), "documents/The-law.txt"),
        (Document("k", "v1.2"), "documents/v1.2.txt"),
        (Document("k", "law.pdf", text("taken out of it")), "documents/law.pdf.txt"),
        (Document("k", ""), "documents/01.txt"),
        (Document("k", "law.pdf", media=media("application/pdf")), "documents/law.pdf"),
        (Document("k", "law", media=media("application/pdf")), "documents/law.pdf"),
        (Document("k", "photo.JPEG", media=media("image/jpeg")), "documents/photo.JPEG"),
        (Document("k", "photo.png", media=media("image/webp")), "documents/photo.png.webp"),
        (Document("k", "", media=media("x/y")), "documents/01.bin"),
        (Turn("k", "user", text("Hi")), "turns/001-user.md"),
        (Turn("k", "assistant", text("[]"), "blocks"), "turns/001-assistant.json"),
        (
            Question("k", text("Does a bakery with nine employees need one?")),
            "questions/01-does-a-bakery-with-nine-employees.md",
        ),
        (Question("k", text("[]"), "blocks"), "questions/01.json"),
    ],
)
def test_a_path_says_what_the_part_is(part: Part, path: str) -> None:
    assert path_of(part) == path


def test_names_that_are_taken_get_a_number() -> None:
    draft = Draft("m", 1, documents=(Document("a", "A.txt"), Document("b", "a.txt"), Document("c", "b.txt")))
    found = with_path_for_each(draft, {"c": "documents/a-2.txt"}, ["DOCUMENTS/a-3.TXT"])
    assert found == {"a": "documents/A.txt", "b": "documents/a-4.txt", "c": "documents/a-2.txt"}
