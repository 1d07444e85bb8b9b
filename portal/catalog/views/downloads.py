"""The result of a search as CSV, XLSX or GeoJSON. See ``public`` for who comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext

from portal.catalog.calc.query import Wish
from portal.catalog.service import exports
from portal.catalog.service.exports import ExportedService, PointRow
from portal.catalog.service.search import ListedService
from portal.catalog.types import Form, service_types
from portal.catalog.views.addresses import parse_search
from portal.core import clock
from portal.core.permissions import Permission
from portal.web.downloads import Column, Feature, Kind, Table, csv_response, geojson_response, xlsx_response
from portal.web.formats import number
from portal.web.gate import requires
from portal.web.languages import current_language, say


@requires(Permission.PUBLIC)
def download(kind: str) -> Response:
    wish = parse_search(request.args).wish
    file_name = gettext("services-%(day)s", day=clock.today().isoformat())
    if kind == "geojson":
        features = [_feature(line, point) for line, point in exports.export_places(wish)]
        return geojson_response(features, file_name)
    table = _table(wish)
    return csv_response(table, file_name) if kind == "csv" else xlsx_response(table, file_name)


def _table(wish: Wish) -> Table:
    columns = [
        Column("register_id", gettext("Number in the register"), Kind.NUMBER, 12),
        Column("identifier", gettext("Registration identifier"), width=14),
        Column("name", gettext("Service"), width=44),
        Column("section", gettext("Paragraph of the Act"), width=10),
        Column("type", gettext("Kind of service"), width=36),
        Column("forms", gettext("Form"), width=22),
        Column("capacity", gettext("Registered capacity"), width=36),
        Column("groups", gettext("For whom"), width=44),
        Column("provider", gettext("Provider"), width=36),
        Column("ico", gettext("Identification number (IČO)"), width=12),
        Column("places", gettext("Municipalities"), width=26),
        Column("orps", gettext("Areas (ORP)"), width=22),
        Column("region_wide", gettext("In the whole region"), width=12),
        Column("phones", gettext("Phone"), width=22),
        Column("emails", gettext("E-mail"), width=30),
        Column("webs", gettext("Web"), width=30),
        Column("started_on", gettext("Since"), Kind.DATE, 12),
        Column("ended_on", gettext("Ended"), Kind.DATE, 12),
        Column("verified_on", gettext("Verified on"), Kind.DATE, 12),
        Column("address", gettext("Page of the service"), width=44),
    ]
    language = current_language()
    # Rows are made before the answer begins: nothing may fail once the status is sent.
    return Table(gettext("Services"), columns, [_row(service, language) for service in exports.export_services(wish)])


def _row(service: ExportedService, language: str) -> dict[str, Any]:
    line = service.line
    service_type = service_types().get(line.type_code)
    return {
        "register_id": line.register_id,
        "identifier": line.identifier,
        "name": line.name,
        "section": f"§ {line.type_code}",
        "type": service_type.name(language) if service_type else None,
        "forms": ", ".join(say(Form(form).label) for form in line.forms),
        "capacity": "; ".join(_capacities(service)),
        "groups": "; ".join(service.target_groups),
        "provider": line.provider_name,
        "ico": line.provider_ico,
        "places": ", ".join(line.places),
        "orps": ", ".join(line.orps),
        "region_wide": line.region_wide,
        "phones": ", ".join(service.contacts.get("phone", ())),
        "emails": ", ".join(service.contacts.get("email", ())),
        "webs": ", ".join(service.contacts.get("web", ())),
        "started_on": line.started_on,
        "ended_on": line.ended_on,
        "verified_on": line.verified_on,
        "address": url_for("catalog.service_page", register_id=line.register_id, _external=True),
    }


def _capacities(service: ExportedService) -> Iterator[str]:
    for form, unit, amount in service.capacities:
        written = number(amount) if amount is not None else gettext("not supplied")
        yield f"{say(form.label)}: {written} ({say(unit.label)})"


def _feature(line: ListedService, point: PointRow) -> Feature:
    street = " ".join(filter(None, (point.street, point.house_number)))
    return Feature(
        geometry={"type": "Point", "coordinates": [point.lon, point.lat]},
        properties={
            "service": line.register_id,
            "name": line.name,
            "type": line.type_code,
            "provider_ico": line.provider_ico,
            "provider": line.provider_name,
            "place": point.name,
            "street": street or None,
            "postcode": point.postcode,
            "municipality": point.municipality_name,
            "point_is_exact": point.point_is_exact,
            "phone": line.phone,
            "ended_on": line.ended_on,
            "verified_on": line.verified_on,
            "address": url_for("catalog.service_page", register_id=line.register_id, _external=True),
        },
        id=point.facility_id,
    )
