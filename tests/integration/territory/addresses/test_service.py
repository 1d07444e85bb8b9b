"""Sets of address points on both databases: stored, replaced, taken back, searched."""

import pytest
from sqlalchemy import func, select, text

from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.territory.addresses import queries as address_queries
from portal.territory.addresses import service
from portal.territory.addresses.calc.finding import ChosenStreet
from portal.territory.addresses.models import AddressPoint, AddressSet, AddressStreet
from portal.territory.addresses.types import MOST_FOUND
from tests.factories.addresses import BLATEC, DOLANY, SUMPERK, Address, parsed_addresses, store_points

HORNI = Address(1, "Horní", "12")
TOWN = (
    HORNI,
    Address(2, "Horní náměstí", "12", "3"),
    Address(3, "Horní náměstí", "5", "12", "a"),
    Address(4, "17. listopadu", "5"),
    Address(5, "17. listopadu", "17"),
    Address(6, "Bedřicha Smetany", "8", part="Holice"),
    Address(7, "Horní", "12", town=SUMPERK, postcode="78701"),
    Address(8, town=BLATEC, house="45", postcode="78375"),
    Address(9, town=BLATEC, house="45", kind="č.ev.", part="Lhota", postcode="78375"),
    Address(10, "Blatecká", "45"),
    Address(11, "náměstí Hrdinů", "1"),
    Address(12, "Náves", "8", "7", town=DOLANY, postcode="78316"),
    Address(13, "Náves", "7", "8", town=DOLANY, postcode="78316"),
    Address(14, "Lipová", "9", part="Nová Ulice"),
)


@pytest.fixture
def town(app, tmp_path):
    store_points(tmp_path, *TOWN)


def codes(text):
    return [point.code for point in service.find_addresses(text).points]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Horní 12, Olomouc", [1]),
        ("olomouc horni 12", [1]),
        ("HORNÍ 12 OLOMOUC", [1]),
        ("Horní 12, 779 00", [1]),
        ("Horní 12, 77900 Olomouc", [1]),
        ("Horní 12", [1, 7]),
        ("ul. Horní č.p. 12, Šumperk", [7]),
        ("horn 12 olom", [1, 2]),
        ("Horní náměstí 12/3, 779 00 Olomouc", [2]),
        ("Horní nám. 12a", [3]),
        ("Horní 1, Olomouc", []),
        ("17. listopadu 5", [4]),
        ("17. listopadu 17", [5]),
        ("Smetany 8 Olomouc", [6]),
        ("Smetany 8, Holice", [6]),
        ("Blatec 45", [8]),
        ("blatec c.p. 45", [8]),
        ("blat 45", [8, 10]),
        ("Lhota 45", [9]),
        ("Lhota č.ev. 45, Blatec", [9]),
        ("nám. Hrdinů 1", [11]),
        ("Blatec 45, 779 00", [10]),
        ("Horní 12, Blatec", []),
        ("Dolany 7", [13]),
        ("dolany 7, 783 16", [13]),
        ("Dol 8", [12]),
        ("Dolany 7/8", [13, 12]),
        ("Dolany 99", []),
        ("Olomouc 45", [10]),
        ("Nová Ulice 9", [14]),
        ("h 12 olom", []),
        ("h 12 o horn", [1, 2]),
        ("h 12", []),
        ("12", []),
        ("", []),
        ("% _ 12", []),
        ("Horní 1%", []),
    ],
)
def test_an_address_is_found_as_people_write_it(town, text, expected):
    assert codes(text) == expected


def test_who_wrote_a_street_in_full_is_not_offered_what_only_begins_so(town):
    assert service.find_addresses("Horní 12 Olomouc").is_exact
    assert not service.find_addresses("horn 12 olom").is_exact


def test_at_most_twenty_are_offered_and_more_are_told(app, tmp_path):
    houses = [Address(number, "Dlouhá", str(number)) for number in range(1, MOST_FOUND + 1)]
    store_points(tmp_path, *houses)
    found = service.find_addresses("Dlouhá")
    assert ([point.code for point in found.points], found.has_more) == ([*range(1, MOST_FOUND + 1)], False)
    store_points(tmp_path, *houses, Address(99, "Dlouhá", "99"))
    found = service.find_addresses("Dlouhá")
    assert ([point.code for point in found.points], found.has_more) == ([*range(1, MOST_FOUND + 1)], True)


@pytest.mark.parametrize("written", ["Dlouhá 7", "Dlouhá"])
def test_exact_points_come_first_however_many_others_fit(app, tmp_path, written):
    others = [Address(number, f"A{chr(96 + number)}á Dlouhá", "7") for number in range(1, 26)]
    store_points(tmp_path, *others, Address(99, "Dlouhá", "7", town=SUMPERK))
    found = service.find_addresses(written)
    assert ([point.code for point in found.points], found.is_exact, found.has_more) == ([99], True, False)


def test_an_address_is_found_by_its_code(town):
    assert service.find_address(2).label == "Horní náměstí 12/3, 779 00 Olomouc"
    assert service.find_address(77) is None


def test_a_search_takes_two_statements_whatever_is_stored(town, queries):
    for words in ("Horní 12", "blat 45", "Smetany"):
        queries.statements.clear()
        assert codes(words)
        assert queries.count == 2
    queries.statements.clear()
    assert codes("Nikde 5") == []
    assert queries.count == 1


def test_points_and_streets_are_inserted_in_bulk(app, tmp_path, queries):
    parsed = parsed_addresses(tmp_path, [Address(number, f"Ulice {number}a", "7") for number in range(1, 200)])
    queries.statements.clear()
    with transaction():
        service.store_addresses(OPERATOR, parsed=parsed)
    assert queries.count <= 7  # the lock, sets, the set, streets, points, statistics, the record


def test_the_same_points_change_nothing(town, tmp_path):
    before = service.find_in_force()
    again = store_points(tmp_path, *reversed(TOWN))
    assert (again.stored, again.info) == (False, before)
    assert service.is_in_force(parsed_addresses(tmp_path, TOWN))
    assert not service.is_in_force(parsed_addresses(tmp_path, TOWN[:-1]))


def test_a_new_set_replaces_the_former_which_comes_back(town, tmp_path):
    store_points(tmp_path, Address(1, "Dolní", "1"))
    assert (codes("Horní 12 Olomouc"), codes("Dolní 1")) == ([], [1])
    with transaction():
        info = service.roll_back_addresses(OPERATOR)
    assert info == service.find_in_force()
    assert info.points == len(TOWN)
    assert (codes("Horní 12 Olomouc"), codes("Dolní 1")) == ([1], [])
    with transaction():
        assert service.roll_back_addresses(OPERATOR) is None
    assert (service.find_in_force(), codes("Horní 12 Olomouc")) == (None, [])
    with pytest.raises(NotFound), transaction():
        service.roll_back_addresses(OPERATOR)


def test_two_sets_are_kept_and_nothing_of_an_older_one(app, tmp_path):
    for number in (1, 2, 3):
        store_points(tmp_path, Address(number, "Dolní", str(number), town=DOLANY))
    kept = list(db.session.execute(select(AddressPoint.code, AddressSet.in_force).join(AddressSet)))
    assert sorted(kept) == [(2, False), (3, True)]
    assert db.session.scalar(select(func.count()).select_from(AddressStreet)) == 4  # by name and by part


def test_it_is_stored_wholly_or_not_at_all(town, tmp_path):
    parsed = parsed_addresses(tmp_path, [Address(1, "Dolní", "1"), Address(2, "Dolní", "2")])
    parsed.points.lat[1] = 10.0  # the database refuses a point outside the country, after the set was begun
    with pytest.raises(Exception, match="in_the_country"), transaction():
        service.store_addresses(OPERATOR, parsed=parsed)
    assert codes("Horní 12 Olomouc") == [1]
    assert db.session.scalar(select(func.count()).select_from(AddressSet)) == 1


def test_import_and_taking_back_are_recorded(town):
    with transaction():
        service.roll_back_addresses(OPERATOR)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.object_kind == "address_set").order_by(AuditEntry.id)
    ).all()
    assert [entry.action for entry in entries] == ["territory.addresses.applied", "territory.addresses.rolled_back"]
    assert entries[0].details == {"points": len(TOWN), "municipalities": 4, "replaced_set": None}


def test_a_search_reads_ranges_of_indexes(town, backend):
    """The order of bytes, whatever the server sorts by; else the index could not give a range of first letters."""
    plan = _plan(backend, address_queries.streets_statement(["horni", "olomouc"]))
    if backend == "sqlite":
        assert plan.count("(set_id=? AND start>? AND start<?)") == 2
        chosen = [ChosenStreet(number, ("12",), False) for number in (1, 2)]
        points = _plan(backend, address_queries.points_statement(chosen, 21))
        assert "ix_address_points_set_id_street_number_house (set_id=? AND street_number=?)" in points
    else:  # which takes any index of a few points
        collation = db.session.scalar(
            text(
                "SELECT collation_name FROM information_schema.columns"
                " WHERE table_name = 'address_streets' AND column_name = 'start'"
            )
        )
        assert collation == "C"
        ranges = [line for line in plan.splitlines() if "Index Cond" in line and ">= " in line]
        assert ["'horni'" in line for line in ranges] == [True, False]
        assert "'olomouc'" in ranges[1]


def _plan(backend, statement):
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    if backend == "sqlite":
        return "\n".join(str(row[-1]) for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {_plain(compiled)}")))
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    return "\n".join(row[0] for row in db.session.execute(text(f"EXPLAIN {_plain(compiled)}")))


def _plain(compiled):
    return str(compiled).replace("%%", "%").replace(":", "\\:")
