"""A file of any of the three formats as a table. Runs in a guarded child process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from portal.benchmarking.ministry.ingest.headings import Cells, headed
from portal.benchmarking.ministry.ingest.markup import read_markup
from portal.benchmarking.ministry.ingest.text import read_text
from portal.benchmarking.ministry.ingest.workbook import read_workbook
from portal.benchmarking.ministry.types import Grid
from portal.core.errors import ImportRejected
from portal.core.guarded import Limits, run_guarded
from portal.core.messages import _m

MAX_BYTES = 20 * 1024 * 1024
READING = Limits(memory_mib=768, cpu_seconds=30, seconds=60)
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_apart(path: Path, name: str) -> Grid:
    """The file as a table, read in a child process. Raises ImportRejected with a sentence for what cannot be taken."""
    if path.stat().st_size > MAX_BYTES:
        raise ImportRejected(_m("%(name)s is larger than %(mib)s MB.", name=name, mib=MAX_BYTES // 1024 // 1024))
    return run_guarded(read_table, path, name, name=name, limits=READING)


def read_table(path: Path, name: str) -> Grid:
    """The file as a table of headings and rows; its kind is told by its first bytes, not by its name.

    Raises ImportRejected.
    """
    content = path.read_bytes()
    if not content.strip():
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    kind, reader = _reader(content, name)
    return headed(kind, reader(content, name), name)


def _reader(content: bytes, name: str) -> tuple[str, Callable[[bytes, str], Cells]]:
    if content.startswith(_ZIP):
        return "xlsx", read_workbook
    if content.startswith(_OLD_EXCEL):
        raise ImportRejected(
            _m("%(name)s is an old or locked workbook. Save it as XLSX without a password.", name=name)
        )
    start = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if start.startswith((b"<", b"\x00<")):
        return "xml", read_markup
    return "csv", read_text
