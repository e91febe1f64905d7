"""What the ribbon says about its blocks."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from coldbyte.ui.prefix.ribbon import Ribbon, RibbonLabels, Segment

translate = QCoreApplication.translate


def ribbon_labels() -> RibbonLabels:
    """The words for parts of a draft."""
    return RibbonLabels(
        translate("RibbonView", "System {n}"),
        translate("RibbonView", "Question"),
        translate("RibbonView", "Tool"),
        translate("RibbonView", "User"),
        translate("RibbonView", "Assistant"),
        translate("RibbonView", "System turn"),
        translate("RibbonView", "{n} blocks", "neighbours drawn as one"),
    )


def segment_tip(segment: Segment) -> str:
    """A block in a few lines: what it is, where it stands, what becomes of it."""
    lines = [
        f"{segment.label} · {segment.where}",
        translate("RibbonView", "bytes {start} to {end} (cache view)").format(
            start=f"{segment.start:,}", end=f"{segment.start + segment.size:,}"
        ),
        _fate_words(segment),
    ]
    if segment.ttl:
        lines.append(translate("RibbonView", "breakpoint behind it: {pin}").format(pin=pin_words(segment)))
    return "\n".join(lines)


def break_tip(ribbon: Ribbon) -> str:
    """The break in a line."""
    words = translate("RibbonView", "The break: byte {byte} of {size} (cache view)")
    return words.format(byte=f"{ribbon.break_byte or 0:,}", size=f"{ribbon.size:,}")


def break_label(ribbon: Ribbon) -> str:
    """The words below the break."""
    return translate("RibbonView", "break at byte {byte}").format(byte=f"{ribbon.break_byte or 0:,}")


def scale_label(ribbon: Ribbon) -> str:
    """The words at the end of the scale."""
    return translate("RibbonView", "{size} bytes, cache view").format(size=f"{ribbon.size:,}")


def long_label(segment: Segment) -> str:
    """A block's label with its tokens."""
    words = translate("RibbonView", "{label}  ≈ {tokens} tokens")
    return words.format(label=segment.label, tokens=f"{segment.tokens:,}")


def pin_words(segment: Segment) -> str:
    """A breakpoint's TTL and what becomes of it."""
    if segment.outcome is None:
        return str(segment.ttl)
    word = {
        "read": translate("RibbonView", "read"),
        "held": translate("RibbonView", "in a longer one"),
        "written": translate("RibbonView", "written"),
        "below_minimum": translate("RibbonView", "too short"),
    }[segment.outcome]
    return f"{segment.ttl} · {word}"


def tier_word(segment: Segment) -> str:
    """The name of a block's tier."""
    return {
        "request": translate("RibbonView", "request"),
        "tools": translate("RibbonView", "tools"),
        "system": translate("RibbonView", "system"),
        "messages": translate("RibbonView", "messages"),
    }[segment.tier]


def _fate_words(segment: Segment) -> str:
    words = {
        "read": translate("RibbonView", "≈ {tokens} tokens (estimated) are read from the prompt cache"),
        "written": translate("RibbonView", "≈ {tokens} tokens (estimated) are written to the prompt cache"),
        "uncached": translate("RibbonView", "≈ {tokens} tokens (estimated) are sent uncached"),
    }[segment.fate]
    return words.format(tokens=f"{segment.tokens:,}")
