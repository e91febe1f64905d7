from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sample_text import causes, found, hosted

MOMENTS = st.datetimes(datetime(2001, 9, 10), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
FORMATS = st.sampled_from(
    [
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S",
        "%a, %d %b %Y %H:%M:%S +0000",
        "%b %d, %Y %H:%M",
        "%d %B %Y, %I:%M %p",
        "%A, %B %d, %Y at %H:%M:%S",
        "%H:%M:%S on %m/%d/%Y",
        "%a %b %d %H:%M:%S %Y",
        "%Y%m%dT%H%M%SZ",
    ]
)
DAYS = st.sampled_from(
    ["%Y-%m-%d", "%d %B %Y", "%m/%d/%Y", "%A, %B %d, %Y", "%d.%m.%Y", "%Y/%m/%d", "%b %d", "%d-%b-%Y"]
)


@pytest.mark.parametrize(
    ("before", "after", "say"),
    [
        (
            "Now: 2026-11-23T10:15:00Z. Rules.",
            "Now: 2026-11-23T10:15:41Z. Rules.",
            "The time 2026-11-23T10:15:00Z became 2026-11-23T10:15:41Z.",
        ),
        ("Time: 10:15:00", "Time: 11:16:41", "The time 10:15:00 became 11:16:41."),
        ("It is 9:59 AM.", "It is 10:00 AM.", "The time 9:59 AM became 10:00 AM."),
        (
            "Now: 2026-11-23 23:58",
            "Now: 2026-11-24 00:01",
            "The time 2026-11-23 23:58 became 2026-11-24 00:01.",
        ),
        ("ts: 1795428900123", "ts: 1795428941987", "The time 1795428900123 became 1795428941987."),
    ],
)
def test_a_clock_is_one_place_and_quoted_whole(before: str, after: str, say: str) -> None:
    for old, new in ((before, after), (hosted(before), hosted(after))):
        (one,) = found(old, new)
        assert (one.id, one.say, one.count, one.confidence) == ("volatile-timestamp", say, 1, "high")


@given(MOMENTS, st.timedeltas(timedelta(seconds=60), timedelta(hours=30)), FORMATS)
def test_every_way_to_write_a_moment_is_a_timestamp(moment: datetime, later: timedelta, form: str) -> None:
    before, after = moment.strftime(form), (moment + later).strftime(form)
    if before == after or ((moment + later - moment).days and before[-5:] == after[-5:]):
        return
    ids = causes(f"Rules.\nNow: {before}\nBe brief.", f"Rules.\nNow: {after}\nBe brief.")
    assert ids in (["volatile-timestamp"], ["date-rollover"])
    if moment.date() == (moment + later).date():
        assert ids == ["volatile-timestamp"]


@given(MOMENTS, st.integers(1, 400), DAYS)
def test_every_way_to_write_a_day_is_a_rollover(moment: datetime, days: int, form: str) -> None:
    before, after = moment.strftime(form), (moment + timedelta(days=days)).strftime(form)
    if before != after:
        (one,) = found(f"Today's date: {before}\nRules.", f"Today's date: {after}\nRules.")
        assert (one.id, one.say) == ("date-rollover", f"The date {before} became {after}.")


def test_a_day_that_changed_beside_the_same_clock_is_a_rollover() -> None:
    assert causes("2026-11-23T10:15:00Z", "2026-11-24T10:15:00Z") == ["date-rollover"]


def test_a_date_beside_a_clock_that_changed_belongs_to_the_stamp() -> None:
    before, after = "Date: 2026-11-23\nTime: 23:58", "Date: 2026-11-24\nTime: 00:01"
    (one,) = found(hosted(before), hosted(after))
    assert (one.id, one.count) == ("volatile-timestamp", 2)


def test_a_weekday_alone_is_a_date() -> None:
    assert causes("Today is Monday.", "Today is Wednesday.") == ["date-rollover"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The ratio 16:9 is wide.", "The ratio 16:10 is wide."),
        ("You may ask.", "You might ask."),
        ("Sunny days", "Monstrous days"),
        ("at 10:15", "at noon"),
    ],
)
def test_what_only_resembles_a_clock_is_none(before: str, after: str) -> None:
    assert causes(before, after) in (["text-edited"], ["volatile-counter"])


def test_a_time_far_from_the_request_is_less_sure() -> None:
    before, after = "on 2016-04-27T10:00:00Z", "on 2016-04-27T11:00:00Z"
    sent = datetime(2026, 11, 23, 10, tzinfo=UTC).timestamp()
    assert found(before, after, at=(sent, sent + 41))[0].confidence == "medium"
    old = datetime(2016, 4, 27, 10, tzinfo=UTC).timestamp()
    assert found(before, after, at=(old, old + 3600))[0].confidence == "high"


def test_two_identifiers_in_a_line_are_two_places() -> None:
    before = [f"{n}0fc829c-5ec4-43a6-93f9-62663f5517b1" for n in (2, 3)]
    after = [f"{n}0a7db64-23ee-477b-b8f3-e97eb1ba1d1f" for n in (8, 9)]
    (one,) = found(hosted("from {} to {}.".format(*before)), hosted("from {} to {}.".format(*after)))
    assert (one.id, one.label, one.count) == ("volatile-id", "uuid", 2)
    assert one.say == f"The identifier {before[0]} became {after[0]}. 1 more change of this kind follows."


@given(st.uuids(version=4), st.uuids(version=4))
def test_a_new_uuid_is_one_place_however_many_characters_it_shares(one: uuid.UUID, two: uuid.UUID) -> None:
    if one != two:
        (seen,) = found(f"deny /var/cfg-{one}.json", f"deny /var/cfg-{two}.json")
        assert (seen.id, seen.count) == ("volatile-id", 1)
        assert seen.say == f"The identifier {one} became {two}."


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        ("see msg_01AbC now", "see msg_09XyZ now", "prefixed"),
        ("toolu_01A09q90qw90lq917835lq9", "toolu_01B7Kx0qw11aaa917835abc", "prefixed"),
        ("commit 9f3ab2c", "commit 07d1e5b", "hex"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ", "token"),
        ("key eyJhbGci-JIUz_1NiI1In9 end", "key eyKhb8ci-JIVz_2NiI7In9 end", "token"),
        ("User ID: 3f9a2b", "User ID: 77bc01", "hex"),
    ],
)
def test_identifiers_are_known_by_their_form(before: str, after: str, label: str) -> None:
    for old, new in ((before, after), (hosted(before), hosted(after))):
        (one,) = found(old, new)
        assert (one.id, one.label) == ("volatile-id", label)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("in 10 the decade began", "in 10 the facade began"),
        ("#ff0a00 is red", "#00ff0a is red"),
        ("MyClass", "MyClasses"),
    ],
)
def test_words_and_colours_are_no_identifiers(before: str, after: str) -> None:
    assert "volatile-id" not in causes(before, after)


def test_the_stamp_of_a_client_is_told_from_other_identifiers() -> None:
    line = "x-anthropic-billing-header: cc_version=2.1.37.0d9; cc_entrypoint=cli; cch=fa690;"
    for new, label in (
        (line.replace("fa690", "543cf"), "cch"),
        (line.replace("37.0d9", "38.1a4"), "cc_version"),
    ):
        (one,) = found(f"{line}\nRules.", f"{new}\nRules.")
        assert (one.id, one.label) == ("client-version-stamp", label)
    (one,) = found("Rules.", f"{line}\nRules.")
    assert (one.id, one.say) == ("client-version-stamp", "The line of the client stamp was added.")
    assert causes(f"{line}\nBe brief.", f"{line}\nBe kind.") == ["text-edited"]


@pytest.mark.parametrize(
    ("before", "after", "say"),
    [
        ("Rules.\n~188k tokens remaining", "Rules.\n~171k tokens remaining", "The number 188k became 171k."),
        ("Turn 9 of 40.", "Turn 10 of 40.", "The number 9 became 10."),
        ("Cost so far: $0.4213", "Cost so far: $0.5307", "The number $0.4213 became $0.5307."),
        ("Context used: 42%", "Context used: 57%", "The number 42% became 57%."),
    ],
)
def test_a_counter_is_sure_by_the_words_around_it(before: str, after: str, say: str) -> None:
    for old, new in ((before, after), (hosted(before), hosted(after))):
        (one,) = found(old, new)
        assert (one.id, one.say, one.confidence) == ("volatile-counter", say, "high")


def test_a_number_in_prose_is_a_counter_of_low_confidence() -> None:
    (one,) = found("max 10 items", "max 12 items")
    assert (one.id, one.confidence) == ("volatile-counter", "low")
    assert causes("max 10 items", "max ten items") == ["text-edited"]
    assert causes("max 10 items", "max 10 big items") == ["text-edited"]


def test_a_character_a_sentence_and_a_clock_are_three_findings() -> None:
    before = hosted("Answer in one sentence.\nIt is 10:15:00 now.\nName all your sources, please.")
    after = hosted("Answer in one\u00a0sentence.\nIt is 10:15:41 now.\nName no sources, please.")
    assert causes(before, after) == ["invisible-char-changed", "volatile-timestamp", "text-edited"]


def test_an_edit_and_a_clock_in_one_line_are_two_findings() -> None:
    before = hosted("It is 10:15:00 and you are a helpful assistant of the company.")
    after = hosted("It is 11:16:41 and you are a friendly assistant of the company.")
    assert causes(before, after) == ["volatile-timestamp", "text-edited"]


def test_many_places_of_one_kind_are_all_found() -> None:
    lines = [f"[10:{n % 60:02}:{n // 60:02}] item {n} was done" for n in range(900)]
    (one,) = found("\n".join(lines), "\n".join(line.replace("[10:", "[11:") for line in lines))
    assert (one.id, one.count) == ("volatile-timestamp", 900)


def test_two_kinds_of_identifiers_in_one_line_stand_in_their_order() -> None:
    before = "key eyJhbGci-JIUz_1NiI1In9 of 20fc829c5ec4"
    (one,) = found(before, before.replace("Gci-JIUz_1Ni", "8ci-JIVz_2Ni7").replace("20fc829c", "90a7db64"))
    assert (one.id, one.count) == ("volatile-id", 2)
    assert one.say.startswith("The identifier eyJhbGci-JIUz_1NiI1In9 became eyJhb8ci-JIVz_2Ni7I1In9.")


def test_a_finding_is_as_sure_as_its_surest_place() -> None:
    before = hosted("max 10 items of the kind\n\nTokens used: 188")
    (one,) = found(before, before.replace("10 items", "12 items").replace("188", "171"))
    assert (one.id, one.count, one.confidence) == ("volatile-counter", 2, "high")
