"""The report for people: short, within 100 columns, nothing left invisible."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coldbyte.commands.report_text import explain_text, fitted, lint_text
from coldbyte.commands.terminal import COLUMNS, Ink, columns_of
from coldbyte.core.body import RequestBody
from coldbyte.core.cache.money import Cost
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import Capture
from coldbyte.core.cause import Cause, Fix
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import compare
from coldbyte.core.prefix.microscope import Snippet
from coldbyte.core.prefix.wire import with_wire
from coldbyte.core.rule.explain import EVERYTHING, explain
from coldbyte.core.rule.redaction import redacted
from coldbyte.core.rule.report import Effect, Report

PLAIN = Ink(coloured=False)
CODE = re.compile("\x1b\\[[0-9;]*m")
texts = st.text("ab 漢字🐈e\u0301\u200b\u202e\x1b\n\r\t\u00a0한\u1100\u1161“”’", max_size=200)


def report_of(before: dict[str, Any], after: dict[str, Any], effect: Effect = "miss") -> Report:
    old, new = (Capture(RequestBody(json.loads(json.dumps(body)))) for body in (before, after))
    comparison = compare(prefix_of(old.body), prefix_of(new.body))
    found = explain(comparison, limit=EVERYTHING)
    causes, harmless = (
        tuple(with_wire(cause, old.body, new.body) for cause in some)
        for some in (found.causes, found.harmless)
    )
    cost = Cost(Decimal("0.5123"), Decimal("0.04"), Decimal("0.41"), Decimal("0.4683"))
    usage = Usage(written_5m=117_204, uncached=1_020)
    return Report(old, new, comparison, effect, (), usage, "estimated", 117_000, cost, causes, harmless)


def body(text: str, **more: Any) -> dict[str, Any]:
    return {
        "model": "claude-opus-5",
        "cache_control": {"type": "ephemeral"},
        "system": text,
        "messages": [{"role": "user", "content": "q"}],
        **more,
    }


def test_a_report_reads_from_the_verdict_to_the_fix() -> None:
    report = report_of(body("Le café noir.", tools=[]), body("Le cafe\u0301 noir.", tools=[]))
    assert explain_text(report, PLAIN).splitlines() == [
        "MISS  None of the 117,000 stored tokens is read. Lost: $0.47.",
        "",
        "  Model     claude-opus-5",
        "  Survives  nothing",
        "  Tokens    0 read · 117,204 written · 1,020 uncached (estimated)",
        "  Cost      $0.51 now · $0.040 if warm · $0.41 without cache · $0.47 lost",
        "",
        f"  1  unicode-normalization-changed{' ' * 34}loss · high confidence · assumed",
        "     system, line 1, column 7",
        "     The system prompt: é is written as e + U+0301 (decomposed) where it was one code point U+00E9.",
        "",
        "     before  Le café noir.",
        "                   ^",
        "             U+00E9  é  LATIN SMALL LETTER E WITH ACUTE",
        "     after   Le cafe◌\u0301 noir.",
        "                   ^^",
        "             U+0065  e  LATIN SMALL LETTER E",
        "             U+0301  ◌\u0301  COMBINING ACUTE ACCENT",
        "",
        "     cache byte 46 · block byte 6 · wire byte 78 · line 1 · column 7",
        "     Fix  Restore the old form; convert text to NFC when it comes in. (--fix FILE writes the",
        "          repaired request.)",
    ]


@pytest.mark.parametrize(
    ("effect", "stored", "say"),
    [
        ("hit", 10, "HIT  All of the 10 stored tokens are read."),
        ("partial", 10, "PARTIAL  7 of the 10 stored tokens are read. Lost: $0.47."),
        ("miss", 0, "MISS  Nothing was stored, so nothing is read."),
        ("rejected", 10, "REJECTED  The API refuses this request."),
        ("unknown", 10, "UNKNOWN  What is read of the prompt cache can't be said."),
    ],
)
def test_the_first_line_is_the_verdict(effect: Effect, stored: int, say: str) -> None:
    report = replace(report_of(body("a"), body("b"), effect), stored=stored, usage=Usage(read=7))
    assert explain_text(report, PLAIN).splitlines()[0] == say


def test_a_model_without_a_price_has_none() -> None:
    report = replace(report_of(body("a"), body("b")), cost=None)
    text = explain_text(report, PLAIN)
    assert "Cost      no price is known for this model" in text
    assert "$" not in text


def test_of_the_other_causes_and_of_what_is_harmless_the_sentence_is_enough() -> None:
    old = [{"type": "text", "text": "one two"}, {"type": "text", "text": "drei vier"}]
    new = [{"type": "text", "text": "one\u00a0two"}, {"type": "text", "text": "drei fünf"}]
    tail = [{"role": "assistant", "content": "a"}, {"role": "user", "content": "more"}]
    before, after = body("", system=old), body("", system=new)
    after["messages"] = [*after["messages"], *tail]
    text = explain_text(report_of(before, after), PLAIN)
    assert text.count("     before  ") == 1
    assert "  2  text-edited" in text
    first, _, rest = text.partition("Harmless differences\n")
    assert "block-inserted" not in first
    assert rest == (
        "  · block-inserted at messages[1].content: Claude's text in message 2 and the question were added"
        " at\n"
        "    the end.\n"
    )
    assert rest.startswith("  · block-inserted at messages[1].content: ")


@given(texts, texts, texts, st.booleans(), st.booleans())
def test_every_line_fits_and_nothing_steers_the_terminal(
    one: str, two: str, name: str, coloured: bool, hidden: bool
) -> None:
    def with_tool(text: str) -> dict[str, Any]:
        tool = {"name": name, "description": text, "input_schema": {name: text}}
        document = {"type": "document", "title": name, "source": {"type": "text", "data": text}}
        return body(text, tools=[tool], messages=[{"role": "user", "content": [document]}])

    assume(one != two)
    report = report_of(with_tool(one), with_tool(two))
    text = explain_text(redacted(report) if hidden else report, Ink(coloured=coloured))
    assert bool(CODE.search(text)) is coloured
    for line in CODE.sub("", text).split("\n"):
        assert columns_of(line) <= COLUMNS
        assert not {char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")}


@given(texts.filter(bool), st.integers(0, 300), st.integers(0, 300))
def test_a_snippet_is_cut_around_its_difference(line: str, start: int, length: int) -> None:
    start = min(start, len(line))
    lead, middle, tail = fitted(Snippet(line, start, min(start + length, len(line))), 87)
    assert columns_of(lead + middle + tail) <= 87
    if length and start < len(line) and columns_of(line[start]):
        assert middle


@pytest.mark.parametrize(("start", "stop"), [(0, 100), (50, 100), (0, 0), (100, 100)])
def test_a_long_difference_is_cut_too(start: int, stop: int) -> None:
    lead, middle, tail = fitted(Snippet("漢" * 100, start, stop), 87)
    assert columns_of(lead + middle + tail) <= 87
    assert middle.endswith("…") == (stop > start)


def test_the_caret_stands_below_the_difference_behind_wide_characters() -> None:
    lines = explain_text(report_of(body("漢字漢字 x"), body("漢字漢字 y")), PLAIN).splitlines()
    shown = next(place for place, line in enumerate(lines) if line.startswith("     after "))
    caret = lines[shown + 1].index("^")
    assert columns_of(lines[shown].partition("y")[0]) == caret


def test_a_side_that_has_nothing_says_so() -> None:
    old = body("", system=[{"type": "text", "text": "one"}, {"type": "text", "text": "gone"}])
    new = body("", system=[{"type": "text", "text": "one"}])
    lines = explain_text(report_of(old, new), PLAIN).splitlines()
    assert "     before  gone" in lines
    assert "     after   nothing stands here" in lines


def test_lint_lists_the_causes_with_their_places() -> None:
    cause = Cause(
        "invisible-char-changed",
        "tools",
        "tools[0].description",
        None,
        31,
        31,
        "Tool “x” holds a\u202eb.",
        Fix("Remove it.", automatic=False),
        line=(None, 2),
        column=(None, 3),
        severity="warning",
    )
    lines = lint_text([cause], PLAIN).splitlines()
    assert lines[0].startswith("  1  invisible-char-changed  ")
    assert lines[0].endswith("  warning · high confidence · documented")
    assert lines[1:] == [
        "     tools[0].description, line 2, column 3",
        "     Tool “x” holds a⇇b.",
        "     cache byte 31 · line 2 · column 3",
        "     Fix  Remove it.",
    ]


def test_lint_says_when_there_is_nothing_to_say() -> None:
    assert lint_text([], PLAIN) == "CLEAN  Nothing in this request keeps it from being cached.\n"
