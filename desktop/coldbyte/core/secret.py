"""The API key, wrapped so that no log, traceback or f-string can print it."""

from __future__ import annotations


class ApiKey:
    """Holds a key; only `reveal` gives it away. Pickling and copying are refused by `__reduce__`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value.strip()

    def reveal(self) -> str:
        """The key itself, for the one place that sends it."""
        return self._value

    @property
    def sendable(self) -> bool:
        """Whether it can stand in a header: visible ASCII characters and nothing else."""
        return all("!" <= char <= "~" for char in self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "ApiKey(…)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an API key is not pickled")
