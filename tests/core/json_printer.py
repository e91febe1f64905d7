"""Writes JSON in one of the many ways in which it can be written."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from coldbyte.core.json.value import Json, compact, pairs_of
from coldbyte.core.text.text import Text

SHORT = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "/": "/", '"': '"', "\\": "\\"}


class Printer:
    """Writes JSON in one of the many ways: with gaps, with escapes that nobody asked for."""

    def __init__(self, choice: random.Random) -> None:
        self.choice = choice
        self.habits = [choice.random() for _ in range(2)]

    def print(self, value: Json) -> str:
        if isinstance(value, (str, Text)):
            return '"' + "".join(map(self.char, str(value))) + '"'
        if isinstance(value, Mapping):
            pairs = [
                f"{self.print(key)}{self.gap()}:{self.gap()}{self.print(one)}" for key, one in pairs_of(value)
            ]
            return "{" + self.gap() + f"{self.gap()},{self.gap()}".join(pairs) + self.gap() + "}"
        if isinstance(value, Sequence):
            items = [self.print(item) for item in value]
            return "[" + self.gap() + f"{self.gap()},{self.gap()}".join(items) + self.gap() + "]"
        return compact(value)

    def gap(self) -> str:
        return "".join(self.choice.choices(" \n\r\t", k=3)) if self.choice.random() < self.habits[0] else ""

    def char(self, char: str) -> str:
        escaped = self.choice.random() < self.habits[1]
        if char in SHORT and (escaped or char != "/") and self.choice.random() < 0.7:
            return "\\" + SHORT[char]
        if escaped or char < " " or char in '"\\':
            units = char.encode("utf-16-be").hex()
            units = units.upper() if self.choice.random() < 0.5 else units
            return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
        return char
