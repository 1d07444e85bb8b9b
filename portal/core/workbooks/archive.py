"""The ZIP around a workbook, checked by its directory before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from portal.core.errors import ImportRejected
from portal.core.messages import Message, _m

MEBIBYTE = 1024 * 1024
MAX_ENTRIES = 500
MAX_RATIO = 200  # a sheet of equal cells reaches about 100
LARGE_ENTRY_BYTES = MEBIBYTE  # below it the ratio says nothing
MACROS = "vbaproject.bin"
ENCRYPTED = 0x1
# What zipfile raises for a part that cannot be unpacked.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,  # a way of packing that no program for spreadsheets uses
    RuntimeError,  # a part that says only of itself that it is encrypted
)


class Archive:
    """The parts of a workbook that was found to be of a sane size."""

    def __init__(self, opened: zipfile.ZipFile, name: str) -> None:
        self._opened = opened
        self._name = name
        self._parts = {info.filename: info for info in opened.infolist()}

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def read(self, part: str) -> bytes:
        """One part, unpacked. Raises ImportRejected when it is not there or damaged."""
        if part not in self._parts:
            raise ImportRejected(damaged(self._name))
        try:
            return self._opened.read(self._parts[part])
        except UNREADABLE as error:
            raise ImportRejected(damaged(self._name)) from error


@contextmanager
def opened(source: Path | IO[bytes], name: str, *, max_unpacked_bytes: int) -> Iterator[Archive]:
    """The workbook's parts. Raises ImportRejected for what is no ZIP, a bomb, encrypted or with macros."""
    try:
        file = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise ImportRejected(damaged(name)) from error
    with file:
        _check(file, name, max_unpacked_bytes)
        yield Archive(file, name)


def damaged(name: str) -> Message:
    return _m("%(name)s is damaged or is no XLSX workbook.", name=name)


def _check(file: zipfile.ZipFile, name: str, max_unpacked_bytes: int) -> None:
    entries = file.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > max_unpacked_bytes or any(map(is_swollen, entries)):
        raise ImportRejected(
            _m(
                "%(name)s unpacks to far more than a table of figures can hold (at most %(limit)s MB are read).",
                name=name,
                limit=max_unpacked_bytes // MEBIBYTE,
            )
        )
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise ImportRejected(_m("%(name)s is protected by a password. Save it without one.", name=name))
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise ImportRejected(damaged(name))
    if any(part.lower().endswith(MACROS) for part in names):
        raise ImportRejected(_m("%(name)s holds macros. Save it as an ordinary workbook (.xlsx).", name=name))
    if "mimetype" in names:
        raise ImportRejected(_m("%(name)s is an OpenDocument file. Save it as an Excel workbook (.xlsx).", name=name))


def is_swollen(entry: zipfile.ZipInfo) -> bool:
    """Whether a part unpacks to far more than a sheet or a list does: the mark of a bomb."""
    return entry.file_size > LARGE_ENTRY_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
