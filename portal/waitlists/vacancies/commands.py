"""``portal vacancies``: free places on the command line."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import with_appcontext

from portal.core.clock import today
from portal.core.settings import current_settings
from portal.waitlists.vacancies import service, words
from portal.waitlists.vacancies.calc.finding import available_on
from portal.waitlists.vacancies.types import FreePlace, Upkeep, Wish


@click.group("vacancies")
def vacancies() -> None:
    """Free places of residential services."""


@vacancies.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON, one list of objects.")
@click.option("--type", "type_code", metavar="TYPE", help="Only services of this type, such as 49.")
@with_appcontext
def list_command(as_json: bool, type_code: str | None) -> None:
    """List the places that the public sees as free now, the soonest first."""
    settings = current_settings()
    upkeep = Upkeep(settings.vacancy_stale_days, settings.vacancy_hidden_days)
    places = [one.place for one in service.find_all(Wish(type_code=type_code), upkeep)]
    if as_json:
        click.echo(json.dumps([_as_json(place) for place in places], ensure_ascii=False, indent=2))
        return
    for place in places:
        click.echo(
            f"{available_on(place, today())}  {place.places:>3}  {place.service_name}"
            f" ({place.municipality_name or '–'})  {words.type_name(place.type_code)}"
        )


def _as_json(place: FreePlace) -> dict[str, Any]:
    return {
        "register_id": place.register_id,
        "service": place.service_name,
        "type": place.type_code,
        "provider": place.provider_name,
        "municipality_code": place.municipality_code,
        "municipality": place.municipality_name,
        "orp_code": place.orp_code,
        "orp": place.orp_name,
        "places": place.places,
        "free_from": available_on(place, today()).isoformat(),
        "room": place.room.value,
        "floor": place.floor,
        "barrier_free": place.barrier_free,
        "lift": place.lift,
        "target_groups": [place.target_group] if place.target_group else list(place.service_groups),
        "sex": place.sex.value if place.sex else None,
        "age_from": place.age_from,
        "age_to": place.age_to,
        "price_from_czk": place.price_from_czk,
        "price_to_czk": place.price_to_czk,
        "phone": place.phone,
        "email": place.email,
        "confirmed_on": place.confirmed_on.isoformat(),
        "state": place.freshness.value,
    }
