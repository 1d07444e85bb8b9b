"""Sums over columns say the same as going row by row."""

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.grants.calc import people_of, summed_by
from portal.grants.calc.columns import OUT, columns_of, sums
from portal.grants.types import Kind, SupportRow

POPULATION = {"500801": 600, "501646": 0, "523704": None}
CELLS = st.one_of(
    st.integers(0, 10**13).map(lambda hellers: Cell.of(Decimal(hellers) / 100)),
    st.sampled_from([NOT_APPLICABLE, NOT_SUPPLIED]),
)
KEYS = st.tuples(st.integers(1, 4), st.sampled_from(list(POPULATION)), st.sampled_from(list(Kind)))
ROWS = st.dictionaries(KEYS, CELLS, max_size=25)


def support_row(key, cell):
    service_id, code, kind = key
    return SupportRow(service_id, service_id, "S", "49", "1", "P", code, 2025, kind, cell)


@given(ROWS, st.sampled_from(["service", "municipality"]))
def test_they_agree_with_the_plain_loop(given_rows, by):
    rows = [support_row(key, cell) for key, cell in given_rows.items()]
    key = (lambda row: row.service_id) if by == "service" else (lambda row: row.municipality_code)
    expected = summed_by((row for row in rows if key(row) not in (4, "523704")), key)
    columns = columns_of(
        [
            (row.service_id, row.municipality_code, str(row.kind), str(row.amount.state),
             None if row.amount.number is None else int(row.amount.number * 100))
            for row in rows
        ]
    )  # fmt: skip
    names = columns.service_ids if by == "service" else columns.codes
    places = columns.service if by == "service" else columns.municipality
    labels = np.array([OUT if name in (4, "523704") else place for place, name in enumerate(names)], dtype=np.int64)
    people = np.array([-1 if POPULATION[code] is None else POPULATION[code] for code in columns.codes], dtype=np.int64)
    found = sums(columns, labels[places], len(names), people)
    assert {name for place, name in enumerate(names) if found.present[place]} == set(expected)
    for place, name in enumerate(names):
        if name in expected:
            assert found.amounts(place) == expected[name].amounts
            assert found.total(place) == expected[name].total
            assert found.municipalities[place] == len(expected[name].municipalities)
            known = people_of(expected[name].municipalities, POPULATION)
            assert found.people[place] == (-1 if known is None else known)


def test_a_year_without_figures_has_no_line():
    found = sums(columns_of([]), np.zeros(0, dtype=np.int64), 2, np.zeros(0, dtype=np.int64))
    assert not found.present.any()
    assert found.total(1) == NOT_SUPPLIED


@given(ROWS, st.integers(2, 3))
def test_a_sum_of_some_is_no_zero_of_all(given_rows, members):
    """All municipalities as one line: zero and not applicable need each of them, a number above zero does not."""
    columns = columns_of(
        [
            (service_id, code, str(kind), str(cell.state), None if cell.number is None else int(cell.number * 100))
            for (service_id, code, kind), cell in given_rows.items()
        ]
    )
    line, people = np.zeros(len(columns.kind), dtype=np.int64), np.zeros(len(columns.codes), dtype=np.int64)
    plain = sums(columns, line, 1, people)
    found = sums(columns, line, 1, people, members=np.array([members], dtype=np.int64))
    said = {(code, kind) for (_, code, kind), cell in given_rows.items() if cell != NOT_SUPPLIED}

    def expected(cell, told):
        return cell if cell.number or len(told) >= members else NOT_SUPPLIED

    for kind in Kind:
        told = {code for code, of in said if of == kind}
        assert found.amounts(0)[kind] == expected(plain.amounts(0)[kind], told)
    total = expected(plain.total(0), {code for code, _ in said})
    assert found.total(0) == total
    hellers, has_number, is_foreign = (column[0] for column in found.together)
    assert bool(has_number) == (total.number is not None)
    assert bool(is_foreign) == (total == NOT_APPLICABLE)
    assert hellers == (0 if total.number is None else int(total.number * 100))
