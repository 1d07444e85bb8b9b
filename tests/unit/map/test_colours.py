"""Scales of the map: seen apart from white, from each other and from the border, in every colour vision."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from portal.map.colours import AMOUNTS, BORDER, DISTANCES, ZERO, colours_of

ASSETS = Path(__file__).resolve().parents[3] / "portal" / "map" / "assets"
SCALES = {"amounts": AMOUNTS, "distances": DISTANCES}
FROM_WHITE = 12.0  # lightness L* (CIE 1976) between a true zero and the lowest class
APART = {"amounts": 10.0, "distances": 8.0}  # L* between neighbouring classes
CONTRAST = 3.0  # WCAG 2.2, 1.4.11: of the border to whatever it parts

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def luminance(colour, vision="usual"):
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(np.clip(VISIONS[vision] @ linear, 0, 1) @ LUMINANCE)


def lightness(colour, vision="usual"):
    return float(116 * np.cbrt(luminance(colour, vision)) - 16)


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measures_are_those_of_the_standards():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffcc", "#ffffff") == pytest.approx(1.03, abs=0.005)
    assert lightness("#777777") == pytest.approx(50, abs=0.1)
    assert all(lightness("#808080", vision) == pytest.approx(lightness("#808080"), abs=0.1) for vision in VISIONS)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scale", SCALES)
def test_classes_darken_by_steps_that_any_eye_sees(scale, vision):
    told = [lightness(colour, vision) for colour in SCALES[scale]]
    assert lightness(ZERO) - told[0] >= FROM_WHITE
    assert min(one - other for one, other in pairwise(told)) >= APART[scale]


@pytest.mark.parametrize("scale", SCALES)
def test_the_border_stands_off_from_every_class_and_from_zero(scale):
    assert min(contrast(colour, BORDER) for colour in (ZERO, *SCALES[scale])) >= CONTRAST


def test_fewer_classes_spread_over_the_scale_in_its_order():
    assert colours_of(0) == ()
    assert colours_of(1) == (AMOUNTS[2],)
    assert colours_of(2) == (AMOUNTS[0], AMOUNTS[-1])
    assert colours_of(5) == AMOUNTS
    assert colours_of(6, is_distance=True) == DISTANCES
    for count in range(2, 6):
        places = [AMOUNTS.index(colour) for colour in colours_of(count)]
        assert places == sorted(set(places))
    with pytest.raises(ValueError, match="6 classes"):
        colours_of(6)


def test_colours_of_classes_stand_in_one_place():
    sources = {path.name: path.read_text("utf-8").lower() for path in ASSETS.iterdir()}
    assert f"INK = '{BORDER}'".lower() in sources["_colours.js"]
    assert f"$ink: {BORDER};" in sources["map.scss"]
    repeated = [(name, colour) for name, text in sources.items() for colour in AMOUNTS + DISTANCES if colour in text]
    assert repeated == []


@pytest.mark.parametrize(
    ("count", "places"), [(1, [2]), (2, [0, 4]), (3, [0, 2, 4]), (4, [0, 1, 3, 4]), (5, [0, 1, 2, 3, 4])]
)
def test_fewer_classes_are_spread_over_the_whole_scale(count, places):
    assert colours_of(count) == tuple(AMOUNTS[place] for place in places)
