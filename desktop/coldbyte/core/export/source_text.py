"""JSON values as literals of a programming language: key order kept, long texts as constants of their own.

Python and JavaScript can't spell all JSON. What they would send in another way (`1.10`, a key that stands
twice, an index as a key in JavaScript) is told by `is_faithful`; such a body is sent as bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from coldbyte.core.export.literal import python_string, script_string
from coldbyte.core.json.value import Json, Pairs, Spelled, is_array
from coldbyte.core.text.text import Text

_DEEPEST = 80  # containers inside each other; Python's parser takes 200 brackets
_LONG = 1_000  # characters from which a text is a constant
_WIDTH = 100  # columns
_MOST_EXACT = 2**53 - 1
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")  # keys that JavaScript moves to the front


@dataclass(frozen=True, slots=True)
class Language:
    """How a language spells values; `joined` is a text of several lines from the literals of its lines."""

    words: Mapping[bool | None, str]
    string: Callable[[str], str]
    bare_keys: bool
    opening: str
    closing: str
    separator: str

    def joined(self, lines: Sequence[str]) -> str:
        """One literal on many lines."""
        inner = "".join(f"    {self.string(line)}{self.separator}\n" for line in lines)
        return f"{self.opening}\n{inner}{self.closing}"


PYTHON = Language({None: "None", True: "True", False: "False"}, python_string, False, "(", ")", "")
SCRIPT = Language({None: "null", True: "true", False: "false"}, script_string, True, "[", '].join("")', ",")


def is_faithful(value: Json, language: Language, depth: int = 0) -> bool:
    """Whether a program of this language that holds the value sends the same JSON."""
    if isinstance(value, (Pairs, Spelled)) or depth > _DEEPEST:
        return False
    if isinstance(value, Mapping):
        if language is SCRIPT and any(_INDEX.fullmatch(key) or key == "__proto__" for key in value):
            return False
        return all(is_faithful(item, language, depth + 1) for item in value.values())
    if isinstance(value, float):
        digits = repr(value)
        return language is PYTHON or not ("e" in digits or digits.endswith(".0"))
    if isinstance(value, int):
        return language is PYTHON or abs(value) <= _MOST_EXACT
    if is_array(value) and not isinstance(value, Text):
        return all(is_faithful(item, language, depth + 1) for item in value)
    return True


@dataclass(slots=True)
class SourceText:
    """Writes values; `constants` are the long texts that it met, by their names."""

    language: Language
    constants: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def value(self, value: Json, name: str = "TEXT", indent: int = 0) -> str:
        """The literal; `name` begins the names of the constants in it, `indent` is in steps of 4 columns."""
        match value:
            case str() | Text():
                return self.text(str(value), name)
            case Mapping():
                keys = [self._key(key) for key in value]
                items = [self.value(item, _name_in(value, name), indent + 1) for item in value.values()]
                parts = [f"{key}: {item}" for key, item in zip(keys, items, strict=True)]
                return self._container(parts, "{", "}", indent)
            case None | bool():
                return self.language.words[value]
            case int() | float():
                return repr(value)
            case Sequence():
                return self._container(
                    [self.value(item, name, indent + 1) for item in value], "[", "]", indent
                )
            case _:
                raise TypeError(f"no literal: {type(value).__name__}")

    def text(self, chars: str, name: str) -> str:
        """A string, or the constant that holds it."""
        if len(chars) <= _LONG:
            return self.language.string(chars)
        if chars not in self._names:
            count = sum(each.rsplit("_", 1)[0] == name for each in self.constants)
            self._names[chars] = constant = f"{name}_{count + 1}"
            self.constants[constant] = self.long_text(chars)
        return self._names[chars]

    def long_text(self, chars: str) -> str:
        """A literal with the lines of a text on lines of their own."""
        return self.language.joined(re.findall(r"[^\n]*\n|[^\n]+", chars) or [""])

    def _key(self, key: str) -> str:
        bare = self.language.bare_keys and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key)
        return key if bare else self.language.string(key)

    def _container(self, parts: Sequence[str], opening: str, closing: str, indent: int) -> str:
        line = opening + ", ".join(parts) + closing
        if "\n" not in line and len(line) + 4 * indent <= _WIDTH:
            return line
        inner = "".join(f"{'    ' * (indent + 1)}{part},\n" for part in parts)
        return f"{opening}\n{inner}{'    ' * indent}{closing}"


def _name_in(value: Mapping[str, Json], name: str) -> str:
    """Of a document its texts are called so."""
    kind = value.get("type")
    return kind.upper() if kind in ("document", "image") and isinstance(kind, str) else name
