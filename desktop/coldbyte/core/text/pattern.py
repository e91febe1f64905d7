"""Searching a text with a regular expression, in the words of Python's `re`.

There are patterns that take longer than the world will stand, and nothing stops `re` on its way: not even
another thread runs meanwhile. Whoever calls this for a user does so in a process that can be ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coldbyte.core.text.escape import EscapeError, with_numbers_read
from coldbyte.core.text.search import LONGEST, MOST_HITS, Query, QueryError
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import utf16_length

Found = tuple[int, int, str | None]
"""Start and stop of a hit, as UTF-16 offsets, and what it becomes, where a replacement was given."""

_SWITCHES = re.compile(r"\(\?[aiLmsux]+\)")  # must stand at the very start


@dataclass(frozen=True, slots=True)
class PatternJob:
    """A search for an expression: from the UTF-16 offset `start`, for `limit` hits at most.

    With a `template` each hit comes with what it becomes.
    """

    text: Text
    query: Query
    template: str | None = None
    start: int = 0
    limit: int = MOST_HITS


@dataclass(frozen=True, slots=True)
class PatternAnswer:
    """Some hits of a job. The last answer says so, whether there are more hits (`is_cut`), and what is wrong:
    the `trouble` in plain words, its place `at` in the expression where that is known.
    """

    found: tuple[Found, ...] = ()
    is_last: bool = False
    is_cut: bool = False
    trouble: str = ""
    at: int | None = None


def compiled(query: Query) -> re.Pattern[str]:
    """The expression, `^` and `$` at every line. Raise QueryError where it is none."""
    if not query.words:
        raise QueryError("nothing to search for")
    if len(query.words) > LONGEST:
        raise QueryError(f"more than {LONGEST:,} characters")
    flags = re.MULTILINE | (0 if query.case else re.IGNORECASE)
    try:
        re.compile(query.words, flags)  # alone, so that a place in it is the place that is said
        if not query.whole_words:
            return re.compile(query.words, flags)
        switches = _SWITCHES.match(query.words)
        head = switches[0] if switches else ""
        return re.compile(rf"{head}\b(?:{query.words[len(head) :]})\b", flags)
    except re.error as error:
        raise QueryError(error.msg, error.pos) from None
    except (OverflowError, RecursionError, MemoryError):
        raise QueryError("the expression is too large") from None


def matches(chars: str, query: Query, template: str | None = None, start: int = 0) -> Iterator[Found]:
    r"""The hits from the UTF-16 offset `start` on, one after the other.

    `template` is what they become: \1 and \g<name> are groups, and the escapes of `re` and \u00a0 are read.
    Raise QueryError where the expression or the template is wrong.
    """
    pattern = compiled(query)
    if template is not None:
        template = _template(pattern, template)
    wide = len(chars) != utf16_length(chars)
    done, units = 0, 0
    if start and wide:
        done = len(chars.encode("utf-16-le")[: 2 * start].decode("utf-16-le", "ignore"))
        units = start
    elif start:
        done = units = start
    for match in pattern.finditer(chars, done):
        low, high = match.span()
        units += utf16_length(chars[done:low]) if wide else low - done
        done = low
        size = utf16_length(match[0]) if wide else high - low
        yield units, units + size, None if template is None else match.expand(template)


def _template(pattern: re.Pattern[str], template: str) -> str:
    """The template as `re` reads it."""
    try:
        read = with_numbers_read(template)
        pattern.sub(read, "")  # reads all of it, whether there is a hit or not
    except EscapeError as error:
        raise QueryError(error.say, error.at) from None
    except (re.error, IndexError) as error:
        say = error.msg if isinstance(error, re.error) else str(error)
        raise QueryError(f"in the replacement: {say}") from None
    return read
