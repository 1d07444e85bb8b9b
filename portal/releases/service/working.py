"""From a draft over the audit to publication. Nothing is published that the auditor opened, and nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.jobs import Report, job, start_job
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.core.transaction import after_commit, reading, transaction
from portal.releases import queries
from portal.releases.files import write_release
from portal.releases.models import Release
from portal.releases.service.beside import read_beside
from portal.releases.service.names import table_names
from portal.releases.service.preparing import PREPARE_JOB, preparations
from portal.releases.service.rules import attacked, rules_version, told_by_rules
from portal.releases.service.sources import Source, read_sources
from portal.releases.types import Beside, PublicTable, State, digest
from portal.returns.service import list_periods
from portal.returns.types import Period, ReportingDates

audit.name_actions(
    {
        "release.built": _m("Public figures of a quarter prepared"),
        "release.audited": _m("Public figures audited"),
        "release.published": _m("Public figures published"),
    },
    kinds={"release": _m("public figures")},
)


def build(actor: Actor, period: Period) -> None:
    """Make the draft of a closed quarter anew from the figures as they are; an earlier draft is replaced.

    A unit of work of its own; reading and protecting hold no lock. Raises Forbidden, NotFound for a quarter that was
    not opened, Invalid for one that has not closed or of which nothing was told, Conflict for a published one.
    """
    begun = now_utc()  # what is corrected from now on may be missing, and the next release says so
    with reading():
        check_buildable(actor, period)
        sources = read_sources(period)
        beside = read_beside(period, [source.name for source in sources]).as_dict()
    if not sources:
        raise Invalid(_m("Nothing was told of %(period)s that could be published.", period=period.label))
    tables = [table.as_dict() for table in told_by_rules(str(period), sources)]
    with transaction():
        stored = _open_draft(period)
        stored.rules = rules_version()
        stored.content, stored.beside = tables, beside
        stored.content_sha256 = digest(str(period), stored.rules, tables, beside)
        stored.exact = {str(source.name): source.exact() for source in sources}
        stored.parts = {str(source.name): source.stored_parts() for source in sources}
        stored.state = State.DRAFT
        stored.audit = stored.audited_at_utc = stored.audited_sha256 = None
        stored.built_at_utc = begun
        stored.built_by_user_id, stored.built_by_name = actor.user_id, actor.name
        _record(actor, "release.built", stored, {"tables": [table["name"] for table in tables]})


def audit_release(actor: Actor, period: Period) -> dict[str, Any]:
    """Attack a release with everything published before and store the report; returns it.

    A published one is attacked again and stays published: the report tells how it stands against what came after.
    Raises Forbidden and NotFound.
    """
    with reading():
        if not actor.can(Permission.RELEASE_PUBLISH):
            raise Forbidden(_m("Your role does not publish figures."))
        stored = _found(queries.release(str(period), "content", "exact", "parts"))
        sha, state = stored.content_sha256, stored.state
        tables = [PublicTable.from_dict(each) for each in stored.content]
        sources = [Source.from_stored(name, stored.exact[name], stored.parts[name]) for name in stored.exact]
        earlier = {
            quarter: [PublicTable.from_dict(each) for each in content]
            for quarter, content in queries.published_contents(other_than=str(period))
        }
    report = attacked(str(period), tables, sources, earlier)
    if state == State.PUBLISHED:
        return report
    with transaction():
        stored = _found(queries.locked(str(period)))
        if stored.content_sha256 != sha or stored.state == State.PUBLISHED:
            raise Conflict(_m("The figures were prepared anew in the meantime. Audit them again."))
        stored.audit, stored.audited_at_utc, stored.audited_sha256 = report, now_utc(), sha
        stored.state = State.PASSED if report["passed"] else State.FAILED
        found = {each["attack"]: each["exact"] + each["too_narrow"] for each in report["attacks"]}
        _record(actor, "release.audited", stored, {"passed": report["passed"], "fallen": found})
    return report


def publish(actor: Actor, period: Period, folder: Path) -> bool:
    """Publish an audited release, once; False when that was done before, and then only its files are looked after.

    A unit of work of its own; the files are written after it. Raises Forbidden, NotFound, and Invalid for a release
    that has not passed the audit.
    """
    if not actor.can(Permission.RELEASE_PUBLISH):
        raise Forbidden(_m("Your role does not publish figures."))
    with transaction():
        stored = _found(queries.locked(str(period)))
        again = stored.state == State.PUBLISHED
        if not again:
            if stored.state != State.PASSED or stored.audited_sha256 != stored.content_sha256:
                raise Invalid(_m("%(period)s has not passed the audit, so it is not published.", period=period.label))
            if digest(str(period), stored.rules, stored.content, stored.beside) != stored.content_sha256:
                raise Invalid(_m("The figures differ from those that were audited. Prepare them anew."))
            stored.state, stored.published_at_utc = State.PUBLISHED, now_utc()
            stored.published_by_user_id, stored.published_by_name = actor.user_id, actor.name
            _record(actor, "release.published", stored, {"sha256": stored.content_sha256, "rules": stored.rules})
        _write_after_commit(stored, folder)
    return not again


def write_missing_files(folder: Path, *, existing: set[str]) -> list[str]:
    """Write the files of published releases that the folder lacks, after a restore; returns their quarters."""
    done = []
    with transaction():
        for stored in queries.releases():
            if stored.state == State.PUBLISHED and stored.period not in existing:
                _write_after_commit(stored, folder)
                done.append(stored.period)
    return done


def _write_after_commit(stored: Release, folder: Path) -> None:
    tables = [PublicTable.from_dict(each) for each in stored.content]
    names = table_names(tables)
    period, rules, sha, moment = stored.period, stored.rules, stored.content_sha256, stored.published_at_utc
    assert moment is not None
    beside = None if stored.beside is None else Beside.from_dict(stored.beside)
    after_commit(
        lambda: write_release(
            folder, period, tables, names, rules=rules, sha256=sha, published_at=moment, beside=beside
        )
    )


def start_preparing(actor: Actor, period: Period) -> str:
    """Build and audit a quarter in the background; returns the job's id.

    Raises as ``build`` does, and Conflict while it is being prepared.
    """
    check_buildable(actor, period)
    running = preparations().get(str(period))
    if running is not None and running.is_running:
        raise Conflict(_m("%(period)s is being prepared already. Load the page again in a while.", period=period.label))
    return start_job(actor, PREPARE_JOB, {"period": str(period)})


@job(PREPARE_JOB)
def prepare_in_background(actor: Actor, report: Report, arguments: dict[str, Any]) -> dict[str, Any]:
    """Build and audit one quarter."""
    period = Period.parse(arguments["period"])
    build(actor, period)
    report(1, 2)
    return {"passed": audit_release(actor, period)["passed"]}


def check_buildable(actor: Actor, period: Period) -> None:
    """Raises as ``build`` does."""
    if not actor.can(Permission.RELEASE_PUBLISH):
        raise Forbidden(_m("Your role does not publish figures."))
    dates = opened(period)
    if not dates.is_closed(now_utc()):
        raise Invalid(
            _m("%(period)s has not closed yet. Its figures can be published once it has.", period=period.label)
        )
    stored = queries.release(str(period))
    if stored is not None and stored.state == State.PUBLISHED:
        raise Conflict(
            _m(
                "%(period)s is published and final. A correction stays in the portal; published figures do not change.",
                period=period.label,
            )
        )


def opened(period: Period) -> ReportingDates:
    """The dates of a quarter. Raises NotFound for one that was not opened."""
    dates = next((each for each in list_periods() if each.period == period), None)
    if dates is None:
        raise NotFound(_m("%(period)s was not opened.", period=period.label))
    return dates


def _open_draft(period: Period) -> Release:
    stored = queries.locked(str(period))
    if stored is None:
        stored = Release(period=str(period))
        db.session.add(stored)
    elif stored.state == State.PUBLISHED:
        raise Conflict(
            _m(
                "%(period)s is published and final. A correction stays in the portal; published figures do not change.",
                period=period.label,
            )
        )
    return stored


def _found(stored: Release | None) -> Release:
    if stored is None:
        raise NotFound(_m("The figures of this quarter have not been prepared."))
    return stored


def _record(actor: Actor, action: str, stored: Release, details: dict[str, Any]) -> None:
    audit.record(actor, action, object_kind="release", object_key=stored.period, details=details)
