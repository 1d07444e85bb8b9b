"""The blueprint of the pages of surroundings, and what they share."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.settings import current_settings
from portal.waitlists.vacancies.types import Upkeep
from portal.web.downloads import Table, csv_response, xlsx_response

bp = Blueprint("surroundings", __name__, url_prefix="/mapa", template_folder="../../templates")


def upkeep() -> Upkeep:
    """For how long free places are believed here."""
    settings = current_settings()
    return Upkeep(settings.vacancy_stale_days, settings.vacancy_hidden_days)


def check_kind(kind: str) -> None:
    """Raises NotFound for a kind of file that is not offered."""
    if kind not in ("csv", "xlsx"):
        raise NotFound(_m("There is no such file."))


def file_of(table: Table, name: str, kind: str) -> Response:
    """The table as CSV or XLSX. Raises NotFound."""
    check_kind(kind)
    return csv_response(table, name) if kind == "csv" else xlsx_response(table, name)
