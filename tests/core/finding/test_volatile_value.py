"""A clock that is one of now is told from a date in a law, an identifier of a session from an example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.finding.volatile_value import is_volatile, volatile_values
from coldbyte.services import resources

NOW = 1_795_392_000.0  # 2026-11-23
UUID = "20fc829c-5ec4-43a6-93f9-62663f5517b1"


def found(chars: str, sent: float | None = None) -> list[tuple[str, str, bool]]:
    data = chars.encode()
    return [
        (value.id, data[value.start : value.stop].decode(), value.sure)
        for value in volatile_values(data, NOW, sent=sent)
    ]


@pytest.mark.parametrize(
    ("chars", "name", "value"),
    [
        ("Now: 2026-11-23T10:15:00Z. Rules.", "volatile-timestamp", "2026-11-23T10:15:00Z"),
        ("Generated at 2026-11-23 10:15:41", "volatile-timestamp", "2026-11-23 10:15:41"),
        ("The current time is 10:15 AM, so hurry.", "volatile-timestamp", "10:15 AM"),
        ("Es gibt é. Current epoch: 1795428900", "volatile-timestamp", "1795428900"),
        ("Today's date: 2026-11-23\nRules.", "date-rollover", "2026-11-23"),
        ("Today is Monday, 23 November 2026.", "date-rollover", "Monday, 23 November 2026"),
        (f"Session: {UUID}", "volatile-id", UUID),
        (f"deny /var/cfg-{UUID}.json", "volatile-id", UUID),
        ("Session ID: 9f8c2b1a77", "volatile-id", "9f8c2b1a77"),
        (
            "x-anthropic-billing-header: cch=fa690;",
            "client-version-stamp",
            "x-anthropic-billing-header: cch=fa690;",
        ),
        ("Rules.\n~188k tokens remaining", "volatile-counter", "~188k tokens remaining"),
        ("This is turn 3 of 20.", "volatile-counter", "turn 3 of 20"),
        ("Rules.\n  Working directory: /repo\n", "environment-snapshot", "Working directory: /repo"),
        ("Tenant: A\nRules.", "per-user-data", "Tenant: A"),
    ],
)
def test_a_value_that_will_not_stay_is_found_with_its_bytes(chars: str, name: str, value: str) -> None:
    assert found(chars) == [(name, value, True)]


@pytest.mark.parametrize(
    "chars",
    [
        "Regulation of 27 April 2016, applicable from 25 May 2018 at 00:00.",
        "as of today, 27 April 2016, nothing else is known",
        "timestamp: 2016-04-27T10:00:00Z",
        "Opening hours 9:00-17:00. Call now at 10:30.",
        "Psalm 23:10 and Matthew 5:17 are quoted.",
        "The port is localhost:8080, the ratio 16:10.",
        "An example: 123e4567-e89b-12d3-a456-426614174000",
        f"The database {UUID} holds the notes.",
        f"A name-based one: session {UUID[:14]}5{UUID[15:]}",
        "return 3 of 4; saturn 3 of 4",
        "Stop when fewer than 500 tokens remaining.",
        "User: hi\nAssistant: hello",
        "Step 1 of 5: read. Step 2 of 5: write.",
        "The session request conversation run token is described below.",
        "1795428900 widgets were sold",
        "the user: anybody who asks?",
    ],
)
def test_a_value_that_stays_is_left_alone(chars: str) -> None:
    assert [value for value in found(chars) if value[2]] == []


def test_a_bare_moment_or_identifier_is_not_proved() -> None:
    assert found("Build 2026-11-20 08:00:00 of the app") == [
        ("volatile-timestamp", "2026-11-20 08:00:00", False)
    ]
    assert found(f"See {UUID}.") == [("volatile-id", UUID, False)]


def test_the_time_of_the_request_proves_a_moment() -> None:
    chars = "Build 2026-11-23 10:15:41 of the app"
    assert found(chars, sent=NOW + 40_000) == [("volatile-timestamp", "2026-11-23 10:15:41", True)]
    assert found(chars, sent=NOW + 9 * 86_400) == [("volatile-timestamp", "2026-11-23 10:15:41", False)]


def test_many_moments_without_proof_are_a_log() -> None:
    log = "".join(f"2026-11-20 08:00:{second:02} GET /{second}\n" for second in range(50))
    assert found(log) == []
    assert found(f"{log}Current time: 2026-11-23 10:15:41") == [
        ("volatile-timestamp", "2026-11-23 10:15:41", True)
    ]


def test_a_law_holds_no_volatile_value() -> None:
    assert found(resources.text("sample/gdpr.txt")) == []


@given(st.text(st.sampled_from("é😀 \nNow:today1:02026-session=abcdef0123456789"), max_size=80))
def test_bytes_of_a_value_are_whole_characters_of_the_text(chars: str) -> None:
    data = chars.encode()
    for value in volatile_values(data, NOW):
        assert 0 <= value.start < value.stop <= len(data)
        assert data[value.start : value.stop].decode()


@given(st.text("aé\n ", max_size=300), st.text("aé\n ", max_size=300))
def test_a_clock_is_found_wherever_it_stands(before: str, after: str) -> None:
    chars = f"{before}\nNow: 2026-11-23T10:15:00Z\n{after}"
    assert found(chars) == [("volatile-timestamp", "2026-11-23T10:15:00Z", True)]


def test_a_part_of_a_clock_is_volatile_and_a_word_is_not() -> None:
    chars = "Now: 2026-11-23T10:15:00Z. Rules."
    at = chars.index("15:00")
    assert is_volatile(chars, at, at + 5)
    assert not is_volatile(chars, chars.index("Rules"), len(chars))
