"""What a paste carries, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from coldbyte.core.finding.suspicion import Host, Kind, Suspicion
from coldbyte.core.text.invisible import name_of

_SHORT = 2  # characters of a kind that are named in the line
_LONG = 6  # and in the details


def kind_words(kind: Kind) -> str:
    """The name of a kind."""
    tr = QCoreApplication.translate
    names: dict[Kind, str] = {
        "line-end": tr("Paste", "Other line ends"),
        "line-separator": tr("Paste", "Line separators"),
        "space": tr("Paste", "Odd spaces"),
        "zero-width": tr("Paste", "Characters without width"),
        "bidi": tr("Paste", "Controls of the writing direction"),
        "control": tr("Paste", "Control characters"),
        "format": tr("Paste", "Invisible format characters"),
        "decomposed": tr("Paste", "Letters in decomposed form"),
        "ligature": tr("Paste", "Ligatures"),
        "quotes": tr("Paste", "Typographic quotes"),
        "tab": tr("Paste", "Tabs among indentations of spaces"),
        "dashes": tr("Paste", "Typographic dashes and ellipses"),
    }
    return names[kind]


def becomes_words(kind: Kind, host: Host) -> str:
    """What normalising makes of a kind."""
    tr = QCoreApplication.translate
    end = "CRLF" if host.end == "\r\n" else "LF"
    nothing = tr("Paste", "nothing")
    made: dict[Kind, str] = {
        "line-end": end,
        "line-separator": end,
        "space": tr("Paste", "space"),
        "zero-width": nothing,
        "bidi": nothing,
        "control": nothing,
        "format": nothing,
        "decomposed": tr("Paste", "one character (NFC)"),
        "ligature": tr("Paste", "letters"),
        "quotes": tr("Paste", "straight quotes"),
        "tab": tr("Paste", "4 spaces"),
        "dashes": tr("Paste", "- and ..."),
    }
    return made[kind]


def counts_words(suspicion: Suspicion, most: int) -> str:
    """How many of which characters."""
    parts = [f"{count:,} × {_char_words(suspicion.kind, chars)}" for chars, count in suspicion.counts[:most]]
    return ", ".join(parts) + (", …" if len(suspicion.counts) > most else "")


def line_words(found: tuple[Suspicion, ...]) -> str:
    """The line of the bar: what is no reason to speak up is left to the details."""
    said = "; ".join(counts_words(one, _SHORT) for one in found if not one.is_quiet)
    return QCoreApplication.translate("Paste", "Pasted {what}.").format(what=said)


def detail_words(suspicion: Suspicion, host: Host) -> str:
    """A line of the details."""
    counts = counts_words(suspicion, _SHORT)
    return f"{counts} → {becomes_words(suspicion.kind, host)}"


def tip_words(suspicion: Suspicion, host: Host) -> str:
    """All of it."""
    return QCoreApplication.translate("Paste", "{kind}: {counts} → {becomes}").format(
        kind=kind_words(suspicion.kind),
        counts=counts_words(suspicion, _LONG),
        becomes=becomes_words(suspicion.kind, host),
    )


def _char_words(kind: Kind, chars: str) -> str:
    if kind == "line-end":
        ends = {"\r\n": "CRLF", "\r": "CR (U+000D)", "\n": "LF (U+000A)"}
        return ends[chars]
    if kind in ("quotes", "dashes", "ligature"):
        return f"{chars} (U+{ord(chars):04X})"
    if kind == "decomposed":
        return f"{chars} (" + " ".join(f"U+{ord(char):04X}" for char in chars[:3]) + ")"
    return f"{name_of(chars).lower()} (U+{ord(chars):04X})"
