"""Excerpts: both sides of a cause, marked where they differ."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.cause import Cause, CauseId
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import compare
from coldbyte.core.prefix.microscope import Snippet
from coldbyte.core.rule.excerpt import Excerpt, excerpt_of
from coldbyte.core.rule.explain import EVERYTHING, explain


def body(**more: Any) -> dict[str, Any]:
    return {
        "model": "claude-opus-5",
        "cache_control": {"type": "ephemeral"},
        "messages": [{"role": "user", "content": "q"}],
        **more,
    }


def excerpt(before: dict[str, Any], after: dict[str, Any]) -> Excerpt | None:
    comparison = compare(*(prefix_of(RequestBody(json.loads(json.dumps(one)))) for one in (before, after)))
    return excerpt_of(comparison, explain(comparison, limit=EVERYTHING).causes[0])


def marked(snippet: Snippet | None) -> str:
    assert snippet is not None
    line, start, stop = snippet.line, snippet.start, snippet.stop
    return f"{line[:start]}[{line[start:stop]}]{line[stop:]}"


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ({"system": "a b c"}, {"system": "a\u00a0b c"}, "a[·]b c", "a[⍽]b c"),
        ({"system": "ab"}, {"system": "ab!"}, "ab[]", "ab[!]"),
        ({"system": "Be é."}, {"system": "Be e\u0301."}, "Be [é].", "Be [e◌\u0301]."),
        ({"model": "claude-opus-5"}, {"model": "claude-opus-4"}, "claude-opus-[5]", "claude-opus-[4]"),
        (
            {"tools": [{"name": "t", "description": 'say "x"\n\tfoo'}]},
            {"tools": [{"name": "t", "description": 'say "x"\n\tbarn'}]},
            '{"name":"t","description":"say \\"x\\"\\n\\t[foo]"}',
            '{"name":"t","description":"say \\"x\\"\\n\\t[barn]"}',
        ),
        (
            {"tools": [{"name": "t", "description": 'a "b"\n'}]},
            {"tools": [{"name": "t", "description": "a 'b'\n"}]},
            '{"name":"t","description":"a [\\"b\\"]\\n"}',
            '{"name":"t","description":"a [\'b\']\\n"}',
        ),
    ],
)
def test_the_difference_is_marked_on_both_sides(
    before: dict[str, Any], after: dict[str, Any], old: str, new: str
) -> None:
    found = excerpt(body(**before), body(**after))
    assert found is not None
    assert (marked(found.before), marked(found.after)) == (old, new)


def test_a_title_is_shown_in_the_head_of_its_document() -> None:
    def document(title: str) -> dict[str, Any]:
        block = {"type": "document", "title": title, "source": {"type": "text", "data": "D"}}
        return body(messages=[{"role": "user", "content": [block]}])

    found = excerpt(document("one.txt"), document("two.txt"))
    assert found is not None
    assert '"title":"[one].txt"' in marked(found.before)


def test_a_block_that_is_gone_stands_on_one_side_only() -> None:
    two = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    found = excerpt(body(system=two), body(system=two[:1]))
    assert found is not None
    assert (marked(found.before), found.after) == ("[]two", None)


def test_a_cause_without_a_place_has_no_excerpt() -> None:
    prefix = prefix_of(RequestBody(body()))
    cause = Cause("ttl-expired", "time", "", None, 0, 0, "It expired.", None)
    assert excerpt_of(compare(prefix, prefix), cause) is None


@pytest.mark.parametrize("name", ["lookback-window-exceeded", "breakpoint-moved", "too-many-breakpoints"])
def test_a_cause_that_lies_in_the_breakpoints_shows_no_text(name: CauseId) -> None:
    prefix = prefix_of(RequestBody(body()))
    cause = Cause(name, "messages", "cache_control", None, 20, 20, "It moved.", None, blocks=(None, 1))
    assert excerpt_of(compare(prefix, prefix), cause) is None


def test_a_breakpoint_behind_the_question_shows_both_questions() -> None:
    sides = (body(messages=[{"role": "user", "content": text}]) for text in ("item 1", "item two"))
    comparison = compare(*(prefix_of(RequestBody(side)) for side in sides))
    name: CauseId = "breakpoint-on-volatile-block"
    found = excerpt_of(comparison, Cause(name, "messages", "cache_control", None, 0, 0, "It varies.", None))
    assert found is not None
    assert (marked(found.before), marked(found.after)) == ("item [1]", "item [two]")


def test_that_images_are_shown_is_no_text_of_the_sender() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "iVBO"}
    grown = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]
    grown.append({"role": "user", "content": [{"type": "image", "source": source}]})  # type: ignore[dict-item]
    assert excerpt(body(), body(messages=grown)) is None
