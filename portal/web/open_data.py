"""What the public may take away: data sets with their files.

Endpoints are named, not imported, since features lie above the shared look; what is not installed is left out. A
feature whose data sets come and go hands them in (``offer_at``).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import lazy_gettext

from portal.web.navigation import is_installed


@dataclass(frozen=True)
class File:
    label: str
    endpoint: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DataSet:
    title: object
    text: object
    files: tuple[File, ...]


DATA_SETS = (
    DataSet(
        lazy_gettext("Catalogue of social services"),
        lazy_gettext(
            "All registered services of the region with provider, type, forms, capacity, target groups, contacts and "
            "places that are not secret. Source: the register of providers of the Ministry of Labour and Social "
            "Affairs, confirmed and completed by providers."
        ),
        (
            File("CSV", "catalog.download", {"kind": "csv"}),
            File("XLSX", "catalog.download", {"kind": "xlsx"}),
            File("GeoJSON", "catalog.download", {"kind": "geojson"}),
        ),
    ),
    DataSet(
        lazy_gettext("Registered capacity by area"),
        lazy_gettext(
            "Capacity of services in each municipality with extended powers, also per 1,000 people of the age "
            "concerned: the figures of the map. Source of boundaries and population: ČÚZK and ČSÚ."
        ),
        (File("CSV", "map.capacity_csv"), File("XLSX", "map.capacity_xlsx")),
    ),
    DataSet(
        lazy_gettext("Municipal support"),
        lazy_gettext(
            "What municipalities gave to services in the latest year: grants, rent in kind, gifts and contributions of "
            "founders. Source: municipalities and the region."
        ),
        (
            File("CSV", "grants.download", {"kind": "csv"}),
            File("XLSX", "grants.download", {"kind": "xlsx"}),
        ),
    ),
    DataSet(
        lazy_gettext("Municipal support by size of municipality"),
        lazy_gettext(
            "What municipalities of the same size gave per inhabitant in the latest year: median and quartiles, and "
            "how many of them told."
        ),
        (File("CSV", "grants.sizes_file", {"kind": "csv"}), File("XLSX", "grants.sizes_file", {"kind": "xlsx"})),
    ),
    DataSet(
        lazy_gettext("Access to services"),
        lazy_gettext(
            "How much of the registered capacity falls to the people of each municipality, by distance; for homes for "
            "the elderly, other types on the page of access."
        ),
        (File("CSV", "access.download", {"kind": "csv"}), File("XLSX", "access.download", {"kind": "xlsx"})),
    ),
    DataSet(
        lazy_gettext("Layers of the map for QGIS and other programs"),
        lazy_gettext("Places of services and public figures by area with their boundaries, by OGC API Features."),
        (File("OGC API Features", "ogc.landing"),),
    ),
)


@dataclass(frozen=True)
class Offer:
    title: str
    text: str
    links: tuple[tuple[str, str], ...]


def offer_at(app: Flask, make: Callable[[], Sequence[Offer]], mark: Callable[[], Hashable]) -> None:
    """Show further data sets; ``mark`` changes whenever what ``make`` returns does."""
    app.extensions.setdefault("portal_offers", []).append((make, mark))


def offers_mark() -> Hashable:
    """Changes with the data sets that are offered."""
    return tuple(mark() for _make, mark in current_app.extensions.get("portal_offers", ()))


def offers() -> list[Offer]:
    """The data sets of installed features, with addresses of their files."""
    found = []
    for data_set in DATA_SETS:
        links = tuple(
            (file.label, url_for(file.endpoint, **file.arguments))
            for file in data_set.files
            if is_installed(file.endpoint)
        )
        if links:
            found.append(Offer(str(data_set.title), str(data_set.text), links))
    for make, _mark in current_app.extensions.get("portal_offers", ()):
        found += make()
    return found
