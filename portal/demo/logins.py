"""One demonstration login per role, for looking around; never in production."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.permissions import Grant, Role, Scope

PASSWORD = "ukazka-portalu-2026"


@dataclass(frozen=True)
class DemoLogin:
    email: str
    name: str
    grant: Grant
    password: str = PASSWORD


_PEOPLE = {
    Role.PROVIDER_EDITOR: ("editor@poskytovatel.example", "Eva Vykazující"),
    Role.PROVIDER_APPROVER: ("statutar@poskytovatel.example", "Stanislav Schvalující"),
    Role.KEY_WORKER: ("klicovy@kraj.example", "Klára Klíčová"),
    Role.PLANNER: ("planovac@kraj.example", "Pavel Plánující"),
    Role.ADMINISTRATOR: ("spravce@kraj.example", "Simona Správcová"),
    Role.MUNICIPALITY_WORKER: ("obec@obec.example", "Olga Obecní"),
    Role.AUDITOR: ("auditor@kraj.example", "Adam Auditor"),
}


def demo_logins(provider_ico: str, municipality_code: str) -> list[DemoLogin]:
    """A login for every role, bound to the given provider and municipality where the role is bound."""
    codes = {Scope.PROVIDER: provider_ico, Scope.MUNICIPALITY: municipality_code, Scope.REGION: None}
    return [
        DemoLogin(email=email, name=name, grant=Grant(role, codes[role.scope]))
        for role, (email, name) in _PEOPLE.items()
    ]


LOGIN_EMAILS = {role: email for role, (email, _name) in _PEOPLE.items()}
