"""Returns as files in the browser: download, upload, preview, copy, writing and taking back."""

import io
import re
import zipfile
from html import unescape

import pytest

from portal.core.cells import Cell
from portal.core.transaction import transaction
from portal.core.workbooks.files import read_file
from portal.returns.files.recognising import recognise
from portal.returns.views import files
from tests.factories.accounts import FOREIGN_ICO, login, make_user
from tests.factories.return_files import good_sheet, key_of, place_of, workbook
from tests.factories.returns import make_reporting_service
from tests.factories.returns_pages import Q2, words

ADDRESS = "/vykazy/soubor"


@pytest.fixture
def stranger(app, service):
    return login(app.test_client(), make_user(role="provider_editor", provider=FOREIGN_ICO))


def sent(service, figures=None):
    sheet = good_sheet(figures)
    sheet.put("E1", sheet.cells[1, 5].replace("1001|", f"{service.register_id}|"))
    return workbook(sheet)


def upload(person, content, name="výkaz.xlsx", period=str(Q2)):
    form = {"obdobi": period, "soubor": (io.BytesIO(content), name)}
    return person.client.post(ADDRESS, data=form, content_type="multipart/form-data")


def test_a_provider_uploads_sees_writes_and_takes_back(service, editor):
    answer = upload(editor, sent(service))
    assert answer.status_code == 303
    page = editor.client.get(answer.location)
    assert "nových 1, změněných 0" in words(page)
    assert "Zapíše se 1 výkaz jako rozepsaný" in words(page)
    assert editor.client.post(f"{answer.location}/zapis").status_code == 303
    assert "údaje jsou zapsané" in words(editor.client.get(answer.location)).lower()
    assert 'value="4\u00a0000,5"' in editor.get().text
    assert editor.client.post(f"{answer.location}/zpet").status_code == 303
    assert 'value="4\u00a0000,5"' not in editor.get().text


def test_a_return_leads_to_a_sheet_of_its_service_alone(service, editor, kraj):
    with transaction():
        make_reporting_service(service.provider, type_code="49", forms=("residential",))
    every = editor.client.get(f"{ADDRESS}/list?obdobi={Q2}&format=csv").text
    for person in (editor, kraj):
        found = re.search(rf'href="({ADDRESS}/list[?]format=csv[^"]*)"', person.get().text)
        alone = person.client.get(unescape(found[1])).text
        services = {line.split(";")[1] for line in alone.splitlines()[1:]}
        assert services == {str(service.register_id)}
        assert len(every.splitlines()) == 2 * len(alone.splitlines()) - 1


def test_faults_are_told_by_the_cell_and_marked_in_a_copy(service, editor):
    answer = upload(editor, sent(service, {"all-users_new": "asi šest"}))
    page = editor.client.get(answer.location)
    assert place_of("all-users_new") in words(page)
    assert "„asi šest“: Napište číslo" in words(page)
    assert "Zapsat údaje" not in page.text
    copy = editor.client.get(f"{answer.location}/kopie")
    assert "attachment" in copy.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(copy.data)) as file:
        assert "Napište číslo" in file.read("xl/comments1.xml").decode()
    assert editor.client.post(f"{answer.location}/zapis").status_code == 409


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "je prázdný"),
        (b"PK\x03\x04 nic", "je poškozený"),
        (b"<html></html>", "je webová stránka"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_at_its_field(service, editor, content, sentence):
    answer = upload(editor, content)
    assert answer.status_code == 422
    assert re.search(rf'id="soubor-error"[^>]*>.*{sentence}', answer.text, re.DOTALL)


def test_a_large_file_is_checked_by_the_worker_and_leads_to_the_preview(service, editor, stranger, monkeypatch):
    monkeypatch.setattr(files, "SMALL_BYTES", 100)
    answer = upload(editor, sent(service, {"all-users_new": "asi šest"}))
    assert (answer.status_code, "/vykazy/soubor/uloha/" in answer.location) == (303, True)
    assert stranger.get(answer.location).status_code == 404
    preview = editor.client.get(answer.location).location
    assert editor.client.get(f"{answer.location}/stav").json["next"] == answer.location
    page = editor.client.get(preview)
    assert "„asi šest“: Napište číslo" in words(page)
    copy = editor.client.get(f"{preview}/kopie")
    with zipfile.ZipFile(io.BytesIO(copy.data)) as file:
        assert "Napište číslo" in file.read("xl/comments1.xml").decode()


def test_a_large_file_that_cannot_be_taken_says_why(app, service, editor, monkeypatch):
    monkeypatch.setattr(files, "SMALL_BYTES", 1)
    answer = upload(editor, b'ctvrtleti;sluzba;forma;udaj;hodnota\r\n"2026Q2;1;all;users_new;1')
    page = editor.client.get(answer.location)
    assert "nejde přečíst jako CSV" in words(page)
    assert "Řádek 2: " in words(page)
    assert "Nic se nezapsalo" in words(page)
    assert list((app.extensions["portal_settings"].instance_dir / "uploads").glob("returns-*")) == []


def test_without_a_file_or_a_quarter_the_form_says_so(service, editor):
    assert "Vyberte soubor s výkazy" in words(editor.client.post(ADDRESS, data={"obdobi": str(Q2)}))
    assert upload(editor, sent(service), period="léto").status_code == 422


def test_the_downloaded_sheet_can_be_filled_in_and_sent(service, editor, tmp_path):
    editor.post(**{"all-users_new": "6"})
    for form, cells in (("xlsx", 1), ("csv", 1)):
        answer = editor.client.get(f"{ADDRESS}/list?obdobi={Q2}&format={form}")
        path = tmp_path / f"list.{form}"
        path.write_bytes(answer.data)
        (filed,) = recognise(read_file(path, "v"), "v").returns
        assert filed.cells[key_of("all-users_new")] == Cell.of(6)
        assert sum(cell.number is not None for cell in filed.cells.values()) == cells
    empty = editor.client.get(f"{ADDRESS}/list?obdobi={Q2}&obsah=prazdny")
    path.write_bytes(empty.data)
    assert recognise(read_file(path, "v"), "v").returns[0].is_empty


def test_a_change_after_the_preview_is_a_409_and_nothing_is_written(service, editor, approver):
    answer = upload(editor, sent(service))
    approver.post(**{"all-users_new": "5"})
    refused = editor.client.post(f"{answer.location}/zapis")
    assert refused.status_code == 409
    assert "Nic se nezapsalo: tyto výkazy se po náhledu změnily: Domov Pod Lipami" in words(refused)
    assert 'value="5"' in editor.get().text


def test_the_auditor_downloads_but_uploads_nothing(service, auditor):
    page = auditor.client.get(ADDRESS)
    assert "Stáhněte si list" in words(page)
    assert "Zkontrolovat soubor" not in page.text
    assert upload(auditor, sent(service)).status_code == 403


def test_the_kraj_writes_a_draft_for_a_provider(service, kraj):
    answer = upload(kraj, sent(service))
    assert kraj.client.post(f"{answer.location}/zapis").status_code == 303
    assert "4 000,5" in words(kraj.get())
