"""The verdict says what usage shows, and names a cause only where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from coldbyte.core.cache.cache import Entry, settle
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.cache.money import dollars
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import look_at
from coldbyte.core.text.text import Text
from coldbyte.core.verdict.verdict import Verdict, judge
from coldbyte.services import resources

NOON = 1_795_435_200.0
CATALOGUE = read_catalogue(resources.text("catalogue.json"))

DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=1024,
    system=(SystemBlock("system", Text.from_str("Name the article and the paragraph.\n" * 100)),),
    documents=(Document("document", "gdpr.txt", Text.from_str("Article 17\n" * 4000), "5m"),),
    questions=(Question("question", Text.from_str("Who may ask?")),),
)
BROKEN = DRAFT.with_text("system", Text.from_str("Name the\u00a0article and the paragraph.\n" * 100))


@dataclass(frozen=True)
class Past:
    """The exchange before, and what it left."""

    exchange: Exchange | None = None
    entries: Mapping[bytes, Entry] | None = None


NO_PAST = Past()


def plan_of(draft: Draft, past: Past, now: float, scope: str = "simulator") -> Usage:
    """What the forecast expects of usage."""
    circumstances = Circumstances(past.entries or {}, scope, now)
    insight = look_at(draft, "question", past.exchange, CATALOGUE, circumstances)
    return insight.forecast.plan.usage


def ask(
    draft: Draft, usage: Usage | None, past: Past = NO_PAST, *, now: float = NOON, scope: str = "simulator"
) -> tuple[Verdict | None, Past]:
    """An exchange that went as `usage` says: its verdict, and the past of the next one."""
    entries = past.entries or {}
    insight = look_at(draft, "question", past.exchange, CATALOGUE, Circumstances(entries, scope, now))
    exchange = Exchange(
        1, "", insight.body, scope, now, first_event_at=now + 2, ended_at=now + 3, usage=usage
    )
    left = settle(entries, insight.forecast.plan, started_at=now, available_at=now + 2)
    return judge(exchange, insight, CATALOGUE), Past(exchange, left)


def measured(draft: Draft, past: Past = NO_PAST, *, now: float = NOON, percent: int = 100) -> Usage:
    """The usage of an API that does what we forecast, in tokens that are `percent` of our estimate."""
    plan = plan_of(draft, past, now)
    read, written, long = (count * percent // 100 for count in (plan.read, plan.written_5m, plan.written_1h))
    return Usage(read, written, long, plan.uncached * percent // 100, 300)


def verdict_of(
    draft: Draft, usage: Usage, past: Past = NO_PAST, *, now: float = NOON, scope: str = "simulator"
) -> Verdict:
    verdict, _ = ask(draft, usage, past, now=now, scope=scope)
    assert verdict is not None
    return verdict


def first(draft: Draft = DRAFT, percent: int = 100) -> Past:
    """A first exchange that went well."""
    return ask(draft, measured(draft, percent=percent))[1]


def test_without_usage_there_is_no_verdict() -> None:
    verdict, _ = ask(DRAFT, None)
    assert verdict is None


def test_the_first_request_writes_and_loses_nothing() -> None:
    verdict = verdict_of(DRAFT, measured(DRAFT))
    assert verdict.effect == "first"
    assert verdict.causes == ()
    assert verdict.lost == 0
    assert verdict.agrees
    assert "First request" in verdict.say
    assert f"{verdict.usage.written:,} tokens were written" in verdict.say


def test_the_same_prefix_again_is_a_hit() -> None:
    past = first()
    usage = measured(DRAFT, past, now=NOON + 60)
    verdict = verdict_of(DRAFT, usage, past, now=NOON + 60)
    assert usage.read > 0
    assert verdict.effect == "hit"
    assert verdict.causes == ()
    assert verdict.lost == 0
    assert f"{usage.read:,} tokens were read" in verdict.say
    assert verdict.agrees


def test_a_break_is_a_miss_with_its_cause_and_its_price() -> None:
    past = first()
    usage = measured(BROKEN, past, now=NOON + 60)
    verdict = verdict_of(BROKEN, usage, past, now=NOON + 60)
    stored = measured(DRAFT).written
    assert usage.read == 0
    assert verdict.effect == "miss"
    assert [cause.where for cause in verdict.causes] == ["system[0].text"]
    assert verdict.say.startswith(verdict.causes[0].say)
    assert f"{stored:,} tokens cold" in verdict.say
    assert verdict.lost == stored * (Decimal("2.50") - Decimal("0.10")) / 1_000_000
    assert dollars(verdict.lost) in verdict.say
    assert verdict.agrees


def test_a_price_is_that_of_the_day_of_the_exchange() -> None:
    before = 1_790_000_000.0 + 86_400 * 10  # 2026-10-01, when a read still cost 0.20
    past = ask(DRAFT, measured(DRAFT, now=before), now=before)[1]
    usage = measured(DRAFT, past, now=before + 60)
    early = verdict_of(DRAFT, usage, past, now=before + 60)
    late_past = first()
    late = verdict_of(DRAFT, usage, late_past, now=NOON + 60)
    assert early.price is not None
    assert late.price is not None
    assert early.price - late.price == usage.read * Decimal("0.10") / 1_000_000


def test_only_what_lies_behind_the_break_is_lost() -> None:
    marked = replace(DRAFT, system=(replace(DRAFT.system[0], ttl="1h"),))
    changed = marked.with_text("document", Text.from_str("Article 18\n" * 4000))
    past = first(marked)
    usage = measured(changed, past, now=NOON + 60)
    verdict = verdict_of(changed, usage, past, now=NOON + 60)
    assert usage.read > 512
    assert verdict.effect == "partial"
    assert [cause.where for cause in verdict.causes] == ["messages[0].content[0].source.data"]
    assert f"{measured(marked).written - usage.read:,} tokens cold" in verdict.say


def test_a_small_loss_behind_a_large_read_is_seen() -> None:
    tail = Document("tail", "note.txt", Text.from_str("A note. " * 60), "5m")
    draft = replace(DRAFT, documents=(*DRAFT.documents, tail))
    changed = draft.with_text("tail", Text.from_str("A n\u00f6te. " * 60))
    past = first(draft)
    usage = measured(changed, past, now=NOON + 60)
    verdict = verdict_of(changed, usage, past, now=NOON + 60)
    assert usage.read > 0.95 * measured(draft).written
    assert verdict.effect == "partial"
    assert len(verdict.causes) == 1


@pytest.mark.parametrize("percent", [70, 90, 110, 140])
def test_an_estimate_that_is_off_does_not_make_a_hit_a_loss(percent: int) -> None:
    past = first(percent=percent)
    usage = measured(DRAFT, past, now=NOON + 60, percent=percent)
    verdict = verdict_of(DRAFT, usage, past, now=NOON + 60)
    assert verdict.effect == "hit"
    assert verdict.lost == 0
    assert verdict.agrees


def test_a_hit_within_the_tolerance_loses_nothing() -> None:
    past = first()
    usage = measured(DRAFT, past, now=NOON + 60)
    nearly = replace(usage, read=usage.read * 98 // 100, uncached=usage.input - usage.read * 98 // 100)
    verdict = verdict_of(DRAFT, nearly, past, now=NOON + 60)
    assert verdict.effect == "hit"
    assert verdict.lost == 0


@pytest.mark.parametrize("percent", [70, 140])
def test_a_loss_is_counted_in_measured_tokens(percent: int) -> None:
    past = first(percent=percent)
    usage = measured(BROKEN, past, now=NOON + 60, percent=percent)
    verdict = verdict_of(BROKEN, usage, past, now=NOON + 60)
    assert past.exchange is not None
    assert past.exchange.usage is not None
    assert verdict.effect == "miss"
    assert verdict.lost is not None
    exact = past.exchange.usage.written * (Decimal("2.50") - Decimal("0.10")) / 1_000_000
    assert abs(verdict.lost - exact) < exact / 1000


def test_a_miss_that_nothing_explains_is_said_to_be_unexplained() -> None:
    past = first()
    cold = measured(DRAFT)
    verdict = verdict_of(DRAFT, cold, past, now=NOON + 60)
    assert verdict.effect == "miss"
    assert [cause.id for cause in verdict.causes] == ["no-visible-cause"]
    assert not verdict.agrees
    assert (verdict.resolution, verdict.confidence) == ("inconclusive", "low")
    assert "Nothing in the request explains it" in verdict.say
    assert "probably" in verdict.say
    assert verdict.lost


def test_an_expired_entry_is_the_cause_and_the_change_only_comes_on_top() -> None:
    past = first()
    verdict = verdict_of(BROKEN, measured(BROKEN), past, now=NOON + 301)
    assert verdict.effect == "miss"
    assert [cause.id for cause in verdict.causes] == ["ttl-expired", "invisible-char-changed"]
    assert (verdict.resolution, verdict.confidence) == ("agree", "medium")
    assert verdict.agrees
    assert "lived 5 minutes" in verdict.say
    assert "probably turned" in verdict.say
    stored = measured(DRAFT).written
    assert verdict.lost == stored * (Decimal("2.50") - Decimal("0.10")) / 1_000_000


def test_the_first_request_to_another_prompt_cache_is_a_first_request() -> None:
    past = first()
    verdict = verdict_of(DRAFT, measured(DRAFT), past, now=NOON + 60, scope="another key")
    assert verdict.effect == "first"
    assert "First request" in verdict.say
    assert [(cause.id, cause.severity) for cause in verdict.causes] == [("cache-scope-changed", "expected")]
    assert verdict.lost == 0


def test_the_first_write_after_one_that_stored_nothing_is_not_called_a_second_one() -> None:
    short = DRAFT.with_text("system", Text.from_str("Short.")).with_text("document", Text.from_str("Short."))
    past = ask(short, measured(short))[1]
    verdict = verdict_of(DRAFT, measured(DRAFT), past, now=NOON + 60)
    assert verdict.effect == "first"
    assert "again" not in verdict.say
    assert "alive" not in verdict.say


def test_a_read_that_nobody_expected_is_a_hit_that_was_not_forecast() -> None:
    cold = measured(DRAFT)
    verdict = verdict_of(DRAFT, Usage(read=cold.written, uncached=cold.uncached))
    assert verdict.effect == "hit"
    assert not verdict.agrees


def test_without_a_breakpoint_nothing_is_cached_and_that_is_said() -> None:
    unmarked = replace(DRAFT, documents=(replace(DRAFT.documents[0], ttl=None),))
    verdict = verdict_of(unmarked, measured(unmarked))
    assert verdict.effect == "none"
    assert "no breakpoint" in verdict.say


def test_a_prompt_below_the_minimum_is_said_to_be_too_short() -> None:
    short = DRAFT.with_text("system", Text.from_str("Short.")).with_text("document", Text.from_str("Short."))
    verdict = verdict_of(short, measured(short))
    assert verdict.effect == "none"
    assert "512 tokens" in verdict.say
    assert [cause.id for cause in verdict.causes] == ["below-min-tokens"]
    assert verdict.resolution == "agree"


def test_a_long_prompt_that_was_not_cached_is_not_called_too_short() -> None:
    cold = measured(DRAFT)
    verdict = verdict_of(DRAFT, Usage(uncached=cold.input))
    assert verdict.effect == "none"
    assert "minimum" not in verdict.say
    assert [(cause.id, cause.confidence) for cause in verdict.causes] == [("gateway-rewrote-request", "low")]


def test_an_unknown_model_has_no_price_and_no_minimum() -> None:
    unknown = replace(DRAFT, model="claude-unheard-of-9")
    verdict = verdict_of(unknown, measured(unknown))
    assert verdict.effect == "first"
    assert verdict.price is None
    assert verdict.lost is None
    nothing = verdict_of(unknown, Usage(uncached=10))
    assert "minimum" not in nothing.say


def test_a_loss_of_a_model_without_a_price_is_told_without_one() -> None:
    unknown, broken = (
        replace(DRAFT, model="claude-unheard-of-9"),
        replace(BROKEN, model="claude-unheard-of-9"),
    )
    past = first(unknown)
    verdict = verdict_of(broken, measured(broken, past, now=NOON + 60), past, now=NOON + 60)
    assert verdict.effect == "miss"
    assert "$" not in verdict.say
    assert "None" not in verdict.say


def test_the_price_is_that_of_everything_that_was_counted() -> None:
    usage = Usage(read=1000, written_5m=2000, written_1h=3000, uncached=400, output=50)
    verdict = verdict_of(DRAFT, usage)
    exact = 1000 * Decimal("0.10") + 2000 * Decimal("2.50") + 3000 * 4 + 400 * 2 + 50 * 10
    assert verdict.price == exact / 1_000_000


def test_a_miss_that_was_forecast_without_a_change_is_out_of_reach_and_not_the_servers_fault() -> None:
    past = first()
    notes = [Document(f"note {n}", f"{n}.txt", Text.from_str("A note.")) for n in range(20)]
    far = replace(DRAFT, documents=(replace(DRAFT.documents[0], ttl=None), *notes))
    far = far.with_part(replace(notes[-1], ttl="5m"))
    usage = measured(far, past, now=NOON + 60)
    verdict = verdict_of(far, usage, past, now=NOON + 60)
    assert usage.read == 0
    assert verdict.effect == "miss"
    assert verdict.agrees
    assert [cause.id for cause in verdict.causes] == ["lookback-window-exceeded"]
    assert "after 20" in verdict.say
    assert "server" not in verdict.say
    assert verdict.lost


def test_what_had_been_stored_and_was_forgotten_since_was_not_raced() -> None:
    """The simulator ended between two requests: the ledger knows, and nothing was expected to be read."""
    past = replace(first(), entries={})
    verdict = verdict_of(DRAFT, measured(DRAFT, past, now=NOON + 4), past, now=NOON + 4)
    assert not verdict.causes
    assert not verdict.lost
    assert verdict.effect == "first"
    assert "No entry was alive any more" in verdict.say


def test_an_entry_believed_live_may_not_be_readable_right_after_its_request_ended() -> None:
    past = first()
    usage = replace(measured(DRAFT), output=300)
    verdict = verdict_of(DRAFT, usage, past, now=NOON + 4)
    assert [cause.id for cause in verdict.causes] == ["concurrent-cold-start"]
    assert "probably" in verdict.say
