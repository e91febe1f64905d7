"""Pairs of groups F and G of the causes: equal bytes, and what times, scope, route and usage tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from pairs.conversation import Writer, assistant, mark, text, user
from pairs.exchange import cold, exchange, head_tokens, prompt_tokens, usage, warm
from pairs.request_pair import ALL, HEAD, Body, Effect, Exchange, RequestPair, bare, sound, wire

_FIRST, _SECOND = "msg_01Xa7c3vTqLmZp9RkWd4HsYb", "msg_01Kq2v8nBtYw5JdXs7GhPzMe"

_OTHER_STREAM = (
    "tool-set-changed",
    "text-edited",
    "block-inserted",
    "block-removed",
    "block-boundaries-changed",
)


def time_pairs(seed: int) -> Iterator[RequestPair]:
    yield from _expired(seed)
    yield _overlapping(Writer(f"{seed} overlap"))
    yield from _elsewhere(seed)
    yield _unexplained(Writer(f"{seed} gone"))
    yield from _rewritten_on_the_way(seed)
    yield _messages_first_on_vertex(Writer(f"{seed} vertex"))
    yield _thinking_dropped_by_api(Writer(f"{seed} dropped"), "claude-haiku-4-5", ("api-dropped-thinking",))
    yield _side_task(Writer(f"{seed} side"))
    yield from _misreported(seed)


def time_twins(seed: int) -> Iterator[RequestPair]:
    yield _warm("twin: ttl-expired", Writer(f"{seed} soon"), gap=200)
    yield _one_after_the_other(Writer(f"{seed} in turn"))
    yield _warm("twin: cache-scope-changed", Writer(f"{seed} scope"), headers={"request-id": "req_011CSHoE"})
    yield _warm(
        "twin: backend-changed", Writer(f"{seed} route"), first_id="msg_bdrk_01A", second_id="msg_bdrk_01B"
    )
    yield _warm("twin: no-visible-cause", Writer(f"{seed} found"), gap=20)
    yield _warm("twin: gateway-rewrote-request", Writer(f"{seed} direct"))
    yield _messages_first_elsewhere(Writer(f"{seed} order"))
    yield _thinking_dropped_by_api(Writer(f"{seed} kept"), "claude-opus-5", ())
    yield _same_stream(Writer(f"{seed} stream"))
    yield _warm("twin: usage-misreported", Writer(f"{seed} usage"))


def _timed(
    cause: str, name: str, before: Exchange, after: Exchange, effect: Effect | None, survives: Any = None
) -> RequestPair:
    return RequestPair(name, (cause,), None, before, after, effect=effect, survives=survives)


def _missed(
    cause: str, variant: str, seed: int, first: Mapping[str, Any], second: Mapping[str, Any]
) -> RequestPair:
    """Equal bytes, a turn more, nothing read; both mappings tell how the exchanges came about."""
    writer = Writer(f"{seed} {cause} {variant}")
    before = writer.body()
    after = writer.grown(before)
    one = exchange(before, cold(before), **{"message_id": _FIRST, **first})
    two = exchange(after, cold(after), **{"after": 30, "message_id": _SECOND, **second})
    return _timed(cause, f"{cause}/{variant}", one, two, "miss", ())


def _warm(
    name: str,
    writer: Writer,
    *,
    gap: float = 30,
    headers: Mapping[str, str] | None = None,
    first_id: str = _FIRST,
    second_id: str = _SECOND,
) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    first = exchange(before, cold(before), message_id=first_id)
    second = exchange(after, warm(before, after), after=gap, message_id=second_id, headers=headers)
    return RequestPair(name, (), None, first, second, effect="hit", survives=ALL)


def _expired(seed: int) -> Iterator[RequestPair]:
    cause = "ttl-expired"
    yield _missed(cause, "all", seed, {}, {"after": 412})
    writer = Writer(f"{seed} tail expired")
    before = writer.body()
    for holder in (before["tools"][-1], before["system"][-1]):
        holder["cache_control"] = mark("1h")
    after = writer.grown(before)
    head = head_tokens(before)
    wrote = usage(written=prompt_tokens(before) - head - 4, written_1h=head)
    read = usage(read=head, written=prompt_tokens(after) - head - 4)
    first, second = exchange(before, wrote), exchange(after, read, after=412)
    yield _timed(cause, "ttl-expired/tail", first, second, "partial", HEAD)
    writer = Writer(f"{seed} lunch")
    before = writer.body()
    after = writer.grown(before)
    times = {"--before-at": "2026-11-23T12:00:00Z", "--after-at": "2026-11-23T12:45:00Z"}
    yield bare("ttl-expired/bodies", (cause,), before, after, None, "miss", (), options=times)


def _overlapping(writer: Writer) -> RequestPair:
    """The second request left half a second after the first."""
    body = writer.body()
    first = exchange(body, cold(body), message_id=_FIRST)
    second = exchange(deepcopy(body), cold(body), after=0.5, message_id=_SECOND)
    return _timed("concurrent-cold-start", "concurrent-cold-start", first, second, "miss", ())


def _one_after_the_other(writer: Writer) -> RequestPair:
    body = writer.body()
    first = exchange(body, cold(body), message_id=_FIRST)
    second = exchange(deepcopy(body), warm(body, body), after=30, message_id=_SECOND)
    return RequestPair("twin: concurrent-cold-start", (), None, first, second, effect="hit", survives=ALL)


def _elsewhere(seed: int) -> Iterator[RequestPair]:
    yield _missed("cache-scope-changed", "key", seed, {"scope": "workspace-a"}, {"scope": "workspace-b"})
    yield _missed(
        "cache-scope-changed",
        "organisation",
        seed,
        {"scope": None, "headers": {"anthropic-organization-id": "6f1d0c52-8d5e-4f0c-9a35-07b1f2f3c001"}},
        {"scope": None, "headers": {"anthropic-organization-id": "b93e2a77-1c44-4b0e-8f61-5d2a9e7cd002"}},
    )
    yield _missed(
        "backend-changed", "provider", seed, {}, {"message_id": "msg_bdrk_01Kq2v8nBtYw5JdXs7GhPzMe"}
    )
    yield _missed("backend-changed", "vertex", seed, {"message_id": "msg_vrtx_01Xa7c3vTqLmZp9RkWd4HsYb"}, {})


def _unexplained(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    first = exchange(before, cold(before), message_id=_FIRST)
    second = exchange(after, cold(after), after=20, message_id=_SECOND)
    return _timed("no-visible-cause", "no-visible-cause", first, second, "miss", ())


def _rewritten_on_the_way(seed: int) -> Iterator[RequestPair]:
    """The counters are impossible for the bodies that were captured."""
    cause = "gateway-rewrote-request"
    writer = Writer(f"{seed} writes without breakpoints")
    before = writer.body("none")
    after = writer.grown(before)
    first, second = exchange(before, cold(before)), exchange(after, cold(after), after=30, message_id=_SECOND)
    yield RequestPair(
        f"{cause}/unasked-writes", (cause,), None, first, second, tolerated=("no-cache-control",)
    )
    writer = Writer(f"{seed} stripped")
    before = writer.body()
    after = writer.grown(before)
    nothing = usage(uncached=prompt_tokens(after))
    first, second = exchange(before, cold(before)), exchange(after, nothing, after=30, message_id=_SECOND)
    yield _timed(cause, f"{cause}/stripped", first, second, "miss", ())


def _messages_first(body: Body) -> Body:
    rest = {key: value for key, value in body.items() if key not in ("messages", "model", "max_tokens")}
    return {key: body[key] for key in ("model", "max_tokens", "messages")} | rest


def _messages_first_on_vertex(writer: Writer) -> RequestPair:
    """A client in Go sorts the keys; on Vertex the messages then stand before tools and system."""
    before = _messages_first(writer.body())
    after = writer.grown(before)
    first = exchange(before, cold(before), message_id="msg_vrtx_01Xa7c3vTqLmZp9RkWd4HsYb")
    second = exchange(after, cold(after), after=30, message_id="msg_vrtx_01Kq2v8nBtYw5JdXs7GhPzMe")
    for one in (first, second):
        one["request_raw"] = wire(one["request"]).decode()
    return _timed("vertex-body-order", "vertex-body-order", first, second, "miss", ())


def _messages_first_elsewhere(writer: Writer) -> RequestPair:
    before = writer.body()
    return sound("twin: vertex-body-order", before, _messages_first(writer.grown(before)))


def _thinking_dropped_by_api(writer: Writer, model: str, causes: tuple[str, ...]) -> RequestPair:
    """A question after a round of tools: some models then lose the thinking of that round."""
    before = writer.body(thinking=True, model=model)
    if causes:
        before["thinking"] = {"type": "enabled", "budget_tokens": 2048}
    before["system"][1] = text(writer.shelf.cut(20_000))
    del before["messages"][3:]
    after = writer.grown(before)
    if causes:
        return bare(causes[0], causes, before, after, "messages[1]", "partial", HEAD)
    return sound("twin: api-dropped-thinking", before, after)


def _side_task(writer: Writer) -> RequestPair:
    """Between two turns the client lets the conversation be named."""
    before = writer.body()
    after: Body = {"model": before["model"], "max_tokens": 64, "cache_control": mark()}
    after["system"] = [
        text("Name the conversation in at most five words.\n\n" + writer.shelf.cut(4_000, "law"))
    ]
    after["messages"] = [user(text(f"Which title fits?\n\n{writer.shelf.cut(7_000)}"))]
    cause = ("wrong-predecessor",)
    return bare(cause[0], cause, before, after, None, "miss", (), tolerated=_OTHER_STREAM)


def _same_stream(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    after["messages"] += [assistant(text(writer.shelf.cut(200))), user(text("Which title fits this talk?"))]
    return sound("twin: wrong-predecessor", before, after)


def _misreported(seed: int) -> Iterator[RequestPair]:
    cause = "usage-misreported"
    writer = Writer(f"{seed} no counters")
    before = writer.body()
    after = writer.grown(before)
    bare_usage = {"input_tokens": prompt_tokens(after), "output_tokens": 412}
    first, second = exchange(before, cold(before)), exchange(after, bare_usage, after=30, message_id=_SECOND)
    yield _timed(cause, f"{cause}/fields-missing", first, second, None)
    writer = Writer(f"{seed} sums")
    before = writer.body()
    after = writer.grown(before)
    wrong = cold(after)
    wrong["cache_creation"] = {"ephemeral_5m_input_tokens": 120, "ephemeral_1h_input_tokens": 0}
    first, second = exchange(before, cold(before)), exchange(after, wrong, after=30, message_id=_SECOND)
    yield _timed(cause, f"{cause}/sums", first, second, None)
