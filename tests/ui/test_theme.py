"""Themes: read from data, complete, readable, and following the system."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import product

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from coldbyte.services import resources
from coldbyte.ui.icon import IconButton, draw, install_icons
from coldbyte.ui.prefix.fate_fill import BACKGROUND, TEXT_ON
from coldbyte.ui.role import ROLES, Role
from coldbyte.ui.style_sheet import style_sheet
from coldbyte.ui.theme import Theme, ThemeError, ThemeSwitch, apply_theme, current_theme
from ui.prompts import dress, theme

NAMES = ("dark", "light", "contrast", "safe")
THEMES = {name: theme(name) for name in NAMES}
READABLE = {"dark": 4.5, "light": 4.5, "contrast": 7.0, "safe": 4.5}
VISIBLE = 3.0


def crossed(texts: Sequence[Role], grounds: Sequence[Role]) -> list[tuple[Role, Role]]:
    return list(product(texts, grounds))


# What is written on what: by the widgets that paint themselves, and by rules that inherit their ground.
PLAIN = [
    *crossed(("text", "muted", "link"), ("window", "surface", "raised", "hover")),
    *crossed(("cold", "warm_text", "warning"), ("surface", "raised")),
    *crossed(("text", "muted", "cold", "invisible"), ("cold_soft",)),
    *crossed(("invisible",), ("surface",)),
    *crossed(("text", "invisible"), ("hit",)),
    *crossed(
        (
            *("syntax_key", "syntax_string", "syntax_number"),
            *("syntax_tag", "syntax_heading", "syntax_code"),
        ),
        ("surface", "hit"),
    ),
    *crossed(("on_accent",), ("accent_hover",)),
    *((TEXT_ON[fate], BACKGROUND[fate]) for fate in TEXT_ON),
]
GRAPHIC = [
    *crossed(("focus", "cold"), ("window", "surface", "raised")),
    *crossed(("cold",), ("write",)),
    *crossed(("hit_line",), ("surface", "hit")),
]


def luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, two: QColor) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def role_of(word: str) -> Role:
    return next(role for role in ROLES if role == word)


def styled_pairs() -> list[tuple[Role, Role]]:
    """Text and ground of every rule of the style sheet that sets both; disabled controls are exempt."""
    sheet = style_sheet({role: f"@{role}" for role in ROLES}, 10, arrows=True)
    pairs: list[tuple[Role, Role]] = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        ground = re.search(r"(?:^|[\s;])background(?:-color)?: @(\w+)", body)
        text = re.search(r"(?:^|[\s;])color: @(\w+)", body)
        chosen = re.search(r"selection-background-color: @(\w+);\s*selection-color: @(\w+)", body)
        if ground and text and "disabled" not in selector:
            pairs.append((role_of(text[1]), role_of(ground[1])))
        if chosen:
            pairs.append((role_of(chosen[2]), role_of(chosen[1])))
    return pairs


def test_contrast_is_measured_as_the_guideline_says() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_can_be_read_on_its_ground(name: str) -> None:
    shown = theme(name)
    pairs = [*PLAIN, *styled_pairs()]
    assert len(styled_pairs()) > 20
    weak = [
        f"{text} on {ground}: {ratio:.2f}"
        for text, ground in pairs
        if (ratio := contrast(shown.color(text), shown.color(ground))) < READABLE[name]
    ]
    assert not weak


@pytest.mark.parametrize("name", NAMES)
def test_the_break_and_the_focus_stand_out(name: str) -> None:
    shown = theme(name)
    weak = [pair for pair in GRAPHIC if contrast(shown.color(pair[0]), shown.color(pair[1])) < VISIBLE]
    assert not weak


@pytest.mark.parametrize("name", NAMES)
def test_a_theme_says_whether_it_is_dark(name: str) -> None:
    shown = theme(name)
    assert shown.name == name
    assert shown.dark == (luminance(shown.color("window")) < 0.2)


def broken_theme(**changes: object) -> str:
    fields = json.loads(resources.text("themes/dark.json"))
    fields["colours"] |= changes
    fields["colours"] = {role: colour for role, colour in fields["colours"].items() if colour is not None}
    return json.dumps(fields)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (broken_theme(cold=None, warm=None), "“dark” has no colour for: cold, warm"),
        (broken_theme(chilly="#000000"), "roles that do not exist: chilly"),
        (broken_theme(cold="blue-ish"), "cold is not a colour like #1a2b3c: 'blue-ish'"),
        (broken_theme(cold=7), "cold is not a colour"),
        (broken_theme(cold="#80112233"), "cold is not a colour"),
        ("{", "not JSON"),
        ("[]", "an object with"),
    ],
)
def test_a_theme_file_that_is_wrong_says_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(ThemeError, match=re.escape(complaint)):
        Theme.from_json(text)


@pytest.mark.parametrize("name", NAMES)
def test_a_theme_dresses_the_application(qapp: QApplication, name: str) -> None:
    apply_theme(qapp, theme(name))
    shown = theme(name)
    assert current_theme() == shown
    assert qapp.palette().color(QPalette.ColorRole.Window) == shown.color("window")
    disabled = qapp.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled == shown.color("disabled")
    assert shown.colours["surface"] in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()


def test_type_sizes_follow_the_font_of_the_application(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, theme("dark"))
    label = QLabel("words")
    qtbot.addWidget(label)
    label.setProperty("role", "headline")
    label.ensurePolished()
    before = label.fontMetrics().height()
    font = qapp.font()
    large = qapp.font()
    large.setPointSizeF(2 * font.pointSizeF())
    try:
        qapp.setFont(large)
        apply_theme(qapp, theme("dark"))
        label.ensurePolished()
        assert label.fontMetrics().height() > 1.7 * before
    finally:
        qapp.setFont(font)
        apply_theme(qapp, theme("dark"))


def test_the_theme_follows_the_system_until_one_is_chosen(qapp: QApplication, qtbot: QtBot) -> None:
    owner = QObject()
    switch = ThemeSwitch(qapp, THEMES, "system", owner)
    system = qapp.styleHints().colorSchemeChanged
    with qtbot.waitSignal(switch.changed):
        system.emit(Qt.ColorScheme.Dark)
    assert current_theme().name == "dark"
    system.emit(Qt.ColorScheme.Light)
    assert current_theme().name == "light"
    switch.choose("dark")
    system.emit(Qt.ColorScheme.Light)
    assert (current_theme().name, switch.choice) == ("dark", "dark")
    switch.choose("system")
    system.emit(Qt.ColorScheme.Light)
    assert current_theme().name == "light"


def test_a_system_that_asks_for_much_contrast_gets_it(qapp: QApplication) -> None:
    owner = QObject()
    switch = ThemeSwitch(qapp, THEMES, "system", owner)
    asked = qapp.styleHints().accessibility().contrastPreferenceChanged
    asked.emit(Qt.ContrastPreference.HighContrast)
    assert current_theme().name == "contrast"
    switch.choose("light")
    assert current_theme().name == "light"
    switch.choose("system")
    asked.emit(Qt.ContrastPreference.NoPreference)
    assert current_theme().name == "light"
    switch.choose("safe")
    assert current_theme().name == "safe"


def seen_by(color: QColor, kind: str) -> tuple[float, float, float]:
    """A colour as linear light, for eyes that lack one kind of cone (Viénot, Brettel and Mollon 1999)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    ]
    red, green, blue = linear
    match kind:
        case "no red cones":
            mixed = 0.11238 * red + 0.88762 * green
            return mixed, mixed, 0.00401 * red - 0.00401 * green + blue
        case "no green cones":
            mixed = 0.29275 * red + 0.70725 * green
            return mixed, mixed, -0.02234 * red + 0.02234 * green + blue
        case "no blue cones":
            teal = 0.86 * green + 0.14 * blue
            return red, teal, teal
        case _:
            return red, green, blue


@pytest.mark.parametrize("kind", ["all cones", "no red cones", "no green cones", "no blue cones"])
def test_the_fates_and_the_break_stay_apart_for_every_eye(kind: str) -> None:
    shown = theme("safe")
    marks = [seen_by(shown.color(role), kind) for role in ("warm", "write_line", "uncached", "cold")]
    for number, one in enumerate(marks):
        for other in marks[:number]:
            apart = sum(abs(a - b) for a, b in zip(one, other, strict=True))
            assert apart > 0.25, (kind, one, other)


def test_a_switch_begins_with_what_was_chosen_before(qapp: QApplication) -> None:
    owner = QObject()
    assert ThemeSwitch(qapp, THEMES, "dark", owner).choice == "dark"
    assert current_theme().name == "dark"
    ThemeSwitch(qapp, THEMES, "light", owner)
    assert current_theme().name == "light"


def test_icons_are_drawn_in_the_colours_of_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    square = '<path d="M0 0h4v4H0z" fill="currentColor"/>'
    dot = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">{square}</svg>'
    install_icons(qapp, {"dot": dot})
    try:
        apply_theme(qapp, theme("light"))
        assert draw("dot", "cold", 8).pixelColor(4, 4) == theme("light").color("cold")
        button = IconButton("dot", "Go")
        qtbot.addWidget(button)
        apply_theme(qapp, theme("dark"))
        assert button.icon().pixmap(16, 16).toImage().pixelColor(8, 8) == theme("dark").color("text")
        assert draw("no such drawing", "cold", 8).isNull()
    finally:
        install_icons(qapp, {})


def test_every_drawing_of_the_app_can_be_drawn(qapp: QApplication) -> None:
    dress(qapp)
    paths = sorted((resources.folder() / "icons").glob("*.svg"))
    assert len(paths) > 10
    install_icons(qapp, {path.stem: path.read_text(encoding="utf-8") for path in paths})
    try:
        for path in paths:
            image = draw(path.stem, "text", 32)
            drawn = {image.pixelColor(x, y).alpha() for x, y in product(range(32), range(32))}
            assert max(drawn) > 200, f"{path.stem} shows nothing"
    finally:
        install_icons(qapp, {})
