"""The record of changes.

The auditor and the administrator come rarely, with one question: who did this, and when. They fear missing the entry;
so the filters are few, exact, and the newest stands first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from portal.accounts.service import audit_log
from portal.accounts.types import ACTION_NAMES, KIND_NAMES, AuditFilter, AuditRow
from portal.accounts.views.blueprint import bp
from portal.core.audit import action_name, kind_name, name_actions
from portal.core.czech import czech_sort_key
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.core.permissions import OPERATOR, Permission
from portal.web.gate import requires
from portal.web.languages import say

_MAX_ID_DIGITS = 18

name_actions(ACTION_NAMES, kinds=KIND_NAMES)


@bp.get("/sprava/zaznam-zmen")
@requires(Permission.AUDIT_READ)
def audit() -> str:
    wanted = _filter()
    page = audit_log.list_audit(wanted)
    query: dict[str, Any] = {key: value for key, value in request.args.items() if key in _ARGUMENTS and value}
    actions, kinds = audit_log.list_actions()
    return render_template(
        "accounts/audit.html",
        wanted=wanted,
        rows=[
            (row, _said_actor(row), _said_action(row.action), _said_kind(row.object_kind), _said_details(row.details))
            for row in page.rows
        ],
        action_choices=_choices(actions, _said_action),
        kind_choices=_choices(kinds, _said_kind),
        newest=url_for("accounts.audit", **query) if wanted.before_id is not None else None,
        older=url_for("accounts.audit", pred=page.older_than_id, **query) if page.older_than_id is not None else None,
        form={name: request.args.get(name, "") for name in _ARGUMENTS},
    )


_ARGUMENTS = ("kdo", "akce", "druh", "objekt", "od", "do")


def _filter() -> AuditFilter:
    """Raises Invalid for a day or an entry that is none."""
    before = request.args.get("pred", "")
    if before and not (before.isascii() and before.isdigit() and len(before) <= _MAX_ID_DIGITS):
        raise Invalid(_m("The record cannot be read from this place. Begin at the newest entry."))
    from_day, to_day = _day("od"), _day("do")
    if from_day is not None and to_day is not None and from_day > to_day:
        raise Invalid(_m("The first day is later than the last one."))
    return AuditFilter(
        who=_text("kdo"),
        action=_text("akce"),
        object_kind=_text("druh"),
        object_key=_text("objekt"),
        from_day=from_day,
        to_day=to_day,
        before_id=int(before) if before else None,
    )


def _text(name: str) -> str:
    return request.args.get(name, "").strip()[:100].replace("\x00", "")


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_m("%(text)s is not a day; write it as 2026-03-31.", text=text[:20])) from error


def _choices(codes: list[str], said: Callable[[str], str]) -> list[tuple[str, str]]:
    return sorted(((code, said(code)) for code in codes), key=lambda choice: czech_sort_key(choice[1]))


def _said_actor(row: AuditRow) -> str:
    if row.user_id is None:
        return gettext("command line") if row.actor_name == OPERATOR.name else gettext("nobody signed in")
    return row.actor_name


def _said_action(action: str) -> str:
    name: Message | None = action_name(action)
    return say(name) if name is not None else action


def _said_kind(object_kind: str) -> str:
    name: Message | None = kind_name(object_kind)
    return say(name) if name is not None else object_kind


def _said_details(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key, _said_value(value)) for key, value in details.items()]


def _said_value(value: Any) -> str:
    """A detail in short: lists with commas, a change as "before → after"."""
    match value:
        case str():
            return value
        case {"from": before, "to": after}:
            return f"{_said_value(before)} → {_said_value(after)}"
        case list():
            return ", ".join(_said_value(part) for part in value)
        case _:
            return json.dumps(value, ensure_ascii=False)
