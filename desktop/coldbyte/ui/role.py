"""The roles of colours: what a colour is for, and not what it looks like."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal[
    "window",  # behind the panes
    "surface",  # a pane, an editor
    "raised",  # a card, a button
    "hover",
    "pressed",
    "border",
    "text",
    "muted",
    "disabled",
    "accent",  # the primary button, the chosen tab
    "accent_hover",
    "on_accent",
    "focus",
    "link",
    "selection",
    "on_selection",
    "cold",  # the break
    "cold_soft",  # behind what differs
    "warm",  # what is read
    "on_warm",
    "warm_text",
    "write",  # what is written, under its hatching
    "write_line",
    "on_write",
    "uncached",
    "on_uncached",
    "warning",
    "warning_soft",
    "invisible",  # characters that have no picture of their own
    "hit",  # behind what was searched for
    "hit_line",
    "syntax_key",
    "syntax_string",
    "syntax_number",
    "syntax_tag",
    "syntax_heading",
    "syntax_code",
]

ROLES: tuple[Role, ...] = get_args(Role)
