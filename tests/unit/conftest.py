"""Unit tests reach neither the network nor a database."""

import pytest


@pytest.fixture(autouse=True)
def _no_application(monkeypatch: pytest.MonkeyPatch, socket_disabled: None) -> None:
    def refuse(*_args, **_kwargs):
        raise AssertionError("a unit test asked for a database connection")

    monkeypatch.setattr("sqlalchemy.engine.Engine.connect", refuse)
