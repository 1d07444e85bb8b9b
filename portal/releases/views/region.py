"""From accepted figures to public ones.

The planner or administrator opens it once a quarter, after the returns have closed. They fear to publish something that
gives a provider or a person away, and that it cannot be taken back; so they see the public cell beside the exact one
and the auditor's report in words, and the button appears only when the auditor has failed at every cell.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.core.errors import Conflict, Invalid
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.disclosure.audit.report import Attack
from portal.releases import service
from portal.releases.service.names import table_names
from portal.releases.types import TOTAL, State
from portal.releases.views.blueprint import bp, folder, table_name
from portal.releases.words import RUNNING, STATES, attack_sentence, fallen_cells, rules_sentence
from portal.returns.types import Period
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

SHOWN_FINDINGS = 50


@bp.get("/zverejneni")
@requires(Permission.RELEASE_READ)
def quarters() -> str:
    """Closed quarters and how far their figures are."""
    return _quarters(None)


def _quarters(error: Message | None) -> str:
    actor = current_actor()
    return render_template(
        "releases/quarters.html",
        quarters=service.list_quarters(actor),
        states=STATES,
        running=RUNNING,
        may_publish=actor.can(Permission.RELEASE_PUBLISH),
        errors={"": [say(error)]} if error else {},
    )


@bp.get("/zverejneni/<period>")
@requires(Permission.RELEASE_READ)
def preview(period: str) -> str:
    """What would be public (or is) beside what is exact, and the report of the audit."""
    return _preview(Period.parse(period), None)


def _preview(period: Period, error: Message | None) -> str:
    actor, asked = current_actor(), request.args.get("tabulka", "")
    found = service.read_preview(actor, period, table_name(asked) if asked else None)
    exact = {}
    if found.exact is not None:
        exact = {(row, column): value for row, column, value in found.exact.columns_of("row", "column", "value")}
    fallen = fallen_cells(found.audit, found.holders)
    names, language = table_names(found.tables if fallen else [found.table]), current_language()
    attacks = (found.audit or {}).get("attacks", [])
    return render_template(
        "releases/preview.html",
        found=found,
        rules=rules_sentence(found.rules),
        label=lambda code: gettext("Total") if code == TOTAL else names.get(code, {}).get(language, code),
        exact=exact,
        rows=[
            (code, cells)
            for code, cells in found.table.lines
            if code == TOTAL
            or any(
                not cell.kind.is_absent and exact.get((code, column)) != 0
                for column, cell in zip(found.table.columns, cells, strict=False)
            )
        ],
        columns=[*found.table.columns, TOTAL],
        tables=[(str(each.name), say(each.name.label)) for each in found.tables],
        state=STATES[found.state],
        attacks=[(Attack(each["attack"]), each, attack_sentence(each)) for each in attacks],
        fallen=fallen[:SHOWN_FINDINGS],
        fallen_count=len(fallen),
        may_publish=actor.can(Permission.RELEASE_PUBLISH),
        is_public=found.state is State.PUBLISHED,
        may_be_public=found.state is State.PASSED,
        errors={"": [say(error)]} if error else {},
    )


@bp.post("/zverejneni/<period>")
@requires(Permission.RELEASE_PUBLISH)
def change(period: str) -> str | Response | tuple[str, int]:
    """Prepare and audit in the background, or publish; the button says which."""
    parsed, actor, what = Period.parse(period), current_actor(), request.form.get("what", "")
    service.opened(parsed)
    try:
        if what == "prepare":
            with transaction():
                service.start_preparing(actor, parsed)
            flash(gettext("The figures are being prepared and audited. Load this page again in a minute."), "notice")
            return redirect(url_for("releases.quarters"), code=303)
        if what != "publish":
            raise Invalid(_m("The form was not sent whole. Send it again."))
        service.publish(actor, parsed, folder())
    except Conflict as error:
        return _quarters(error.message), 409
    except Invalid as error:
        return _quarters(error.message), 422
    flash(gettext("The figures are public. They do not change any more."), "success")
    return redirect(url_for("releases.preview", period=period), code=303)
