"""Colours of classes on all maps: pages, legends, frames, pictures and print take them from here. Pure.

Each scale darkens by steps that are seen without telling hues apart, so that classes stay in order in every colour
vision and in grey; hues come on top. White is left to a true zero, and every class, also the darkest, stands off from
the border between areas by 3:1 (WCAG 2.2, success criterion 1.4.11). ``tests/unit/map/test_colours.py`` holds both
scales to that, with the colours as people without one kind of cones see them.
"""

from __future__ import annotations

AMOUNTS = ("#c3e28e", "#7dc4a0", "#47a3a3", "#4a7cb3", "#4a57ac")
# Yellow below the norm, violet above it, and darker from the lowest to the highest.
DISTANCES = ("#eed775", "#e0b958", "#c8a23c", "#a17dbc", "#8d61b6", "#734ba3")
ZERO = "#ffffff"
BORDER = "#0b0c0c"


def colours_of(count: int, *, is_distance: bool = False) -> tuple[str, ...]:
    """Colours of so many classes, from the lowest: spread over the scale where there are fewer.

    ``is_distance``: of distances from a norm. Raises ValueError for more classes than the scale has.
    """
    scale = DISTANCES if is_distance else AMOUNTS
    if count > len(scale):
        raise ValueError(f"{count} classes, {len(scale)} colours")
    if count == 1:
        return (scale[len(scale) // 2],)
    return tuple(scale[round(place * (len(scale) - 1) / (count - 1))] for place in range(count))
