"""Fields of a JSON record that someone else wrote: each as what it should be, or as nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coldbyte.core.capture import read_time
from coldbyte.core.json.value import Json, Spelled, compact, is_array, pairs_of
from coldbyte.core.text.text import Text

_LARGEST = 1e15


def object_of(value: Json) -> Mapping[str, Json]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def array_of(value: Json) -> Sequence[Json]:
    """An array; an empty one for anything else."""
    return value if is_array(value) and not isinstance(value, Text) else ()


def string_of(value: Json) -> str:
    """A string; an empty one for anything else."""
    return str(value) if isinstance(value, (str, Text)) else ""


def number_of(value: Json) -> float | None:
    """A number of sensible size; None for anything else."""
    if isinstance(value, Spelled):
        try:
            value = float(value.spelling)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < _LARGEST:
        return None
    return float(value)


def time_of(value: Json) -> float | None:
    """Epoch seconds of an ISO 8601 time or of epoch seconds; None for anything else."""
    number = number_of(value)
    try:
        return read_time(string_of(value) if number is None else str(number))
    except (ValueError, OverflowError):
        return None


def headers_of(value: Json) -> list[tuple[str, str]]:
    """The headers in an object, in their order; those with several values several times."""
    found: list[tuple[str, str]] = []
    for name, item in pairs_of(object_of(value)):
        items = array_of(item) or (item,)
        found += [(name, string_of(one)) for one in items if string_of(one)]
    return found


def body_of(value: Json) -> bytes:
    """A body that a log keeps as a string, byte for byte, or as a value: then its compact JSON."""
    if isinstance(value, (str, Text)):
        return str(value).encode("utf-8", "surrogatepass")
    return b"" if value is None else compact(value).encode("utf-8", "surrogatepass")


def is_text(value: Json) -> bool:
    """Whether a body is kept as a string, so that its bytes are known."""
    return isinstance(value, (str, Text))
