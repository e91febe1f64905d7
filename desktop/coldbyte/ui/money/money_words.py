"""The words of the money: amounts with a sign, rates, times, and what each figure means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from coldbyte.core.account.account import Account, Line
from coldbyte.core.account.patience import Patience
from coldbyte.core.account.what_if import Outlook, Way
from coldbyte.core.cache.catalogue import Model
from coldbyte.core.cache.money import dollars
from coldbyte.core.traffic.span import span_words
from coldbyte.ui.money.money_sheet import WhatIfSheet

translate = QCoreApplication.translate


def signed(amount: Decimal | None) -> str:
    """An amount that may be a gain or a loss: `+$0.03`, `−$0.01`, `$0`; `–` where it is not known."""
    if amount is None:
        return "–"
    return f"+{dollars(amount)}" if amount > 0 else dollars(amount)


def amount(value: Decimal | None) -> str:
    """An amount; `–` where it is not known."""
    return "–" if value is None else dollars(value)


def rate(share: float | None) -> str:
    """A share of the prompt in per cent, `–` of no prompt; never 0 or 100 for what is only close to it."""
    if share is None:
        return "–"
    if 0 < share < 0.01:
        return "<1 %"
    if 0.99 < share < 1:
        return ">99 %"
    return f"{share:.0%}".replace("%", " %")


def per_cent(value: float | None) -> str:
    """An error in per cent."""
    if value is None:
        return "–"
    if 0 < value < 0.1:
        return "<0.1 %"
    return f"{value:.0f} %" if value >= 10 or not value else f"{value:.1f} %"


def seconds(value: float) -> str:
    """Seconds that were saved, or lost: `−1.2 s`."""
    size = f"{abs(value):.1f} s" if abs(value) < 10 else span_words(abs(value))
    return f"−{size}" if value < 0 else size


def time_words(at: float, today: date, zone: tzinfo | None) -> str:
    """The time of day, with the day unless that is today."""
    moment = datetime.fromtimestamp(at, zone)
    return moment.strftime("%H:%M:%S") if moment.date() == today else moment.strftime("%m-%d %H:%M")


def day_words(day: date, today: date) -> str:
    """A day; today is called so."""
    return translate("MoneyView", "Today") if day == today else day.isoformat()


def count_words(lines: Sequence[Line]) -> str:
    """How many exchanges and warmings these are."""
    warmings = sum(line.receipt.kind == "warming" for line in lines)
    return counted(len(lines) - warmings, warmings)


def counted(exchanges: int, warmings: int) -> str:
    """`14 exchanges, 2 warmings`."""
    one = translate("MoneyView", "1 exchange" if exchanges == 1 else "{n} exchanges")
    said = one.format(n=f"{exchanges:,}")
    if not warmings:
        return said
    also = translate("MoneyView", "1 warming" if warmings == 1 else "{n} warmings")
    return f"{said}, {also.format(n=f'{warmings:,}')}"


def saving_note(account: Account) -> str:
    """What the net saving is measured against, in a word where it is a loss."""
    without = dollars(account.without)
    if account.saving < 0:
        return translate("MoneyView", "a loss: {without} without caching").format(without=without)
    return translate("MoneyView", "of {without} without caching").format(without=without)


def patience_note(found: Patience) -> str:
    """Over how many warm answers seconds were saved, or why that is not known."""
    if found.saved_s is None:
        return translate("MoneyView", "needs cold and warm answers alike")
    warm = sum(wait.warm for wait in found.waits if wait.saved_s is not None)
    words = translate("MoneyView", "over 1 warm answer" if warm == 1 else "over {n} warm answers")
    if found.saved_s < 0:
        words = translate("MoneyView", "lost, {words}").format(words=words)
    return words.format(n=f"{warm:,}")


def patience_tip(found: Patience) -> str:
    """How the seconds were measured, for each model and size."""
    lines = [
        translate(
            "MoneyView",
            "Time from the request to the first event of the answer: median of cold exchanges (less than "
            "10 % read) minus median of warm ones (more than 90 %), for each model and size of prompt, times "
            "the warm exchanges.",
        )
    ]
    words = translate("MoneyView", "{model}, {least} to {most} tokens: cold {cold}, warm {warm}")
    lines += [
        words.format(
            model=wait.model,
            least=f"{wait.least:,}",
            most=f"{wait.most:,}",
            cold=_measured(wait.cold_s, wait.cold),
            warm=_measured(wait.warm_s, wait.warm),
        )
        for wait in found.waits
    ]
    return "\n".join(lines)


def _measured(median_s: float | None, count: int) -> str:
    if median_s is None:
        return translate("MoneyView", "never seen")
    return translate("MoneyView", "{s:.2f} s ({n})").format(s=median_s, n=count)


def wasted_words(account: Account) -> tuple[str, str]:
    """What was written and never read: the figure, and what it means."""
    premium = dollars(account.premium)
    if not account.wasted:
        return premium, translate("MoneyView", "nothing was written in vain")
    words = translate("MoneyView", "paid extra for {n} tokens that expired unread")
    return premium, words.format(n=f"{account.wasted:,}")


def lost_words(account: Account) -> tuple[str, str]:
    """What lay in the prompt cache and was not read: the figure, and what it means."""
    lost = dollars(account.lost)
    if not account.missed:
        return lost, translate("MoneyView", "all that was stored was read")
    words = translate("MoneyView", "paid extra for {n} stored tokens that were not read")
    return lost, words.format(n=f"{account.missed:,}")


def way_words(way: Way) -> str:
    """One way to send the requests."""
    return {
        "as_it_was": translate("MoneyView", "As it was"),
        "without": translate("MoneyView", "Without caching"),
        "5m": translate("MoneyView", "5 minutes"),
        "1h": translate("MoneyView", "1 hour"),
        "warming": translate("MoneyView", "5 minutes, kept warm"),
    }[way]


def a_day(cost: Decimal) -> str:
    """USD a day."""
    return translate("MoneyView", "{cost} a day").format(cost=dollars(cost))


def way_note(each: Outlook) -> str:
    """What is in a way besides the requests."""
    if not each.warmings:
        return ""
    number = round(each.warmings)
    words = translate("MoneyView", "{n} warmings" if number != 1 else "1 warming")
    return words.format(n=f"{number:,}")


def cheapest_words(sheet: WhatIfSheet) -> str:
    """The cheapest way in a sentence, with what it saves against no caching."""
    best, without = sheet.what_if.cheapest, sheet.what_if.way("without")
    if best.way == "without":
        return translate("MoneyView", "Cheapest: no caching at all. {cost}.").format(cost=a_day(best.cost))
    words = translate("MoneyView", "Cheapest: {way}. {cost}, {less} less than without caching.")
    less = dollars(without.cost - best.cost)
    return words.format(way=way_words(best.way), cost=a_day(best.cost), less=less)


def as_it_was_words(sheet: WhatIfSheet) -> str:
    """What a day as observed cost, measured."""
    words = translate("MoneyView", "As it was, at {n} a day: {cost} (measured)")
    return words.format(n=f"{sheet.observed:,}", cost=a_day(sheet.as_it_was))


def replay_words(sheet: WhatIfSheet) -> str:
    """What the bars rest on."""
    asked = translate("MoneyView", "1 request" if sheet.requests == 1 else "The newest {n} requests")
    words = translate(
        "MoneyView",
        "{asked} played again by the rules of the prompt cache, with the same blocks and breakpoints; more "
        "requests a day come closer together.",
    ).format(asked=asked.format(n=sheet.requests))
    if sheet.left_out:
        left = translate("MoneyView", "{n} had no known price or too many blocks and are left out.")
        words += " " + left.format(n=sheet.left_out)
    return words


def prices_words(as_of: date, yours: int, remarks: Sequence[str]) -> str:
    """How old the prices are, and how many the user gave himself."""
    said = translate("MoneyView", "List prices of {day}").format(day=as_of)
    if yours:
        own = translate("MoneyView", "yours: 1 model" if yours == 1 else "yours: {n} models")
        said += f"; {own.format(n=yours)}"
    return " ".join([f"{said}.", *(f"▲ {remark}" for remark in remarks)])


def sources_words(models: Iterable[Model]) -> str:
    """Where the prices of models come from."""
    about = translate("MoneyView", "Each exchange has the price of its own day, in UTC.")
    return "\n".join([about, *(f"{model.name}: {model.source}" for model in models)])
