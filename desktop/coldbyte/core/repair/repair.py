"""The repair: the request without the breaks that can be undone without asking, and the proof of it.

A repair moves or restores text, it never deletes meaning silently: what is new and says something stands
afterwards in the newest user message. What a person may have wanted, as edited text, is left to the person.
Only the bytes of a cause change, and only where comparing again shows that the cause is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cause import Cause, CauseId
from coldbyte.core.json.place import BOM, find_place
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.record import an_object
from coldbyte.core.repair.patch import Edit, patched
from coldbyte.core.repair.remedy import AUTOMATIC, is_stranger, plan_for
from coldbyte.core.repair.repair_plan import Round, Scene
from coldbyte.core.rule.inquiry import inquire
from coldbyte.core.rule.report import Report

__all__ = ["AUTOMATIC", "Repair", "repair"]

_ROUNDS = 12  # comparisons at most: what overlaps is repaired one after the other
_SPACE = b" \t\r\n"
_Key = tuple[CauseId, str]


@dataclass(frozen=True, slots=True)
class Repair:
    """`body` is AFTER as it is to be sent. `done` are the causes that are gone, `left` the others.

    `proof` compares BEFORE with the repaired body; the answer to AFTER, if it is known, is no part of it.
    """

    body: bytes
    done: tuple[Cause, ...]
    left: tuple[Cause, ...]
    proof: Report


def repair(report: Report, catalogue: Catalogue, *, now: float) -> Repair:
    """Repair AFTER, cause by cause, as long as that helps. `now` is when it would be sent (epoch seconds)."""
    data = body_bytes(report.after.body)
    proof = _compared(report, data, catalogue, now)
    if is_stranger(report):
        return Repair(data, (), report.causes, proof)
    named, shown = _by_key(report.causes), set(_by_key(proof.causes))
    trials = _Trials(failed=shown - set(named))
    more: dict[_Key, Cause] = {}
    for _ in range(_ROUNDS):
        tried, edits = _round(proof, trials)
        if not tried:
            break
        found = _attempt(report, data, edits, catalogue, now)
        stuck = _stuck(tried, found[1]) if found else set(tried)
        trials.note(set(tried), stuck)
        if found and not stuck:
            data, proof = found
            more |= {key: cause for key, cause in _by_key(proof.causes).items() if key not in named}
    gone = ({*shown, *more} - set(_by_key(proof.causes))) & {key for key in (*named, *more) if _able(key)}
    told = (*report.causes, *more.values())
    done = tuple(cause for cause in told if _key(cause) in gone)
    return Repair(data, done, tuple(cause for cause in told if _key(cause) not in gone), proof)


class _Trials:
    """What did not help together with others is `doubted`: it is tried alone, and may then have `failed`."""

    def __init__(self, failed: set[_Key]) -> None:
        self.doubted: set[_Key] = set()
        self.failed = failed

    def note(self, tried: set[_Key], stuck: set[_Key]) -> None:
        """Take down what became of one round."""
        self.failed |= stuck if len(tried) == 1 else stuck & self.doubted
        self.doubted = (self.doubted | stuck) - self.failed - (set() if stuck else tried)


def body_bytes(body: RequestBody) -> bytes:
    """A body by itself, as it was sent, with the white space around it; without the exchange that held it."""
    if body.source is None:
        return body.encode()
    data = body.source.data
    start, stop = find_place(data, "", body.source.start)
    alone = not data[:start].removeprefix(BOM).strip(_SPACE) and not data[stop:].strip(_SPACE)
    return data if alone else data[start:stop]


def _compared(report: Report, data: bytes, catalogue: Catalogue, now: float) -> Report:
    """BEFORE against another body, sent as AFTER was. Raise ValueError where it is none."""
    body = RequestBody(an_object(read_json(data), ""), Source(data))
    after = replace(report.after, body=body, response=None, first_event_at=None, ended_at=None)
    return inquire(report.before, after, catalogue, now=now)


def _round(report: Report, trials: _Trials) -> tuple[dict[_Key, Cause], list[Edit]]:
    """As many repairs as can be made at once: those in texts, then those of blocks in cache order.

    Where the blocks of one can't be put back yet, those behind it wait for what was repaired before it.
    """
    scene = Scene(report)
    edits = Round(scene.after, scene.newest)
    causes = [cause for cause in report.causes if cause.id in AUTOMATIC and _key(cause) not in trials.failed]
    for cause in causes:
        if _key(cause) in trials.doubted:
            if edits.take(plan_for(scene, cause)):
                return {_key(cause): cause}, edits.patch()
            trials.failed.add(_key(cause))
    tried: dict[_Key, Cause] = {}
    blocks = False
    for cause in sorted(causes, key=lambda cause: not cause.hunks):
        if _key(cause) in trials.failed:
            continue
        if edits.take(plan_for(scene, cause)):
            tried[_key(cause)] = cause
            blocks = blocks or not cause.hunks
        elif blocks:
            break
    return tried, edits.patch()


def _attempt(
    report: Report, data: bytes, edits: list[Edit], catalogue: Catalogue, now: float
) -> tuple[bytes, Report] | None:
    """The body after the edits and the comparison of it; None where it is no request any more."""
    try:
        changed = patched(data, edits)
        return changed, _compared(report, changed, catalogue, now)
    except ValueError:
        return None


def _stuck(tried: Mapping[_Key, Cause], after: Report) -> set[_Key]:
    """Causes that are still there, as early in the prefix and at as many places as before."""
    still = _by_key(after.causes)
    return {
        key
        for key, cause in tried.items()
        if key in still and still[key].count >= cause.count and _place(still[key]) <= _place(cause)
    }


def _place(cause: Cause) -> tuple[int, int]:
    return cause.cache_byte_before, cause.block_byte[0] or 0


def _able(key: _Key) -> bool:
    return key[0] in AUTOMATIC


def _by_key(causes: Iterable[Cause]) -> dict[_Key, Cause]:
    return {_key(cause): cause for cause in causes}


def _key(cause: Cause) -> _Key:
    """A cause by what the repair does not move: its id and its place in BEFORE, if it has one there."""
    return cause.id, cause.where_before if cause.where_before is not None else f"> {cause.where}"
