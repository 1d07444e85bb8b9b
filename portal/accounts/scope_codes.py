"""Which code goes with a role. Pure: whether a provider or a municipality of that code exists is asked elsewhere."""

from __future__ import annotations

from portal.core.errors import Invalid
from portal.core.ico import is_ico
from portal.core.messages import Message, _m
from portal.core.permissions import Grant, Role, Scope


def checked_grant(role: Role, scope_code: str | None) -> Grant:
    """The grant of a role for a scope, as people type it.

    Raises Invalid on the field ``scope_code`` when the code is missing, malformed or not wanted.
    """
    code = "".join((scope_code or "").split())
    match role.scope:
        case Scope.REGION:
            fault = _m("This role belongs to the region as a whole; leave the code empty.") if code else None
        case Scope.PROVIDER:
            fault = _provider_fault(code)
        case Scope.MUNICIPALITY:
            fault = _municipality_fault(code)
    if fault is not None:
        raise Invalid(fault, {"scope_code": [fault]})
    return Grant(role, code or None)


def _provider_fault(code: str) -> Message | None:
    if not code:
        return _m("Enter the IČO of the provider.")
    if is_ico(code):
        return None
    return _m("%(code)s is not a valid IČO: it has eight digits, the last one checks the others.", code=code)


def _municipality_fault(code: str) -> Message | None:
    if not code:
        return _m("Enter the code of the municipality.")
    if len(code) == 6 and code.isascii() and code.isdigit():
        return None
    return _m("%(code)s is not a code of a municipality: the ČSÚ code has six digits.", code=code)
