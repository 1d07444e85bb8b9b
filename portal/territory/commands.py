"""``portal territory``: import of the official layers, what is stored, taking an import back; address points."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.core.errors import NotFound
from portal.core.guarded import Limits, run_guarded
from portal.core.messages import _m
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.territory import service
from portal.territory.addresses import service as addresses
from portal.territory.addresses.commands import addresses_command
from portal.territory.ingest.read import TerritoryFiles, read_territory
from portal.territory.types import Finding, Level, TerritoryInfo
from portal.web.formats import number
from portal.web.languages import say

# A national layer of municipalities in full detail has about 200 MB; only the region's part is kept.
LIMITS = Limits(memory_mib=4096, cpu_seconds=600, seconds=900)
FILE = click.Path(path_type=Path)


@click.group()
def territory() -> None:
    """Regions, districts, ORP, municipalities and addresses: import, list, take back."""


territory.add_command(addresses_command)


@territory.command("import")
@click.option("--region", required=True, metavar="NUTS3", help="NUTS 3 code of the region, such as CZ071.")
@click.option("--orp", required=True, type=FILE, help="Layer of ORP: SHP, GeoJSON, GPKG, or ZIP with SHP.")
@click.option("--municipalities", required=True, type=FILE, help="Layer of municipalities, in the same formats.")
@click.option("--people", required=True, type=FILE, help="List of municipalities with population by age, CSV.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of validity, YYYY-MM-DD.")
@click.option("--orp-layer", help="Layer to take when the file of ORP has several.")
@click.option("--municipalities-layer", help="Layer to take when the file of municipalities has several.")
@click.option("--source", metavar="TEXT", help="Whose data these are, as maps name it; the names of the files if none.")
@with_appcontext
def import_territory(
    region: str,
    orp: Path,
    municipalities: Path,
    people: Path,
    valid_from: datetime | None,
    orp_layer: str | None,
    municipalities_layer: str | None,
    source: str | None,
) -> None:
    """Import official boundaries and people of one region as a new version."""
    files = TerritoryFiles(
        region, orp.absolute(), municipalities.absolute(), people.absolute(), orp_layer, municipalities_layer
    )
    shown_on = sys.stderr
    with click.progressbar(length=1, label=gettext("Reading and checking"), file=shown_on) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        name = ", ".join(path.name for path in (orp, municipalities, people))
        parsed = run_guarded(read_territory, files, name=name, limits=LIMITS, progress=progress)
    with transaction():
        begins = valid_from.date() if valid_from else None
        outcome = service.store_territory(OPERATOR, parsed=parsed, valid_from=begins, source=source)
        info = service.find_current()
        counts = {level: len(service.list_units(level)) for level in Level}
    for finding in parsed.findings:
        click.echo(say(finding.message), err=True)
    if outcome.renamed:
        click.echo(gettext("The same territory is already in force; its source is named anew."), err=True)
        return
    if not outcome.stored:
        click.echo(gettext("Nothing changed: the same territory is already in force."), err=True)
        return
    click.echo(
        gettext(
            "Imported %(region)s, valid from %(day)s: %(districts)s districts, %(orp)s ORP, "
            "%(municipalities)s municipalities.",
            region=parsed.region_name,
            day=info.valid_from.isoformat() if info else "",
            districts=counts[Level.DISTRICT],
            orp=counts[Level.ORP],
            municipalities=counts[Level.MUNICIPALITY],
        ),
        err=True,
    )


@territory.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@with_appcontext
def show(as_json: bool) -> None:
    """Show the territory in force."""
    info = service.find_current()
    if info is None:
        raise NotFound(_m("No territory has been imported yet."))
    content = _content(info)
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False))
    else:
        for label, value in _lines(content):
            click.echo(f"{label}: {value}")


def _content(info: TerritoryInfo) -> dict[str, object]:
    units = {level: service.list_units(level) for level in Level}
    region = units[Level.REGION][0]
    points = addresses.find_in_force()
    findings = next(row.findings for row in service.list_versions() if row.version_id == info.version_id)
    return {
        "region": info.region_code,
        "region_name": info.region_name,
        "districts": len(units[Level.DISTRICT]),
        "orp": len(units[Level.ORP]),
        "municipalities": len(units[Level.MUNICIPALITY]),
        "population": region.population,
        "population_0_14": region.population_0_14,
        "population_65_plus": region.population_65_plus,
        "population_80_plus": region.population_80_plus,
        "people_on": info.people_on.isoformat() if info.people_on else None,
        "valid_from": info.valid_from.isoformat(),
        "schematic": info.schematic,
        "source": info.source,
        "version": info.version_id,
        "findings": len(findings),
        "address_points": 0 if points is None else points.points,
    }


def _lines(content: dict[str, object]) -> list[tuple[str, str]]:
    def shown(key: str) -> str:
        value = content[key]
        return number(value) if isinstance(value, int) else str(value if value is not None else "-")

    return [
        (gettext("Region"), f"{content['region_name']} ({content['region']})"),
        (gettext("Boundaries"), gettext("schematic") if content["schematic"] else gettext("surveyed")),
        (gettext("Districts"), shown("districts")),
        (gettext("ORP"), shown("orp")),
        (gettext("Municipalities"), shown("municipalities")),
        (gettext("People"), shown("population")),
        (gettext("Aged 0-14"), shown("population_0_14")),
        (gettext("Aged 65 and over"), shown("population_65_plus")),
        (gettext("Aged 80 and over"), shown("population_80_plus")),
        (gettext("People counted on"), shown("people_on")),
        (gettext("Valid from"), shown("valid_from")),
        (gettext("Source"), shown("source")),
        (gettext("Findings of the import"), shown("findings")),
        (gettext("Address points"), shown("address_points")),
    ]


@territory.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@with_appcontext
def versions(as_json: bool) -> None:
    """List all versions, the youngest first."""
    rows = service.list_versions()
    if as_json:
        listed = [
            {
                "version": row.version_id,
                "region": row.region_code,
                "valid_from": row.valid_from.isoformat(),
                "valid_to": row.valid_to.isoformat() if row.valid_to else None,
                "schematic": row.schematic,
                "source": row.source,
                "imported_at": row.imported_at_utc.isoformat(),
                "population": row.population,
                **{str(level): row.counts[level] for level in Level},
                "findings": [_finding(finding) for finding in row.findings],
            }
            for row in rows
        ]
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    for row in rows:
        kind = gettext("schematic") if row.schematic else gettext("surveyed")
        until = row.valid_to.isoformat() if row.valid_to else "…"
        click.echo(
            f"{row.version_id}\t{row.region_code}\t{row.valid_from.isoformat()} - {until}\t{kind}"
            f"\tORP {row.counts[Level.ORP]}\t{row.source}"
        )


def _finding(finding: Finding) -> dict[str, object]:
    return {"message": say(finding.message), "area_m2": finding.area_m2}


@territory.command()
@with_appcontext
def rollback() -> None:
    """Take back the last import; the former version is in force again."""
    with transaction():
        info = service.roll_back(OPERATOR)
    if info is None:
        click.echo(gettext("The last import was taken back; no territory is stored now."), err=True)
    else:
        click.echo(
            gettext(
                "The last import was taken back; in force is version %(version)s, valid from %(day)s.",
                version=info.version_id,
                day=info.valid_from.isoformat(),
            ),
            err=True,
        )


COMMANDS: tuple[click.Command, ...] = (territory,)
