"""What a process keeps: built once for a key, given up by use and by room."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from portal.core import kept as keeping
from portal.core.kept import kept


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(keeping, "db", SimpleNamespace(engine=SimpleNamespace(engine=SimpleNamespace(url="one"))))
    keeping.forget()
    yield
    keeping.forget()


def reader(*values: Any) -> Callable[[], Any]:
    left = iter(values)
    return lambda: next(left)


def test_what_was_built_for_a_key_is_built_once() -> None:
    build = reader("first", "second")
    assert [kept(("x", "mark"), build) for _ in range(2)] == ["first", "first"]
    assert kept(("x", "another mark"), build) == "second"


def test_two_databases_are_never_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    build = reader("first", "second")
    kept("x", build)
    monkeypatch.setattr(keeping.db.engine.engine, "url", "two")
    assert kept("x", build) == "second"


def test_what_was_used_least_lately_gives_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_ROWS", 4)
    for key in ("x", "y", "x", "z"):  # z needs the room of y
        kept(key, reader([1, 2]), rows=len)
    assert [kept(key, reader([7]), rows=len) for key in ("x", "z", "y")] == [[1, 2], [1, 2], [7]]


def test_what_is_larger_than_the_room_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_ROWS", 1)
    kept("neighbour", reader([0]), rows=len)
    build = reader([1, 2], [3, 4])
    assert [kept("x", build, rows=len) for _ in range(2)] == [[1, 2], [3, 4]]
    assert kept("neighbour", reader([9]), rows=len) == [0], "it took nobody's place"


def test_no_more_than_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_KEPT", 2)
    for key in ("x", "y", "z"):
        kept(key, reader(key))
    assert [kept(key, reader("again")) for key in ("z", "y", "x")] == ["z", "y", "again"]
