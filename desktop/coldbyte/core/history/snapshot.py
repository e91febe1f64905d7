"""One edit of the draft between two exchanges, with the hash of the prefix that it made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snapshot:
    """At `at` (epoch seconds) the part `key`, which people know as `part`, changed.

    At the UTF-8 byte `byte` of its text, `removed` was replaced by `inserted`. An edit of the structure (a
    part came, went or moved; a breakpoint) says so in `what` and has no texts. `prefix` is the key of the
    whole prefix after the edit; `breaks` says whether that prefix broke with the baseline, at byte `break_at`
    of the prefix.
    """

    at: float
    key: str
    part: str
    byte: int
    removed: str
    inserted: str
    prefix: bytes
    breaks: bool
    break_at: int | None = None
    what: str = "text"
