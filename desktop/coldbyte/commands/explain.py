"""`coldbyte explain BEFORE AFTER`: what AFTER reads of what BEFORE stored, and why not more."""

from __future__ import annotations

import time
from argparse import Namespace
from dataclasses import replace
from math import isfinite

from coldbyte.commands.input import STANDARD, Input, read_input, read_usage_fields
from coldbyte.commands.judgement import catalogue_of, misfit_of, under_version
from coldbyte.commands.output import coloured, put_file, put_json, put_text, put_words
from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.capture import Capture, Response, read_time, read_usage
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.repair.remedy import with_remedies
from coldbyte.core.rule.inquiry import inquire
from coldbyte.core.rule.report import Report


def run(options: Namespace) -> int:
    """Print the report. Exit code 0 for a hit, else 1. Raise InputTrouble."""
    inputs = (options.before, options.after, options.usage, options.catalogue)
    if inputs.count(STANDARD) > 1:
        raise InputTrouble("Standard input can be read only once.", file=STANDARD)
    sources = read_input(options.before), read_input(options.after)
    before = _sent_at(_capture(sources[0], options), options.before_at, "--before-at")
    after = _sent_at(_capture(sources[1], options), options.after_at, "--after-at")
    if options.usage:
        after = _with_usage(after, options.usage)
    catalogue, now = catalogue_of(options.catalogue), time.time()
    try:
        report = inquire(before, after, catalogue, now=now)
    except BodyError as error:
        pairs = [(sources[0], before), (sources[1], after)]
        raise misfit_of(error, pairs) from None
    if options.fix is not None:
        _write_fix(report, catalogue, now, options)
    _show(with_remedies(report), options)
    return 0 if report.effect == "hit" else 1


def _show(report: Report, options: Namespace) -> None:
    if options.redact:
        from coldbyte.core.rule.redaction import redacted

        report = redacted(report)
    if options.json:
        from coldbyte.commands.report_json import explain_value

        put_json(explain_value(report))
    else:
        from coldbyte.commands.report_text import explain_text
        from coldbyte.commands.terminal import Ink

        put_text(explain_text(report, Ink(coloured=coloured(options.color))))


def _write_fix(report: Report, catalogue: Catalogue, now: float, options: Namespace) -> None:
    from coldbyte.core.repair.repair import repair

    result = repair(report, catalogue, now=now)
    put_file(options.fix, result.body)
    if not options.json:
        put_words(f"{options.fix} is written: {len(result.done)} repaired, {len(result.left)} left.")


def _capture(source: Input, options: Namespace) -> Capture:
    return under_version(source.capture(), options.api_version)


def _sent_at(capture: Capture, at: str | None, option: str) -> Capture:
    """The capture at another time; what followed the start follows it still."""
    if at is None:
        return capture
    try:
        start = read_time(at)
    except (ValueError, OverflowError):
        start = float("nan")
    if not isfinite(start):
        raise InputTrouble(f"{option}: expected an ISO 8601 time or epoch seconds, not “{at}”.")
    if capture.started_at is None:
        return replace(capture, started_at=start)
    later = start - capture.started_at
    return replace(
        capture,
        started_at=start,
        first_event_at=None if capture.first_event_at is None else capture.first_event_at + later,
        ended_at=None if capture.ended_at is None else capture.ended_at + later,
    )


def _with_usage(capture: Capture, name: str) -> Capture:
    fields = read_usage_fields(read_input(name))
    response = replace(capture.response or Response(), usage=read_usage(fields), usage_fields=fields)
    return replace(capture, response=response)
