"""Amounts: what the p % rule and the heuristic hide nobody works out, and hardly more is hidden than has to be."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from portal.disclosure.audit.amounts import PART_COLUMNS, AmountTable, attacker_of, hide, open_cells
from portal.disclosure.audit.money import attack_amounts, tell_amounts
from portal.disclosure.audit.rings import ring_rooms

P = 15


def amount_table(lines, name="costs", rows=None, columns=None):
    parts = pd.DataFrame(lines, columns=list(PART_COLUMNS))
    return AmountTable(
        name, rows or sorted(set(parts["row"])), columns or sorted(set(parts["column"])), parts.reset_index(drop=True)
    )


def random_table(rng, rows, columns, holders, parts_of_a_cell):
    lines = [
        (f"h{holder}", f"r{row}", f"c{column}", float(rng.lognormal(6, 1)))
        for row in range(rows)
        for column in range(columns)
        for holder in rng.choice(holders, min(holders, rng.poisson(parts_of_a_cell)), replace=False)
    ]
    names = [f"r{row}" for row in range(rows)], [f"c{column}" for column in range(columns)]
    return amount_table(lines, rows=names[0], columns=names[1])


def is_safe(table, hidden):
    """Solved plainly, cell by cell and attacker by attacker, with nothing of the auditor's own short cuts."""
    shape = table.amounts.shape
    places = np.arange(table.amounts.size).reshape(shape)
    lines = []
    for cells in [*places, *places.T]:
        line = np.zeros(table.amounts.size)
        line[cells], line[cells[-1]] = 1.0, -1.0
        lines.append(line)
    for number in range(-1, len(table.holders)):
        attacker = attacker_of(table, number, P)
        loose = hidden & ~attacker.fixed
        lower = np.where(loose, attacker.floor, table.amounts).ravel()
        upper = np.where(loose, 1e7, table.amounts).ravel()
        for cell in np.argwhere(loose):
            aim = np.zeros(table.amounts.size)
            aim[places[tuple(cell)]] = 1.0
            true, need = table.amounts[tuple(cell)], attacker.need[tuple(cell)]
            for way in (1.0, -1.0):
                found = linprog(
                    way * aim, A_eq=np.array(lines), b_eq=np.zeros(len(lines)), bounds=np.column_stack([lower, upper])
                )
                if abs(found.x[places[tuple(cell)]] - true) < need - 1e-3:
                    return False
    return True


def loss(hidden):
    """Cells hidden; a total counts as much as four."""
    weight = np.ones(hidden.shape)
    weight[-1, :] = weight[:, -1] = 4
    return float(weight[hidden].sum())


def least_loss(table, below):
    """The least loss of all safe patterns, tried one by one; ``below``: that of a pattern known to be safe."""
    sensitive = table.sensitive(P)
    free = [tuple(cell) for cell in np.argwhere((table.amounts > 0) & ~sensitive)]
    best = below
    for count in range(len(free) + 1):
        for chosen in combinations(free, count):
            hidden = sensitive.copy()
            for cell in chosen:
                hidden[cell] = True
            if loss(hidden) < best and next(open_cells(table, hidden, P), None) is None:
                best = loss(hidden)
        if loss(sensitive) + count >= best:
            break
    return best


def test_hidden_cells_of_random_tables_are_safe_when_solved_plainly():
    rng = np.random.default_rng(1)
    for _ in range(8):
        table = random_table(rng, *rng.integers(2, 4, 2), int(rng.integers(3, 6)), 2.5)
        hidden = hide(table, P)
        assert (hidden >= table.sensitive(P)).all()
        assert is_safe(table, hidden)


def test_the_auditor_agrees_with_programmes_solved_plainly():
    rng = np.random.default_rng(2)
    found = set()
    for _ in range(25):
        table = random_table(rng, 3, 3, 4, 2.5)
        hidden = (rng.random(table.amounts.shape) < 0.6) & (table.amounts > 0)
        is_closed = next(open_cells(table, hidden, P), None) is None
        assert is_closed == is_safe(table, hidden)
        found.add(is_closed)
    assert found == {True, False}


def test_the_loss_is_near_the_least_one_of_all_patterns():
    rng = np.random.default_rng(3)
    ours = best = 0.0
    for _ in range(12):
        table = random_table(rng, 3, 2, 7, 4)
        own = loss(hide(table, P))
        least = least_loss(table, own)
        assert least <= own
        ours += own
        best += least
    assert best > 0
    assert ours <= 1.15 * best


def test_sensitive_cells_alone_are_opened_by_their_totals():
    lines = [(f"h{n}", f"r{row}", f"c{column}", 100.0) for row in range(3) for column in range(3) for n in range(4)]
    table = amount_table([*lines, ("big", "r1", "c1", 5000.0)])
    sensitive = table.sensitive(P)
    assert sensitive.sum() == 1
    opened = next(open_cells(table, sensitive, P))
    assert (opened.row, opened.column, opened.attacker) == (1, 1, -1)
    assert opened.lower == pytest.approx(opened.upper) == pytest.approx(5400)
    hidden = hide(table, P)
    assert hidden.sum() >= 4
    assert is_safe(table, hidden)


def test_who_fills_another_hidden_cell_alone_does_not_open_its_neighbour():
    """Two cells of a row with one provider each: either knows the other's from the total, unless more is hidden."""
    lines = [("A", "r0", "c0", 500.0), ("B", "r0", "c1", 400.0)]
    lines += [(f"h{n}", "r0", "c2", 300.0) for n in range(5)]
    lines += [(f"h{n}", "r1", column, 300.0) for column in ("c0", "c1", "c2") for n in range(5)]
    table = amount_table(lines)
    pair = table.sensitive(P)
    pair[1, :2] = True  # a ring of four: everybody is kept out ...
    opened = list(open_cells(table, pair, P))
    assert {table.holders[each.attacker] for each in opened} == {"A", "B"}  # ... but not the two
    assert is_safe(table, hide(table, P))


def test_companies_of_a_holding_count_once():
    three = [(name, "r0", "c0", amount) for name, amount in (("A", 500.0), ("B", 400.0), ("C", 300.0))]
    assert not amount_table(three).sensitive(P)[0, 0]
    held = [("holding" if name in "AB" else name, *rest) for name, *rest in three]
    assert amount_table(held).sensitive(P)[0, 0]


def test_a_ring_never_promises_more_than_there_is():
    rng = np.random.default_rng(4)
    for _ in range(10):
        table = random_table(rng, 3, 4, 5, 2)
        loose = (rng.random(table.amounts.shape) < 0.7) & (table.amounts > 0)
        up, down = ring_rooms(table.amounts, loose)
        assert (down <= table.amounts + 1e-9).all()
        assert (up[~loose] == 0).all()
        for cell in np.argwhere(np.isinf(up) & loose)[:2]:
            assert loose[-1].any() or loose[:, -1].any(), cell  # without end only where totals are hidden


def test_what_is_told_is_in_thousands_and_passes_the_attacks():
    rng = np.random.default_rng(5)
    tables = [random_table(rng, 5, 4, 12, 3), random_table(rng, 5, 4, 12, 3)]
    told = [tell_amounts(table, "2026Q2", P) for table in tables]
    results = attack_amounts(told, tables, [], P)
    assert [result.passed for result in results] == [True, True]
    assert all(result.looked_at for result in results)
    shown = ~np.isnan(told[0].told)
    assert np.array_equal(told[0].told[shown], np.round(tables[0].amounts[shown] / 1000))
    assert not attack_amounts(told, tables, told, P)[0].passed  # a quarter told twice


def test_amounts_below_zero_are_a_mistake():
    with pytest.raises(ValueError, match="not below zero"):
        hide(amount_table([("A", "r0", "c0", -1.0)]), P)


def test_an_empty_table_hides_nothing():
    table = AmountTable("costs", ["r0"], ["c0"], pd.DataFrame(columns=list(PART_COLUMNS)))
    assert not hide(table, P).any()
