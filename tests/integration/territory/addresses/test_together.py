"""Two imports of address points at one moment: the later one waits, and what is in force is of exactly one of them."""

import threading

import pytest
from sqlalchemy import func, select

from portal.app import create_app
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.territory.addresses import service
from portal.territory.addresses.models import AddressPoint, AddressSet
from tests.conftest import migrated_database, test_settings
from tests.factories.addresses import Address, parsed_addresses

SMALL, LARGE = (Address(1, "Horní"),), tuple(Address(code, "Dolní", str(code)) for code in range(1, 31))


@pytest.fixture
def shared_app(backend, tmp_path):
    """A portal on a database of its own, since two threads cannot share one rolled-back connection."""
    with migrated_database(backend, tmp_path) as url:
        app = create_app(test_settings(url, tmp_path / "instance"))
        yield app
        with app.app_context():
            db.engine.dispose()


def in_thread(app, work):
    """Begin the work in a thread and an application context of its own; what waits for it returns or raises its end."""
    ended = []

    def run():
        with app.app_context():
            try:
                ended.append(work())
            except Exception as error:
                ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()

    def end():
        thread.join(timeout=30)
        return ended[0]

    return thread, end


def store(parsed):
    with transaction():
        return service.store_addresses(OPERATOR, parsed=parsed)


def in_force():
    sets = list(db.session.scalars(select(AddressSet).order_by(AddressSet.id)))
    points = dict(iter(db.session.execute(select(AddressPoint.set_id, func.count()).group_by(AddressPoint.set_id))))
    return [(one.in_force, points[one.id]) for one in sets]


@pytest.mark.parametrize("stored_before", [False, True])
def test_of_two_imports_at_one_moment_the_later_waits_and_takes_the_place_of_the_other(
    shared_app, tmp_path, stored_before
):
    small, large = parsed_addresses(tmp_path, SMALL), parsed_addresses(tmp_path, LARGE)
    with shared_app.app_context():
        if stored_before:
            store(parsed_addresses(tmp_path, (Address(9, "Stará"),)))
        with transaction():
            service.store_addresses(OPERATOR, parsed=small)
            thread, end = in_thread(shared_app, lambda: store(large))
            thread.join(timeout=0.5)
            assert thread.is_alive()  # it waits for what is not committed yet
        assert end().stored
        assert in_force() == [(False, 1), (True, 30)]


def test_the_same_points_twice_at_one_moment_are_stored_once(shared_app, tmp_path):
    large = parsed_addresses(tmp_path, LARGE)
    with shared_app.app_context():
        with transaction():
            assert service.store_addresses(OPERATOR, parsed=large).stored
            _thread, end = in_thread(shared_app, lambda: store(large))
        assert not end().stored
        assert in_force() == [(True, 30)]


def test_an_import_taken_back_twice_at_one_moment_takes_back_two(shared_app, tmp_path):
    def roll_back():
        with transaction():
            return service.roll_back_addresses(OPERATOR)

    with shared_app.app_context():
        store(parsed_addresses(tmp_path, SMALL))
        store(parsed_addresses(tmp_path, LARGE))
        with transaction():
            assert service.roll_back_addresses(OPERATOR).points == 1
            _thread, end = in_thread(shared_app, roll_back)
        assert end() is None
        assert in_force() == []
