"""Invented key workers of the kraj and the providers they look after; a few providers are nobody's."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.service.users import create_user
from portal.catalog.models import Provider
from portal.core.db import db
from portal.core.permissions import OPERATOR, Grant, Role
from portal.returns.service.key_workers import assign_key_worker, list_key_workers

COLLEAGUES = (("klicova@kraj.example", "Kateřina Klíčníková"), ("dohled@kraj.example", "Daniel Dohlížející"))
NOBODYS = 9  # one provider of so many has no key worker


def assign_key_workers() -> None:
    """Let the key worker who can sign in and two colleagues who cannot share the providers among them."""
    for email, name in COLLEAGUES:
        create_user(OPERATOR, email=email, name=name, grants=frozenset({Grant(Role.KEY_WORKER)}))
    icos = db.session.scalars(select(Provider.ico).order_by(Provider.ico)).all()
    workers = [user_id for user_id, _name in list_key_workers()]
    for number, user_id in enumerate(workers):
        own = [ico for place, ico in enumerate(icos) if place % NOBODYS and place % len(workers) == number]
        if own:
            assign_key_worker(OPERATOR, icos=own, user_id=user_id)
