"""The page of the administration: which boundaries and people the portal works with, and since when."""

from datetime import date

import pytest

from portal.core.permissions import OPERATOR, Role
from portal.core.transaction import transaction
from portal.territory import service
from tests.factories.accounts import login, make_user
from tests.factories.addresses import Address, store_points
from tests.factories.territory import small_territory, store_small_territory

ADDRESS = "/sprava/uzemi"


@pytest.fixture
def administrator(client):
    return login(client, make_user(role=Role.ADMINISTRATOR))


def store_second():
    parsed = small_territory(schematic=False, source="ORP_P.shp", findings=())
    with transaction():
        service.store_territory(OPERATOR, parsed=parsed, valid_from=date(2026, 7, 1))


def test_before_the_first_import_the_page_says_so_and_how_to_begin(administrator):
    page = administrator.get(ADDRESS).text
    assert "Žádné území zatím nebylo importováno." in page
    assert "portal territory import" in page


def test_the_version_in_force_stands_with_its_counts_and_findings(administrator):
    store_small_territory()
    page = administrator.get(ADDRESS).text
    assert "Olomoucký kraj (CZ071)" in page
    assert "10\u00a0000" in page
    assert "Hranice jsou schematické: vypočtené ze sídel, nikoli zaměřené." in page


def test_former_versions_stand_with_their_last_day(administrator):
    store_small_territory()
    store_second()
    page = administrator.get(ADDRESS).text
    assert "1.\u00a01.\u00a02021 až 30.\u00a06.\u00a02026" in page
    assert "od 1.\u00a07.\u00a02026" in page
    assert "Import neměl co opravit ani tolerovat." in page


def test_address_points_stand_with_their_number_and_source(administrator, tmp_path):
    store_small_territory()
    assert "neimportována" in administrator.get(ADDRESS).text
    store_points(tmp_path, Address(1), Address(2))
    assert " (portal), soubory adresy.csv" in administrator.get(ADDRESS).text


def test_the_page_asks_the_database_as_often_for_two_versions_as_for_one(administrator, queries):
    store_small_territory()
    queries.statements.clear()
    administrator.get(ADDRESS)
    once = queries.count
    store_second()
    queries.statements.clear()
    administrator.get(ADDRESS)
    assert queries.count == once


def test_a_name_of_a_file_cannot_bring_a_script_into_the_page(administrator):
    with transaction():
        service.store_territory(OPERATOR, parsed=small_territory(source="<script>alert(1)</script>.shp"))
    assert "<script>alert(1)" not in administrator.get(ADDRESS).text


def test_a_planner_has_no_business_here(client):
    assert login(client, make_user(role=Role.PLANNER)).get(ADDRESS).status_code == 403
