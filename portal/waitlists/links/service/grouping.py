"""Who counts as one person, after something changed near by."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import update

from portal.core.db import db
from portal.waitlists.links import queries
from portal.waitlists.links.calc import group_people
from portal.waitlists.links.models import PersonPair
from portal.waitlists.models import Person
from portal.waitlists.types import group_of


def linked_with(refs: Collection[bytes]) -> list[bytes]:
    """These persons and all whom any chain of pairs leads to from them, who must be grouped anew with them."""
    return queries.connected(refs)


def regroup(refs: Collection[bytes]) -> None:
    """Work out the groups of these persons and of all connected with them. What linking everything anew would say."""
    queries.lock_links()
    members = queries.connected(refs)
    pairs = queries.pairs_among(members)
    groups = group_people(list(pairs.values()), queries.certain_among(members))
    if pairs:
        rows = [{"id": number, "state": str(state)} for number, state in zip(pairs, groups.states, strict=True)]
        db.session.execute(update(PersonPair), rows)
    write_groups({ref: (groups.sure.get(ref, ref), groups.probable.get(ref, ref)) for ref in members})
    db.session.flush()


def write_groups(groups: Mapping[bytes, tuple[bytes, bytes]]) -> None:
    """Set for each person who stands for it in the sure and in the probable reading."""
    if groups:
        rows = [
            {"ref": ref, "sure_group": group_of(sure), "probable_group": group_of(probable)}
            for ref, (sure, probable) in groups.items()
        ]
        db.session.execute(update(Person), rows)
