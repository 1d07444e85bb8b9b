"""The returns that go into a file."""

from __future__ import annotations

from collections.abc import Collection

from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.definition import definition_by_code, definition_for
from portal.returns.files.filed import SheetReturn
from portal.returns.files.layout import ServiceMark
from portal.returns.queries import deadlines, many, residences
from portal.returns.residences.types import Residences
from portal.returns.types import NOT_STARTED, FormDefinition, Period
from portal.returns.workflow import STATE_LABELS

MAX_SERVICES = 1_000


def sheet_returns(
    actor: Actor,
    period: Period,
    *,
    register_ids: Collection[int] | None = None,
    ico: str | None = None,
    type_code: str | None = None,
    with_figures: bool = True,
) -> tuple[FormDefinition, list[SheetReturn]]:
    """The services of the actor that worked in an opened quarter, with their figures or without.

    Raises NotFound for a quarter that is not open or a service that is not the actor's, Invalid for more than
    MAX_SERVICES or none.
    """
    missing = NotFound(_m("There is no such return."))
    if deadlines.find_period(period) is None:
        raise missing
    reached = actor.provider_icos(Permission.RETURN_READ)
    if ico is not None:
        if reached is not None and ico not in reached:
            raise missing
        reached = frozenset({ico})
    numbers = list(register_ids or many.numbers_in(period, reached, type_code, MAX_SERVICES + 1))
    if len(numbers) > MAX_SERVICES:
        raise Invalid(_m("A sheet holds at most %(limit)s services; choose a type or a provider.", limit=MAX_SERVICES))
    found = many.services_by_number(numbers, period)
    for number in register_ids or ():
        if number not in found or not actor.can_for_provider(Permission.RETURN_READ, found[number][0].provider_ico):
            raise missing
    heads = [found[number][0] for number in numbers]
    if not heads:
        raise Invalid(_m("No service worked in the quarter."))
    stored = many.returns_of([head.id for head in heads], period)
    definition = definition_for(period)
    versions = {one.form_version for one in stored.values()}
    if len(versions) == 1 and versions != {definition.code}:
        definition = definition_by_code(versions.pop())
    ids = [one.id for one in stored.values()] if with_figures else []
    cells, comments = many.cells_of(ids)
    parts = residences.parts_of_services(stored, period) if definition.asks_residences else {}
    made: list[SheetReturn] = []
    for head in heads:
        one = stored.get(head.id)
        return_id = None if one is None else one.id
        made.append(
            SheetReturn(
                mark=ServiceMark(
                    head.register_id, head.type_code, frozenset(head.forms), 0 if one is None else one.version
                ),
                service_name=head.name,
                provider_name=head.provider_name,
                identifier=head.identifier,
                state=STATE_LABELS[NOT_STARTED if one is None else one.state],
                keys=definition.cells_for(head.type_code, set(head.forms)),
                cells=cells.get(return_id, {}) if return_id is not None else {},
                comments=comments.get(return_id, {}) if return_id is not None else {},
                residences=_as_shown(parts.get(head.id, Residences()), with_figures),
            )
        )
    return definition, made


def _as_shown(part: Residences, with_figures: bool) -> Residences:
    """An empty sheet says nothing of a part but its version."""
    return part if with_figures else Residences(version=part.version)
