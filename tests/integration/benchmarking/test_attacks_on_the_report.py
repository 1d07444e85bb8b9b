"""Every provider of the demonstration region as an attacker on everything it can reach.

The naive rule (names removed, exact medians) is attacked in the same way and has to fall, or the attacks prove nothing.
"""

import io
import json
import re
from datetime import UTC, datetime

import numpy as np
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select

from portal.benchmarking import service as benchmarking
from portal.benchmarking.groups import contributions_to, needed_fields
from portal.benchmarking.metrics import returns_of
from portal.benchmarking.models import GroupLineRelease, GroupRelease
from portal.benchmarking.report_commands import report
from portal.benchmarking.service.holdings import add_member, holdings_in, save_holding
from portal.benchmarking.service.releases import lines_of_quarter, published_groups, shipped_catalogue
from portal.catalog.models import Provider
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.demo.region import create_region
from portal.disclosure import Thresholds
from portal.disclosure.holders import by_holder
from portal.disclosure.rules import why_hidden
from portal.returns.models import Return
from portal.returns.service import cells_frame
from portal.returns.types import Period
from tests.factories.accounts import login, make_user
from tests.factories.attacks import can_stand_elsewhere
from tests.factories.benchmarking import publish
from tests.factories.catalog import make_provider
from tests.factories.reasoning import Group, recoveries, tell_by_rule, tell_naively
from tests.factories.returns import make_reporting_service, make_return

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LAST, OPEN = Period(2026, 2), Period(2026, 3)
QUARTERS = [LAST.shifted(-back) for back in reversed(range(7))]
LIMITS = Thresholds()
FEWEST = LIMITS.min_providers
SOME = 12
NAIVE_TYPES = ("39", "50")


def truth_of(period, holdings=None):
    """For each line of the quarter numerator and denominator of each provider (or holding): what nobody may learn."""
    cells, lines, catalogue = cells_frame(period), lines_of_quarter(period), shipped_catalogue()
    returns = returns_of(cells, needed_fields(catalogue, period), period=period)
    services = cells[["service_id", "type_code", "provider_ico"]].drop_duplicates("service_id")
    parts = by_holder(contributions_to(lines, catalogue, returns, period, services), holdings or {})
    sums = parts.groupby(["type_code", "metric", "form", "provider_ico"])[["numerator", "denominator"]].sum()
    found = {}
    for (*line, ico), numerator, denominator in sums.itertuples():
        found.setdefault(tuple(line), {})[ico] = (numerator, denominator)
    return found


def provider(ico):
    return Actor(user_id=7, grants=frozenset({Grant(Role.PROVIDER_EDITOR, ico)}))


def told_to(ico):
    """Medians by line and quarter in the last report of a provider, which holds those of all quarters."""
    found = benchmarking.provider_report(provider(ico), ico, LAST)
    rows = [row for row in found.groups.rows() if row["statistic"] == "median"]
    return {((row["type_code"], row["metric"], row["form"]), row["period"]): row["value"] for row in rows}


def groups_of(truth, told_of, tell):
    """Each type in each quarter, as the attacker reasons about it."""
    for quarter, lines in truth.items():
        in_order = lines_of_quarter(Period.parse(quarter))
        for code in sorted({line[0] for line in lines}):
            parts = {line: group for line, group in lines.items() if line[0] == code}
            told = {line for line in parts if told_of(line, quarter, parts[line])}
            yield Group([line for line in in_order if line.type_code == code], parts, told, tell)


def test_no_provider_of_the_region_recovers_a_figure_of_another(app):
    with frozen_at(NOW):
        create_region(scale=1, seed=1, with_logins=False, tell=lambda message: None, with_releases=False)
        truth = {str(period): truth_of(period) for period in QUARTERS}
        readers = sorted({ico for lines in truth.values() for group in lines.values() for ico in group})
        assert len(readers) > 40
        if db.engine.dialect.name != "sqlite":
            readers = readers[:SOME]  # what is told is the same on both databases; all of it is attacked on one
        told = {ico: told_to(ico) for ico in readers}
        everything = {key: median for ico in readers for key, median in told[ico].items()}
        # Everybody is told the same, so nobody learns from a neighbour's page.
        assert all(everything[key] == median for ico in readers for key, median in told[ico].items())
        if db.engine.dialect.name == "sqlite":  # pure reasoning about what was read: once is enough
            assert_others_may_stand_elsewhere(everything, truth)
            assert_nothing_is_known_for_certain(everything, truth)
        assert_forms_differ_by_nobody_or_by_a_group(everything, truth)
        for quarter in truth:
            assert_hidden_is_independent(quarter, everything)
        assert_what_happens_later_changes_nothing(told, readers)
        assert not any(quarter == str(OPEN) for _, quarter in everything)
        if db.engine.dialect.name == "sqlite":
            assert_a_holding_as_reader_recovers_nothing(
                {line for (line, day), median in everything.items() if day == str(LAST) and median is not None}
            )


def assert_a_holding_as_reader_recovers_nothing(told_before):
    """Three companies of one owner know each other's figures, so they read as one.

    Where the region does not know of it, they are told of groups of too few others; where it does, they are not.
    """
    apart = truth_of(LAST)
    members = sorted(min((apart[line] for line in told_before), key=len))[:3]
    holding_id = save_holding(OPERATOR, name="Holding")
    for seen, ico in enumerate(members, start=1):
        since = {"valid_from": LAST.first_day, "reason": "obchodní rejstřík"}
        add_member(OPERATOR, holding_id=holding_id, ico=ico, seen=seen, **since)
    together = truth_of(LAST, holdings_in(LAST))
    betrayed = [
        line
        for line in told_before
        if why_hidden(*(np.array(side, dtype=float) for side in zip(*together[line].values(), strict=True)), LIMITS)
    ]
    assert betrayed
    for table in (GroupLineRelease, GroupRelease):
        db.session.execute(delete(table).where(table.period == str(LAST)))
    db.session.expire_all()
    publish(LAST)
    everything = {
        ((group.type_code, group.metric, group.form), str(LAST)): group.figures.get("median")
        for group in published_groups([LAST])[LAST]
    }
    for ico in members:  # nothing beside it comes to them
        assert {
            key: median for key, median in told_to(ico).items() if key[1] == str(LAST)
        }.items() <= everything.items()
    assert [line for line in betrayed if everything[line, str(LAST)] is not None] == []
    assert_others_may_stand_elsewhere(everything, {str(LAST): together}, at_least=300)
    hits, tries = recoveries(
        groups_of(
            {str(LAST): together}, lambda line, quarter, _group: everything[line, quarter] is not None, tell_by_rule
        )
    )
    assert tries > 300
    assert hits == []


def assert_nothing_is_known_for_certain(everything, truth):
    """No figure is certain to the digit: see ``tests.factories.reasoning``. The naive rule falls to the same reasoning.

    The naive rule is tried on some types in the last quarter.
    """
    hits, tries = recoveries(
        groups_of(truth, lambda line, quarter, group: everything.get((line, quarter)) is not None, tell_by_rule)
    )
    assert tries > 3000
    assert hits == []
    last = {str(LAST): {line: group for line, group in truth[str(LAST)].items() if line[0] in NAIVE_TYPES}}
    hits, tries = recoveries(groups_of(last, lambda line, quarter, group: len(group) > 1, tell_naively))
    assert len(hits) > 0.3 * tries


def assert_others_may_stand_elsewhere(everything, truth, at_least=3000):
    """On each line of each published quarter another provider may stand 15 % lower and higher, for all a reader knows.

    The target is the one after the reader, so that each provider of a group plays both parts.
    """
    pairs = 0
    for line, quarter, group in ((line, day, group) for day, lines in truth.items() for line, group in lines.items()):
        if everything.get((line, quarter)) is None:
            continue
        assert len(group) >= FEWEST
        tops, bottoms = (np.array(side, dtype=float) for side in zip(*group.values(), strict=True))
        for reader in range(len(group)):
            target = (reader + 1) % len(group)
            if tops[target] > 0:
                pairs += 1
                assert can_stand_elsewhere(tops, bottoms, reader, target), (line, quarter, reader)
    assert pairs > at_least


def assert_forms_differ_by_nobody_or_by_a_group(everything, truth):
    compared = 0
    for (line, quarter), median in everything.items():
        whole = (line[0], line[1], "all")
        if line[2] != "all" and median is not None and everything.get((whole, quarter)) is not None:
            compared += 1
            in_form, in_whole = set(truth[quarter][line]), set(truth[quarter][whole])
            for alone in (in_whole - in_form, in_form - in_whole):
                assert not alone or len(alone) >= FEWEST
    assert compared > 0


def assert_what_happens_later_changes_nothing(told, readers):
    """A correction of a published quarter, and an acceptance in the open one."""
    one = db.session.scalars(select(Return).where(Return.period == str(LAST)).order_by(Return.id)).first()
    for cell in one.cells:
        if cell.value:
            cell.value = cell.value * 2
    late = db.session.scalars(select(Return).where(Return.period == str(OPEN), Return.state == "submitted")).first()
    late.state, late.decided_at_utc = "accepted", NOW
    db.session.flush()
    assert all(told_to(ico) == told[ico] for ico in readers[:20])


def assert_hidden_is_independent(quarter, everything):
    by_type = {}
    for line in lines_of_quarter(Period.parse(quarter)):
        if (line.key, quarter) in everything:
            by_type.setdefault(line.type_code, []).append(line)
    for lines in by_type.values():
        quantities = sorted({name for line in lines for name in (line.numerator, line.denominator)})

        def exponents(line, quantities=quantities):
            return [(name == line.numerator) - (name == line.denominator) for name in quantities]

        told = [exponents(line) for line in lines if everything[line.key, quarter] is not None]
        hidden = [exponents(line) for line in lines if everything[line.key, quarter] is None]
        rank = np.linalg.matrix_rank(told) if told else 0
        assert all(np.linalg.matrix_rank([*told, row]) > rank for row in hidden)


CANARY = "7919.37"
CANARY_IN_EVERY_SPELLING = re.compile(r"7[\s\u00a0\u202f.,]?919[.,](?:37|4)|791937")  # pages and documents round it


def text_of_pdf(data):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def text_of_book(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def report_in_every_format(app, client, ico, period, folder):
    """Texts of the page, the files and the command line, as the provider gets them."""
    address = f"/srovnani/poskytovatel/{ico}"
    texts = {"page": client.get(f"{address}?obdobi={period}").text}
    texts["csv"] = client.get(f"{address}/csv?obdobi={period}").text
    with client.get(f"{address}/xlsx?obdobi={period}") as response:
        texts["xlsx"] = text_of_book(response.data)
    texts["pdf"] = text_of_pdf(client.get(f"{address}/pdf?obdobi={period}").data)
    book, paper = folder / "report.xlsx", folder / "report.pdf"
    written = app.test_cli_runner().invoke(
        report, ["--provider", ico, "--period", str(period), "--json", "--xlsx", str(book), "--pdf", str(paper)]
    )
    texts["json"] = json.dumps(json.loads(written.stdout))
    texts["written xlsx"] = text_of_book(book.read_bytes())
    texts["written pdf"] = text_of_pdf(paper.read_bytes())
    return texts


def test_an_odd_figure_of_one_provider_is_in_no_format_of_another(app, client, tmp_path):
    services = []
    for number in range(8):
        service = make_reporting_service(make_provider(f"Poskytovatel {number}"))
        hours = CANARY if number == 3 else 6000 + 311 * number
        cells = {"direct_hours": hours, "direct_care_fte": 16, "users_in_quarter": 1, "costs_total": 90000 + number}
        make_return(service, LAST, cells)
        services.append(service)
    publish(LAST)
    icos = [service.provider.ico for service in services]
    owner = login(client, make_user(grants=frozenset({Grant(Role.PROVIDER_EDITOR, icos[3])})))
    own = report_in_every_format(app, owner, icos[3], LAST, tmp_path)
    # hours per user are the hours themselves, so the canary sings for its owner and the search is known to find it
    assert [kind for kind, text in own.items() if not CANARY_IN_EVERY_SPELLING.search(text)] == []
    names = {service.provider.name for service in services}
    for ico, service in zip(icos, services, strict=True):
        if ico == icos[3]:
            continue
        reader = login(app.test_client(), make_user(grants=frozenset({Grant(Role.PROVIDER_EDITOR, ico)})))
        for kind, text in report_in_every_format(app, reader, ico, LAST, tmp_path).items():
            assert not CANARY_IN_EVERY_SPELLING.search(text), kind
            assert not any(name in text for name in names - {service.provider.name}), kind
        foreign = f"/srovnani/poskytovatel/{icos[3]}"
        statuses = [reader.get(f"{foreign}{tail}?obdobi={LAST}").status_code for tail in ("", "/csv", "/xlsx", "/pdf")]
        assert statuses == [404] * 4
        region_alone = (
            "/srovnani/zverejnene-skupiny",
            f"/srovnani/zverejnene-skupiny/{LAST}",
            "/srovnani/stahnout/csv?druh=46",
        )
        assert {reader.get(address).status_code for address in region_alone} == {403}
    assert db.session.query(Provider).count() == 8
