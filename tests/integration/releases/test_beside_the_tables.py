"""What a release says beside its tables: corrected quarters, never by how much; who told needs."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.catalog.models import Service
from portal.core.cells import Cell
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import OPERATOR, Role
from portal.core.transaction import transaction
from portal.needs.models import MunicipalNeed, MunicipalNeedReport
from portal.needs.service.figures import correct, remove, write
from portal.needs.types import Key, Source, Step
from portal.releases import files, queries, readings, service
from portal.releases.models import Release
from portal.releases.service import working
from portal.releases.service.beside import read_corrections
from portal.releases.types import Beside, Corrected, Corrections, HandedOver, Origin, State, digest
from portal.returns import service as returns
from portal.returns.models import Return
from portal.returns.types import Period
from portal.waitlists.models import Application, ApplicationEvent
from tests.factories.accounts import login, make_user
from tests.factories.needs import hand_over_needs
from tests.factories.releases import closed_quarter, make_told_needs, published

Q1, Q2, Q3 = Period(2026, 1), Period(2026, 2), Period(2026, 3)
OLOMOUC, DOLANY = "500496", "501646"


@pytest.fixture
def told(lists, folder):
    """Lists, returns and needs of the second quarter, published; needs alone of the third."""
    make_told_needs(Q2)
    make_told_needs(Q3)
    db.session.commit()
    published(Q2)
    closed_quarter(Q3)


def states(of=Q2, seen_by=Q3):
    [found] = [each for each in read_corrections(seen_by) if each.period == str(of)]
    return tuple(str(found.by[origin]) for origin in Origin)


def need_row(code=OLOMOUC, period=Q2):
    query = select(MunicipalNeed).filter_by(municipality_code=code, period=str(period), situation="debts")
    return db.session.scalars(query).one()


def reopen(count=1):
    query = select(Return).where(Return.period == str(Q2), Return.state == "accepted").order_by(Return.id)
    for row in db.session.scalars(query.limit(count)).all():
        version = row.version
        returns.reopen_return(OPERATOR, register_id=register(row), period=Q2, version=version, reason="oprava")


def register(row):
    return db.session.get_one(Service, row.service_id).register_id


def late_step(*, day, kind="moved", at=None):
    application = db.session.scalars(select(Application.id).order_by(Application.id).limit(1)).one()
    db.session.add(
        ApplicationEvent(
            application_id=application,
            at_utc=at or now_utc(),
            on_day=day,
            actor_name="Petra Poskytovatelová",
            kind=kind,
            version=2,
            from_state="waiting",
            to_state="offered",
            changes={},
        )
    )


def test_without_corrections_a_release_says_none(told, folder, client):
    assert states() == ("no", "no", "no")
    published(Q3)
    whole = json.loads((folder / "2026Q3" / "release.json").read_text())
    assert whole["corrections"] == [{"period": "2026Q2", "needs": "no", "returns": "no", "waiting": "no"}]
    first = json.loads((folder / "2026Q2" / "release.json").read_text())
    assert first["corrections"] == []
    assert client.get("/zverejnene-udaje").text.count("Opravy předchozích čtvrtletí: žádné.") == 2


def test_a_return_opened_again_is_told_and_a_locked_one_is_not(told):
    row = db.session.scalars(select(Return).where(Return.period == str(Q2)).order_by(Return.id).limit(1)).one()
    with transaction():
        returns.lock_return(OPERATOR, register_id=register(row), period=Q2, version=row.version)
    assert states() == ("no", "no", "no")
    with transaction():
        reopen()
    assert states() == ("since", "no", "no")


def test_a_need_that_counts_otherwise_is_told_and_a_note_is_not(told):
    with transaction():
        row = need_row()
        write(OPERATOR, Key(*[getattr(row, name) for name in Key._fields]), Cell.of(9), "jen poznámka",
              source=Source.REGION, row=row, step=Step.WRITTEN)  # fmt: skip
        correct(OPERATOR, row, Cell.of(9), "týž počet", source=Source.REGION)
    assert states() == ("no", "no", "no")
    with transaction():
        correct(OPERATOR, need_row(), Cell.of(10), "o jednoho více", source=Source.REGION)
    assert states() == ("no", "since", "no")


@pytest.mark.parametrize("step", ["written", "removed"])
def test_a_need_told_late_or_taken_away_is_told(told, step):
    with transaction():
        if step == "removed":
            remove(OPERATOR, need_row(), source=Source.REGION)
        else:
            key = Key(str(Q2), DOLANY, "addiction", reason="no_service")
            write(OPERATOR, key, Cell.of(0), "", source=Source.MUNICIPALITY, row=None, step=Step.WRITTEN)
    assert states() == ("no", "since", "no")


def test_a_step_of_a_waiting_list_is_told_by_the_day_it_happened(told):
    with transaction():
        late_step(day=Q3.first_day)
        late_step(day=Q2.last_day, kind="noted")
        late_step(day=Q2.last_day, kind="confirmed")
        late_step(day=Q2.last_day, at=now_utc() - timedelta(days=1))  # before the list was frozen: it is in the figures
    assert states() == ("no", "no", "no")
    with transaction():
        late_step(day=Q2.last_day)
    assert states() == ("no", "no", "since")


def test_a_correction_is_told_in_each_release_after_it_and_as_new_in_the_first(told, folder):
    with transaction():
        correct(OPERATOR, need_row(), Cell.of(19), "deset rodin navíc", source=Source.REGION)
        late_step(day=Q2.last_day)
    published(Q3)
    make_told_needs(Q1)
    closed_quarter(Q1)
    assert states(seen_by=Q1) == ("no", "before", "before")
    with transaction():
        correct(OPERATOR, need_row(DOLANY), Cell.of(18), "deset rodin navíc", source=Source.REGION)
    assert states(seen_by=Q1) == ("no", "since", "before")
    # Of the third quarter needs alone are published.
    assert states(of=Q3, seen_by=Q1) == ("untold", "no", "untold")


def test_what_is_corrected_while_a_draft_is_prepared_is_told_by_the_next_release(told, folder, monkeypatch):
    """Figures are read first and stored seconds later; what changes in between is in none of them."""
    make_told_needs(Q1)
    closed_quarter(Q1)
    sources_of = working.read_sources

    def meanwhile(period):
        found = sources_of(period)
        correct(OPERATOR, need_row(period=Q1), Cell.of(12), "mezitím", source=Source.REGION)
        db.session.commit()
        return found

    monkeypatch.setattr(working, "read_sources", meanwhile)
    published(Q1)
    assert states(of=Q1) == ("untold", "since", "untold")


def test_no_number_tells_how_much_was_corrected(told, folder, client):
    """One return opened again or ten, by one person or nine: the same words, so two of them tell nothing."""
    said = []
    for count, persons in ((1, 10), (9, 80)):
        with transaction():
            reopen(count)
            correct(OPERATOR, need_row(), Cell.of(persons), "oprava", source=Source.REGION)
        said.append([Beside(read_corrections(Q3), None).as_dict(), states()])
    assert said[0] == said[1]
    published(Q3)
    rows = (folder / "2026Q3" / "corrections.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows == [
        "period;of_period;records;records_told;state;told",
        "2026Q3;2026Q2;returns;Výkazy: uživatelé, náklady, výnosy;since;opraveno po předchozím zveřejnění",
        "2026Q3;2026Q2;needs;Potřeby obcí;since;opraveno po předchozím zveřejnění",
        "2026Q3;2026Q2;waiting;Pořadníky;no;bez oprav",
    ]
    page = client.get("/zverejnene-udaje/2026Q3/needs_by_situation").text
    told = page.split("Opravy předchozích čtvrtletí", 1)[1].split("</details>", 1)[0]
    assert "2. čtvrtletí 2026" in told
    assert "Zveřejněné údaje zůstávají, jaké byly" in told
    assert client.get("/zverejnene-udaje/2026Q3/soubory/corrections.xlsx").status_code == 200
    client.set_cookie("lang", "en")
    assert "corrected since the previous publication" in client.get("/zverejnene-udaje").text


def test_the_released_tables_of_the_corrected_quarter_stay_as_they_are(told, folder):
    before = {each.name: each.read_bytes() for each in (folder / "2026Q2").iterdir()}
    with transaction():
        correct(OPERATOR, need_row(), Cell.of(90), "oprava", source=Source.REGION)
    published(Q3)
    assert {each.name: each.read_bytes() for each in (folder / "2026Q2").iterdir()} == before


def test_one_statement_for_each_kind_of_records_however_many_quarters(told, folder, queries):
    queries.statements.clear()
    read_corrections(Q3)
    few = queries.count
    published(Q3)
    make_told_needs(Q1)
    closed_quarter(Q1)
    queries.statements.clear()
    assert len(read_corrections(Q1)) == 2
    assert queries.count == few == 1 + len(Origin)


@pytest.fixture
def handed(app, told):
    with transaction():
        hand_over_needs(OLOMOUC, DOLANY, period=Q3)
    published(Q3)


def test_a_release_says_which_part_of_the_municipalities_told_their_needs(handed, folder, app, client):
    settings = app.extensions["portal_settings"]
    told = {"7107": HandedOver(2, 3), "7111": HandedOver(0, 2)}
    assert readings.published_handed_over(settings, Q3) == told
    rows = (folder / "2026Q3" / "handed_over.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows == [
        "period;orp_code;orp;handed_over;municipalities",
        "2026Q3;7107;Olomouc;2;3",
        "2026Q3;7111;Šumperk;0;2",
        "2026Q3;all;celkem;2;5",
    ]
    single = json.loads((folder / "2026Q3" / "needs_by_type.json").read_text())
    assert single["handed_over"]["7107"] == {"handed_over": 2, "municipalities": 3}
    for name in ("needs_by_situation", "needs_by_type"):
        foot = client.get(f"/zverejnene-udaje/2026Q3/{name}").text.split("<tfoot>", 1)[1].split("</tfoot>", 1)[0]
        assert [foot.count(each) for each in ("2 z 3", "0 z 2", "2 z 5")] == [1, 1, 1]
    planner = login(app.test_client(), make_user(role=Role.PLANNER))
    assert "2 z 5" in planner.get("/zverejneni/2026Q3").text


def test_who_hands_over_after_the_release_changes_nothing_of_it(handed, folder, app):
    settings = app.extensions["portal_settings"]
    before = readings.published_handed_over(settings, Q3)
    with transaction():
        db.session.execute(update(MunicipalNeedReport).values(period=str(Q2)))
    assert readings.published_handed_over(settings, Q3) == before
    assert readings.published_handed_over(settings, Q2)["7107"] == HandedOver(0, 3)
    assert readings.published_handed_over(settings, Q1) is None


def test_a_release_without_needs_says_nothing_of_who_handed_over(lists, folder, app, client):
    published(Q2)
    assert readings.published_handed_over(app.extensions["portal_settings"], Q2) is None
    assert not (folder / "2026Q2" / "handed_over.csv").exists()
    assert "<tfoot>" not in client.get("/zverejnene-udaje/2026Q2/costs_by_type").text


def test_a_release_from_before_reads_as_ever(told, folder, app, client):
    """Prepared by a version that said nothing beside its tables: digest, files and pages stay as they were."""
    stored = queries.release(str(Q2), "content")
    told = json.dumps(
        [str(Q2), stored.rules, stored.content], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    sha = hashlib.sha256(told.encode()).hexdigest()
    with transaction():
        db.session.execute(
            update(Release).values(beside=None, content_sha256=sha, audited_sha256=sha, state=State.PUBLISHED)
        )
    for each in (folder / "2026Q2").iterdir():
        each.unlink()
    (folder / "2026Q2").rmdir()
    assert service.write_missing_files(folder, existing=set()) == ["2026Q2"]
    assert service.read_preview(OPERATOR, Q2).is_whole
    whole = json.loads((folder / "2026Q2" / "release.json").read_text())
    assert set(whole) == {"format", "period", "rules", "sha256", "published_at", "tables", "names"}
    assert not (folder / "2026Q2" / "corrections.csv").exists()
    assert files.read_release(folder, "2026Q2").beside is None
    assert readings.published_handed_over(app.extensions["portal_settings"], Q2) is None
    assert client.get("/zverejnene-udaje/2026Q2/needs_by_situation").status_code == 200
    assert "Opravy předchozích čtvrtletí:" not in client.get("/zverejnene-udaje").text
    planner = login(app.test_client(), make_user(role=Role.PLANNER))
    assert planner.get("/zverejneni/2026Q2").status_code == 200
    assert states() == ("no", "no", "no")


def test_what_is_said_beside_the_tables_is_part_of_the_digest(told, folder):
    stored = queries.release(str(Q2), "content", "beside")
    assert digest(str(Q2), stored.rules, stored.content, stored.beside) == stored.content_sha256
    with transaction():
        handed = {**stored.beside["handed_over"], "7107": {"handed_over": 3, "municipalities": 3}}
        db.session.execute(update(Release).values(beside={**stored.beside, "handed_over": handed}))
    assert not service.read_preview(OPERATOR, Q2).is_whole


def test_what_is_stored_beside_comes_back():
    said = dict(zip(Origin, (Corrected.NO, Corrected.BEFORE, Corrected.UNTOLD), strict=True))
    one = Beside([Corrections("2026Q1", said)], {"7107": HandedOver(1, 2)})
    assert Beside.from_dict(json.loads(json.dumps(one.as_dict()))) == one
    assert one.has_corrections
