"""What can happen to a text: a few lines before and after, each showing exactly one cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Spot = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class TextChange:
    """Some lines of a text in both versions. `spot` is where in its host text they stand.

    `times` are the moments at which both requests were sent, where the change tells of them.
    """

    cause: str
    variant: str
    before: str
    after: str
    spot: Spot = "middle"
    times: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        return f"{self.cause}/{self.variant}"

    @property
    def options(self) -> Mapping[str, str]:
        """The options of the command line that tell the times."""
        return {"--before-at": self.times[0], "--after-at": self.times[1]} if self.times else {}


_CLOCK = ("2026-11-23T10:15:00Z", "2026-11-23T10:15:41Z")
_MIDNIGHT = ("2026-11-23T23:58:30Z", "2026-11-24T00:01:10Z")
_STAMP = "x-anthropic-billing-header: cc_version=2.1.37.0d9; cc_entrypoint=cli; cch="
_ACCENTS = (
    "The café in Zürich serves a naïve crème brûlée to señor Núñez and to Ångström.",
    "The cafe\u0301 in Zu\u0308rich serves a nai\u0308ve cre\u0300me bru\u0302le\u0301e"
    " to sen\u0303or Nu\u0301n\u0303ez and to A\u030angstro\u0308m.",
)
_SKILLS = [
    "- pdf: read and fill forms",
    "- xlsx: read and write sheets",
    "- docx: write letters",
    "- pptx: slides",
]
_MEMORIES = "Relevant memories:\n- {}\n- The team meets on Thursdays."
_STATUS = "Working directory: /repo\nCurrent branch: {}\ngit status:\n M app.py"
_COUNT_OF_FILES = "<env>\nPlatform: linux\nOpen tabs: {}\n</env>"


def _stamps() -> list[TextChange]:
    def at(variant: str, before: str, after: str) -> TextChange:
        return TextChange("volatile-timestamp", variant, before, after, times=_CLOCK)

    return [
        at(
            "iso",
            "Now: 2026-11-23T10:15:00Z. These rules apply.",
            "Now: 2026-11-23T10:15:41Z. These rules apply.",
        ),
        at("clock", "Local time: 10:15:00", "Local time: 10:15:41"),
        at("epoch", "timestamp: 1795428900", "timestamp: 1795428941"),
        at(
            "zone",
            "Generated 2026-11-23 11:15:00 +0100 by the agent.",
            "Generated 2026-11-23 11:15:41 +0100 by the agent.",
        ),
        TextChange(
            "volatile-timestamp",
            "over-midnight",
            "Now: 2026-11-23T23:58:30Z. These rules apply.",
            "Now: 2026-11-24T00:01:10Z. These rules apply.",
            times=_MIDNIGHT,
        ),
    ]


def _dates() -> list[TextChange]:
    def at(variant: str, before: str, after: str) -> TextChange:
        return TextChange("date-rollover", variant, before, after, times=_MIDNIGHT)

    return [
        at("iso", "Today's date: 2026-11-23", "Today's date: 2026-11-24"),
        at("words", "Today is Monday, November 23, 2026.", "Today is Tuesday, November 24, 2026."),
        at("day-first", "The current date is 23 November 2026.", "The current date is 24 November 2026."),
    ]


def _volatile() -> list[TextChange]:
    return [
        TextChange(
            "volatile-id",
            "uuid",
            "Never touch /var/cfg-20fc829c-5ec4-43a6-93f9-62663f5517b1.json.",
            "Never touch /var/cfg-90a7db64-23ee-477b-b8f3-e97eb1ba1d1f.json.",
        ),
        TextChange("volatile-id", "hex", "Trace 9f3ab2c41e07 is on.", "Trace 07d1e5b9a3c8 is on."),
        TextChange(
            "volatile-id", "prefixed", "Request req_011CSHoEeqs5C35K2UUq", "Request req_011CSHpR7mTzbY4W9daK"
        ),
        TextChange("client-version-stamp", "cch", f"{_STAMP}fa690;", f"{_STAMP}543cf;", "start"),
        TextChange("volatile-counter", "tokens", "~188k tokens remaining", "~171k tokens remaining"),
        TextChange("volatile-counter", "turn", "Turn 12 of 40.", "Turn 13 of 40."),
        TextChange("volatile-counter", "money", "Cost so far: $0.4213", "Cost so far: $0.5307"),
    ]


def _surroundings() -> list[TextChange]:
    return [
        TextChange(
            "environment-snapshot", "status", _STATUS.format("main"), _STATUS.format("main") + "\n M b.py"
        ),
        TextChange("environment-snapshot", "branch", _STATUS.format("main"), _STATUS.format("login")),
        TextChange(
            "environment-snapshot",
            "tabs",
            _COUNT_OF_FILES.format("app.py, window.py"),
            _COUNT_OF_FILES.format("app.py, window.py, story.py"),
        ),
        TextChange("per-user-data", "tenant", "Tenant: Northwind", "Tenant: Contoso"),
        TextChange(
            "per-user-data", "name", "User: Ada Park\nLocale: en-GB", "User: Juan Silva\nLocale: pt-BR"
        ),
        TextChange(
            "retrieved-context-changed",
            "tagged",
            "<context>\nThe warranty of the pump ends after two years.\n</context>",
            "<context>\nThe filter is to be cleaned every month.\n</context>",
        ),
        TextChange(
            "retrieved-context-changed",
            "remembered",
            _MEMORIES.format("She prefers short answers."),
            _MEMORIES.format("The report goes to the board."),
        ),
    ]


def _orders() -> list[TextChange]:
    first, second, third, fourth = _SKILLS
    return [
        TextChange(
            "list-reordered",
            "lines",
            "Skills:\n" + "\n".join(_SKILLS),
            "Skills:\n" + "\n".join([third, first, fourth, second]),
        ),
        TextChange(
            "list-reordered", "commas", "Skills: pdf, xlsx, docx, pptx", "Skills: docx, pdf, pptx, xlsx"
        ),
        TextChange("text-edited", "words", "Be brief.", "Be brief and kind."),
        TextChange("text-edited", "sentence", "Never guess. Ask first.", "Ask first."),
    ]


def _spaces() -> list[TextChange]:
    return [
        TextChange("whitespace-changed", "inner", "Quote the  passage.", "Quote the passage."),
        TextChange("whitespace-changed", "indent", "if found:\n\treturn it", "if found:\n    return it"),
        TextChange("whitespace-changed", "trailing", "The list ends here.\n", "The list ends here.", "end"),
        TextChange(
            "whitespace-changed", "leading", "\n\nThe list begins here.", "The list begins here.", "start"
        ),
        TextChange("line-endings-changed", "lines", "Rule 1\nRule 2\nRule 3", "Rule 1\r\nRule 2\r\nRule 3"),
        TextChange("line-endings-changed", "old-mac", "Rule 1\nRule 2", "Rule 1\rRule 2"),
        TextChange("invisible-char-changed", "no-break", "max 10 items", "max 10\u00a0items"),
        TextChange("invisible-char-changed", "zero-width", "Use the archive.", "Use the arc\u200bhive."),
        TextChange(
            "invisible-char-changed", "bom", "These are the rules.", "\ufeffThese are the rules.", "start"
        ),
        TextChange("invisible-char-changed", "soft-hyphen", "the regu\u00adlation", "the regulation"),
        TextChange("invisible-char-changed", "bidi", "Write to Ada.", "Write to \u200eAda."),
    ]


def _letters() -> list[TextChange]:
    return [
        TextChange("unicode-normalization-changed", "decomposed", *_ACCENTS),
        TextChange("unicode-normalization-changed", "composed", _ACCENTS[1], _ACCENTS[0]),
        TextChange("typography-changed", "apostrophe", "Don't guess.", "Don\u2019t guess."),
        TextChange("typography-changed", "quotes", 'Say "no" then.', "Say \u201cno\u201d then."),
        TextChange("typography-changed", "dash", "pages 3-9 only", "pages 3\u20139 only"),
        TextChange("typography-changed", "ellipsis", "Wait...", "Wait\u2026"),
        TextChange("homoglyph-changed", "cyrillic", "Use scope A", "Use s\u0441ope A"),
        TextChange("homoglyph-changed", "greek", "Ohm and Volt", "\u039fhm and Volt"),
        TextChange("encoding-damaged", "emoji", "Good \U0001f408 cat", "Good \ufffd\ufffd cat"),
        TextChange("encoding-damaged", "accent", "the cr\u00e8me", "the cr\ufffdme"),
    ]


TEXT_CHANGES: tuple[TextChange, ...] = (
    *_stamps(),
    *_dates(),
    *_volatile(),
    *_surroundings(),
    *_orders(),
    *_spaces(),
    *_letters(),
)


def change_of(name: str) -> TextChange:
    """The change called `cause/variant`."""
    return next(change for change in TEXT_CHANGES if change.name == name)
