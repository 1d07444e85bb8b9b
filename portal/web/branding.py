"""The region's own colours, made readable.

An installation sets two colours. Everything else (darker and lighter shades, the colour of text upon them, of
links) is derived here, so that contrast holds whatever a region chooses. Contrast follows WCAG 2.2: relative
luminance and (L1 + 0.05) / (L2 + 0.05), with 4.5 as the least for text (success criterion 1.4.3). Pure.
"""

from __future__ import annotations

WHITE = "#ffffff"
BLACK = "#000000"  # pure: of it and white, one always has a contrast of 4.58 or more
LEAST_CONTRAST = 4.5

Rgb = tuple[int, int, int]


def parse_colour(colour: str) -> Rgb:
    """Channels 0-255 of a colour written as #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """The colour with ``share`` (0 to 1) of the other one in it, channel by channel."""
    channels = zip(parse_colour(colour), parse_colour(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), as WCAG 2.2 defines it."""

    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in parse_colour(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """White or black, whichever reads better on the background."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, background))


def darkened(colour: str, least: float, against: str) -> str:
    """The colour, darkened in steps until it stands out enough against a light one."""
    for step in range(20):
        candidate = mix(colour, BLACK, step / 20)
        if contrast(candidate, against) >= least:
            return candidate
    return BLACK


def palette(brand: str, accent: str) -> dict[str, str]:
    """Custom properties of the style sheet for the two colours of a region."""
    dark = mix(brand, BLACK, 0.35)
    tint = mix(brand, WHITE, 0.95)
    link = darkened(brand, 5.5, tint)
    light = mix(brand, WHITE, 0.18)
    if contrast(text_on(brand), light) < LEAST_CONTRAST:
        light = brand
    return {
        "--portal-brand": brand,
        "--portal-on-brand": text_on(brand),
        "--portal-brand-dark": dark,
        "--portal-on-brand-dark": text_on(dark),
        "--portal-brand-light": light,
        "--portal-accent": accent,
        "--portal-on-accent": text_on(accent),
        "--portal-tint": tint,
        "--portal-line": mix(brand, WHITE, 0.75),
        "--portal-link": link,
        "--govuk-brand-colour": link,
        "--govuk-link-colour": link,
        "--govuk-link-hover-colour": mix(link, BLACK, 0.5),
        "--govuk-surface-background-colour": tint,
        "--govuk-surface-border-colour": mix(brand, WHITE, 0.75),
    }


def style_rule(brand: str, accent: str) -> str:
    """The palette as one CSS rule."""
    return ":root{" + ";".join(f"{name}:{value}" for name, value in palette(brand, accent).items()) + "}"
