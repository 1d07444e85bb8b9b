"""Words of the waiting lists for pages and files: labels in the reader's language, the vocabulary of both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.core.messages import Message
from portal.core.settings import current_settings
from portal.returns import service as returns
from portal.returns.service import ResidenceWords
from portal.waitlists.ingest.rows import Vocabulary, words_of
from portal.waitlists.types import (
    DECLINE_LABELS,
    LEAVING_LABELS,
    REFUSAL_LABELS,
    SEX_LABELS,
    STATE_LABELS,
    URGENCY_LABELS,
    ImportState,
    State,
    Urgency,
)
from portal.web.languages import LANGUAGES, in_language, say

STATE_COLOURS: Mapping[str, str] = {
    State.WAITING: "yellow",
    State.OFFERED: "blue",
    State.ADMITTED: "green",
    State.REFUSED: "red",
    State.DECLINED: "orange",
    State.WITHDRAWN: "grey",
    State.EXPIRED: "grey",
    State.DECEASED: "grey",
}
URGENCY_COLOURS: Mapping[str, str] = {Urgency.URGENT: "red", Urgency.AHEAD: "grey"}
IMPORT_COLOURS: Mapping[str, str] = {
    ImportState.PREVIEWED: "blue",
    ImportState.BLOCKED: "red",
    ImportState.APPLIED: "green",
    ImportState.ROLLED_BACK: "grey",
    ImportState.DISCARDED: "grey",
}
_REASONS: Mapping[str, Message] = {**REFUSAL_LABELS, **DECLINE_LABELS}


def choices(labels: Mapping[Any, Message]) -> list[tuple[str, str]]:
    """Value and text of each, for a form."""
    return [(str(value), say(label)) for value, label in labels.items()]


def reason_text(reason: str | None, *, leaving: bool = False) -> str:
    """A reason in words; an empty text where there is none."""
    if reason is None:
        return ""
    label = (LEAVING_LABELS if leaving else _REASONS).get(reason)
    return reason if label is None else say(label)


def vocabulary() -> Vocabulary:
    """What the cells of a file may say, in both languages."""
    settings = current_settings()
    both = {language: returns.residence_words(language) for language in LANGUAGES}
    czech = both["cs"]
    return Vocabulary(
        situations=words_of((code, [words.situations[code] for words in both.values()]) for code in czech.situations),
        groups=words_of((code, [name]) for code, name in czech.groups.items()),
        places=_places(both.values()),
        states=_said(STATE_LABELS),
        urgencies=_said(URGENCY_LABELS),
        sexes=_said(SEX_LABELS),
        reasons=_said(_REASONS),
        leaving=_said(LEAVING_LABELS),
        collects_sex=settings.collects_sex,
    )


def _places(both: Iterable[ResidenceWords]) -> dict[str, str]:
    """A name that several municipalities share counts only with what it lies in."""
    return words_of((code, [label]) for words in both for code, label in words.places.labels.items())


def _said(labels: Mapping[Any, Message]) -> dict[str, str]:
    found: dict[str, list[str]] = {str(value): [] for value in labels}
    for language in LANGUAGES:
        with in_language(language):
            for value, label in labels.items():
                found[str(value)].append(say(label))
    return words_of(found.items())
