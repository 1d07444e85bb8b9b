"""A folium map taken apart: what goes into the body and what into one script with the page's nonce.

folium writes whole pages with styles, scripts and libraries from outside addresses. The portal brings its own
library (built assets), so an element that wants to add anything to the page's head is refused here.
"""

from __future__ import annotations

from dataclasses import dataclass

import folium
from branca.element import Figure
from markupsafe import Markup

_OF_EVERY_FIGURE = {"meta_http"}


class ForeignHead(RuntimeError):
    """An element of the map added a style, a script or a library to the page's head."""


@dataclass(frozen=True)
class MapParts:
    """``html`` for the body; ``script`` for one script tag behind the map's library."""

    html: Markup
    script: Markup


def render_parts(portal_map: folium.Map) -> MapParts:
    """Render a map and its layers. Raises ForeignHead; the templates in ``drawing`` escape what they are given."""
    root = portal_map.get_root()
    if not isinstance(root, Figure):
        raise TypeError("the map is not in a figure")
    for child in list(root._children.values()):
        child.render()
    foreign = set(root.header._children) - _OF_EVERY_FIGURE
    if foreign:
        raise ForeignHead(f"elements for the page's head are not allowed: {', '.join(sorted(foreign))}")
    # What is marked as safe here was escaped by the templates of the elements.
    return MapParts(Markup(root.html.render()), Markup(root.script.render()))
