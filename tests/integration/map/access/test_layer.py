"""Access as a layer of the map: the figures of its own page."""

from datetime import date

import pytest

from portal.core.permissions import PUBLIC_ACTOR
from portal.map.access.service import find_access
from portal.map.access.types import Question
from portal.map.layers import service
from portal.map.layers.types import Ask
from portal.returns.types import Period
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep
from tests.factories.catalog import make_service
from tests.integration.map.access.conftest import DAY, OLOMOUC, SUMPERK


def read(**asked):
    return service.read_layer(PUBLIC_ACTOR, Ask("dostupnost", **asked), day=DAY, upkeep=Upkeep())


def cells(frame):
    found = frame.figures.columns_of("value", "state")
    return {
        area.name: value if value is not None else str(state)
        for area, (value, state) in zip(frame.areas, found, strict=True)
    }


@pytest.mark.parametrize("level", [Level.ORP, Level.MUNICIPALITY])
def test_the_layer_tells_what_the_page_tells(homes, level):
    frame = read(type_code="49", level=level)
    page = {row.name: float(row.access.number) for row in find_access(DAY, Question(), level).rows}
    assert cells(frame) == pytest.approx(page)
    assert max(page.values()) > 0
    assert (str(frame.ask.unit), str(frame.ask.population)) == ("beds", "age_65_plus")


def test_all_services_together_are_related_to_all_people(homes):
    frame = read()
    assert str(frame.ask.population) == "all"
    assert sum(cells(frame)[area.name] * area.population / 1000 for area in frame.areas) == pytest.approx(90, abs=0.1)


def test_earlier_quarters_know_the_services_of_their_time(territory):
    make_service(forms={"residential": {"beds": 12}}, facilities=[OLOMOUC], ended_on=date(2025, 6, 30))
    make_service(forms={"residential": {"beds": 12}}, facilities=[SUMPERK], started_on=date(2026, 8, 1))
    assert cells(read(type_code="49", period=Period(2025, 2))) == {"Olomouc": 10, "Šumperk": 0}
    assert cells(read(type_code="49")) == {"Olomouc": 0, "Šumperk": 12}


def test_without_a_catalogue_nothing_is_known(territory):
    assert set(cells(read(type_code="49")).values()) == {"not_supplied"}
