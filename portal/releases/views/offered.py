"""What of the published quarters stands on the page of open data: tables of the latest one, and all of them whole."""

from __future__ import annotations

from collections.abc import Hashable

from flask import url_for
from flask_babel import gettext

from portal.releases.files import KINDS, MANIFEST, WHOLE, published_quarters, read_release
from portal.releases.views.blueprint import folder
from portal.returns.types import Period
from portal.web.languages import say
from portal.web.open_data import Offer


def offered() -> list[Offer]:
    """Asks no database. Nothing before the first publication."""
    quarters = published_quarters(folder())
    latest = read_release(folder(), quarters[0]) if quarters else None
    if latest is None:
        return []

    def address(quarter: object, name: str) -> str:
        return url_for("releases.file", period=quarter, name=name)

    tables = [
        Offer(
            f"{say(name.label)}, {say(latest.period.label)}",
            say(name.meaning),
            tuple((kind.upper(), address(latest.period, f"{name}.{kind}")) for kind in KINDS),
        )
        for name in latest.tables
    ]
    whole = Offer(
        gettext("Published figures by quarter"),
        gettext(
            "All tables of a quarter in one file, with the meaning of their codes in both languages. A published"
            " quarter does not change; small and protected figures are told as such."
        ),
        (
            *((f"JSON, {say(Period.parse(quarter).label)}", address(quarter, WHOLE)) for quarter in quarters),
            (gettext("digests of the files (SHA-256)"), address(latest.period, MANIFEST)),
        ),
    )
    return [whole, *tables]


def offered_mark() -> Hashable:
    """Changes with every quarter that is published, or written again."""
    place = folder()
    return tuple((quarter, (place / quarter / MANIFEST).stat().st_mtime_ns) for quarter in published_quarters(place))
