"""What the editor shows in place of characters that Qt can't hold or that nobody can see."""

from __future__ import annotations

import re

from coldbyte.core.text.invisible import INVISIBLE, is_plain, stand_in

NOT_HELD = re.compile("[\r\u2028\u2029\ufdd0\ufdd1\ufeff\ufffc]")
"""One character that Qt's documents turn into another, drop, or take for an embedded object."""


def shown(chars: str, *, everything: bool) -> str:
    """What the editor shows, equally long: `everything` invisible is replaced, or only NOT_HELD."""
    if is_plain(chars):
        return chars
    pattern = INVISIBLE if everything else NOT_HELD
    return pattern.sub(lambda match: stand_in(match[0]), chars)


def meant(raw: str) -> str:
    """The characters that Qt itself put into its document, of which two only ever mean the end of a line."""
    return raw.replace("\u2029", "\n").replace("\u2028", "\n")
