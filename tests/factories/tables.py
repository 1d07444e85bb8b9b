"""Invented tables of persons, related as those of a release are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portal.disclosure.audit.counts import CountTable
from portal.disclosure.audit.knowledge import SameSum, SameWhole, Within

WAITING, UNMET, SITUATIONS = "waiting", "unmet", "situations"
NEEDS, WANTED = "needs", "wanted"
SAME_SUM = (SameSum(NEEDS, WANTED),)
RELATIONS = (Within(UNMET, WAITING), SameWhole(WAITING, SITUATIONS))


def applications(rng, *, persons, types=7, areas=5, situations=4, providers=12):
    """Columns of applications of persons who wait at one to three providers; all are numbers from 0."""
    person = np.repeat(np.arange(persons), rng.integers(1, 4, persons))
    holder = rng.choice(providers, len(person), p=rng.dirichlet(np.full(providers, 0.5)))
    return {
        "person": person,
        "holder": holder,
        "type": rng.integers(0, types, providers)[holder],
        "situation": rng.choice(situations, len(person), p=rng.dirichlet(np.ones(situations))),
        "area": rng.choice(areas, persons, p=rng.dirichlet(np.ones(areas)))[person],
        "is_unmet": (rng.random(persons) < 0.7)[person],
    }


def count_table(name, columns, by, size, areas):
    """Persons by ``by`` and area, each once in a cell, with what each provider has itself."""
    persons = np.zeros((size, areas), dtype=int)
    place = (columns[by], columns["area"])
    np.add.at(persons, tuple(np.unique([*place, columns["person"]], axis=1)[:2]), 1)
    own = np.unique([columns["holder"], *place, columns["person"]], axis=1)[:3]
    lines, counts = np.unique(own, axis=1, return_counts=True)
    frame = pd.DataFrame(lines.T.astype(str), columns=["holder", "row", "column"]).assign(persons=counts)
    return CountTable(name, tuple(map(str, range(size))), tuple(map(str, range(areas))), persons, frame)


def related_tables(rng, *, persons, types=7, areas=5, situations=4, **more):
    """Three tables as a release has them: RELATIONS hold between them."""
    columns = applications(rng, persons=persons, types=types, areas=areas, situations=situations, **more)
    unmet = {name: values[columns["is_unmet"]] for name, values in columns.items()}
    return [
        count_table(WAITING, columns, "type", types, areas),
        count_table(UNMET, unmet, "type", types, areas),
        count_table(SITUATIONS, columns, "situation", situations, areas),
    ]


def tables_of_needs(rng, *, municipalities=40, areas=4, situations=6, types=9, figures=5):
    """The same persons by situation and by wanted type, told by municipalities that lie in one area each.

    About a fifth of the situations of an area is told by nobody.
    """
    area_of = rng.integers(0, areas, municipalities)
    unknown = rng.random((situations, areas)) < 0.2
    municipality = np.repeat(np.arange(municipalities), rng.integers(0, figures + 1, municipalities))
    situation = rng.integers(0, situations, len(municipality))
    kept = ~unknown[situation, area_of[municipality]]
    municipality, situation = municipality[kept], situation[kept]
    wanted = rng.integers(0, types, len(municipality))
    persons = rng.geometric(rng.uniform(0.05, 0.6), len(municipality))
    found = []
    nothing = np.tile(unknown.all(axis=0), (types, 1))
    for name, code, absent in ((NEEDS, situation, unknown), (WANTED, wanted, nothing)):
        counts = np.zeros(absent.shape, dtype=int)
        np.add.at(counts, (code, area_of[municipality]), persons)
        lines = pd.DataFrame({"holder": municipality, "row": code, "column": area_of[municipality]}).astype(str)
        own = lines.assign(persons=persons).groupby(["holder", "row", "column"], as_index=False).sum()
        axes = [tuple(map(str, range(length))) for length in absent.shape]
        found.append(CountTable(name, *axes, counts, own, absent))
    return found


def single_table(persons, own=(), name="waiting"):
    """A table of given counts; ``own``: (holder, row, column, persons) by places."""
    persons = np.asarray(persons)
    rows, columns = ([str(place) for place in range(size)] for size in persons.shape)
    lines = [(holder, str(row), str(column), count) for holder, row, column, count in own]
    return CountTable(name, rows, columns, persons, pd.DataFrame(lines, columns=["holder", "row", "column", "persons"]))
