"""Redaction: a report that can be shared."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.money import Cost
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import Capture
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import compare
from coldbyte.core.rule.explain import EVERYTHING, explain
from coldbyte.core.rule.redaction import redacted, redacted_causes
from coldbyte.core.rule.report import Report

WORD = re.compile(r"\w{3,}")
ONE = Cause("text-edited", "system", "system", "system", 40, 40, "", None)
letters = "bcdfghjklmnpqrtvwzBCDFGHJKLMNPQRTVWZ0123456785"
tokens = st.text(letters, min_size=6, max_size=9).filter(lambda word: not word.isdigit())
gaps = st.sampled_from(
    [" ", "\n", ", ", " “", "” ", "” became “", "\u00a0", ". ", "\r\n", '"', "\\", " 12:30 ", "é", "’"]
)
texts = st.lists(st.tuples(tokens, gaps), min_size=1, max_size=6).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


def report_of(before: dict[str, Any], after: dict[str, Any]) -> Report:
    old, new = (Capture(RequestBody(json.loads(json.dumps(body)))) for body in (before, after))
    comparison = compare(prefix_of(old.body), prefix_of(new.body))
    found = explain(comparison, limit=EVERYTHING)
    cost = Cost(*map(Decimal, ("0.1", "0.01", "0.09", "0.09")))
    usage = Usage(uncached=10)
    return Report(old, new, comparison, "miss", (), usage, "estimated", 5, cost, found.causes, found.harmless)


def body(text: str, name: str, key: str, title: str, question: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {key: {"type": "string", "description": text}}}
    document = {
        "type": "document",
        "title": title,
        "source": {"type": "text", "media_type": "text/plain", "data": text},
    }
    call = {"type": "tool_use", "id": "toolu_" + name, "name": name, "input": {key: text}}
    return {
        "model": "claude-opus-5",
        "cache_control": {"type": "ephemeral"},
        "tools": [{"name": name, "description": text, "input_schema": schema}],
        "system": text,
        "messages": [
            {"role": "user", "content": [document, {"type": "text", "text": question}]},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": question},
        ],
        key: {key: text},
    }


def words_of(value: object) -> set[str]:
    """The words of the user's in a body: those that a test made up."""
    own = re.compile(f"[{letters}]{{6,}}")
    return set(own.findall(json.dumps(value, ensure_ascii=False)))


def shown(report: Report) -> str:
    """All that a redacted report holds."""
    return " ".join(
        [
            repr(replace(report, comparison=replace(report.comparison, first=None))),
            *(
                f"{block!r} {block.head.decode()} {block.content}"
                for prefix in (report.comparison.before, report.comparison.after)
                for block in prefix.blocks
            ),
        ]
    )


@given(st.lists(texts, min_size=6, max_size=6), st.lists(tokens, min_size=6, max_size=6), st.integers(0, 4))
def test_no_word_of_the_user_is_left(long: list[str], short: list[str], change: int) -> None:
    old = [long[0], short[0], short[1], short[2], long[1]]
    new = [*old]
    new[change] = (long[2], short[3], short[4], short[5], long[3])[change]
    before, after = body(*old), body(*new)
    assume(before != after)
    report = report_of(before, after)
    seen = shown(redacted(report))
    assert not {word for word in words_of([before, after]) if word in seen}


@given(texts, texts)
def test_all_sizes_and_offsets_stay(one: str, two: str) -> None:
    assume(one != two)
    report = report_of(body(one, "tool", "key", "t", "q"), body(two, "tool", "key", "t", "q"))
    safe = redacted(report)
    for before, after in (
        (report.comparison.before, safe.comparison.before),
        (report.comparison.after, safe.comparison.after),
    ):
        assert after.starts == before.starts
        assert [block.content_start for block in after.blocks] == [
            block.content_start for block in before.blocks
        ]
    for cause, masked in zip(report.causes, safe.causes, strict=True):
        assert (
            replace(
                masked,
                say=cause.say,
                where=cause.where,
                where_before=cause.where_before,
                fix=cause.fix,
                code_points_before=cause.code_points_before,
                code_points_after=cause.code_points_after,
            )
            == cause
        )
        assert len(masked.where.encode()) == len(cause.where.encode())


def test_model_money_and_our_words_stay() -> None:
    report = report_of(body("Alpha", "t", "k", "d", "q"), body("Gamma", "t", "k", "d", "q"))
    safe = redacted(report)
    assert (safe.model, safe.cost, safe.usage, safe.effect) == ("claude-opus-5", *report_part(report))
    assert safe.causes[0].say == "Tool description changed (replaced)."
    assert safe.causes[0].fix == report.causes[0].fix


def report_part(report: Report) -> tuple[object, object, object]:
    return report.cost, report.usage, report.effect


def test_the_requests_themselves_are_gone() -> None:
    report = report_of(body("Alpha", "t", "k", "d", "q"), body("Gamma", "t", "k", "d", "q"))
    old = replace(report.before, scope="org-secret")
    safe = redacted(replace(report, before=old))
    assert safe.before.body.fields == safe.after.body.fields == {}
    assert safe.before.scope is None


def test_a_sentence_tells_what_happened_and_how_often_and_quotes_nothing() -> None:
    one = replace(ONE, id="invisible-char-changed", label="space", count=1_200, say="“secret” holds it.")
    assert redacted_causes([one])[0].say == "Invisible char changed (space), 1,200 places."


def test_code_points_of_letters_are_those_of_their_class() -> None:
    one = replace(ONE, code_points_before=("U+0041", "U+0301"), code_points_after=("U+00A0", "U+0416"))
    (cause,) = redacted_causes([one])
    assert cause.code_points_before == ("U+0058", "U+0301")
    assert cause.code_points_after == ("U+00A0", "U+0416")
