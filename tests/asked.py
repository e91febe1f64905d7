"""Asking a command: files with requests, the real `main`, and what it wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from coldbyte.cli import main
from coldbyte.services import resources

MODEL = "claude-opus-5"
LONG = "Answer from the documents only. Quote the paragraph. " * 120
KEY = "sk-ant-api03-Zw9Qx7Lk2Vn4"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave back."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def words(self) -> str:
        return self.err.decode()

    @property
    def value(self) -> Any:
        """The JSON object on standard output, which is on one line and keeps to its schema."""
        assert self.out.endswith(b"\n")
        assert self.out.count(b"\n") == 1
        value = json.loads(self.out)
        name, version = value["schema"].removeprefix("coldbyte.").split("/")
        validator(f"{name}-{version}").validate(value)
        return value

    @property
    def error(self) -> Any:
        """The error object."""
        assert self.code == 2
        assert self.err == b""
        return self.value["error"]


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with inputs, and the command line."""

    folder: Path
    capture: pytest.CaptureFixture[bytes]

    def file(self, name: str, content: object) -> str:
        """A file with bytes, text or JSON; its path as an argument."""
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        else:
            path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return str(path)

    def ask(self, *arguments: str) -> Answer:
        """Run `coldbyte` with these arguments."""
        self.capture.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self.capture.readouterr()
        return Answer(code, out, err)


def request(text: str = LONG, question: str = "Why?", **more: object) -> dict[str, object]:
    """A body with one breakpoint, behind the system prompt."""
    system = {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}
    messages = [{"role": "user", "content": question}]
    return {"model": MODEL, "max_tokens": 9, "system": [system], "messages": messages, **more}


def exchange(body: Mapping[str, object], **more: object) -> dict[str, object]:
    """An exchange whose headers hold keys."""
    headers = {"authorization": f"Bearer {KEY}", "x-api-key": KEY, "anthropic-version": "2023-06-01"}
    return {"request": body, "headers": headers, **more}


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of a shipped schema."""
    schema = json.loads(resources.text(f"schema/{name}.json"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
