"""Pages of one service and one provider: what to know before calling, and the number to call. See ``public``."""

from __future__ import annotations

from collections.abc import Hashable

from flask import render_template, url_for
from flask_babel import gettext

from portal.catalog.service import entries
from portal.catalog.service import search as search_service
from portal.catalog.service.entries import CapacityInfo
from portal.catalog.views.lines import written_line
from portal.core.contacts import phone_link, web_link
from portal.core.permissions import Permission
from portal.web.asides import aside_marks
from portal.web.formats import cell_text
from portal.web.gate import requires
from portal.web.http_cache import public_page
from portal.web.languages import current_language, say
from portal.web.navigation import is_installed


def service_page_mark() -> Hashable:
    """The catalogue, and what other features say on the page."""
    return (search_service.catalog_mark(), *aside_marks("catalog.service"))


@requires(Permission.PUBLIC)
@public_page(service_page_mark)
def service_page(register_id: int) -> str:
    service = entries.get_service(register_id)
    return render_template(
        "catalog/service.html",
        service=service,
        type_name=service.service_type.name(current_language()) if service.service_type else "",
        provider_href=url_for("catalog.provider_page", ico=service.provider.ico),
        capacity_text=capacity_text,
        map_href=url_for("map.index", sluzba=register_id) if is_installed("map.index") else None,
        phone_link=phone_link,
        web_link=web_link,
    )


def capacity_text(capacity: CapacityInfo) -> str:
    """“Beds: 32”, which no number declines, or that the register does not say; with the register's own note."""
    text = (
        f"{say(capacity.unit.label)}: {cell_text(capacity.amount)}"
        if capacity.amount.state.has_number
        else gettext("not supplied (%(unit)s)", unit=say(capacity.unit.label))
    )
    return f"{text} – {capacity.note}" if capacity.note else text


@requires(Permission.PUBLIC)
@public_page(search_service.catalog_mark)
def provider_page(ico: str) -> str:
    found = entries.get_provider(ico)
    snapshot, language = search_service.present_snapshot(), current_language()
    return render_template(
        "catalog/provider.html",
        provider=found.provider,
        lines=[written_line(snapshot, line, language) for line in found.services],
        ended=[written_line(snapshot, line, language) for line in found.ended],
        phone_link=phone_link,
        web_link=web_link,
    )
