"""Two imports at once, and many one after another: the catalogue is always that of exactly one of them."""

import random
import threading

import pytest
from sqlalchemy import func, select

from portal.app import create_app
from portal.catalog.models import CatalogImport, Service
from portal.catalog.service.imports.rollback import roll_back_import
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from tests.conftest import migrated_database, test_settings
from tests.factories.register import apply, changed, dump, some_entries, take, take_and_apply
from tests.factories.territory import store_small_territory


@pytest.fixture
def shared_app(backend, tmp_path):
    """A portal on a database of its own, since two threads cannot share one rolled-back connection."""
    with migrated_database(backend, tmp_path) as url:
        app = create_app(test_settings(url, tmp_path / "instance"))
        with app.app_context():
            store_small_territory()
        yield app
        with app.app_context():
            db.engine.dispose()


def at_once(app, *works):
    """Run each work in a thread and an application context of its own; returns what each returned or raised."""
    results = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(number, work):
        with app.app_context():
            gate.wait()
            try:
                results[number] = work()
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_files_applied_at_once_one_wins_and_the_other_is_told(shared_app, tmp_path):
    with shared_app.app_context():
        small = take(tmp_path / "small", some_entries(20))
        large = take(tmp_path / "large", some_entries(30))
    results = at_once(shared_app, lambda: apply(small), lambda: apply(large))
    lost = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in lost] == [Conflict]
    with shared_app.app_context():
        states = sorted(db.session.scalars(select(CatalogImport.state)))
        assert states == ["applied", "previewed"]
        winner = 20 if isinstance(results[1], Conflict) else 30
        assert db.session.scalar(select(func.count()).select_from(Service)) == winner


def test_one_import_applied_twice_at_once_is_applied_once(shared_app, tmp_path):
    with shared_app.app_context():
        info = take(tmp_path, some_entries(20))
    results = at_once(shared_app, lambda: apply(info), lambda: apply(info))
    assert [result.id for result in results] == [info.id, info.id]
    assert sorted(result.repeated for result in results) == [False, True]
    with shared_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Service)) == 20


def test_the_same_file_read_twice_at_once_ends_as_one_catalogue(shared_app, tmp_path):
    results = at_once(
        shared_app,
        lambda: take_and_apply(tmp_path / "a", some_entries(15)),
        lambda: take_and_apply(tmp_path / "b", some_entries(15)),
    )
    assert sum(isinstance(result, Conflict) for result in results) <= 1
    assert all(isinstance(result, Conflict) or result.state == "applied" for result in results)
    with shared_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Service)) == 15


def shuffle_entry(entry):
    """Some change or other of an entry."""
    dice = random.Random(entry["portalId"])
    dice.choice(
        (
            lambda: entry.update(telefony=[{"telefon": f"000{dice.randrange(10**6):06d}"}]),
            lambda: entry.update(formy=[]),
            lambda: entry.update(zarizeni=entry["zarizeni"] * 2),
            lambda: entry.update(datumPoskytovaniDo="2020-01-01"),
            lambda: entry["poskytovatel"].update(nazev=f"Přejmenovaný {dice.randrange(100)}"),
            lambda: entry.update(ciloveSkupiny=[], vekoveSkupiny=None),
        )
    )()


@pytest.mark.parametrize("seed", [1, 2])
def test_any_row_of_imports_taken_back_in_turn_passes_through_the_same_catalogues(app, tmp_path, seed):
    store_small_territory()
    dice = random.Random(seed)
    entries = some_entries(40, traps=True, seed=seed)
    dumps = [dump()]
    for step in range(4):
        for number in dice.sample(range(len(entries)), 6):
            entries = changed(entries, number, shuffle_entry)
        entries = dice.sample(entries, len(entries) - 2)
        take_and_apply(tmp_path / str(step), entries)
        dumps.append(dump())
    for expected in reversed(dumps[:-1]):
        with transaction():
            roll_back_import(OPERATOR)
        assert dump() == expected
