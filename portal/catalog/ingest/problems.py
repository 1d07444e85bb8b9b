"""Faults found while reading: an error leaves the service out and makes the import wait, a notice does neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from portal.core.errors import RowError
from portal.core.messages import Message

KEPT = 200  # of each kind; a file of faults must not fill the memory


class Severity(StrEnum):
    ERROR = "error"
    NOTICE = "notice"


@dataclass(frozen=True)
class Problem:
    severity: Severity
    where: RowError


class EntryRejected(Exception):
    """An entry that cannot be taken; the problem has been noted."""


@dataclass
class Problems:
    """The first problems of each kind, and how many there were."""

    kept: list[Problem] = field(default_factory=list)
    errors: int = 0
    notices: int = 0
    keys_missing: int = 0  # entries without a field that everything hangs on

    def at(self, index: int) -> EntryProblems:
        return EntryProblems(self, index)

    def add(self, severity: Severity, path: str, message: Message) -> None:
        if severity is Severity.ERROR:
            self.errors += 1
            room = self.errors <= KEPT
        else:
            self.notices += 1
            room = self.notices <= KEPT
        if room:
            self.kept.append(Problem(severity, RowError(message, row=path)))


@dataclass
class EntryProblems:
    """Notes problems of one entry under its JSON path, ``polozky[3].zarizeni[0].adresa``."""

    problems: Problems
    index: int
    label: str = ""  # "portalId 4951", once known: people look for that

    def notice(self, path: str, message: Message) -> None:
        self.problems.add(Severity.NOTICE, self._path(path), message)

    def reject(self, path: str, message: Message, *, key: bool = False) -> EntryRejected:
        """Note an error and return what to raise."""
        self.problems.keys_missing += key
        self.problems.add(Severity.ERROR, self._path(path), message)
        return EntryRejected(path)

    def _path(self, path: str) -> str:
        where = f"polozky[{self.index}]" + (f".{path}" if path else "")
        return f"{where} ({self.label})" if self.label else where


Notice = Callable[[str, Message], None]
