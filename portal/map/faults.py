"""Refusing what was asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.core.errors import Invalid
from portal.core.messages import Message


def refused(faults: Mapping[str, Sequence[Message]]) -> Invalid:
    """The error for faults by field, of which there is at least one.

    The first sentence is the message: the command line, files and the page of an error have no fields to show the
    others at.
    """
    first = next(sentence for sentences in faults.values() for sentence in sentences)
    return Invalid(first, faults)
