"""`coldbyte check REQUEST --lock FILE`: whether a request still begins with the agreed prefix.

Where the agreed request is at hand (in the lock, or by `--before`), the explainer says what changed.
"""

from __future__ import annotations

import json
import time
from argparse import Namespace
from dataclasses import dataclass

from coldbyte.commands.input import STANDARD, Input, prefix_of_input, read_input
from coldbyte.commands.judgement import catalogue_of, misfit_of, under_version
from coldbyte.commands.output import coloured, put_json, put_text
from coldbyte.commands.terminal import Ink, printable
from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.capture import Capture
from coldbyte.core.lock import Breach, Change, Lock, LockedBlock, breach_of, read_lock
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.repair.remedy import with_remedies
from coldbyte.core.rule.inquiry import inquire
from coldbyte.core.rule.mask import known_words, masked_path
from coldbyte.core.rule.redaction import redacted
from coldbyte.core.rule.report import Report

_SAYS: dict[Change, str] = {
    "changed": "the text or the JSON of this block is another one",
    "unseen": "only white space, invisible characters, quotes, dashes or the Unicode form differ",
    "inserted": "a block was put in front of the agreed one",
    "removed": "the agreed block is gone; the one behind it stands in its place",
    "missing": "the request ends before the agreed block",
    "breakpoint": "the agreed breakpoint is not there any more",
    "model": "the model is another one",
}


@dataclass(frozen=True, slots=True)
class _Result:
    lock: Lock
    breach: Breach | None
    report: Report | None
    redact: bool


def run(options: Namespace) -> int:
    """Print the result. Exit code 0 where the lock holds, else 1. Raise InputTrouble."""
    if (options.request, options.lock, options.before).count(STANDARD) > 1:
        raise InputTrouble("Standard input can be read only once.", file=STANDARD)
    lock, source = _lock(options.lock), read_input(options.request)
    capture = under_version(source.capture(), options.api_version)
    breach = breach_of(lock, prefix_of_input(source, capture))
    before = _before(lock, options)
    report = None
    if breach is not None and before is not None:
        report = _report(*before, source, capture, options)
    result = _Result(lock, breach, redacted(report) if report and options.redact else report, options.redact)
    if options.json:
        put_json(check_value(result))
    else:
        put_text(_text(result, Ink(coloured=coloured(options.color))))
    return 0 if breach is None else 1


def _lock(name: str) -> Lock:
    source = read_input(name)
    try:
        return read_lock(source.json())
    except BodyError as error:
        raise source.misfit(error, wanted="a lock") from None


def _before(lock: Lock, options: Namespace) -> tuple[Input, Capture] | None:
    """The agreed request, which must be the one that was locked."""
    if options.before is not None:
        source = read_input(options.before)
    elif lock.request is not None:
        exchange = {"request": {}, "request_raw": lock.request, "headers": dict(lock.headers or {})}
        source = Input(options.lock, json.dumps(exchange).encode())
    else:
        return None
    capture = under_version(source.capture(), options.api_version)
    if breach_of(lock, prefix_of_input(source, capture)) is not None:
        what = "The request in" if options.before is None else ""
        say = f"{what} {source.title} is not the request that was locked.".strip()
        raise InputTrouble(say, file=source.name)
    return source, capture


def _report(old: Input, before: Capture, new: Input, after: Capture, options: Namespace) -> Report:
    try:
        report = inquire(before, after, catalogue_of(options.catalogue), now=time.time())
    except BodyError as error:
        raise misfit_of(error, [(old, before), (new, after)]) from None
    return with_remedies(report)


def check_value(result: _Result) -> dict[str, object]:
    """`coldbyte.check/1`."""
    from coldbyte.commands.report_json import explain_value

    lock, breach = result.lock, result.breach
    return {
        "schema": "coldbyte.check/1",
        "holds": breach is None,
        "model": lock.model,
        "locked": {"blocks": len(lock.blocks), "bytes": lock.size},
        "breach": None if breach is None else _breach_value(breach, redact=result.redact),
        "explain": explain_value(result.report) if result.report else None,
    }


def _breach_value(breach: Breach, *, redact: bool) -> dict[str, object]:
    return {
        "change": breach.change,
        "say": _say(breach, redact=redact),
        "block": breach.index,
        "start": breach.start,
        "stop": breach.stop,
        "locked": _block_value(breach.locked, redact=redact),
        "found": _block_value(breach.found, redact=redact),
    }


def _block_value(block: LockedBlock | None, *, redact: bool) -> dict[str, object] | None:
    if block is None:
        return None
    return {
        "where": masked_path(block.where) if redact else block.where,
        "tier": block.tier,
        "kind": known_words(block.kind) if redact else block.kind,
        "bytes": block.bytes,
        "hash": None if redact else block.hash,
        "ttl": block.ttl,
    }


def _say(breach: Breach, *, redact: bool) -> str:
    """One sentence: where, and what."""
    block = breach.found or breach.locked
    assert block is not None
    where = masked_path(block.where) if redact else printable(block.where)
    if breach.change == "breakpoint" and breach.found is not None and breach.found.ttl is not None:
        old = breach.locked.ttl if breach.locked else None
        return f"The agreed prefix breaks at {where}: its breakpoint has {breach.found.ttl} instead of {old}."
    return f"The agreed prefix breaks at {where}: {_SAYS[breach.change]}."


def _text(result: _Result, ink: Ink) -> str:
    lock, breach = result.lock, result.breach
    if breach is None:
        blocks = f"{len(lock.blocks):,} block{'' if len(lock.blocks) == 1 else 's'}"
        return f"{ink('good', 'LOCKED')}  The agreed prefix is there: {blocks}, {lock.size:,} bytes.\n"
    lines = [f"{ink('bad', 'BROKEN')}  {ink('strong', _say(breach, redact=result.redact))}", ""]
    place = f"bytes {breach.start:,} to {breach.stop:,} of the prefix"
    lines.append(f"  Block     {breach.index + 1:,} of {len(lock.blocks):,}; {place}")
    for name, block in (("Agreed", breach.locked), ("Now", breach.found)):
        lines.append(f"  {name:8}  {_block_words(block, redact=result.redact)}")
    if result.report is None:
        lines += ["", "  With --before REQUEST, or a lock made with --with-text, the very byte can be named."]
        return "\n".join(lines) + "\n"
    from coldbyte.commands.report_text import explain_text

    return "\n".join(lines) + "\n\n" + explain_text(result.report, ink)


def _block_words(block: LockedBlock | None, *, redact: bool) -> str:
    if block is None:
        return "nothing"
    where = masked_path(block.where) if redact else printable(block.where)
    kind = known_words(block.kind) if redact else printable(block.kind)
    marked = f", breakpoint {block.ttl}" if block.ttl else ""
    name = "" if redact else f", {block.hash[:12]}"
    return f"{where} ({kind}, {block.bytes:,} bytes{name}{marked})"
