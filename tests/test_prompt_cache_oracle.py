"""The oracle itself, on the worked examples of the fact sheet and on nothing of the project."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import prompt_cache_oracle
from prompt_cache_oracle import Asked, Oracle, Usage, refusal

MODEL = "claude-opus-5"
EACH = 100  # tokens of a block, so that six are enough to be cached
ME = ("one",)

Block = dict[str, Any]


def marker(ttl: str = "5m") -> Block:
    return {"type": "ephemeral", "ttl": ttl}


def row(count: int, *marked: int, ttl: str = "5m") -> Block:
    """A request of so many blocks, of which those with these numbers carry a marker."""
    blocks: list[Block] = [{"type": "text", "text": f"Block {n}."} for n in range(1, count + 1)]
    for number in marked:
        blocks[number - 1]["cache_control"] = marker(ttl)
    return request(blocks)


def request(*turns: list[Block], **fields: Any) -> Block:
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": blocks} for n, blocks in enumerate(turns)]
    return {"model": MODEL, "max_tokens": 9, "messages": messages, **fields}


def sizes(body: Block) -> dict[str, int]:
    paths = [f"tools[{n}]" for n in range(len(body.get("tools", ())))]
    paths += [f"system[{n}]" for n in range(len(body.get("system", ())))]
    for number, message in enumerate(body["messages"]):
        paths += [f"messages[{number}].content[{n}]" for n in range(len(message["content"]))]
    return dict.fromkeys(paths, EACH)


class Told:
    """An oracle that is asked, and answered at once unless the answer is held back."""

    def __init__(self) -> None:
        self.oracle = Oracle({MODEL: 512, "claude-sonnet-4-5": 512})

    def start(self, body: Block, at: float = 0, owner: tuple[str, ...] = ME) -> Asked:
        return self.oracle.ask(body, sizes(body), owner=owner, at=at)

    def ask(self, body: Block, at: float = 0, owner: tuple[str, ...] = ME) -> Usage:
        asked = self.start(body, at, owner)
        self.oracle.begin(asked, at)
        return asked.usage


def test_the_oracle_shares_no_line_with_the_project() -> None:
    tree = ast.parse(Path(prompt_cache_oracle.__file__).read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert names == {"__future__", "collections", "dataclasses", "json", "re", "typing"}


def test_ten_fifteen_and_thirty_five_blocks() -> None:
    """§2.1 rule 6."""
    told = Told()
    assert told.ask(row(10, 10)) == Usage(0, 1000, 0, 0)
    assert told.ask(row(15, 15)) == Usage(1000, 500, 0, 0)
    assert told.ask(row(35, 35)) == Usage(0, 3500, 0, 0)


def test_a_second_marker_helps_and_so_does_one_block_less() -> None:
    """§2.1 rules 4 and 6."""
    for body, read in ((row(35, 15, 35), 1500), (row(34, 34), 1500)):
        told = Told()
        told.ask(row(15, 15))
        assert told.ask(body).read == read


@pytest.mark.parametrize(("rounds", "read"), [(9, EACH * 6), (10, 0)])
def test_parallel_calls_and_their_results_are_one_position_each(rounds: int, read: int) -> None:
    """§2.1 rule 5: 19 and 21 positions, of 114 and 126 blocks."""
    first: list[Block] = [{"type": "text", "text": str(n)} for n in range(6)]
    told = Told()
    told.ask(request([*first[:5], {**first[5], "cache_control": marker()}]))
    turns = [first]
    for number in range(rounds):
        ids = [f"{number} {n}" for n in range(6)]
        turns.append([{"type": "tool_use", "id": each, "name": "f", "input": {}} for each in ids])
        turns.append([{"type": "tool_result", "tool_use_id": each, "content": "ok"} for each in ids])
    turns[-1][-1]["cache_control"] = marker()
    assert told.ask(request(*turns)).read == read


def test_a_b_and_c_with_both_lifetimes() -> None:
    """§2.3: read up to A, an hour's write up to B, five minutes' write up to C, the rest plain."""
    body = row(20, 12, ttl="1h")
    body["messages"][0]["content"][17]["cache_control"] = marker()
    told = Told()
    told.ask(row(8, 8, ttl="1h"))
    assert told.ask(body) == Usage(read=800, written_1h=400, written_5m=600, uncached=200)


def test_an_entry_can_be_read_from_the_first_byte_until_it_ends_counted_from_its_start() -> None:
    """§2.1 rules 8 and 9."""
    told = Told()
    first = told.start(row(8, 8), at=0)
    assert told.start(row(8, 8), at=200).usage.read == 0
    told.oracle.begin(first, 240)
    assert told.start(row(8, 8), at=299).usage.read == 800
    assert told.start(row(8, 8), at=598).usage.read == 800  # the read at 299 was a refresh
    assert told.start(row(8, 8), at=898).usage.read == 0


def test_callers_have_their_own_entries_and_moving_a_marker_back_finds_none() -> None:
    """§2.1 rule 10, §2.2."""
    told = Told()
    told.ask(row(10, 8))
    assert told.ask(row(10, 8), owner=("one", "wrkspc_b")).read == 0
    assert told.ask(row(10, 7)).read == 0
    assert told.ask(row(10, 9)).read == 800


def test_what_is_too_short_is_passed_over_by_itself() -> None:
    """§2.4, §4: fewer than the minimum."""
    told = Told()
    assert told.ask(row(9, 3, 7)) == Usage(0, 700, 0, 200)
    assert told.ask(row(9, 3)) == Usage(0, 0, 0, 900)


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ({"speed": "fast"}, 0),
        ({"thinking": {"type": "adaptive"}}, 0),
        ({"output_config": {"effort": "low"}}, 0),
        ({"output_config": {"effort": "high"}}, 1900),
        ({"output_config": {"format": {"type": "json_schema"}}}, 700),
        ({"tool_choice": {"type": "none"}}, 1300),
        ({"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}, 1300),
        ({"tool_choice": {"type": "auto"}}, 1900),
        ({"max_tokens": 0, "metadata": {"user_id": "u"}}, 1900),
    ],
)
def test_what_a_setting_loses(change: Block, read: int) -> None:
    """§3."""
    tools: list[Block] = [{"name": f"f{n}", "input_schema": {}} for n in range(7)]
    system: list[Block] = [{"type": "text", "text": f"System {n}."} for n in range(6)]
    tools[-1]["cache_control"] = marker()
    system[-1]["cache_control"] = marker()
    body = {**row(6, 6), "tools": tools, "system": system}
    told = Told()
    told.ask(body)
    assert told.ask({**body, **change}).read == read


def test_an_older_model_sees_the_thinking_of_the_last_turn_only() -> None:
    """§3: a turn that is no result of a tool loses all from the first thinking block on."""
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    ask: list[Block] = [{"type": "text", "text": str(n)} for n in range(6)]
    ask[-1]["cache_control"] = marker()
    call = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": "ok", "cache_control": marker()}
    for model, read in ((MODEL, 900), ("claude-sonnet-4-5", 600)):
        told = Told()
        told.ask({**request(ask), "model": model})
        assert told.ask({**request(ask, [thought, call], [result]), "model": model}).read == 600
        further = request(ask, [thought, call], [result], [ask[0]], [{**ask[1], "cache_control": marker()}])
        assert told.ask({**further, "model": model}).read == read


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (row(5, 1, 2, 3, 4, 5), "more than four markers"),
        ({**row(5, 1, 2, 3, 4), "cache_control": marker()}, "more than four markers"),
        ({**row(4, 1, 2, 3, 4), "cache_control": marker()}, None),
        ({**row(4, 4), "cache_control": marker("1h")}, "two lifetimes for the last block"),
        ({**row(4, 2), "cache_control": marker("1h")}, "1h behind 5m"),
        ({**row(4, 2, ttl="1h"), "cache_control": marker()}, None),
        ({**row(4, 4), "max_tokens": 0}, None),
        ({**row(4, 4), "max_tokens": 0, "stream": True}, "no such warming"),
        ({**row(4, 4), "max_tokens": 0, "tool_choice": {"type": "any"}}, "no such warming"),
        (
            request([{"type": "text", "text": "", "cache_control": marker()}]),
            "a marker on a block that can't have one",
        ),
    ],
)
def test_what_is_refused(body: Block, why: str | None) -> None:
    """§1.3, §7."""
    assert refusal(body) == why
