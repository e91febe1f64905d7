"""The lock: stable, without text, and broken by every change of the agreed prefix."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.json.reader import read_json
from coldbyte.core.lock import Change, breach_of, lock_of, lock_value, read_lock
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError

MARKER = {"cache_control": {"type": "ephemeral"}}
LONGER = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}


def text(chars: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": chars, **more}


def prefix(*system: dict[str, Any], question: str = "Why?", **more: Any) -> Prefix:
    messages = [{"role": "user", "content": question}]
    body = {"model": "claude-opus-5", "system": list(system), "messages": messages, **more}
    return prefix_of(RequestBody(json.loads(json.dumps(body))))


AGREED = prefix(text("Rules."), text("The law.", **LONGER), text("Names: a, b", **MARKER))


def test_a_lock_is_agreed_up_to_the_last_breakpoint() -> None:
    lock = lock_of(AGREED)
    assert [block.where for block in lock.blocks] == [
        *("model", "system[0].text", "system[1].text", "system[2].text")
    ]
    assert [block.ttl for block in lock.blocks] == [None, None, "1h", "5m"]
    assert lock.size == AGREED.stored
    assert len(lock_of(AGREED, 1).blocks) == 3


def test_a_lock_needs_a_breakpoint() -> None:
    with pytest.raises(ValueError, match="no breakpoint"):
        lock_of(prefix(text("x")))
    for number in (0, 3, -1):
        with pytest.raises(ValueError, match=f"2 breakpoints: there is no number {number}"):
            lock_of(AGREED, number)


def test_a_lock_holds_no_text_and_reads_back() -> None:
    value = lock_value(lock_of(AGREED))
    printed = json.dumps(value)
    for word in ("Rules", "law", "Names", "Why"):
        assert word not in printed
    assert read_lock(read_json(printed.encode())) == lock_of(AGREED)


def test_what_follows_the_agreed_prefix_is_free() -> None:
    same = prefix(text("Rules."), text("The law.", **LONGER), text("Names: a, b", **MARKER), question="Who?")
    more = prefix(text("Rules."), text("The law.", **LONGER), text("Names: a, b", **MARKER), text("Today"))
    for other in (AGREED, same, more):
        assert breach_of(lock_of(AGREED), other) is None


@pytest.mark.parametrize(
    ("system", "change", "index"),
    [
        ([text("Rule."), text("The law.", **LONGER), text("Names: a, b", **MARKER)], "changed", 1),
        ([text("Rules."), text("The\u00a0law.", **LONGER), text("Names: a, b", **MARKER)], "unseen", 2),
        ([text("Rules."), text("The law.\r\n", **LONGER), text("Names: a, b", **MARKER)], "unseen", 2),
        (
            [text("N"), text("Rules."), text("The law.", **LONGER), text("Names: a, b", **MARKER)],
            "inserted",
            1,
        ),
        ([text("The law.", **LONGER), text("Names: a, b", **MARKER)], "removed", 1),
        ([text("Rules."), text("The law.", **MARKER), text("Names: a, b", **MARKER)], "breakpoint", 2),
        ([text("Rules."), text("The law."), text("Names: a, b", **MARKER)], "breakpoint", 2),
        ([text("Rules."), text("The law.", **LONGER), text("Names: a, b")], "breakpoint", 3),
    ],
)
def test_a_change_is_named_and_placed(system: list[dict[str, Any]], change: Change, index: int) -> None:
    other = prefix(*system)
    breach = breach_of(lock_of(AGREED), other)
    assert breach is not None
    assert (breach.change, breach.index) == (change, index)
    if change != "breakpoint":
        data, old = other.encode(), AGREED.encode()
        assert data[: breach.start] == old[: breach.start]
        assert data[breach.start : breach.stop] != old[breach.start :][: breach.stop - breach.start]


def test_another_model_and_an_early_end_are_named() -> None:
    lock = lock_of(AGREED)
    breach = breach_of(lock, prefix(text("Rules."), model="claude-haiku-4-5"))
    assert breach is not None
    assert breach.change == "model"
    lock = lock_of(
        prefix(text("Rules.", **MARKER), messages=[{"role": "user", "content": [text("q", **MARKER)]}])
    )
    breach = breach_of(lock, prefix(text("Rules.", **MARKER), messages=[]))
    assert breach is not None
    assert breach.change in ("missing", "changed", "removed")


@given(
    before=st.lists(st.sampled_from("aAb \u00a0"), min_size=1),
    after=st.lists(st.sampled_from("aAb \u00a0"), min_size=1),
)
def test_a_lock_breaks_exactly_where_the_prefix_does(before: list[str], after: list[str]) -> None:
    old, new = (prefix(text("".join(chars), **MARKER)) for chars in (before, after))
    breach = breach_of(lock_of(old), new)
    assert (breach is None) == new.encode().startswith(old.encode()[: old.stored])


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (b"[]", "schema"),
        (b'{"schema":"coldbyte.lock/2"}', "schema"),
        (b'{"schema":"coldbyte.lock/1","blocks":[]}', "blocks"),
        (b'{"schema":"coldbyte.lock/1","blocks":[1],"model":"m"}', "blocks[0]"),
        (b'{"schema":"coldbyte.lock/1","blocks":[{"bytes":1}],"model":"m"}', "blocks[0].where"),
        (b'{"schema":"coldbyte.lock/1","blocks":[{"bytes":-1}],"model":"m"}', "blocks[0].bytes"),
        (b'{"schema":"coldbyte.lock/1","blocks":[{"bytes":1,"ttl":"2h"}],"model":"m"}', "blocks[0].ttl"),
    ],
)
def test_what_is_no_lock_is_said_with_its_place(value: bytes, path: str) -> None:
    with pytest.raises(BodyError) as found:
        read_lock(read_json(value))
    assert found.value.path == path
