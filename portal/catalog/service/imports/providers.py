"""Providers, as the services of a file describe them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from portal.catalog.ingest.discretion import keep_text
from portal.catalog.models import Provider
from portal.catalog.queries import imports as queries
from portal.core.db import db

Row = dict[str, Any]
COLUMNS = ("name", "address", "web", "email", "phone")
_TABLE: Any = Provider.__table__


class Providers:
    """The table of providers during one import; remembers what a rollback has to put back.

    Where two services of a file describe one provider differently, the later number of the register decides.
    """

    def __init__(self) -> None:
        self._known = queries.providers_by_ico()
        self.before: dict[str, Row] = {}
        self.added: list[str] = []

    def take(self, described: list[Row]) -> None:
        """Store the providers a chunk of records describes. At most one INSERT and one UPDATE."""
        latest = {provider["ico"]: provider for provider in described}
        new = [provider for ico, provider in latest.items() if ico not in self._known]
        changed = []
        for ico, provider in latest.items():
            row = self._known.get(ico)
            if row is not None and any(row[column] != provider[column] for column in COLUMNS):
                if ico not in self.added:
                    self.before.setdefault(ico, {column: row[column] for column in COLUMNS})
                row.update({column: provider[column] for column in COLUMNS})
                changed.append({"provider_id": row["id"], **{column: row[column] for column in COLUMNS}})
        if new:
            for ico, identifier in db.session.execute(insert(_TABLE).returning(_TABLE.c.ico, _TABLE.c.id), new):
                self._known[ico] = {**latest[ico], "id": identifier}
                self.added.append(ico)
        if changed:
            db.session.connection().execute(update(_TABLE).where(_TABLE.c.id == bindparam("provider_id")), changed)

    def id_of(self, ico: str) -> int:
        identifier: int = self._known[ico]["id"]
        return identifier

    def withhold(self, ico: str, words: set[str]) -> None:
        """Keep no seat of the provider for a rollback that would tell a secret address."""
        if ico in self.before:
            self.before[ico]["address"] = keep_text(self.before[ico]["address"], words)

    def as_before(self) -> dict[str, Any]:
        return {"changed": self.before, "added": sorted(self.added)}


def put_back(before: dict[str, Any]) -> None:
    """Undo what ``Providers`` did; providers it added go, when nothing refers to them any more."""
    changed = [{"provider_ico": ico, **columns} for ico, columns in before["changed"].items()]
    if changed:
        db.session.connection().execute(update(_TABLE).where(_TABLE.c.ico == bindparam("provider_ico")), changed)
    for start in range(0, len(before["added"]), queries.CHUNK):
        db.session.execute(delete(_TABLE).where(_TABLE.c.ico.in_(before["added"][start : start + queries.CHUNK])))
