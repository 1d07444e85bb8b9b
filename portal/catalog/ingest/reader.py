"""Reads a register file of any size as a stream: entry by entry through C code, cleaned lines out to a file.

Runs in a guarded child process (``portal.core.guarded``); neither the file nor the cleaned entries are ever whole
in the memory of the child or of the portal.
"""

from __future__ import annotations

import codecs
import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import ijson

from portal.catalog.ingest.codelists import read_code_lists
from portal.catalog.ingest.context import CodeLists, Reading, RegionPlaces
from portal.catalog.ingest.entries import clean_entry
from portal.catalog.ingest.problems import EntryProblems, EntryRejected, Problem, Problems
from portal.core.errors import ImportRejected
from portal.core.messages import _m

READER_VERSION = 2  # counts changes of what a reading yields, so that the same file is read anew after one
ROOT = "polozky"
REPORT_EVERY = 200
BUFFER_BYTES = 256 * 1024

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Report = Callable[[int, int], None]


def tell_nobody(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Summary:
    """What a reading found; the entries themselves lie in the file it wrote."""

    services_in_file: int
    services_in_region: int
    lists: CodeLists
    problems: tuple[Problem, ...]
    errors: int
    notices: int
    faulty_ids: tuple[int, ...]  # services in the file whose entry could not be taken: not gone, only unread


def read_register(
    register: Path,
    lists_folder: Path,
    places: RegionPlaces,
    out: Path,
    points: Mapping[int, tuple[float, float]] | None = None,
    report: Report = tell_nobody,
) -> Summary:
    """Read ``register`` and write each service of the region to ``out``: hash, number, name, JSON between tabs.

    Raises ImportRejected when the file is no register at all: not JSON, no list "polozky", nothing in it, or more
    than half of its entries lack a field that everything hangs on.
    """
    lists = read_code_lists(lists_folder)
    reading = Reading(places, lists, points or {})
    problems = Problems()
    faulty: list[int] = []
    entries = taken = 0
    size = register.stat().st_size
    seen: set[int] = set()
    with register.open("rb") as file, out.open("wb") as lines, _nothing_collected():
        skip = _check_beginning(file, register.name)
        for raw in _entries(file, skip, register.name):
            line = _line(raw, reading, problems.at(entries), seen, faulty)
            if line is not None:
                lines.write(line)
                taken += 1
            entries += 1
            if entries % REPORT_EVERY == 0:
                report(file.tell(), size)
    _check_whole(register.name, entries, taken, problems)
    report(size, size)
    return Summary(entries, taken, lists, tuple(problems.kept), problems.errors, problems.notices, tuple(faulty))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """No search for cycles meanwhile: entries have none, and looking through them takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _line(raw: Any, reading: Reading, problems: EntryProblems, seen: set[int], faulty: list[int]) -> bytes | None:
    try:
        record = clean_entry(raw, reading, problems)
        if record is None:
            return None
        register_id: int = record["register_id"]
        if register_id in seen:
            raise problems.reject("portalId", _m("The number of the service is there twice."))
    except EntryRejected:
        number = str(raw.get("portalId")) if isinstance(raw, dict) else ""
        if number.isdecimal():
            faulty.append(int(number))
        return None
    seen.add(register_id)
    text = _encode(record).encode()
    return b"%s\t%d\t%s\t%s\n" % (hashlib.sha256(text).hexdigest().encode(), register_id, record["name"].encode(), text)


def _entries(file: IO[bytes], skip: int, name: str) -> Iterator[Any]:
    """The items of the root list one by one; a file that breaks off raises ImportRejected."""
    try:
        file.seek(skip)
        if not _has_root(file):
            raise ImportRejected(_m('%(name)s has no list "%(key)s"; it is not the register.', name=name, key=ROOT))
        file.seek(skip)
        yield from ijson.items(file, f"{ROOT}.item", use_float=True, buf_size=BUFFER_BYTES)
    except (ijson.JSONError, UnicodeError, ValueError) as error:
        place = max(0, file.tell() - BUFFER_BYTES)
        raise ImportRejected(
            _m("%(name)s is not valid JSON (past byte %(place)s); it is damaged or incomplete.", name=name, place=place)
        ) from error


def _has_root(file: IO[bytes]) -> bool:
    """Whether the root is an object with a list under the key; stops reading once it is found."""
    for prefix, event, _value in ijson.parse(file, buf_size=BUFFER_BYTES):
        if prefix == ROOT:
            return bool(event == "start_array")
        if prefix == "" and event not in ("start_map", "map_key"):
            return False
    return False


def _check_beginning(file: IO[bytes], name: str) -> int:
    """How many bytes to skip (a byte order mark). Raises ImportRejected for what plainly is another kind of file."""
    start = file.read(4)
    if not start:
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    if start[:2] in (b"PK", b"\x1f\x8b"):
        raise ImportRejected(_m("%(name)s is compressed; unpack it first.", name=name))
    return len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0


def _check_whole(name: str, entries: int, taken: int, problems: Problems) -> None:
    rows = [problem.where for problem in problems.kept]
    if entries == 0:
        raise ImportRejected(_m("%(name)s holds no services.", name=name))
    if problems.keys_missing * 2 > entries:
        raise ImportRejected(
            _m("Most entries of %(name)s lack a field that everything hangs on; it is not the register.", name=name),
            rows[:20],
        )
    if taken == 0:
        raise ImportRejected(_m("%(name)s holds no services of the region.", name=name), rows[:20])
