"""A property that is computed once."""

from __future__ import annotations

from coldbyte.core.once import once


class Counter:
    """Counts how often it was asked to compute."""

    def __init__(self) -> None:
        self.asked = 0

    @once
    def number(self) -> int:
        """A number of its own."""
        self.asked += 1
        return self.asked


def test_each_instance_computes_its_value_at_the_first_look_and_keeps_it() -> None:
    one, two = Counter(), Counter()
    assert one.asked == 0
    assert (one.number, one.number, two.number) == (1, 1, 1)
    assert (one.asked, two.asked) == (1, 1)


def test_the_class_shows_the_property_itself() -> None:
    assert isinstance(Counter.number, once)
    assert Counter.number.__doc__ == "A number of its own."
