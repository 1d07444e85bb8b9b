"""Names of the providers and municipalities that roles are bound to.

Accounts lie below the catalogue and know only codes; the application tells them here where to ask for names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from flask import Flask, current_app

from portal.accounts.types import ROLE_NAMES
from portal.core.messages import Message, _m
from portal.core.permissions import Grant, Scope
from portal.web.languages import say

# Names of those of the codes that are known; an unknown code is left out.
ScopeNames = Callable[[Scope, Collection[str]], Mapping[str, str]]

_EXTENSION = "portal_scope_names"


def init_scope_names(app: Flask, names: ScopeNames) -> None:
    app.extensions[_EXTENSION] = names


def scope_names(grants: Iterable[Grant]) -> dict[tuple[Scope, str], str]:
    """The known names of what these grants are bound to, asked once for each kind of scope."""
    lookup: ScopeNames | None = current_app.extensions.get(_EXTENSION)
    if lookup is None:
        return {}
    codes: dict[Scope, set[str]] = {}
    for grant in grants:
        if grant.scope_code is not None:
            codes.setdefault(grant.role.scope, set()).add(grant.scope_code)
    return {(scope, code): name for scope, wanted in codes.items() for code, name in lookup(scope, wanted).items()}


def scope_warning(grant: Grant) -> Message | None:
    """A sentence when nobody of that code is known yet. The role is granted all the same: the import may follow."""
    if grant.scope_code is None or _EXTENSION not in current_app.extensions or scope_names([grant]):
        return None
    if grant.role.scope is Scope.PROVIDER:
        return _m("The catalogue has no provider with the IČO %(code)s yet.", code=grant.scope_code)
    return _m("The territory has no municipality with the code %(code)s yet.", code=grant.scope_code)


def described_grant(grant: Grant, names: Mapping[tuple[Scope, str], str]) -> str:
    """A role with what it is bound to, in the reader's language."""
    role = say(ROLE_NAMES[grant.role])
    if grant.scope_code is None:
        return role
    name = names.get((grant.role.scope, grant.scope_code))
    return f"{role} – {name} ({grant.scope_code})" if name else f"{role} – {grant.scope_code}"
