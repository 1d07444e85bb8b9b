"""The import of a file, step by step: read apart, compare, apply; each step its own unit of work.

The command line and the administration take the same steps. Nothing is held between them, so that people read the
catalogue all the time.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from portal.catalog.ingest.reader import tell_nobody
from portal.catalog.service.imports.applying import apply_import
from portal.catalog.service.imports.files import RegisterFiles, content_hash, reading, region_places
from portal.catalog.service.imports.preview import find_repeated, store_preview, store_rejection
from portal.catalog.service.imports.rollback import roll_back_import
from portal.catalog.types import ImportInfo
from portal.core.errors import ImportRejected
from portal.core.jobs import Report, job
from portal.core.permissions import Actor
from portal.core.transaction import transaction

READ_JOB = "catalog.import.read"
APPLY_JOB = "catalog.import.apply"
ROLLBACK_JOB = "catalog.import.roll-back"
JOBS = (READ_JOB, APPLY_JOB, ROLLBACK_JOB)


def take_file(actor: Actor, files: RegisterFiles, report: Report = tell_nobody) -> ImportInfo:
    """Read a file and store its preview; a file that cannot be taken is stored as rejected, with the reason.

    A file that is live already, or lies open as a preview of the present catalogue, is not taken a second time.
    Raises ImportRejected while there is no territory to place services in.
    """
    with transaction():
        places = region_places()
    identity = content_hash(files, places)
    with transaction():
        repeated = find_repeated(identity)
    if repeated is not None:
        return repeated
    try:
        with reading(files, places, identity, report) as read, transaction():
            return store_preview(actor, read=read)
    except ImportRejected as error:
        with transaction():
            return store_rejection(actor, file_name=files.shown_name, content_hash=identity, error=error)


@job(READ_JOB)
def read_uploaded(actor: Actor, report: Report, arguments: dict[str, Any]) -> dict[str, Any]:
    """Preview an uploaded file; the upload is deleted whatever happens."""
    folder = Path(arguments["folder"])
    try:
        files = RegisterFiles(
            folder / "register" / arguments["register"],
            folder / "lists",
            tuple(sorted((folder / "addresses").glob("*/*"))),
        )
        return {"import_id": take_file(actor, files, report).id}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@job(APPLY_JOB)
def apply_stored(actor: Actor, report: Report, arguments: dict[str, Any]) -> dict[str, Any]:
    """Make a previewed import live."""
    with transaction():
        info = apply_import(actor, import_id=arguments["import_id"], confirmed=arguments["confirmed"], report=report)
    return {"import_id": info.id}


@job(ROLLBACK_JOB)
def roll_back_stored(actor: Actor, report: Report, arguments: dict[str, Any]) -> dict[str, Any]:
    """Take the import applied last back."""
    with transaction():
        info = roll_back_import(actor, import_id=arguments["import_id"], report=report)
    return {"import_id": info.id}
