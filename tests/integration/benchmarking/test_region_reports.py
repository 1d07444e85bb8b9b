"""PDF reports of the comparison: what they say, who fetches them, for how long they are there."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from portal.benchmarking import jobs
from portal.benchmarking.compare_commands import compare
from portal.benchmarking.metrics import Year
from portal.benchmarking.models import RegionReport
from portal.benchmarking.service import region_reports
from portal.benchmarking.service.notes import write_note
from portal.core.clock import frozen_at, now_utc
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid
from portal.core.jobs import Job, JobState
from portal.core.kept import forget
from portal.core.messages import _m
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.returns.types import Period
from tests.factories.accounts import login, make_user
from tests.factories.benchmarking import make_reported_service
from tests.factories.returns import NA, make_reporting_service, make_return

Q2 = Period(2026, 2)
DIRECT = "direct_work_utilisation"
ADDRESS = "/srovnani/zpravy"


@pytest.fixture
def planner(client):
    return login(client, make_user(role="planner"))


def send(client, address, page=ADDRESS, **data):
    token = client.get(page).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(address, data={"csrf_token": token, **data})


def ask(client, druh="46", obdobi="2026Q2"):
    answer = send(client, ADDRESS, druh=druh, obdobi=obdobi)
    assert answer.status_code == 302, answer.text
    return answer.location


def words_of(content):
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return " ".join(" ".join(pages).replace("\xa0", " ").split())


def document(type_code=None, span=Q2, report=lambda done, total: None):
    db.session.commit()
    target = io.BytesIO()
    jobs.write_region_report(OPERATOR, span, type_code, target, report)
    return words_of(target.getvalue())


def fill_the_type():
    """Values, a zero, a return without the figure, none at all, and one value far from its own history."""
    steady = make_reported_service(Q2, 0.5, name="Stacionář Šumperk")
    make_reported_service(Q2, 0.72, name="Stacionář Jeseník")
    make_return(make_reporting_service(name="Nulový"), Q2, {"direct_hours": 0, "direct_care_fte": 5})
    make_return(make_reporting_service(name="Prázdný"), Q2, {"direct_hours": None, "direct_care_fte": 5})
    make_return(make_reporting_service(name="Netýká"), Q2, {"direct_hours": NA, "direct_care_fte": NA})
    make_reporting_service(name="Bez výkazu")
    for back, share in enumerate([0.9, 0.92, 0.88, 0.91, 0.89, 0.9], start=1):
        hours = round(share * 5 * Q2.shifted(-back).working_time_fund_hours, 2)
        make_return(steady, Q2.shifted(-back), {"direct_hours": hours, "direct_care_fte": 5})


def test_a_type_on_paper_tells_the_group_each_service_and_each_state_in_words(app):
    fill_the_type()
    write_note(OPERATOR, metric=DIRECT, type_code="46", period=Q2, text="Nová <pravidla>")
    words = document("46")
    for said in (
        "46 – Denní stacionáře",
        "Využití kapacity přímé práce: celá služba 60 % 3 3",  # norm, with a value, missing
        "Normu plní 1 z 3 služeb s hodnotou.",
        "1 služba nemá přijatý výkaz.",
        "2 služby mají výkaz bez tohoto údaje.",
        "72,0 % +12,0",
        "0,0 % −60,0",
        "Prázdný",
        "neuvedeno",
        "netýká se",
        "nedodáno",
        "Desetiny skupiny",
        "2. čtvrtletí 2026 Nová <pravidla>",
        "Jen pro kraj: přesná čísla jednotlivých poskytovatelů.",
    ):
        assert said in words, said
    assert "pod normou, neobvyklé proti vlastní historii" in words
    assert "50,0 % 90,0 %" in words  # the value and that of the quarter before
    assert "4. čtvrtletí 2024" in words
    assert "3. čtvrtletí 2024" not in words  # before the first return of the type


def test_the_network_has_a_summary_and_a_section_for_each_type_with_services(app):
    make_reported_service(Q2, 0.5, name="Denní")
    make_reported_service(Q2, 0.9, name="Osobní", type_code="39")
    make_return(
        make_reporting_service(type_code="49", forms=["residential"], name="Domov"),
        Q2,
        {("residential", "bed_days_used"): 910, ("residential", "beds"): 10},
    )
    told = []
    words = document(report=lambda done, total: told.append((done, total)))
    assert told == [*((place, 6) for place in (1, 2, 3, 4, 5, 6)), (1, 1)]
    summary = words[: words.index("Jak čísla číst")]
    for said in ("Typ po typu", "Osobní asistence", "Denní stacionáře", "Domovy pro seniory", "Obložnost: pobytová"):
        assert said in summary, said
    assert "Raná péče" in summary  # among the types without a service
    assert words.index("39 – Osobní asistence") < words.index("46 – Denní") < words.index("49 – Domovy pro seniory")
    for name in ("Denní", "Osobní", "Domov"):
        assert name in words
    assert "54 – Raná péče" not in words


def test_a_year_has_no_year_before_it_in_the_changes(app):
    make_reported_service(Q2, 0.5)
    words = document("46", Year(2026))
    assert "rok 2026" in words.lower()
    assert "Proti loňsku" not in words


def test_a_report_is_asked_for_made_and_fetched_by_whoever_asked(planner):
    make_reported_service(Q2, 0.5, name="Stacionář Šumperk")
    address = ask(planner)
    page = planner.get(address).text
    assert "Zpráva je hotová." in page
    state = planner.get(f"{address}/stav").json
    assert (state["state"], state["percent"], state["next"]) == ("done", 100, address)
    answer = planner.get(f"{address}/pdf")
    assert answer.mimetype == "application/pdf"
    assert "srovnani-2026Q2-46.pdf" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Stacionář Šumperk" in words_of(answer.data)
    assert "Denní stacionáře, 2. čtvrtletí 2026" in planner.get(ADDRESS).text


def test_the_page_of_a_report_that_is_being_made_follows_it_with_and_without_scripts(planner):
    make_reported_service(Q2, 0.5)
    address = ask(planner)
    with transaction() as session:
        session.query(Job).one().state = JobState.RUNNING
    page = planner.get(address).text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert f'data-address="{address}/stav"' in page
    assert "/assets/web/progress-" in page
    assert 'value="100"' in page
    assert planner.get(f"{address}/stav").json["next"] is None
    assert ask(planner) == address  # what is being made is not begun anew


def test_a_report_is_in_the_language_of_whoever_asked(planner):
    make_reported_service(Q2, 0.5)
    planner.set_cookie("lang", "en")
    assert "For the region alone" in words_of(planner.get(f"{ask(planner, 'vse')}/pdf").data)


def test_nobody_else_reaches_a_report(app, planner):
    make_reported_service(Q2, 0.5)
    address = ask(planner)
    other = login(app.test_client(), make_user(role="auditor"))
    for path in (address, f"{address}/stav", f"{address}/pdf"):
        assert other.get(path).status_code == 404
    assert send(other, f"{address}/smazat").status_code == 404
    assert "Denní stacionáře, 2." not in other.get(ADDRESS).text
    assert planner.get(f"{address}/pdf").status_code == 200


def test_a_report_is_gone_when_deleted_and_after_a_day(planner):
    make_reported_service(Q2, 0.5)
    address = ask(planner)
    assert send(planner, f"{address}/smazat").status_code == 302
    assert planner.get(address).status_code == 404
    assert not region_reports.keep_content(address.rsplit("/", 1)[1], b"%PDF")  # a job that came too late
    later = ask(planner)
    with frozen_at(now_utc() + region_reports.KEPT_FOR):
        assert db.session.query(RegionReport).count() == 1
        jobs.delete_expired(None)
    assert db.session.query(RegionReport).count() == 0
    assert planner.get(f"{later}/pdf").status_code == 404


def test_an_expired_report_is_not_handed_out_while_it_waits_for_the_clock(app):
    make_reported_service(Q2, 0.5)
    asker = Actor(user_id=make_user(role="planner").id, name="P", grants=frozenset({Grant(Role.PLANNER)}))
    with transaction():
        report_id = region_reports.ask_report(asker, type_code="46", span=Q2, language="cs")
    assert region_reports.report_content(asker, report_id)[1]
    with frozen_at(now_utc() + region_reports.KEPT_FOR + timedelta(seconds=1)):
        assert region_reports.list_reports(asker) == []


def test_only_so_many_reports_are_kept(planner, monkeypatch):
    make_reported_service(Q2, 0.5)
    monkeypatch.setattr(region_reports, "MAX_KEPT", 2)
    first, *_ = [ask(planner) for _ in range(3)]
    assert db.session.query(RegionReport).count() == 2
    assert planner.get(first).status_code == 404


def test_a_failed_report_says_why_and_can_be_tried_again(planner, monkeypatch):
    make_reported_service(Q2, 0.5)

    def fail(*_arguments, **_keywords):
        raise Invalid(_m("There is no such service."))

    monkeypatch.setattr(jobs, "read_types", fail)
    address = ask(planner)
    page = planner.get(address).text
    assert "Taková služba neexistuje." in page
    assert "Zkusit znovu" in page
    assert planner.get(f"{address}/pdf").status_code == 404
    monkeypatch.undo()
    assert "Zpráva je hotová." in planner.get(send(planner, ADDRESS, druh="46", obdobi="2026Q2").location).text


@pytest.mark.parametrize(("druh", "obdobi", "field"), [("99", "2026Q2", "druh"), ("46", "2026Q7", "obdobi")])
def test_a_wish_that_cannot_be_meant_gets_a_sentence_at_its_field(planner, druh, obdobi, field):
    make_reported_service(Q2, 0.5)
    answer = send(planner, ADDRESS, druh=druh, obdobi=obdobi)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert db.session.query(RegionReport).count() == 0


def test_reports_are_for_roles_that_compare_all(app):
    actor = Actor(user_id=1, grants=frozenset({Grant(Role.PROVIDER_EDITOR, "00000001")}))
    with pytest.raises(Forbidden):
        region_reports.read_types(actor, Q2, "46")
    with pytest.raises(Forbidden):
        region_reports.ask_report(actor, type_code="46", span=Q2, language="cs")


def test_more_services_need_no_more_queries(app, queries):
    make_reported_service(Q2, 0.5)
    region_reports.read_types(OPERATOR, Q2)

    def count():
        forget()  # as a process that holds no values yet
        before = queries.count
        region_reports.read_types(OPERATOR, Q2)
        return queries.count - before

    few = count()
    for share in (0.1, 0.2, 0.3, 0.4, 0.6, 0.7):
        make_reported_service(Q2, share)
    db.session.flush()
    assert 0 < count() <= few


def test_the_command_writes_the_document(app, tmp_path):
    make_reported_service(Q2, 0.5, name="Stacionář Šumperk")
    paper = tmp_path / "sit.pdf"
    runner = app.test_cli_runner()
    result = runner.invoke(compare, ["report", "--all", "--period", "2026Q2", "--pdf", str(paper)])
    assert result.exit_code == 0, result.output
    assert "Stacionář Šumperk" in words_of(paper.read_bytes())
    wrong = runner.invoke(compare, ["report", "--period", "2026Q2", "--pdf", str(paper)])
    assert wrong.exit_code == 2
