"""The blueprint of releases and what its pages share."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint

from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.settings import current_settings
from portal.releases.files import releases_folder
from portal.releases.types import TableName
from portal.releases.words import cell_words, quarter_words

bp = Blueprint("releases", __name__, template_folder="../templates")
bp.add_app_template_filter(cell_words, "told")
bp.add_app_template_filter(quarter_words, "release_quarter")


def folder() -> Path:
    """Where the files of published quarters lie."""
    return releases_folder(current_settings().instance_dir)


def table_name(text: str) -> TableName:
    """The table of an address. Raises NotFound."""
    if text not in set(TableName):
        raise NotFound(_m("There is no such table."))
    return TableName(text)
