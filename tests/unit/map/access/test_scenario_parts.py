"""Places of a scenario by name, and capacity that comes to them or goes."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from portal.core.errors import Invalid
from portal.map.access.calc.effects import shifted
from portal.map.access.calc.places import PlaceBook
from portal.map.access.calc.supply import placed_supply
from portal.map.access.types import PlaceOption
from portal.map.types import Rest

BOOK = PlaceBook(
    [
        PlaceOption("sluzba:523704", "Domov Lípa", Decimal(30)),
        PlaceOption("sluzba:7", "Domov Lípa", Decimal(5)),
        PlaceOption("sluzba:8", "Domov u obce 523704", Decimal(5)),
        PlaceOption("obec:523704", "Šumperk", Decimal(35)),
    ]
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sluzba:523704", "sluzba:523704"),
        ("obec:523704", "obec:523704"),
        ("Domov Lípa (služba 7)", "sluzba:7"),
        ("Domov Lípa (service 7)", "sluzba:7"),
        ("  šumperk ", "obec:523704"),
        ("Šumperk (obec 523704)", "obec:523704"),
        ("Domov u obce 523704 (služba 8)", "sluzba:8"),
    ],
)
def test_a_place_is_found_as_people_write_it(text, key):
    assert BOOK.find(text).key == key


def test_a_name_of_several_or_of_none_is_refused_with_its_own_sentence():
    with pytest.raises(Invalid, match="Several places"):
        BOOK.find("domov lípa")
    with pytest.raises(Invalid, match="no place of this type"):
        BOOK.find("Praha")
    with pytest.raises(Invalid, match="no place of this type"):
        BOOK.find("služba 99")


def test_what_comes_is_divided_equally_and_what_goes_in_proportion():
    amount, chosen = np.array([30.0, 10.0, 5.0]), np.array([True, True, False])
    assert shifted(amount, chosen, 10).tolist() == [35.0, 15.0, 5.0]
    assert shifted(amount, chosen, -20).tolist() == [15.0, 5.0, 5.0]
    assert shifted(amount, chosen, -40).tolist() == [0.0, 0.0, 5.0]
    assert shifted(amount, chosen, -41) is None
    assert amount.tolist() == [30.0, 10.0, 5.0]


SERVICES = pd.DataFrame(
    {"service_id": [1, 2, 3, 4, 5], "region_wide": [False, False, True, False, False], "register_id": [1, 2, 3, 4, 5]}
)
CAPACITIES = pd.DataFrame(
    [
        (1, "residential", "beds", 30.0),
        (1, "outreach", "beds", 99.0),
        (2, "residential", "beds", 20.0),
        (3, "outpatient", "beds", 8.0),
        (4, "residential", "beds", np.nan),
        (5, "outreach", "clients", 50.0),
    ],
    columns=["service_id", "form", "unit", "amount"],
)
FACILITIES = pd.DataFrame(
    [
        (1, False, "523704", 16.97, 49.97),
        (1, False, "500496", 17.25, 49.59),
        (1, True, None, np.nan, np.nan),
        (2, False, "500496", np.nan, np.nan),
        (4, False, "500496", 17.25, 49.59),
        (5, False, "500496", 17.25, 49.59),
    ],
    columns=["service_id", "secret", "municipality_code", "lon", "lat"],
)


def test_capacity_stands_in_equal_parts_at_places_that_are_known():
    found = placed_supply(SERVICES, CAPACITIES, FACILITIES, unit="beds", form=None)
    assert found.sites[["service_id", "municipality_code", "amount"]].values.tolist() == [
        [1, "523704", 10.0],
        [1, "500496", 10.0],
    ]
    assert found.unplaced == {Rest.SECRET: 1, Rest.WHOLE_REGION: 1, Rest.UNKNOWN: 1}
    assert (found.services, found.unstated) == (3, 1)


def test_one_form_alone_can_be_asked_for():
    found = placed_supply(SERVICES, CAPACITIES, FACILITIES, unit="beds", form="outpatient")
    assert (len(found.sites), found.services, found.unplaced) == (0, 1, {Rest.WHOLE_REGION: 1})
