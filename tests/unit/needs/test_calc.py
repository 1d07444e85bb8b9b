"""Sums of needs, and which municipality is the seat of its ORP."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState, added
from portal.core.errors import Invalid
from portal.needs.calc import completeness, gathered_by, places_of, summed_by
from portal.needs.ingest.persons import parse_persons
from portal.needs.types import Correction, Key, Progress, Row, Source, Standing
from portal.territory.types import Level, Unit

NOW = datetime(2026, 11, 1, tzinfo=UTC)
cells = st.one_of(st.just(NOT_SUPPLIED), st.just(NOT_APPLICABLE), st.integers(0, 5_000).map(Cell.of))


def unit(code, name, parent=None, population=100, level=Level.MUNICIPALITY):
    return Unit(level, code, name, parent_code=parent, population=population)


def row(code, persons, corrected=None, situation="debts"):
    correction = None if corrected is None else Correction(corrected, "přepočet", Source.ORP, "O", NOW)
    key = Key("2026Q2", code, situation, reason="no_service")
    return Row(1, key, persons, "", Source.MUNICIPALITY, "M", NOW, 1, correction)


@given(st.lists(cells))
def test_a_sum_is_of_what_was_told_in_any_order(told):
    numbers = [int(cell.number) for cell in told if cell.number is not None]
    found = added(told)
    assert found == added(reversed(told))
    if numbers:
        assert found == Cell.of(sum(numbers))
    elif told and all(cell == NOT_APPLICABLE for cell in told):
        assert found == NOT_APPLICABLE
    else:
        assert found == NOT_SUPPLIED


def test_a_corrected_number_counts_in_place_of_the_original():
    rows = [row("500801", Cell.of(4), Cell.of(0)), row("501646", Cell.of(3)), row("501646", NOT_SUPPLIED)]
    assert summed_by(rows, lambda one: one.key.municipality_code) == {
        "500801": Cell(CellState.ZERO, Decimal(0)),
        "501646": Cell.of(3),
    }


def test_the_seat_bears_the_name_of_its_orp_and_gathers_its_area_alone():
    orps = [unit("7107", "Olomouc", level=Level.ORP), unit("7111", "Šumperk", level=Level.ORP)]
    places = places_of(
        [
            unit("1", "Olomouc", "7107", 100_000),
            unit("2", "Blatec", "7107"),
            unit("3", "šumperk", "7111", 26_000),
            unit("4", "Šumperk", "7111", 90),
            unit("5", "Olomouc", "7111"),
        ],
        orps,
    )
    assert {code for code, place in places.items() if place.is_seat} == {"1", "3"}
    assert gathered_by("1", places) == {"1", "2"}
    assert gathered_by("3", places) == {"3", "4", "5"}
    assert gathered_by("5", places) == {"5"}
    assert gathered_by("9", places) == frozenset()


def test_an_orp_without_a_municipality_of_its_name_has_no_seat():
    places = places_of([unit("2", "Blatec", "7107"), unit("6", "Bez ORP")], [unit("7107", "Olomouc", level=Level.ORP)])
    assert not any(place.is_seat for place in places.values())
    assert places["6"].orp_name == ""


def test_completeness_counts_each_municipality_once():
    places = places_of([unit("1", "A", "7"), unit("2", "B", "7")], [unit("7", "Město", level=Level.ORP)])
    standings = [Standing(places["1"], Progress.NOTHING, None), Standing(places["2"], Progress.BEGUN, None, 1)]
    (area,) = completeness(standings)
    assert (area.municipalities, area.counts[Progress.BEGUN], area.counts[Progress.HANDED_OVER]) == (2, 1, 0)


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("", NOT_SUPPLIED),
        ("neuvedeno", NOT_SUPPLIED),
        ("Nedodáno", NOT_SUPPLIED),
        ("x", NOT_APPLICABLE),
        ("netýká se", NOT_APPLICABLE),
        ("0", Cell.of(0)),
        (" 1 200 ", Cell.of(1200)),
        ("100000", Cell.of(100_000)),
    ],
)
def test_persons_are_read_as_people_write_them(typed, cell):
    assert parse_persons(typed) == cell


@pytest.mark.parametrize("typed", ["-1", "1,5", "asi pět", "100001", "=1+1", "-"])
def test_what_is_no_number_of_persons_is_refused(typed):
    with pytest.raises(Invalid):
        parse_persons(typed)
