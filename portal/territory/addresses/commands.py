"""``portal territory addresses``: address points of RÚIAN looked at, put in force, taken back."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext, ngettext

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.territory.addresses import service
from portal.territory.addresses.ingest import read_guarded_addresses
from portal.territory.addresses.types import ParsedAddresses
from portal.web.formats import number

SHOWN_UNKNOWN = 20


@click.command("addresses")
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--apply", "apply_it", is_flag=True, help="Put the points in force; otherwise they are only looked at.")
@click.option("--rollback", "roll_back", is_flag=True, help="Take the last import back; what was before holds again.")
@with_appcontext
def addresses_command(files: tuple[Path, ...], apply_it: bool, roll_back: bool) -> None:
    """Import address points from FILE... (RÚIAN's CSV, or ZIP of them), wholly or not at all."""
    if bool(files) == roll_back or (roll_back and apply_it):
        raise click.UsageError(gettext("Give files, or --rollback alone."))
    if roll_back:
        _take_back()
        return
    parsed = read_guarded_addresses([file.absolute() for file in files], service.get_region())
    _tell(parsed)
    if not apply_it:
        if service.is_in_force(parsed):
            _say(gettext("The same points are in force already."))
        else:
            _say(gettext("Nothing was stored; put the points in force with --apply."))
        return
    with transaction():
        outcome = service.store_addresses(OPERATOR, parsed=parsed)
    if outcome.stored:
        _say(gettext("The points are in force."))
    else:
        _say(gettext("Nothing changed: the same points are in force already."))


def _take_back() -> None:
    with transaction():
        info = service.roll_back_addresses(OPERATOR)
    if info is None:
        _say(gettext("The last import of addresses was taken back; no address points are stored now."))
        return
    _say(
        gettext(
            "The last import of addresses was taken back; in force are %(points)s points of %(day)s (%(source)s).",
            points=number(info.points),
            day=info.imported_at_utc.date().isoformat(),
            source=info.source,
        )
    )


def _tell(parsed: ParsedAddresses) -> None:
    _say(
        gettext(
            "Address points: %(points)s in municipalities: %(municipalities)s. Left out without coordinates: "
            "%(without)s.",
            points=number(len(parsed.points.code)),
            municipalities=number(parsed.municipalities),
            without=number(parsed.without_point),
        )
    )
    if not parsed.unknown:
        return
    _say(
        ngettext(
            "%(num)s municipality that the territory in force does not know is left out:",
            "%(num)s municipalities that the territory in force does not know are left out:",
            len(parsed.unknown),
        )
    )
    for one in parsed.unknown[:SHOWN_UNKNOWN]:
        _say(
            gettext(
                "  %(name)s (%(code)s), addresses: %(points)s", name=one.name, code=one.code, points=number(one.points)
            )
        )
    if len(parsed.unknown) > SHOWN_UNKNOWN:
        _say("  …")


def _say(text: str) -> None:
    click.echo(text, err=True)
