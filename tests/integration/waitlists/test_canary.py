"""A name and a birth number that somebody types or sends go nowhere; a stolen database gives nobody away."""

import hashlib
import io
import json
import logging
import zipfile
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core.db import Model, db
from portal.identity.coding import make_digests
from portal.identity.kinds import linkage_inputs
from portal.identity.types import Identity
from portal.operation import backup
from portal.vault.backup import write_backup as write_vault_backup
from portal.waitlists import service
from portal.waitlists.models import Application
from portal.waitlists.need.service import recount
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.waitlists import ROW, the_vault

NAME, NUMBER = "Canárková", "445612012"
WHO = Identity(given="Marie", surname=NAME, born="12. 6. 1944", birth_number=NUMBER)
YEAR = 1944
FORM = {
    "file_reference": "SOC-1/26",
    "received_on": "2. 3. 2026",
    "adverse_situation": "housing",
    "municipality": "unknown",
    "urgency": "usual",
    "birth_year": "1944",
}


class LocalPortal:
    """The vault as the browser reaches it."""

    def evaluate(self, points):
        return service.evaluate_points(the_vault(), OWN_ICO, points)

    def codes(self, _people):
        raise AssertionError("digests go with the form")


def digests():
    [found] = make_digests(LocalPortal(), [linkage_inputs(WHO)])
    return json.dumps([None if one is None else one.hex() for one in found])


def whole_database():
    """Every value of every table of the portal."""
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            yield from row


def told(value):
    if isinstance(value, bytes):
        return value.decode("latin-1") + value.hex()
    return json.dumps(value, ensure_ascii=False, default=str)


def birth_numbers_of(year):
    """Every birth number that may have been given to somebody born in the year: nine digits, as before 1954."""
    day = date(year, 1, 1)
    while day.year == year:
        for month in (day.month, day.month + 50):
            stem = f"{year % 100:02}{month:02}{day.day:02}"
            yield from (f"{stem}{ending:03}" for ending in range(1000))
        day += timedelta(days=1)


def texts_of(content):
    """The text of a page or CSV, or of each part of a workbook."""
    if not content.startswith(b"PK"):
        return [content.decode()]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return [book.read(name).decode() for name in book.namelist()]


@pytest.fixture
def typed(app, own, caplog):
    """What somebody may do wrong: a name in every box, a birth number in a note, a list with names."""
    caplog.set_level(logging.DEBUG)
    client = login(app.test_client(), make_user(role="provider_approver"))
    here = f"/poradniky/{own.register_id}"
    answers = [client.post(f"{here}/nova-zadost", data={**FORM, "digests": digests()})]
    application_id = db.session.scalars(select(Application.id)).one()
    one = f"{here}/zadosti/{application_id}"
    for field in (*FORM, "digests", "code", "note", "criteria", "target_group", "sex", "can_start_from"):
        wrong = {**FORM, "digests": digests(), field: f"{NAME} {NUMBER[:6]}/{NUMBER[6:]}"}
        answers.append(client.post(f"{here}/nova-zadost", data=wrong))
        answers.append(client.post(f"{one}/uprava", data={**wrong, "version": "1"}))
    for field in ("step", "on", "reason", "note"):
        step = {"version": "1", "step": "withdraw", "on": "1. 7. 2026", field: f"{NAME} {NUMBER}"}
        answers.append(client.post(f"{one}/krok", data=step))
    answers.append(client.post(f"{one}/poznamka", data={"text": f"{NAME} {NUMBER[:6]}/{NUMBER[6:]}"}))
    lists = [";".join([*ROW, "jméno", "rodné číslo"]), NAME, NUMBER]
    listed = "\n".join([lists[0], ";".join([*ROW.values(), NAME, NUMBER])])
    for where in ("import", "uzivatele/import"):
        sent = {"file": (io.BytesIO(listed.encode()), f"{NAME}.csv")}
        answers.append(client.post(f"{here}/{where}", data=sent, content_type="multipart/form-data"))
        answers.append(client.post(f"{here}/{where}", data={"list": listed}))
    for field in ("started_on", "municipality", "adverse_situation", "birth_year", "sex", "digests", "code"):
        user = {**FORM, "started_on": "2. 3. 2026", "digests": digests(), field: f"{NAME} {NUMBER}"}
        answers.append(client.post(f"{here}/uzivatele/novy", data=user))
    answers.append(client.post("/zadatele/kody", json={"people": [[NAME, NUMBER]], "provider": NAME}))
    assert {answer.status_code for answer in answers} <= {303, 404, 409, 422}
    return client, here, one


def test_neither_name_nor_birth_number_is_stored_logged_exported_or_backed_up(
    app, typed, caplog, tmp_path, monkeypatch
):
    client, here, one = typed
    everything = [told(value) for value in whole_database()]
    everything.append(caplog.text)
    own = (here, one, "/poradniky", f"{here}/import", f"{here}/uzivatele?vsichni=1", f"{here}/uzivatele/import")
    files = [f"{here}/{name}{kind}" for name in ("zadosti", "uzivatele") for kind in (".csv", ".xlsx")]
    need = ("/zadatele/potreba", "/zadatele/potreba.xlsx", "/zadatele/prostupnost", "/poradniky/vazby")
    recount()
    for visitor, addresses in (
        (client, (*own, *files)),
        (login(app.test_client(), make_user(role="planner")), (*own[:3], *files, *need)),
    ):
        for address in addresses:
            with visitor.get(f"{address}?stav=any" if "zadosti." in address else address) as answer:
                assert answer.status_code == 200, address
                everything += texts_of(answer.data)
    path = tmp_path / "backup.zip"
    connection = db.session.connection()  # of this test; another would not see what it stored
    monkeypatch.setattr(backup, "_snapshot", lambda: nullcontext(connection))
    backup.write_backup(path, lambda _table, _rows: None)
    connection.execution_options(stream_results=False, yield_per=None, max_row_buffer=1000)
    with zipfile.ZipFile(path) as archive:
        everything += [archive.read(name).decode() for name in archive.namelist()]
    settings = app.extensions["portal_settings"]
    write_vault_backup(settings.vault, tmp_path / "vault.backup", [])
    everything.append((tmp_path / "vault.backup").read_bytes().decode("latin-1"))
    files = [file for kept in (settings.instance_dir, settings.vault.folder) for file in kept.rglob("*")]
    everything += [str(file) for file in files]
    everything += [file.read_bytes().decode("latin-1") for file in files if file.is_file()]
    assert {file.name for file in files} >= {"vault.db"}
    for canary in (NAME.lower(), "canark", NUMBER, f"{NUMBER[:6]}/{NUMBER[6:]}"):
        assert [text for text in everything if canary in text.lower()] == [], canary
    assert any("SOC-1/26" in text for text in everything)


def test_a_dictionary_of_all_birth_numbers_of_a_year_finds_nobody_in_a_stolen_database(typed):
    """Every stored value of 16 to 64 bytes against the hashes of all birth numbers of a year, as they are written."""
    values = [value for value in whole_database() if isinstance(value, bytes) and 16 <= len(value) <= 64]
    stolen = {part for value in values for part in (value[:16], value[-16:])}
    texts = {value for value in whole_database() if isinstance(value, str) and 32 <= len(value) <= 128}
    assert len(stolen) >= 2
    planted = f"{YEAR % 100}0101001"  # so that the attack is seen to work
    stolen.add(hashlib.sha256(planted.encode()).digest()[:16])
    found, tried = set(), 0
    for number in birth_numbers_of(YEAR):
        tried += 1
        for written in (number, f"{number[:6]}/{number[6:]}", f"kissos/1/birth_number/{number}"):
            hashed = hashlib.sha256(written.encode())
            if hashed.digest()[:16] in stolen or hashed.digest()[16:] in stolen or hashed.hexdigest() in texts:
                found.add(written)
    assert tried == 366 * 2 * 1000
    assert found == {planted}
