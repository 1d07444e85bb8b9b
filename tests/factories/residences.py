"""Returns with their territory part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.catalog.models import Service
from portal.core.db import db
from portal.returns.models import Return, ReturnResidence, ReturnResidencePart
from tests.factories.returns import make_return


def store_residents(
    service: Service,
    rows: Sequence[tuple[str, str | None, str, int]],
    *,
    period: str = "2026Q2",
    state: str = "supplied",
    cells: Mapping[Any, Any] | None = None,
) -> Return:
    """An accepted return; ``rows``: municipality, target group, adverse situation and persons of its territory part."""
    made = make_return(service, period, cells)
    db.session.add(ReturnResidencePart(return_id=made.id, state=state, version=1))
    for code, group, situation, persons in rows:
        db.session.add(
            ReturnResidence(
                return_id=made.id,
                municipality_code=code,
                target_group=group,
                adverse_situation=situation,
                persons=persons,
            )
        )
    db.session.flush()
    return made
