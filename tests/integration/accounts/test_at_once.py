"""Many at once: real threads on a real database, each with its own connection."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.accounts import queries
from portal.accounts.service import users
from portal.app import create_app
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.permissions import OPERATOR, Grant, Role
from portal.core.transaction import transaction
from tests.conftest import migrated_database, test_settings
from tests.factories.accounts import make_user


@pytest.fixture
def portal(backend: str, tmp_path: Path) -> Iterator[Flask]:
    with migrated_database(backend, tmp_path) as url:
        app = create_app(test_settings(url, tmp_path))
        app.config["WTF_CSRF_ENABLED"] = False
        yield app
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


def at_once(app: Flask, works: list[Callable[[], str]]) -> list[str]:
    """What each of the works tells, all of them begun together."""
    start, told = threading.Barrier(len(works)), []

    def run(work: Callable[[], str]) -> None:
        with app.app_context():
            start.wait()
            try:
                told.append(work())
            except Exception as error:
                told.append(repr(error))

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.mark.parametrize("by", ["deactivation", "role"])
def test_of_administrators_who_remove_each_other_at_once_one_stays(portal, by):
    with portal.app_context():
        ids = [make_user(role="administrator").id for _ in range(3)]

    def remove(user_id: int) -> Callable[[], str]:
        def work() -> str:
            try:
                with transaction():
                    if by == "role":
                        users.revoke_role(OPERATOR, user_id=user_id, grant=Grant(Role.ADMINISTRATOR))
                    else:
                        users.deactivate_user(OPERATOR, user_id=user_id)
            except Invalid:
                return "kept"
            return "removed"

        return work

    assert at_once(portal, [remove(user_id) for user_id in ids]) == ["kept", "removed", "removed"]
    with portal.app_context():
        assert len(queries.active_administrator_ids()) == 1


def test_of_twelve_passwords_tried_at_once_five_are_compared(portal, monkeypatch, quick_hashes):
    compared = []
    monkeypatch.setattr(
        "portal.accounts.views.attempts.verify_password", lambda stored, password: compared.append(password) or False
    )
    with portal.app_context():
        make_user(email="jana@kraj.example", password="modrý vlak jede v noci")

    def guess(number: int) -> Callable[[], str]:
        def work() -> str:
            form = {"email": "jana@kraj.example", "password": f"hádám po {number}."}
            return str(portal.test_client().post("/prihlaseni", data=form).status_code)

        return work

    assert at_once(portal, [guess(number) for number in range(12)]) == ["422"] * 12
    assert len(compared) == 5
