"""Files that people upload for an import: taken under plain names into a folder of their own, for one job alone."""

from __future__ import annotations

import shutil
import time
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from portal.catalog.ingest.codelists import FILES, REQUIRED
from portal.core.errors import Invalid
from portal.core.messages import Message, _m

MAX_ADDRESS_FILES = 1000
LEFT_BEHIND_S = 24 * 3600  # no job waits and reads for so long
ADDRESS_KINDS = (".csv", ".zip")  # what the reader of addresses takes


@dataclass(frozen=True)
class Upload:
    """What was uploaded; file objects read as they come, nothing is whole in the memory."""

    register: FileStorage | None
    code_lists: Sequence[FileStorage]
    addresses: Sequence[FileStorage]


def check_upload(upload: Upload) -> None:
    """Raises Invalid with a sentence on each field that is not right."""
    fields: dict[str, list[Message]] = {}
    if upload.register is None or not upload.register.filename:
        fields["register"] = [_m("Choose the file of the register.")]
    elif not upload.register.filename.lower().endswith(".json"):
        fields["register"] = [_m("The register is a file whose name ends in .json.")]
    names = {Path(file.filename or "").name for file in upload.code_lists}
    missing = [name for name in REQUIRED if name not in names]
    unknown = sorted(name for name in names - set(FILES) if name)
    if missing:
        fields["code_lists"] = [_m("These code list files are missing: %(names)s.", names=", ".join(missing))]
    elif unknown:
        fields["code_lists"] = [
            _m("These are not code lists of the register: %(names)s.", names=", ".join(unknown)[:200])
        ]
    addresses = [file for file in upload.addresses if file.filename]
    if len(addresses) > MAX_ADDRESS_FILES:
        fields["addresses"] = [_m("At most %(limit)s files can be sent at once.", limit=MAX_ADDRESS_FILES)]
    elif any(not _ends_in(file, *ADDRESS_KINDS) for file in addresses):
        fields["addresses"] = [_m("Address files are files whose names end in .csv or .zip.")]
    else:
        damaged = [file for file in addresses if _ends_in(file, ".zip") and not _is_archive(file)]
        if damaged:
            fields["addresses"] = [
                _m(
                    "%(name)s cannot be read as %(kind)s; it is damaged or something else.",
                    name=_plain_name(damaged[0], "adresy.zip"),
                    kind="ZIP",
                )
            ]
    if fields:
        raise Invalid(_m("Please correct the following"), fields)


def store_upload(upload: Upload, base: Path) -> tuple[Path, str]:
    """Save a checked upload under ``base``; returns its folder and the plain name of the register file.

    The job that reads the folder deletes it; what a job that never ran left behind goes with the next upload, since
    the files hold names of people and secret addresses.
    """
    if upload.register is None:
        raise ValueError("the upload was not checked")
    _forget_left_behind(base / "uploads")
    folder = base / "uploads" / uuid.uuid4().hex
    for part in ("register", "lists", "addresses"):
        (folder / part).mkdir(parents=True, mode=0o700)
    try:
        name = _plain_name(upload.register, "register.json")
        upload.register.save(folder / "register" / name)
        for file in upload.code_lists:
            file.save(folder / "lists" / Path(file.filename or "").name)
        for number, file in enumerate(file for file in upload.addresses if file.filename):
            # Each in a folder of its own: two may have one name, and faults tell the file by it.
            place = folder / "addresses" / f"{number:04d}"
            place.mkdir(mode=0o700)
            file.save(place / _plain_name(file, "adresy.zip" if _ends_in(file, ".zip") else "adresy.csv"))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder, name


def _forget_left_behind(uploads: Path) -> None:
    oldest = time.time() - LEFT_BEHIND_S
    for folder in uploads.glob("*"):
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _ends_in(file: FileStorage, *endings: str) -> bool:
    return (file.filename or "").lower().endswith(endings)


def _is_archive(file: FileStorage) -> bool:
    """By its directory alone; what it unpacks to is looked at by the reader, in its guarded process."""
    found = zipfile.is_zipfile(file.stream)
    file.stream.seek(0)
    return found


def _plain_name(file: FileStorage, otherwise: str) -> str:
    """The name without anything but letters, digits, dots and dashes; another one where none is left before its end."""
    name = secure_filename(file.filename or "")[-120:]
    kept = Path(name).suffix.lower() == Path(otherwise).suffix and not name.startswith(".")
    return name if kept else otherwise
