"""Whatever two colours a region chooses, its pages stay readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.branding import contrast, mix, palette, style_rule

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)  # the known lightest grey on white
    assert contrast("#1d4370", "#1d4370") == 1


def test_mixing_moves_from_one_colour_to_the_other() -> None:
    assert mix("#102030", "#ffffff", 0) == "#102030"
    assert mix("#102030", "#ffffff", 1) == "#ffffff"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


@given(brand=colours, accent=colours)
def test_text_is_readable_on_every_derived_colour(brand: str, accent: str) -> None:
    made = palette(brand, accent)
    assert contrast(made["--portal-on-brand"], made["--portal-brand"]) >= 4.5
    assert contrast(made["--portal-on-brand"], made["--portal-brand-light"]) >= 4.5
    assert contrast(made["--portal-on-brand-dark"], made["--portal-brand-dark"]) >= 4.5
    assert contrast(made["--portal-on-accent"], made["--portal-accent"]) >= 4.5
    assert contrast(made["--portal-link"], "#ffffff") >= 4.5
    assert contrast(made["--portal-link"], made["--portal-tint"]) >= 4.5


def test_the_rule_holds_colours_alone() -> None:
    rule = style_rule("#1d4370", "#f0a500")
    assert rule.startswith(":root{--portal-brand:#1d4370;")
    assert "<" not in rule
