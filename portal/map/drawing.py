"""The map built from folium elements, each with a template of the portal's own.

folium gives the frame (a tree of elements, layers that can be switched, options in JavaScript's spelling). Its
own templates are not used: they load libraries from outside addresses, write styles that a strict content
security policy refuses, and put properties of features into the page as HTML. Ours call the functions of
``assets/map.js``, which write text as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import folium
from branca.element import Element, Figure, MacroElement
from folium.plugins import MarkerCluster
from folium.template import Template
from jinja2.utils import htmlsafe_json_dumps

from portal.map.types import Layer, View

MIN_ZOOM = 7
MAX_ZOOM = 17
CLUSTER_RADIUS_PX = 64  # at a zoom between two whole ones signs stand up to 0.7 times as close

# (south, west), (north, east) in degrees
Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class ColouredUnit:
    """A shape: its code, name, kind of colour ("class-1", "zero", "missing", "not-applicable"), figures in words.

    ``figures`` go with ``MapContent.figure_labels``.
    """

    code: str
    name: str
    kind: str
    figures: Sequence[str]


@dataclass(frozen=True)
class NamedPoint:
    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class LegendEntry:
    """One line of the legend; ``kind`` as of ColouredUnit, or "place" / "group" for the signs of services."""

    kind: str
    text: str


@dataclass(frozen=True)
class MapContent:
    """Everything the map shows, in the reader's words."""

    label: str
    bounds: Bounds
    view: View | None
    shapes_url: str
    services_url: str
    units: Sequence[ColouredUnit]
    figure_labels: Sequence[str]
    names: Sequence[NamedPoint]
    layer_names: Mapping[Layer, str]
    shown: frozenset[Layer]
    legend_title: str
    legend: Sequence[LegendEntry]
    colours: Mapping[str, str]  # of the kinds that are classes; signs of the others are in the style sheet
    words: Mapping[str, Any]
    notice: str | None = None  # schematic boundaries, said on the map itself
    opened: int | None = None  # register id of the service the link names
    link: Mapping[str, str] = field(default_factory=dict)  # settings of the permanent link


def script_json(value: Any) -> str:
    """JSON that can stand in a script of the page: compact, without the characters that could end the script."""
    return str(htmlsafe_json_dumps(value, dumps=partial(json.dumps, ensure_ascii=False, separators=(",", ":"))))


class Verbatim(Element):
    """Text that is rendered as it stands."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_kwargs: Any) -> str:
        return self.text


class Part(MacroElement):
    """An element whose template is rendered once.

    branca takes what a template gave for the source of another template and renders it again: a unit named
    ``{{ ... }}`` would be run on the server. Comes last among the bases, so that folium's own steps go first.
    """

    def render(self, **kwargs: Any) -> str:
        figure = self.get_root()
        if not isinstance(figure, Figure):
            raise TypeError("the element is not in a figure")
        macros = self._template.module
        for macro, target in (("html", figure.html), ("script", figure.script)):
            if hasattr(macros, macro):
                target.add_child(Verbatim(getattr(macros, macro)(self, kwargs)), name=self.get_name())
        for child in list(self._children.values()):
            child.render(**kwargs)
        return ""


class PortalMap(folium.Map, Part):
    """The map's place in the page and its controls, with the reader's words on them."""

    default_js: ClassVar[list[tuple[str, str]]] = []  # type: ignore[misc]  # folium does not say ClassVar
    default_css: ClassVar[list[tuple[str, str]]] = []  # type: ignore[misc]  # the same
    _template = Template(
        """
        {% macro html(this, kwargs) -%}
        <div class="map-canvas" id="{{ this.get_name() }}" role="region" aria-label="{{ this.label|e }}"></div>
        {%- endmacro %}
        {% macro script(this, kwargs) -%}
        const {{ this.get_name() }} = portalMap.create({{ this.get_name()|tojson }}, {{ this.options|tojavascript }},
          {{ this.setting }});
        {%- endmacro %}
        """
    )

    def __init__(self, content: MapContent) -> None:
        super().__init__(tiles=None)
        self._name, self._id = "map", "canvas"
        self.label = content.label
        self.options = {
            "min_zoom": MIN_ZOOM,
            "max_zoom": MAX_ZOOM,
            "zoom_snap": 0.1,
            "zoom_delta": 1,
            "max_bounds_viscosity": 0.5,
            "fade_animation": False,
        }
        view = content.view
        self.setting = script_json(
            {
                "bounds": content.bounds,
                "view": None if view is None else {"lat": view.lat, "lon": view.lon, "zoom": view.zoom},
                "words": dict(content.words),
            }
        )


class UnitLayer(folium.map.Layer, Part):
    """Shapes of the territory coloured by class; hatching and dots for what has no number."""

    _template = Template(
        """
        {% macro html(this, kwargs) -%}
        <svg class="map-defs" aria-hidden="true" focusable="false"><defs>
        <pattern id="map-hatching" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="map-hatch" width="8" height="8"/><path class="map-hatch-line" d="M2 0v8"/></pattern>
        <pattern id="map-dots" width="8" height="8" patternUnits="userSpaceOnUse">
        <rect class="map-hatch" width="8" height="8"/><circle cx="4" cy="4" r="1.5"/></pattern>
        </defs></svg>
        {%- endmacro %}
        {% macro script(this, kwargs) -%}
        const {{ this.get_name() }} = portalMap.units({{ this._parent.get_name() }}, {{ this.setting }});
        {%- endmacro %}
        """
    )

    def __init__(self, content: MapContent) -> None:
        layer = Layer.CAPACITY
        super().__init__(name=content.layer_names[layer], overlay=True, show=layer in content.shown)
        self._name, self._id = "layer", "units"
        rows = [[unit.code, unit.name, unit.kind, *unit.figures] for unit in content.units]
        self.setting = script_json(
            {
                "id": layer.value,
                "url": content.shapes_url,
                "labels": list(content.figure_labels),
                "colours": dict(content.colours),
                "rows": rows,
            }
        )


class NameLayer(folium.map.Layer, Part):
    """Names of units, since there is no base map that would carry them."""

    _template = Template(
        """
        {% macro script(this, kwargs) -%}
        const {{ this.get_name() }} = portalMap.names({{ this._parent.get_name() }}, {{ this.setting }});
        {%- endmacro %}
        """
    )

    def __init__(self, content: MapContent) -> None:
        layer = Layer.NAMES
        super().__init__(name=content.layer_names[layer], overlay=True, show=layer in content.shown)
        self._name, self._id = "layer", "names"
        rows = [[point.name, round(point.lat, 4), round(point.lon, 4)] for point in content.names]
        self.setting = script_json({"id": layer.value, "rows": rows})


class ServiceLayer(MarkerCluster, Part):
    """Places of services, grouped; they are fetched apart, so the page does not carry them."""

    default_js: ClassVar[list[tuple[str, str]]] = []  # type: ignore[misc]  # folium does not say ClassVar
    default_css: ClassVar[list[tuple[str, str]]] = []  # type: ignore[misc]  # the same
    _template = Template(
        """
        {% macro script(this, kwargs) -%}
        const {{ this.get_name() }} = portalMap.services({{ this._parent.get_name() }},
          { ...{{ this.setting }}, options: {{ this.options|tojavascript }} });
        {%- endmacro %}
        """
    )

    def __init__(self, content: MapContent) -> None:
        layer = Layer.SERVICES
        super().__init__(
            name=content.layer_names[layer],
            show=layer in content.shown,
            max_cluster_radius=CLUSTER_RADIUS_PX,
            show_coverage_on_hover=False,
            animate=False,
        )
        self._name, self._id = "layer", "services"
        self.setting = script_json(
            {
                "id": layer.value,
                "url": content.services_url,
                "opened": content.opened,
                "keepView": content.view is not None,
            }
        )


class LayerSwitch(folium.LayerControl, Part):
    """The control with one box for each layer; folium gathers them."""

    _template = Template(
        """
        {% macro script(this, kwargs) -%}
        portalMap.layerSwitch({{ this._parent.get_name() }}, {
          {%- for name, layer in this.overlays.items() %}{{ name|tojson }}: {{ layer }}, {% endfor -%}
        }, {{ this.options|tojavascript }});
        {%- endmacro %}
        """
    )


class PermanentLink(Part):
    """Keeps the page's address and its visible link in step with view and layers; says when all is drawn."""

    _template = Template(
        """
        {% macro script(this, kwargs) -%}
        portalMap.permanentLink({{ this._parent.get_name() }}, {{ this.setting }});
        {%- endmacro %}
        """
    )

    def __init__(self, setting: Mapping[str, str]) -> None:
        super().__init__()
        self._name, self._id = "link", "permanent"
        self.setting = script_json(dict(setting))


class Notice(Part):
    """A sentence that belongs to the map wherever it is shown or printed."""

    _template = Template(
        """
        {% macro html(this, kwargs) -%}
        <p class="map-notice">{{ this.text|e }}</p>
        {%- endmacro %}
        """
    )

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name, self._id = "notice", "map"
        self.text = text


class Legend(Part):
    """Legend as text beside samples, so that it is read, printed and enlarged like the rest of the page."""

    _template = Template(
        """
        {% macro html(this, kwargs) -%}
        <div class="map-legend"><p class="map-legend__title" id="map-legend-title">{{ this.title|e }}</p>
        <ul class="map-legend__list" aria-labelledby="map-legend-title">
        {%- for entry in this.entries %}
        <li>
        {%- if entry.kind in ("place", "group") -%}
        <span class="map-legend__sign map-sign map-sign--{{ entry.kind }}" aria-hidden="true"></span>
        {%- else -%}
        <svg class="map-legend__sample" aria-hidden="true" focusable="false">
        <rect class="map-unit map-unit--{{ entry.kind }}" {% if entry.kind in this.colours -%}
        fill="{{ this.colours[entry.kind] }}" {% endif -%} width="26" height="16"/></svg>
        {%- endif -%}
        {{ entry.text|e }}</li>
        {%- endfor %}
        </ul></div>
        {%- endmacro %}
        """
    )

    def __init__(self, title: str, entries: Sequence[LegendEntry], colours: Mapping[str, str]) -> None:
        super().__init__()
        self._name, self._id = "legend", "map"
        self.title = title
        self.colours = dict(colours)
        self.entries = list(entries)


def build_map(content: MapContent) -> PortalMap:
    """The whole map as a tree of elements, for ``rendering.render_parts``."""
    portal_map = PortalMap(content)
    if content.notice:
        portal_map.add_child(Notice(content.notice))
    portal_map.add_child(Legend(content.legend_title, content.legend, content.colours))
    portal_map.add_child(UnitLayer(content))
    portal_map.add_child(NameLayer(content))
    portal_map.add_child(ServiceLayer(content))
    portal_map.add_child(LayerSwitch(autoZIndex=False))
    portal_map.add_child(PermanentLink(content.link))
    return portal_map
