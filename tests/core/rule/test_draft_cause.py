"""All causes of a draft in one list: differences, set-up, reach, and time."""

from __future__ import annotations

from dataclasses import replace

from coldbyte.core.body import request_body
from coldbyte.core.cache.cache import Entry, settle
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.draft import Document, Draft, Question, SystemBlock, Ttl
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.text.text import Text
from coldbyte.services import resources

NOON = 1_795_435_200.0
CATALOGUE = read_catalogue(resources.text("catalogue.json"))


def draft(rules: str = "Rules. " * 600, notes: str = "Notes. " * 900, *ttls: Ttl | None) -> Draft:
    first, second = ttls or (None, "5m")
    return Draft(
        "claude-sonnet-5-5",
        64,
        (SystemBlock("s", Text.from_str(rules), first),),
        (Document("d", "d.txt", Text.from_str(notes), second),),
        (Question("q", Text.from_str("Why?")), Question("r", Text.from_str("How?"))),
    )


def look(
    after: Draft, before: Draft | None = None, *, question: str = "q", wait: float = 30, scope: str = "mine"
) -> Insight:
    """The insight into `after`, `before` being sent `wait` seconds earlier in the scope `mine`."""
    if before is None:
        return look_at(after, question, None, CATALOGUE, Circumstances({}, scope, NOON))
    sent = NOON - wait
    entries: dict[bytes, Entry] = {}
    first = look_at(before, "q", None, CATALOGUE, Circumstances(entries, "mine", sent))
    plan = first.forecast.plan
    entries = settle(entries, plan, started_at=sent, available_at=sent + 1)
    exchange = Exchange(
        1, "", request_body(before, "q"), "mine", sent, b"", sent + 1, sent + 2, usage=plan.usage
    )
    return look_at(after, question, exchange, CATALOGUE, Circumstances(entries, scope, NOON))


def ids(insight: Insight) -> list[str]:
    return [cause.id for cause in insight.causes]


def test_an_unchanged_draft_has_no_cause() -> None:
    insight = look(draft(), draft())
    assert ids(insight) == []
    assert insight.harmless == ()
    assert insight.primary is None


def test_causes_of_several_values_stand_in_cache_order() -> None:
    after = draft("Rules. " * 300 + "Rules.\u00a0" + "Rules. " * 299, "Notes. " * 899 + "Notes.")
    insight = look(replace(after, model="claude-opus-5"), draft())
    assert ids(insight) == ["model-changed", "invisible-char-changed", "whitespace-changed"]
    assert insight.primary is insight.causes[0]
    assert [cause.cache_byte for cause in insight.causes] == sorted(c.cache_byte for c in insight.causes)


def test_another_question_is_harmless() -> None:
    insight = look(draft(), draft(), question="r")
    assert ids(insight) == []
    assert [cause.id for cause in insight.harmless] == ["text-edited"]
    assert {cause.severity for cause in insight.harmless} == {"info"}


def test_the_set_up_is_told_without_a_baseline() -> None:
    assert ids(look(draft("R", "N", None, None))) == ["no-cache-control"]
    assert ids(look(draft("Short", "Short"))) == ["below-min-tokens"]
    assert ids(look(draft("R " * 3_000, "N " * 3_000, "5m", "1h"))) == ["ttl-order-wrong"]
    many = replace(draft(), system=tuple(SystemBlock(f"s{n}", Text.from_str("R"), "5m") for n in range(5)))
    assert "too-many-breakpoints" in ids(look(many))


def test_lost_breakpoints_are_said_to_be_lost() -> None:
    (cause,) = look(draft("Rules. " * 600, "Notes. " * 900, None, None), draft()).causes
    assert (cause.id, cause.label) == ("no-cache-control", "lost")


def test_a_breakpoint_that_leads_nowhere_is_a_cause_and_one_that_still_reads_is_none() -> None:
    moved = look(draft("Rules. " * 600, "Notes. " * 900, "5m", None), draft())
    assert ids(moved) == ["breakpoint-moved"]
    added = look(draft("Rules. " * 600, "Notes. " * 900, "5m", "5m"), draft())
    assert ids(added) == []


def test_a_shorter_lifetime_warns_while_the_prefix_is_intact() -> None:
    before = draft("Rules. " * 600, "Notes. " * 900, None, "1h")
    insight = look(draft(), before)
    assert not insight.broken
    assert [(cause.id, cause.severity) for cause in insight.causes] == [("ttl-downgraded", "warning")]


def test_time_stands_behind_what_the_bodies_show() -> None:
    assert ids(look(draft(), draft(), wait=299)) == []
    insight = look(draft("Other. " * 600), draft(), wait=301)
    assert ids(insight) == ["text-edited", "ttl-expired"]
    assert ids(look(draft(), draft(), wait=301)) == ["ttl-expired"]


def test_another_scope_is_named() -> None:
    assert ids(look(draft(), draft(), scope="theirs")) == ["cache-scope-changed"]


def test_a_moved_breakpoint_is_no_cause_where_nothing_is_left_to_read() -> None:
    moved = draft("Rules. " * 600, "Notes. " * 900, "5m", None)
    assert ids(look(moved, draft(), wait=400)) == ["ttl-expired"]
