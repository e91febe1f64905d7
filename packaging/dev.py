#!/usr/bin/env python3
"""The one tool of a checkout: `python3 packaging/dev.py COMMAND`. It needs nothing but Python.

This file and interpreter.py stay readable for every Python from 3.7 on, so that one which does not fit can
hand over to one which does, or say what is missing.
"""

from __future__ import annotations

import sys

from interpreter import fits, hand_over


def main() -> int:
    """Run the command line's command, with a Python that fits."""
    if not fits(sys.version_info[:2]):
        return hand_over(sys.argv)
    from commands import dispatch

    return dispatch(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
