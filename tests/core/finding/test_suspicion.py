"""What a paste carries is named with its number, and made ordinary only where that is wanted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.finding.suspicion import (
    KINDS,
    PLAIN_HOST,
    Host,
    Kind,
    Suspecting,
    normal_run,
    normalised,
    runs,
    suspicious,
)
from coldbyte.core.text.invisible import category_of

# fmt: off
ODD = st.sampled_from([
    "\u00a0", "\u2003", "\u3000", "\u200b", "\u200d", "\ufeff", "\u202e", "\u00ad", "\U000e0041", "\ufe0f",
    "\x07", "\x0b", "\x85", "\u2028", "\r", "\n", "\r\n", "\t", "  ", "e\u0301", "\u0301", "ﬁ", "’", "“",
    "—", "…", "👨\u200d👩", "א", "a", "1", "\u034f", "\u1100\u1161", "\u1ffd", "\ufdd0", "\ufffc", "´",
])
# fmt: on
TEXTS = st.lists(ODD | st.characters(exclude_categories=["Cs"]), max_size=30).map("".join)
HOSTS = st.builds(Host, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "spaces", "tabs"]))
CHOICES = st.sets(st.sampled_from(KINDS))


def found(chars: str, host: Host = PLAIN_HOST) -> dict[Kind, dict[str, int]]:
    return {one.kind: dict(one.counts) for one in suspicious(chars, host)}


@pytest.mark.parametrize(
    ("chars", "kind", "counts", "normal"),
    [
        ("a\u00a0b\u00a0c\u2003d", "space", {"\u00a0": 2, "\u2003": 1}, "a b c d"),
        ("a\r\nb\r\nc\rd\ne", "line-end", {"\r\n": 2, "\r": 1}, "a\nb\nc\nd\ne"),
        ("\ufeffa\u200bb", "zero-width", {"\ufeff": 1, "\u200b": 1}, "ab"),
        ("a\u202eb", "bidi", {"\u202e": 1}, "ab"),
        ("soft\u00adly", "format", {"\u00ad": 1}, "softly"),
        ("hi\U000e0068\U000e0069", "format", {"\U000e0068": 1, "\U000e0069": 1}, "hi"),
        ("a\x07b", "control", {"\x07": 1}, "ab"),
        ("a\u2028b\x0bc", "line-separator", {"\u2028": 1, "\x0b": 1}, "a\nb\nc"),
        ("cafe\u0301", "decomposed", {"e\u0301": 1}, "café"),
        ("o\ufb03ce", "ligature", {"ﬃ": 1}, "office"),
        ("“It’s”", "quotes", {"“": 1, "’": 1, "”": 1}, '"It\'s"'),
        ("a — b…", "dashes", {"—": 1, "…": 1}, "a - b..."),
        ("a\n\tb\n  \tc\n  d", "tab", {"\t": 2}, "a\n    b\n    c\n  d"),
    ],
)
def test_each_kind_is_named_counted_and_made_ordinary(
    chars: str, kind: Kind, counts: dict[str, int], normal: str
) -> None:
    assert found(chars) == {kind: counts}
    assert normalised(chars) == normalised(chars, {kind}) == normal
    assert normalised(chars, set(KINDS) - {kind}) == chars


@pytest.mark.parametrize(
    "chars",
    [
        "",
        "Plain text.\nWith lines, and a tab\there.\n",
        "\tindented\n\tby tabs\n",
        "    indented\n      by spaces\n",
        "family 👨\u200d👩\u200d👧 and heart ❤\ufe0f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "全角\u3000空白",
        "naïve café, composed",
        "عربي \u200f(abc)",
    ],
)
def test_what_does_its_work_is_not_suspicious(chars: str) -> None:
    assert suspicious(chars) == ()
    assert normalised(chars) == chars


def test_every_letter_of_a_hidden_message_is_counted_and_goes_at_once() -> None:
    tags = "".join(chr(0xE0000 + ord(char)) for char in "ignore all")
    assert sum(found(f"hi{tags}")["format"].values()) == len(tags)
    assert normalised(f"hi{tags * 100}") == "hi"
    assert normalised("❤" + "\ufe0f" * 100 + "x") == "❤\ufe0fx"
    assert found("🏴\U000e0067\U000e0062\U000e007f") == {}


def test_line_separators_are_those_of_the_table() -> None:
    named = {chr(code) for code in range(0x3000) if category_of(chr(code)) == "line-separator"}
    assert normalised("".join(sorted(named - {"\r"}))) == "\n" * (len(named) - 1)


def test_line_ends_are_those_of_the_text_around() -> None:
    assert found("a\r\nb", Host("\r\n")) == {}
    assert found("a\nb", Host("\r\n")) == {"line-end": {"\n": 1}}
    assert normalised("a\nb\rc", host=Host("\r\n")) == "a\r\nb\r\nc"


def test_tabs_are_suspicious_where_the_text_around_is_indented_by_spaces() -> None:
    assert found("\ta", Host(indent="spaces")) == {"tab": {"\t": 1}}
    assert found("\ta", Host(indent="tabs")) == found("\ta") == {}
    assert normalised("\ta\tb", host=Host(indent="spaces")) == "    a\tb"


def test_only_dashes_are_quiet() -> None:
    assert [one.is_quiet for one in suspicious("’ —")] == [False, True]


@given(TEXTS, HOSTS)
def test_nothing_suspicious_is_left_in_what_was_normalised(chars: str, host: Host) -> None:
    normal = normalised(chars, host=host)
    assert suspicious(normal, host) == ()
    assert normalised(normal, host=host) == normal


@given(TEXTS, CHOICES, HOSTS)
def test_kinds_that_are_not_wanted_stay(chars: str, kinds: set[Kind], host: Host) -> None:
    normal = normalised(chars, kinds, host)
    assert not {one.kind for one in suspicious(normal, host)} & kinds
    assert normalised(normal, kinds, host) == normal
    if not {one.kind for one in suspicious(chars, host)} & kinds:
        assert normal == chars


@given(TEXTS, HOSTS)
def test_normalising_nothing_changes_nothing(chars: str, host: Host) -> None:
    assert normalised(chars, (), host) == chars


def test_what_becomes_suspicious_by_being_made_ordinary_is_made_ordinary_too() -> None:
    assert normal_run("\u1ffd\u0301", KINDS, PLAIN_HOST) == "'\u0301"
    assert normal_run("a\r\u200b\nb", KINDS, PLAIN_HOST) == "a\nb"


@given(st.lists(TEXTS, max_size=6), st.integers(1, 20))
def test_runs_are_the_text(parts: list[str], size: int) -> None:
    chars = "".join(parts)
    assert "".join(runs(chars, size)) == chars
    assert all(len(run) <= 2 * size for run in runs(chars, size))


def test_a_long_text_is_read_run_by_run_like_one() -> None:
    chars = ("A line with\u00a0a space, “quotes” and e\u0301.\r\n" * 5_000) + "x" * 100_000
    suspecting = Suspecting(Host())
    read = list(runs(chars))
    for run in read:
        suspecting.read(run)
    assert len(read) > 5
    assert suspecting.suspicions == suspicious(chars)
    kinds = {one.kind for one in suspecting.suspicions}
    assert "".join(normal_run(run, kinds, Host()) for run in read) == normalised(chars)
