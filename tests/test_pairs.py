"""The material that the explainer is tried on: complete, realistic, the same in every run."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from coldbyte.core.cause import CauseId
from pairs.cause_pair import WITHOUT_PAIR, cause_pairs
from pairs.exchange import tokens
from pairs.harmless_pair import harmless_pairs
from pairs.harmless_twin import harmless_twins
from pairs.minimal_pair import minimal_pairs
from pairs.mixture import mixtures
from pairs.picture import image_block, png
from pairs.request_pair import ALL, RequestPair, files, wire

KNOWN = frozenset(get_args(CauseId))
CAUSES, TWINS, HARMLESS, MIXED = cause_pairs(), harmless_twins(), harmless_pairs(), mixtures()
LARGE = (*CAUSES, *TWINS, *HARMLESS, *MIXED)
EVERY = (*LARGE, *minimal_pairs())
MINIMUM = 512  # tokens of a prefix that is stored (facts §4)
_STEP = re.compile(r'([A-Za-z0-9_]+)|\[(\d+)\]|\["([^"]+)"\]')


def sides(pair: RequestPair) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both bodies as they are written to the files."""
    found = []
    for data in files(pair):
        read = json.loads(data)
        found.append(read.get("request", read))
    return found[0], found[1]


def marked(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything that carries a breakpoint."""
    blocks = [block for message in body["messages"] for block in listed(message["content"])]
    holders = [body, *body.get("tools", []), *listed(body.get("system", [])), *blocks]
    yield from (holder for holder in holders if "cache_control" in holder)


def listed(content: Any) -> list[dict[str, Any]]:
    return content if isinstance(content, list) else [{"type": "text", "text": content}]


def has(body: dict[str, Any], where: str) -> bool:
    value: Any = body
    for name, index, quoted in _STEP.findall(where):
        try:
            value = value[int(index)] if index else value[name or quoted]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def test_all_names_differ() -> None:
    for group in (LARGE, minimal_pairs()):
        assert len({pair.name for pair in group}) == len(group)


def test_only_known_causes_are_expected() -> None:
    for pair in EVERY:
        assert KNOWN.issuperset({*pair.causes, *pair.tolerated, *pair.harmless}), pair.name


def test_each_cause_has_a_pair_and_a_twin_or_a_reason() -> None:
    assert {cause for pair in CAUSES for cause in pair.causes or pair.harmless} == KNOWN - set(WITHOUT_PAIR)
    assert {pair.name.removeprefix("twin: ").split("/")[0] for pair in TWINS} == KNOWN - set(WITHOUT_PAIR)


def test_a_pair_is_named_after_its_cause() -> None:
    for pair in (*CAUSES, *minimal_pairs()):
        assert pair.name.split("/")[0].split("@")[0] in (*pair.causes, *pair.harmless)


def test_what_loses_nothing_expects_a_hit_and_no_cause() -> None:
    assert len(HARMLESS) >= 240
    for pair in (*TWINS, *HARMLESS):
        assert (pair.causes, pair.effect) == ((), "hit"), pair.name
        assert pair.survives in (ALL, None)
    for pair in (*CAUSES, *MIXED):
        if pair.effect == "hit":  # what is only told
            assert (bool(pair.causes), bool(pair.harmless)) == (False, True), pair.name
            continue
        assert pair.causes
        assert pair.effect in ("partial", "miss", "rejected", None), pair.name
        assert (pair.effect == "partial") <= bool(pair.survives), pair.name
        assert (pair.effect == "rejected") <= (pair.survives is None), pair.name


def test_mixtures_have_two_or_three_causes_each() -> None:
    assert len(MIXED) >= 25
    for pair in MIXED:
        assert len(pair.causes) in (2, 3), pair.name
        assert len(set(pair.causes)) == len(pair.causes)


def test_bodies_are_as_large_as_in_real_life() -> None:
    for pair in LARGE:
        for data in files(pair):
            assert len(data) >= 10_000, pair.name


def test_both_sides_differ_unless_the_circumstances_do() -> None:
    for pair in LARGE:
        before, after = sides(pair)
        alike = pair.causes[:1] in (("below-min-tokens",), ("concurrent-cold-start",))
        twin = pair.name == "twin: concurrent-cold-start"
        assert (before == after) == (alike or twin), pair.name


def test_the_same_seed_gives_the_same_bytes() -> None:
    for make in (cause_pairs, harmless_twins, mixtures, lambda seed: harmless_pairs(60, seed)):
        first, again, other = make(3), make(3), make(4)
        assert [(pair.name, files(pair)) for pair in first] == [(pair.name, files(pair)) for pair in again]
        assert [files(pair) for pair in first] != [files(pair) for pair in other]


def test_raw_bytes_mean_the_body_beside_them() -> None:
    spelled = [pair for pair in EVERY if pair.after_raw]
    assert len(spelled) > 80
    for pair in spelled:
        assert pair.before_raw is not None
        assert list(sides(pair)) == [pair.before["request"], pair.after["request"]], pair.name


def test_exchanges_have_the_fields_of_the_contract() -> None:
    fields = {
        "request",
        "request_raw",
        "response",
        "headers",
        "scope",
        "started_at",
        "first_event_at",
        "ended_at",
    }
    for pair in EVERY:
        for side in (pair.before, pair.after):
            assert set(side) in ({"request"}, fields), pair.name


def test_only_the_pairs_about_it_have_a_fifth_breakpoint() -> None:
    for pair in LARGE:
        before, after = sides(pair)
        assert len(list(marked(before))) <= 4, pair.name
        assert (len(list(marked(after))) > 4) == ("too-many-breakpoints" in pair.causes), pair.name


def test_the_tools_alone_reach_the_minimum() -> None:
    for pair in LARGE:
        before, _ = sides(pair)
        if "tools" in (pair.survives or ()):
            assert tokens(before["tools"]) > 2 * MINIMUM, pair.name


def test_places_exist_on_a_side_that_is_looked_at() -> None:
    for pair in LARGE:
        if pair.where is not None:
            assert any(has(body, pair.where) for body in sides(pair)), pair.name


def test_tool_results_answer_calls_that_stand_before_them() -> None:
    for pair in LARGE:
        for body in sides(pair):
            known: set[str] = set()
            for message in body["messages"]:
                for block in listed(message["content"]):
                    known |= {block["id"]} if block["type"] == "tool_use" else set()
                    assert block.get("tool_use_id") is None or block["tool_use_id"] in known, pair.name


def test_the_counters_of_an_exchange_add_up_unless_that_is_the_cause() -> None:
    for pair in LARGE:
        for side in (pair.before, pair.after):
            response = side.get("response")
            if not isinstance(response, dict) or "usage-misreported" in pair.causes:
                continue
            usage = response["usage"]
            assert sum(usage["cache_creation"].values()) == usage["cache_creation_input_tokens"], pair.name
            assert usage["cache_read_input_tokens"] >= 0, pair.name


@pytest.mark.parametrize("name", ["json-number-format-changed", "unicode-normalization-changed"])
def test_minimal_pairs_keep_the_spelling_of_the_list(name: str) -> None:
    (pair,) = [pair for pair in minimal_pairs() if pair.name == name]
    before, after = files(pair)
    assert (b'"minimum":1}' in before and b'"minimum":1.0}' in after) or b"caf\\u00e9" in before


def test_there_is_a_minimal_pair_of_each_cause_with_bytes_of_its_own() -> None:
    named = {pair.name for pair in minimal_pairs()}
    assert KNOWN - named == {
        "request-invalid",
        "setting-outside-key",
        "unknown-setting-changed",
        "model-unknown",
        "gateway-rewrote-request",
        "vertex-body-order",
        "api-dropped-thinking",
        "wrong-predecessor",
        "cold-start",
        "usage-misreported",
    }


def test_another_compression_gives_other_bytes_and_the_same_pixels() -> None:
    one, two = png(7, level=9), png(7, level=1)
    assert one != two
    assert pixels(one) == pixels(two) != pixels(png(8))
    assert base64.b64decode(image_block(7)["source"]["data"]) == one


def pixels(data: bytes) -> bytes:
    start = data.index(b"IDAT")
    size = int.from_bytes(data[start - 4 : start])
    return zlib.decompress(data[start + 4 : start + 4 + size])


def test_a_bare_pair_is_written_as_two_bodies_without_escapes() -> None:
    pair = next(pair for pair in CAUSES if pair.name == "typography-changed/apostrophe@handbook")
    assert "Don\u2019t guess." in files(pair)[1].decode()
    assert files(pair)[1] == wire(pair.after["request"])
