"""Masks: text by classes of characters, so that it can be shared.

Every letter and digit is replaced by one of its class that takes as many bytes, so that all offsets stay
true. White space, punctuation, marks and what can't be seen stay: they are what a finding is about. The words
of the API itself stay too.
"""

from __future__ import annotations

import re
import unicodedata

from coldbyte.core.json.value import path_below, steps_of
from coldbyte.core.text.invisible import is_invisible

# Words of the API and of JSON Schema: as keys of a request, and as values of `type`, `role` and the like.
_FIELDS = """
model tools system messages cache_control betas speed thinking tool_choice output_config output_format
mcp_servers max_tokens stream metadata stop_sequences diagnostics temperature top_p top_k service_tier
inference_geo user_profile_id workspace_id container context_management effort format type role id tool_use_id
name media_type title context url file_id text signature description input_schema input data source content
citations enabled is_error budget_tokens disable_parallel_tool_use defer_loading schema strict ttl
display_width_px display_height_px allowed_domains blocked_domains max_uses max_characters user_location edits
request request_raw response headers scope started_at first_event_at ended_at usage images
"""
_SCHEMA = """
type properties required items enum const default examples title description format pattern minimum maximum
exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems prefixItems
additionalProperties patternProperties propertyNames minProperties maxProperties anyOf allOf oneOf not if then
else contains definitions nullable readOnly writeOnly deprecated dependentSchemas dependentRequired
"""
_VALUES = """
text image document tool_use tool_result thinking redacted_thinking search_result server_tool_use tool turn
setting web_search_tool_result web_fetch_tool_result code_execution_tool_result mcp_tool_use mcp_tool_result
container_upload compaction base64 url file content ephemeral custom auto any none enabled disabled adaptive
json json_schema system user assistant behind object array string number integer boolean null low medium high
xhigh max standard fast 5m 1h true false shown
"""
_OF_REQUEST, _OF_SCHEMA = frozenset(_FIELDS.split()), frozenset(_SCHEMA.split())
_KNOWN = _OF_REQUEST | _OF_SCHEMA | frozenset(_VALUES.split())
_NAMES = ("properties", "patternProperties", "definitions", "dependentSchemas", "dependentRequired", "$defs")
_FREE = ("input", "metadata", "enum", "const", "default", "examples")
_VERSIONED = re.compile(
    r"(?:clear_tool_uses|clear_thinking|compact|web_search|web_fetch|code_execution|bash|text_editor|computer"
    r"|memory|tool_search_tool_(?:regex|bm25))_20\d{6}\Z"
)
_KEPT = frozenset("ﬀﬁﬂﬃﬄﬅﬆʼ½¼¾")  # letters and numbers that are typography
_WORD = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_TOKEN = re.compile(r'"((?>(?:[^"\\]|\\.)*))"(:?)|-?[0-9][0-9.eE+-]*', re.DOTALL)
_JAMO = ((0x1100, 0x115E, "ᄀ"), (0x1161, 0x11A7, "ᅡ"), (0x11A8, 0x11FF, "ᆨ"))
_SCRIPTS = {
    "GREEK": "ωΩ",
    "CYRILLIC": "жЖ",
    "ARMENIAN": "ժԺ",
    "HEBREW": "שש",
    "ARABIC": "سس",
    "HIRAGANA": "のの",
    "KATAKANA": "ノノ",
    "HANGUL": "가가",
    "THAI": "กก",
    "DEVANAGARI": "कक",
}
_LETTERS = {1: "xX文", 2: "éÉש", 3: "ếẾ文", 4: "𐐨𐐀𠀀"}  # by bytes: small, capital, without case
_DIGITS = {1: "9", 2: "٩", 3: "９", 4: "𝟗"}


class _Classes(dict[int, str]):
    """For each code point the character that stands for its class."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _representative(chr(code))
        return found


def _representative(char: str) -> str:
    kind, code = unicodedata.category(char), ord(char)
    if 0xE0030 <= code <= 0xE007A:  # tag characters: they spell a text that is not seen
        spelled = _representative(chr(code - 0xE0000))
        return chr(0xE0000 + ord(spelled)) if spelled.isascii() else char
    if kind[0] not in "LN" or char in _KEPT or is_invisible(char):
        return char
    if kind[0] == "N":
        return _DIGITS[len(char.encode())]
    jamo = next((sign for first, last, sign in _JAMO if first <= code <= last), None)
    return jamo or _letter(char, kind)


def _letter(char: str, kind: str) -> str:
    """A letter of the same script where that has one of the same size."""
    size, case = len(char.encode()), {"Ll": 0, "Lm": 0, "Lu": 1, "Lt": 1}.get(kind, 2)
    own = _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0])
    if own and len(own[min(case, 1)].encode()) == size:
        return own[min(case, 1)]
    return _LETTERS[size][case]


_CLASSES = _Classes()


def masked(chars: str) -> str:
    """The characters by their classes; as many bytes."""
    return chars.translate(_CLASSES)


def masked_path(where: str) -> str:
    """A path without the names that are the user's own: those that the API does not know, those in brackets,
    those inside a tool's input, and those of a schema's properties.
    """
    try:
        steps = steps_of(where)
    except ValueError:
        return masked(where)
    path, inside = "", "request"
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        path = path_below(path, step if _is_ours(step, inside) else masked(step))
        inside = _inside(step, inside)
    return path


def _is_ours(name: str, inside: str) -> bool:
    return inside in ("request", "schema") and name in (_OF_REQUEST if inside == "request" else _OF_SCHEMA)


def _inside(name: str, inside: str) -> str:
    """What the names below a member are: of the API, of a schema, of its properties, or the user's."""
    if inside == "names":
        return "schema"
    if inside == "free" or name in _FREE or not _is_ours(name, inside):
        return "free"
    if inside == "schema":
        return "names" if name in _NAMES else "schema"
    return "schema" if name in ("input_schema", "schema") else "request"


def known_words(chars: str) -> str:
    """The characters, of which the words of the API stay."""
    return _WORD.sub(lambda word: word[0] if is_known(word[0]) else masked(word[0]), chars)


def masked_json(text: str) -> str:
    """JSON with the same structure and size, without strings that the API does not know."""

    def hidden(token: re.Match[str]) -> str:
        chars, colon = token[1], token[2]
        if chars is None:
            return re.sub("[0-9]", "9", token[0])
        return f'"{chars if is_known(chars) else _escaped(chars)}"{colon}'

    return _TOKEN.sub(hidden, text)


def _escaped(chars: str) -> str:
    """The inside of a JSON string, whose escapes stay."""
    found, place = "", 0
    for escape in _ESCAPE.finditer(chars):
        found += masked(chars[place : escape.start()]) + escape[0]
        place = escape.end()
    return found + masked(chars[place:])


def is_known(word: str) -> bool:
    """Whether a word is one of the API or of JSON Schema."""
    return word in _KNOWN or _VERSIONED.match(word) is not None
