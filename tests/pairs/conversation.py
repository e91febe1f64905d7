"""Conversations of an agent: tools, instructions, a handbook, a document, tool calls and their results.

Messages of a conversation, which the pairs refer to by their index:

    0 user       [document, question]          5 assistant  [(thinking), text, tool_use, tool_use]
    1 assistant  [(thinking), text, tool_use]  6 user       [tool_result, tool_result]
    2 user       [tool_result]                 7 assistant  [text]
    3 assistant  [text]                        8 user       [text], the newest
    4 user       [text]
"""

from __future__ import annotations

import base64
from copy import deepcopy
from random import Random
from typing import Any, Literal

from pairs.passage import Shelf
from pairs.request_pair import Body
from pairs.tool_list import tool_list

Marks = Literal["tail", "early", "none"]
"""Where breakpoints are besides the last tool and the last system block: at the tail (automatic), on the last
block of the first message; or nowhere at all."""

MODEL = "claude-opus-5"
NEWEST = 8  # index of the newest message
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_QUESTIONS = (
    "Which passages speak about the same matter, and do they agree?",
    "Please put the main points of that into three sentences.",
    "What follows from this for the next release?",
    "Does anything in it contradict what we said at the start?",
    "Look it up again and quote the sentence that settles it.",
    "Who has to decide that, and until when?",
)
_RULES = """You are the assistant of a small team that looks after a library of texts.

- Answer in the language of the question.
- Quote the passage that an answer rests on.
- Use the tools rather than what you think is in a file.
- Ask when a task can be understood in two ways.
- Never write outside the project's own files."""


def mark(ttl: str | None = None) -> dict[str, str]:
    """A breakpoint; without a TTL it means five minutes."""
    return {"type": "ephemeral", "ttl": ttl} if ttl else {"type": "ephemeral"}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def user(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


class Writer:
    """Writes the conversations of one pair; the same seed gives the same text."""

    def __init__(self, seed: object) -> None:
        self.rng = Random(f"{seed}")
        self.shelf = Shelf(self.rng)

    def token(self, size: int = 24) -> str:
        """Random letters and digits."""
        return "".join(self.rng.choices(_BASE62, k=size))

    def question(self) -> str:
        """A question of a few words, and the lines it is about."""
        return f"{self.rng.choice(_QUESTIONS)}\n\n{self.shelf.cut(200)}"

    def document(self, size: int = 5_000) -> dict[str, Any]:
        """A document block with a title."""
        source = {"type": "text", "media_type": "text/plain", "data": self.shelf.cut(size, "law")}
        return {
            "type": "document",
            "source": source,
            "title": f"Regulation, part {self.rng.randrange(2, 99)}",
        }

    def thinking(self) -> dict[str, Any]:
        """A thinking block with a signature."""
        return {"type": "thinking", "thinking": self.shelf.cut(400), "signature": self.signature()}

    def signature(self) -> str:
        return base64.b64encode(self.rng.randbytes(180)).decode()

    def call(self) -> dict[str, Any]:
        """A call of the file reader."""
        path = f"/library/shelf-{self.rng.randrange(9)}/part-{self.rng.randrange(100)}.txt"
        fields = {"path": path, "first line": self.rng.randrange(1, 400), "max items": 120}
        return {"type": "tool_use", "id": f"toolu_01{self.token(22)}", "name": "read_file", "input": fields}

    def result(self, call: dict[str, Any], size: int = 1_800) -> dict[str, Any]:
        """What a tool gave back."""
        return {"type": "tool_result", "tool_use_id": call["id"], "content": self.shelf.cut(size)}

    def body(self, marks: Marks = "tail", *, thinking: bool = False, model: str = MODEL) -> Body:
        """A whole request of about 30 KB."""
        body: Body = {"model": model, "max_tokens": 4096}
        if marks == "tail":
            body["cache_control"] = mark()
        if thinking:
            body["thinking"] = {"type": "adaptive"}
        body["tools"] = tool_list()
        body["system"] = [text(_RULES), text(self.shelf.cut(6_000)), text(self.shelf.cut(2_500, "law"))]
        body["messages"] = self._messages(thinking=thinking)
        if marks != "none":
            body["tools"][-1]["cache_control"] = mark()
            body["system"][-1]["cache_control"] = mark()
        if marks == "early":
            body["messages"][0]["content"][-1]["cache_control"] = mark()
        return body

    def _messages(self, *, thinking: bool) -> list[dict[str, Any]]:
        one, two, three = self.call(), self.call(), self.call()
        first = [self.thinking()] if thinking else []
        second = [self.thinking()] if thinking else []
        return [
            user(self.document(), text(self.question())),
            assistant(*first, text(self.shelf.cut(150)), one),
            user(self.result(one)),
            assistant(text(self.shelf.cut(600))),
            user(text(self.question())),
            assistant(*second, text(self.shelf.cut(150)), two, three),
            user(self.result(two), self.result(three)),
            assistant(text(self.shelf.cut(600))),
            user(text(self.question())),
        ]

    def grown(self, body: Body, turns: int = 1) -> Body:
        """A copy with the answer and the next question, `turns` times."""
        after = deepcopy(body)
        for _ in range(turns):
            after["messages"] += [assistant(text(self.shelf.cut(500))), user(text(self.question()))]
        return after

    def looped(self, body: Body, calls: int = 1) -> Body:
        """A copy that ends with `calls` parallel tool calls and their results."""
        after = deepcopy(body)
        made = [self.call() for _ in range(calls)]
        answer = assistant(text(self.shelf.cut(150)), *made)
        after["messages"] += [answer, user(*(self.result(call, 300) for call in made))]
        return after
