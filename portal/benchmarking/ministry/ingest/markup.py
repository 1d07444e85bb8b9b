"""XML without declarations of its own: no DTD, no entities, so none that grow or fetch anything.

The ministry publishes no schema of its export, so the records are found by their shape: elements of a known name,
or the outermost elements that repeat. What lies in a record by name (attributes, inner elements by their path)
becomes its columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from portal.benchmarking.ministry.ingest.headings import MAX_COLUMNS, MAX_ROWS, Cells
from portal.benchmarking.ministry.types import GridRow
from portal.core.errors import ImportRejected
from portal.core.messages import _m

MAX_ELEMENTS, MAX_DEPTH, MAX_TEXT = 500_000, 20, 2_000
RECORD_NAMES = frozenset({"sluzba", "service", "radek", "row", "zaznam", "record", "polozka", "item"})


@dataclass
class _Element:
    name: str
    attributes: dict[str, str]
    inner: list[_Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def is_leaf(self) -> bool:
        return not self.inner and not self.attributes


def read_markup(content: bytes, name: str) -> Cells:
    """Headings and records. Raises ImportRejected, also for any declaration of a document type."""
    records = _records(_tree(content, name))
    rows = [_columns(record) for record in records[: MAX_ROWS + 1]]
    headings = list(dict.fromkeys(key for row in rows for key in row))
    if len(headings) > MAX_COLUMNS or len(rows) > MAX_ROWS:
        raise ImportRejected(
            _m(
                "%(name)s has more than %(rows)s rows or %(columns)s columns.",
                name=name,
                rows=MAX_ROWS,
                columns=MAX_COLUMNS,
            )
        )
    body = [GridRow(number, tuple(row.get(key) for key in headings)) for number, row in enumerate(rows, start=1)]
    return Cells([GridRow(0, tuple(headings)), *body])


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.root: _Element | None = None
        self.open: list[_Element] = []
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open) >= MAX_DEPTH:
            raise ImportRejected(_m("%(name)s has too many elements, or too many within one another.", name=self.name))
        plain = {_local(key): value[:MAX_TEXT] for key, value in attributes.items()}
        element = _Element(_local(tag), plain)
        if self.open:
            self.open[-1].inner.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _tag: str) -> None:
        self.open.pop()

    def text(self, data: str) -> None:
        if self.open:
            self.open[-1].text.append(data[:MAX_TEXT])

    def refuse(self, *_arguments: object) -> None:
        raise ImportRejected(
            _m(
                "%(name)s declares a document type or entities (<!DOCTYPE>, <!ENTITY>); such XML is not read.",
                name=self.name,
            )
        )


def _tree(content: bytes, name: str) -> _Element:
    builder = _Builder(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeDecodeError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", parser.CurrentLineNumber)
        raise ImportRejected(_m("%(name)s is not valid XML (line %(line)s).", name=name, line=line)) from error
    if builder.root is None:
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    return builder.root


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _records(root: _Element) -> list[_Element]:
    """Elements of the level nearest to the root that has records: a known name first, else a repeated one."""
    repeated: list[_Element] = []
    level = [root]
    while level:
        inner = [element for parent in level for element in parent.inner if not element.is_leaf]
        groups: dict[str, list[_Element]] = {}
        for element in inner:
            groups.setdefault(element.name, []).append(element)
        known = next((group for tag, group in groups.items() if tag.casefold() in RECORD_NAMES), None)
        if known is not None:
            return known
        largest = max(groups.values(), key=len, default=[])
        if not repeated and len(largest) > 1:
            repeated = largest
        level = inner
    return repeated or [root]


def _columns(record: _Element, path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}

    def add(key: str, value: str) -> None:
        place, number = key, 2
        while place in found:
            place, number = f"{key} ({number})", number + 1
        found[place] = value

    for key, value in record.attributes.items():
        add(path + key, value)
    for element in record.inner:
        text = "".join(element.text).strip()[:MAX_TEXT]
        if element.is_leaf or (text and not element.inner):
            add(path + element.name, text)
        for key, value in _columns(element, f"{path}{element.name}/").items():
            add(key, value)
    return found
