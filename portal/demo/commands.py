"""Commands that make demonstration data."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.demo.register.codelists import write_code_lists
from portal.demo.register.places import places_elsewhere, region_places
from portal.demo.register.writing import Recipe, write_register


@click.group("demo", invoke_without_command=True)
@click.pass_context
def demo_group(context: click.Context) -> None:
    """Make demonstration data."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


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


COMMANDS = (demo_group,)
