"""What is asked of the history, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import Origin


@dataclass(frozen=True, slots=True)
class Query:
    """Which exchanges are wanted; an empty field wants all. Several of a field: any of them.

    `text` are words that the prompt, the reply, the title, the name or the note hold, the last one perhaps
    only begun; words in double quotes stand together. Times are epoch seconds, money is USD. `lossy` wants
    those that lost money.
    """

    text: str = ""
    projects: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    conversation: str = ""
    scope: str = ""
    since: float | None = None
    until: float | None = None
    least_price: Decimal | None = None
    lossy: bool = False
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An exchange in a list: what of it is shown without reading its body. As in `KeptExchange`."""

    id: int
    started_at: float | None
    title: str
    name: str
    note: str
    pinned: bool
    origin: Origin
    source: str
    project: str
    conversation: str
    model: str
    scope: str
    effect: str
    cause: str
    failure: str
    usage: Usage | None
    price: Decimal | None
    lost: Decimal | None
    first_event_s: float | None
    duration_s: float | None
    wire_bytes: int
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows, newest first. `more`: older ones fit as well; ask again with `before`, the last row."""

    rows: tuple[HistoryRow, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Nearest:
    """The exchange with the longest shared prefix: its `id`, how many bytes of the prefix are `shared`, and
    whether that is all of its prefix (`whole`): then it is an ancestor.
    """

    id: int
    shared: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Retention:
    """What the history keeps: at most `days` and `megabytes` (10**6 bytes), None without limit; pinned
    exchanges stay in any case.
    """

    days: int | None = None
    megabytes: int | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is: exchanges, bytes of their bodies and responses, bytes on disk, what to filter by."""

    exchanges: int
    body_bytes: int
    disk_bytes: int
    projects: tuple[str, ...]
    models: tuple[str, ...]
    causes: tuple[str, ...]
