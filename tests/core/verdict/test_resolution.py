"""The table of the three witnesses: every row, and that none smooths a contradiction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, get_args

import pytest

from coldbyte.core.cache.cache import Entry, settle
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import Diagnosis
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.text.text import Text
from coldbyte.core.verdict.resolution import TABLE, Course, Echo, resolve
from coldbyte.core.verdict.verdict import Verdict, judge
from coldbyte.services import resources

NOON = 1_795_435_200.0
CATALOGUE = read_catalogue(resources.text("catalogue.json"))
DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=1024,
    system=(SystemBlock("system", Text.from_str("Name the article and the paragraph.\n" * 100)),),
    documents=(
        Document("law", "gdpr.txt", Text.from_str("Article 17\n" * 4000), "5m"),
        Document("note", "note.txt", Text.from_str("A note on it.\n" * 1000), "5m"),
    ),
    questions=(Question("question", Text.from_str("Who may ask?")),),
)
EDITED = DRAFT.with_text("note", Text.from_str("A note on it!\n" * 1000))
BROKEN = DRAFT.with_text("system", Text.from_str("Name the\u00a0article and the paragraph.\n" * 100))

NULL = Diagnosis("null", asked=True, previous="msg_01")
PENDING = replace(NULL, state="pending")
NOT_FOUND = replace(NULL, state="reason", type="previous_message_not_found")
UNAVAILABLE = replace(NULL, state="reason", type="unavailable")
SYSTEM = replace(NULL, state="reason", type="system_changed", missed=9000)
MESSAGES = replace(NULL, state="reason", type="messages_changed", missed=90)
NEW = replace(NULL, state="reason", type="weather_changed")
SILENT = Diagnosis()

Change = Callable[[Usage, Exchange], Mapping[str, Any]]


def as_planned(_: Usage, __: Exchange) -> Mapping[str, Any]:
    return {}


def cold(usage: Usage, _: Exchange) -> Mapping[str, Any]:
    return {"usage": replace(usage, read=0, written_5m=usage.written_5m + usage.read)}


def warm(usage: Usage, _: Exchange) -> Mapping[str, Any]:
    return {"usage": replace(usage, read=usage.read + usage.written_5m, written_5m=0)}


def only_the_law(usage: Usage, before: Exchange) -> Mapping[str, Any]:
    assert before.usage is not None
    law = before.usage.written * 3 // 4  # somewhere before the end
    return {"usage": replace(usage, read=law, written_5m=usage.read + usage.written_5m - law)}


def by_haiku(usage: Usage, before: Exchange) -> Mapping[str, Any]:
    return {**cold(usage, before), "served_by": "claude-haiku-5-5"}


def by_bedrock(usage: Usage, before: Exchange) -> Mapping[str, Any]:
    return {**cold(usage, before), "message_id": "msg_bdrk_2"}


def for_an_hour(usage: Usage, _: Exchange) -> Mapping[str, Any]:
    return {"usage": replace(usage, written_1h=usage.written_5m + 4000, written_5m=0, uncached=1)}


def uncounted(usage: Usage, _: Exchange) -> Mapping[str, Any]:
    return {"usage": Usage(uncached=usage.input), "usage_fields": {"input_tokens": usage.input}}


def not_cached(usage: Usage, _: Exchange) -> Mapping[str, Any]:
    return {"usage": Usage(uncached=usage.input)}


@dataclass(frozen=True)
class Row:
    """A second exchange: what was sent, how it went, what the diagnostics said; and what to say of it."""

    name: str
    draft: Draft
    went: Change
    diagnosis: Diagnosis
    effect: str
    causes: list[str]
    resolution: str
    confidence: str
    contradicting: set[tuple[str, str]] = frozenset()  # type: ignore[assignment]
    after: float = 60
    before_began: float = 2


C, D, U = "comparison", "diagnostics", "usage"
ROWS = [
    Row("all agree", DRAFT, as_planned, NULL, "hit", [], "agree", "high"),
    Row("a hit, diagnostics late", DRAFT, as_planned, PENDING, "hit", [], "agree", "high"),
    Row("a hit, no diagnostics", DRAFT, as_planned, SILENT, "hit", [], "agree", "high"),
    Row("a hit, told of a change", DRAFT, as_planned, SYSTEM, "hit", [], "contradict", "medium", {(C, D)}),
    Row("a late change", EDITED, as_planned, MESSAGES, "partial", ["text-edited"], "agree", "high"),
    Row("a change", BROKEN, as_planned, SYSTEM, "miss", ["invisible-char-changed"], "agree", "high"),
    Row(
        "a change, late word",
        BROKEN,
        as_planned,
        PENDING,
        "miss",
        ["invisible-char-changed"],
        "agree",
        "high",
    ),
    Row(
        *("a change that the API does not see", BROKEN, as_planned, NULL, "miss", ["invisible-char-changed"]),
        *("contradict", "medium", {(C, D)}),
    ),
    Row(
        *("gone, all say unchanged", DRAFT, cold, NULL, "miss", ["no-visible-cause"]),
        *("contradict", "low", {(C, U), (D, U)}),
    ),
    Row(
        *("gone, and nobody says more", DRAFT, cold, PENDING, "miss", ["no-visible-cause"]),
        *("inconclusive", "low", {(C, U)}),
    ),
    Row(
        *("gone, no record", DRAFT, cold, NOT_FOUND, "miss", ["no-visible-cause"]),
        *("inconclusive", "low", {(C, U)}),
    ),
    Row(
        *("gone, unavailable", DRAFT, cold, UNAVAILABLE, "miss", ["no-visible-cause"]),
        *("inconclusive", "low", {(C, U)}),
    ),
    Row(
        *("gone, a reason of tomorrow", DRAFT, cold, NEW, "miss", ["no-visible-cause"]),
        *("inconclusive", "low", {(C, U)}),
    ),
    Row(
        *("rewritten on the way", DRAFT, cold, SYSTEM, "miss", ["gateway-rewrote-request"]),
        *("contradict", "low", {(C, D), (C, U)}),
    ),
    Row(
        *("an edit, and the entry before it is gone too", EDITED, cold, MESSAGES, "miss"),
        *(["no-visible-cause"], "contradict", "low", {(C, U), (D, U)}),
    ),
    Row(
        *("an edit, the entry before it gone, nothing told", EDITED, cold, SILENT, "miss"),
        *(["no-visible-cause"], "inconclusive", "low", {(C, U)}),
    ),
    Row(
        *("part of the stored is gone", DRAFT, only_the_law, NULL, "partial", ["no-visible-cause"]),
        *("contradict", "low", {(C, U), (D, U)}),
    ),
    Row("expired, and still there", DRAFT, warm, NULL, "hit", [], "agree", "high", after=330),
    Row("expired", DRAFT, cold, NULL, "miss", ["ttl-expired"], "agree", "medium", after=330),
    Row(
        *(
            "expired and changed",
            BROKEN,
            as_planned,
            SYSTEM,
            "miss",
            ["ttl-expired", "invisible-char-changed"],
        ),
        *("agree", "medium"),
        after=330,
    ),
    Row(
        *("raced", DRAFT, cold, NULL, "miss", ["concurrent-cold-start"], "agree", "high"),
        after=1,
        before_began=5,
    ),
    Row(
        *("right behind it", DRAFT, cold, NULL, "miss", ["concurrent-cold-start"], "agree", "medium"),
        after=4,
    ),
    Row(
        *("another model", DRAFT, by_haiku, SILENT, "miss", ["served-by-other-model"], "agree", "high"),
    ),
    Row(
        *("another model, and the API says unchanged", DRAFT, by_haiku, NULL, "miss"),
        *(["served-by-other-model"], "agree", "high"),
    ),
    Row(
        *("another model, and an edit that costs nothing more", EDITED, by_haiku, MESSAGES, "miss"),
        *(["served-by-other-model"], "agree", "high"),
    ),
    Row(
        *("a change, sent at once", BROKEN, as_planned, SYSTEM, "miss", ["invisible-char-changed"]),
        *("agree", "high"),
        after=4,
    ),
    Row("another backend", DRAFT, by_bedrock, SILENT, "miss", ["backend-changed"], "agree", "medium"),
    Row(
        *("a read that nobody expected", BROKEN, warm, SYSTEM, "hit", [], "contradict", "medium"),
        {(C, U)},
    ),
    Row(
        *("a read that the API finds right", BROKEN, warm, NULL, "hit", [], "contradict", "medium"),
        {(C, D), (C, U)},
    ),
    Row(
        *("one hour that nobody asked for", BROKEN, for_an_hour, SILENT, "miss"),
        *(["gateway-rewrote-request"], "contradict", "medium", {(C, U)}),
    ),
    Row(
        *("counts are missing", DRAFT, uncounted, NULL, "none", ["usage-misreported"]),
        *("inconclusive", "low"),
    ),
    Row(
        *("nothing was cached", DRAFT, not_cached, SILENT, "none", ["gateway-rewrote-request"]),
        *("contradict", "low", {(C, U)}),
    ),
]


def second_of(row: Row) -> tuple[Verdict, Insight]:
    """The verdict on the exchange that follows one that went well."""
    clean = look_at(DRAFT, "question", None, CATALOGUE, Circumstances({}, "mine", NOON))
    first = Exchange(
        1,
        "",
        clean.body,
        "mine",
        NOON,
        first_event_at=NOON + row.before_began,
        ended_at=NOON + row.before_began + 1,
        message_id="msg_01",
        usage=clean.forecast.plan.usage,
        served_by=DRAFT.model,
    )
    left: Mapping[bytes, Entry] = settle(
        {}, clean.forecast.plan, started_at=NOON, available_at=NOON + row.before_began
    )
    now = NOON + row.after
    insight = look_at(row.draft, "question", first, CATALOGUE, Circumstances(left, "mine", now))
    sent = Exchange(
        2,
        "",
        insight.body,
        "mine",
        now,
        first_event_at=now + 2,
        ended_at=now + 3,
        message_id="msg_2",
        usage=insight.forecast.plan.usage,
        served_by=row.draft.model,
        diagnosis=row.diagnosis,
    )
    assert sent.usage is not None
    verdict = judge(replace(sent, **row.went(sent.usage, first)), insight, CATALOGUE)
    assert verdict is not None
    return verdict, insight


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_three_witnesses_give_what_the_table_says(row: Row) -> None:
    verdict, _ = second_of(row)
    assert (verdict.effect, [cause.id for cause in verdict.causes]) == (row.effect, row.causes)
    assert (verdict.resolution, verdict.confidence) == (row.resolution, row.confidence)
    found = {(one.source, other) for one in verdict.witnesses for other in one.contradicts}
    assert found == {pair for one, two in row.contradicting for pair in ((one, two), (two, one))}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_every_cause_has_evidence_and_every_witness_speaks_in_one_line(row: Row) -> None:
    verdict, _ = second_of(row)
    for cause in verdict.causes:
        assert cause.say in verdict.evidence
    assert [one.source for one in verdict.witnesses] == [C, D, U]
    assert all(one.say and "\n" not in one.say and one.say.endswith(".") for one in verdict.witnesses)
    assert len(set(verdict.evidence)) == len(verdict.evidence)


def test_an_unchanged_breakpoint_that_was_not_read_clears_the_edit_behind_it() -> None:
    row = next(row for row in ROWS if row.name.startswith("an edit, and the entry before it"))
    verdict, insight = second_of(row)
    hit = insight.forecast.plan.hit
    assert hit is not None
    unread = (
        "The breakpoint behind document 1 (“gdpr.txt”) is unchanged, "
        f"and its entry ({hit.tokens:,} tokens) was not read either."
    )
    assert verdict.evidence[0] == unread
    assert "is not the cause" in verdict.evidence[1]
    assert "4 min 0 s" in verdict.evidence[2]
    assert not verdict.agrees


def test_the_same_edit_is_the_cause_where_the_entry_before_it_was_read() -> None:
    row = next(row for row in ROWS if row.name == "a late change")
    verdict, insight = second_of(row)
    assert insight.forecast.plan.hit is not None
    assert verdict.usage.read == insight.forecast.plan.hit.tokens
    assert [one.stance for one in verdict.witnesses] == ["partial-expected", "changed", "partial"]
    assert any("end behind document 1" in fact for fact in verdict.evidence)


def test_an_entry_of_an_hour_outlives_the_one_behind_it() -> None:
    long = replace(DRAFT, documents=(replace(DRAFT.documents[0], ttl="1h"), DRAFT.documents[1]))
    clean = look_at(long, "question", None, CATALOGUE, Circumstances({}, "mine", NOON))
    first = Exchange(
        1, "", clean.body, "mine", NOON, first_event_at=NOON + 1, usage=clean.forecast.plan.usage
    )
    left = settle({}, clean.forecast.plan, started_at=NOON, available_at=NOON + 1)
    insight = look_at(long, "question", first, CATALOGUE, Circumstances(left, "mine", NOON + 400))
    usage = insight.forecast.plan.usage
    verdict = judge(replace(first, number=2, started_at=NOON + 400, usage=usage), insight, CATALOGUE)
    assert verdict is not None
    assert (verdict.effect, verdict.agrees) == ("partial", True)
    assert [cause.id for cause in verdict.causes] == ["ttl-expired"]
    assert 0 < usage.read < clean.forecast.plan.usage.written


def after_a_restart(now: float, sent: float, read: bool) -> Verdict:
    """A request whose entries are remembered, but not the exchange that wrote them."""
    clean = look_at(DRAFT, "question", None, CATALOGUE, Circumstances({}, "mine", NOON))
    left = settle({}, clean.forecast.plan, started_at=NOON, available_at=NOON + 1)
    insight = look_at(DRAFT, "question", None, CATALOGUE, Circumstances(left, "mine", now))
    usage = insight.forecast.plan.usage if read else clean.forecast.plan.usage
    exchange = Exchange(1, "", insight.body, "mine", sent, first_event_at=sent + 1, usage=usage)
    verdict = judge(exchange, insight, CATALOGUE)
    assert verdict is not None
    return verdict


def test_entries_that_outlived_a_restart_are_judged_without_a_baseline() -> None:
    assert after_a_restart(NOON + 60, NOON + 60, read=True).effect == "hit"
    gone = after_a_restart(NOON + 60, NOON + 60, read=False)
    assert (gone.effect, [cause.id for cause in gone.causes]) == ("miss", ["no-visible-cause"])
    assert gone.lost


@pytest.mark.parametrize("looked", [NOON + 299, NOON + 400])
def test_entries_that_expired_since_are_told_without_a_baseline(looked: float) -> None:
    late = after_a_restart(looked, NOON + 400, read=False)
    assert (late.effect, [cause.id for cause in late.causes]) == ("miss", ["ttl-expired"])
    assert late.resolution == "agree"
    assert late.lost


def test_what_only_warns_is_no_cause() -> None:
    long = replace(DRAFT, documents=(replace(DRAFT.documents[0], ttl="1h"), DRAFT.documents[1]))
    clean = look_at(long, "question", None, CATALOGUE, Circumstances({}, "mine", NOON))
    first = Exchange(
        1, "", clean.body, "mine", NOON, first_event_at=NOON + 1, usage=clean.forecast.plan.usage
    )
    left = settle({}, clean.forecast.plan, started_at=NOON, available_at=NOON + 1)
    insight = look_at(BROKEN, "question", first, CATALOGUE, Circumstances(left, "mine", NOON + 60))
    assert "ttl-downgraded" in [cause.id for cause in insight.causes]
    usage = insight.forecast.plan.usage
    verdict = judge(replace(first, number=2, body=insight.body, usage=usage), insight, CATALOGUE)
    assert verdict is not None
    assert [cause.id for cause in verdict.causes] == ["invisible-char-changed"]


def test_only_a_change_behind_all_that_was_stored_is_called_one() -> None:
    broken, _ = second_of(next(row for row in ROWS if row.name == "a change"))
    assert not any("behind all that was stored" in fact for fact in broken.evidence)


def test_usage_that_lacks_counts_has_no_price() -> None:
    row = next(row for row in ROWS if row.name == "counts are missing")
    verdict, _ = second_of(row)
    assert (verdict.price, verdict.lost) == (None, None)


def test_a_diagnosis_that_compared_with_an_unknown_exchange_says_nothing_for_or_against() -> None:
    row = replace(ROWS[0], diagnosis=replace(SYSTEM, previous="msg_other"))
    verdict, _ = second_of(row)
    assert (verdict.resolution, verdict.witnesses[1].stance) == ("agree", "changed")


def test_the_table_has_a_row_for_everything_that_can_happen() -> None:
    assert set(TABLE) == set(product(get_args(Course), get_args(Echo)))


def test_what_the_diagnostics_deny_never_agrees() -> None:
    for course in get_args(Course):
        row = resolve(course, "denies")
        assert row.agreement != "agree"
        assert (C, D) in row.contradictions


def test_agreement_has_no_contradiction_and_contradiction_has_one() -> None:
    for row in TABLE.values():
        assert (row.agreement == "contradict") <= bool(row.contradictions)
        assert (row.agreement == "agree") == (not row.contradictions and row.agreement != "inconclusive")
