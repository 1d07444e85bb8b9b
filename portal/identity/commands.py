"""``portal code``: codes for a provider's own list, on the provider's own computer, without settings or a database."""

from __future__ import annotations

import csv
import datetime as dt
import gettext
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

import click

from portal.core.errors import ImportRejected, PortalError
from portal.core.messages import Message, _m, _mn
from portal.identity.coding import make_codes
from portal.identity.line import HttpPortal
from portal.identity.people import Listed, find_columns, list_people
from portal.identity.tables import read_lines

CODE_HEADING: Final = "kod"
YEAR_HEADING: Final = "rocnik"
SOME_WITHOUT_CODE: Final = 3  # exit status
_TRANSLATED: Final = ("core", "identity")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Say = Callable[[Message], str]


def sayer(language: str) -> Say:
    """Says messages without an application: this command also runs where there is none."""
    translations: gettext.NullTranslations = gettext.NullTranslations()
    if language != "en":
        packages = Path(__file__).resolve().parent.parent
        for name in _TRANSLATED:
            path = packages / name / "translations" / language / "LC_MESSAGES" / "messages.mo"
            if not path.exists():  # English is better than nothing
                continue
            with path.open("rb") as file:
                found = gettext.GNUTranslations(file)
            found.add_fallback(translations)
            translations = found

    def say(message: Message) -> str:
        params = {name: say(value) if isinstance(value, Message) else value for name, value in message.params.items()}
        if message.plural is not None:
            return translations.ngettext(message.text, message.plural, int(params["num"])) % params
        text = translations.gettext(message.text)
        return text % params if params else text

    return say


@click.command("code")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--url", required=True, help="Address of the portal, as https://portal.example.")
@click.option("--token", required=True, envvar="PORTAL_CODE_TOKEN", help="Your key; or in PORTAL_CODE_TOKEN.")
@click.option("--keep", multiple=True, metavar="HEADING", help="A further column to hand on, not part of an identity.")
@click.option("--language", type=click.Choice(["cs", "en"]), default="cs", show_default=True, help="Of messages.")
def code(file: Path, url: str, token: str, keep: Sequence[str], language: str) -> None:
    """Make codes for the people of FILE (CSV or XLSX with headings); a CSV of codes goes to standard output.

    Names, dates of birth and birth numbers stay on this computer. Exit status: 0 all have a code, 1 nothing was made,
    3 some lines have none (they are told on standard error).
    """
    say = sayer(language)
    try:
        people, headings = _read(file, keep)
        for person in people:
            _tell_faults(person, say)
        coded = [person for person in people if person.is_coded]
        portal = HttpPortal(url, token, tell=lambda message: click.echo(say(message), err=True))
        progress = _Progress(len(coded), say)
        codes = list(make_codes(portal, [person.inputs for person in coded], progress.report))
    except PortalError as error:
        _tell_error(error, say)
        sys.exit(1)
    _write(sys.stdout, headings, people, dict(zip((person.line for person in coded), codes, strict=True)))
    left = len(people) - len(coded)
    if left:
        click.echo(say(_mn("%(num)s line has no code.", "%(num)s lines have no code.", left)), err=True)
        sys.exit(SOME_WITHOUT_CODE)


def _read(file: Path, keep: Sequence[str]) -> tuple[list[Listed], list[str]]:
    lines = read_lines(file)
    columns = find_columns(lines[0].cells, keep)
    if not columns.is_enough:
        raise ImportRejected(
            _m(
                "The first line of %(name)s must hold headings: “jméno”, “příjmení” and “datum narození”, or “rodné"
                " číslo”.",
                name=file.name,
            )
        )
    if len(lines) == 1:
        raise ImportRejected(_m("%(name)s holds no people below the headings.", name=file.name))
    now = dt.datetime.now(ZoneInfo("Europe/Prague"))
    people = list(list_people(lines[1:], columns, (now.year, now.month, now.day)))
    return people, [heading for heading, _ in columns.kept]


def _tell_faults(person: Listed, say: Say) -> None:
    for fault in person.faults:
        text = say(_m("line %(line)s: %(sentence)s", line=person.line, sentence=fault.message))
        click.echo(text, err=True)


def _tell_error(error: PortalError, say: Say) -> None:
    click.echo(say(error.message), err=True)
    for row in error.rows if isinstance(error, ImportRejected) else ():
        click.echo(f"  {row.row}: {say(row.message)}", err=True)


def _write(out: TextIO, headings: Sequence[str], people: Sequence[Listed], codes: dict[int, bytes]) -> None:
    """CSV with semicolons, as Czech spreadsheets read it; a cell that would be a formula begins with an apostrophe."""
    write: Any = csv.writer(out, delimiter=";", lineterminator="\n").writerow
    write([CODE_HEADING, YEAR_HEADING, *headings])
    for person in people:
        found = codes.get(person.line)
        kept = [f"'{text}" if text.startswith(_FORMULA) else text for text in person.kept]
        write(["" if found is None else found.hex(), person.birth_year or "", *kept])


class _Progress:
    """How far it is, on standard error: rewritten in a terminal, else a line for each tenth."""

    def __init__(self, total: int, say: Say) -> None:
        self._total = total
        self._say = say
        self._told = 0

    def report(self, done: int) -> None:
        tenth = done * 10 // self._total
        text = self._say(_m("codes: %(done)s of %(total)s", done=done, total=self._total))
        if sys.stderr.isatty():
            click.echo(f"\r{text}", err=True, nl=done == self._total)
        elif tenth > self._told or done == self._total:
            self._told = tenth
            click.echo(text, err=True)


COMMANDS: Final[tuple[click.Command, ...]] = (code,)
