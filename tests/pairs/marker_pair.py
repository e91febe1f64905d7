"""Pairs of group A of the causes: nothing useful was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from pairs.conversation import NEWEST, Writer, assistant, mark, text, user
from pairs.exchange import cold, exchange, prompt_tokens, usage, warm
from pairs.request_pair import ALL, HEAD, Body, RequestPair, bare, sound
from pairs.tool_list import further_tool


def marker_pairs(seed: int) -> Iterator[RequestPair]:
    yield _unmarked(Writer(f"{seed} unmarked"))
    yield from _below_minimum(Writer(f"{seed} below"))
    yield from _too_many(seed)
    yield _siblings(Writer(f"{seed} siblings"))
    yield from _beyond_lookback(seed)
    yield _moved_back(Writer(f"{seed} back"))
    yield _stripped_ttl(Writer(f"{seed} ttl"))
    yield from _wrong_order(seed)
    yield from _not_allowed(seed)


def marker_twins(seed: int) -> Iterator[RequestPair]:
    yield _still_marked(Writer(f"{seed} marked"))
    yield _above_minimum(Writer(f"{seed} above"))
    yield _just_four(Writer(f"{seed} four"))
    yield _siblings_with_anchor(Writer(f"{seed} anchor"))
    yield from _within_lookback(seed)
    yield _moved_forward(Writer(f"{seed} forward"))
    yield from _kept_ttl(seed)
    yield _right_order(Writer(f"{seed} order"))
    yield _allowed(Writer(f"{seed} allowed"))


def _unmarked(writer: Writer) -> RequestPair:
    """The converter of the client lost every breakpoint."""
    before = writer.body()
    after = writer.grown(before)
    del after["cache_control"], after["tools"][-1]["cache_control"], after["system"][-1]["cache_control"]
    return bare("no-cache-control/lost", ("no-cache-control",), before, after, None, "miss", ())


def _still_marked(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    after["cache_control"]["ttl"] = "5m"
    return sound("twin: no-cache-control", before, after)


def _below_minimum(writer: Writer) -> Iterator[RequestPair]:
    """A short marked system, and a long prompt behind it that is not marked."""
    body: Body = {"model": "claude-opus-5", "max_tokens": 4096}
    body["system"] = [{**text(writer.shelf.cut(500)[:700]), "cache_control": mark()}]
    body["messages"] = [user(writer.document(9_000), text(writer.question()))]
    cause = ("below-min-tokens",)
    yield bare("below-min-tokens/bodies", cause, body, deepcopy(body), "system[0]", "miss", None)
    seen = usage(uncached=prompt_tokens(body))
    before, after = exchange(body, seen), exchange(deepcopy(body), seen, after=30)
    name = "below-min-tokens/usage"
    yield RequestPair(name, cause, "system[0]", before, after, effect="miss")


def _above_minimum(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    first, second = exchange(before, cold(before)), exchange(after, warm(before, after), after=30)
    return RequestPair("twin: below-min-tokens", (), None, first, second, effect="hit", survives=ALL)


def _too_many(seed: int) -> Iterator[RequestPair]:
    """The client marks the newest message, and forgets to remove the breakpoints of the history."""
    for automatic in (False, True):
        writer = Writer(f"{seed} too many {automatic}")
        before = writer.body("tail" if automatic else "early")
        after = writer.grown(before)
        for index in (2, 4) if automatic else (4, NEWEST + 2):
            after["messages"][index]["content"][-1]["cache_control"] = mark()
        name = f"too-many-breakpoints/{'with-automatic' if automatic else 'explicit'}"
        yield bare(name, ("too-many-breakpoints",), before, after, None, "rejected")


def _just_four(writer: Writer) -> RequestPair:
    before = writer.body()
    after = writer.grown(before)
    after["messages"][4]["content"][-1]["cache_control"] = mark()
    return sound("twin: too-many-breakpoints", before, after)


def _independent(writer: Writer) -> tuple[Body, Body]:
    """Two questions about the same instructions."""
    before: Body = {"model": "claude-opus-5", "max_tokens": 4096, "cache_control": mark()}
    before["system"] = [text(writer.shelf.cut(9_000)), text(writer.shelf.cut(6_000, "law"))]
    after = deepcopy(before)
    before["messages"] = [user(text(f"Classify this passage.\n\n{writer.shelf.cut(1_200)}"))]
    after["messages"] = [user(text(f"Classify this passage.\n\n{writer.shelf.cut(1_200)}"))]
    return before, after


def _siblings(writer: Writer) -> RequestPair:
    before, after = _independent(writer)
    cause = "breakpoint-on-volatile-block"
    return bare(f"{cause}/siblings", (cause,), before, after, None, "miss", (), tolerated=("text-edited",))


def _siblings_with_anchor(writer: Writer) -> RequestPair:
    before, after = _independent(writer)
    for body in (before, after):
        body["system"][-1]["cache_control"] = body.pop("cache_control")
    return bare("twin: breakpoint-on-volatile-block", (), before, after, None, "hit", None)


def _beyond_lookback(seed: int) -> Iterator[RequestPair]:
    """One step added more blocks than the search walks back."""
    writer = Writer(f"{seed} lookback")
    before = writer.body()
    after = _with_blocks(writer, before, 24)
    cause = ("lookback-window-exceeded",)
    yield bare("lookback-window-exceeded/blocks", cause, before, after, None, "partial", HEAD)
    writer = Writer(f"{seed} lookback turns")
    before = writer.body()
    after = writer.grown(before, 12)
    yield bare("lookback-window-exceeded/turns", cause, before, after, None, "partial", HEAD)


def _with_blocks(writer: Writer, before: Body, count: int) -> Body:
    after = deepcopy(before)
    blocks = [text(writer.shelf.cut(120)) for _ in range(count)]
    after["messages"] += [assistant(text(writer.shelf.cut(300))), user(*blocks)]
    return after


def _within_lookback(seed: int) -> Iterator[RequestPair]:
    writer = Writer(f"{seed} within lookback")
    before = writer.body()
    yield sound("twin: lookback-window-exceeded/blocks", before, _with_blocks(writer, before, 16))
    writer = Writer(f"{seed} parallel calls")
    before = writer.body()
    yield sound("twin: lookback-window-exceeded/parallel-calls", before, writer.looped(before, 25))


def _moved_back(writer: Writer) -> RequestPair:
    """A gateway planned the only breakpoint anew, far in front of the old one."""
    before = writer.body("none")
    after = writer.grown(before)
    before["messages"][NEWEST]["content"][-1]["cache_control"] = mark()
    after["messages"][2]["content"][-1]["cache_control"] = mark()
    return bare("breakpoint-moved/backward", ("breakpoint-moved",), before, after, None, "miss", ())


def _moved_forward(writer: Writer) -> RequestPair:
    before = writer.body("none")
    after = writer.grown(before)
    before["messages"][NEWEST]["content"][-1]["cache_control"] = mark()
    after["messages"][-1]["content"][-1]["cache_control"] = mark()
    return sound("twin: breakpoint-moved", before, after)


def _with_ttl(body: Body, ttl: str) -> Body:
    """The body with the same TTL at each of its breakpoints."""
    holders: list[dict[str, Any]] = [body, body["tools"][-1], body["system"][-1]]
    for holder in holders:
        holder["cache_control"] = mark(ttl)
    return body


def _stripped_ttl(writer: Writer) -> RequestPair:
    """One hour was asked for, five minutes were written, and the next request came ten minutes later."""
    before = _with_ttl(writer.body(), "1h")
    after = writer.grown(before)
    first, second = exchange(before, cold(before)), exchange(after, cold(after), after=600)
    causes = ("ttl-expired", "ttl-downgraded")
    return RequestPair("ttl-downgraded/by-a-gateway", causes, None, first, second, effect="miss", survives=())


def _kept_ttl(seed: int) -> Iterator[RequestPair]:
    writer = Writer(f"{seed} kept ttl")
    before = _with_ttl(writer.body(), "1h")
    times = {"--before-at": "2026-11-23T12:00:00Z", "--after-at": "2026-11-23T12:10:00Z"}
    yield sound("twin: ttl-downgraded/kept", before, writer.grown(before), options=times)
    writer = Writer(f"{seed} shorter ttl")
    before = _with_ttl(writer.body(), "1h")
    after = _with_ttl(writer.grown(before), "5m")
    yield sound("twin: ttl-downgraded/alone", before, after, harmless=("ttl-downgraded",))


def _wrong_order(seed: int) -> Iterator[RequestPair]:
    writer = Writer(f"{seed} wrong order")
    before = writer.body()
    after = writer.grown(before)
    after["cache_control"] = mark("1h")
    cause = ("ttl-order-wrong",)
    yield bare("ttl-order-wrong/automatic", cause, before, after, None, "rejected")
    writer = Writer(f"{seed} wrong order of system")
    before = writer.body()
    after = writer.grown(before)
    after["system"][-1]["cache_control"] = mark("1h")
    yield bare("ttl-order-wrong/system", cause, before, after, "system[2]", "rejected")


def _right_order(writer: Writer) -> RequestPair:
    before = _with_ttl(writer.body(), "1h")
    before["cache_control"] = mark("5m")
    return sound("twin: ttl-order-wrong", before, writer.grown(before))


def _on_thinking(after: Body) -> str:
    after["messages"][1]["content"][0]["cache_control"] = mark()
    return "messages[1].content[0]"


def _unknown_ttl(after: Body) -> str:
    after["system"][-1]["cache_control"] = mark("2h")
    return "system[2]"


def _unknown_type(after: Body) -> str:
    after["tools"][-1]["cache_control"] = {"type": "persistent"}
    return "tools[11]"


def _on_deferred_tool(after: Body) -> str:
    after["tools"][-1]["cache_control"] = mark()
    return "tools[12]"


def _on_empty_text(after: Body) -> str:
    after["messages"][-1]["content"].append({**text(""), "cache_control": mark()})
    return f"messages[{NEWEST + 2}].content[1]"


_FORBIDDEN: Mapping[str, Callable[[Body], str]] = {
    "thinking": _on_thinking,
    "unknown-ttl": _unknown_ttl,
    "unknown-type": _unknown_type,
    "deferred-tool": _on_deferred_tool,
    "empty-text": _on_empty_text,
}


def _not_allowed(seed: int) -> Iterator[RequestPair]:
    for name, forbid in _FORBIDDEN.items():
        writer = Writer(f"{seed} not allowed {name}")
        before = writer.body(thinking=name == "thinking")
        if name == "deferred-tool":
            before["tools"].append({**further_tool(), "defer_loading": True})
        after = writer.grown(before)
        where = forbid(after)
        cause = ("breakpoint-not-allowed",)
        yield bare(f"{cause[0]}/{name}", cause, before, after, where, "rejected")


def _allowed(writer: Writer) -> RequestPair:
    before = writer.body(thinking=True)
    after = writer.grown(before)
    after["messages"][1]["content"][1]["cache_control"] = mark()
    return sound("twin: breakpoint-not-allowed", before, after)
