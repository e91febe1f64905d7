"""What the characters of a line are, for colouring: JSON, or a prompt with Markdown and tags in it.

Each line is read alone, with what is known of the line before it, so that colouring costs as much as what
is in sight. What a reader takes for more than a hint is not built on this: a fence that was opened far above
is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from coldbyte.core.text.text_history import utf16_length

Language = Literal["json", "prompt"]
Kind = Literal["key", "string", "number", "tag", "heading", "code", "strong", "quiet"]
Stretch = tuple[int, int, Kind]
"""Start and stop in the line, as UTF-16 offsets, and what stands there."""

State = Literal["", "string", "fence", "json fence"]
"""What a line begins in: nothing, a string that a row before it began, a fenced block."""

FARTHEST = 65_536
"""Characters before a line in which a fence is looked for."""
_MOST = 1_000  # stretches of a line

_JSON = re.compile(
    r'(?P<string>"(?>(?:[^"\\]|\\.)*)(?:"|\Z))(?P<colon>\s*+:)?'
    r"|(?P<number>-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)|(?P<word>\b(?:true|false|null)\b)"
)
_STRING_END = re.compile(r'(?>(?:[^"\\]|\\.)*)"')
_OUTSIDE = re.compile(r"(?:[\s\d{}\[\],:.+-]|[eE](?=[\d+-])|true|false|null)*")
_AFTER_STRING = re.compile(r"\s*(?:[,:}\]]|\Z)")
_FENCE = re.compile(r"^[ ]{0,3}(?:`{3,}|~{3,})[ ]*(?P<info>[^`\r\n]*)", re.MULTILINE)
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]|\Z)")
_ITEM = re.compile(r"(?P<quiet>[ \t]*>[ \t]?)|[ \t]*(?P<mark>[-*+]|\d{1,9}[.)])[ \t]")
_INLINE = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))"
    r"|</?(?P<tag>[A-Za-z_][\w.:-]*+)(?P<rest>(?>(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*))>"
    r"|(?P<code>`[^`]++`)"
    r"|(?P<strong>\*\*(?=[^\s*])[^*]++\*\*)"
    r"|(?P<slot>\{\{[^{}]++\}\}|\{[A-Za-z_]\w*+\}|\$\{[A-Za-z_]\w*+\})"
    r"|(?P<link>\[[^\[\]]++\])\((?P<target>[^()\s]++)\)"
)
_ATTRIBUTE = re.compile(r"(?P<key>[\w.:-]++)\s*+=\s*+(?P<value>\"[^\"]*+\"|'[^']*+')")


def language_of(start: str) -> Language:
    """What a text is in, by how it starts."""
    return "json" if re.match(r'[\s\ufeff]*(?:\{\s*["}]|\[\s*(?:[{"\]\[]|-?\d+\s*,))', start) else "prompt"


def stretches(line: str, language: Language, state: State, *, continued: bool = False) -> tuple[Stretch, ...]:
    """What stands in a line, in order, nothing twice; `continued`: it is not the start of its line."""
    found: list[Stretch] = []
    for stretch in _found(line, language, state, continued):
        found.append(stretch)
        if len(found) == _MOST:
            break
    return tuple(_in_units(line, found))


def state_after(line: str, state: State) -> State:
    """What the line behind one in a prompt begins in."""
    fence = _FENCE.match(line)
    if fence is None:
        return state
    if state in ("fence", "json fence"):
        return "" if not fence["info"].strip() else state
    return "json fence" if fence["info"].strip().lower().startswith("json") else "fence"


def state_behind(before: str) -> State:
    """What a line begins in, of which `before` is what stands before it (FARTHEST characters are enough)."""
    if "```" not in before and "~~~" not in before:
        return ""
    state: State = ""
    for fence in _FENCE.finditer(before):
        state = state_after(fence[0], state)
    return state


def state_in_row(row: str) -> State:
    """What a row of JSON that is not the start of its line begins in, by what is around its first quote."""
    end = _STRING_END.match(row)
    before = row[: end.end() - 1] if end else row
    if not _OUTSIDE.fullmatch(before):
        return "string"
    last = before.rstrip()[-1:]
    if end is None or last:
        return "" if end is None or last in "{[,:" else "string"
    return "string" if _AFTER_STRING.match(row, end.end()) else ""


def _found(line: str, language: Language, state: State, continued: bool) -> Iterator[Stretch]:
    if language == "json":
        yield from _json(line, state)
    elif state == "json fence" and not _FENCE.match(line):
        yield from _json(line, "")
    elif state or (not continued and _FENCE.match(line)):
        yield 0, len(line), "code"
    elif not continued and _HEADING.match(line):
        yield 0, len(line), "heading"
    else:
        item = None if continued else _ITEM.match(line)
        if item:
            yield *item.span("quiet" if item["quiet"] else "mark"), "quiet" if item["quiet"] else "key"
        yield from _inline(line, item.end() if item else 0)


def _json(line: str, state: State) -> Iterator[Stretch]:
    start = 0
    if state == "string":
        end = _STRING_END.match(line)
        start = end.end() if end else len(line)
        yield 0, start, "string"
    for match in _JSON.finditer(line, start):
        if match["string"]:
            yield *match.span("string"), "key" if match["colon"] else "string"
        else:
            yield *match.span(), "number"


def _inline(line: str, start: int) -> Iterator[Stretch]:
    for match in _INLINE.finditer(line, start):
        if match["tag"]:
            yield from _tag(match)
        elif match["link"]:
            yield *match.span("link"), "string"
            yield match.end("link"), match.end(), "quiet"
        elif match["comment"]:
            yield *match.span(), "quiet"
        elif match["code"]:
            yield *match.span(), "code"
        else:
            yield *match.span(), "strong" if match["strong"] else "number"


def _tag(match: re.Match[str]) -> Iterator[Stretch]:
    """A tag with its attributes."""
    done = match.start()
    for attribute in _ATTRIBUTE.finditer(match.string, *match.span("rest")):
        yield done, attribute.start(), "tag"
        yield *attribute.span("key"), "key"
        yield *attribute.span("value"), "string"
        done = attribute.end()
    yield done, match.end(), "tag"


def _in_units(line: str, found: list[Stretch]) -> Iterator[Stretch]:
    """The same in UTF-16 units."""
    if len(line) == utf16_length(line):
        yield from found
        return
    done = units = 0
    for start, stop, kind in found:
        first = units + utf16_length(line[done:start])
        units = first + utf16_length(line[start:stop])
        done = stop
        yield first, units, kind
