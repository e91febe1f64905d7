"""The process that searches a text with a regular expression: it can be ended, which `re` itself can't.

Standard input holds a line of JSON (what is searched for) and the text as UTF-8. Standard output gets lines
of JSON: some hits each, then one with `done` or with `trouble`.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from coldbyte.core.text.pattern import Found, PatternJob, matches
from coldbyte.core.text.search import Query, QueryError

ARGUMENT = "--search-standard-input"
"""The only argument with which the program does this."""

_TOGETHER = 2_000  # hits in a line
_FIRST = 50  # hits in the first one


def question(job: PatternJob, silence_s: float) -> bytes:
    """The line for standard input, before the text. The process ends after `silence_s` without a line."""
    query = job.query
    fields = {
        "words": query.words,
        "case": query.case,
        "whole_words": query.whole_words,
        "template": job.template,
        "start": job.start,
        "limit": job.limit,
        "silence_s": silence_s,
    }
    return json.dumps(fields).encode() + b"\n"


def serve(source: BinaryIO | None = None, target: BinaryIO | None = None) -> int:
    """Answer one question and return the exit code."""
    source, target = source or sys.stdin.buffer, target or sys.stdout.buffer
    with suppress(AttributeError, OSError):
        os.nice(10)
    fields: dict[str, Any] = json.loads(source.readline())
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        guard = _Guard(fields["silence_s"], nowhere)
        try:
            _answer(fields, source.read().decode(), target, guard)
        except QueryError as error:
            _say(target, {"trouble": error.say, "at": error.at})
        except BrokenPipeError:
            return 1
        finally:
            guard.lift()
    return 0


class _Guard:
    """Ends the process if it says nothing for so long, from a thread that needs no turn of Python's."""

    def __init__(self, silence_s: float, nowhere: Any) -> None:
        self._silence_s = silence_s
        self._nowhere = nowhere
        self.renew()

    def renew(self) -> None:
        faulthandler.dump_traceback_later(self._silence_s, exit=True, file=self._nowhere)

    def lift(self) -> None:
        faulthandler.cancel_dump_traceback_later()


def _answer(fields: dict[str, Any], chars: str, target: BinaryIO, guard: _Guard) -> None:
    query = Query(fields["words"], fields["case"], fields["whole_words"], regex=True)
    batch: list[Found] = []
    size = _FIRST
    for number, hit in enumerate(matches(chars, query, fields["template"], fields["start"])):
        if number == fields["limit"]:
            _say(target, {"hits": batch})
            _say(target, {"done": True, "cut": True})
            return
        batch.append(hit)
        if len(batch) == size:
            _say(target, {"hits": batch})
            batch, size = [], _TOGETHER
            guard.renew()
    _say(target, {"hits": batch})
    _say(target, {"done": True, "cut": False})


def _say(target: BinaryIO, fields: dict[str, Any]) -> None:
    target.write(json.dumps(fields, separators=(",", ":")).encode() + b"\n")
    target.flush()
