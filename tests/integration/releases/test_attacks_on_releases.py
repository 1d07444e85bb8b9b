"""Each provider plays against the published releases of the demonstration region, with its own figures in hand.

Written apart from the auditor: what is told is read from the public files, what a provider knows from the exact parts,
and programmes are solved plainly.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.optimize import linprog

from portal.core.clock import frozen_at
from portal.demo.region import create_region
from portal.releases import files, queries
from portal.releases.types import CellKind, State
from tests.factories.attacks import persons_behind

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
P = 0.15


@pytest.fixture
def region(folder):
    """The published quarters of the demonstration region: files of everybody, and the exact parts of providers."""
    with frozen_at(NOW):
        create_region(scale=1, seed=1, with_logins=False, tell=lambda message: None)
    return {
        quarter: (files.read_release(folder, quarter), queries.release(quarter, "exact", "parts"))
        for quarter in files.published_quarters(folder)
    }


def others_of(cell, own):
    """The numbers of other persons that a provider with so many of its own holds possible."""
    told = str(cell.kind) if cell.value is None else cell.value
    return [count - own for count in persons_behind(told) if count >= own]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # what is told does not depend on the database
def test_no_provider_learns_of_others_from_the_releases_of_the_demonstration_region(region):
    assert len(region) == 7
    closest, looked_at, amounts = 99, 0, 0
    for released, stored in region.values():
        assert stored.state == State.PUBLISHED
        for name, table in released.tables.items():
            row_of, column_of = ({code: at for at, code in enumerate(axis)} for axis in (table.rows, table.columns))
            if name.is_amount:
                amounts += play_with_amounts(table, stored.parts[str(name)], row_of, column_of)
                continue
            told = [[cell.value or 0 for cell in row[:-1]] for row in list(table.cells)[:-1]]
            assert sum(map(sum, told)) == (table.cells[-1][-1].value or 0)  # totals are of what is told
            exact = stored.exact[str(name)]["persons"]
            for _holder, row, column, own in stored.parts[str(name)]:
                cell = table.cells[row_of[row]][column_of[column]]
                possible = others_of(cell, own)
                assert exact[row_of[row]][column_of[column]] - own in possible
                closest = min(closest, len(possible))
                looked_at += 1
    assert looked_at > 3_000
    assert amounts > 200
    assert closest >= 3


def play_with_amounts(table, parts, row_of, column_of):
    """The holders of each hidden cell ask for the largest part of the others, over all totals that are told."""
    shape = (len(table.rows) + 1, len(table.columns) + 1)
    own = defaultdict(lambda: np.zeros(shape))
    for holder, row, column, amount in parts:
        for at in ((row_of[row], column_of[column]), (row_of[row], -1), (-1, column_of[column]), (-1, -1)):
            own[holder][at] += amount
    exact = sum(own.values())
    hidden = np.array([[cell.kind is CellKind.HIDDEN for cell in row] for row in table.cells])
    told = np.array([[0 if cell.value is None else cell.value for cell in row] for row in table.cells])
    assert np.array_equal(told[~hidden], np.round(exact / 1000)[~hidden])
    sums = additive_rows(shape)
    played = 0
    for row, column in np.argwhere(hidden)[::3]:
        holders = [holder for holder in own if own[holder][row, column] > 0]
        for holder in holders[:3]:
            others = max((own[other][row, column] for other in holders if other != holder), default=0)
            if others <= 0:
                continue
            loose = hidden & (exact - own[holder] > 1e-6)
            lower = np.where(loose, own[holder], exact).ravel()
            upper = np.where(loose, 10 * exact[-1, -1], exact).ravel()
            aim = np.zeros(exact.size)
            aim[row * shape[1] + column] = 1
            ends = [
                linprog(way * aim, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=np.column_stack([lower, upper])).x @ aim
                for way in (1, -1)
            ]
            assert min(exact[row, column] - ends[0], ends[1] - exact[row, column]) >= P * others - 1
            played += 1
    return played


def additive_rows(shape):
    places = np.arange(shape[0] * shape[1]).reshape(shape)
    rows = []
    for line in [*places, *places.T]:
        row = np.zeros(places.size)
        row[line], row[line[-1]] = 1, -1
        rows.append(row)
    return np.array(rows)
