"""Sentences of each package: gather them from code and templates, or compile the translations.

``python tools/messages.py update``   refresh every ``portal/<package>/translations/cs`` from the sources
``python tools/messages.py compile``  write the .mo files that the portal reads
``python tools/messages.py check``    list what is missing, fuzzy or out of date; exit status 1 if anything is

English needs no catalogue: the message ids are English sentences.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent / "portal"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "_m": None,
    "_mn": (1, 2),
}
CZECH_PLURAL = "nplurals=3; plural=((n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2);"


def packages() -> list[Path]:
    return sorted(path.parent for path in ROOT.glob("*/__init__.py"))


def po_path(package: Path) -> Path:
    return package / "translations" / "cs" / "LC_MESSAGES" / "messages.po"


def extracted(package: Path) -> Catalog:
    catalog = Catalog(charset="utf-8", locale="cs")
    found = extract_from_dir(str(package), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("L10N:",))
    for filename, _line, message, comments, context in found:
        catalog.add(message, None, [(f"{package.name}/{filename}", 0)], auto_comments=comments, context=context)
    return catalog


def stored(package: Path) -> Catalog:
    path = po_path(package)
    if not path.exists():
        return Catalog(locale="cs", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="cs")


def update() -> None:
    for package in packages():
        template, catalog = extracted(package), stored(package)
        if not len(template):
            continue
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path = po_path(package)
        path.parent.mkdir(parents=True, exist_ok=True)
        out = io.BytesIO()
        write_po(out, catalog, width=110, sort_output=True, no_location=True, omit_header=True)
        header = (
            'msgid ""\nmsgstr ""\n"Language: cs\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            f'"Plural-Forms: {CZECH_PLURAL}\\n"\n\n'
        )
        path.write_bytes(header.encode() + out.getvalue().strip() + b"\n")


def compile_all() -> None:
    for package in packages():
        path = po_path(package)
        if path.exists():
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, stored(package))


def problems() -> list[str]:
    """Every message without a complete Czech form, fuzzy, stale, or translated two ways in two packages."""
    found: list[str] = []
    seen: dict[object, tuple[str, object]] = {}
    for package in packages():
        template, catalog = extracted(package), stored(package)
        wanted = {message.id for message in template if message.id}
        for message in catalog:
            if message.id and message.id not in wanted:
                found.append(f"{package.name}: no longer used: {message.id!r}")
        for wanted_id in sorted(wanted, key=str):
            message = catalog.get(wanted_id[0] if isinstance(wanted_id, tuple) else wanted_id)
            strings = [] if message is None else message.string
            strings = [strings] if isinstance(strings, str) else list(strings)
            expected = 3 if isinstance(wanted_id, tuple) else 1
            if message is None or len(strings) != expected or not all(strings):
                found.append(f"{package.name}: not translated: {wanted_id!r}")
                continue
            if message.fuzzy:
                found.append(f"{package.name}: fuzzy: {wanted_id!r}")
            other = seen.setdefault(wanted_id, (package.name, message.string))
            if other[1] != message.string:
                found.append(f"{package.name} and {other[0]} translate {wanted_id!r} differently")
    return found


def main(arguments: list[str]) -> int:
    match arguments:
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = problems()
            print("\n".join(found) or "all sentences are translated")
            return bool(found)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
