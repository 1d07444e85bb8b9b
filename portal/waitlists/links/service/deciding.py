"""What people of the kraj decide of a pair, and take back."""

from __future__ import annotations

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.waitlists.calc.discretion import check_note
from portal.waitlists.links import queries
from portal.waitlists.links.calc import contradicts
from portal.waitlists.links.models import PersonPair, PersonPairEvent
from portal.waitlists.links.service.grouping import linked_with, regroup
from portal.waitlists.links.types import EventKind, PairState, Verdict

audit.name_actions(
    {
        "waitlists.links.decided": _m("Decided whether two are one person"),
        "waitlists.links.undone": _m("Decision about two persons taken back"),
    }
)


def decide(actor: Actor, *, pair_id: int, version: int, verdict: Verdict, comment: str = "") -> None:
    """Say that the two are one person, that they are two, or that it shall be decided later.

    Raises NotFound; Conflict when somebody else decided in the meantime; Invalid by field (``comment``, or ``verdict``
    where it contradicts other decisions).
    """
    pair = _get_for_writing(actor, pair_id, version)
    try:
        note = check_note(comment)
    except Invalid as error:
        raise Invalid(error.message, {"comment": [error.message]}) from error
    before = pair.state
    if verdict is Verdict.LATER:
        if pair.verdict is not None:
            sentence = _m("The pair is decided. Take the decision back first.")
            raise Invalid(sentence, {"verdict": [sentence]})
        pair.is_put_off = True
    else:
        _check_against_others(pair, verdict)
        pair.verdict, pair.is_put_off = str(verdict), False
        pair.state = str(PairState.LINKED if verdict is Verdict.SAME else PairState.SPLIT)
    pair.decided_by_user_id, pair.decided_by_name, pair.decided_at_utc = actor.user_id, actor.name, now_utc()
    _write(actor, pair, EventKind(verdict), note)
    _record(actor, "waitlists.links.decided", pair, before, str(verdict))


def undo(actor: Actor, *, pair_id: int, version: int) -> None:
    """Take the decision back: the pair stands as linking left it. Raises NotFound, Conflict, Invalid."""
    pair = _get_for_writing(actor, pair_id, version)
    if pair.verdict is None and not pair.is_put_off:
        raise Invalid(_m("Nothing is decided about this pair."))
    before = pair.state
    if pair.verdict is not None:
        pair.state = str(PairState.PROPOSED)  # until it is grouped anew
    pair.verdict, pair.is_put_off = None, False
    pair.decided_by_user_id, pair.decided_by_name, pair.decided_at_utc = None, None, None
    _write(actor, pair, EventKind.UNDONE, None)
    _record(actor, "waitlists.links.undone", pair, before, None)


def _get_for_writing(actor: Actor, pair_id: int, version: int) -> PersonPair:
    if not actor.can(Permission.LINK_DECIDE):
        raise Forbidden(_m("Your role does not decide about links of persons."))
    queries.lock_links()
    pair = queries.find_pair(pair_id, for_update=True)
    if pair is None:
        raise NotFound(_m("There is no such pair of persons."))
    if pair.version != version:
        raise Conflict(_m("Somebody else decided about this pair in the meantime."), {"version": pair.version})
    return pair


def _check_against_others(pair: PersonPair, verdict: Verdict) -> None:
    around = queries.pairs_among(linked_with([pair.a_ref, pair.b_ref])).values()
    if not contradicts(around, pair.a_ref, pair.b_ref, verdict):
        return
    if verdict is Verdict.SAME:
        sentence = _m(
            "That would make one person of two whom somebody has split. Look at the whole group and take the split back"
            " first."
        )
    else:
        sentence = _m(
            "Other links made by people join these two. Look at the whole group and take one of those links back first."
        )
    raise Invalid(sentence, {"verdict": [sentence]})


def _write(actor: Actor, pair: PersonPair, kind: EventKind, comment: str | None) -> None:
    pair.version += 1
    db.session.add(
        PersonPairEvent(
            pair_id=pair.id,
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
            kind=str(kind),
            comment=comment,
        )
    )
    db.session.flush()
    regroup([pair.a_ref, pair.b_ref])
    db.session.refresh(pair)


def _record(actor: Actor, action: str, pair: PersonPair, before: str, verdict: str | None) -> None:
    """Neither references nor the comment: the record of changes outlives the persons."""
    details = {"verdict": verdict, "before": before, "after": pair.state}
    audit.record(actor, action, object_kind="person_pair", object_key=str(pair.id), details=details)
