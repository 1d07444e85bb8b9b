"""The only commit of the portal, and what waits for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask_sqlalchemy.session import Session
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import scoped_session

from portal.core.db import db, writing

_AFTER_COMMIT = "portal_after_commit"
_OPEN = "portal_transaction_open"


class ConstraintViolated(Exception):
    """A constraint of the database failed; ``name`` is its name, which forms map to a field."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@contextmanager
def transaction() -> Iterator[scoped_session[Session]]:
    """One unit of work: commit at the end, roll back on any error, then run what waited for the commit.

    Raises ConstraintViolated for a failed constraint. Units of work do not nest.
    """
    session = db.session
    if session().info.get(_OPEN):
        raise RuntimeError("a transaction is already open; services flush, they do not commit")
    session().info[_OPEN] = True
    try:
        with writing():
            yield session
            session.commit()
    except IntegrityError as error:
        session.rollback()
        session().info.pop(_AFTER_COMMIT, None)
        raise ConstraintViolated(constraint_name(error)) from error
    except BaseException:
        session.rollback()
        session().info.pop(_AFTER_COMMIT, None)
        raise
    finally:
        session().info.pop(_OPEN, None)
    for action in session().info.pop(_AFTER_COMMIT, []):
        action()


@contextmanager
def reading() -> Iterator[None]:
    """Reads of long work that does not write meanwhile: SQLite shows one moment, and nobody waits for it.

    Afterwards the session holds neither rows nor a transaction, so that a unit of work may follow.
    """
    try:
        yield
    finally:
        db.session.rollback()


def after_commit(action: Callable[[], None]) -> None:
    """Do this once the present unit of work is safely stored (mail, cache); never when it fails."""
    db.session().info.setdefault(_AFTER_COMMIT, []).append(action)


def constraint_name(error: IntegrityError) -> str:
    """The name of the failed constraint; for SQLite's unnamed unique ones, built by the naming convention."""
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None and diagnostics.constraint_name:
        return str(diagnostics.constraint_name)
    text = str(error.orig)
    if match := re.search(r"UNIQUE constraint failed: (.+)", text):
        columns = [part.strip().split(".") for part in match.group(1).split(",")]
        if all(len(column) == 2 for column in columns):
            return f"uq_{columns[0][0]}_" + "_".join(column[1] for column in columns)
    if match := re.search(r"(?:CHECK|NOT NULL) constraint failed: (\S+)", text):
        return match.group(1)
    return text
