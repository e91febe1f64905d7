"""Lint: the causes that one request shows by itself (contract, lint).

Only what certainly costs is a loss: no breakpoint, a refused request, a prompt that is certainly too short, a
clock or an identifier that stands before every breakpoint. The rest are warnings and remarks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Catalogue, Model
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.capture import Capture
from coldbyte.core.cause import Cause, CauseId, Evidence, Fix, Severity, code_points
from coldbyte.core.finding.odd_character import OddCharacter, odd_characters
from coldbyte.core.finding.volatile_value import VolatileValue, volatile_values
from coldbyte.core.json.value import Json, compact, is_array, path_below, value_at
from coldbyte.core.prefix.block_name import block_path, capital, part_name
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.marker import Marker, markers_of
from coldbyte.core.prefix.prefix import THINKING_KINDS, Prefix, PrefixBlock
from coldbyte.core.prefix.record import as_text
from coldbyte.core.rule.set_up_rule import marker_at, set_up_cause, set_up_causes
from coldbyte.core.rule.validity import refusals
from coldbyte.core.text.text import Text

_LARGE = 4_096  # bytes from which on a text is taken for a document
_MESSAGE = re.compile(r"messages\[(\d+)\]")
_UNSEEN = ("tool_result", "tool_use", *THINKING_KINDS, "turn")
_CERTAIN: tuple[CauseId, ...] = ("volatile-timestamp", "volatile-id")
_WORDS: Mapping[str, str] = {
    "volatile-timestamp": "a clock value, “{}”: it is another one in each request",
    "date-rollover": "the date of today, “{}”: it changes at midnight",
    "volatile-id": "an identifier, “{}”: it is another one in each session or request",
    "client-version-stamp": "a stamp of the client, “{}”: it is another text for who does not know it",
    "volatile-counter": "a counter, “{}”: it moves from request to request",
    "environment-snapshot": "a description of the environment, “{}”: it changes while one works",
    "per-user-data": "data of one user, “{}”: requests for others can't read what stands behind it",
}
_EVIDENCE: Mapping[str, Evidence] = {
    "client-version-stamp": "reported",
    "environment-snapshot": "reported",
    "per-user-data": "assumed",
}
# Where the fix of a comparison speaks of the old side, which one request does not have.
LINT_FIXES: Mapping[CauseId, str] = {
    "invisible-char-changed": "Remove what is invisible, or keep it the same in every request.",
    "line-endings-changed": "Write one kind of line end, or keep these the same in every request.",
    "unicode-normalization-changed": "Convert the text to NFC, or keep its form the same in every request.",
    "homoglyph-changed": "Type the word again, or keep its letters the same in every request.",
    "encoding-damaged": "Decode the file anew, in its own encoding, or keep this text in every request.",
}
_QUOTED = 48  # characters of a value in a sentence


@dataclass(frozen=True, slots=True)
class _Request:
    """A request, its prefix, and the indexes of its breakpoints. `now` and `sent` are epoch seconds.

    `single_turn`: nothing was answered yet.
    """

    body: RequestBody
    prefix: Prefix
    markers: Sequence[Marker]
    points: Sequence[int]
    model: Model | None
    now: float
    sent: float | None
    single_turn: bool

    @property
    def last_message(self) -> int:
        """The index of the message with which the prefix ends, -1 without one."""
        return _message(self.prefix.blocks[-1])


@dataclass(frozen=True, slots=True)
class _Passage:
    """A text of a block: its path, and the byte of the prefix at which it stands."""

    index: int
    where: str
    text: Text
    cache_byte: int
    plain: bool


def lint(capture: Capture, catalogue: Catalogue) -> tuple[Cause, ...]:
    """All causes in cache order. Raise BodyError where the body is not a Messages request."""
    body = capture.body
    prefix = prefix_of(body, betas=capture.betas or ())
    model = catalogue.model(prefix.model)
    sent = capture.started_at
    day = datetime.fromtimestamp(sent, UTC).date() if sent is not None else catalogue.as_of
    markers = markers_of(body)
    request = _Request(
        body,
        prefix,
        markers,
        prefix.breakpoints,
        model,
        sent if sent is not None else _midnight(day),
        sent,
        single_turn=not any(block.role == "assistant" for block in prefix.blocks),
    )
    set_up = set_up_causes(
        body, prefix, model, day, markers=markers, usage=capture.usage, offered=catalogue.offered
    )
    causes = [
        *set_up,
        *refusals(body, model, capture.api_version),
        *_text_causes(request),
        *_behind_history(request),
    ]
    causes += _misplaced(request, causes)
    return tuple(sorted(causes, key=lambda cause: (cause.cache_byte, cause.id)))


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()


def _text_causes(request: _Request) -> Iterator[Cause]:
    """What the texts up to the last breakpoint hold."""
    for passage in _passages(request):
        if _may_change(request, passage):
            data = passage.text.encode()
            for value in volatile_values(data, request.now, sent=request.sent):
                yield _volatile_cause(request, passage, value, data[value.start : value.stop].decode())
        for odd in odd_characters(passage.text):
            yield _odd_cause(request, passage, odd)


def _passages(request: _Request) -> Iterator[_Passage]:
    prefix = request.prefix
    stop = request.points[-1] + 1 if request.points else 0
    for index, block in enumerate(prefix.blocks[:stop]):
        start = prefix.starts[index] + block.content_start
        if block.kind == "tool":
            yield from _tool_passages(request.body, block, index, start)
        elif block.kind in ("text", "document") and not block.structured and block.role != "assistant":
            yield _Passage(index, block.where, block.content, start, True)


def _tool_passages(body: RequestBody, block: PrefixBlock, index: int, start: int) -> Iterator[_Passage]:
    printed = block.content.encode()
    for where, value in _strings(value_at(body.fields, block.where), block.where):
        text = as_text(value)
        found = printed.find(compact(value).encode())
        yield _Passage(index, where, text, start + max(found, 0) + 1, False)


def _strings(value: Json, path: str) -> Iterator[tuple[str, str | Text]]:
    """The strings below a value, without those of a marker."""
    if isinstance(value, (str, Text)):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key != "cache_control":
                yield from _strings(item, path_below(path, key))
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _strings(item, f"{path}[{index}]")


def _may_change(request: _Request, passage: _Passage) -> bool:
    """Whether a text is made anew for each request: tools, system, and what stands before a lone question.

    What stands in a conversation is sent again as it was; a document is what it is.
    """
    block = request.prefix.blocks[passage.index]
    if block.tier != "messages":
        return True
    return request.single_turn and block.kind == "text" and passage.index < len(request.prefix.blocks) - 1


def _volatile_cause(request: _Request, passage: _Passage, value: VolatileValue, chars: str) -> Cause:
    block = request.prefix.blocks[passage.index]
    certain = value.sure and value.id in _CERTAIN and block.tier != "messages"
    before_all = passage.index <= request.points[0]
    shown = chars if len(chars) <= _QUOTED else f"{chars[:_QUOTED]}…"
    said = _WORDS[value.id].format("".join(char if char.isprintable() else "·" for char in shown))
    return _passage_cause(
        request,
        passage,
        value.id,
        value.start,
        f"{capital(part_name(request.prefix, passage.index))} holds {said}.",
        severity="loss" if certain and before_all else "warning",
        sure=certain,
        label=value.label,
        count=value.count,
        evidence=_EVIDENCE.get(value.id, "documented"),
    )


def _odd_cause(request: _Request, passage: _Passage, odd: OddCharacter) -> Cause:
    block = request.prefix.blocks[passage.index]
    harmless = odd.quiet and (passage.text.size >= _LARGE or block.tier == "messages")
    times = f" ({odd.count:,} places)" if odd.count > 1 and odd.id != "line-endings-changed" else ""
    cause = _passage_cause(
        request,
        passage,
        odd.id,
        odd.start,
        f"{capital(part_name(request.prefix, passage.index))} holds {odd.words}{times}: a reader does not "
        "see it, and an editor or a converter may change it.",
        severity="info" if harmless else "warning",
        sure=True,
        label="",
        count=odd.count,
        evidence="assumed",
    )
    fix = Fix(LINT_FIXES[odd.id], automatic=False)
    return replace(cause, fix=fix, code_points_after=code_points(odd.chars))


def _passage_cause(
    request: _Request,
    passage: _Passage,
    name: CauseId,
    byte: int,
    say: str,
    *,
    severity: Severity,
    sure: bool,
    label: str,
    count: int,
    evidence: Evidence,
) -> Cause:
    """A cause at a byte of a text; inside a tool the bytes of its JSON are those of the prefix."""
    spot = passage.text.spot(byte)
    inside = byte if passage.plain else passage.text.escaped_before(byte)
    cause = set_up_cause(
        name,
        passage.where,
        say,
        tier=request.prefix.blocks[passage.index].tier,
        cache_byte=passage.cache_byte + inside,
        severity=severity,
        confidence="high" if sure else "medium",
        evidence=evidence,
        label=label,
        count=count,
        block=passage.index,
    )
    return replace(cause, block_byte=(None, byte), line=(None, spot.line), column=(None, spot.column))


def _behind_history(request: _Request) -> Iterator[Cause]:
    """A large marked block in the newest message, with answers before it (causes §2 E)."""
    blocks, last = request.prefix.blocks, request.last_message
    if request.single_turn:
        return
    newest = [n for n, block in enumerate(blocks) if _message(block) == last and block.kind != "setting"]
    for point in request.points:
        block = blocks[point]
        if point not in newest or block.role != "user" or block.kind in _UNSEEN:
            continue
        asked = point == newest[-1] and block.kind == "text"
        size = sum(blocks[n].content.size for n in newest if n <= point and blocks[n].kind not in _UNSEEN)
        if size < _LARGE or asked:
            continue
        yield set_up_cause(
            "context-behind-history",
            block_path(block.where),
            f"{capital(part_name(request.prefix, point))} stands behind the conversation: where it travels "
            "with the newest question, it is written anew each time and never read.",
            tier="messages",
            cache_byte=request.prefix.starts[point],
            severity="warning",
            confidence="medium",
            block=point,
        )


def _message(block: PrefixBlock) -> int:
    found = _MESSAGE.match(block.where)
    return int(found[1]) if found else -1


def _misplaced(request: _Request, causes: Sequence[Cause]) -> Iterator[Cause]:
    """Breakpoints that all stand behind what changes, with enough before it that a breakpoint could keep."""
    model, points = request.model, request.points
    if model is None or model.minimum is None or not points:
        return
    volatile = [c for c in causes if c.id in _CERTAIN and c.severity == "loss"]
    tokens = block_tokens(request.prefix, model.tokenizer)
    if volatile:
        index = min(cause.blocks[1] or 0 for cause in volatile)
        words, sure = "what changes in each request", True
    elif _one_question(request):
        index, words, sure = points[0], "the question", False
    else:
        return
    head = sum(tokens[:index])
    if head < model.minimum or (not sure and head < tokens[index]):
        return
    yield set_up_cause(
        "breakpoint-on-volatile-block",
        marker_at(request.prefix, request.markers, points[0]),
        f"Every breakpoint stands behind {words}: the {head:,} tokens before it are never read by a request "
        "that differs there.",
        tier=request.prefix.blocks[points[0]].tier,
        cache_byte=request.prefix.starts[points[0]],
        severity="warning",
        confidence="high" if sure else "medium",
        block=points[0],
    )


def _one_question(request: _Request) -> bool:
    """Whether the only breakpoint stands behind a text that ends a request without answers before it."""
    blocks, points = request.prefix.blocks, request.points
    last = len(blocks) - 1
    asked = blocks[last].tier == "messages" and blocks[last].kind == "text"
    return request.single_turn and asked and list(points) == [last]
