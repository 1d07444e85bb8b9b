"""What can go wrong in the domain, apart from how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.core.messages import Message


class PortalError(Exception):
    """An expected failure with a sentence for the person who caused it."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class NotFound(PortalError):
    """The object is not there, or is not the actor's: both look the same (404)."""


class Forbidden(PortalError):
    """The actor may see the object but may not do this with it now (403)."""


class Invalid(PortalError):
    """Input that breaks a rule (400/422); ``fields`` maps a field's name to its sentences."""

    def __init__(self, message: Message, fields: Mapping[str, Sequence[Message]] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Conflict(PortalError):
    """Somebody else changed the object in between (409); ``current`` holds the stored values."""

    def __init__(self, message: Message, current: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.current = dict(current or {})


@dataclass(frozen=True)
class RowError:
    """One fault of an imported file: where (file, row or path, column) and what."""

    message: Message
    row: str | None = None
    column: str | None = None


class ImportRejected(PortalError):
    """A file that cannot be taken at all, with its faults by row."""

    def __init__(self, message: Message, rows: Sequence[RowError] = ()) -> None:
        super().__init__(message)
        self.rows = tuple(rows)
