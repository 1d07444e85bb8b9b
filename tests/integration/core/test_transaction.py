import pytest
from sqlalchemy import func, select

from portal.catalog.models import Provider
from portal.core.db import db
from portal.core.transaction import ConstraintViolated, after_commit, transaction


def count_providers():
    return db.session.scalar(select(func.count()).select_from(Provider))


def test_work_is_stored_and_what_waited_runs_after_it(app):
    told = []
    with transaction() as session:
        session.add(Provider(ico="25596641", name="Charita"))
        after_commit(lambda: told.append(count_providers()))
        assert told == []
    assert told == [1]


def test_an_error_stores_nothing_and_runs_nothing(app):
    told = []
    with pytest.raises(RuntimeError), transaction() as session:  # noqa: PT012 - the work before the error is the point
        session.add(Provider(ico="25596641", name="Charita"))
        after_commit(lambda: told.append(1))
        raise RuntimeError
    assert count_providers() == 0
    assert told == []


def test_a_failed_constraint_has_the_same_name_on_both_databases(app):
    with transaction() as session:
        session.add(Provider(ico="25596641", name="Charita"))
    with pytest.raises(ConstraintViolated) as caught, transaction() as session:
        session.add(Provider(ico="25596641", name="Jiná"))
    assert caught.value.name == "uq_providers_ico"


def test_transactions_do_not_nest(app):
    with pytest.raises(RuntimeError, match="already open"), transaction(), transaction():
        pass
