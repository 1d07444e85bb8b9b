"""The blueprint that the pages of free places hang on, and what they share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.core.settings import current_settings
from portal.waitlists.vacancies import words
from portal.waitlists.vacancies.types import Upkeep

Answer = str | Response | tuple[str, int]


bp = Blueprint("vacancies", __name__, template_folder="../../templates")
bp.add_app_template_filter(words.age_text, "place_age")
bp.add_app_template_filter(words.price_text, "place_price")
bp.add_app_template_filter(words.floor_text, "place_floor")


def upkeep() -> Upkeep:
    """What this portal takes for confirmed lately."""
    return Upkeep(current_settings().vacancy_stale_days, current_settings().vacancy_hidden_days)
