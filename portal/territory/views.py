"""The page of the administration about territory.

The administrator opens it after an import and once a year when boundaries change; the auditor when a figure per
1 000 people looks odd. They want to see which boundaries and people the portal works with and since when, and fear
that something was repaired or left out without a word; so all findings of an import stand here.
"""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.core.permissions import Permission
from portal.territory import service
from portal.territory.addresses import service as addresses
from portal.territory.types import Level
from portal.web.gate import requires

bp = Blueprint("territory", __name__, template_folder="templates")


@bp.get("/sprava/uzemi")
@requires(Permission.TERRITORY_IMPORT_READ)
def versions() -> str:
    rows = service.list_versions()
    return render_template(
        "territory/versions.html",
        current=next((row for row in rows if row.is_current), None),
        rows=rows,
        levels=Level,
        addresses=addresses.find_in_force(),
    )
