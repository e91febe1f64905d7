"""The sample that a newcomer finds open."""

from __future__ import annotations

import json

from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.text.text import Text
from coldbyte.services import resources


def read_sample() -> Draft:
    """The draft of `resources/sample`, its files byte for byte."""
    sample = json.loads(resources.text("sample/sample.json"))
    return Draft(
        model=sample["model"],
        max_tokens=sample["max_tokens"],
        system=tuple(
            SystemBlock(f"system-{n}", _file(block["file"]), block.get("breakpoint"))
            for n, block in enumerate(sample["system"], start=1)
        ),
        documents=tuple(
            Document(f"document-{n}", item["title"], _file(item["file"]), item.get("breakpoint"))
            for n, item in enumerate(sample["documents"], start=1)
        ),
        questions=tuple(
            Question(f"question-{n}", Text.from_str(text))
            for n, text in enumerate(sample["questions"], start=1)
        ),
    )


def _file(name: str) -> Text:
    return Text.from_bytes(resources.data(f"sample/{name}"))
