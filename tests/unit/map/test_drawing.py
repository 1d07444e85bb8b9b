"""The folium tree and what is rendered of it."""

import html5lib
import pytest
from branca.element import CssLink, MacroElement
from folium.plugins import Fullscreen, MarkerCluster
from folium.template import Template

from portal.map.drawing import ColouredUnit, LegendEntry, MapContent, NamedPoint, build_map
from portal.map.rendering import ForeignHead, render_parts
from portal.map.types import Layer, View

# Unit: code, name, kind, figure; one name; three layers (equal names: one box); two words of settings and addresses.
HOSTILE_IN_SCRIPT = 4 + 1 + 1 + 3
HOSTILE = "</script><img src=x onerror=alert(1)>'\"{{ 7*7 }}"


def content(**changes):
    return MapContent(
        **{
            "label": "Map of services",
            "bounds": ((49.1, 16.7), (50.4, 17.9)),
            "view": None,
            "shapes_url": "/mapa/uzemi/orp-abc.topojson",
            "services_url": "/mapa/sluzby.json",
            "units": [ColouredUnit("7111", "Šumperk", "class-1", ["12,5", "150", "3"])],
            "figure_labels": ["rate", "capacity", "services"],
            "names": [NamedPoint("Šumperk", 49.97, 16.97)],
            "layer_names": {Layer.CAPACITY: "Capacity", Layer.SERVICES: "Services", Layer.NAMES: "Names"},
            "shown": frozenset(Layer),
            "legend_title": "Beds",
            "legend": [
                LegendEntry("class-1", "1 – 2"),
                LegendEntry("missing", "not supplied"),
                LegendEntry("group", "many"),
            ],
            "colours": {"class-1": "#7dc4a0"},
            "words": {"close": "Close"},
            **changes,
        }
    )


def parsed(text):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(text, container="main")


def test_the_map_is_well_formed_html_without_style_or_script():
    tree = parsed(str(render_parts(build_map(content(notice="Schematic."))).html))
    assert [node.tag for node in tree.iter() if node.tag in ("script", "style", "link", "meta")] == []
    assert not any(name == "style" or name.startswith("on") for node in tree.iter() for name in node.attrib)
    assert tree.find(".//*[@id='map_canvas']").get("aria-label") == "Map of services"


def test_no_address_outside_the_portal_is_rendered():
    parts = render_parts(build_map(content()))
    assert "//" not in (str(parts.html) + str(parts.script)).replace("http://www.w3.org", "")


def test_hostile_names_stay_text():
    hostile = content(
        label=HOSTILE,
        units=[ColouredUnit(HOSTILE, HOSTILE, HOSTILE, [HOSTILE])],
        names=[NamedPoint(HOSTILE, 49.9, 16.9)],
        legend_title=HOSTILE,
        legend=[LegendEntry("class-1", HOSTILE)],
        layer_names=dict.fromkeys(Layer, HOSTILE),
        words={"close": HOSTILE},
        notice=HOSTILE,
        services_url=HOSTILE,
        link={"form": HOSTILE},
    )
    parts = render_parts(build_map(hostile))
    tree = parsed(str(parts.html))
    assert tree.find(".//img") is None
    assert tree.find(".//p").text == HOSTILE
    assert "</script" not in parts.script.lower()
    assert "<img" not in parts.script
    assert parts.script.count("{{ 7*7 }}") == HOSTILE_IN_SCRIPT


def test_a_layer_switched_off_is_offered_but_not_added():
    parts = render_parts(build_map(content(shown=frozenset({Layer.CAPACITY}))))
    assert "layer_units.addTo(map_canvas)" in parts.script
    assert "layer_services.addTo" not in parts.script
    assert '"Services": layer_services' in parts.script


def test_a_view_and_an_opened_service_reach_the_script():
    parts = render_parts(build_map(content(view=View(49.9, 16.9, 11), opened=501)))
    assert '"view":{"lat":49.9,"lon":16.9,"zoom":11}' in parts.script
    assert '"opened":501' in parts.script


def test_the_same_content_renders_to_the_same_text():
    assert render_parts(build_map(content())) == render_parts(build_map(content()))


@pytest.mark.parametrize("foreign", [MarkerCluster([(49.9, 16.9)]), Fullscreen()])
def test_elements_that_load_libraries_from_elsewhere_are_refused(foreign):
    portal_map = build_map(content())
    portal_map.add_child(foreign)
    with pytest.raises(ForeignHead):
        render_parts(portal_map)


def test_an_element_that_writes_styles_into_the_head_is_refused():
    class Styled(MacroElement):
        _template = Template("{% macro header(this, kwargs) %}<style>p { color: red }</style>{% endmacro %}")

    portal_map = build_map(content())
    portal_map.add_child(Styled())
    with pytest.raises(ForeignHead, match="head"):
        render_parts(portal_map)


def test_a_map_in_no_figure_is_refused():
    portal_map = build_map(content())
    portal_map._parent = CssLink("/local.css")
    with pytest.raises(TypeError):
        render_parts(portal_map)
