"""What one request shows by itself: losses only where something certainly costs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.capture import Capture
from coldbyte.core.cause import FIXES, Cause, Fix
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.rule.lint import LINT_FIXES, lint
from coldbyte.services import resources

Object = dict[str, Any]
FIVE: Object = {"cache_control": {"type": "ephemeral"}}
CATALOGUE = read_catalogue(resources.text("catalogue.json"))
GDPR = resources.text("sample/gdpr.txt")
LONG = "The law says so, and nobody may say otherwise. " * 100
CLOCK = "Current time: 2026-11-23T10:15:00Z. Be brief."
UUID = "20fc829c-5ec4-43a6-93f9-62663f5517b1"


def text(chars: str, **more: Any) -> Object:
    return {"type": "text", "text": chars, **more}


def document(chars: str, **more: Any) -> Object:
    return {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": chars}, **more}


def user(*blocks: Object) -> Object:
    return {"role": "user", "content": [*blocks]}


def talk(*blocks: Object) -> list[Object]:
    """A conversation with an answer in it, and these blocks as the newest message."""
    return [user(text("q1")), {"role": "assistant", "content": "a1"}, user(*blocks)]


def body(**fields: Any) -> Object:
    return {"model": "claude-opus-5", "max_tokens": 9, "messages": [user(text("q"))], **fields}


def causes(fields: Object, **more: Any) -> list[Cause]:
    return list(lint(Capture(RequestBody(fields), **more), CATALOGUE))


def only(fields: Object, **more: Any) -> Cause:
    (cause,) = causes(fields, **more)
    return cause


def losses(fields: Object, **more: Any) -> list[str]:
    return [cause.id for cause in causes(fields, **more) if cause.severity == "loss"]


def test_a_healthy_request_has_no_cause() -> None:
    assert causes(body(system=[text(LONG, **FIVE)])) == []
    assert causes(body(system=[text(LONG, **FIVE)], messages=talk(text("q2")), **FIVE)) == []
    assert causes(body(system=LONG, messages=talk(text("q2")), **FIVE)) == []


def test_the_sample_holds_soft_hyphens_and_nothing_worse() -> None:
    law = body(system=[text(LONG)], messages=[user(document(GDPR, **FIVE), text("When?"))])
    for fields in (law, body(system=[text(GDPR, **FIVE)])):
        cause = only(fields)
        assert (cause.id, cause.severity, cause.count) == ("invisible-char-changed", "info", 39)
        assert cause.code_points_after == ("U+00AD",)


def test_a_clock_before_every_breakpoint_costs_every_time() -> None:
    fields = body(system=[text("Rules."), text(CLOCK), text(LONG, **FIVE)])
    cause = only(fields)
    assert (cause.id, cause.where, cause.tier, cause.severity, cause.confidence) == (
        "volatile-timestamp",
        "system[1].text",
        "system",
        "loss",
        "high",
    )
    assert (cause.block_byte, cause.line, cause.column) == ((None, 14), (None, 1), (None, 15))
    data = prefix_of(RequestBody(fields)).encode()
    assert data[cause.cache_byte :].startswith(b"2026-11-23T10:15:00Z")


def test_a_clock_behind_a_breakpoint_costs_less_and_one_behind_all_costs_nothing() -> None:
    between = body(system=[text(LONG, **FIVE), text(CLOCK)], messages=talk(text("q2")), **FIVE)
    assert [(cause.id, cause.severity) for cause in causes(between)] == [("volatile-timestamp", "warning")]
    assert causes(body(system=[text(LONG, **FIVE), text(CLOCK)])) == []


def test_an_identifier_in_a_tool_is_found_at_its_description() -> None:
    said = f'Say "hello".\nDeny /var/cfg-{UUID}.json'
    fields = body(
        tools=[{"name": "bash", "description": said, "input_schema": {"type": "object"}}],
        system=[text(LONG, **FIVE)],
    )
    cause = only(fields)
    assert (cause.id, cause.where, cause.tier, cause.severity) == (
        "volatile-id",
        "tools[0].description",
        "tools",
        "loss",
    )
    data = prefix_of(RequestBody(fields)).encode()
    assert data[cause.cache_byte :].startswith(UUID.encode())
    assert cause.block_byte == (None, said.index(UUID))


@pytest.mark.parametrize(
    ("chars", "name"),
    [
        ("Today's date: 2026-11-23", "date-rollover"),
        ("x-anthropic-billing-header: cc_version=2.1.37.0d9; cch=fa690;", "client-version-stamp"),
        ("~188k tokens remaining", "volatile-counter"),
        ("Working directory: /repo", "environment-snapshot"),
        ("Tenant: A", "per-user-data"),
        (f"See {UUID}.", "volatile-id"),
    ],
)
def test_what_may_change_is_a_warning(chars: str, name: str) -> None:
    cause = only(body(system=[text(f"{chars}\n{LONG}", **FIVE)]))
    assert (cause.id, cause.severity, cause.where) == (name, "warning", "system[0].text")


def test_the_time_of_the_request_tells_its_clock_from_an_old_one() -> None:
    built = "Build 2026-11-23 10:15:41.\n"
    fields = body(system=[text(built + LONG, **FIVE)])
    assert losses(fields, started_at=1_795_428_999.0) == ["volatile-timestamp"]
    assert losses(fields, started_at=1_795_428_999.0 + 30 * 86_400) == []


def test_a_clock_in_a_conversation_or_a_document_stays_as_it_is() -> None:
    assert causes(body(system=LONG, messages=talk(text(CLOCK), text("q")), **FIVE)) == []
    assert causes(body(messages=[user(document(CLOCK + LONG, **FIVE), text("q"))])) == []


def test_a_clock_before_a_lone_question_is_a_warning() -> None:
    fields = body(messages=[user(text(LONG), text(CLOCK), text("q", **FIVE))])
    assert "volatile-timestamp" in [c.id for c in causes(fields) if c.severity == "warning"]


def test_enough_text_before_a_clock_could_be_kept_by_a_breakpoint() -> None:
    fields = body(system=[text(LONG), text(CLOCK)], **FIVE)
    found = {cause.id: cause for cause in causes(fields)}
    assert set(found) == {"volatile-timestamp", "breakpoint-on-volatile-block"}
    misplaced = found["breakpoint-on-volatile-block"]
    assert (misplaced.where, misplaced.severity, misplaced.confidence) == ("cache_control", "warning", "high")
    assert set(losses(fields)) == {"volatile-timestamp"}


def test_a_lone_question_in_what_is_stored_is_a_warning() -> None:
    automatic = only(body(system=LONG, **FIVE))
    assert (automatic.id, automatic.severity, automatic.confidence) == (
        "breakpoint-on-volatile-block",
        "warning",
        "medium",
    )
    explicit = only(body(messages=[user(document(LONG), text("q", **FIVE))]))
    assert explicit.where == "messages[0].content[1].cache_control"
    assert causes(body(messages=[user(text(LONG, **FIVE))])) == []


@pytest.mark.parametrize(
    ("chars", "name", "severity"),
    [
        ("a\u200bb", "invisible-char-changed", "warning"),
        ("a\u00a0b", "invisible-char-changed", "warning"),
        ("cafe\u0301", "unicode-normalization-changed", "warning"),
        ("a\ufffdb", "encoding-damaged", "warning"),
        ("p\u0430ypal", "homoglyph-changed", "warning"),
        ("a\r\nb\nc", "line-endings-changed", "warning"),
    ],
)
def test_odd_characters_are_named_up_to_the_last_breakpoint(chars: str, name: str, severity: str) -> None:
    cause = only(body(system=[text(chars), text(LONG, **FIVE)]))
    assert (cause.id, cause.severity, cause.where) == (name, severity, "system[0].text")
    assert cause.fix == Fix(LINT_FIXES[cause.id], automatic=False)
    assert causes(body(system=[text(LONG, **FIVE), text(chars)])) == []


def test_the_fixes_for_one_request_stand_for_those_that_speak_of_an_old_one() -> None:
    assert all(FIXES[name].startswith("Restore the old ") for name in LINT_FIXES)
    assert not [say for say in LINT_FIXES.values() if "Restore" in say or "old" in say.split()]


def test_no_break_spaces_are_a_remark_in_a_document() -> None:
    for chars in (f"§\u00a05\n{LONG}", "§\u00a05"):
        cause = only(body(messages=[user(document(chars), document(LONG, **FIVE), text("q"))]))
        assert (cause.id, cause.severity) == ("invisible-char-changed", "info")


def test_a_document_behind_the_conversation_is_a_warning() -> None:
    late = only(body(system=[text(LONG, **FIVE)], messages=talk(document(LONG, **FIVE), text("q2"))))
    assert (late.id, late.where, late.severity) == (
        "context-behind-history",
        "messages[2].content[0]",
        "warning",
    )
    first = [user(document(LONG, **FIVE), text("q1")), *talk(text("q2"))[1:]]
    assert causes(body(messages=first)) == []
    assert causes(body(system=LONG, messages=talk(text(LONG, **FIVE)))) == []
    result = {"type": "tool_result", "tool_use_id": "t", "content": LONG, **FIVE}
    assert causes(body(system=LONG, messages=talk(result, text("q")))) == []


def test_causes_stand_in_cache_order() -> None:
    fields = body(
        tools=[{"name": "f", "description": f"Session {UUID}"}],
        system=[text(CLOCK), text("a\u200bb"), text(LONG, **FIVE)],
    )
    found = causes(fields)
    assert [cause.id for cause in found] == ["volatile-id", "volatile-timestamp", "invisible-char-changed"]
    assert [cause.cache_byte for cause in found] == sorted(cause.cache_byte for cause in found)


def test_without_a_breakpoint_only_that_is_said() -> None:
    assert [cause.id for cause in causes(body(system=CLOCK))] == ["no-cache-control"]


def test_the_version_of_the_api_comes_from_the_capture() -> None:
    fields = body(system=[text(LONG, **FIVE)], temperature=0)
    assert causes(fields) == []
    assert only(fields, api_version="2026-10-21").id == "request-invalid"


def test_the_day_of_the_request_decides_whether_its_model_answered() -> None:
    fields = body(model="claude-sonnet-4-20250514", system=[text(LONG, **FIVE)])
    assert only(fields).id == "model-retired"
    assert causes(fields, started_at=1_770_000_000.0) == []


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "text", "tool_result", "user", CLOCK, f"Session {UUID}", "a\u200b", "thinking"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "role", "content", "source", "data", "cache_control", "configs", "citations"]
            ),
            inner,
            max_size=4,
        )
        | inner.map(lambda value: text(CLOCK, content=value, **FIVE))
        | inner.map(lambda value: {"role": "user", "content": [value]})
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["tools", "system", "messages", "cache_control", "thinking"]), JSON))
def test_any_body_is_judged_or_said_to_be_none(fields: Object) -> None:
    asked = body(**fields)
    try:
        size = prefix_of(RequestBody(asked)).size
    except BodyError:
        return
    for cause in causes(asked):
        assert 0 <= cause.cache_byte <= size
        assert cause.say.endswith(".")
        assert cause.where
        assert cause.fix is None or not cause.fix.say.startswith("Restore the old ")
