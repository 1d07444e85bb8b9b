"""What the pages of both imports do alike: of a waiting list, and of a register of users."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Forbidden, ImportRejected
from portal.core.messages import Message
from portal.core.transaction import ConstraintViolated, transaction
from portal.waitlists import service
from portal.waitlists.forms import Errors
from portal.waitlists.ingest.columns import Headings
from portal.waitlists.service.access import PAGE
from portal.waitlists.types import IMPORT_STATE_LABELS, ITEM_LABELS, ImportSubject, ItemKind
from portal.waitlists.views.applications import own_service, shown_value
from portal.waitlists.views.blueprint import Answer, chosen, pages_of, words
from portal.waitlists.views.lists import list_words
from portal.waitlists.words import IMPORT_COLOURS, choices, vocabulary
from portal.web.gate import current_actor
from portal.web.languages import say
from portal.web.paging import page_number

SHOWN_KINDS = (ItemKind.NEW, ItemKind.CHANGED, ItemKind.GONE)


@dataclass(frozen=True)
class Importing:
    """One kind of import: what it calls, and the endpoints of its pages."""

    subject: ImportSubject
    headings: Headings
    take: Callable[..., service.ImportInfo]
    write: Callable[[int, int, bool], service.ImportInfo]  # register_id, import_id, whether those gone are closed
    roll_back: Callable[..., service.ImportInfo]
    close: str  # the choice that closes those gone
    ways: Mapping[str, str]  # index, upload, show, apply, discard, roll_back, above -> endpoint
    texts: Mapping[str, Message]  # what the pages say, see the two modules that use this

    def upload(self, register_id: int) -> Answer:
        """Read a file and go to its preview."""
        own_service(register_id)
        sent, coded = request.files.get("file"), request.form.get("list", "")
        if not coded and (sent is None or not sent.filename):
            return self.index(register_id, {"file": [gettext("Choose the file.")]}), 422
        try:
            with TemporaryDirectory(prefix="portal-list-") as folder:
                path = Path(folder) / "file"
                if coded:  # what the browser made of a list with names
                    path.write_text(coded, encoding="utf-8")
                elif sent is not None:
                    sent.save(path)
                with transaction():
                    info = self.take(current_actor(), path, register_id=register_id, words=vocabulary())
        except ImportRejected as error:
            faults = [f"{say(row.message)} ({row.row})" if row.row else say(row.message) for row in error.rows]
            return self.index(register_id, {"file": [say(error.message), *faults]}), 422
        return self.to_import(register_id, info.id)

    def apply(self, register_id: int, import_id: int) -> Answer:
        """Write all that the preview shows."""
        self.check(register_id, import_id)
        gone = request.form.get("gone", "")
        if gone not in (self.close, "keep"):
            return self.detail(register_id, import_id, {"gone": [say(self.texts["choose_gone"])]}), 422
        try:
            with transaction():
                self.write(register_id, import_id, gone == self.close)
        except (Conflict, Forbidden) as error:
            return self.detail(register_id, import_id, {"gone": [say(error.message)]}), 409
        except ConstraintViolated:
            return self.detail(register_id, import_id, {"gone": [say(self.texts["clash"])]}), 409
        flash(say(self.texts["done"]), "success")
        return self.to_import(register_id, import_id)

    def discard(self, register_id: int, import_id: int) -> Answer:
        """Put the file aside."""
        own_service(register_id)
        with transaction():
            service.discard_import(current_actor(), register_id=register_id, import_id=import_id, subject=self.subject)
        flash(gettext("The file was put aside; nothing has changed."), "success")
        return redirect(url_for(self.ways["index"], register_id=register_id), code=303)

    def take_back(self, register_id: int, import_id: int) -> Answer:
        """Restore what the last import changed."""
        own_service(register_id)
        try:
            with transaction():
                self.roll_back(current_actor(), register_id=register_id, import_id=import_id)
        except (Conflict, Forbidden) as error:
            return self.detail(register_id, import_id, {"roll-back": [say(error.message)]}), 409
        except ConstraintViolated:
            return self.detail(register_id, import_id, {"roll-back": [say(self.texts["clash"])]}), 409
        flash(say(self.texts["taken_back"]), "success")
        return self.to_import(register_id, import_id)

    def check(self, register_id: int, import_id: int) -> None:
        """Raises NotFound where the import is none of the actor's own."""
        own_service(register_id)
        service.get_import(current_actor(), register_id=register_id, import_id=import_id, subject=self.subject)

    def to_import(self, register_id: int, import_id: int) -> Any:
        return redirect(url_for(self.ways["show"], register_id=register_id, import_id=import_id), code=303)

    def index(self, register_id: int, errors: Errors) -> str:
        """The form for a file, and what became of earlier ones."""
        own_service(register_id)
        listed, infos = service.list_imports(current_actor(), register_id, self.subject)
        return render_template(
            "waitlists/imports.html",
            listed=listed,
            infos=infos,
            errors=errors,
            columns=[(say(label), name in self.headings.needed) for name, label in self.headings.labels.items()],
            **self._words(),
            **list_words(listed.type_code),
        )

    def detail(self, register_id: int, import_id: int, errors: Errors) -> str:
        """What a file would change, or has changed."""
        listed = own_service(register_id)
        here: dict[str, Any] = {"register_id": register_id, "import_id": import_id}
        info = service.get_import(current_actor(), subject=self.subject, **here)
        kind, page = _wanted(info), page_number()
        items = service.list_items(current_actor(), kind=kind, page=page, subject=self.subject, **here)
        meaning = words()
        return render_template(
            "waitlists/import.html",
            listed=listed,
            info=info,
            errors=errors,
            kinds=[(one, say(ITEM_LABELS[one]), info.counts[one]) for one in SHOWN_KINDS],
            kind=kind,
            items=[(item, self._changes(item, meaning)) for item in items],
            page=page,
            pages=pages_of(info.counts[kind], PAGE),
            address=lambda number: url_for(self.ways["show"], druh=str(kind), strana=number, **here),
            **self._words(),
            **list_words(listed.type_code),
        )

    def _changes(self, item: service.ItemLine, meaning: Any) -> list[tuple[str, str, str]]:
        labels = self.headings.labels
        return [
            (say(labels[name]), shown_value(name, before, meaning), shown_value(name, after, meaning))
            for name, (before, after) in item.changes.items()
            if name in labels and name != "code" and not (item.kind is ItemKind.NEW and after is None)
        ]

    def _words(self) -> dict[str, Any]:
        return {
            "ways": self.ways,
            "close": self.close,
            "texts": {name: say(text) for name, text in self.texts.items()},
            "import_states": dict(choices(IMPORT_STATE_LABELS)),
            "import_colours": IMPORT_COLOURS,
            "item_labels": dict(choices(ITEM_LABELS)),
        }


def _wanted(info: service.ImportInfo) -> ItemKind:
    text = chosen("druh", set(SHOWN_KINDS))
    if text is not None:
        return ItemKind(text)
    return next((kind for kind in SHOWN_KINDS if info.counts[kind]), ItemKind.NEW)
