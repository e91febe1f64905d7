"""A span of time in words."""

from __future__ import annotations


def span_words(seconds: float) -> str:
    """`45 s`, `4 min 30 s`, `2 h 10 min`, `3 days`: the two largest units, without what is zero."""
    whole = round(seconds)
    if whole >= 2 * 86_400:
        return f"{whole // 86_400} days"
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {left} s" if left and minutes < 10 else f"{minutes} min"
    return f"{left} s"
