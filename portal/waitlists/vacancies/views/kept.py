"""Places of a provider's own services.

A head nurse or a social worker of a home comes each week, or on the day somebody has left, between two other
things. They fear a long form and being called about a place that is gone. So: the menu leads to their services, one
button there says that nothing has changed, one button at a place frees or fills it, and the long description is
written once. Whoever else works on the same place at the same time sees both values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.core.transaction import transaction
from portal.waitlists.vacancies import forms, service, words
from portal.waitlists.vacancies.calc.states import STEPS
from portal.waitlists.vacancies.service import ServicePlaces
from portal.waitlists.vacancies.types import ClosedReason, Freshness, PlaceLine, Room, Sex, State
from portal.waitlists.vacancies.views.blueprint import Answer, bp, upkeep
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

ADDRESS = "/volna-mista/sprava"
Errors = dict[str, list[str]]


@bp.get(ADDRESS)
@requires(Permission.VACANCY_EDIT)
def kept() -> str:
    """The services whose places the reader keeps."""
    return render_template(
        "vacancies/kept.html", services=service.list_kept(current_actor(), upkeep()), **_shared_words()
    )


@bp.get(ADDRESS + "/<int:register_id>")
@requires(Permission.VACANCY_EDIT)
def places(register_id: int) -> str:
    """All places of a service."""
    return _places(register_id, {})


@bp.post(ADDRESS + "/<int:register_id>/potvrzeni")
@requires(Permission.VACANCY_EDIT)
def confirm(register_id: int) -> Answer:
    """Nothing has changed."""
    try:
        with transaction():
            service.confirm_places(current_actor(), register_id=register_id, version=forms.read_version(request.form))
    except Conflict as error:
        return _places(register_id, {"": [say(error.message)]}), 409
    except Invalid as error:
        return _places(register_id, {"": [say(error.message)]}), 422
    flash(gettext("The places are confirmed for today."), "success")
    return redirect(url_for("vacancies.places", register_id=register_id), code=303)


@bp.get(ADDRESS + "/<int:register_id>/nove")
@requires(Permission.VACANCY_EDIT)
def new(register_id: int) -> str:
    """An empty description."""
    return _new(register_id, {"places": "1", "room": Room.SINGLE.value, "state": State.FREE.value}, {})


@bp.post(ADDRESS + "/<int:register_id>/nove")
@requires(Permission.VACANCY_EDIT)
def add(register_id: int) -> Answer:
    """Add a place, or several alike."""
    try:
        fields, standing = forms.read_place(request.form)
        with transaction():
            service.add_place(current_actor(), register_id=register_id, fields=fields, standing=standing)
    except Invalid as error:
        return _new(register_id, request.form, _said(error)), 422
    flash(gettext("The places were added."), "success")
    return redirect(url_for("vacancies.places", register_id=register_id), code=303)


@bp.get(ADDRESS + "/<int:register_id>/misto/<int:place_id>")
@requires(Permission.VACANCY_EDIT)
def place(register_id: int, place_id: int) -> str:
    """One row: its state and its description."""
    line = service.read_place(current_actor(), register_id, place_id)
    return _place(register_id, line, forms.typed(line), {})


@bp.post(ADDRESS + "/<int:register_id>/misto/<int:place_id>")
@requires(Permission.VACANCY_EDIT)
def edit(register_id: int, place_id: int) -> Answer:
    """Change the description."""
    line = service.read_place(current_actor(), register_id, place_id)
    kept_typed = {**forms.typed(line), **{name: request.form.get(name, "") for name in forms.FIELDS}}
    try:
        with transaction():
            service.edit_place(
                current_actor(),
                register_id=register_id,
                place_id=place_id,
                version=forms.read_version(request.form),
                fields=forms.read_fields(request.form),
            )
    except Invalid as error:
        return _place(register_id, line, kept_typed, _said(error)), 422
    except Conflict as error:
        return _place(register_id, line, kept_typed, {"": [say(error.message)]}, stored=error.current), 409
    flash(gettext("The description was saved."), "success")
    return redirect(url_for("vacancies.places", register_id=register_id), code=303)


@bp.post(ADDRESS + "/<int:register_id>/misto/<int:place_id>/stav")
@requires(Permission.VACANCY_EDIT)
def move(register_id: int, place_id: int) -> Answer:
    """Bring a place, or some of several alike, into another state."""
    line = service.read_place(current_actor(), register_id, place_id)
    sent = {name: request.form.get(name, "") for name in (*forms.STANDING, "count")}
    kept_typed = {**forms.typed(line), **sent}
    try:
        standing, count = forms.read_step(request.form)
        with transaction():
            service.move_places(
                current_actor(),
                register_id=register_id,
                place_id=place_id,
                version=forms.read_version(request.form),
                standing=standing,
                count=count,
            )
    except Invalid as error:
        return _place(register_id, line, kept_typed, _said(error)), 422
    except Conflict as error:
        return _place(register_id, line, kept_typed, {"": [say(error.message)]}, stored=error.current), 409
    flash(gettext("The state was saved."), "success")
    return redirect(url_for("vacancies.places", register_id=register_id), code=303)


@bp.post(ADDRESS + "/<int:register_id>/misto/<int:place_id>/zruseni")
@requires(Permission.VACANCY_EDIT)
def remove(register_id: int, place_id: int) -> Answer:
    """Remove a row that is no longer there."""
    line = service.read_place(current_actor(), register_id, place_id)
    try:
        with transaction():
            service.remove_place(
                current_actor(),
                register_id=register_id,
                place_id=place_id,
                version=forms.read_version(request.form),
            )
    except Conflict as error:
        return _place(register_id, line, forms.typed(line), {"": [say(error.message)]}, stored=error.current), 409
    flash(gettext("The places were removed."), "success")
    return redirect(url_for("vacancies.places", register_id=register_id), code=303)


@bp.get(ADDRESS + "/<int:register_id>/historie")
@requires(Permission.VACANCY_EDIT)
def history(register_id: int) -> str:
    """Who changed what, when, from what to what."""
    page = page_number()
    listed, events, total = service.read_history(current_actor(), register_id, page=page)
    found = service.read_places(current_actor(), register_id, upkeep())
    return render_template(
        "vacancies/history.html",
        listed=listed,
        events=events,
        page=page,
        pages=max(1, -(-total // service.PAGE_EVENTS)),
        address=lambda number: url_for("vacancies.history", register_id=register_id, strana=number),
        text=_text_of(found),
        field_labels=words.FIELD_LABELS,
    )


def _said(error: Invalid) -> Errors:
    return {name: [say(one) for one in sentences] for name, sentences in error.fields.items()} or {
        "": [say(error.message)]
    }


def _text_of(found: ServicePlaces) -> Any:
    codes = {**found.groups, **found.sites.names}
    return lambda name, value: words.value_text(name, value, codes)


def _places(register_id: int, errors: Errors) -> str:
    found = service.read_places(current_actor(), register_id, upkeep())
    return render_template(
        "vacancies/places.html",
        found=found,
        kept=found.kept,
        listed=found.kept.service,
        errors=errors,
        steps={state: [to for to in steps if to is not State.CLOSED] for state, steps in STEPS.items()},
        state_colours=words.STATE_COLOURS,
        stale_days=current_settings().vacancy_stale_days,
        hidden_days=current_settings().vacancy_hidden_days,
        **_shared_words(),
    )


def _new(register_id: int, typed: Mapping[str, str], errors: Errors) -> str:
    found = service.read_places(current_actor(), register_id, upkeep())
    return render_template(
        "vacancies/new.html", listed=found.kept.service, typed=typed, errors=errors, **_choices(found)
    )


def _place(
    register_id: int,
    line: PlaceLine,
    typed: Mapping[str, str],
    errors: Errors,
    stored: Mapping[str, object] | None = None,
) -> str:
    found = service.read_places(current_actor(), register_id, upkeep())
    if line.id not in {one.id for one in found.lines}:
        raise NotFound(words.GONE)
    both = []
    if stored is not None:
        text = _text_of(found)
        both = [
            (say(label), text(name, typed.get(name)), text(name, stored[name]))
            for name, label in words.FIELD_LABELS.items()
            if name in typed and typed[name] != forms.as_typed(stored[name])
        ]
    return render_template(
        "vacancies/place.html",
        listed=found.kept.service,
        line=line,
        typed=typed,
        errors=errors,
        both=both,
        state_colours=words.STATE_COLOURS,
        **_choices(found),
    )


def _choices(found: ServicePlaces) -> dict[str, Any]:
    return {
        "states": [(state.value, say(state.label)) for state in State],
        "reasons": [(reason.value, say(reason.label)) for reason in ClosedReason],
        "rooms": [(room.value, say(room.label)) for room in Room],
        "sexes": [(sex.value, say(sex.label)) for sex in Sex],
        "sites": list(found.sites.names.items()),
        "has_secret": found.sites.has_secret,
        "groups": sorted(found.groups.items(), key=lambda item: item[1]),
    }


def _shared_words() -> dict[str, Any]:
    return {
        "freshness_labels": words.FRESHNESS_LABELS,
        "freshness_colours": words.FRESHNESS_COLOURS,
        "states": list(State),
        "hidden": Freshness.HIDDEN,
        "type_name": words.type_name,
    }
