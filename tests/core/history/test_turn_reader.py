"""Bodies that go on with each other are read as `read_json` reads them, and share their turns."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.history.turn_reader import TurnReader
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.prefix.canonical_prefix import KnownTurns, prefix_of
from coldbyte.core.prefix.record import BodyError

TEXTS = st.text(max_size=8) | st.just("é😀 “x” \\ ]},{") | st.just("long " * 300)
TURNS = st.lists(
    st.builds(
        lambda role, text: {"role": role, "content": text},
        st.sampled_from(["user", "assistant"]),
        TEXTS | TEXTS.map(lambda text: [{"type": "text", "text": text}]),
    ),
    max_size=6,
)
GAPS = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")])


def spelled(
    turns: list[Any], system: str, gaps: tuple[str, str] = (",", ":"), *, last: bool = False
) -> bytes:
    fields = {"model": "m", "system": system, "messages": turns, "max_tokens": 1}
    if last:
        fields["messages"] = fields.pop("messages")
    return json.dumps(fields, ensure_ascii=False, separators=gaps).encode()


def turns_of(fields: Any) -> list[Any]:
    return list(fields["messages"])


@given(st.lists(st.tuples(TURNS, TEXTS, GAPS, st.integers(0, 9)), min_size=1, max_size=5))
def test_a_body_is_read_as_it_is_whatever_was_read_before(bodies: list[Any]) -> None:
    reader, known = TurnReader(), KnownTurns()
    before: list[Any] = []
    for turns, system, gaps, kept in bodies:
        before = before[:kept] + turns
        wire = spelled(before, system, gaps, last=bool(kept % 2))
        fields, alone = reader.read(wire), read_json(wire)
        assert fields == alone
        assert list(fields) == list(alone)  # type: ignore[arg-type]
        shared = prefix_of(RequestBody(fields), turns=known)
        own = prefix_of(RequestBody(alone))  # type: ignore[arg-type]
        assert shared.blocks == own.blocks
        assert shared.keys == own.keys


@given(TURNS, GAPS, st.data())
@example([{"role": "user", "content": "é"}] * 3, (",", ":"), None)
def test_a_body_that_was_changed_anywhere_is_read_or_refused_as_it_is(
    turns: list[Any], gaps: tuple[str, str], data: Any
) -> None:
    reader = TurnReader()
    wire = spelled(turns, "s", gaps)
    reader.read(wire)
    for at in range(len(wire)) if data is None else [data.draw(st.integers(0, len(wire)))]:
        for put in (b"", b"]", b",", b'"', b"{", b' "messages":[],', b"\xff"):
            other = wire[:at] + put + wire[at + (data is not None) :]
            assert outcome(reader.read, other) == outcome(read_object, other)


def read_object(wire: bytes) -> Any:
    value = read_json(wire)
    if not hasattr(value, "items"):
        raise BodyError("", "expected an object")
    return value


def outcome(read: Any, wire: bytes) -> Any:
    try:
        return read(wire)
    except (JsonError, BodyError) as error:
        return str(error)


@pytest.mark.parametrize("gaps", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize("last", [False, True])
def test_turns_that_go_on_are_the_same_objects_and_others_are_not(gaps: tuple[str, str], last: bool) -> None:
    reader = TurnReader()
    turns = [{"role": "user", "content": [{"type": "text", "text": f"é {n}"}]} for n in range(6)]
    first = turns_of(reader.read(spelled(turns[:4], "s", gaps, last=last)))
    beside = turns_of(reader.read(spelled(turns[:2], "other", gaps, last=last)))
    again = turns_of(reader.read(spelled([*turns[:3], turns[5]], "s", gaps, last=last)))
    assert [one is two for one, two in zip(first, again, strict=True)] == [True, True, True, False]
    assert not any(one is two for one, two in zip(first, beside, strict=False))


def test_known_turns_know_them_by_where_they_stand() -> None:
    turn = {"role": "user", "content": "a"}
    known = KnownTurns()
    for turns in ([turn], [{"role": "user", "content": "b"}, turn]):
        prefix = prefix_of(RequestBody({"model": "m", "messages": turns}), turns=known)
        paths = [f"messages[{index}].content" for index in range(len(turns))]
        assert [block.where for block in prefix.blocks] == ["model", *paths]
