import re

import pytest

from hengneng import settings

LOOK = settings.PACKAGE / "web/parts/static/parts"
THEMES = {
    "paper": ("tokens.css", r":root \{([^}]*)\}"),
    "dark": ("dark.css", r":root \{([^}]*)\}"),
    "print": ("tokens.css", r"@media print \{\s*:root,\s*:root\[data-theme\] \{([^}]*)\}"),
}
TEXTS = ("ink", "ink-2", "ink-3", "link", "ok", "warn", "bad", "mute", "est")
ENERGIES = ("power", "gas", "water", "heat", "oil", "coal", "other")
PAIRS = [
    *((text, ground) for text in TEXTS for ground in ("paper", "ground", "hover")),
    *((kind, f"{kind}-tint") for kind in ("ok", "warn", "bad", "mute", "est")),
    *((f"e-{energy}", "paper") for energy in ENERGIES),
    ("ink", "tint"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-brand-2", "brand"),
]


def colours(theme: str) -> dict[str, str]:
    """The theme's colours; what it does not name is the paper's."""
    found = {}
    for name in ("paper", theme):
        sheet, block = THEMES[name]
        named = re.search(block, (LOOK / sheet).read_text())
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", named[1]))
    return found


def luminance(colour: str) -> float:
    """Relative luminance. SOURCE: WCAG 2.2, definition of relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_steps_of_a_map_can_be_told_apart_and_read_on_paper():
    palette = colours("print")
    shades = [luminance(palette[f"step-{step}"]) for step in range(4)]
    texts = [contrast(palette[f"step-{n}-ink"], palette[f"step-{n}"]) for n in range(4)]
    assert shades == sorted(set(shades))
    assert min(texts) >= 4.5


def test_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
def test_texts_can_be_read(theme):
    palette = colours(theme)
    pale = {
        (text, ground): round(contrast(palette[text], palette[ground]), 2)
        for text, ground in PAIRS
        if contrast(palette[text], palette[ground]) < 4.5
    }
    assert not pale


@pytest.mark.parametrize("theme", THEMES)
def test_edges_of_inputs_can_be_seen(theme):
    palette = colours(theme)
    assert contrast(palette["line-strong"], palette["paper"]) >= 3
    assert contrast(palette["focus"], palette["paper"]) >= 3


def test_the_dark_stands_in_one_place():
    dark = colours("dark")["paper"]
    assert [sheet.name for sheet in LOOK.glob("*.css") if dark in sheet.read_text()] == ["dark.css"]


def test_the_dark_names_every_colour_of_the_paper():
    named = {
        theme: set(re.findall(r"--([\w-]+): #", (LOOK / theme).read_text().split("@media")[0]))
        for theme in ("tokens.css", "dark.css")
    }
    assert named["tokens.css"] == named["dark.css"]


def test_no_colour_stands_outside_the_tokens():
    strays = {
        sheet.name: found
        for sheet in LOOK.glob("*.css")
        if sheet.name not in ("tokens.css", "dark.css", "print.css")
        and (found := re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s])", sheet.read_text()))
    }
    assert not strays
