"""The provider's report, and the groups that are published for it once."""

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from portal.benchmarking import service as benchmarking
from portal.benchmarking.models import GroupLineRelease, GroupRelease, MetricProgram
from portal.benchmarking.report_commands import report
from portal.catalog.models import Provider
from portal.core.audit import AuditEntry
from portal.core.clock import today
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.disclosure import Audience, FigureState
from portal.returns.models import Return, ReturnCell
from portal.returns.types import Period
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.benchmarking import make_reported_service, publish
from tests.factories.returns import make_period, make_reporting_service, make_return

Q1, Q2 = Period(2026, 1), Period(2026, 2)
SHARES = (0.41, 0.52, 0.63, 0.66, 0.74, 0.85, 0.97)
PLANNER = Actor(user_id=1, name="Plánovačka", grants=frozenset({Grant(Role.PLANNER)}))
LINE = ("direct_work_utilisation", "all")


def editor_of(service):
    return Actor(user_id=9, grants=frozenset({Grant(Role.PROVIDER_EDITOR, service.provider.ico)}))


def read(service, period=Q2):
    return benchmarking.provider_report(editor_of(service), service.provider.ico, period)


def own_rows(report, line=LINE):
    return [row for row in report.figures.rows() if (row["metric"], row["form"]) == line]


def told(report, period=Q2, line=LINE):
    rows = [row for row in report.groups.rows() if (row["metric"], row["form"], row["period"]) == (*line, str(period))]
    return {row["statistic"]: row for row in rows}


@pytest.fixture
def editor(client):
    db.session.add(Provider(ico=OWN_ICO, name="Charita Háj"))
    db.session.flush()
    return login(client, make_user(role="provider_editor"))


@pytest.fixture
def planner(client):
    return login(client, make_user(role="planner"))


def post(client, page, address):
    token = client.get(page).text.split('name="csrf_token" value="', 1)[1]
    return client.post(address, data={"csrf_token": token.split('"', 1)[0]})


def own_provider():
    return db.session.query(Provider).filter_by(ico=OWN_ICO).one()


def text_of(response):
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True).replace("\xa0", " ")


def test_a_provider_sees_its_own_value_the_norm_and_a_rough_group(app):
    own, *_ = [make_reported_service(Q2, share) for share in SHARES]
    publish(Q2)
    found = read(own)
    (row,) = own_rows(found)
    assert (row["register_id"], row["value"], row["norm"]) == (own.register_id, pytest.approx(0.41), 0.6)
    median = told(found)["median"]
    # 0.15 x 0.63 + 0.7 x 0.66 + 0.15 x 0.74, to two digits
    assert (median["value"], median["state"], median["at_least"]) == (0.67, FigureState.VALUE, 6)
    assert told(found)["p25"]["state"] is FigureState.HIDDEN
    assert found.figures.audience is found.groups.audience is Audience.PROVIDER
    assert Q2 in found.published


def test_before_the_quarter_is_published_there_is_no_group(app):
    own, *_ = [make_reported_service(Q2, share) for share in SHARES]
    found = read(own)
    assert own_rows(found)[0]["value"] == pytest.approx(0.41)
    assert len(found.groups) == 0
    assert not found.published


def test_what_was_published_stays_whatever_is_accepted_corrected_or_opened_again(app):
    own, other, *_ = [make_reported_service(Q2, share) for share in SHARES]
    publish(Q2)
    before = read(own).groups.rows()
    digest = db.session.get(GroupRelease, "2026Q2").content_sha256
    changed = db.session.query(Return).filter_by(service_id=other.id).one()
    for cell in changed.cells:
        if cell.field == "direct_hours":
            cell.value = cell.value * 3
    make_reported_service(Q2, 0.99)
    db.session.query(Return).filter_by(service_id=own.id).one().state = "returned"
    db.session.flush()
    assert read(own).groups.rows() == before
    assert benchmarking.freeze_groups(OPERATOR, Q2) is False
    assert read(own).groups.rows() == before
    row, _, is_intact = benchmarking.read_release(PLANNER, Q2)
    assert (row.release.content_sha256, is_intact) == (digest, True)
    assert row.decided_later == 1


def test_a_correction_after_publication_counts_in_the_next_quarter(app):
    services = [make_reported_service(Q1, share) for share in SHARES]
    publish(Q1)
    for service in services:
        make_return(service, Q2, {"direct_hours": 100, "direct_care_fte": 1})
    publish(Q2)
    found = read(services[0])
    assert told(found, Q1)["median"]["value"] == 0.67
    assert told(found, Q2)["median"]["value"] == round(100 / Q2.working_time_fund_hours, 2)


def test_changed_figures_in_the_database_are_seen_by_their_digest(app):
    [make_reported_service(Q2, share) for share in SHARES]
    publish(Q2)
    line = db.session.get(GroupLineRelease, ("2026Q2", "46", *LINE))
    line.figures = {"median": 0.99}
    db.session.flush()
    assert benchmarking.read_release(PLANNER, Q2)[2] is False


@pytest.mark.parametrize(
    ("shares", "ftes"),
    [((0.5, 0.6, 0.7, 0.8, 0.9), [5] * 5), ((0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.7), [5, 5, 5, 5, 5, 5, 400])],
)
def test_a_hidden_group_does_not_say_why_to_the_provider_but_to_the_region(app, shares, ftes):
    own, *_ = [make_reported_service(Q2, share, fte=fte) for share, fte in zip(shares, ftes, strict=True)]
    publish(Q2)
    found = read(own)
    assert {(row["state"], row["at_least"]) for row in told(found).values()} == {(FigureState.HIDDEN, 0)}
    assert "reason" not in found.groups.columns
    reasons = {row["reason"] for row in benchmarking.read_release(PLANNER, Q2)[1].rows() if row["metric"] == LINE[0]}
    assert reasons == {"too_few_providers" if len(shares) < 6 else "too_concentrated"}


@pytest.mark.parametrize(("days", "is_published"), [(1, False), (0, True)])
def test_a_quarter_can_be_published_from_the_day_it_closes(app, days, is_published):
    make_period(Q2, on_time_until=Q2.last_day + timedelta(days=1), closes_on=today() + timedelta(days=days))
    if is_published:
        assert benchmarking.freeze_groups(OPERATOR, Q2)
    else:
        with pytest.raises(Invalid):
            benchmarking.freeze_groups(OPERATOR, Q2)


def test_a_quarter_that_was_not_opened_cannot_be_published(app):
    with pytest.raises(NotFound):
        benchmarking.freeze_groups(OPERATOR, Period(2030, 1))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PLANNER])
def test_planners_alone_publish(app, role):
    make_reported_service(Q2, 0.5)
    actor = Actor(user_id=3, grants=frozenset({Grant(role, None if role.is_regional else OWN_ICO)}))
    for attempt in (benchmarking.freeze_groups, benchmarking.start_freezing):
        with pytest.raises(Forbidden):
            attempt(actor, Q2)


def test_publishing_is_on_the_record(app):
    make_reported_service(Q2, 0.5)
    benchmarking.freeze_groups(PLANNER, Q2)
    entry = db.session.query(AuditEntry).filter_by(action="groups.published").one()
    assert (entry.object_key, entry.actor_name) == ("2026Q2", "Plánovačka")


def test_groups_of_types_that_the_provider_does_not_have_stay_unknown(app):
    own = make_reported_service(Q2, 0.5)
    make_reported_service(Q2, 0.5, type_code="45")
    publish(Q2)
    assert {row["type_code"] for row in read(own).groups.rows()} == {"46"}


def test_all_shipped_metrics_are_shown_and_each_quarter_of_the_past(app):
    own = make_reporting_service()
    cells = {"direct_hours": 300, "direct_care_fte": 2, "costs_total": 600, "users_in_quarter": 30}
    for period, hours in ((Q1, 200), (Q2, 300)):
        make_return(own, period, {**cells, "direct_hours": hours})
    rows = {(row["metric"], row["period"]): row for row in read(own).figures.rows()}
    assert rows["cost_per_direct_hour", "2026Q1"]["value"] == pytest.approx(3)
    assert rows["cost_per_direct_hour", "2026Q2"]["value"] == pytest.approx(2)
    assert rows["cost_per_user", "2026Q2"]["value"] == pytest.approx(20)
    assert rows["direct_hours_per_user", "2026Q2"]["value"] == pytest.approx(10)
    assert rows["refused_per_admitted", "2026Q2"]["state"] == "not_supplied"
    assert {metric for metric, _ in rows}.isdisjoint({"occupancy", "cost_per_bed_day"})  # a service without beds


def test_a_service_of_two_forms_stands_in_each_and_as_a_whole(app):
    own = make_reporting_service(type_code="44", forms=("outreach", "residential"))
    make_return(own, Q2, {"direct_hours": 100, "direct_care_fte": 1, "beds": 10, "bed_days_used": 0})
    rows = {(row["metric"], row["form"]): row["state"] for row in read(own).figures.rows()}
    assert rows["occupancy", "residential"] is FigureState.ZERO
    assert {form for metric, form in rows if metric == LINE[0]} == {"all", "outreach", "residential"}


def test_before_the_return_is_accepted_there_is_no_value_but_the_norm(app):
    own = make_reporting_service()
    make_period(Q2)
    (row,) = own_rows(read(own))
    assert (row["state"], row["has_return"], row["norm"]) == (FigureState.NOT_SUPPLIED, False, 0.6)


def test_a_provider_without_services_has_an_empty_report(app):
    own = make_reporting_service(ended_on=date(2020, 1, 1))
    assert len(benchmarking.provider_report(OPERATOR, own.provider.ico, Q2).figures) == 0


def test_a_foreign_provider_looks_like_a_missing_one(app):
    own, foreign = make_reported_service(Q2, 0.5), make_reported_service(Q2, 0.6)
    sentences = []
    for ico in (foreign.provider.ico, "00000000"):
        with pytest.raises(NotFound) as caught:
            benchmarking.provider_report(editor_of(own), ico, Q2)
        sentences.append(str(caught.value))
    assert sentences[0] == sentences[1]


def test_the_number_of_queries_does_not_grow_with_the_services(app, queries):
    own = make_reported_service(Q2, 0.5)
    publish(Q2)

    def count():
        queries.statements.clear()
        read(own)
        return queries.count

    db.session.query(MetricProgram).delete()
    few = count()
    for share in (0.4, 0.6, 0.7, 0.8):
        make_reported_service(Q2, share)
        make_reported_service(Q2, share, provider=own.provider, type_code="45")
        make_reported_service(Q1, share, provider=own.provider)
    publish(Q1)
    assert count() == few == 11  # no values were kept, so cells are read as well
    benchmarking.recompute(lambda done, total: None)
    read(own)
    assert count() == 9


def test_kept_values_and_cells_tell_the_same(app):
    provider = make_reported_service(Q1, 0.4).provider
    first = make_reporting_service(provider, forms=("outreach", "residential"), type_code="44")
    for period in (Q1, Q2):
        make_return(first, period, {"direct_hours": 100, "direct_care_fte": 0, "beds": 10, "bed_days_used": 0})
        make_return(make_reporting_service(provider), period, {"costs_total": 600, "users_in_quarter": 30})
    db.session.query(MetricProgram).delete()
    from_cells = read(first)
    benchmarking.recompute(lambda done, total: None)
    db.session.query(ReturnCell).delete()
    kept = read(first)
    assert len(kept.figures) > 60
    assert kept.figures.rows() == from_cells.figures.rows()
    db.session.query(MetricProgram).filter_by(metric=LINE[0]).one().fingerprint = "of another formula"
    db.session.flush()
    stale = {row["metric"] for row in read(first).figures.rows() if row["value"] is not None}
    assert LINE[0] not in stale
    assert "cost_per_user" in stale


def test_the_page_says_figure_norm_group_past_and_meaning(editor):
    make_reported_service(Q1, 0.333, provider=own_provider())
    own = make_reported_service(Q2, 0.725, provider=own_provider(), name="Náš stacionář")
    others = [make_reported_service(Q2, share, name=f"Cizí {share}") for share in SHARES]
    waiting = text_of(editor.get(f"/srovnani/poskytovatel/{OWN_ICO}?obdobi=2026Q2"))
    assert "Skupina bude zveřejněna po uzavření čtvrtletí." in waiting
    publish(Q2)
    page = text_of(editor.get(f"/srovnani/poskytovatel/{OWN_ICO}?obdobi=2026Q2"))
    for words in ("Náš stacionář", "72,5 %", "o 12,5 procentního bodu nad normou", "asi 69 %", "Nižší číslo je lepší"):
        assert words in page
    assert "Skupina není zobrazena" in page  # lines that nobody else filled in
    assert "méně než šest poskytovatelů" not in page
    assert own.name in page
    assert not any(other.name in page or other.provider.name in page for other in others)


def test_a_provider_sees_first_the_last_quarter_in_which_something_of_its_own_was_accepted(editor):
    make_reported_service(Q1, 0.725, provider=own_provider())
    make_reported_service(Q2, 0.5)
    page = text_of(editor.get(f"/srovnani/poskytovatel/{OWN_ICO}"))
    assert "72,5 %" in page
    assert 'value="2026Q1" selected' in page
    assert 'value="2026Q2"' not in page


def test_the_region_reads_the_report_as_the_provider_does(planner):
    own = make_reported_service(Q2, 0.5)
    page = text_of(planner.get(f"/srovnani/poskytovatel/{own.provider.ico}?obdobi=2026Q2"))
    assert "tak, jak je vidí on sám" in page


def test_files_say_the_same_as_the_page(editor):
    own = make_reported_service(Q2, 0.41, provider=own_provider(), name="=Stacionář")
    for share in SHARES[1:]:
        make_reported_service(Q2, share)
    publish(Q2)
    address = f"/srovnani/poskytovatel/{own.provider.ico}"
    rows = list(
        csv.DictReader(io.StringIO(text_of(editor.get(f"{address}/csv?obdobi=2026Q2")).lstrip("\ufeff")), delimiter=";")
    )
    row = next(row for row in rows if row["Ukazatel"] == "Využití kapacity přímé práce")
    assert (row["Vlastní hodnota"], row["Norma"], row["Medián skupiny (přibližně)"]) == ("41,0", "60,0", "67,0")
    assert row["Služba"] == "'=Stacionář"
    assert row["25 % skupiny leží níže než (přibližně)"] == "skryto"
    with editor.get(f"{address}/xlsx?obdobi=2026Q2") as response:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.data)).get_sheet_by_index(0).to_python()
    told_there = dict(zip(sheet[0], sheet[1], strict=True))
    assert (told_there["Vlastní hodnota"], told_there["Medián skupiny (přibližně)"]) == (41, 67)
    document = editor.get(f"{address}/pdf?obdobi=2026Q2")
    assert document.mimetype == "application/pdf"
    assert document.data.startswith(b"%PDF")


def test_page_and_files_say_in_words_why_a_group_is_hidden(editor):
    own = make_reported_service(Q2, 0.41, provider=own_provider())
    publish(Q2)
    address = f"/srovnani/poskytovatel/{own.provider.ico}"
    beside_norm = "by její čísla mohla vypovídat o jednotlivém poskytovateli. Srovnávejte s normou."
    why = ("nejméně šest poskytovatelů", "protože i to by o skupině vypovídalo")
    page = re.sub(r"\s+", " ", text_of(editor.get(f"{address}?obdobi=2026Q2")))
    with editor.get(f"{address}/pdf?obdobi=2026Q2") as response:
        paper = "".join(part.extract_text() for part in PdfReader(io.BytesIO(response.data)).pages)
    assert all(words in text for text in (page, re.sub(r"\s+", " ", paper)) for words in why)
    with editor.get(f"{address}/xlsx?obdobi=2026Q2") as response:
        head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(response.data)).get_sheet_by_index(0).to_python()
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert {row["Norma"] == "není" for row in told} == {True, False}
    for row in told:
        assert ("Srovnávejte s normou." in row["Co říká skupina"]) == (row["Norma"] != "není")
    assert beside_norm in page


def test_the_command_line_writes_what_the_provider_sees(app, tmp_path):
    own, *_ = [make_reported_service(Q2, share) for share in SHARES]
    run = app.test_cli_runner().invoke
    assert run(report, ["freeze"]).exit_code == 0
    book, paper = tmp_path / "r.xlsx", tmp_path / "r.pdf"
    done = run(
        report,
        ["--provider", own.provider.ico, "--period", "2026Q2", "--json", "--xlsx", str(book), "--pdf", str(paper)],
    )
    (service,) = json.loads(done.stdout)["services"]
    line = next(line for line in service["lines"] if line["metric"] == LINE[0])
    quarter = line["quarters"][-1]
    assert (quarter["period"], quarter["value"], quarter["norm"]) == ("2026Q2", pytest.approx(0.41), 0.6)
    assert quarter["group"] == {"state": "told", "at_least": 6, "median": 0.67}
    assert book.read_bytes().startswith(b"PK")
    assert paper.read_bytes().startswith(b"%PDF")
    again = run(report, ["freeze", "--period", "2026Q2"])
    assert "zůstávají" in again.stderr
    assert run(report, ["--provider", own.provider.ico, "--period", "2026Q2"]).exit_code == 2


def test_the_planner_publishes_and_sees_why_groups_are_hidden(planner):
    make_reported_service(Q2, 0.5)
    make_return(make_reporting_service(), Q2, state="submitted")
    page = text_of(planner.get("/srovnani/zverejnene-skupiny"))
    assert "1 výkaz ještě čeká na rozhodnutí" in page
    assert post(planner, "/srovnani/zverejnene-skupiny", "/srovnani/zverejnene-skupiny/2026Q2").status_code == 302
    assert "méně než šest poskytovatelů" in text_of(planner.get("/srovnani/zverejnene-skupiny/2026Q2"))
    assert "souhlasí s uloženými čísly" in text_of(planner.get("/srovnani/zverejnene-skupiny/2026Q2"))


def test_the_page_says_when_the_clock_publishes(planner):
    make_period(Q2, on_time_until=date(2026, 7, 25), closes_on=today() + timedelta(days=3))
    assert "Samo nejdříve" in text_of(planner.get("/srovnani/zverejnene-skupiny"))
