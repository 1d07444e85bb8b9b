"""Taking a file of returns in: read apart, recognised, compared; what pages and commands have in common."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

from portal.core.jobs import Report
from portal.core.messages import Message, _m, _mn
from portal.core.permissions import Actor
from portal.core.transaction import transaction
from portal.core.workbooks.files import read_guarded
from portal.returns.files.filed import Filing, Problem
from portal.returns.files.marking import write_marked
from portal.returns.files.recognising import recognise
from portal.returns.service.files import imports
from portal.returns.service.files.infos import ImportInfo
from portal.returns.service.residences import residence_words
from portal.returns.types import Period

STEPS = 3


def tell_nobody(_done: int, _total: int) -> None:
    """For who waits for the answer itself."""


def take_file(actor: Actor, path: Path, name: str, expected: Period | None, report: Report = tell_nobody) -> ImportInfo:
    """Read a file and store its preview. Raises ImportRejected for one that cannot be taken at all."""
    report(0, STEPS)
    raw = read_guarded(path, name)
    report(1, STEPS)
    filing = recognise(raw, name)
    report(2, STEPS)

    def mark(problems: Sequence[Problem]) -> bytes:
        target = io.BytesIO()
        write_marked(target, raw, filing, problems)
        return target.getvalue()

    with transaction():
        return imports.preview_file(
            actor,
            filing=filing,
            file_name=name,
            content_hash=content_hash(filing),
            expected=expected,
            mark=mark,
            words=residence_words("cs") if filing.residences else None,
        )


def content_hash(filing: Filing) -> str:
    """What makes two files the same: their figures and comments, however they are stored."""
    digest = hashlib.sha256(f"{filing.period} {filing.definition.code}".encode())
    for filed in sorted(filing.returns, key=lambda one: one.register_id):
        cells = sorted((key.name, str(cell.state), str(cell.number)) for key, cell in filed.cells.items())
        comments = sorted((key.name, text) for key, text in filed.comments.items())
        digest.update(json.dumps([filed.register_id, cells, comments]).encode())
    for number, part in sorted(filing.residences.items()):
        rows = sorted(dataclasses.astuple(row.typed) for row in part.rows)
        digest.update(json.dumps([number, part.says, rows]).encode())
    return digest.hexdigest()


def summary_of(info: ImportInfo) -> Message:
    """What an import would do or did, in one sentence."""
    return _m(
        "Import %(id)s, %(period)s: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(empty)s not filled in;"
        " %(errors)s, %(warnings)s.",
        id=info.id,
        period=info.period.label,
        new=info.count("new"),
        changed=info.count("changed"),
        unchanged=info.count("unchanged"),
        empty=info.empty,
        errors=_mn("%(num)s error", "%(num)s errors", info.errors),
        warnings=_mn("%(num)s warning", "%(num)s warnings", info.warnings),
    )
