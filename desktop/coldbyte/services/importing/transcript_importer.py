"""Claude Code transcripts: the requests that a session sent, as far as its transcript tells.

The file is read twice: once to learn how its lines hang together, once more for what each request needs of
them, so that no more than an index and the text at hand lie in memory.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from coldbyte.core.capture import read_time
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, compact, is_array
from coldbyte.core.rule.leftover import counted
from coldbyte.core.text.text import Text
from coldbyte.services.importing.exchange_maker import Conversation, RawExchange, make_exchange
from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.planted_secret import without_keys
from coldbyte.services.importing.response_body import answer_of
from coldbyte.services.importing.source import BOM, Line, lines
from coldbyte.services.importing.transcript_line import TranscriptLine, TranscriptTree, Turn, results_of

_BEGINS = re.compile(rb'\{"(?:parentUuid|leafUuid|isSidechain|uuid|sessionId|parent_tool_use_id)"\s*:')
_MARKS = ("uuid", "parentUuid", "sessionId", "session_id", "leafUuid", "snapshot", "isSidechain")
_KEPT = 64 * 1024 * 1024  # bytes of messages that stay in memory
_SYNTHETIC = "<synthetic>"
_LIMITS = (
    "A transcript holds the conversation and nothing else of a request: no system prompt, no tools, no "
    "breakpoints. So only the conversation is compared; usage and diagnostics are those of the API."
)
_OF_TYPE = {
    "attachment": "what was sent for it is not in the transcript",
    "system/compact_boundary": "there the conversation was compacted, and begins anew with its summary",
    "system/api_error": "there a request failed and was sent once more",
}


class TranscriptImporter:
    """Makes an exchange of each response, with the conversation above it as its request."""

    name = "Claude Code transcript"

    def fits(self, head: bytes, file_name: str) -> bool:  # noqa: ARG002
        """Whether lines of a transcript stand here."""
        first, _, rest = head.removeprefix(BOM).lstrip().partition(b"\n")
        if not first.startswith(b"{"):
            return False
        try:
            fields = read_json(first)
        except JsonError:
            return (
                _BEGINS.match(first) is not None or re.search(rb"(?m)^" + _BEGINS.pattern, rest) is not None
            )
        return isinstance(fields, Mapping) and "type" in fields and any(name in fields for name in _MARKS)

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """The exchanges in the order of their responses, then what was left out."""
        index = _Index(file_name)
        for line in lines(stream):
            yield from index.take(line)
        if not index.tree.lines:
            raise ImportTroubleError(
                "There is no message in this transcript.", "Choose the transcript of another session."
            )
        if index.tree.responses:
            yield Remark(file_name, _LIMITS, "finding")
        messages, conversation = _Messages(stream), Conversation()
        for response in list(index.tree.responses.values()):
            yield from _exchange(index.tree, response, messages, conversation, file_name)
        yield from index.left_out()


class _Index:
    """What the first reading finds."""

    def __init__(self, file_name: str) -> None:
        self.tree = TranscriptTree()
        self._file_name = file_name
        self._others: Counter[str] = Counter()
        self._repeated = self._failed = 0
        self._kept_segments = 0
        self._last: dict[str, str] = {}

    def take(self, line: Line) -> Iterator[Remark]:
        """Take in a line, or say what is wrong with it."""
        place = f"{self._file_name}:{line.number}"
        if line.data is None:
            yield Remark(place, f"A line of {line.size:,} bytes is too long.", "unknown", line.number)
            return
        data = line.data.removeprefix(BOM)
        if not data.strip():
            return
        try:
            fields = read_json(data)
        except JsonError as error:
            say = f"Not understood at byte {line.byte + error.byte:,}: expected {error.expected}."
            yield Remark(place, say, "unknown", line.number)
            return
        if not isinstance(fields, Mapping):
            yield Remark(place, "Not understood: the line is no object.", "unknown", line.number)
            return
        self._add(line, fields)

    def left_out(self) -> Iterator[Remark]:
        """What was not made an exchange, each kind once."""
        for name, count in sorted(self._others.items()):
            why = _OF_TYPE.get(name, "no part of a request")
            yield Remark(self._file_name, f"{counted(count, 'line')} of the type “{name}”: {why}.", "unknown")
        if self._failed:
            say = (
                f"Requests that failed stand in {counted(self._failed, 'line')}; what they sent is not known."
            )
            yield Remark(self._file_name, say, "unknown")
        if self._repeated:
            say = f"Read once: {counted(self._repeated, 'line')} of what stands there more than once."
            yield Remark(self._file_name, say, "finding")
        if self._kept_segments:
            say = (
                "A compaction kept some messages as they were; the requests behind it are shown without them."
            )
            yield Remark(self._file_name, say, "finding")

    def _add(self, line: Line, fields: Mapping[str, Json]) -> None:
        kind = _string(fields.get("type"))
        message = _object(fields.get("message"))
        session = self._session(line, fields)
        key = _string(fields.get("uuid")) or f"line {line.number}"
        above = _string(fields.get("parentUuid")) or None
        if above is None and "parentUuid" not in fields:
            above = self._last.get(session)
        failed = fields.get("isApiErrorMessage") is True or message.get("model") == _SYNTHETIC
        self._failed += failed
        sent = kind in ("user", "assistant") and not failed and self._is_sent(fields, message)
        if not sent and not failed:
            subtype = _string(fields.get("subtype"))
            self._others[without_keys(f"{kind or '?'}/{subtype}" if subtype else kind or "?")[:60]] += 1
            metadata = _object(fields.get("compactMetadata"))
            self._kept_segments += "preservedSegment" in metadata or "preservedMessages" in metadata
        if not _string(fields.get("uuid")) and not sent:
            return
        known = TranscriptLine(
            line.number,
            line.byte,
            len(line.data or b""),
            ("assistant" if kind == "assistant" else "user") if sent else "aside",
            key,
            above,
            session,
            _string(message.get("id")) if kind == "assistant" else "",
            results_of(message.get("content")) if kind == "user" else (),
            _time(fields.get("timestamp")),
            fields.get("isCompactSummary") is True,
            _string(fields.get("requestId")),
        )
        self._last[session] = key
        self._repeated += not self.tree.add(known)

    def _is_sent(self, fields: Mapping[str, Json], message: Mapping[str, Json]) -> bool:
        if fields.get("isVisibleInTranscriptOnly") is True and fields.get("isCompactSummary") is not True:
            return False
        if fields.get("type") == "assistant":
            return bool(_string(message.get("id"))) and bool(_string(message.get("model")))
        return "content" in message

    def _session(self, line: Line, fields: Mapping[str, Json]) -> str:
        """The conversation: of a subagent its own, which older transcripts tell by the line above only."""
        session = _string(fields.get("sessionId")) or _string(fields.get("session_id"))
        agent = _string(fields.get("agentId")) or _string(fields.get("parent_tool_use_id"))
        if agent:
            return f"{session}/{agent}"
        if fields.get("isSidechain") is not True:
            return session
        above = self.tree.lines.get(_string(fields.get("parentUuid")))
        if above is not None and above.session != session:
            return above.session
        return f"{session}/{_string(fields.get('uuid')) or line.number}"


class _Messages:
    """Messages of lines, read again from the file; the newest stay in memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._kept: OrderedDict[str, tuple[Json, int]] = OrderedDict()
        self._size = 0

    def of(self, line: TranscriptLine) -> Mapping[str, Json]:
        """The message of a line."""
        found = self._kept.pop(line.key, None)
        if found is None:
            self._stream.seek(line.byte)
            data = _exactly(self._stream, line.size).removeprefix(BOM)
            fields = read_json(data)
            found = _object(fields).get("message"), line.size
            self._size += line.size
        self._kept[line.key] = found
        while self._size > _KEPT and len(self._kept) > 1:
            _, (_, size) = self._kept.popitem(last=False)
            self._size -= size
        return _object(found[0])


def _exactly(stream: BinaryIO, size: int) -> bytes:
    parts: list[bytes] = []
    while size and (block := stream.read(size)):
        parts.append(block)
        size -= len(block)
    return b"".join(parts)


def _exchange(
    tree: TranscriptTree,
    response: list[TranscriptLine],
    messages: _Messages,
    conversation: Conversation,
    file_name: str,
) -> Iterator[KeptExchange | Remark]:
    turns = tree.request_of(response)
    place = f"{file_name}:{response[0].number}"
    try:
        asked = [_message(turn, messages) for turn in turns]
        whole = _response(response, messages)
    except JsonError:
        say = "The transcript was changed while it was read."
        raise ImportTroubleError(say, "Import it again.", line=response[0].number) from None
    if not asked or asked[-1]["role"] != "user":
        say = "A response whose question does not stand in the transcript."
        yield Remark(place, say, "unknown", response[0].number)
        return
    received = compact(whole).encode("utf-8", "replace")
    times = [line.at for line in response if line.at is not None]
    questions = [line.at for line in turns[-1].lines if line.at is not None]
    yield from make_exchange(
        RawExchange(
            compact({"model": whole["model"], "messages": asked}).encode("utf-8", "replace"),
            place,
            response_headers=[("request-id", line.request) for line in response[:1] if line.request],
            received=received,
            answer=answer_of(whole),
            started_at=max(questions, default=None),
            ended_at=max(times, default=None),
            conversation=response[0].session,
            scope="",
            line=response[0].number,
            wire_known=False,
            complete=False,
        ),
        conversation,
    )


def _message(turn: Turn, messages: _Messages) -> dict[str, Json]:
    """One message of a request; a string stays one where it stands alone."""
    contents = [messages.of(line).get("content") for line in turn.lines]
    if len(contents) == 1 and isinstance(contents[0], (str, Text)):
        return {"role": turn.role, "content": contents[0]}
    return {"role": turn.role, "content": _blocks(contents)}


def _blocks(contents: Sequence[Json]) -> list[Json]:
    blocks: list[Json] = []
    for content in contents:
        if isinstance(content, (str, Text)):
            blocks.append({"type": "text", "text": content})
        elif is_array(content):
            blocks += content
    return blocks


def _response(response: list[TranscriptLine], messages: _Messages) -> dict[str, Json]:
    """The message of a response: the blocks of all its lines, usage and end as the last one tells them."""
    parts = [messages.of(line) for line in response]
    whole: dict[str, Json] = {**parts[0]}
    for part in parts:
        whole |= {name: value for name, value in part.items() if value is not None}
    whole["content"] = _blocks([part.get("content") for part in parts])
    return whole


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _string(value: Json) -> str:
    return str(value) if isinstance(value, (str, Text)) else ""


def _time(value: Json) -> float | None:
    try:
        return read_time(_string(value))
    except ValueError:
        return None
