"""Bodies cut into pieces by their content, so that equal stretches of different bodies give equal pieces.

A cut stands where the bytes around it say so, not at a fixed offset: an edit moves the cuts beside it and no
others. Messages of a request are pieces of their own: the next turn of a conversation shares the earlier
ones. Cuts keep words whole, so that each piece can be searched by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LEAST = 4_096
"""Bytes; only messages and what stands behind the last of them give smaller pieces."""
MOST = 65_536
"""Bytes of the largest piece."""

_SETTINGS = (
    rb"model|system|tools|max_tokens|stream|thinking|temperature|top_[pk]|metadata|tool_choice|stop_sequences|"
    rb"betas|output_config|context_management|cache_control|service_tier|mcp_servers|container|speed|diagnostics"
)
_FIRST_KEYS = (b'"role"', b'"content"')  # of a message
_BEFORE_KEY = re.compile(rb"[,\[]\s{0,64}\{\s{0,64}\Z")
_AFTER_MESSAGES = re.compile(rb'\]\s{0,64}(?:,\s{0,64}"(?:' + _SETTINGS + rb')"|\}\s{0,64}\Z)')
# Each finds about one cut in 4 to 8 KB of its kind of text, and none inside a word or an escape.
_KINDS = (
    re.compile(  # between two words
        rb" (?<=[acegikmoqsuwy,;{}\xb8\xb9\xd0\xe3-\xe5][^aenrt\x80-\xb3] )"
        rb"(?=[a-dmoprtB-MS\xd0\xe0\xe4][^aehiort\x80-\xb0][aeis\xd0\x80-\x90])"
    ),
    re.compile(rb" (?<=\\u..[0-9a-fA-F][048cC] )(?=\\u..[0-4][1357])", re.DOTALL),  # the same, as escapes
    re.compile(rb"\\n(?<=[acegikmoqsuwy,;{}\x80-\x8f][^nt]\\n)(?=[^a-f])"),  # behind a line
    re.compile(  # behind a comma or a stop of a script without spaces
        rb"(?:\xe3\x80[\x81\x82]|\xef\xbc[\x81-\x9f])(?<=[\x80-\x8b]...)(?=[\xe1-\xef][\x80-\x87])", re.DOTALL
    ),
    re.compile(  # the same, written as an escape
        rb"\\u(?:300[12]|[fF]{2}0[1-9a-fA-F])(?<=[0-3][0-7]......)(?=\\u[3-9][0-9][0-7][0-7])", re.DOTALL
    ),
    re.compile(rb"[AQgw4x2k][BRhx5y3l][CSiy6z1m][DTjz7A0n](?<=[A-Za-z0-9+/]{28})"),  # in Base64
)
_ANYWHERE = re.compile(  # where a long stretch has none of these
    b"".join(
        b"[%b]" % b"".join(b"\\x%02x" % byte for byte in range(256) if byte * factor % 5 == 2 and byte != 92)
        for factor in (1, 2, 1, 3, 4)
    )
    + rb"(?<!\\....)(?<!\\...)(?<!\\..)(?<!\\.)(?![\x80-\xbf])",
    re.DOTALL,
)


def cut(data: bytes) -> list[bytes]:
    """The pieces of a body, in their order: together they are the body. None is empty."""
    found: list[bytes] = []
    last = 0
    for place in (*_between_messages(data), len(data)):
        found.extend(_cut_stretch(data, last, place))
        last = place
    return found


def cut_large(data: bytes) -> list[bytes]:
    """Pieces as large as may be: for what nothing else shares."""
    return [data[start : start + MOST] for start in range(0, len(data), MOST)]


def _between_messages(data: bytes) -> list[int]:
    """Where each message begins, and where what stands behind the last one does."""
    found = set()
    for key in _FIRST_KEYS:
        place = data.find(key)
        while place >= 0:
            if match := _BEFORE_KEY.search(data, max(0, place - 130), place):
                found.add(match.start())
            place = data.find(key, place + 1)
    places = sorted(found)
    if places and (behind := _AFTER_MESSAGES.search(data, places[-1])):
        places.append(behind.start())
    return places


def _cut_stretch(data: bytes, start: int, stop: int) -> Iterator[bytes]:
    places = dict.fromkeys(_KINDS, -1)  # where each kind comes next
    while stop - start > LEAST:
        first = stop
        for kind, place in places.items():
            if place < start + LEAST:
                match = kind.search(data, start + LEAST, stop)
                place = places[kind] = match.end() if match else stop
            first = min(first, place)
        if first - start > MOST:
            match = _ANYWHERE.search(data, start + LEAST, start + MOST)
            first = match.end() if match else start + MOST
        yield data[start:first]
        start = first
    if start < stop:
        yield data[start:stop]
