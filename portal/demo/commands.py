"""Commands that make demonstration data."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.accounts.types import ROLE_NAMES
from portal.core.messages import Message
from portal.core.settings import current_settings
from portal.demo.logins import LOGIN_EMAILS, PASSWORD
from portal.demo.population.records import generate
from portal.demo.population.writing import write_population
from portal.demo.region import clear, create_region, is_demonstration, is_empty
from portal.demo.register.codelists import write_code_lists
from portal.demo.register.places import places_elsewhere, region_places
from portal.demo.register.writing import Recipe, write_register
from portal.vault.service import ensure_vault
from portal.web.languages import say


@click.group("demo", invoke_without_command=True)
@click.option("--scale", default=1, show_default=True, type=click.IntRange(min=1), help="1 is some 200 services.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same region.")
@click.option("--if-empty", is_flag=True, help="Only when the portal holds nothing; otherwise keep what is there.")
@click.option("--replace", is_flag=True, help="Replace a demonstration region; other data are never deleted.")
@with_appcontext
@click.pass_context
def demo_group(context: click.Context, scale: int, seed: int, if_empty: bool, replace: bool) -> None:
    """Fill the portal with a demonstration region, or make other demonstration data."""
    if context.invoked_subcommand is not None:
        return
    demonstrate(scale=scale, seed=seed, if_empty=if_empty, replace=replace)


def demonstrate(*, scale: int, seed: int, if_empty: bool = False, replace: bool = False) -> None:
    """Make the demonstration region and tell its logins, on standard error."""
    settings = current_settings()
    with_logins = settings.demo_logins or not settings.is_production
    if not if_empty or is_empty():
        if replace:
            clear()
        ensure_vault(settings)
        region = create_region(scale=scale, seed=seed, with_logins=with_logins, tell=_tell)
        click.echo(
            gettext(
                "Demonstration region: services %(services)s, returns %(returns)s.",
                services=region.services,
                returns=region.returns,
            ),
            err=True,
        )
    if with_logins and is_demonstration():
        _tell_logins()


def _tell(message: Message) -> None:
    click.echo(say(message), err=True)


def _tell_logins() -> None:
    click.echo(gettext("Demonstration logins, password %(password)s:", password=PASSWORD), err=True)
    for role, email in LOGIN_EMAILS.items():
        click.echo(f"  {email:32} {say(ROLE_NAMES[role])}", err=True)


@demo_group.command("register")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--services", default=200, show_default=True, type=click.IntRange(min=1), help="How many services.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same file.")
@click.option(
    "--elsewhere", default=0.2, show_default=True, type=click.FloatRange(0, 1), help="Share outside the region."
)
@click.option("--gentle", is_flag=True, help="Without the traps that only tests want.")
@click.option("--faults", default=0, show_default=True, type=click.IntRange(min=0), help="Entries that break the form.")
@click.option("--indent", is_flag=True, help="Indented as the real file, three times as large.")
@click.option("--codelists", type=click.Path(path_type=Path, file_okay=False), help="Write the code lists there.")
@with_appcontext
def register_command(
    file: Path,
    services: int,
    seed: int,
    elsewhere: float,
    gentle: bool,
    faults: int,
    indent: bool,
    codelists: Path | None,
) -> None:
    """Write an invented register of providers to FILE, in the format of the ministry's."""
    recipe = Recipe(services, seed, elsewhere, traps=not gentle, faults=faults, indent=2 if indent else None)
    written = write_register(file, recipe)
    if codelists is not None:
        write_code_lists(codelists, [*region_places(), *places_elsewhere()])
    click.echo(
        gettext(
            "%(name)s: services %(services)s, in the region %(here)s, facilities %(facilities)s, bytes %(bytes)s.",
            name=file.name,
            services=written.services,
            here=written.services_in_region,
            facilities=written.facilities,
            bytes=written.bytes,
        ),
        err=True,
    )


@click.group("people")
def people_group() -> None:
    """Invented people, to try and measure the linking of records."""


@people_group.command("generate")
@click.option("--persons", default=6_000, show_default=True, type=click.IntRange(1, 2_000_000), help="How many people.")
@click.option(
    "--damaged", default=0.2, show_default=True, type=click.FloatRange(0, 1), help="Share of the records with errors."
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="The same seed, the same files.")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
@with_appcontext
def generate_command(persons: int, damaged: float, seed: int, out: Path) -> None:
    """Write records of invented people to OUT/records.csv, and which record is whose to OUT/truth.csv."""
    population = generate(persons, damaged, seed)
    write_population(out, population)
    click.echo(
        gettext("Persons %(persons)s, records %(records)s.", persons=persons, records=len(population.records)), err=True
    )


COMMANDS = (demo_group, people_group)
