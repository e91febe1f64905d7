"""Values that differ in every request: client stamps, clocks and dates, identifiers, counters."""

from __future__ import annotations

import re

from coldbyte.core.finding.clock import MOMENT, TELLTALE, is_full, only_date_differs, seconds_of
from coldbyte.core.finding.cluster import Cluster
from coldbyte.core.finding.token_rule import Change, Judgement, TokenRule, is_near

_DAY = 86_400.0

_STAMP = re.compile(r"\bcc(?:h|_[a-z]{1,16})=[^;\s]*")
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_ID = re.compile(
    rf"(?<![0-9A-Za-z#])(?:{_UUID}|[A-Za-z]{{2,12}}(?:_[a-z]{{2,8}}){{0,2}}_[0-9A-Za-z]{{5,}}|[0-9A-Za-z]{{6,}})"
    r"(?![0-9A-Za-z])"
)
_LONG_ID = re.compile(
    r"(?<![0-9A-Za-z_+/=-])(?=[^A-Z\s]*[A-Z])(?=[^a-z\s]*[a-z])(?=[^\d\s]*\d)[0-9A-Za-z_+/=-]{16,}"
)
_UUIDS = re.compile(_UUID)
_HEX = re.compile("[0-9a-fA-F]+")
_NUMBERED = re.compile("[A-Za-z]+[0-9]{1,4}|[0-9]{1,4}[A-Za-z]+")
_MIXED = re.compile("[0-9]+[A-Za-z]+")
_SCRAMBLED = re.compile("[0-9]+[A-Za-z]+[0-9]+|[A-Za-z]+[0-9]+[A-Za-z]+[0-9]*(?<=[0-9A-Za-z]{8})")
_VALUES = re.compile(f"{TELLTALE.pattern}|cc[h_]")
_DIGITS = re.compile("[0-9]+")
_NUMBER = re.compile(r"[$€£]?\d+(?:[.,_]\d+)*(?:\s?%|[kKMB]\b)?")
_COUNTS = re.compile(
    r"(?i)\b(?:count(?:er)?|tokens?|turns?|remaining|remain|used|usage|cost|spent|budget|steps?|total|"
    r"iterations?|attempts?|retry|retries|requests?|progress|elapsed|uptime|messages?|score|balance|quota)\b"
    r"|[%$€£]"
)
_TIMES = re.compile(
    r"(?i)\b(?:now|it is|time|clock|date|today|current|updated|generated|started|since|as of|at"
    r"|timestamp|ts|epoch|unix)\b|_(?:at|ts|time)\b"
)


def _judge_stamp(change: Change) -> Judgement | None:
    return Judgement("client-version-stamp", change.pairs[0][1].partition("=")[0])


def _judge_moment(change: Change) -> Judgement | None:
    if all(only_date_differs(*pair) for pair in change.pairs):
        return Judgement("date-rollover", "date")
    moments = [moment for pair in change.pairs for moment in pair]
    label = "epoch" if moments[0].replace(".", "").isdigit() else "clock"
    sent = [time for time in change.at if time is not None]
    seconds = [time for time in map(seconds_of, moments) if time is not None]
    if sent and seconds:
        near = all(any(abs(one - two) <= _DAY for two in sent) for one in seconds)
        return Judgement("volatile-timestamp", label, confidence="high" if near else "medium")
    sure = any(map(is_full, moments)) or _TIMES.search(change.around)
    return Judgement("volatile-timestamp", label, confidence="high" if sure else "medium")


def _judge_id(change: Change) -> Judgement | None:
    kinds = [_id_kind(*pair) for pair in change.pairs]
    if None in kinds:
        return None
    label = kinds[0] or ""
    return Judgement("volatile-id", label, confidence="medium" if label == "token" else "high")


def _id_kind(before: str, after: str) -> str | None:
    if _UUIDS.fullmatch(before) and _UUIDS.fullmatch(after):
        return "uuid"
    head, _, one = before.rpartition("_")
    other, _, two = after.rpartition("_")
    if head or other:
        return "prefixed" if head == other and _random(one) and _random(two) else None
    both = before + after
    if both.isalpha() or both.isdigit() or _ends_counted(before, after):
        return None
    if _HEX.fullmatch(both):
        return "hex"
    return "token" if _SCRAMBLED.search(before) and _SCRAMBLED.search(after) else None


def _random(token: str) -> bool:
    """Whether what stands behind a prefix is no word, and no word or short number with a count."""
    if token.isdigit():
        return len(token) >= 6
    letters = _DIGITS.sub("", token)
    if _NUMBERED.fullmatch(token):
        return not (letters.islower() or letters.isupper() or letters.istitle())
    return not token.isalpha()


def _ends_counted(before: str, after: str) -> bool:
    """Whether two words are the same but for a number at one end, as `added1` and `added2`."""
    same = _DIGITS.sub("", before) == _DIGITS.sub("", after)
    return same and bool(_NUMBERED.fullmatch(before) and _NUMBERED.fullmatch(after))


def _judge_long_id(change: Change) -> Judgement | None:
    if not all(len(_MIXED.findall(part)) > 1 for pair in change.pairs for part in pair):
        return None
    return Judgement("volatile-id", "token", confidence="medium")


def _judge_number(change: Change) -> Judgement | None:
    sure = _COUNTS.search(change.around) or any("%" in part or part[0] in "$€£" for part in change.pairs[0])
    return Judgement("volatile-counter", "number", confidence="high" if sure else "low")


STAMP = TokenRule(_STAMP, _judge_stamp)
MOMENTS = TokenRule(MOMENT, _judge_moment)
IDS = TokenRule(_ID, _judge_id)
LONG_IDS = TokenRule(_LONG_ID, _judge_long_id)
COUNTERS = TokenRule(_NUMBER, _judge_number)


def has_values(cluster: Cluster) -> bool:
    """Whether any of the rules may apply: near most edits is no digit and no name of a day or month."""
    return is_near(_VALUES, cluster)
