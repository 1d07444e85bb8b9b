"""The import in the administration: upload, look, apply, take back, each by a person who may."""

import io
import json
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import func, select

from portal.catalog.jobs import READ_JOB
from portal.catalog.models import Service
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.jobs import Job
from portal.core.transaction import transaction
from tests.factories.accounts import login, make_user
from tests.factories.addresses import Address, content_of, row_of, write_archive
from tests.factories.register import changed, find, some_entries, take, take_and_apply, write_files
from tests.factories.returns import make_return
from tests.factories.territory import store_small_territory


@pytest.fixture
def administrator(app, client):
    store_small_territory()
    return login(client, make_user(role="administrator"))


@pytest.fixture
def auditor(app):
    return login(app.test_client(), make_user(role="auditor"))


def count_services():
    return db.session.scalar(select(func.count()).select_from(Service))


def uploaded(files, *, register="rpss.json", lists=True):
    data = {"register": (io.BytesIO(Path(files.register).read_bytes()), register)}
    if lists:
        data["code_lists"] = [
            (io.BytesIO(path.read_bytes()), path.name)
            for path in sorted(files.lists_folder.glob("*.json"))
            if path.name in ("druhy-socialni-sluzby.json", "cilove-skupiny-osoby.json", "obce.json")
        ]
    return data


def token(client, address="/sprava/importy"):
    text = client.get(address).text
    return text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def post(client, address, **data):
    return client.post(address, data={"csrf_token": token(client), **data}, content_type="multipart/form-data")


def rename(entry):
    for facility in entry["zarizeni"]:
        facility["nazev"] = "Dům <b>Nový</b>"


def test_a_file_goes_from_upload_over_preview_into_the_catalogue_and_back(administrator, tmp_path):
    files = write_files(tmp_path, some_entries(30))
    answer = post(administrator, "/sprava/importy", **uploaded(files))
    assert answer.status_code == 302
    answer = administrator.get(answer.location)
    assert answer.status_code == 302
    page = answer.location
    text = administrator.get(page).text
    assert "připraveno k provedení" in text
    assert "Přibylo (30)" in text
    assert count_services() == 0
    answer = post(administrator, f"{page}/provest")
    assert administrator.get(answer.location).location == page
    assert count_services() == 30
    assert "Vzít tento import zpět" in administrator.get(page).text
    answer = post(administrator, f"{page}/vzit-zpet")
    assert answer.status_code == 422
    assert "Zaškrtněte" in answer.text
    assert count_services() == 30
    answer = post(administrator, f"{page}/vzit-zpet", confirm_back="yes")
    assert administrator.get(answer.location).location == page
    assert count_services() == 0
    assert "vzato zpět" in administrator.get(page).text


def test_the_uploaded_files_are_gone_after_the_job(administrator, tmp_path):
    answer = post(administrator, "/sprava/importy", **uploaded(write_files(tmp_path, some_entries(3))))
    assert answer.status_code == 302
    uploads = current_app.extensions["portal_settings"].instance_dir / "uploads"
    assert list(uploads.iterdir()) == []
    answer = post(administrator, "/sprava/importy", **uploaded(write_files(tmp_path / "bad", b"{")))
    assert "odmítnuto" in administrator.get(administrator.get(answer.location).location).text
    assert list(uploads.iterdir()) == []


def test_an_incomplete_upload_says_what_is_missing_at_the_field(administrator, tmp_path):
    files = write_files(tmp_path, some_entries(3))
    answer = post(administrator, "/sprava/importy")
    assert answer.status_code == 422
    assert 'href="#register"' in answer.text
    assert 'href="#code_lists"' in answer.text
    answer = post(administrator, "/sprava/importy", **uploaded(files, register="rpss.exe"))
    assert answer.status_code == 422
    assert ".json" in answer.text
    answer = post(administrator, "/sprava/importy", **uploaded(files, lists=False))
    assert "druhy-socialni-sluzby.json" in answer.text
    data = uploaded(files)
    data["code_lists"].append((io.BytesIO(b"{}"), "../../etc.json"))
    assert "etc.json" in post(administrator, "/sprava/importy", **data).text
    data = uploaded(files)
    for content, name, said in (
        (b"", "adresy.xlsx", ".csv nebo .zip"),
        (b"PK\x03\x04", "kraj.ZIP", "kraj.ZIP nelze přečíst jako ZIP"),
    ):
        data = uploaded(files) | {"addresses": [(io.BytesIO(content), name)]}
        answer = post(administrator, "/sprava/importy", **data)
        assert answer.status_code == 422
        assert said in answer.text.split('id="addresses-error"', 1)[1]
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_addresses_come_as_an_archive_and_a_fault_in_it_is_told_by_its_name_and_row(administrator, tmp_path):
    entries = some_entries(5)
    files = write_files(tmp_path, entries)
    code = next(
        each["adresa"]["kodAdresnihoMista"] for entry in entries for each in entry["zarizeni"] if each["adresa"]
    )
    beyond = {"Souřadnice Y": "1121000", "Souřadnice X": "546000"}
    for number, (changes, said) in enumerate((({}, "připraveno k provedení"), (beyond, "adresy.zip/obec.csv:2"))):
        content = content_of([row_of(Address(code), changes)])
        archive = write_archive(tmp_path / f"{number}.zip", {"obec.csv": content}).read_bytes()
        data = uploaded(files) | {"addresses": [(io.BytesIO(archive), "адресы.zip")]}
        answer = post(administrator, "/sprava/importy", **data)
        page = administrator.get(administrator.get(answer.location).location).text
        assert said in page
    assert 'accept=".csv,.zip"' in administrator.get("/sprava/importy").text


def test_a_name_that_climbs_out_of_the_folder_is_made_plain(administrator, tmp_path):
    files = write_files(tmp_path, some_entries(3))
    answer = post(administrator, "/sprava/importy", **uploaded(files, register="../../../rpss.json"))
    text = administrator.get(administrator.get(answer.location).location).text
    assert "rpss.json" in text
    assert ".." not in text.split("<main", 1)[1]


def test_a_waiting_import_wants_a_tick_and_shows_old_and_new(administrator, tmp_path):
    entries = some_entries(10)
    take_and_apply(tmp_path, entries)
    plain = next(n for n, entry in enumerate(entries) if entry["zarizeni"][0]["adresa"])
    info = take(tmp_path, changed(entries, plain, rename))
    page = f"/sprava/importy/{info.id}"
    text = administrator.get(page).text
    assert "čeká na potvrzení" in text
    assert "Dům &lt;b&gt;Nový&lt;/b&gt;" in text
    assert "<b>Nový" not in text
    assert "název služby" in text
    answer = post(administrator, f"{page}/provest")
    assert answer.status_code == 422
    assert 'href="#confirm"' in answer.text
    answer = post(administrator, f"{page}/provest", confirm="yes")
    assert administrator.get(answer.location).location == page
    assert "provedeno" in administrator.get(page).text


def test_a_preview_can_be_put_aside(administrator, tmp_path):
    info = take(tmp_path, some_entries(5))
    answer = post(administrator, f"/sprava/importy/{info.id}/odlozit")
    assert answer.location == "/sprava/importy"
    assert "odloženo" in administrator.get("/sprava/importy").text
    post(administrator, f"/sprava/importy/{info.id}/provest")
    assert count_services() == 0


def test_the_auditor_looks_on_and_can_do_nothing(administrator, auditor, tmp_path):
    info = take(tmp_path, some_entries(5))
    text = auditor.get(f"/sprava/importy/{info.id}").text
    assert "Provést v katalogu" not in text
    assert 'type="file"' not in auditor.get("/sprava/importy").text
    answer = auditor.post(f"/sprava/importy/{info.id}/provest", data={"csrf_token": token(administrator)})
    assert answer.status_code in (400, 403)
    assert count_services() == 0


def test_a_job_that_failed_says_why_in_the_readers_language(administrator, tmp_path):
    entries = some_entries(60)
    slow = take(tmp_path, entries)
    quick = take(tmp_path / "quick", some_entries(61))
    assert slow.id != quick.id
    post(administrator, f"/sprava/importy/{quick.id}/provest", confirm="yes")
    answer = post(administrator, f"/sprava/importy/{slow.id}/provest", confirm="yes")
    text = administrator.get(answer.location).text
    assert "Načtěte soubor znovu" in text
    state = json.loads(administrator.get(f"{answer.location}/stav").text)
    assert state["state"] == "failed"
    assert state["next"] == answer.location


def test_taking_back_an_import_with_returns_says_which_services_are_in_the_way(administrator, tmp_path):
    entries = some_entries(5)
    info = take_and_apply(tmp_path, entries)
    number = entries[0]["portalId"]
    with transaction():
        make_return(find(number), "2026Q2", state="draft")
    answer = post(administrator, f"/sprava/importy/{info.id}/vzit-zpet", confirm_back="yes")
    text = administrator.get(answer.location).text
    assert f"(číslo v registru: {number})" in text
    assert "Načtěte místo toho opravený soubor registru" in text
    assert count_services() == 5
    assert "Vzít tento import zpět" in administrator.get(f"/sprava/importy/{info.id}").text


def test_a_running_job_shows_its_progress_with_and_without_scripts(administrator):
    queue = current_app.extensions["portal_queue"]
    db.session.add(Job(id="e" * 32, kind=READ_JOB, state="running", arguments={}, result={}, created_at_utc=now_utc()))
    db.session.commit()
    queue.put("progress:" + "e" * 32, json.dumps([42, 100]))
    page = administrator.get("/sprava/importy/uloha/" + "e" * 32)
    assert 'value="42"' in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    state = json.loads(administrator.get("/sprava/importy/uloha/" + "e" * 32 + "/stav").text)
    assert state == {"state": "running", "percent": 42, "next": None}
    assert "Čtení souboru" in administrator.get("/sprava/importy").text


def test_addresses_that_mean_nothing_are_refused(administrator, tmp_path):
    info = take(tmp_path, some_entries(3))
    for address, status in (
        ("/sprava/importy/999", 404),
        ("/sprava/importy/uloha/nic", 404),
        (f"/sprava/importy/{info.id}?druh=jine", 400),
        (f"/sprava/importy/{info.id}?strana=x", 400),
        ("/sprava/importy?strana=-1", 400),
        (f"/sprava/importy/{info.id}?strana=99", 200),
    ):
        assert administrator.get(address).status_code == status


def test_the_pages_ask_a_fixed_number_of_queries(administrator, queries, tmp_path):
    counts = []
    for number in (5, 60):
        info = take(tmp_path / str(number), some_entries(number))
        found = []
        for address in ("/sprava/importy", f"/sprava/importy/{info.id}"):
            queries.statements.clear()
            administrator.get(address)
            found.append(queries.count)
        counts.append(found)
    assert counts[0] == counts[1]
