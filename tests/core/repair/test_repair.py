"""Repairs over all realistic pairs: what is repaired is proved, and nothing else changes."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldbyte.core.capture import Capture, read_capture, read_time
from coldbyte.core.json.place import find_place
from coldbyte.core.json.reader import JsonError
from coldbyte.core.json.value import compact
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.repair.remedy import AUTOMATIC, repairable
from coldbyte.core.repair.repair import Repair, repair
from coldbyte.core.repair.text_repair import CARRIED, MEANINGLESS
from coldbyte.core.rule.inquiry import inquire
from coldbyte.core.rule.report import Report
from core.mended import CATALOGUE, NOW, body, repaired, spelled, strings, text, wired, words
from core.request_tree import BODIES, mutated
from pairs.cause_pair import cause_pairs
from pairs.harmless_pair import harmless_pairs
from pairs.minimal_pair import minimal_pairs
from pairs.mixture import mixtures
from pairs.request_pair import RequestPair, files

LARGE = {pair.name: pair for pair in (*cause_pairs(), *mixtures())}
PAIRS = {**LARGE, **{f"minimal {pair.name}": pair for pair in minimal_pairs()}}
ABLE = [name for name, pair in LARGE.items() if set(pair.causes) <= AUTOMATIC]
NOT_POSSIBLE = {  # why
    "block-inserted/turn": "an answer of Claude can't move to a message of the user",
    "block-inserted/system": "instructions can't move to a message of the user",
    "ttl-downgraded/by-a-gateway": "both bodies ask for an hour",
    "wrong-predecessor": "nothing of another conversation is to come back",
}
STILL_REFUSED = {"breakpoint-not-allowed/empty-text": "the empty text is refused by itself"}
_RESTORED = {"block-removed", "blocks-reordered", "tools-reordered", "empty-block-dropped", "block-inserted"}
KEPT = CARRIED | _RESTORED  # causes of which the repair loses no word of AFTER


def captures(pair: RequestPair) -> tuple[Capture, Capture]:
    before, after = (read_capture(data) for data in files(pair))
    times = [
        read_time(pair.options[option]) if option in pair.options else side.started_at
        for option, side in (("--before-at", before), ("--after-at", after))
    ]
    return replace(before, started_at=times[0]), replace(after, started_at=times[1])


@cache
def asked(name: str) -> tuple[Report, Repair]:
    report = inquire(*captures(PAIRS[name]), CATALOGUE, now=NOW)
    return report, repair(report, CATALOGUE, now=NOW)


def body_of(data: bytes) -> Any:
    tree = json.loads(data)
    return tree.get("request", tree)


@pytest.mark.parametrize("name", PAIRS)
def test_the_proof_compares_the_repaired_body_and_shows_none_of_what_was_done(name: str) -> None:
    report, found = asked(name)
    body_of(found.body)
    assert found.proof.after.body.source is not None
    assert found.proof.after.body.source.data == found.body
    still = {(cause.id, cause.where_before) for cause in found.proof.causes if cause.where_before}
    assert not still & {(cause.id, cause.where_before) for cause in found.done}
    assert {cause.id for cause in found.done} <= AUTOMATIC
    told = [cause.id for cause in (*found.done, *found.left)]
    assert all(cause.id in told for cause in report.causes)
    if report.after.response is None:
        assert not {cause.id for cause in found.proof.causes} - {cause.id for cause in found.left}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_automatic_is_done_and_nothing_else_is(name: str) -> None:
    report, found = asked(name)
    done = [cause.id for cause in report.causes if cause in found.done]
    if name in NOT_POSSIBLE:
        assert not done
        assert not repairable(report)
        return
    assert done == [cause.id for cause in report.causes if cause.id in AUTOMATIC]
    assert [cause for cause in repairable(report) if cause.id in AUTOMATIC] == [
        cause for cause in report.causes if cause in found.done
    ]


@pytest.mark.parametrize("name", ABLE)
def test_where_all_causes_are_automatic_the_repaired_request_is_a_hit(name: str) -> None:
    if name not in NOT_POSSIBLE:
        assert asked(name)[1].proof.effect == ("rejected" if name in STILL_REFUSED else "hit")


@pytest.mark.parametrize("name", LARGE)
def test_a_request_without_an_automatic_cause_stays_as_it_is(name: str) -> None:
    if not set(LARGE[name].causes) & AUTOMATIC or name in NOT_POSSIBLE:
        report, found = asked(name)
        assert report.after.body.source is not None
        data, start = report.after.body.source.data, report.after.body.source.start
        assert found.body in (data, data[slice(*find_place(data, "", start))])
        assert found.left == report.causes
        assert not found.done


@pytest.mark.parametrize("name", [name for name in ABLE if set(LARGE[name].causes) <= KEPT])
def test_no_word_of_the_request_is_lost(name: str) -> None:
    _, found = asked(name)
    assert not words(body_of(files(LARGE[name])[1])) - words(body_of(found.body))


@pytest.mark.parametrize("name", [name for name in ABLE if set(LARGE[name].causes) <= MEANINGLESS])
def test_places_that_no_cause_names_keep_their_bytes(name: str) -> None:
    """Also where the sender spells JSON in an odd way."""
    before, after = files(LARGE[name])
    for sent in (after, json.dumps(json.loads(after), indent=1).encode()):
        report = inquire(read_capture(before), read_capture(sent), CATALOGUE, now=NOW)
        found = repair(report, CATALOGUE, now=NOW)
        assert found.proof.effect == "hit"
        named = {cause.where for cause in found.done}
        assert without(found.body, named) == without(sent, named)


def without(data: bytes, named: set[str]) -> bytes:
    """The bytes outside of the values at some paths."""
    for start, stop in sorted((find_place(data, path) for path in named), reverse=True):
        data = data[:start] + data[stop:]
    return data


@pytest.mark.parametrize("pair", harmless_pairs(40), ids=lambda pair: pair.name)
def test_a_hit_is_left_alone(pair: RequestPair) -> None:
    report = inquire(*captures(pair), CATALOGUE, now=NOW)
    found = repair(report, CATALOGUE, now=NOW)
    assert not found.done
    assert not found.left
    assert json.loads(found.body) == body_of(files(pair)[1])


def test_repairing_twice_changes_nothing_more() -> None:
    for name in ABLE[::7]:
        report, found = asked(name)
        again = repair(
            inquire(report.before, replace(report.after, body=found.proof.after.body), CATALOGUE, now=NOW),
            CATALOGUE,
            now=NOW,
        )
        assert again.body == found.body
        assert not again.done


def test_of_an_exchange_the_body_alone_is_written_and_the_old_answer_proves_nothing() -> None:
    before, after = body("q1"), body("q1", "a1", "q2")
    after["system"] = [text(before["system"][0]["text"] + "\u00a0")]
    usage = {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 900, "input_tokens": 3}
    exchange = wired({"request": after, "response": {"id": "msg_1", "usage": usage}})
    found = repaired(before, exchange)
    assert json.loads(found.body) == {**after, "system": before["system"]}
    assert [cause.id for cause in found.done] == ["invisible-char-changed"]
    assert found.proof.how == "estimated"


def test_white_space_around_a_body_stays() -> None:
    before, after = body("q1"), body("q1\u200b", "a1", "q2")
    found = repaired(before, b"\n " + wired(after) + b"\r\n")
    assert found.body == b"\n " + wired(body("q1", "a1", "q2")) + b"\r\n"


def test_what_is_not_automatic_is_left_beside_what_is_done() -> None:
    before = body("What does it say?")
    after = body(
        "What does it say?\u00a0", "a1", "q2", system=[text(before["system"][0]["text"] + "New rule.")]
    )
    found = repaired(before, after)
    assert [cause.id for cause in found.left] == ["text-edited"]
    assert [cause.id for cause in found.done] == ["invisible-char-changed"]
    assert json.loads(found.body)["messages"][0] == before["messages"][0]
    assert json.loads(found.body)["system"] == after["system"]


CHANGES: tuple[Callable[[str], str], ...] = (
    lambda words: words.replace(" ", "\u00a0"),
    lambda words: words.replace(" ", "\u00a0", 1),
    lambda words: words.replace(" ", "  "),
    lambda words: words.replace("\n", "\r\n"),
    lambda words: unicodedata.normalize("NFD", words),
    lambda words: words.replace("o", "o\u200b"),
    lambda words: words.strip() + "\n",
)
WORDS = st.lists(
    st.sampled_from(
        ["plain words", "café", "no\nmore\n", ' say "so"', "\\u0041 \\", "Größe 10 m", "😀 ok", "\t"]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


@settings(max_examples=60)
@given(st.data(), st.lists(WORDS, min_size=3, max_size=3), st.lists(st.sampled_from(CHANGES), max_size=4))
def test_odd_characters_are_repaired_in_any_spelling_of_the_body(
    data: st.DataObject, texts: list[str], changes: list[Callable[[str], str]]
) -> None:
    texts = [f"{name}: {words}" for name, words in zip(("First", "Answer", "Next"), texts, strict=True)]
    before = body([text(texts[0])], texts[1], texts[2])
    new = list(texts)
    for change in changes:
        place = data.draw(st.integers(0, 2))
        new[place] = change(new[place])
    after = body([text(new[0])], new[1], new[2], "a2", "q3")
    sent = data.draw(spelled(after))
    found = repaired(data.draw(spelled(before)), sent)
    old = stored(found.proof.comparison.before)
    assert found.proof.comparison.after.encode().startswith(old)
    assert found.proof.effect == "hit"
    if list(strings(before)) == list(strings(after))[: len(list(strings(before)))]:
        assert found.body == sent


def stored(prefix: Prefix) -> bytes:
    return prefix.encode()[: prefix.stored]


@settings(max_examples=150)
@given(BODIES, st.data())
def test_any_two_requests_can_be_asked_and_no_repair_makes_it_worse(tree: Any, data: st.DataObject) -> None:
    changed = tree
    for _ in range(data.draw(st.integers(1, 3))):
        changed = data.draw(mutated(changed))
    before, after = (compact(one).encode() for one in (tree, changed))
    try:
        report = inquire(read_capture(before), read_capture(after), CATALOGUE, now=NOW)
    except (BodyError, JsonError):
        return
    found = repair(report, CATALOGUE, now=NOW)
    assert found.done or found.body == after
    assert found.proof.comparison.shared >= min(report.comparison.shared, report.comparison.before.stored)
    assert len(found.done) + len(found.left) >= len(report.causes)
    assert {cause.id for cause in found.proof.causes} <= {cause.id for cause in found.left}
